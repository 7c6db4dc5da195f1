package api_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	v1 "kassa/services/api/v1"
)

// credit asks for some of the first bill to be given back.
func (h *house) credit(as, key string, cents int64, more ...string) answer {
	h.Helper()
	currency, reason := "USD", "goodwill"
	if len(more) > 0 {
		currency, reason = more[0], more[1]
	}
	body := fmt.Sprintf(`{"number":"KASSA-2026-0000001","amount":{"minor":%d,"currency":%q},"reason":%q}`, cents, currency, reason)
	return h.ask(as, "POST", "/v1/support/credits", body, "Idempotency-Key", key, "Kassa-Position", uintText(h.bill()))
}

// Support gives back what it pleases of a payment, and no more than that; what
// the purchaser cancels afterwards is paid back as far as something is left.
func TestR30_SupportGivesSomeOfAPaymentBack(t *testing.T) {
	h := newHouse(t)
	_, change := h.bought() // 19.98
	h.credit(buyer, "1", 5_00).problem(403, "not_support")
	h.credit("support", "2", 20_00).problem(422, "credit_too_large")
	h.credit("support", "3", 5_00, "SEK", "goodwill").problem(400, "credit_amount_invalid")
	h.credit("support", "4", 0).problem(400, "credit_amount_invalid")
	h.credit("support", "5", 5_00, "USD", "because").problem(400, "credit_reason_unknown")
	h.ask("support", "POST", "/v1/support/credits", `{"number":"KASSA-2026-0000009","amount":{"minor":1,"currency":"USD"},"reason":"outage"}`).problem(404, "invoice_unknown")

	given := is[v1.Subscription](h.credit("support", "6", 15_00, "USD", "outage"), 200)
	assert.EqualValues(t, 15_00, given.Refund.Minor)
	assert.Equal(t, given.Refund, is[v1.Subscription](h.credit("support", "6", 15_00, "USD", "outage"), 200).Refund, "once")
	h.credit("support", "6", 14_00, "USD", "outage").problem(422, "idempotency_key_reused")
	note := h.invoiced()[0]
	assert.Equal(t, "credit_note", note.Kind)
	assert.Equal(t, "Credit", note.Lines[0].Transaction)
	assert.EqualValues(t, -15_00, note.Total.Minor)
	assert.EqualValues(t, -1, note.Lines[0].Quantity)
	assert.Equal(t, "partly_refunded", h.invoiced()[1].Status)
	assert.Contains(t, h.toldBuyer(), "payment_credited")
	h.credit("support", "7", 4_99).problem(422, "credit_too_large")
	h.ask("support", "POST", "/v1/support/credits", `{"number":"`+note.Number+`","amount":{"minor":1,"currency":"USD"},"reason":"outage"}`).problem(422, "bill_not_paid")
	h.audited()

	cancelled := is[v1.Subscription](change("cancel", `{"reason":"not_needed"}`, "8"), 200)
	assert.EqualValues(t, 4_98, cancelled.Refund.Minor, "all that is left of 19.98, within a day")
	assert.Equal(t, "refunded", h.invoiced()[2].Status)
	h.audited()
	h.passes(now.AddDate(1, 0, 0))
	h.credit("support", "9", 1).problem(422, "subscription_deleted")
}

// Of many at once, each is either given or refused, and all together are no more
// than was paid.
func TestR36_CreditsAtOnceNeverExceedThePayment(t *testing.T) {
	h := newHouse(t)
	h.bought()
	at := uintText(h.bill())
	answers := make([]answer, 8)
	var wg sync.WaitGroup
	for i := range answers {
		wg.Go(func() {
			answers[i] = h.ask("support", "POST", "/v1/support/credits",
				`{"number":"KASSA-2026-0000001","amount":{"minor":600,"currency":"USD"},"reason":"goodwill"}`, "Kassa-Position", at)
		})
	}
	wg.Wait()
	given := 0
	for _, a := range answers {
		switch a.status {
		case 200:
			given++
		case 409: // somebody else was first
			a.problem(409, "stale_revision")
		default:
			a.problem(422, "credit_too_large")
		}
	}
	require.Positive(t, given)
	assert.LessOrEqual(t, given, 3, "19.98 was paid")
	h.audited()
	assert.EqualValues(t, 1+given, len(h.invoiced()))
}

// A payment service that does not answer keeps nobody waiting: the credit is
// owed, and paid once.
func TestACreditWhoseAnswerIsLostIsPaidOnce(t *testing.T) {
	h := newHouse(t)
	quoted := is[v1.Purchase](h.ask(buyer, "POST", "/v1/purchases", `{"productId":"CFQ7TTC0H9MP","quantity":2,"market":"US"}`), 201)
	submitted := h.ask(buyer, "POST", "/v1/purchases/"+string(quoted.PurchaseID)+"/submit", `{"card":"tok_timeout","acceptTerms":true}`)
	bought := is[v1.Submitted](submitted, submitted.status)
	require.NotEmpty(t, bought.SubscriptionID)
	given := is[v1.Subscription](h.credit("support", "1", 5_00), 200)
	assert.EqualValues(t, 5_00, given.Refund.Minor)
	var back int64
	for r, err := range h.gateway.Refunds(t.Context()) {
		require.NoError(t, err)
		back += r.Amount.Minor
	}
	assert.EqualValues(t, 5_00, back)
	h.clock = h.clock.Add(time.Minute)
	h.audited()
}

// What each payer and each organisation owes and paid can be told apart.
func TestBalancesOfOneOrganisationAndOnePayer(t *testing.T) {
	h := newHouse(t)
	h.bought()
	h.buy("anna@fabrikam.example", "1")
	at := uintText(h.bill())
	cash := func(query string) (minor int64) {
		for _, b := range is[v1.Balances](h.ask("operator", "GET", "/v1/ledger/balances"+query, "", "Kassa-Position", at), 200).Items {
			if b.Account == "cash" {
				minor = b.Amount.Minor
			}
		}
		return minor
	}
	assert.EqualValues(t, 19_98+9_99, cash(""))
	assert.EqualValues(t, 19_98, cash("?tenant="+string(tenantID(1))))
	assert.EqualValues(t, 19_98, cash("?tenant="+string(tenantID(1))+"&payer="+string(idOf(buyer))))
	assert.Zero(t, cash("?tenant="+string(tenantID(1))+"&payer="+string(idOf(gail))))
	assert.EqualValues(t, 9_99, cash("?tenant="+string(tenantID(2))))
}
