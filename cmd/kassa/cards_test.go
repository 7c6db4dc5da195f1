package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	v1 "kassa/services/api/v1"
)

// TestR30_R31_ACardThatFailsIsReplacedFromTheCommandLine: the binary's own process
// lists what anna paid with; the card that she has then is declined at the renewal,
// and when she replaces it the bill is paid.
func TestR30_R31_ACardThatFailsIsReplacedFromTheCommandLine(t *testing.T) {
	data := t.TempDir()
	p := start(t, data, "--demo") // as slow as real time
	const anna = "anna@contoso.example"
	as[v1.PaymentMethodChanged](p, anna, "cards", "add", "--card", "tok_visa", "--country", "SE")
	id := as[v1.Submitted](p, anna, "checkout", "--product", powerBIPro, "--seats", "1", "--market", "US").SubscriptionID
	as[v1.Card](p, anna, "subscriptions", "card", "--subscription", string(id), "--card", "tok_declined")
	failing := p.paying(t, id, "0002")
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"cards"}, exitOK, "visa …4242"},
		{[]string{"cards", "update", string(failing), "--month", "11", "--year", "2035"}, exitOK, "good until 11/2035, is listed.\n"},
		{[]string{"cards", "update", string(failing), "--month", "13"}, exitRefused, "card_expiry_invalid"},
		{[]string{"cards", "default", string(failing)}, exitOK, "is listed as your default.\n"},
		{[]string{"cards", "default", string(id)}, exitRefused, "card_of_another"},
		{[]string{"cards", "remove", "nonsense", "--lang", "sv"}, exitRefused, "Det är inget av dina kort."},
	} {
		out, code := p.kassa(p.token(anna), c.args...)
		assert.Equal(t, c.code, code, "%v: %s", c.args, out)
		assert.Contains(t, out, c.says, "%v", c.args)
	}
	due := p.own(id).ExpiryDate
	p.stop()

	p = start(t, data, "--demo", "--clock", "1y/60s")
	p.awaitTime(t, due.AddDate(0, 0, 1))
	p.stop()

	p = start(t, data, "--demo")
	open := as[v1.Bills](p, anna, "bills", "--status", "open").Items
	require.Len(t, open, 1)
	assert.Equal(t, "0002", open[0].Card.Last4)
	out, code := p.kassa(p.token(anna), "cards", "replace", string(failing), "--card", "tok_mastercard")
	require.Equal(t, exitOK, code, out)
	assert.Contains(t, out, "Subscription "+string(id)+" is paid with card ")
	assert.Empty(t, as[v1.Bills](p, anna, "bills", "--status", "open").Items)
	last := as[v1.Bills](p, anna, "bills", "--status", "paid").Items[0]
	assert.Equal(t, open[0].Amount, last.Amount)
	assert.Equal(t, "4444", last.Card.Last4)
	assert.Equal(t, "active", p.own(id).Status)

	master := p.paying(t, id, "4444")
	as[v1.PaymentMethodChanged](p, anna, "cards", "remove", string(master))
	p.paying(t, id, "4242")
}

// paying waits until a subscription of anna's is paid with her card that ends in
// these digits.
func (p *program) paying(t *testing.T, id domain.SubscriptionID, last4 string) (method domain.PaymentMethodID) {
	t.Helper()
	require.Eventually(t, func() bool {
		for _, m := range as[v1.PaymentMethods](p, "anna@contoso.example", "cards").Items {
			for _, paid := range m.Pays {
				if m.Last4 == last4 && paid.SubscriptionID == id {
					method = m.PaymentMethodID
				}
			}
		}
		return method != ""
	}, 30*time.Second, 50*time.Millisecond)
	return method
}

// own is a subscription of anna's, as she sees it.
func (p *program) own(id domain.SubscriptionID) v1.Product {
	p.Helper()
	for _, item := range as[v1.Products](p, "anna@contoso.example", "purchases").Items {
		if item.SubscriptionID == id {
			return item
		}
	}
	require.Fail(p, "anna has no such subscription")
	return v1.Product{}
}
