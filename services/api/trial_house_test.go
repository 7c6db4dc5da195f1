package api_test

import (
	"time"

	"github.com/stretchr/testify/require"

	"kassa/domain"
	"kassa/projections/views"
	v1 "kassa/services/api/v1"
)

// quote asks to try, or to buy, two seats of Power BI, under keys that begin
// with key.
func (h *house) quote(as, kind, key string) answer {
	h.Helper()
	return h.ask(as, "POST", "/v1/purchases", `{"productId":"`+string(powerBI)+`","quantity":2,"market":"US",`+kind+`}`, "Idempotency-Key", key+"-start")
}

func (h *house) order(as string, p v1.Purchase, card, key string) answer {
	h.Helper()
	body := `{"acceptTerms":true}`
	if card != "" {
		body = `{"acceptTerms":true,"card":"` + card + `"}`
	}
	return h.ask(as, "POST", "/v1/purchases/"+string(p.PurchaseID)+"/submit", body, "Idempotency-Key", key+"-submit")
}

// pass lets time go by, and the views catch up with what it brought.
func (h *house) pass(d time.Duration) {
	h.Helper()
	h.passes(h.clock.Add(d))
	for _, v := range views.All() {
		require.NoError(h, h.Projector.Await(h.Context(), v.Name, h.head()))
	}
}

// try begins a trial of anna's.
func (h *house) try(kind, card string) v1.Submitted {
	h.Helper()
	return is[v1.Submitted](h.order(buyer, is[v1.Purchase](h.quote(buyer, kind, "try"), 201), card, "try"), 200)
}

func (h *house) act(id domain.SubscriptionID, verb, body, key string) answer {
	h.Helper()
	return h.ask(buyer, "POST", "/v1/subscriptions/"+string(id)+"/"+verb, body, "Idempotency-Key", key)
}

// own is anna's only subscription, as she sees it now.
func (h *house) own(query string) v1.Product {
	h.Helper()
	list := is[v1.Products](h.ask(buyer, "GET", "/v1/purchases"+query, ""), 200).Items
	require.Len(h, list, 1)
	return list[0]
}

func (h *house) policy(value domain.PolicyValue) {
	h.Helper()
	is[v1.PolicySet](h.ask("bill@contoso.example", "PUT", "/v1/policies/"+string(powerBI), `{"value":"`+string(value)+`"}`), 200)
}

// transactions are what a bill would show of an order.
func (h *house) transactions(number string) (rows []string) {
	h.Helper()
	for _, e := range is[v1.Order](h.ask(buyer, "GET", "/v1/orders/"+number, ""), 200).Entries {
		if e.Transaction != "" {
			rows = append(rows, e.Transaction)
		}
	}
	return rows
}

// charges is what the gateway was asked for, in minor units; a charge declined
// is 0.
func (h *house) charges() (taken []int64) {
	h.Helper()
	for c, err := range h.gateway.Charges(h.Context()) {
		require.NoError(h, err)
		amount := c.Amount.Minor
		if c.Status != domain.ChargeSucceeded {
			amount = 0
		}
		taken = append(taken, amount)
	}
	return taken
}
