package commands_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/cancelreq"
	"kassa/domain/centralisation"
	"kassa/domain/license"
	"kassa/domain/subscription"
	"kassa/domain/user"
	"kassa/eventstore"
	processes "kassa/services/centralisation"
)

var boss = member(contoso, gail, domain.RoleGlobalAdmin)

// flaky is a store that does not answer some appends, of which some arrived.
type flaky struct {
	*house
	fails func() (arrives, fails bool)
}

func (f *flaky) Read(ctx context.Context, stream string) ([]eventstore.Record, error) {
	return f.store.Read(ctx, stream)
}

func (f *flaky) Append(ctx context.Context, stream string, expected eventstore.Revision, drafts []eventstore.Draft) (eventstore.Written, error) {
	arrives, fails := f.fails()
	if !fails {
		return f.store.Append(ctx, stream, expected, drafts)
	}
	if arrives {
		if _, err := f.store.Append(ctx, stream, expected, drafts); err != nil {
			return eventstore.Written{}, err
		}
	}
	return eventstore.Written{}, eventstore.ErrUnavailable
}

// centralising are the commands, over a store of their own.
func (h *house) centralising(store *flaky) *commands.Centralisations {
	log := commands.Log{Store: store, Codec: h.log.Codec}
	now := func() time.Time { return h.clock }
	return &commands.Centralisations{
		Log: log, Now: now,
		Purchases: &commands.Purchases{Log: log, Gateway: h.gateway, Now: now},
		Licenses:  &commands.Licenses{Log: log, Now: now},
		Requests:  &commands.CancellationRequests{Log: log, Now: now},
	}
}

func reliable() (arrives, fails bool) { return false, false }

// bought is a self-service subscription of somebody, with people in its seats.
func (h *house) bought(who domain.PersonID, seats int64, holders ...domain.PersonID) domain.SubscriptionID {
	h.Helper()
	id := h.buy(member(contoso, who), commands.StartPurchase{
		Product: powerBI, Quantity: seats, Market: "US", Channel: domain.SelfService, EntryPoint: domain.Website,
	}, "tok_visa")
	for _, p := range holders {
		_, err := h.licenses.Assign(h.Context(), ask(member(contoso, who)), commands.AssignLicense{Subscription: id, Person: p})
		require.NoError(h, err)
	}
	return id
}

// staff are n people of contoso with accounts.
func (h *house) staff(n int) (people []domain.PersonID) {
	for i := range n {
		p := domain.PersonID(fmt.Sprintf("30000000-0000-4000-8000-%012d", i))
		h.given(user.Stream(contoso, p), user.Observed{Tenant: contoso, Person: p, Enabled: true})
		people = append(people, p)
	}
	return people
}

// Whatever the store does not answer, wherever that leaves Kassa, and whether or
// not it had arrived: tried again, a centralisation comes to the same end, with
// one purchase, one licence and one request for each.
func TestR46_R47_ACentralisationEndsTheSameWhateverFails(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		h := newHouse(t)
		people := h.staff(rapid.IntRange(1, 6).Draw(r, "people"))
		var sources []domain.SubscriptionID
		users := map[domain.PersonID]bool{}
		for range rapid.IntRange(1, 3).Draw(r, "subscriptions") {
			holders := rapid.SliceOfNDistinct(rapid.SampledFrom(people), 1, len(people), rapid.ID[domain.PersonID]).Draw(r, "holders")
			sources = append(sources, h.bought(anna, int64(len(holders)), holders...))
			for _, p := range holders {
				users[p] = true
			}
		}
		store := &flaky{house: h, fails: reliable}
		c := h.centralising(store)
		started, err := c.Start(t.Context(), ask(boss), commands.PlanCentralisation{Product: powerBI, Sources: sources})
		require.NoError(r, err)
		require.EqualValues(r, len(users), started.State.Remaining(), "a seat for each person, whatever they hold")
		id := started.State.Centralisation
		_, err = c.Buy(t.Context(), ask(boss), commands.BuyCentral{Centralisation: id, Terms: "2026-01", PrivacyNotice: "2026-01"})
		require.NoError(r, err)

		store.fails = func() (arrives, fails bool) {
			return rapid.Bool().Draw(r, "arrives"), rapid.IntRange(0, 3).Draw(r, "fails") == 0
		}
		h.pump(r, c, id)
		store.fails = reliable
		out, err := c.Load(t.Context(), id)
		require.NoError(r, err)
		require.Equal(r, centralisation.StatusAwaiting, out.State.Status())
		require.EqualValues(r, len(users), out.State.Assigned)
		target := h.now(out.State.Target)
		require.EqualValues(r, len(users), target.Quantity)
		require.EqualValues(r, len(users), target.Taken, "no more than there are seats")
		for p := range users {
			require.Equal(r, []string{"license.assigned.v1"}, h.types(license.Stream(target.Subscription, p)))
		}
		for _, s := range sources {
			require.Len(r, h.types(cancelreq.ID{Subscription: s, To: cancelreq.ToPurchaser}.Stream()), 1)
			require.False(r, h.now(s).Cancelled, "that is for the purchaser to decide")
		}
	})
}

// pump drives a centralisation until nothing fails.
func (h *house) pump(r require.TestingT, c *commands.Centralisations, id domain.CentralisationID) {
	m := &processes.Manager{Steps: c, Log: slog.New(slog.DiscardHandler)}
	for range 500 {
		if err := m.Pump(h.Context(), id); err == nil {
			return
		}
	}
	require.Fail(r, "it does not come to an end")
}

func TestR45_SeatsRunOutAndOthersAreFound(t *testing.T) {
	h := newHouse(t)
	people := h.staff(5)
	source := h.bought(anna, 5, people...)
	h.given(user.Stream(contoso, people[1]), user.Disabled{})
	small, large := h.buy(bill, central3, ""), h.buy(bill, central3, "")
	c := h.centralising(&flaky{house: h, fails: reliable})
	plan := commands.PlanCentralisation{Product: powerBIOld, Sources: []domain.SubscriptionID{source, source}, Pools: []domain.SubscriptionID{small, large}, Keep: true}
	started, err := c.Start(t.Context(), ask(boss), plan)
	require.NoError(t, err)
	id := started.State.Centralisation
	for i, target := range []domain.SubscriptionID{small, large} {
		_, err := c.Choose(t.Context(), ask(boss), commands.ChooseTarget{Centralisation: id, Subscription: target})
		require.NoError(t, err)
		h.pump(t, c, id)
		at, err := c.Load(t.Context(), id)
		require.NoError(t, err)
		assert.Equal(t, []centralisation.Status{centralisation.StatusSeatsNeeded, centralisation.StatusClosed}[i], at.State.Status())
		assert.Equal(t, []int64{3, 4}[i], at.State.Assigned)
		assert.EqualValues(t, 1, at.State.Skipped, "whose account is closed")
	}
	h.pump(t, c, id) // again changes nothing
	assert.EqualValues(t, 3, h.now(small).Taken)
	assert.EqualValues(t, 1, h.now(large).Taken)
	assert.EqualValues(t, 5, h.now(source).Taken, "people keep what they had")

	_, err = c.Start(t.Context(), ask(boss), plan)
	require.NoError(t, err, "the one whose account is closed still has none; another follows")
}

func TestR47_WhatPurchasersSayIsFollowed(t *testing.T) {
	h := newHouse(t)
	people := h.staff(3)
	sources := []domain.SubscriptionID{h.bought(anna, 1, people[0]), h.bought(omar, 1, people[1]), h.bought(people[2], 1, people[2])}
	c := h.centralising(&flaky{house: h, fails: reliable})
	before, err := c.Requests.AskPurchaser(t.Context(), ask(bill), commands.AskPurchaser{Subscription: sources[0], Reason: cancelreq.NotNeeded})
	require.NoError(t, err)
	started, err := c.Start(t.Context(), ask(boss), commands.PlanCentralisation{Product: powerBI, Sources: sources})
	require.NoError(t, err)
	id := started.State.Centralisation
	_, err = c.Buy(t.Context(), ask(bill), commands.BuyCentral{Centralisation: id, Terms: "2026-01", PrivacyNotice: "2026-01"})
	require.NoError(t, err)
	_, err = h.subscriptions.Cancel(t.Context(), ask(member(contoso, people[2])), commands.CancelSubscription{Subscription: sources[2], Reason: subscription.NotNeeded})
	require.NoError(t, err)
	h.pump(t, c, id)
	at, err := c.Load(t.Context(), id)
	require.NoError(t, err)
	assert.Equal(t, centralisation.RequestID(before.State.ID.String()), at.State.Asked[0].Request, "nobody is asked twice")
	assert.Equal(t, cancelreq.ErrEnded.Code, at.State.Asked[2].Code, "nor about what they gave up")

	_, err = c.Requests.Accept(t.Context(), ask(member(contoso, anna)), commands.AnswerRequest{Request: before.State.ID.String()})
	require.NoError(t, err)
	_, err = c.Requests.Withdraw(t.Context(), ask(bill), commands.AnswerRequest{Request: string(at.State.Asked[1].Request)})
	require.NoError(t, err)
	again, err := c.Requests.AskPurchaser(t.Context(), ask(bill), commands.AskPurchaser{Subscription: sources[1], Reason: cancelreq.NotNeeded})
	require.NoError(t, err)
	require.Equal(t, 2, again.State.Number)
	h.pump(t, c, id)
	closed, err := c.Load(t.Context(), id)
	require.NoError(t, err)
	assert.Equal(t, centralisation.StatusClosed, closed.State.Status(), "what came after the answer is another matter")
	assert.Equal(t, usd(12*999), closed.State.Savings.SelfService, "only what was accepted saves anything")
}

func TestCentralisationsAreForWhoMay(t *testing.T) {
	h := newHouse(t)
	source := h.bought(anna, 1, anna)
	c := h.centralising(&flaky{house: h, fails: reliable})
	plan := commands.PlanCentralisation{Product: powerBI, Sources: []domain.SubscriptionID{source}}
	_, err := c.Start(t.Context(), ask(bill), plan)
	assert.ErrorIs(t, err, commands.ErrNotCentraliser)
	foreign := member(fabrikam, anna, domain.RoleGlobalAdmin)
	_, err = c.Start(t.Context(), ask(foreign), plan)
	assert.ErrorIs(t, err, subscription.ErrUnknown)

	request := ask(boss)
	errs := h.atOnce(3, func(i int) error {
		r := request
		if i == 2 {
			r = ask(boss)
		}
		_, err := c.Start(context.WithoutCancel(t.Context()), r, plan)
		return err
	})
	assert.Equal(t, 3, ended(errs, nil)+ended(errs, centralisation.ErrOpen))
	assert.Positive(t, ended(errs, nil))
	id := commands.CentralisationID(contoso, powerBI, 1)
	assert.Equal(t, 1, count(h.types(centralisation.Stream(id)), "centralisation.planned.v1"), "of each product one is open")
	for _, who := range []commands.Principal{foreign, member(contoso, anna)} {
		_, err := c.Withdraw(t.Context(), ask(who), id)
		assert.Error(t, err)
	}
	_, err = c.Get(t.Context(), foreign, id)
	assert.ErrorIs(t, err, centralisation.ErrUnknown)
	_, err = c.Get(t.Context(), boss, domain.CentralisationID(uuid.NewString()))
	assert.ErrorIs(t, err, centralisation.ErrUnknown)
	_, err = c.Buy(t.Context(), ask(member(contoso, anna)), commands.BuyCentral{Centralisation: id, Terms: "1", PrivacyNotice: "1"})
	assert.ErrorIs(t, err, commands.ErrNotCentralBuyer)
}
