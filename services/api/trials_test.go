package api_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
	v1 "kassa/services/api/v1"
)

const (
	days  = 24 * time.Hour
	month = 30 * days

	toTry  = `"kind":"trial"`
	toConv = `"kind":"trial","needsPaymentMethod":true`
)

func TestTrialWithoutPaymentMethodJustEnds(t *testing.T) {
	h := newHouse(t)
	quoted := is[v1.Purchase](h.quote(buyer, toTry, "1"), 201)
	assert.Equal(t, domain.Trial, quoted.Kind)
	assert.Equal(t, domain.Money{Currency: "USD"}, quoted.Total, "nothing now")
	assert.Equal(t, &v1.TrialQuote{Days: 30, UnitPrice: usd(999), Net: usd(1816), Tax: usd(182), Total: usd(1998), TaxRule: &v1.Tax{Kind: "vat", Rate: 10, Included: true}},
		quoted.Quote.Trial, "R34: what it costs if it is converted")
	h.order(buyer, quoted, "tok_visa", "card").problem(422, purchase.ErrPaymentNotNeeded.Code)
	done := is[v1.Submitted](h.order(buyer, quoted, "", "1"), 200)
	assert.Equal(t, "completed", done.Status)
	assert.Equal(t, done, is[v1.Submitted](h.order(buyer, quoted, "", "1"), 200), "a repeated request is answered as the first was")

	shown := h.own("?kind=trial")
	assert.Equal(t, "trial", shown.Status)
	assert.Equal(t, now.Add(month), shown.ExpiryDate)
	assert.False(t, shown.RecurringBilling)
	assert.Empty(t, is[v1.Products](h.ask(buyer, "GET", "/v1/purchases?kind=paid", ""), 200).Items)
	assert.Len(t, is[v1.Products](h.ask("bill@contoso.example", "GET", "/v1/products?kind=trial", ""), 200).Items, 1, "R37: administrators see trials")
	is[v1.License](h.ask(buyer, "POST", "/v1/subscriptions/"+string(done.SubscriptionID)+"/licenses", `{"user":"omar@contoso.example"}`), 200)
	h.act(done.SubscriptionID, "seats", `{"delta":1}`, "seats").problem(422, subscription.ErrTrialSeats.Code)
	h.ask(buyer, "PUT", "/v1/subscriptions/"+string(done.SubscriptionID)+"/recurring-billing", `{"on":true}`).problem(422, subscription.ErrTrialFree.Code)

	h.pass(month)
	assert.Equal(t, "expired", h.own("").Status)
	h.pass(month)
	assert.Equal(t, "disabled", h.own("").Status)
	h.pass(3 * month)
	assert.Equal(t, "deleted", h.own("").Status)
	assert.Equal(t, []string{"Trial"}, h.transactions(done.OrderNumber))
	assert.Empty(t, h.charges())
}

func TestTrialWithPaymentMethodBecomesPaid(t *testing.T) {
	h := newHouse(t)
	quoted := is[v1.Purchase](h.quote(buyer, toConv, "1"), 201)
	h.order(buyer, quoted, "", "none").problem(400, "card_unknown")
	done := is[v1.Submitted](h.order(buyer, quoted, "tok_visa", "1"), 200)
	assert.Empty(t, h.charges(), "nothing now")
	assert.True(t, h.own("?kind=trial").RecurringBilling)

	h.pass(month - time.Second)
	assert.Equal(t, "trial", h.own("").Status)
	h.pass(time.Second)
	paid := h.own("?kind=paid")
	assert.Equal(t, "active", paid.Status)
	assert.Equal(t, now.Add(month), paid.StartDate, "the day on which the trial ended")
	assert.Equal(t, domain.Money{Minor: 1998, Currency: "USD"}, paid.PurchasePrice, "R34: what checkout displayed")
	assert.Equal(t, []int64{1998}, h.charges())
	h.pass(2 * month)
	assert.Equal(t, []string{"Trial", "Convert", "Renew"}, h.transactions(done.OrderNumber))
}

func TestTrialIsForEverybodyOnce(t *testing.T) {
	h := newHouse(t)
	first, second := is[v1.Purchase](h.quote(buyer, toTry, "1"), 201), is[v1.Purchase](h.quote(buyer, toConv, "2"), 201)
	is[v1.Submitted](h.order(buyer, first, "", "1"), 200)
	again := h.order(buyer, second, "tok_visa", "2").problem(422, domain.ErrTrialUsed.Code)
	assert.Equal(t, "trials", again.Rule)
	h.quote(buyer, toTry, "3").problem(422, domain.ErrTrialUsed.Code)
	h.pass(6 * month)
	h.quote(buyer, toTry, "4").problem(422, domain.ErrTrialUsed.Code)
	is[v1.Purchase](h.quote("omar@contoso.example", toTry, "5"), 201)
	is[v1.Purchase](h.quote(buyer, `"kind":"paid"`, "6"), 201)
	refusals := is[v1.Refusals](h.ask("bill@contoso.example", "GET", "/v1/refusals?code=trial_used", ""), 200)
	assert.Len(t, refusals.Items, 3, "R20: each refusal is recorded")
}

func TestTrialThatIsNotOffered(t *testing.T) {
	h := newHouse(t)
	ask := func(product domain.ProductID, rest string) answer {
		return h.ask(buyer, "POST", "/v1/purchases", `{"productId":"`+string(product)+`","quantity":2,"market":"US",`+rest+`}`)
	}
	ask(visio, toTry).problem(422, domain.ErrTrialNotOffered.Code)
	ask(visio, toConv).problem(422, domain.ErrTrialNotOffered.Code)
	ask(powerBI, `"kind":"paid","needsPaymentMethod":true`).problem(400, "purchase_kind_unknown")
	ask(powerBI, `"kind":"loan"`).problem(400, "purchase_kind_unknown")
	h.ask("bill@contoso.example", "POST", "/v1/purchases", `{"productId":"`+string(powerBI)+`","quantity":2,"market":"US","channel":"central",`+toTry+`}`).
		problem(422, purchase.ErrTrialCentral.Code)
	h.ask(buyer, "POST", "/v1/purchases", `{"productId":"`+string(powerBI)+`","quantity":26,"market":"US",`+toTry+`}`).
		problem(400, purchase.ErrQuantityTooLarge.Code)
}

// What an administrator lets people do (R41), by the three values.
func TestR41_OnlyTrialsWithoutPaymentMethod(t *testing.T) {
	for _, c := range []struct {
		value                     domain.PolicyValue
		paid, trial, trialOnACard string
	}{
		{domain.PolicyEnabled, "", "", ""},
		{domain.PolicyTrialsOnly, "policy_trials_only", "", "policy_trials_only"},
		{domain.PolicyDisabled, "policy_disabled", "policy_disabled", "policy_disabled"},
	} {
		t.Run(string(c.value), func(t *testing.T) {
			h := newHouse(t)
			if c.value != domain.PolicyEnabled {
				h.policy(c.value)
			}
			for kind, code := range map[string]string{`"kind":"paid"`: c.paid, toTry: c.trial, toConv: c.trialOnACard} {
				answer := h.quote(buyer, kind, kind[8:]+c.paid+code)
				if code == "" {
					require.Equal(t, http.StatusCreated, answer.status, "%s", answer.body)
					continue
				}
				refused := answer.problem(422, code)
				assert.Equal(t, "R41", refused.Rule)
				assert.Equal(t, "contact_it_admin", refused.MessageKey)
			}
		})
	}
}

func TestR41_AfterSuchATrialThePaidVersionCannotBeBought(t *testing.T) {
	h := newHouse(t)
	h.policy(domain.PolicyTrialsOnly)
	done := h.try(toTry, "")
	refused := h.act(done.SubscriptionID, "convert", `{"card":"tok_visa"}`, "1").problem(422, "policy_trials_only")
	assert.Equal(t, "R41", refused.Rule)
	assert.NotEmpty(t, refused.Checks)
	assert.Equal(t, refused, h.act(done.SubscriptionID, "convert", `{"card":"tok_visa"}`, "1").problem(422, "policy_trials_only"), "the refusal is a fact")
	h.pass(month)
	h.act(done.SubscriptionID, "convert", `{"card":"tok_visa"}`, "2").problem(422, "policy_trials_only")
	h.quote(buyer, `"kind":"paid"`, "buy").problem(422, "policy_trials_only")
	assert.Empty(t, h.charges())

	h.policy(domain.PolicyEnabled)
	paid := is[v1.Subscription](h.act(done.SubscriptionID, "convert", `{"card":"tok_visa"}`, "3"), 200)
	assert.Equal(t, "active", paid.Status, "the trial is still within its thirty days of grace")
	assert.Equal(t, []int64{1998}, h.charges())
}

func TestTrialEndsWhereThePolicyAllowsNoPurchaseByThen(t *testing.T) {
	h := newHouse(t)
	h.try(toConv, "tok_visa")
	h.policy(domain.PolicyDisabled)
	assert.Equal(t, "trial", h.own("").Status, "R41: a policy has effect forward only")
	h.pass(month)
	assert.Equal(t, "expired", h.own("?kind=trial").Status)
	assert.Empty(t, h.charges(), "nothing charged")
}

func TestTrialEndsWhereTheCardIsDeclined(t *testing.T) {
	h := newHouse(t)
	done := h.try(toConv, "tok_insufficient_funds")
	h.pass(month)
	assert.Equal(t, "expired", h.own("?kind=trial").Status)
	assert.Equal(t, []int64{0}, h.charges(), "asked for once, declined")
	assert.Equal(t, []string{"Trial"}, h.transactions(done.OrderNumber))
	paid := is[v1.Subscription](h.act(done.SubscriptionID, "convert", `{"card":"tok_visa"}`, "1"), 200)
	assert.Equal(t, "active", paid.Status)
}

func TestTrialIsConvertedByHand(t *testing.T) {
	h := newHouse(t)
	done := h.try(toTry, "")
	h.act(done.SubscriptionID, "convert", `{}`, "1").problem(422, subscription.ErrNoCard.Code)
	h.act(done.SubscriptionID, "convert", `{"card":"tok_expired"}`, "2").problem(402, "expired_card")
	assert.Equal(t, "trial", h.own("").Status, "a decline ends nothing")
	h.pass(10 * days)
	paid := is[v1.Subscription](h.act(done.SubscriptionID, "convert", `{"card":"tok_visa"}`, "3"), 200)
	assert.Equal(t, &domain.Money{Minor: 1998, Currency: "USD"}, paid.Charged)
	assert.True(t, paid.RecurringBilling)
	assert.Equal(t, now.Add(10*days), h.own("?kind=paid").StartDate, "the first paid term begins now")
	assert.Equal(t, paid, is[v1.Subscription](h.act(done.SubscriptionID, "convert", `{"card":"tok_visa"}`, "3"), 200))
	h.act(done.SubscriptionID, "convert", `{}`, "4").problem(422, subscription.ErrNoTrial.Code)
	is[v1.Subscription](h.act(done.SubscriptionID, "seats", `{"delta":1}`, "5"), 200)
}

func TestTrialIsExtendedOnceShortlyBeforeItsEnd(t *testing.T) {
	h := newHouse(t)
	done := h.try(toConv, "tok_visa")
	h.pass(15*days - time.Microsecond)
	h.act(done.SubscriptionID, "extend-trial", "", "1").problem(422, subscription.ErrTrialEarly.Code)
	h.pass(time.Microsecond)
	extended := is[v1.Subscription](h.act(done.SubscriptionID, "extend-trial", "", "2"), 200)
	assert.Equal(t, now.Add(2*month), extended.ExpiryDate)
	h.act(done.SubscriptionID, "extend-trial", "", "3").problem(422, subscription.ErrTrialExtended.Code)
	assert.Equal(t, extended.ExpiryDate, h.own("?kind=trial").ExpiryDate)
	h.pass(30 * days)
	assert.Equal(t, "trial", h.own("").Status)
	h.pass(15 * days)
	assert.Equal(t, []int64{1998}, h.charges())
	assert.Equal(t, []string{"Trial", "Trial extended", "Convert"}, h.transactions(done.OrderNumber))
}

func TestTrialIsCancelledAtAnyTime(t *testing.T) {
	h := newHouse(t)
	done := h.try(toConv, "tok_visa")
	h.pass(20 * days)
	ended := is[v1.Subscription](h.act(done.SubscriptionID, "cancel", `{"reason":"not_needed"}`, "1"), 200)
	assert.Equal(t, "disabled", ended.Status)
	assert.Nil(t, ended.Refund)
	h.act(done.SubscriptionID, "convert", `{}`, "2").problem(422, subscription.ErrTrialOver.Code)
	h.act(done.SubscriptionID, "extend-trial", "", "3").problem(422, subscription.ErrTrialOver.Code)
	h.act(done.SubscriptionID, "reactivate", `{}`, "4").problem(422, subscription.ErrTrialOver.Code)
	h.pass(month)
	assert.Empty(t, h.charges())
}

func TestTrialWithRecurringBillingOffEnds(t *testing.T) {
	h := newHouse(t)
	done := h.try(toConv, "tok_visa")
	is[v1.Subscription](h.ask(buyer, "PUT", "/v1/subscriptions/"+string(done.SubscriptionID)+"/recurring-billing", `{"on":false}`), 200)
	h.pass(month)
	assert.Equal(t, "expired", h.own("?kind=trial").Status)
	assert.Empty(t, h.charges())
}
