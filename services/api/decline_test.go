package api_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"kassa/domain"
	v1 "kassa/services/api/v1"
)

// What an attempt to pay came to is told again whatever became of the purchase.
func TestADeclineIsRepeatedAsItWas(t *testing.T) {
	const as = "anna@contoso.example"
	for name, later := range map[string]func(h *house, submit func(card, key string) answer){
		"after another card was charged": func(_ *house, submit func(card, key string) answer) {
			is[v1.Submitted](submit("tok_visa", "2"), 200)
		},
		"after another card was declined": func(_ *house, submit func(card, key string) answer) {
			submit("tok_insufficient_funds", "2").problem(402, "insufficient_funds")
		},
		"after the purchase was refused": func(h *house, submit func(card, key string) answer) {
			is[v1.PolicySet](h.ask("gail@contoso.example", "PUT", "/v1/policies/"+string(powerBI), `{"value":"Disabled"}`), 200)
			submit("tok_visa", "2").problem(422, domain.ErrPolicyDisabled.Code)
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			quoted := is[v1.Purchase](h.ask(as, "POST", "/v1/purchases", `{"productId":"CFQ7TTC0H9MP","quantity":1,"market":"US"}`), 201)
			submit := func(card, key string) answer {
				return h.ask(as, "POST", "/v1/purchases/"+string(quoted.PurchaseID)+"/submit", `{"card":"`+card+`","acceptTerms":true}`, "Idempotency-Key", key)
			}
			first := submit("tok_expired", "1").problem(402, "expired_card")
			assert.NotZero(t, first.Position)
			later(h, submit)
			assert.Equal(t, first, submit("tok_expired", "1").problem(402, "expired_card"))
		})
	}
}
