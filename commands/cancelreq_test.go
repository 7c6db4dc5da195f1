package commands_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/cancelreq"
	"kassa/domain/subscription"
	"kassa/eventstore"
)

// requests are cancellation requests about anna's subscription, decided on the
// house's clock.
func (h *house) requests() (*commands.CancellationRequests, domain.SubscriptionID) {
	h.Helper()
	return &commands.CancellationRequests{Log: h.log, Now: func() time.Time { return h.clock }}, h.buy(member(contoso, anna), seats3, "tok_visa")
}

var (
	bill   = member(contoso, gail, domain.RoleBillingAdmin)
	vendor = commands.Principal{Tenant: "00000000-0000-4000-8000-000000000002", Person: "00000000-0000-4000-8000-000000000002", Roles: []string{commands.RoleSupport}}
)

func (h *house) subscription(id domain.SubscriptionID) subscription.State {
	h.Helper()
	out, _, err := h.subscriptions.Settlement(h.Context(), id, "")
	require.NoError(h, err)
	return out.State
}

func TestR47_AYesCancelsInsideTheWindowAndEndsWithTheTermLater(t *testing.T) {
	for name, when := range map[string]struct {
		later  time.Duration
		effect cancelreq.Effect
		status subscription.Status
	}{
		"inside the window": {time.Hour, cancelreq.Cancelled, subscription.StatusDisabled},
		"after the window":  {8 * 24 * time.Hour, cancelreq.RecurringBillingOff, subscription.StatusActive},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			r, id := h.requests()
			open, err := r.AskPurchaser(t.Context(), ask(bill), commands.AskPurchaser{Subscription: id, Reason: cancelreq.Centralised})
			require.NoError(t, err)
			h.clock = h.clock.Add(when.later)
			_, err = r.Accept(t.Context(), ask(member(contoso, anna)), commands.AnswerRequest{Request: open.State.ID.String()})
			require.NoError(t, err)
			for range 2 { // again changes nothing
				done, err := r.Finish(t.Context(), open.State.ID)
				require.NoError(t, err)
				assert.Equal(t, cancelreq.StatusExecuted, done.State.Status)
				assert.Equal(t, when.effect, done.State.Effect)
			}
			s := h.subscription(id)
			assert.Equal(t, when.status, s.Status(h.clock))
			assert.False(t, s.RecurringBilling)
			assert.Equal(t, []string{"cancelreq.cancellation_requested.v1", "cancelreq.request_accepted.v1", "cancelreq.request_executed.v1"}, h.types(open.State.Stream()))
		})
	}
}

func TestR58_SupportDecidesAndCancelsAlsoAfterTheWindow(t *testing.T) {
	h := newHouse(t)
	r, id := h.requests()
	open, err := r.AskSupport(t.Context(), ask(bill), commands.AskSupport{Subscription: id, Reason: cancelreq.PurchaserLeft})
	require.NoError(t, err)
	h.clock = h.clock.Add(20 * 24 * time.Hour)
	yes := commands.AnswerRequest{Request: open.State.ID.String()}
	for _, who := range []commands.Principal{bill, member(contoso, anna)} {
		_, err := r.Accept(t.Context(), ask(who), yes)
		assert.ErrorIs(t, err, commands.ErrNotSupport)
	}
	_, err = r.Accept(t.Context(), ask(vendor), yes)
	require.NoError(t, err)
	done, err := r.Finish(t.Context(), open.State.ID)
	require.NoError(t, err)
	assert.Equal(t, cancelreq.StatusExecuted, done.State.Status)
	s := h.subscription(id)
	assert.Equal(t, subscription.StatusDisabled, s.Status(h.clock))
	assert.Empty(t, s.Owed, "nothing is refunded after the window")

	records, err := h.store.Read(t.Context(), subscription.Stream(id))
	require.NoError(t, err)
	fact, err := h.log.Codec.Decode(records[len(records)-2])
	require.NoError(t, err)
	cancelled := fact.Event.(subscription.Cancelled)
	assert.Equal(t, subscription.BySupport, cancelled.By)
	assert.Equal(t, subscription.PurchaserLeft, cancelled.Reason)
	assert.Equal(t, domain.Actor{Kind: domain.ActorSupport, Tenant: vendor.Tenant, Person: vendor.Person, Roles: vendor.Roles, OnBehalfOf: contoso}, fact.Meta.Actor)
	assert.Equal(t, contoso, fact.Meta.Tenant)
}

// Every reason to ask is one that a subscription can be cancelled for: the words
// are the same in both aggregates, which cannot know each other.
func TestR58_EveryReasonToAskIsAReasonToCancel(t *testing.T) {
	for _, reason := range []cancelreq.Reason{cancelreq.Centralised, cancelreq.PurchaserLeft, cancelreq.NotNeeded, cancelreq.TooExpensive, cancelreq.OtherReason} {
		h := newHouse(t)
		r, id := h.requests()
		open, err := r.AskSupport(t.Context(), ask(bill), commands.AskSupport{Subscription: id, Reason: reason})
		require.NoError(t, err)
		_, err = r.Accept(t.Context(), ask(vendor), commands.AnswerRequest{Request: open.State.ID.String()})
		require.NoError(t, err)
		done, err := r.Finish(t.Context(), open.State.ID)
		require.NoError(t, err, reason)
		assert.Equal(t, cancelreq.StatusExecuted, done.State.Status)
	}
}

func TestWhoMayAskAndAnswer(t *testing.T) {
	h := newHouse(t)
	r, id := h.requests()
	a := commands.AskPurchaser{Subscription: id, Reason: cancelreq.Centralised}
	for who, refusal := range map[*commands.Principal]error{
		new(member(contoso, anna)):                           commands.ErrNotCancelAsker,
		new(member(contoso, gail, domain.RoleLicenseAdmin)):  commands.ErrNotCancelAsker,
		new(member(fabrikam, anna, domain.RoleBillingAdmin)): subscription.ErrUnknown,
		new(vendor): subscription.ErrUnknown,
	} {
		_, err := r.AskPurchaser(t.Context(), ask(*who), a)
		assert.ErrorIs(t, err, refusal)
	}
	_, err := r.AskPurchaser(t.Context(), ask(bill), commands.AskPurchaser{Subscription: "no id", Reason: cancelreq.Centralised})
	assert.ErrorIs(t, err, subscription.ErrUnknown)
	central := h.buy(bill, commands.StartPurchase{Product: powerBI, Quantity: 1, Market: "US", Channel: domain.Central, EntryPoint: domain.Website}, "")
	_, err = r.AskPurchaser(t.Context(), ask(bill), commands.AskPurchaser{Subscription: central, Reason: cancelreq.Centralised})
	assert.ErrorIs(t, err, cancelreq.ErrCentral)

	open, err := r.AskPurchaser(t.Context(), ask(bill), a)
	require.NoError(t, err)
	yes := commands.AnswerRequest{Request: open.State.ID.String()}
	for who, refusal := range map[*commands.Principal]error{
		new(bill):                   commands.ErrNotYourAnswer,
		new(member(contoso, omar)):  commands.ErrNotYourAnswer,
		new(member(fabrikam, anna)): cancelreq.ErrUnknown,
		new(vendor):                 cancelreq.ErrUnknown,
	} {
		_, err := r.Accept(t.Context(), ask(*who), yes)
		assert.ErrorIs(t, err, refusal)
		_, err = r.Decline(t.Context(), ask(*who), commands.DeclineRequest{Request: yes.Request, Reason: cancelreq.StillNeeded})
		assert.ErrorIs(t, err, refusal)
	}
	for who, refusal := range map[*commands.Principal]error{
		new(member(contoso, anna)):                           commands.ErrNotCancelAsker,
		new(member(fabrikam, anna, domain.RoleBillingAdmin)): cancelreq.ErrUnknown,
	} {
		_, err := r.Withdraw(t.Context(), ask(*who), yes)
		assert.ErrorIs(t, err, refusal)
	}
	for _, request := range []string{"", "purchaser", "x-purchaser-1", uuid.NewString() + "-purchaser-1", open.State.ID.String() + "0"} {
		_, err := r.Accept(t.Context(), ask(member(contoso, anna)), commands.AnswerRequest{Request: request})
		assert.ErrorIs(t, err, cancelreq.ErrUnknown, request)
	}
}

func TestR47_TwoAdministratorsWhoAskAtOnceMakeOneRequest(t *testing.T) {
	h := newHouse(t)
	r, id := h.requests()
	errs := h.atOnce(2, func(int) error {
		_, err := r.AskPurchaser(context.WithoutCancel(t.Context()), ask(bill), commands.AskPurchaser{Subscription: id, Reason: cancelreq.Centralised})
		return err
	})
	assert.Equal(t, 1, ended(errs, nil))
	assert.Equal(t, 1, ended(errs, cancelreq.ErrOpen))
	assert.Len(t, h.types(cancelreq.ID{Subscription: id, To: cancelreq.ToPurchaser}.Stream()), 1)
}

func TestR47_OfAYesAndAWithdrawalAtOnceOneWins(t *testing.T) {
	for range 8 {
		h := newHouse(t)
		r, id := h.requests()
		open, err := r.AskPurchaser(t.Context(), ask(bill), commands.AskPurchaser{Subscription: id, Reason: cancelreq.Centralised})
		require.NoError(t, err)
		answer := commands.AnswerRequest{Request: open.State.ID.String()}
		errs := h.atOnce(2, func(i int) (err error) {
			if i == 0 {
				_, err = r.Accept(context.WithoutCancel(t.Context()), ask(member(contoso, anna)), answer)
			} else {
				_, err = r.Withdraw(context.WithoutCancel(t.Context()), ask(bill), answer)
			}
			return err
		})
		assert.Equal(t, 1, ended(errs, nil))
		assert.Equal(t, 1, ended(errs, cancelreq.ErrClosed))
		_, err = r.Finish(t.Context(), open.State.ID)
		require.NoError(t, err)
		assert.Equal(t, errs[0] == nil, h.subscription(id).Cancelled)
	}
}

func TestR47_WhatACrashLeftOfAYesIsFinished(t *testing.T) {
	h := newHouse(t)
	r, id := h.requests()
	open, err := r.AskPurchaser(t.Context(), ask(bill), commands.AskPurchaser{Subscription: id, Reason: cancelreq.Centralised})
	require.NoError(t, err)
	_, err = r.Accept(t.Context(), ask(member(contoso, anna)), commands.AnswerRequest{Request: open.State.ID.String()})
	require.NoError(t, err)
	dying := *r
	dying.Store = &dyingStore{house: h, after: 1}
	_, err = dying.Finish(t.Context(), open.State.ID)
	require.ErrorIs(t, err, eventstore.ErrUnavailable)
	require.True(t, h.subscription(id).Cancelled, "the first step was taken")

	h.clock = h.clock.Add(time.Hour)
	done, err := r.Finish(t.Context(), open.State.ID)
	require.NoError(t, err)
	assert.Equal(t, cancelreq.Cancelled, done.State.Effect)
	assert.Equal(t, 1, count(h.types(subscription.Stream(id)), "subscription.cancelled.v1"))
}

func TestARequestExpiresWithItsTimeOrItsSubscription(t *testing.T) {
	h := newHouse(t)
	r, id := h.requests()
	first, err := r.AskPurchaser(t.Context(), ask(bill), commands.AskPurchaser{Subscription: id, Reason: cancelreq.Centralised})
	require.NoError(t, err)
	second, err := r.AskSupport(t.Context(), ask(bill), commands.AskSupport{Subscription: id, Reason: cancelreq.NotNeeded})
	require.NoError(t, err)
	still, err := r.Finish(t.Context(), first.State.ID)
	require.NoError(t, err)
	assert.Equal(t, cancelreq.StatusOpen, still.State.Status)

	_, err = h.subscriptions.Cancel(t.Context(), ask(member(contoso, anna)), commands.CancelSubscription{Subscription: id, Reason: subscription.NotNeeded})
	require.NoError(t, err)
	gone, err := r.Finish(t.Context(), first.State.ID)
	require.NoError(t, err)
	assert.Equal(t, cancelreq.StatusExpired, gone.State.Status)

	_, err = r.Accept(t.Context(), ask(vendor), commands.AnswerRequest{Request: second.State.ID.String()})
	require.NoError(t, err, "support had not noticed")
	gone, err = r.Finish(t.Context(), second.State.ID)
	require.NoError(t, err)
	assert.Equal(t, cancelreq.StatusExpired, gone.State.Status, "somebody else cancelled it, not support")
	_, err = r.AskPurchaser(t.Context(), ask(bill), commands.AskPurchaser{Subscription: id, Reason: cancelreq.Centralised})
	assert.ErrorIs(t, err, cancelreq.ErrEnded)

	id = h.buy(member(contoso, anna), seats3, "tok_visa")
	third, err := r.AskPurchaser(t.Context(), ask(bill), commands.AskPurchaser{Subscription: id, Reason: cancelreq.Centralised})
	require.NoError(t, err)
	h.clock = third.State.ExpiresAt.Add(time.Hour)
	gone, err = r.Finish(t.Context(), third.State.ID)
	require.NoError(t, err)
	assert.Equal(t, cancelreq.StatusExpired, gone.State.Status)
}

// atOnce runs do n times at once.
func (h *house) atOnce(n int, do func(i int) error) []error {
	errs := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { errs[i] = do(i) })
	}
	all.Wait()
	return errs
}

// ended counts how many ended with err.
func ended(errs []error, err error) (n int) {
	for _, e := range errs {
		if errors.Is(e, err) {
			n++
		}
	}
	return n
}
