package commands_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/price"
	"kassa/domain/subscription"
)

func cancel(id domain.SubscriptionID) commands.CancelSubscription {
	return commands.CancelSubscription{Subscription: id, Reason: subscription.NotNeeded}
}

func TestR32_ACancellationIsRefundedToTheCard(t *testing.T) {
	h := newHouse(t)
	who := member(contoso, anna)
	id := h.buy(who, seats3, "tok_visa")
	h.on(4)
	r := ask(who)
	out, err := h.subscriptions.Cancel(t.Context(), r, cancel(id))
	require.NoError(t, err)
	assert.Equal(t, subscription.StatusDisabled, out.State.Status(h.clock), "at once")
	assert.Equal(t, usd(2707), out.State.Owed[0].Amount, "29.97 for 31 days, less the 3 that began")

	settled, err := h.subscriptions.Settle(t.Context(), id)
	require.NoError(t, err)
	assert.Empty(t, settled.State.Owed)
	refunds := h.refunds()
	require.Len(t, refunds, 1)
	assert.Equal(t, h.charges()[0].ID, refunds[0].Charge)
	assert.Equal(t, usd(2707), refunds[0].Amount)

	again, err := h.subscriptions.Cancel(t.Context(), r, cancel(id))
	require.NoError(t, err)
	assert.Equal(t, out, again, "a retry gets the first result, though the refund has been made since")
	_, err = h.subscriptions.Cancel(t.Context(), ask(who), cancel(id))
	require.NoError(t, err, "and whoever asks anew is told that it is so")
	h.now(id)
	assert.Len(t, h.refunds(), 1)
}

func TestR32_LaterOnlyTheNextTermCanBeCancelled(t *testing.T) {
	h := newHouse(t)
	who := member(contoso, anna)
	id := h.buy(who, seats3, "tok_visa")
	h.on(10)
	_, err := h.subscriptions.Cancel(t.Context(), ask(who), cancel(id))
	require.ErrorIs(t, err, subscription.ErrWindowClosed)
	off, err := h.subscriptions.SetRecurringBilling(t.Context(), ask(who), commands.SetRecurringBilling{Subscription: id})
	require.NoError(t, err)
	assert.Equal(t, subscription.StatusActive, off.State.Status(off.State.End.Add(-1)), "everything works to the end of the term")
	_, err = h.subscriptions.RemoveSeats(t.Context(), ask(who), commands.RemoveSeats{Subscription: id, Delta: 1, When: commands.AtRenewal})
	assert.ErrorIs(t, err, subscription.ErrBillingOff)

	on, err := h.subscriptions.SetRecurringBilling(t.Context(), ask(who), commands.SetRecurringBilling{Subscription: id, On: true})
	require.NoError(t, err)
	assert.True(t, on.State.RecurringBilling)
	same, err := h.subscriptions.SetRecurringBilling(t.Context(), ask(who), commands.SetRecurringBilling{Subscription: id, On: true})
	require.NoError(t, err)
	assert.False(t, same.Wrote)
}

func TestACancellationGivesAReason(t *testing.T) {
	h := newHouse(t)
	who := member(contoso, anna)
	id := h.buy(who, seats3, "tok_visa")
	_, err := h.subscriptions.Cancel(t.Context(), ask(who), commands.CancelSubscription{Subscription: id, Reason: "my own words"})
	require.ErrorIs(t, err, subscription.ErrReason)
	assert.Equal(t, subscription.StatusActive, h.now(id).Status(h.clock))
}

func TestAnAdministratorCancelsWhatTheOrganisationBought(t *testing.T) {
	h := newHouse(t)
	id := h.buy(member(contoso, gail, domain.RoleBillingAdmin), central3, "")
	out, err := h.subscriptions.Cancel(t.Context(), ask(member(contoso, omar, domain.RoleGlobalAdmin)), cancel(id))
	require.NoError(t, err)
	assert.True(t, out.State.Cancelled)
	records, err := h.store.Read(t.Context(), subscription.Stream(id))
	require.NoError(t, err)
	fact, err := h.log.Codec.Decode(records[1])
	require.NoError(t, err)
	assert.Equal(t, subscription.ByAdmin, fact.Event.(subscription.Cancelled).By)
	assert.Equal(t, domain.ActorAdmin, fact.Meta.Actor.Kind)
	assert.Empty(t, h.now(id).Owed)
	assert.Empty(t, h.refunds(), "an agreement is credited, not a card")
}

func TestAReactivationBeginsANewTermOnceItIsPaid(t *testing.T) {
	h := newHouse(t)
	who := member(contoso, anna)
	id := h.buy(who, seats3, "tok_visa")
	_, err := h.subscriptions.Reactivate(t.Context(), ask(who), commands.ReactivateSubscription{Subscription: id})
	require.ErrorIs(t, err, subscription.ErrNotEnded)
	_, err = h.subscriptions.Cancel(t.Context(), ask(who), cancel(id))
	require.NoError(t, err)
	require.Empty(t, h.now(id).Owed)

	h.on(20)
	h.given(price.Stream(powerBI, domain.SelfService, "US"), price.Published{
		Product: powerBI, Channel: domain.SelfService, Market: "US", Amount: usd(1099), Term: domain.Monthly, ValidFrom: h.clock,
	})
	declined, err := h.subscriptions.Reactivate(t.Context(), ask(who), commands.ReactivateSubscription{Subscription: id, Card: "tok_insufficient_funds"})
	require.NoError(t, err)
	assert.Equal(t, usd(3297), declined.State.Pending.Amount, "at the price of now")
	s := h.now(id)
	assert.Equal(t, subscription.StatusDisabled, s.Status(h.clock))
	assert.Equal(t, "insufficient_funds", s.Settled.Code)

	r := ask(who)
	_, err = h.subscriptions.Reactivate(t.Context(), r, commands.ReactivateSubscription{Subscription: id, Card: "tok_mastercard"})
	require.NoError(t, err)
	s = h.now(id)
	assert.Equal(t, subscription.StatusActive, s.Status(h.clock))
	assert.Equal(t, h.clock, s.Start)
	assert.Equal(t, time.Date(2026, 4, 20, 12, 0, 0, 0, time.UTC), s.End)
	assert.Len(t, h.charges(), 3)

	_, err = h.subscriptions.Reactivate(t.Context(), r, commands.ReactivateSubscription{Subscription: id, Card: "tok_mastercard"})
	require.NoError(t, err, "a repeated command is answered as the first was")
	h.now(id)
	assert.Len(t, h.charges(), 3)
}
