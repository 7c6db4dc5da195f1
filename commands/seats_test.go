package commands_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/product"
	"kassa/domain/subscription"
	"kassa/domain/tenant"
	"kassa/eventstore"
	"kassa/services/payments"
)

var central3 = commands.StartPurchase{Product: powerBI, Quantity: 3, Market: "US", Channel: domain.Central, EntryPoint: domain.Website}

// on moves the clock to noon, in UTC, of a day of the house's first month, or
// of a later one: day 32 is the first of April.
func (h *house) on(day int) { h.clock = noon.AddDate(0, 0, day-noon.Day()) }

// now is a subscription as it stands.
func (h *house) now(id domain.SubscriptionID) subscription.State {
	h.Helper()
	out, err := h.subscriptions.Settle(h.Context(), id)
	require.NoError(h, err)
	return out.State
}

func usd(minor int64) domain.Money { return domain.Money{Minor: minor, Currency: "USD"} }

func TestR27_MoreSeatsAreChargedForWhatIsLeftOfTheTerm(t *testing.T) {
	h := newHouse(t)
	who := member(contoso, anna)
	id := h.buy(who, seats3, "tok_visa")
	h.on(16)
	asked, err := h.subscriptions.AddSeats(t.Context(), ask(who), commands.AddSeats{Subscription: id, Delta: 2})
	require.NoError(t, err)
	assert.Equal(t, usd(1096), asked.State.Pending.Amount, "2 x 9.99 x 17/31 days")
	assert.Equal(t, int64(3), asked.State.Quantity, "not before they are paid")

	paid, err := h.subscriptions.Settle(t.Context(), id)
	require.NoError(t, err)
	assert.Greater(t, paid.Position, asked.Position)
	assert.Equal(t, int64(5), paid.State.Quantity)
	assert.Equal(t, time.Date(2026, 3, 23, 23, 59, 59, 0, time.UTC), paid.State.Batches[1].Until, "days of their own to give them back")
	charges := h.charges()
	require.Len(t, charges, 2)
	assert.Equal(t, usd(1096), charges[1].Amount)
	assert.Equal(t, subscription.ChargeKey(id, asked.State.Pending), charges[1].Key)

	for _, p := range []domain.PersonID{anna, omar, gail} {
		_, err := h.licenses.Assign(t.Context(), ask(who), commands.AssignLicense{Subscription: id, Person: p})
		require.NoError(t, err)
	}
	byTotal, err := h.subscriptions.AddSeats(t.Context(), ask(who), commands.AddSeats{Subscription: id, Quantity: 6})
	require.NoError(t, err)
	assert.Equal(t, int64(6), byTotal.State.Pending.Quantity)
}

func TestR41_MoreSeatsAreJudgedLikeAPurchase(t *testing.T) {
	for name, c := range map[string]struct {
		happens func(*house)
		code    string
	}{
		"R41 the policy": {func(h *house) {
			_, err := h.policies.Set(t.Context(), ask(member(contoso, gail, domain.RoleGlobalAdmin)), commands.SetPolicy{Product: powerBIOld, Value: domain.PolicyDisabled})
			require.NoError(t, err)
		}, "policy_disabled"},
		"R42 the governance": {func(h *house) {
			h.given(tenant.Stream(contoso), tenant.GovernanceProductBlocked{Product: powerBI})
		}, "product_blocked"},
		"R05 the market": {func(h *house) {
			h.given("product-"+string(powerBI), product.MarketExcluded{Market: "US", From: noon})
		}, "market_not_eligible"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			who := member(contoso, anna)
			id := h.buy(who, seats3, "tok_visa")
			c.happens(h)
			r, more := ask(who), commands.AddSeats{Subscription: id, Delta: 1, Card: "tok_mastercard"}
			out, err := h.subscriptions.AddSeats(t.Context(), r, more)
			require.ErrorIs(t, err, domain.Refusal(c.code))
			assert.NotEmpty(t, out.State.Refused.Checks, "R20: with every check")
			recorded := h.types(subscription.Stream(id))
			assert.Equal(t, "subscription.seat_addition_refused.v1", recorded[len(recorded)-1])

			_, err = h.subscriptions.AddSeats(t.Context(), r, more)
			require.ErrorIs(t, err, domain.Refusal(c.code), "the retry is answered alike")
			assert.Equal(t, recorded, h.types(subscription.Stream(id)), "and leaves nothing")
			assert.Equal(t, int64(3), h.now(id).Quantity)
			assert.Len(t, h.charges(), 1, "nothing was charged")
			bought, err := h.purchases.Load(t.Context(), out.State.Purchase)
			require.NoError(t, err)
			assert.Equal(t, "tok_visa", bought.State.Card.Token, "the card that was offered is not kept")

			_, err = h.subscriptions.RemoveSeats(t.Context(), ask(who), commands.RemoveSeats{Subscription: id, Delta: 1, When: commands.Immediately})
			assert.NoError(t, err, "what was bought before stays as changeable as it was")
		})
	}
}

func TestOnlyWhoBoughtItChangesASubscription(t *testing.T) {
	h := newHouse(t)
	own := h.buy(member(contoso, anna), seats3, "tok_visa")
	central := h.buy(member(contoso, gail, domain.RoleBillingAdmin), central3, "")
	for name, c := range map[string]struct {
		who  commands.Principal
		id   domain.SubscriptionID
		want error
	}{
		"R24 a colleague":             {member(contoso, omar), own, commands.ErrNotYourPurchase},
		"R23 the same id elsewhere":   {member(fabrikam, anna), own, subscription.ErrUnknown},
		"R40 a global admin":          {member(contoso, gail, domain.RoleGlobalAdmin), own, commands.ErrTakeoverRequired},
		"R40 a billing admin":         {member(contoso, gail, domain.RoleBillingAdmin), own, commands.ErrTakeoverRequired},
		"R40 a license admin":         {member(contoso, gail, domain.RoleLicenseAdmin), own, commands.ErrTakeoverRequired},
		"R54 another's administrator": {member(fabrikam, anna, domain.RoleGlobalAdmin), own, subscription.ErrUnknown},
		"a member, central":           {member(contoso, gail), central, commands.ErrNotSubscriptionAdmin},
		"a license admin, central":    {member(contoso, gail, domain.RoleLicenseAdmin), central, commands.ErrNotSubscriptionAdmin},
		"nobody's":                    {member(contoso, anna), "nobodys", subscription.ErrUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			before := h.types(subscription.Stream(c.id))
			r := ask(c.who)
			for verb, do := range h.everything(r, c.id) {
				assert.ErrorIs(t, do(), c.want, verb)
			}
			assert.Equal(t, before, h.types(subscription.Stream(c.id)))
		})
	}
}

// everything is all that people can ask of a subscription.
func (h *house) everything(r commands.Request, id domain.SubscriptionID) map[string]func() error {
	ctx, s := h.Context(), h.subscriptions
	err := func(_ commands.Outcome[subscription.State], err error) error { return err }
	return map[string]func() error{
		"add": func() error { return err(s.AddSeats(ctx, r, commands.AddSeats{Subscription: id, Delta: 1})) },
		"remove": func() error {
			return err(s.RemoveSeats(ctx, r, commands.RemoveSeats{Subscription: id, Delta: 1, When: commands.Immediately}))
		},
		"schedule": func() error {
			return err(s.RemoveSeats(ctx, r, commands.RemoveSeats{Subscription: id, Delta: 1, When: commands.AtRenewal}))
		},
		"unschedule": func() error {
			return err(s.CancelScheduledChange(ctx, r, commands.CancelScheduledChange{Subscription: id, Change: "c"}))
		},
		"billing": func() error {
			return err(s.SetRecurringBilling(ctx, r, commands.SetRecurringBilling{Subscription: id}))
		},
		"cancel": func() error {
			return err(s.Cancel(ctx, r, commands.CancelSubscription{Subscription: id, Reason: subscription.NotNeeded}))
		},
		"reactivate": func() error { return err(s.Reactivate(ctx, r, commands.ReactivateSubscription{Subscription: id})) },
	}
}

func TestARequestForSeatsThatIsWrongLeavesNothing(t *testing.T) {
	h := newHouse(t)
	who := member(contoso, anna)
	id := h.buy(who, seats3, "tok_visa")
	central := h.buy(member(contoso, gail, domain.RoleBillingAdmin), central3, "")
	_, err := h.licenses.Assign(t.Context(), ask(who), commands.AssignLicense{Subscription: id, Person: omar})
	require.NoError(t, err)
	_, err = h.licenses.Assign(t.Context(), ask(who), commands.AssignLicense{Subscription: id, Person: anna})
	require.NoError(t, err)
	head, err := h.store.Head(t.Context())
	require.NoError(t, err)

	add := func(c commands.AddSeats) error {
		c.Subscription = id
		_, err := h.subscriptions.AddSeats(t.Context(), ask(who), c)
		return err
	}
	remove := func(c commands.RemoveSeats) error {
		c.Subscription = id
		_, err := h.subscriptions.RemoveSeats(t.Context(), ask(who), c)
		return err
	}
	for name, c := range map[string]struct{ got, want error }{
		"neither a total nor how many":   {add(commands.AddSeats{}), commands.ErrSeatsAmbiguous},
		"both":                           {add(commands.AddSeats{Quantity: 4, Delta: 1}), commands.ErrSeatsAmbiguous},
		"as many as there are":           {add(commands.AddSeats{Quantity: 3}), commands.ErrNoIncrease},
		"fewer by asking for more":       {add(commands.AddSeats{Delta: -1}), subscription.ErrSeats},
		"more than the product has":      {add(commands.AddSeats{Quantity: 1001}), subscription.ErrTooManySeats},
		"a card that nobody knows":       {add(commands.AddSeats{Delta: 1, Card: "tok_nobody"}), payments.ErrCardUnknown},
		"R13 a card's number":            {add(commands.AddSeats{Delta: 1, Card: "4242 4242 4242 4242"}), payments.ErrCardNumber},
		"neither, to remove":             {remove(commands.RemoveSeats{When: commands.Immediately}), commands.ErrSeatsAmbiguous},
		"at no known time":               {remove(commands.RemoveSeats{Delta: 1, When: "tomorrow"}), commands.ErrWhenUnknown},
		"as many as there are, now":      {remove(commands.RemoveSeats{Quantity: 3, When: commands.Immediately}), subscription.ErrNoReduction},
		"as many as there are, then":     {remove(commands.RemoveSeats{Quantity: 3, When: commands.AtRenewal}), subscription.ErrNoReduction},
		"more by asking for fewer":       {remove(commands.RemoveSeats{Delta: -1, When: commands.Immediately}), subscription.ErrSeats},
		"more by asking for fewer, then": {remove(commands.RemoveSeats{Delta: -1, When: commands.AtRenewal}), subscription.ErrNoReduction},
		"all of them":                    {remove(commands.RemoveSeats{Delta: 3, When: commands.Immediately}), subscription.ErrLastSeat},
		"R28 what people hold":           {remove(commands.RemoveSeats{Quantity: 1, When: commands.Immediately}), subscription.ErrSeatsAssigned},
		"R28 what people hold, then":     {remove(commands.RemoveSeats{Quantity: 1, When: commands.AtRenewal}), subscription.ErrSeatsAssigned},
	} {
		assert.ErrorIs(t, c.got, c.want, name)
	}
	_, err = h.subscriptions.AddSeats(t.Context(), ask(member(contoso, gail, domain.RoleBillingAdmin)), commands.AddSeats{Subscription: central, Delta: 1, Card: "tok_visa"})
	assert.ErrorIs(t, err, &domain.Error{Code: "payment_method_not_supported"}, "an agreement has no card")
	stale := ask(who)
	stale.Revision = ptr(eventstore.Revision(0))
	_, err = h.subscriptions.AddSeats(t.Context(), stale, commands.AddSeats{Subscription: id, Delta: 1})
	assert.ErrorIs(t, err, commands.ErrStale, "somebody assigned since")

	after, err := h.store.Head(t.Context())
	require.NoError(t, err)
	assert.Equal(t, head, after)
}

func TestR46_TheOrganisationPaysForItsSeatsByAgreement(t *testing.T) {
	h := newHouse(t)
	buyer := member(contoso, gail, domain.RoleBillingAdmin)
	id := h.buy(buyer, central3, "")
	out, err := h.subscriptions.AddSeats(t.Context(), ask(member(contoso, omar, domain.RoleGlobalAdmin)), commands.AddSeats{Subscription: id, Delta: 2})
	require.NoError(t, err)
	assert.Equal(t, int64(5), out.State.Quantity, "at once, whoever of the administrators asks")
	_, err = h.subscriptions.RemoveSeats(t.Context(), ask(buyer), commands.RemoveSeats{Subscription: id, Delta: 1, When: commands.Immediately})
	require.NoError(t, err)
	assert.Empty(t, h.now(id).Owed)
	assert.Empty(t, h.charges())
	assert.Empty(t, h.refunds())
}

// Seats go back newest first, each to the payment that it was bought with.
func TestSeatsAreGivenBackToThePaymentsTheyCameFrom(t *testing.T) {
	h := newHouse(t)
	who := member(contoso, anna)
	id := h.buy(who, seats3, "tok_visa")
	h.on(4)
	_, err := h.subscriptions.AddSeats(t.Context(), ask(who), commands.AddSeats{Subscription: id, Delta: 1})
	require.NoError(t, err)
	require.Equal(t, int64(4), h.now(id).Quantity)
	h.on(6)
	removed, err := h.subscriptions.RemoveSeats(t.Context(), ask(who), commands.RemoveSeats{Subscription: id, Quantity: 2, When: commands.Immediately})
	require.NoError(t, err)
	assert.Equal(t, int64(2), removed.State.Quantity)
	assert.Empty(t, h.now(id).Owed)

	charges, refunds := h.charges(), h.refunds()
	require.Len(t, refunds, 2)
	assert.Equal(t, domain.Refund{ID: refunds[0].ID, Key: subscription.RefundKey(id, removed.State.Owed[0].Refund), Charge: charges[1].ID, Amount: usd(838), At: h.clock},
		refunds[0], "9.35 for 29 days, less the 3 that began")
	assert.Equal(t, charges[0].ID, refunds[1].Charge)
	assert.Equal(t, usd(838), refunds[1].Amount, "9.99 for 31 days, less the 5 that began")

	again, err := h.subscriptions.Settle(t.Context(), id)
	require.NoError(t, err)
	assert.False(t, again.Wrote)
	assert.Len(t, h.refunds(), 2)
	h.on(12)
	_, err = h.subscriptions.RemoveSeats(t.Context(), ask(who), commands.RemoveSeats{Subscription: id, Delta: 1, When: commands.Immediately})
	assert.ErrorIs(t, err, subscription.ErrSeatsSettled)
}

func TestFewerSeatsFromTheNextTermOn(t *testing.T) {
	h := newHouse(t)
	who := member(contoso, anna)
	id := h.buy(who, seats3, "tok_visa")
	later, err := h.subscriptions.RemoveSeats(t.Context(), ask(who), commands.RemoveSeats{Subscription: id, Delta: 2, When: commands.AtRenewal})
	require.NoError(t, err)
	assert.Equal(t, subscription.Scheduled{Change: later.State.Scheduled.Change, Quantity: 1}, later.State.Scheduled)
	_, err = h.subscriptions.CancelScheduledChange(t.Context(), ask(who), commands.CancelScheduledChange{Subscription: id, Change: "another"})
	require.ErrorIs(t, err, subscription.ErrNoChange)
	_, err = h.subscriptions.CancelScheduledChange(t.Context(), ask(who), commands.CancelScheduledChange{Subscription: id, Change: later.State.Scheduled.Change})
	require.NoError(t, err)
	_, err = h.subscriptions.RemoveSeats(t.Context(), ask(who), commands.RemoveSeats{Subscription: id, Quantity: 2, When: commands.AtRenewal})
	require.NoError(t, err)

	h.on(40)
	assert.Equal(t, int64(2), h.passes(id, h.clock).Quantity)
	assert.Equal(t, usd(1998), h.charges()[1].Amount)
}

func (h *house) refunds() []domain.Refund {
	h.Helper()
	var all []domain.Refund
	for r, err := range h.gateway.Refunds(h.Context()) {
		require.NoError(h, err)
		all = append(all, r)
	}
	return all
}
