package api_test

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	v1 "kassa/services/api/v1"
)

// Whoever guesses the id of another's card learns nothing, not even that it is one.
func TestR36_NobodyPaysWithAnothersCard(t *testing.T) {
	h := newHouse(t)
	id, change := h.bought()
	h.add(buyer, "tok_visa")
	mine := string(h.cards(buyer)[0].PaymentMethodID)
	omars, foreign := string(h.add("omar@contoso.example", "tok_visa").PaymentMethodID), string(h.add("anna@fabrikam.example", "tok_visa").PaymentMethodID)
	charged := h.chargesMade()
	for _, card := range []string{omars, foreign, "20000000-0000-4000-8000-000000000077"} {
		h.checkout(buyer, card).problem(403, "card_of_another")
		change("seats", `{"delta":1,"card":"`+card+`"}`, "seats"+card).problem(403, "card_of_another")
		h.card(id, card).problem(403, "card_of_another")
		told := h.method("DELETE", domain.PaymentMethodID(card), "", "").problem(403, "card_of_another")
		assert.NotContains(t, told.Detail, card)
		h.method("PATCH", domain.PaymentMethodID(card), "", `{"billingCountry":"SE"}`).problem(403, "card_of_another")
		h.method("PUT", domain.PaymentMethodID(card), "/default", "").problem(403, "card_of_another")
		h.method("POST", domain.PaymentMethodID(card), "/replace", `{"card":"tok_mastercard"}`).problem(403, "card_of_another")
		h.method("POST", domain.PaymentMethodID(mine), "/replace", `{"card":"`+card+`"}`).problem(403, "card_of_another")
	}
	assert.Equal(t, charged, h.chargesMade())
	assert.Len(t, h.cards(buyer), 1)
	h.signOut("anna@contoso.example")
	h.ask(buyer, "POST", "/v1/payment-methods", `{"card":"tok_mastercard"}`).problem(422, "account_disabled")
}

// Administrators read the tokens of cards in history. They pay with none of them.
func TestR36_ATokenOfAnothersCardIsRefused(t *testing.T) {
	h, _ := newHouseOnStripe(t)
	bought := is[v1.Submitted](h.checkout(buyer, "pm_card_visa"), 200)
	token := regexp.MustCompile(`pm_\d+`).FindString(string(h.ask("gail@contoso.example", "GET", "/v1/events", "").body))
	require.NotEmpty(t, token)
	before := h.chargesMade()
	for _, who := range []string{"gail@contoso.example", "omar@contoso.example", "anna@fabrikam.example"} {
		h.checkout(who, token).problem(403, "card_of_another")
		h.ask(who, "POST", "/v1/payment-methods", `{"card":"`+token+`"}`).problem(403, "card_of_another")
	}
	assert.Equal(t, before, h.chargesMade())
	is[v1.Card](h.card(bought.SubscriptionID, token), 200)
	h.audited()
}

// signOut closes somebody's account, though their token is still good.
func (h *house) signOut(mail string) {
	h.Helper()
	for _, p := range residents {
		if p.Mail == mail {
			p.Enabled = false
			_, err := h.directory.PutPerson(h.Context(), operator(), p)
			require.NoError(h, err)
		}
	}
}
