package mail_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	"kassa/domain/cancelreq"
	"kassa/domain/invoice"
	"kassa/domain/licreq"
	"kassa/domain/paymentmethod"
	"kassa/domain/subscription"
	"kassa/projections/projectiontest"
	"kassa/services/mail/mailtest"
	"kassa/services/notice"
)

// everything happens to somebody, so that they get each mail there is.
func (c *town) everything(tid domain.TenantID, oid domain.PersonID) {
	at := projectiontest.Noon
	back := domain.Money{Minor: 500_00, Currency: "SEK"}
	o := c.buy(tid, oid)
	c.bill(o, invoice.OfRefund("r1"), -back.Minor)
	next := subscription.Period{Number: 2, Start: at, End: at.AddDate(0, 1, 0), UnitPrice: back, Quantity: 2, Charge: back}
	c.lives(o,
		subscription.TrialStarted{End: at.AddDate(0, 0, 2), NeedsPaymentMethod: true, UnitPrice: back},
		subscription.TrialConverted{Period: next, CancellationUntil: at.AddDate(0, 0, 7)},
		subscription.TrialEnded{Cause: subscription.EndRefused, At: at},
		subscription.RecurringBillingTurnedOff{EffectiveEnd: at.AddDate(0, 1, 0), At: at},
		subscription.PriceChangeAnnounced{Number: 2, OldUnitPrice: back, UnitPrice: domain.Money{Minor: 600_00, Currency: "SEK"}, EffectiveAt: at.AddDate(0, 1, 0), At: at},
		subscription.DunningStarted{Kind: subscription.RegularDunning, Number: 2, Code: "card_declined", DisabledAt: at.AddDate(0, 0, 30), At: at},
		subscription.DunningStepReached{Step: subscription.DunRetry, Number: 2, At: at},
		subscription.Suspended{Cause: subscription.SuspendedUnpaid, At: at},
		subscription.Resumed{At: at},
		subscription.Disabled{Cause: subscription.EndPayment, At: at},
		subscription.ChargedBack{Dispute: "dp_1", Reference: "ch_1", Amount: back, At: at},
		subscription.Credited{Credit: "c1", Bill: "term/1", Amount: back, At: at},
		subscription.RefundFailed{Of: "r1", Amount: back, Code: "card_gone", At: at},
		subscription.ControlTaken{Takeover: "x", Option: subscription.TakeoverCancel, At: at},
		subscription.Cancelled{By: subscription.ByPurchaser, Refund: back, At: at},
		subscription.Cancelled{By: subscription.BySupport, At: at},
		subscription.Cancelled{By: subscription.ByTakeover, Refund: back, At: at},
	)
	c.Record(paymentmethod.Stream(tid, oid), projectiontest.Person(tid, oid),
		paymentmethod.CardAdded{Card: "pm1", Tenant: tid, Person: oid, Kind: paymentmethod.CreditCard, Token: "tok_visa", Brand: "visa", Last4: "4242", ExpMonth: 4, ExpYear: 2026, At: at},
		paymentmethod.CardExpired{Card: "pm1", ExpMonth: 4, ExpYear: 2026, Renewing: []domain.SubscriptionID{o.Subscription}, At: at})
	asks := func(number int, answer domain.Event) {
		id := cancelreq.ID{Subscription: o.Subscription, To: cancelreq.ToPurchaser, Number: number}
		c.Record(id.Stream(), projectiontest.Person(tid, oid), cancelreq.CancellationRequested{
			Number: number, To: id.To, Subscription: o.Subscription, Tenant: tid, Purchaser: oid, By: oid, ExpiresAt: at.AddDate(0, 0, 90), At: at,
		}, answer)
	}
	asks(1, cancelreq.RequestAccepted{By: oid, At: at})
	asks(2, cancelreq.RequestDeclined{By: oid, At: at})
	asks(3, cancelreq.RequestWithdrawn{By: oid, At: at})
	asks(4, cancelreq.RequestExpired{At: at})
	for _, answer := range []domain.Event{licreq.Approved{At: at}, licreq.PartlyApproved{At: at}, licreq.Denied{At: at}} {
		id := licreq.ID(c.NewID())
		c.Record(licreq.Stream(id), projectiontest.Person(tid, oid), licreq.Requested{Request: id, Tenant: tid, Product: powerBI, Requester: oid, At: at}, answer)
	}
}

// Every notice reaches a person as a mail in their language, which other code
// reads back. KASSA_KEEP_MAIL names a directory to keep them in, to look at.
func TestEveryNoticeIsAMailInBothLanguages(t *testing.T) {
	c := newTown(t)
	c.everything(c.se, c.åsa)
	c.everything(c.us, c.bob)
	c.settles()
	got := map[string]map[string]mailtest.Mail{"sv": {}, "en": {}}
	for _, m := range c.server.Mails() {
		language, code := m.Header.Get("Content-Language"), m.Header.Get("X-Kassa-Notice")
		got[language][code] = m
		keep(t, code+"-"+language, m)
	}
	for language, to := range map[string]string{"sv": "Åsa Öberg", "en": "Bob Baker"} {
		for _, code := range notice.Codes() {
			requireLetter(t, got[language][code], code, language, to)
		}
	}
	for code, want := range map[string][2]string{
		"receipt":                {"Betalt: 1 250,00 SEK", "Paid: SEK 1,250.00"},
		"refund":                 {"Återbetalat: 500,00 SEK", "Paid back: SEK 500.00"},
		"cancelled_by_purchaser": {"Att återbetala: 500,00 SEK", "To be paid back: SEK 500.00"},
		"payment_failed":         {"Betala före: 2026-05-31", "Pay before: 2026-05-31"},
		"payment_reminder":       {"Betala före: 2026-05-31", "Pay before: 2026-05-31"},
		"price_change_announced": {"Därefter: 600,00 SEK", "Then: SEK 600.00"},
		"recurring_billing_off":  {"Upphör: 2026-06-01", "Ends: 2026-06-01"},
		"trial_ending":           {"Betalningssätt angivet: Ja", "Payment method given: Yes"},
		"cancellation_requested": {"Svara före: 2026-07-30", "Answer before: 2026-07-30"},
	} {
		assert.Contains(t, got["sv"][code].Text, want[0], code)
		assert.Contains(t, got["en"][code].Text, want[1], code)
	}
}

// requireLetter holds a mail against what it should say.
func requireLetter(t *testing.T, m mailtest.Mail, code, language, to string) {
	t.Helper()
	told := notice.Told(code, language)
	require.NotEmpty(t, m.Text, "%s in %s", code, language)
	assert.Equal(t, to, m.To.Name)
	assert.Equal(t, "kassa@vendor.example", m.EnvelopeFrom)
	assert.Equal(t, told.Subject+" – Power BI Pro", m.Subject)
	assert.True(t, strings.HasSuffix(m.ID, "@vendor.example"), m.ID)
	assert.Equal(t, "auto-generated", m.Header.Get("Auto-Submitted"))
	for _, text := range []string{told.Text, to, "Power BI Pro"} {
		assert.Contains(t, flat(m.Text), text)
		assert.Contains(t, flat(m.HTML), strings.ReplaceAll(text, "'", "&#39;"))
	}
	assert.NotContains(t, m.Text, "<", "the plain text is plain")
	assert.Contains(t, m.HTML, `<html lang="`+language+`">`)
	assert.NotContains(t, m.HTML, "ZgotmplZ", "the template escapes what it trusts")
	assert.NotContains(t, m.Text, "0001-01-01", "a date that is not there")
	bill := code == "receipt" || code == "refund"
	assert.Equal(t, bill, len(m.Attachments) == 1, code)
	for name, pdf := range m.Attachments {
		assert.Regexp(t, `^KASSA-2026-\d{7}\.pdf$`, name)
		assert.True(t, strings.HasPrefix(string(pdf), "%PDF-"), name)
		assert.True(t, strings.HasSuffix(strings.TrimSpace(string(pdf)), "%%EOF"), "%s is whole", name)
		assert.Contains(t, m.Text, strings.TrimSuffix(name, ".pdf"))
	}
}

// flat is text without its line breaks.
func flat(text string) string { return strings.Join(strings.Fields(text), " ") }

func keep(t *testing.T, name string, m mailtest.Mail) {
	t.Helper()
	dir := os.Getenv("KASSA_KEEP_MAIL")
	if dir == "" {
		return
	}
	require.NoError(t, os.MkdirAll(dir, 0o750))
	for ext, content := range map[string]string{"eml": m.Raw, "html": m.HTML, "txt": m.Text} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name+"."+ext), []byte(content), 0o600))
	}
}

// A trial's end is told three days before, unless it has another end by then.
func TestATrialsEndIsToldAheadOfTime(t *testing.T) {
	c := newTown(t)
	o := c.Buy(c.us, c.bob, powerBI, domain.SelfService, 1, projectiontest.Euros(0))
	end := projectiontest.Noon.AddDate(0, 0, 30)
	c.lives(o, subscription.TrialStarted{End: end, At: projectiontest.Noon})
	assert.Empty(t, c.waiting())
	c.now = end.AddDate(0, 0, -3)
	require.Len(t, c.waiting(), 1)
	c.lives(o, subscription.TrialExtended{End: end.AddDate(0, 0, 30), Previous: end})
	assert.Empty(t, c.waiting(), "the end that was to be told is no more")
	c.now = end.AddDate(0, 0, 27)
	require.Len(t, c.waiting(), 1)
	assert.Equal(t, "trial_ending", c.waiting()[0].Code)
	c.settles()
	require.Len(t, c.server.Mails(), 1)
	assert.Contains(t, c.server.Mails()[0].Text, "Trial ends: "+end.AddDate(0, 0, 30).Format(time.DateOnly))
}
