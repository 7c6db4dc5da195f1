package commands_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/product"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
	"kassa/domain/tenantpolicy"
	"kassa/domain/trial"
	"kassa/eventstore"
)

// tries is a house whose product can be tried.
func tries(t *testing.T) *house {
	h := newHouse(t)
	h.given(product.Stream(powerBI), product.TrialOffered{Trial: product.Trial{Days: 30, Seats: 25, WithoutPaymentMethod: true, WithPaymentMethod: true}})
	return h
}

var (
	toTry = func() commands.StartPurchase { c := seats3; c.Kind = domain.Trial; return c }()
	toPay = func() commands.StartPurchase { c := toTry; c.NeedsPaymentMethod = true; return c }()
)

// ordered is a trial that is submitted, and no further.
func (h *house) ordered(c commands.StartPurchase, card string) domain.PurchaseID {
	h.Helper()
	quoted, err := h.purchases.Start(h.Context(), ask(member(contoso, anna)), c)
	require.NoError(h, err)
	_, err = h.purchases.Submit(h.Context(), ask(member(contoso, anna)), submit(quoted.State.Purchase, card))
	require.NoError(h, err)
	return quoted.State.Purchase
}

// Both orders were judged before either trial began.
func TestOfTwoTrialsAtOnceOneBegins(t *testing.T) {
	h := tries(t)
	first, second := h.ordered(toTry, ""), h.ordered(toPay, "tok_visa")
	began, err := h.fulfil.Pump(t.Context(), first)
	require.NoError(t, err)
	assert.Equal(t, purchase.StatusCompleted, began.State.Status)
	refused, err := h.fulfil.Pump(t.Context(), second)
	require.NoError(t, err)
	assert.Equal(t, purchase.StatusRefused, refused.State.Status)
	assert.Equal(t, domain.ErrTrialUsed.Code, refused.State.Refused.Code)
	assert.Empty(t, h.types(subscription.Stream(refused.State.Subscription)))
	assert.Len(t, h.types(trial.Stream(contoso, anna)), 1)

	again, err := h.fulfil.Pump(t.Context(), second)
	require.NoError(t, err)
	assert.Equal(t, refused.Position, again.Position, "it is refused once")
}

func TestACrashWhileATrialBeginsIsMended(t *testing.T) {
	h := tries(t)
	id := h.ordered(toTry, "")
	crash := *h.purchases
	crash.Store = &dyingStore{house: h, after: 1} // the trial is taken, its order does not say so
	_, err := crash.Settle(t.Context(), id)
	require.ErrorIs(t, err, eventstore.ErrUnavailable)
	require.Len(t, h.types(trial.Stream(contoso, anna)), 1)

	done, err := h.fulfil.Pump(t.Context(), id)
	require.NoError(t, err)
	assert.Equal(t, purchase.StatusCompleted, done.State.Status, "it is this order's trial")
	assert.Equal(t, []string{"subscription.provisioned.v1", "subscription.trial_started.v1"}, h.types(subscription.Stream(done.State.Subscription)))
	assert.Equal(t, subscription.StatusTrial, h.now(done.State.Subscription).Status(h.clock))
}

// What holds is what held when the trial ended, however late that is noticed.
func TestR41_ALateSchedulerJudgesAConversionAsOfItsTime(t *testing.T) {
	ends := noon.Add(30 * 24 * time.Hour)
	for name, c := range map[string]struct {
		set  time.Duration // Disabled, since the trial began
		want subscription.Status
		paid int
	}{
		"the policy is set before the end": {29 * 24 * time.Hour, subscription.StatusExpired, 0},
		"the policy is set after the end":  {31 * 24 * time.Hour, subscription.StatusActive, 1},
	} {
		t.Run(name, func(t *testing.T) {
			h := tries(t)
			id := h.buy(member(contoso, anna), toPay, "tok_visa")
			require.Equal(t, ends, h.now(id).End)
			h.clock = noon.Add(c.set)
			h.given(tenantpolicy.Stream(contoso), tenantpolicy.ProductSet{Product: powerBI, AskedFor: powerBI, Value: domain.PolicyDisabled, Previous: domain.PolicyEnabled, At: h.clock})
			h.clock = ends.Add(25 * 24 * time.Hour)
			assert.Equal(t, c.want, h.passes(id, h.clock).Status(h.clock))
			assert.Len(t, h.charges(), c.paid)
		})
	}
}

func TestWhatChangesATrialIsForWhoeverTries(t *testing.T) {
	h := tries(t)
	id := h.buy(member(contoso, anna), toTry, "")
	h.clock = noon.Add(20 * 24 * time.Hour)
	for name, who := range map[string]commands.Principal{
		"R24 a colleague": member(contoso, omar), "R58 an administrator": member(contoso, gail, domain.RoleGlobalAdmin), "another tenant's": member(fabrikam, anna),
	} {
		_, err := h.subscriptions.ExtendTrial(t.Context(), ask(who), commands.ExtendTrial{Subscription: id})
		assert.Error(t, err, name)
		_, err = h.subscriptions.ConvertTrial(t.Context(), ask(who), commands.ConvertTrial{Subscription: id, Card: "tok_visa"})
		assert.Error(t, err, name)
	}
	assert.Len(t, h.types(subscription.Stream(id)), 2, "nothing happened")
	r := ask(member(contoso, anna))
	_, err := h.subscriptions.ConvertTrial(t.Context(), r, commands.ConvertTrial{Subscription: id, Card: "tok_declined"})
	require.NoError(t, err)
	out, err := h.subscriptions.Settle(t.Context(), id)
	require.NoError(t, err)
	assert.Equal(t, "card_declined", out.State.Settled.Code)
	assert.Equal(t, subscription.StatusTrial, out.State.Status(h.clock), "a decline ends nothing")
}
