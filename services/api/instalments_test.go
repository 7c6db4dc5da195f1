package api_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/price"
	"kassa/domain/product"
	"kassa/domain/purchase"
	v1 "kassa/services/api/v1"
)

// annual is sold for a year, paid at once or, a little dearer, in months.
const annual = domain.ProductID("CFQ7TTC0YEAR")

func (h *house) sellYears() {
	h.Helper()
	offer := commands.Offer{Product: product.List{Product: annual, Name: "Yearly", SelfServiceEligible: true, MaxQuantity: 100},
		Trial: product.Trial{Days: 30, Seats: 25, WithPaymentMethod: true}}
	for frequency, minor := range map[domain.Term]int64{"": 100_00, domain.Monthly: 8_75} {
		offer.Prices = append(offer.Prices, price.Publish{
			Product: annual, Channel: domain.SelfService, Market: "US", Amount: usd(minor), Term: domain.Yearly, Frequency: frequency, ValidFrom: lastYear,
		})
	}
	_, err := h.catalogue.Put(h.Context(), operator(), offer)
	require.NoError(h, err)
}

// commits buys three seats for a year that is paid in months.
func (h *house) commits() (quoted v1.Purchase, bought v1.Submitted) {
	h.Helper()
	quoted = is[v1.Purchase](h.ask(buyer, "POST", "/v1/purchases", `{"productId":"`+string(annual)+`","quantity":3,"market":"US","frequency":"P1M"}`), 201)
	return quoted, is[v1.Submitted](h.ask(buyer, "POST", "/v1/purchases/"+string(quoted.PurchaseID)+"/submit", `{"card":"tok_visa","acceptTerms":true}`), 200)
}

func TestR33_R34_TheBuyerChoosesHowAYearIsPaid(t *testing.T) {
	h := newHouse(t)
	h.sellYears()
	var offered []string
	for _, p := range is[v1.Prices](h.ask("", "GET", "/v1/prices?market=US", ""), 200).Items {
		if p.ProductID == annual {
			offered = append(offered, string(p.Term)+" "+string(p.Frequency)+" "+p.UnitPrice.Currency)
		}
	}
	assert.Equal(t, []string{"P1Y  USD", "P1Y P1M USD"}, offered)

	quoted, bought := h.commits()
	assert.Equal(t, usd(26_25), quoted.Quote.Total, "what is charged now")
	assert.Equal(t, &v1.Commitment{Frequency: domain.Monthly, Payments: 12, Total: usd(315_00)}, quoted.Quote.Commitment)
	assert.Equal(t, usd(26_25), h.charged().Amount)
	own := h.own("")
	assert.Equal(t, now.AddDate(1, 0, 0).Truncate(time.Second), own.ExpiryDate.Truncate(time.Second))
	next, each := now.AddDate(0, 1, 0).Add(-time.Hour), usd(26_25) // summer time begins meanwhile
	assert.Equal(t, &v1.Instalments{Frequency: domain.Monthly, Payments: 12, Paid: 1, NextPaymentAt: &next, NextPayment: &each, Remaining: usd(288_75)}, own.Instalments)
	assert.Equal(t, usd(26_25), own.PurchasePrice, "R38 what was paid when it was bought")
	assert.Equal(t, own.Instalments, is[v1.SubscriptionDetail](h.ask(buyer, "GET", "/v1/subscriptions/"+string(bought.SubscriptionID), ""), 200).Instalments)

	whole := is[v1.Purchase](h.ask(buyer, "POST", "/v1/purchases", `{"productId":"`+string(annual)+`","quantity":3,"market":"US"}`), 201)
	assert.Equal(t, usd(300_00), whole.Quote.Total)
	assert.Nil(t, whole.Quote.Commitment)
	tried := is[v1.Purchase](h.ask(buyer, "POST", "/v1/purchases", `{"productId":"`+string(annual)+`","quantity":3,"market":"US","frequency":"P1M","kind":"trial","needsPaymentMethod":true}`), 201)
	assert.Equal(t, usd(0), tried.Quote.Total)
	assert.Equal(t, usd(26_25), tried.Quote.Trial.Total)
	assert.Equal(t, usd(315_00), tried.Quote.Commitment.Total)

	h.ask(buyer, "POST", "/v1/purchases", `{"productId":"CFQ7TTC0H9MP","quantity":3,"market":"US","frequency":"P1M"}`).problem(422, commands.ErrFrequencyUnavailable.Code)
	h.ask(buyer, "POST", "/v1/purchases", `{"productId":"`+string(annual)+`","quantity":3,"market":"US","frequency":"P3M"}`).problem(400, domain.ErrFrequencyUnknown.Code)
	h.ask(buyer, "POST", "/v1/purchases", `{"productId":"`+string(annual)+`","quantity":3,"market":"SE"}`).problem(422, purchase.ErrNoPrice.Code)
}

// A year in months: each is charged and billed, one is declined and paid later,
// more seats come in between, and the next year begins with its first month.
func TestR29_R30_AYearInMonths(t *testing.T) {
	h := newHouse(t)
	h.sellYears()
	_, bought := h.commits()
	id := bought.SubscriptionID
	month := func(n int) time.Time { return domain.Monthly.Nth(now, n, 2, newYork(t)) }
	h.passes(month(2).AddDate(0, 0, 1))
	is[v1.Subscription](h.act(id, "seats", `{"delta":1}`, "more"), 200)
	is[v1.Subscription](h.ask(buyer, "PUT", "/v1/subscriptions/"+string(id)+"/recurring-billing", `{"on":false}`), 200)
	h.audited()

	is[v1.Card](h.card(id, "tok_declined"), 200)
	h.passes(month(3).AddDate(0, 0, 22)) // three retries, then nobody has access
	open := h.invoiced()[0]
	assert.Equal(t, "open", open.Status)
	assert.Equal(t, usd(35_00), open.Total, "for all four seats")
	assert.Equal(t, "Monthly payment", open.Lines[0].Transaction)
	assert.Equal(t, &v1.Dunning{Kind: "regular", NextAt: month(3).AddDate(0, 0, 25), DisabledAt: month(3).AddDate(0, 0, 30)}, open.Dunning)
	assert.Equal(t, "suspended", h.own("").Status)
	assert.Equal(t, month(3), *h.own("").Instalments.NextPaymentAt)
	h.audited()
	is[v1.Card](h.card(id, "tok_mastercard"), 200)
	paid := h.invoiced()[0]
	assert.Equal(t, []any{open.Number, "paid"}, []any{paid.Number, paid.Status})
	assert.Equal(t, "active", h.own("").Status)
	h.audited()

	is[v1.Subscription](h.ask(buyer, "PUT", "/v1/subscriptions/"+string(id)+"/recurring-billing", `{"on":true}`), 200)
	h.passes(month(12).Add(-time.Second))
	own := h.own("")
	assert.Equal(t, &v1.Instalments{Frequency: domain.Monthly, Payments: 12, Paid: 12, Remaining: usd(0)}, own.Instalments)
	h.passes(month(12))
	assert.Equal(t, 1, h.own("").Instalments.Paid)
	h.audited()

	count, total := map[string]int{}, int64(0)
	for _, i := range h.invoiced() {
		count[i.Lines[0].Transaction]++
		total += i.Total.Minor
		assert.Equal(t, "paid", i.Status)
	}
	assert.Equal(t, map[string]int{"Purchase": 1, "Monthly payment": 11, "Add quantity": 1, "Renew": 1}, count)
	assert.Equal(t, int64(3*26_25+8_47+9*35_00+35_00), total, "three months of three seats, 30 of 31 days of one more, nine months of four, and the next")

	charges := map[string]int64{}
	for _, b := range is[v1.Bills](h.ask(buyer, "GET", "/v1/bills?limit=100", ""), 200).Items {
		charges[b.Transaction+" "+b.Status]++
	}
	assert.Equal(t, map[string]int64{"Purchase paid": 1, "Add quantity paid": 1, "Monthly payment paid": 11, "Monthly payment declined": 3, "Monthly payment closed": 1, "Renew paid": 1}, charges)

	told := map[string]int{}
	for _, e := range is[v1.Order](h.ask(buyer, "GET", "/v1/orders/"+bought.OrderNumber, ""), 200).Entries {
		told[e.Transaction]++
	}
	assert.Equal(t, []int{1, 11, 1, 1}, []int{told["Purchase"], told["Monthly payment"], told["Add quantity"], told["Renew"]})
}

// A month that is open is paid at once by the card that takes the place of the one
// that failed, whoever sees to it; and a year goes on being charged although no
// other follows.
func TestR31_AReplacedCardPaysTheOpenMonth(t *testing.T) {
	for name, replace := range map[string]func(h *house, old domain.PaymentMethodID){
		"at once": func(h *house, old domain.PaymentMethodID) {
			is[v1.PaymentMethodChanged](h.method("POST", old, "/replace", `{"card":"tok_mastercard"}`), 200)
		},
		"by the process": func(h *house, old domain.PaymentMethodID) {
			h.replaceUnseen(old, "tok_mastercard")
			h.seesToCards()
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.sellYears()
			_, bought := h.commits()
			is[v1.Subscription](h.ask(buyer, "PUT", "/v1/subscriptions/"+string(bought.SubscriptionID)+"/recurring-billing", `{"on":false}`), 200)
			h.seesToCards()
			h.method("DELETE", h.methodWith("4242").PaymentMethodID, "", "").problem(422, "card_only_one")
			is[v1.Card](h.card(bought.SubscriptionID, "tok_declined"), 200)
			h.seesToCards()
			h.passes(now.AddDate(0, 1, 4))
			require.Len(t, h.bills(buyer, "?status=open"), 1)
			replace(h, h.methodWith("0002").PaymentMethodID)
			assert.Empty(t, h.bills(buyer, "?status=open"))
			last := h.bills(buyer, "?status=paid")[0]
			assert.Equal(t, "Monthly payment 4444", last.Transaction+" "+last.Card.Last4)
			h.audited()
		})
	}
}

// Whoever never pays a month loses access; what is left of the year is not
// charged.
func TestR30_AnUnpaidMonthEndsTheYear(t *testing.T) {
	h := newHouse(t)
	h.sellYears()
	_, bought := h.commits()
	is[v1.Card](h.card(bought.SubscriptionID, "tok_expired"), 200)
	h.passes(now.AddDate(0, 6, 0))
	bills := h.invoiced()
	require.Len(t, bills, 2)
	assert.Equal(t, "written_off", bills[0].Status)
	own := h.own("")
	assert.Equal(t, usd(0), own.Instalments.Remaining)
	assert.Nil(t, own.Instalments.NextPaymentAt)
	h.audited()
}

// A cancellation in the first days pays the month back, and nothing follows.
func TestR32_ACommitmentCanBeCancelledInItsFirstDays(t *testing.T) {
	h := newHouse(t)
	h.sellYears()
	_, bought := h.commits()
	h.passes(now.AddDate(0, 0, 2))
	back := is[v1.Subscription](h.act(bought.SubscriptionID, "cancel", `{"reason":"not_needed"}`, "1"), 200)
	assert.Equal(t, usd(23_71), *back.Refund, "28 of 31 days")
	h.passes(now.AddDate(0, 2, 0))
	assert.Len(t, h.invoiced(), 2)
	h.audited()
}

func newYork(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("America/New_York")
	require.NoError(t, err)
	return zone
}
