package api_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/commands"
	"kassa/domain"
	v1 "kassa/services/api/v1"
	"kassa/services/payments"
	"kassa/services/payments/gatewaytest"
)

// interrupted is the gateway behind a connection that can be cut.
type interrupted struct {
	gatewaytest.Books
	cut bool
}

func (g *interrupted) Charge(ctx context.Context, key, token string, amount domain.Money) (domain.Charge, error) {
	if g.cut {
		return domain.Charge{}, payments.ErrUnavailable
	}
	return g.Books.Charge(ctx, key, token, amount)
}

func (g *interrupted) Refund(ctx context.Context, key, charge string, amount domain.Money) (domain.Refund, error) {
	if g.cut {
		return domain.Refund{}, payments.ErrUnavailable
	}
	return g.Books.Refund(ctx, key, charge, amount)
}

const buyer = "anna@contoso.example"

// bought is a subscription of anna's with two seats, and how to change it.
func (h *house) bought() (id domain.SubscriptionID, change func(path, body, key string) answer) {
	h.Helper()
	id = h.buy(buyer, "2").SubscriptionID
	return id, func(path, body, key string) answer {
		h.Helper()
		method := "POST"
		if path == "recurring-billing" {
			method = "PUT"
		}
		return h.ask(buyer, method, "/v1/subscriptions/"+string(id)+"/"+path, body, "Idempotency-Key", key)
	}
}

func TestR27_SeatsAreAddedAndChargedNow(t *testing.T) {
	h := newHouse(t)
	id, change := h.bought()
	first := is[v1.Subscription](change("seats", `{"quantity":3}`, "1"), 200)
	assert.EqualValues(t, 3, first.Quantity)
	assert.Equal(t, &domain.Money{Minor: 999, Currency: "USD"}, first.Charged, "the term's first day: all of it")
	assert.Equal(t, id, first.SubscriptionID)
	assert.Equal(t, "active", first.Status)
	assert.True(t, first.RecurringBilling)

	is[v1.Subscription](change("seats", `{"delta":2}`, "2"), 200)
	assert.Equal(t, first, is[v1.Subscription](change("seats", `{"quantity":3}`, "1"), 200), "a repeated request is answered as the first was")
	change("seats", `{"quantity":4}`, "1").problem(422, commands.ErrReused.Code)
	change("seats", `{"quantity":4}`, "3").problem(400, commands.ErrNoIncrease.Code)
	change("seats", `{"quantity":9,"delta":2}`, "4").problem(400, commands.ErrSeatsAmbiguous.Code)
}

func TestSeatsThatAreNotPaidAreNotAdded(t *testing.T) {
	h := newHouse(t)
	id, change := h.bought()
	declined := change("seats", `{"delta":1,"card":"tok_expired"}`, "1").problem(402, "expired_card")
	assert.Equal(t, string(id), declined.SubscriptionID)
	assert.NotZero(t, declined.Position)
	paid := is[v1.Subscription](change("seats", `{"delta":1,"card":"tok_visa"}`, "2"), 200)
	assert.EqualValues(t, 3, paid.Quantity)
	assert.Equal(t, declined, change("seats", `{"delta":1,"card":"tok_expired"}`, "1").problem(402, "expired_card"))
}

func TestAnInterruptedChargeIs202UntilItIsKnown(t *testing.T) {
	h := newHouse(t)
	_, change := h.bought()
	h.gateway.cut = true
	waits := is[v1.Subscription](change("seats", `{"delta":1}`, "1"), 202)
	assert.EqualValues(t, 2, waits.Quantity)
	assert.True(t, waits.Pending)
	assert.Nil(t, waits.Charged)
	change("seats", `{"delta":1}`, "2").problem(409, "charge_pending")
	h.gateway.cut = false
	assert.EqualValues(t, 3, is[v1.Subscription](change("seats", `{"delta":1}`, "1"), 200).Quantity)

	h.gateway.cut = true
	cancelled := is[v1.Subscription](change("cancel", `{"reason":"other"}`, "3"), 202)
	assert.Equal(t, "disabled", cancelled.Status)
	h.gateway.cut = false
	again := is[v1.Subscription](change("cancel", `{"reason":"other"}`, "3"), 200)
	assert.True(t, cancelled.Pending)
	assert.False(t, again.Pending)
	assert.Equal(t, cancelled.Refund, again.Refund)
	assert.Equal(t, &domain.Money{Minor: 2997, Currency: "USD"}, again.Refund)
}

func TestR41_V13_MoreSeatsAreRefusedWithEveryCheckAndTheTermsGoOn(t *testing.T) {
	h := newHouse(t)
	id, change := h.bought()
	is[v1.PolicySet](h.ask("gail@contoso.example", "PUT", "/v1/policies/"+string(powerBI), `{"value":"Disabled"}`), 200)
	refused := change("seats", `{"delta":1}`, "1").problem(422, domain.ErrPolicyDisabled.Code)
	assert.Equal(t, string(id), refused.SubscriptionID)
	assert.NotEmpty(t, refused.Checks)
	assert.Equal(t, "R41", refused.Rule)
	assert.NotZero(t, refused.Position)

	h.passes(now.AddDate(0, 1, 1))
	renewed := is[v1.Products](h.ask(buyer, "GET", "/v1/purchases", "", "Kassa-Position", uintText(h.head())), 200).Items[0]
	assert.Equal(t, "active", renewed.Status)
	assert.True(t, renewed.ExpiryDate.After(h.clock), "what was bought before is renewed")
}

func TestSeatsAreGivenBack(t *testing.T) {
	h := newHouse(t)
	id, change := h.bought()
	is[v1.License](h.ask(buyer, "POST", "/v1/subscriptions/"+string(id)+"/licenses", `{"user":"omar@contoso.example"}`), 200)
	is[v1.License](h.ask(buyer, "POST", "/v1/subscriptions/"+string(id)+"/licenses", `{"user":"anna@contoso.example"}`), 200)
	change("seats/remove", `{"delta":1,"when":"now"}`, "1").problem(409, "seats_assigned")
	change("seats/remove", `{"delta":1,"when":"soon"}`, "2").problem(400, commands.ErrWhenUnknown.Code)
	is[v1.License](h.ask(buyer, "DELETE", "/v1/subscriptions/"+string(id)+"/licenses/omar@contoso.example", ""), 200)
	removed := is[v1.Subscription](change("seats/remove", `{"quantity":1,"when":"now"}`, "3"), 200)
	assert.EqualValues(t, 1, removed.Quantity)
	assert.Equal(t, &domain.Money{Minor: 999, Currency: "USD"}, removed.Refund)

	is[v1.Subscription](change("seats", `{"quantity":5}`, "4"), 200)
	planned := is[v1.Subscription](change("seats/remove", `{"quantity":2,"when":"renewal"}`, "5"), 200)
	assert.EqualValues(t, 5, planned.Quantity)
	assert.EqualValues(t, 2, planned.QuantityAtRenewal)
	assert.Nil(t, planned.Refund)

	path := "/v1/subscriptions/" + string(id) + "/scheduled-change"
	kept := is[v1.Subscription](h.ask(buyer, "DELETE", path, "", "Idempotency-Key", "6"), 200)
	assert.Zero(t, kept.QuantityAtRenewal, "the next term has them all")
	assert.Equal(t, kept, is[v1.Subscription](h.ask(buyer, "DELETE", path, "", "Idempotency-Key", "6"), 200), "however often it is said")
	h.ask(buyer, "DELETE", path, "", "Idempotency-Key", "7").problem(404, "scheduled_change_unknown")
}

func TestR32_RecurringBillingAndCancelling(t *testing.T) {
	h := newHouse(t)
	id, change := h.bought()
	change("cancel", `{"reason":"too long a story"}`, "1").problem(400, "cancel_reason_unknown")
	change("reactivate", `{}`, "2").problem(422, "subscription_not_ended")
	assert.False(t, is[v1.Subscription](change("recurring-billing", `{"on":false}`, "3"), 200).RecurringBilling)
	change("seats/remove", `{"delta":1,"when":"renewal"}`, "4").problem(422, "recurring_billing_off")
	assert.True(t, is[v1.Subscription](change("recurring-billing", `{"on":true}`, "5"), 200).RecurringBilling)

	cancelled := is[v1.Subscription](change("cancel", `{"reason":"not_needed"}`, "6"), 200)
	assert.Equal(t, "disabled", cancelled.Status)
	assert.Equal(t, &domain.Money{Minor: 1998, Currency: "USD"}, cancelled.Refund)
	own := is[v1.Products](h.ask(buyer, "GET", "/v1/purchases", "", "Kassa-Position", uintText(cancelled.Position)), 200)
	require.Len(t, own.Items, 1)
	assert.Equal(t, "disabled", own.Items[0].Status)

	again := is[v1.Subscription](change("reactivate", `{}`, "7"), 200)
	assert.Equal(t, id, again.SubscriptionID)
	assert.Equal(t, "active", again.Status)
	assert.Equal(t, &domain.Money{Minor: 1998, Currency: "USD"}, again.Charged)
}

// What has ended is bought anew: a policy that was set since forbids it, and the
// refusal is on record with every check. Nothing is charged.
func TestR20_R41_AnotherTermIsJudgedAsWhenBuying(t *testing.T) {
	h := newHouse(t)
	id, change := h.bought()
	is[v1.Subscription](change("cancel", `{"reason":"not_needed"}`, "1"), 200)
	set := func(value string) {
		is[v1.PolicySet](h.ask("gail@contoso.example", "PUT", "/v1/policies/"+string(powerBI), `{"value":"`+value+`"}`), 200)
	}
	set("Disabled")
	for range 2 {
		refused := change("reactivate", `{"card":"tok_mastercard"}`, "2").problem(422, domain.ErrPolicyDisabled.Code)
		assert.Equal(t, string(id), refused.SubscriptionID)
		assert.Equal(t, "R41", refused.Rule)
		assert.True(t, refused.CanRequestLicense)
		assert.NotEmpty(t, refused.Checks)
	}
	assert.Equal(t, "disabled", string(h.productNow(id).Status))
	set("Enabled")
	change("reactivate", `{"card":"tok_mastercard"}`, "2").problem(422, domain.ErrPolicyDisabled.Code)
	again := is[v1.Subscription](change("reactivate", `{}`, "3"), 200)
	assert.Equal(t, "active", again.Status)
	order := is[v1.Order](h.ask(buyer, "GET", "/v1/orders/"+h.productNow(id).OrderNumbers[0], "", "Kassa-Position", uintText(h.head())), 200)
	summaries := ""
	for _, e := range order.Entries {
		summaries += e.Summary + "\n"
	}
	assert.Equal(t, 1, strings.Count(summaries, "Reactivation refused by R41: policy_disabled."))
	assert.Equal(t, 1, strings.Count(summaries, "Reactivation asked for"))
	listed := is[v1.Refusals](h.ask(billing, "GET", "/v1/refusals", ""), 200)
	require.Len(t, listed.Items, 1, "R20 administrators see who wanted it")
	assert.Equal(t, "reactivation", listed.Items[0].Stage)
	assert.NotContains(t, summaries, "mastercard", "a card that pays nothing is not put on file")
}

func TestR24_OnlyThePurchaserChangesASubscription(t *testing.T) {
	h := newHouse(t)
	id, _ := h.bought()
	at := "/v1/subscriptions/" + string(id) + "/cancel"
	h.ask("omar@contoso.example", "POST", at, `{"reason":"other"}`).problem(403, commands.ErrNotYourPurchase.Code)
	h.ask("bill@contoso.example", "POST", at, `{"reason":"other"}`).problem(409, commands.ErrTakeoverRequired.Code)
}

// Where a renewal and a cancellation meet, either the term had ended when the
// purchaser asked, or its renewal was being paid, or the new one is cancelled and
// paid back.
func TestR32_CancellingAgainstARenewal(t *testing.T) {
	h := newHouse(t)
	var ids []domain.SubscriptionID
	for range 6 {
		ids = append(ids, h.buy(buyer, "2").SubscriptionID)
	}
	due := h.productNow(ids[0]).ExpiryDate
	h.passes(due.Add(-time.Second))
	h.clock = due
	for _, id := range ids {
		answers := both(
			func() answer {
				return h.ask(buyer, "POST", "/v1/subscriptions/"+string(id)+"/cancel", `{"reason":"other"}`)
			},
			func() answer {
				_, err := h.Subscriptions.(*commands.Subscriptions).Advance(context.WithoutCancel(t.Context()), id, due)
				assert.NoError(t, err)
				return answer{}
			})
		left := h.productNow(id)
		if answers[0].status == 200 {
			refund := is[v1.Subscription](answers[0], 200).Refund
			assert.Equal(t, &domain.Money{Minor: 1998, Currency: "USD"}, refund, "all of the new term")
			assert.Equal(t, "disabled", left.Status)
			continue
		}
		assert.Contains(t, []string{"subscription_not_active", "charge_pending"}, into[v1.Problem](answers[0]).Code)
		assert.Equal(t, "active", left.Status)
		assert.True(t, left.ExpiryDate.After(due))
	}
}
