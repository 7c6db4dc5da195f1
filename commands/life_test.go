package commands_test

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
	"kassa/eventstore"
	"kassa/services/payments"
)

// overtaking is the write side of somebody slow: what by does happens first.
func (h *house) overtaking(by func()) *commands.Subscriptions {
	s := *h.subscriptions
	s.Store = &overtaken{house: h, by: by}
	return &s
}

func TestCancelAgainstRenew(t *testing.T) {
	renew := func(h *house, s *commands.Subscriptions, id domain.SubscriptionID) error {
		return untilNothing(h.Context(), s, id, h.clock)
	}
	cancelling := func(h *house, s *commands.Subscriptions, id domain.SubscriptionID) error {
		_, err := s.Cancel(h.Context(), ask(member(contoso, anna)), cancel(id))
		return err
	}
	t.Run("a cancellation waits for the renewal, which has days of its own", func(t *testing.T) {
		h := newHouse(t)
		id := h.buy(member(contoso, anna), seats3, "tok_visa")
		h.clock = day(4, 2)
		require.ErrorIs(t, cancelling(h, h.subscriptions, id), subscription.ErrNotActive, "the term is over, and the next has not begun")
		require.NoError(t, renew(h, h.subscriptions, id))
		require.NoError(t, cancelling(h, h.subscriptions, id))
		assert.Equal(t, subscription.StatusDisabled, h.now(id).Ended)
		charges, refunds := h.charges(), h.refunds()
		require.Len(t, charges, 2)
		require.Len(t, refunds, 1)
		assert.Equal(t, charges[1].ID, refunds[0].Charge, "the new term is paid back, not the old")
		assert.Equal(t, charges[1].Amount, refunds[0].Amount)
	})
	t.Run("a renewal finds a subscription that was cancelled", func(t *testing.T) {
		h := newHouse(t)
		id := h.buy(member(contoso, anna), seats3, "tok_visa")
		slow := h.overtaking(func() { require.NoError(t, cancelling(h, h.subscriptions, id)) })
		out, err := slow.Advance(t.Context(), id, day(4, 2))
		require.NoError(t, err)
		assert.True(t, out.State.Cancelled)
		h.passes(id, day(4, 2))
		assert.Equal(t, []string{"subscription.provisioned.v1", "subscription.cancelled.v1", "subscription.disabled.v1", "subscription.refund_issued.v1"}, h.types(subscription.Stream(id)))
		assert.Len(t, h.charges(), 1)
	})
	t.Run("while the next term is being paid nothing else is decided", func(t *testing.T) {
		h := newHouse(t)
		id := h.buy(member(contoso, anna), seats3, "tok_visa")
		h.clock = day(4, 2)
		away := *h.subscriptions
		away.Gateway = &troubled{Books: h.gateway, answer: payments.ErrUnavailable}
		require.ErrorIs(t, renew(h, &away, id), payments.ErrUnavailable)
		for verb, do := range h.everything(ask(member(contoso, anna)), id) {
			if err := do(); verb != "reactivate" && verb != "unschedule" {
				assert.ErrorIs(t, err, subscription.ErrChargePending, verb)
			} else {
				assert.Error(t, err, verb)
			}
		}
	})
}

// In the last moment of a term somebody turns recurring billing off, while a
// scheduler whose clock is ahead renews.
func TestTurningBillingOffAgainstRenew(t *testing.T) {
	who := member(contoso, anna)
	off := func(h *house, s *commands.Subscriptions, id domain.SubscriptionID) subscription.State {
		out, err := s.SetRecurringBilling(h.Context(), ask(who), commands.SetRecurringBilling{Subscription: id})
		require.NoError(h, err)
		return out.State
	}
	t.Run("renewed first: it is the new term that is the last", func(t *testing.T) {
		h := newHouse(t)
		id := h.buy(who, seats3, "tok_visa")
		h.clock = day(4, 2).Add(-1)
		s := off(h, h.overtaking(func() { h.passes(id, day(4, 2)) }), id)
		assert.Equal(t, 2, s.TermNumber)
		assert.False(t, s.RecurringBilling)
		assert.Equal(t, subscription.StatusExpired, h.passes(id, day(5, 2)).Ended)
		assert.Len(t, h.charges(), 2)
	})
	t.Run("turned off first: nothing is renewed", func(t *testing.T) {
		h := newHouse(t)
		id := h.buy(who, seats3, "tok_visa")
		h.clock = day(4, 2).Add(-1)
		out, err := h.overtaking(func() { off(h, h.subscriptions, id) }).Advance(t.Context(), id, day(4, 2))
		require.NoError(t, err)
		assert.False(t, out.Wrote, "what was due is not any more")
		assert.Equal(t, subscription.StatusExpired, h.passes(id, day(4, 2)).Ended)
		assert.Len(t, h.charges(), 1)
	})
}

// The seat is assigned or removed, never both.
func TestTheLastSeatAgainstItsRemoval(t *testing.T) {
	who := member(contoso, anna)
	setup := func(t *testing.T) (*house, domain.SubscriptionID) {
		h := newHouse(t)
		order := seats3
		order.Quantity = 2
		id := h.buy(who, order, "tok_visa")
		_, err := h.licenses.Assign(t.Context(), ask(who), commands.AssignLicense{Subscription: id, Person: anna})
		require.NoError(t, err)
		return h, id
	}
	assign := func(h *house, l *commands.Licenses, id domain.SubscriptionID) error {
		_, err := l.Assign(h.Context(), ask(who), commands.AssignLicense{Subscription: id, Person: omar})
		return err
	}
	remove := func(h *house, s *commands.Subscriptions, id domain.SubscriptionID) error {
		_, err := s.RemoveSeats(h.Context(), ask(who), commands.RemoveSeats{Subscription: id, Delta: 1, When: commands.Immediately})
		return err
	}
	t.Run("assigned first", func(t *testing.T) {
		h, id := setup(t)
		slow := h.overtaking(func() { require.NoError(t, assign(h, h.licenses, id)) })
		require.ErrorIs(t, remove(h, slow, id), subscription.ErrSeatsAssigned)
		assert.Empty(t, h.now(id).Owed)
	})
	t.Run("removed first", func(t *testing.T) {
		h, id := setup(t)
		slow := *h.licenses
		slow.Store = &overtaken{house: h, by: func() { require.NoError(t, remove(h, h.subscriptions, id)) }}
		require.ErrorIs(t, assign(h, &slow, id), subscription.ErrNoSeat)
		h.now(id)
		assert.Len(t, h.refunds(), 1)
	})
}

// Two people, or one with two windows, ask for more seats at once: one is first,
// and the other asks again once that is paid.
func TestTwoAdditionsAtOnce(t *testing.T) {
	h := newHouse(t)
	who := member(contoso, anna)
	id := h.buy(who, seats3, "tok_visa")
	more := commands.AddSeats{Subscription: id, Quantity: 5}
	slow := h.overtaking(func() {
		_, err := h.subscriptions.AddSeats(t.Context(), ask(who), more)
		require.NoError(t, err)
	})
	second := ask(who)
	_, err := slow.AddSeats(t.Context(), second, more)
	require.ErrorIs(t, err, subscription.ErrChargePending)
	assert.Equal(t, int64(5), h.now(id).Quantity)
	_, err = h.subscriptions.AddSeats(t.Context(), second, more)
	require.ErrorIs(t, err, commands.ErrNoIncrease, "there are as many now as were asked for")
	_, err = h.subscriptions.AddSeats(t.Context(), second, commands.AddSeats{Subscription: id, Delta: 2})
	require.NoError(t, err)
	assert.Equal(t, int64(7), h.now(id).Quantity)
	assert.Len(t, h.charges(), 3)
}

func TestADeclinedAdditionMayBePaidWithAnotherCard(t *testing.T) {
	h := newHouse(t)
	who := member(contoso, anna)
	id := h.buy(who, seats3, "tok_visa")
	r, more := ask(who), commands.AddSeats{Subscription: id, Delta: 1, Card: "tok_declined"}
	asked, err := h.subscriptions.AddSeats(t.Context(), r, more)
	require.NoError(t, err)
	key := subscription.ChargeKey(id, asked.State.Pending)
	_, settled, err := h.subscriptions.Settlement(t.Context(), id, key)
	require.NoError(t, err)
	assert.False(t, settled)
	declined := h.now(id)
	assert.Equal(t, subscription.Settled{Key: key, Code: "card_declined", Retriable: true}, declined.Settled)
	assert.Equal(t, int64(3), declined.Quantity)

	_, err = h.subscriptions.AddSeats(t.Context(), ask(who), commands.AddSeats{Subscription: id, Delta: 1, Card: "tok_mastercard"})
	require.NoError(t, err)
	assert.Equal(t, int64(4), h.now(id).Quantity)

	again, err := h.subscriptions.AddSeats(t.Context(), r, more)
	require.NoError(t, err)
	assert.Equal(t, asked, again, "the first result")
	h.now(id)
	then, settled, err := h.subscriptions.Settlement(t.Context(), id, key)
	require.NoError(t, err)
	assert.True(t, settled)
	assert.Equal(t, "card_declined", then.State.Settled.Code, "and what became of it, though another card has paid since")
	assert.Len(t, h.charges(), 3)

	bought, err := h.purchases.Load(t.Context(), declined.Purchase)
	require.NoError(t, err)
	assert.Equal(t, "tok_mastercard", bought.State.Card.Token, "on file from now on: the old command did not bring its card back")
	_, err = h.subscriptions.AddSeats(t.Context(), ask(who), commands.AddSeats{Subscription: id, Delta: 1})
	require.NoError(t, err)
	assert.Equal(t, int64(5), h.now(id).Quantity, "and pays what follows")
	_, err = h.purchases.Provision(t.Context(), declined.Purchase)
	require.NoError(t, err, "a purchase is provisioned once, whatever card it has")
	assert.Equal(t, 1, count(h.types(subscription.Stream(id)), "subscription.provisioned.v1"))
}

// What was asked for is charged to the card of that time, however late.
func TestAPendingChargeKeepsItsCard(t *testing.T) {
	h := newHouse(t)
	who := member(contoso, anna)
	id := h.buy(who, seats3, "tok_visa")
	asked, err := h.subscriptions.AddSeats(t.Context(), ask(who), commands.AddSeats{Subscription: id, Delta: 1})
	require.NoError(t, err)
	h.given(purchase.Stream(asked.State.Purchase), purchase.PaymentMethodAttached{Kind: purchase.CreditCard, Token: "tok_declined", Brand: "visa", Last4: "0002"})
	assert.Equal(t, int64(4), h.now(id).Quantity)
}

// A crash anywhere between asking and settling: whoever goes on, the retry or
// the watchdog, charges and refunds once.
func TestACrashBetweenAskingAndSettling(t *testing.T) {
	who := member(contoso, anna)
	t.Run("after the card was put on file", func(t *testing.T) {
		h := newHouse(t)
		id := h.buy(who, seats3, "tok_visa")
		r, more := ask(who), commands.AddSeats{Subscription: id, Delta: 1, Card: "tok_mastercard"}
		_, err := (&dyingStore{house: h, after: 1}).subscriptions().AddSeats(t.Context(), r, more)
		require.ErrorIs(t, err, eventstore.ErrUnavailable)
		_, err = h.subscriptions.AddSeats(t.Context(), r, more)
		require.NoError(t, err)
		assert.Equal(t, int64(4), h.now(id).Quantity)
	})
	t.Run("after the card was charged", func(t *testing.T) {
		h := newHouse(t)
		id := h.buy(who, seats3, "tok_visa")
		_, err := h.subscriptions.AddSeats(t.Context(), ask(who), commands.AddSeats{Subscription: id, Delta: 1})
		require.NoError(t, err)
		for range 2 {
			_, err = (&dyingStore{house: h}).subscriptions().Settle(t.Context(), id)
			require.ErrorIs(t, err, eventstore.ErrUnavailable)
		}
		assert.Len(t, h.charges(), 2)
		assert.Equal(t, int64(4), h.now(id).Quantity)
		assert.Len(t, h.charges(), 2)
	})
	t.Run("after the refund was made", func(t *testing.T) {
		h := newHouse(t)
		id := h.buy(who, seats3, "tok_visa")
		_, err := h.subscriptions.Cancel(t.Context(), ask(who), cancel(id))
		require.NoError(t, err)
		for range 2 {
			_, err = (&dyingStore{house: h}).subscriptions().Settle(t.Context(), id)
			require.ErrorIs(t, err, eventstore.ErrUnavailable)
		}
		assert.Empty(t, h.now(id).Owed)
		assert.Len(t, h.refunds(), 1)
	})
}

func TestManySettleAtOnce(t *testing.T) {
	h := newHouse(t)
	who := member(contoso, anna)
	id := h.buy(who, seats3, "tok_timeout")
	_, err := h.subscriptions.AddSeats(t.Context(), ask(who), commands.AddSeats{Subscription: id, Delta: 1})
	require.NoError(t, err)
	many := func() {
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				_, err := h.subscriptions.Settle(context.Background(), id)
				assert.NoError(t, err)
			})
		}
		wg.Wait()
	}
	many()
	assert.Equal(t, int64(4), h.now(id).Quantity)
	_, err = h.subscriptions.Cancel(t.Context(), ask(who), cancel(id))
	require.NoError(t, err)
	many()
	assert.Empty(t, h.now(id).Owed)
	types := h.types(subscription.Stream(id))
	assert.Equal(t, 1, count(types, "subscription.seats_added.v1"))
	assert.Equal(t, 2, count(types, "subscription.refund_issued.v1"), "one for each payment")
	assert.Len(t, h.charges(), 2)
	assert.Len(t, h.refunds(), 2)
}
