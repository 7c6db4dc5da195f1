package commands_test

import (
	"context"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/price"
	"kassa/domain/subscription"
	"kassa/eventstore"
)

// passes lets time take every step that is due by an instant.
func (h *house) passes(id domain.SubscriptionID, until time.Time) subscription.State {
	h.Helper()
	require.NoError(h, untilNothing(h.Context(), h.subscriptions, id, until))
	return h.now(id)
}

// day is when a term of the house's subscriptions may begin or end.
func day(month time.Month, day int) time.Time {
	return time.Date(2026, month, day, 11, 0, 0, 0, time.UTC) // 07:00 in New York in summer, as in March at noon in UTC
}

var ids = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|KA(-[0-9A-Z]{4}){3}`)

// told is a stream as every house would tell it: what happened and as of when,
// not when that was written down, and nobody's ids.
func (h *house) told(id domain.SubscriptionID) []string {
	h.Helper()
	records, err := h.store.Read(h.Context(), subscription.Stream(id))
	require.NoError(h, err)
	var story []string
	for _, r := range records {
		f, err := h.log.Codec.Decode(r)
		require.NoError(h, err)
		story = append(story, r.Type+" "+ids.ReplaceAllString(string(r.Data), "id")+" "+f.Meta.At.String())
	}
	return story
}

func TestATermFollowsATermAtThePriceOfItsDay(t *testing.T) {
	h := newHouse(t)
	id := h.buy(member(contoso, anna), seats3, "tok_visa")
	for month, minor := range map[time.Month]int64{4: 1099, 5: 1199} {
		h.given(price.Stream(powerBI, domain.SelfService, "US"), price.Published{
			Product: powerBI, Channel: domain.SelfService, Market: "US", Amount: usd(minor), Term: domain.Monthly, ValidFrom: day(month, 2),
		})
	}
	h.passes(id, day(4, 2).Add(-1))
	require.Equal(t, 1, h.now(id).TermNumber, "nothing is renewed before the end of the term")

	h.on(31 + 30 + 15) // the middle of May: nobody has looked since March
	s := h.passes(id, h.clock)
	assert.Equal(t, 3, s.TermNumber)
	assert.Equal(t, day(6, 2), s.End)
	assert.Equal(t, usd(1199), s.UnitPrice)
	var paid []int64
	for _, c := range h.charges() {
		paid = append(paid, c.Amount.Minor)
	}
	assert.Equal(t, []int64{2997, 3297, 3597}, paid, "each term at the price in force when it began")
	assert.Equal(t, time.Date(2026, 5, 9, 23, 59, 59, 0, time.UTC), s.CancelUntil)
}

// Nobody looked for two months, and meanwhile prices changed: each term has the
// price that was known, and announced, in its time.
func TestR36_WhatIsPublishedLaterWasNotKnownBefore(t *testing.T) {
	dearer := func(h *house, at time.Time, minor int64) {
		h.clock = at
		h.given(price.Stream(powerBI, domain.SelfService, "US"), price.Published{
			Product: powerBI, Channel: domain.SelfService, Market: "US", Amount: usd(minor), Term: domain.Monthly, ValidFrom: noon,
		})
	}
	story := func(look bool) []string {
		h := newHouse(t)
		id := h.buy(member(contoso, anna), seats3, "tok_visa")
		for _, change := range []struct {
			at    time.Time
			minor int64
		}{{day(3, 20), 1099}, {day(3, 30), 1299}, {day(4, 26), 1999}} { // in time for April; for May; for June
			if look {
				h.passes(id, change.at)
			}
			dearer(h, change.at, change.minor)
		}
		h.clock = day(6, 3)
		h.passes(id, h.clock)
		var paid []int64
		for _, c := range h.charges() {
			paid = append(paid, c.Amount.Minor)
		}
		assert.Equal(t, []int64{3 * 999, 3 * 1099, 3 * 1299, 3 * 1999}, paid)
		return h.told(id)
	}
	assert.Equal(t, story(true), story(false), "a long stop leaves no trace")
}

func TestWithoutANextTermItComesToItsEnd(t *testing.T) {
	h := newHouse(t)
	who := member(contoso, anna)
	id := h.buy(who, seats3, "tok_visa")
	_, err := h.subscriptions.SetRecurringBilling(t.Context(), ask(who), commands.SetRecurringBilling{Subscription: id})
	require.NoError(t, err)
	for at, want := range map[time.Time]subscription.Status{
		day(4, 2): subscription.StatusExpired, day(5, 2): subscription.StatusDisabled, day(7, 31): subscription.StatusDeleted,
	} {
		assert.Equal(t, want, statusOf(newHouse(t), at), at)
	}
	s := h.passes(id, day(12, 1))
	assert.Equal(t, subscription.StatusDeleted, s.Ended)
	assert.Equal(t, []string{
		"subscription.provisioned.v1", "subscription.recurring_billing_turned_off.v1",
		"subscription.expired.v1", "subscription.disabled.v1", "subscription.deleted.v1",
	}, h.types(subscription.Stream(id)))
	assert.Len(t, h.charges(), 1)
	h.clock = day(12, 1)
	_, err = h.subscriptions.Reactivate(t.Context(), ask(who), commands.ReactivateSubscription{Subscription: id})
	assert.ErrorIs(t, err, subscription.ErrDeleted)
}

// statusOf is what time has made, by an instant, of a subscription that nobody
// wanted to renew.
func statusOf(h *house, at time.Time) subscription.Status {
	h.Helper()
	who := member(contoso, anna)
	id := h.buy(who, seats3, "tok_visa")
	_, err := h.subscriptions.SetRecurringBilling(h.Context(), ask(who), commands.SetRecurringBilling{Subscription: id})
	require.NoError(h, err)
	h.passes(id, at.Add(-1))
	before := h.now(id).Ended
	after := h.passes(id, at).Ended
	require.NotEqual(h, before, after, "not a moment earlier")
	return after
}

func TestATermThatIsNotPaidDoesNotBegin(t *testing.T) {
	h := newHouse(t)
	who := member(contoso, anna)
	id := h.buy(who, seats3, "tok_visa")
	_, err := h.subscriptions.AddSeats(t.Context(), ask(who), commands.AddSeats{Subscription: id, Delta: 1, Card: "tok_declined"})
	require.NoError(t, err)
	require.Equal(t, "card_declined", h.now(id).Settled.Code, "this card is on file from now on")

	h.clock = day(4, 3)
	s := h.passes(id, h.clock)
	assert.Equal(t, subscription.StatusExpired, s.Ended)
	types := h.types(subscription.Stream(id))
	assert.Equal(t, []string{"subscription.renewal_requested.v1", "subscription.renewal_declined.v1", "subscription.expired.v1", "subscription.dunning_started.v1"}, types[len(types)-4:])
	_, err = h.subscriptions.Reactivate(t.Context(), ask(who), commands.ReactivateSubscription{Subscription: id, Card: "tok_visa"})
	require.NoError(t, err)
	assert.Equal(t, subscription.StatusActive, h.now(id).Status(h.clock))
}

// A year of one subscription, looked after by one scheduler every day, by one
// that was stopped for all of it, by four at once, and by one that dies after
// every other fact: the history is one and the same.
func TestHoweverTimeIsKeptTheHistoryIsTheSame(t *testing.T) {
	end := noon.AddDate(1, 0, 0)
	for _, card := range []string{"tok_visa", "tok_timeout"} {
		year := func(keep func(h *house, id domain.SubscriptionID)) ([]string, int) {
			h := newHouse(t)
			who := member(contoso, anna)
			id := h.buy(who, seats3, card)
			_, err := h.subscriptions.RemoveSeats(t.Context(), ask(who), commands.RemoveSeats{Subscription: id, Quantity: 2, When: commands.AtRenewal})
			require.NoError(t, err)
			keep(h, id)
			return h.told(id), len(h.charges())
		}
		daily, charges := year(func(h *house, id domain.SubscriptionID) {
			for h.clock.Before(end) {
				h.clock = h.clock.AddDate(0, 0, 1)
				h.passes(id, h.clock)
			}
		})
		require.Equal(t, 1+12, charges)
		require.Len(t, daily, 2+3*12) // a price that is looked at, asked for and paid
		for name, keep := range map[string]func(h *house, id domain.SubscriptionID){
			"after a long stop": func(h *house, id domain.SubscriptionID) {
				h.clock = end
				h.passes(id, end)
			},
			"four schedulers": func(h *house, id domain.SubscriptionID) {
				h.clock = end
				var wg sync.WaitGroup
				for range 4 {
					wg.Go(func() { assert.NoError(t, untilNothing(context.Background(), h.subscriptions, id, end)) })
				}
				wg.Wait()
			},
			"killed again and again": func(h *house, id domain.SubscriptionID) {
				h.clock = end
				for n := 0; ; n++ {
					dying := &dyingStore{house: h, after: 1 + n%2}
					err := untilNothing(t.Context(), dying.subscriptions(), id, end)
					if err == nil {
						return
					}
					require.ErrorIs(t, err, eventstore.ErrUnavailable)
				}
			},
		} {
			t.Run(card+", "+name, func(t *testing.T) {
				told, charges := year(keep)
				assert.Equal(t, daily, told)
				assert.Equal(t, 1+12, charges)
			})
		}
	}
}

// untilNothing is a scheduler that looks until nothing is due.
func untilNothing(ctx context.Context, s *commands.Subscriptions, id domain.SubscriptionID, until time.Time) error {
	for {
		if out, err := s.Advance(ctx, id, until); err != nil || !out.Wrote {
			return err
		}
	}
}

// The gateway was away when the term ended: the next step waits for it.
func TestARenewalIsSettledBeforeAnythingFollows(t *testing.T) {
	h := newHouse(t)
	id := h.buy(member(contoso, anna), seats3, "tok_visa")
	away := *h.subscriptions
	away.Gateway = &troubled{Books: h.gateway, answer: errUnheardOf}
	for range 3 {
		require.ErrorIs(t, untilNothing(t.Context(), &away, id, day(9, 1)), errUnheardOf)
	}
	assert.Equal(t, []string{"subscription.provisioned.v1", "subscription.renewal_price_kept.v1", "subscription.renewal_requested.v1"}, h.types(subscription.Stream(id)), "the second renewal waits for the first")
	assert.Equal(t, 6, h.passes(id, day(9, 1)).TermNumber)
	assert.Len(t, h.charges(), 6)
}

// Somebody faster took the step and settled it, and died: whoever was overtaken
// goes on with the next.
func TestWhoWasOvertakenGoesOn(t *testing.T) {
	h := newHouse(t)
	id := h.buy(member(contoso, anna), seats3, "tok_visa")
	h.passes(id, day(4, 2).Add(-1))
	slow := h.overtaking(func() { h.passes(id, day(4, 2)) })
	require.NoError(t, untilNothing(t.Context(), slow, id, day(5, 2)))
	assert.Equal(t, 3, h.now(id).TermNumber)
	assert.Len(t, h.charges(), 3)
}

func TestAnUnknownSubscriptionHasNoTime(t *testing.T) {
	h := newHouse(t)
	out, err := h.subscriptions.Advance(t.Context(), "nobodys", noon)
	require.NoError(t, err)
	assert.False(t, out.Wrote)
}
