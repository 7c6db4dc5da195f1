package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	v1 "kassa/services/api/v1"
	"kassa/services/mail/mailtest"
)

// TestMail_ASwedesReceiptArrives buys and cancels through the real binary, which
// hands over to a real mail server, is stopped, and begins again.
func TestMail_ASwedesReceiptArrives(t *testing.T) {
	const anna = "anna@fabrikam.example"
	post, data := new(mailtest.Server).Begin(t), t.TempDir()
	flags := []string{"--demo", "--smtp", "smtp://" + post.Address(), "--mail-from", "Kassa <kassa@vendor.example>"}
	p := start(t, data, flags...)
	bought := as[v1.Submitted](p, anna, "checkout", "--product", powerBIPro, "--seats", "2", "--market", "SE", "--card", "tok_visa")
	got := func(code string) (found []mailtest.Mail) {
		for _, m := range post.Mails() {
			if m.EnvelopeTo == anna && m.Header.Get("X-Kassa-Notice") == code && strings.Contains(m.Text, bought.OrderNumber) {
				found = append(found, m)
			}
		}
		return found
	}
	arrives := func(code string) mailtest.Mail {
		t.Helper()
		require.Eventually(t, func() bool { return len(got(code)) == 1 }, time.Minute, 20*time.Millisecond, "%s\n%s", code, p.logs)
		return got(code)[0]
	}
	receipt := arrives("receipt")
	assert.Equal(t, "Kvitto – Power BI Pro", receipt.Subject)
	assert.Equal(t, "Kassa", receipt.From.Name)
	assert.Contains(t, receipt.Text, "Tack. Ditt kort har debiterats")
	invoices := as[v1.Invoices](p, anna, "invoices", "list")
	number := invoices.Items[slices.IndexFunc(invoices.Items, func(i v1.Invoice) bool { return i.OrderNumber == bought.OrderNumber })].Number
	require.Contains(t, receipt.Attachments, number+".pdf")
	paper, code := p.kassa(p.token(anna), "invoices", "pdf", number, "--lang", "sv", "--output", "-")
	require.Equal(t, 0, code, paper)
	assert.Equal(t, paper, string(receipt.Attachments[number+".pdf"]), "the mail brings the same document")

	as[v1.Subscription](p, anna, "subscriptions", "cancel", "--subscription", string(bought.SubscriptionID), "--reason", "not_needed")
	assert.Contains(t, arrives("cancelled_by_purchaser").Text, "Att återbetala:")
	refund := arrives("refund")
	assert.Len(t, refund.Attachments, 1)
	assert.Contains(t, refund.Subject, "Återbetalning")

	sent := as[v1.Mails](p, "", "mails", "--status", "sent")
	assert.GreaterOrEqual(t, len(sent.Items), 3)
	for _, m := range sent.Items {
		assert.True(t, slices.ContainsFunc(post.Mails(), func(got mailtest.Mail) bool { return strings.HasPrefix(got.ID, m.ID+"@") }), m.ID)
	}
	_, code = p.kassa(p.token(anna), "mails")
	assert.Equal(t, exitRefused, code)
	before := len(post.Mails())
	p.stop()
	for _, log := range []string{anna, "Ahlberg"} {
		assert.NotContains(t, p.logs.String(), log)
	}
	p = start(t, data, flags...)
	as[v1.Mails](p, "", "mails", "--position", "1")
	assert.Empty(t, as[v1.Mails](p, "", "mails", "--status", "waiting").Items)
	assert.Len(t, post.Mails(), before, "whoever begins again sends nothing again")
}

// Without a mail server the demonstration keeps its mail to look at.
func TestMail_TheDemonstrationsIsKeptAsFiles(t *testing.T) {
	data := t.TempDir()
	startAs(t, within, data, "--demo")
	require.Eventually(t, func() bool {
		found, err := filepath.Glob(filepath.Join(data, "mail", "receipt-*.eml"))
		return err == nil && len(found) > 0
	}, time.Minute, 20*time.Millisecond)
}

func TestMail_FlagsThatDoNotFit(t *testing.T) {
	for _, c := range []struct {
		args []string
		env  map[string]string
		says string
	}{
		{[]string{"--smtp", "smtp://mail.example"}, nil, "--mail-from"},
		{[]string{"--smtp", "http://mail.example", "--mail-from", "a@b.example"}, nil, "not a mail server"},
		{[]string{"--smtp", "smtp://mail.example", "--mail-from", "nobody"}, nil, "--mail-from"},
		{nil, map[string]string{"KASSA_SMTP": "smtp://u:geheim@mail.example:x", "KASSA_MAIL_FROM": "a@b.example"}, "not a mail server"},
	} {
		var out, errs strings.Builder
		code := run(t.Context(), append([]string{"serve", "--data", t.TempDir()}, c.args...), func(name string) string { return c.env[name] }, &out, &errs)
		assert.Equal(t, exitFailed, code)
		assert.Contains(t, errs.String(), c.says)
		assert.NotContains(t, errs.String(), "geheim")
	}
}
