package api_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/subscription"
	v1 "kassa/services/api/v1"
)

var (
	visa       = &v1.CardFace{Brand: "visa", Last4: "4242"}
	mastercard = &v1.CardFace{Brand: "mastercard", Last4: "4444"}
)

func (h *house) bills(as, query string) []v1.Bill {
	h.Helper()
	return is[v1.Bills](h.ask(as, "GET", "/v1/bills"+query, "", "Kassa-Position", uintText(h.head())), 200).Items
}

func usd(minor int64) domain.Money { return domain.Money{Minor: minor, Currency: "USD"} }

// card puts a card of anna's on file.
func (h *house) card(id domain.SubscriptionID, token string) answer {
	h.Helper()
	return h.ask(buyer, "PUT", "/v1/subscriptions/"+string(id)+"/card", `{"card":"`+token+`"}`)
}

func TestR29_R36_ThePayerSeesEachChargeAndRefund(t *testing.T) {
	h := newHouse(t)
	id, change := h.bought()
	is[v1.Subscription](change("seats", `{"delta":1,"card":"tok_mastercard"}`, "1"), 200)
	change("seats", `{"delta":1,"card":"tok_expired"}`, "2").problem(402, "expired_card")
	is[v1.Subscription](change("cancel", `{"reason":"not_needed"}`, "3"), 200)
	type line struct {
		transaction, status string
		amount              int64
		card                *v1.CardFace
	}
	var got []line
	var sum int64
	for _, b := range h.bills(buyer, "") {
		assert.Equal(t, id, b.SubscriptionID)
		assert.Equal(t, "Power BI Pro", b.ProductName)
		assert.NotEmpty(t, b.OrderNumber)
		got = append(got, line{b.Transaction, b.Status, b.Amount.Minor, b.Card})
		if b.Status == "paid" {
			sum += b.Amount.Minor
		}
	}
	assert.ElementsMatch(t, []line{
		{"Purchase", "paid", 1998, visa},
		{"Add quantity", "paid", 999, mastercard},
		{"Add quantity", "declined", 999, &v1.CardFace{Brand: "visa", Last4: "0069"}},
		{"Cancel", "paid", -999, mastercard},
		{"Cancel", "paid", -1998, visa},
	}, got)
	assert.Zero(t, sum, "everything was paid back within a day")
	for _, other := range []string{"omar@contoso.example", "bill@contoso.example", "gail@contoso.example", "gail@fabrikam.example"} {
		assert.Empty(t, h.bills(other, ""), other)
	}
	first := is[v1.Bills](h.ask(buyer, "GET", "/v1/bills?limit=3", ""), 200)
	rest := is[v1.Bills](h.ask(buyer, "GET", "/v1/bills?limit=3&after="+first.Next, ""), 200)
	assert.Len(t, append(first.Items, rest.Items...), 5)
	assert.Empty(t, rest.Next)
}

func TestR30_ATermWhoseCardWasDeclinedIsPaidWithAnother(t *testing.T) {
	h := newHouse(t)
	id, change := h.bought()
	change("pay", `{}`, "early").problem(409, subscription.ErrNothingToPay.Code)
	is[v1.Card](h.card(id, "tok_declined"), 200)
	due := time.Date(2026, 4, 2, 11, 0, 0, 0, time.UTC)
	h.passes(due.AddDate(0, 0, 3))

	open := h.bills(buyer, "?status=open")
	require.Len(t, open, 1)
	assert.Equal(t, "Renew", open[0].Transaction)
	assert.Equal(t, usd(1998), open[0].Amount)
	assert.Equal(t, due, *open[0].PeriodStart)
	assert.Equal(t, "0002", open[0].Card.Last4)
	item := is[v1.Products](h.ask(buyer, "GET", "/v1/purchases", ""), 200).Items[0]
	assert.Equal(t, "expired", item.Status)

	change("pay", `{}`, "1").problem(402, "card_declined")
	assert.Len(t, h.bills(buyer, "?status=open"), 1, "it can still be paid")
	paid := is[v1.Subscription](change("pay", `{"card":"tok_visa"}`, "2"), 200)
	assert.Equal(t, "active", paid.Status)
	assert.Equal(t, usd(1998), *paid.Charged)
	assert.Equal(t, *open[0].PeriodEnd, paid.ExpiryDate, "the term that was not paid, as it was")
	assert.Equal(t, paid, is[v1.Subscription](change("pay", `{"card":"tok_visa"}`, "2"), 200))
	assert.Empty(t, h.bills(buyer, "?status=open"))
	last := h.bills(buyer, "?status=paid")[0]
	assert.Equal(t, "Re-enable", last.Transaction)
	assert.Equal(t, visa, last.Card)

	h.passes(paid.ExpiryDate.Add(time.Hour))
	assert.Equal(t, "Renew", h.bills(buyer, "?status=paid")[0].Transaction, "and the terms go on")
	h.ask("omar@contoso.example", "POST", "/v1/subscriptions/"+string(id)+"/pay", `{}`).problem(403, commands.ErrNotYourPurchase.Code)
	h.ask("gail@contoso.example", "POST", "/v1/subscriptions/"+string(id)+"/pay", `{}`).problem(409, commands.ErrTakeoverRequired.Code)
}

func TestR30_ASecondPaymentWaitsForTheFirst(t *testing.T) {
	h := newHouse(t)
	id, change := h.bought()
	is[v1.Card](h.card(id, "tok_declined"), 200)
	h.passes(now.AddDate(0, 1, 1))
	h.gateway.cut = true
	assert.True(t, is[v1.Subscription](change("pay", `{"card":"tok_visa"}`, "1"), 202).Pending, "nobody knows yet")
	change("pay", `{"card":"tok_mastercard"}`, "2").problem(409, subscription.ErrChargePending.Code)
	h.gateway.cut = false
	assert.Equal(t, usd(1998), *is[v1.Subscription](change("pay", `{"card":"tok_visa"}`, "1"), 200).Charged)
	change("pay", `{}`, "3").problem(409, subscription.ErrNothingToPay.Code)
	assert.Len(t, h.bills(buyer, "?status=paid"), 2, "the first term and the second, once each")
	h.audited()
}

func TestR30_WhatIsTooLateToPayIsNotOpen(t *testing.T) {
	h := newHouse(t)
	id, change := h.bought()
	is[v1.Card](h.card(id, "tok_declined"), 200)
	h.passes(now.AddDate(0, 3, 0))
	change("pay", `{"card":"tok_visa"}`, "1").problem(409, subscription.ErrNothingToPay.Code)
	assert.Empty(t, h.bills(buyer, "?status=open"))
	assert.Len(t, h.bills(buyer, "?status=closed"), 1)
}

func TestR31_AnotherCardPaysFromNowOn(t *testing.T) {
	h := newHouse(t)
	id, change := h.bought()
	on := is[v1.Card](h.card(id, "tok_mastercard"), 200)
	assert.Equal(t, v1.Card{SubscriptionID: id, CardFace: *mastercard, ExpMonth: 8, ExpYear: 2033, Position: on.Position}, on)
	assert.Len(t, h.bills(buyer, ""), 1, "nothing is charged by it")
	h.passes(now.Add(time.Hour))
	is[v1.Subscription](change("seats", `{"delta":1}`, "1"), 200)
	h.passes(now.AddDate(0, 1, 1))
	bills := h.bills(buyer, "")
	require.Len(t, bills, 3)
	assert.Equal(t, "Renew", bills[0].Transaction)
	assert.Equal(t, []*v1.CardFace{mastercard, mastercard, visa}, []*v1.CardFace{bills[0].Card, bills[1].Card, bills[2].Card})

	h.card(id, "4242424242424242").problem(400, "card_number_not_accepted")
	h.card(id, "tok_nobody").problem(400, "card_unknown")
	path := "/v1/subscriptions/" + string(id) + "/card"
	h.ask("omar@contoso.example", "PUT", path, `{"card":"tok_visa"}`).problem(403, commands.ErrNotYourPurchase.Code)
	h.ask("gail@contoso.example", "PUT", path, `{"card":"tok_visa"}`).problem(409, commands.ErrTakeoverRequired.Code)
	central := h.central("bill@contoso.example", "1")
	h.ask("bill@contoso.example", "PUT", "/v1/subscriptions/"+string(central.SubscriptionID)+"/card", `{"card":"tok_visa"}`).problem(422, "payment_method_not_supported")
}

// central buys under the agreement.
func (h *house) central(as, seats string) v1.Submitted {
	h.Helper()
	quoted := is[v1.Purchase](h.ask(as, "POST", "/v1/purchases", `{"productId":"CFQ7TTC0H9MP","quantity":`+seats+`,"market":"US","channel":"central"}`), 201)
	return is[v1.Submitted](h.ask(as, "POST", "/v1/purchases/"+string(quoted.PurchaseID)+"/submit", `{"acceptTerms":true}`), 200)
}

func TestR29_ATrialIsBilledOnceItIsBought(t *testing.T) {
	h := newHouse(t)
	h.try(toConv, "tok_visa")
	assert.Empty(t, h.bills(buyer, ""))
	h.pass(2 * month)
	bills := h.bills(buyer, "?status=paid")
	require.NotEmpty(t, bills)
	first := bills[len(bills)-1]
	assert.Equal(t, "Convert", first.Transaction)
	assert.Equal(t, usd(1998), first.Amount)
	assert.Equal(t, visa, first.Card)
}
