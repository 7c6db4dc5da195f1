package subscription_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	. "kassa/domain/domaintest"
	"kassa/domain/subscription"
)

// catchUp takes every step that is due by at, each payment succeeding.
func catchUp(t require.TestingT, s subscription.State, at time.Time) (subscription.State, []subscription.Event) {
	var history []subscription.Event
	for range 1000 {
		var c subscription.Command
		next, ok := s.Due()
		switch {
		case s.Pending.Kind != "":
			key := subscription.ChargeKey(s.Subscription, s.Pending)
			c = subscription.Charged{Key: key, Amount: s.Pending.Amount, Reference: "ch_" + key, At: at}
		case ok && !next.At.After(at):
			zone, err := time.LoadLocation(s.Zone)
			require.NoError(t, err)
			c = subscription.Advance{Due: next, Price: price(10_00), Zone: zone, At: at}
		default:
			return s, history
		}
		events, err := subscription.Decider.Decide(s, c)
		require.NoError(t, err)
		require.NotEmpty(t, events, "%+v is due and nothing happens", next)
		s, history = subscription.Decider.Fold(s, events...), append(history, events...)
	}
	require.Fail(t, "there is no end to it")
	return s, nil
}

func TestV06_TheEndComesInOrder(t *testing.T) {
	march := bought(1, usd(10_00), domain.Monthly, "2026-03-01", "2026-03-31")
	off := subscription.RecurringBillingTurnedOff{EffectiveEnd: march.End, At: march.Start}
	want := []subscription.Event{
		subscription.Expired{Cause: subscription.EndBillingOff, At: day("2026-03-31"), NextAt: day("2026-04-30")},
		subscription.Disabled{Cause: subscription.EndBillingOff, At: day("2026-04-30"), NextAt: day("2026-07-29")},
		subscription.Deleted{Cause: subscription.EndBillingOff, At: day("2026-07-29")},
	}
	s := subscription.Decider.Fold(subscription.State{}, march, off)
	t.Run("also after a long stop", func(t *testing.T) {
		_, got := catchUp(t, s, day("2027-01-01"))
		assert.Equal(t, want, got)
	})
	t.Run("step by step", func(t *testing.T) {
		for i, at := range []time.Time{day("2026-03-31"), day("2026-04-30"), day("2026-07-29")} {
			_, early := catchUp(t, s, at.Add(-1))
			require.Empty(t, early)
			var got []subscription.Event
			s, got = catchUp(t, s, at)
			require.Equal(t, want[i:i+1], got)
			status := []subscription.Status{subscription.StatusExpired, subscription.StatusDisabled, subscription.StatusDeleted}[i]
			assert.Equal(t, status, s.Status(at))
		}
		_, ok := s.Due()
		assert.False(t, ok)
	})
}

func TestAdvance(t *testing.T) {
	off := subscription.RecurringBillingTurnedOff{EffectiveEnd: february.End, At: february.Start}
	asked := subscription.RenewalRequested{Period: march(5, 11_00)}
	unpaid := subscription.RenewalDeclined{Number: 2, Code: "expired_card", At: february.End}
	scheduled := subscription.SeatReductionScheduled{Change: "c1", Quantity: 2, EffectiveAt: february.End, At: february.Start}
	expired := subscription.Expired{Cause: subscription.EndBillingOff, At: february.End, NextAt: day("2026-03-31")}
	byPayment := expired
	byPayment.Cause, byPayment.NextAt = subscription.EndPayment, hasty.DisabledAt
	gone := disabledAt(day("2026-03-31"), subscription.EndBillingOff)
	third := day("2026-02-03")
	line := subscription.RefundLine{Refund: "x1/1", Seats: 5, Rule: subscription.RefundByDays, Days: 25, OfDays: 28, Amount: usd(44_64)}
	cancelledEarly := facts{february, cancelled(third, usd(44_64), 25, 28, line), disabledAt(third, subscription.EndCancelled)}
	paidBack := subscription.RefundIssued{Of: "x1/1", Amount: usd(44_64), Reference: "re_1", At: third}
	do := func(step subscription.Step, at time.Time) subscription.Command {
		return subscription.Advance{Due: subscription.Due{Step: step, At: at}, Zone: time.UTC, At: day("2027-01-01")}
	}
	deletion := third.Add(subscription.Retention)
	Run(t, subscription.Decider, []is{
		{Name: "a term that no other follows expires", Given: facts{february, off}, When: do(subscription.Expire, february.End), Then: facts{expired}},
		{Name: "it is not renewed", Given: facts{february, off}, When: do(subscription.Renew, february.End)},
		{Name: "one that another follows does not expire", Given: facts{february}, When: do(subscription.Expire, february.End)},
		{Name: "unless that was not paid", Given: facts{february, asked, unpaid}, When: do(subscription.Expire, february.End), Then: facts{byPayment, hasty}},
		{Name: "what was scheduled for it is gone", Given: facts{february, scheduled, asked, unpaid}, When: do(subscription.Expire, february.End), Then: facts{
			subscription.ScheduledChangeCancelled{Change: "c1", Cause: subscription.ChangeTermExpired, At: february.End}, byPayment, hasty,
		}},
		{Name: "it is not asked for twice", Given: facts{february, asked, unpaid}, When: do(subscription.Renew, february.End)},
		{Name: "nothing while a payment is under way", Given: facts{february, asked}, When: do(subscription.Expire, february.End)},
		{Name: "a step is taken once", Given: facts{february, off, expired}, When: do(subscription.Expire, february.End)},
		{Name: "none is left out", Given: facts{february, off}, When: do(subscription.Disable, expired.NextAt)},
		{Name: "none is taken as of another time", Given: facts{february, off, expired}, When: do(subscription.Disable, expired.NextAt.Add(1))},
		{Name: "the next one is", Given: facts{february, off, expired}, When: do(subscription.Disable, expired.NextAt), Then: facts{gone}},
		{Name: "what is cancelled is deleted 90 days later, though its term goes on", Given: append(cancelledEarly[:3:3], paidBack), When: do(subscription.Delete, deletion), Then: facts{subscription.Deleted{Cause: subscription.EndCancelled, At: deletion}}},
		{Name: "but not before its refund is paid", Given: cancelledEarly, When: do(subscription.Delete, deletion)},
		{Name: "in the billing zone", Given: facts{february, off}, When: subscription.Advance{Due: subscription.Due{Step: subscription.Expire, At: february.End}, At: february.End}, Rejects: subscription.ErrRequest},
		{Name: "of a subscription", When: do(subscription.Expire, february.End), Rejects: subscription.ErrUnknown},
	})
	_, ok := subscription.State{}.Due()
	assert.False(t, ok)
}

// Nothing is said of what is deleted, whoever asks.
func TestDeletedIsTheLastFact(t *testing.T) {
	off := subscription.RecurringBillingTurnedOff{EffectiveEnd: february.End, At: february.Start}
	s, _ := catchUp(t, subscription.Decider.Fold(subscription.State{}, february, reserved("ann"), off), day("2027-01-01"))
	require.Equal(t, subscription.StatusDeleted, s.Ended)
	after := day("2027-01-02")
	for _, c := range []subscription.Command{
		subscription.Provision(february), subscription.Reserve{Person: "ann", At: after}, subscription.Reserve{Person: "bob", At: after},
		subscription.Release{Person: "ann", At: after}, addSeats("a1", 1, after), remove("r1", 1, after), cancel(after),
		subscription.AddSeats{Addition: "a2", Delta: 1, MaxQuantity: 100, Verdict: blocked, Zone: time.UTC, At: after},
		subscription.ScheduleReduction{Change: "c1", Quantity: 1, At: after}, subscription.CancelScheduledChange{Change: "c1", At: after},
		subscription.TurnRecurringBilling{On: true, At: after}, renew(after, price(1)),
		subscription.Advance{Due: subscription.Due{Step: subscription.Delete, At: s.End.Add(120 * 24 * time.Hour)}, Zone: time.UTC, At: after},
		subscription.Reactivate{Reactivation: "x", Verdict: allowed, Zone: time.UTC, At: after}, subscription.Charged{Key: "k", Reference: "ch"},
		subscription.Declined{Key: "k", Code: "c"}, subscription.Refunded{Of: "r"},
	} {
		events, _ := subscription.Decider.Decide(s, c)
		assert.Empty(t, events, "%T", c)
	}
}

// Subscriptions from before ends were facts stand where the calendar says; the
// facts say more.
func TestFactsWinOverTheCalendar(t *testing.T) {
	expired := subscription.Expired{At: february.End, NextAt: day("2026-03-31")}
	asked := requested("a1", 1, 6, usd(5_00), 14, 28, day("2026-02-15"))
	third := day("2026-02-03")
	for _, c := range []struct {
		name  string
		given facts
		at    time.Time
		want  subscription.Status
	}{
		{"the calendar expires", facts{february}, february.End, subscription.StatusExpired},
		{"and disables", facts{february}, day("2026-03-31"), subscription.StatusDisabled},
		{"but never deletes", facts{february}, day("2030-01-01"), subscription.StatusDisabled},
		{"a late fact does not keep it usable", facts{february, expired}, day("2026-03-31"), subscription.StatusDisabled},
		{"a slow clock does not undo one", facts{february, expired}, february.End.Add(-1), subscription.StatusExpired},
		{"a fact holds until then", facts{february, expired}, day("2026-03-31").Add(-1), subscription.StatusExpired},
		{"a cancellation holds before the term ends", facts{february, cancelled(third, usd(0), 0, 28), disabledAt(third, subscription.EndCancelled)}, third, subscription.StatusDisabled},
		{"a renewal begins anew", facts{february, subscription.RenewalRequested{Period: march(5, 11_00)}, renewed(march(5, 11_00), "ch")}, day("2026-03-15"), subscription.StatusActive},
		{"deleted is deleted", facts{february, subscription.Deleted{At: third}}, third, subscription.StatusDeleted},
		{"a pending payment changes nothing", facts{february, asked}, day("2026-02-15"), subscription.StatusActive},
	} {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, c.want, subscription.Decider.Fold(subscription.State{}, c.given...).Status(c.at))
		})
	}
}

// Who looks after 200 days finds what daily looks would have found: a stop costs
// nobody a renewal, a reduction or a day.
func TestAStopChangesNoHistory(t *testing.T) {
	for _, given := range []facts{
		{february},
		{bought(1, usd(10_00), domain.Monthly, "2026-01-31", "2026-02-28"), reserved("ann")},
		{february, subscription.SeatReductionScheduled{Change: "c1", Quantity: 2, EffectiveAt: february.End, At: february.Start}},
		{february, subscription.RecurringBillingTurnedOff{EffectiveEnd: february.End, At: february.Start}},
		{bought(1, usd(120_00), domain.Yearly, "2025-07-01", "2026-07-01")},
	} {
		s := subscription.Decider.Fold(subscription.State{}, given...)
		_, late := catchUp(t, s, s.Start.AddDate(0, 0, 400))
		var daily []subscription.Event
		for d := range 401 {
			var events []subscription.Event
			s, events = catchUp(t, s, given[0].(subscription.Provisioned).Start.AddDate(0, 0, d))
			daily = append(daily, events...)
		}
		require.NotEmpty(t, daily)
		assert.Equal(t, daily, late)
	}
}
