package subscription_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"kassa/domain"
	. "kassa/domain/domaintest"
	"kassa/domain/subscription"
)

func cancel(at time.Time) subscription.Cancel {
	return subscription.Cancel{Cancellation: "x1", By: subscription.ByPurchaser, Reason: subscription.NotNeeded, Zone: time.UTC, At: at}
}

func supportCancels(at time.Time) subscription.Cancel {
	c := cancel(at)
	c.By, c.Reason = subscription.BySupport, subscription.PurchaserLeft
	return c
}

// cancelled is what a cancellation records that is not refunded in full.
func cancelled(at time.Time, refund domain.Money, days, of int64, lines ...subscription.RefundLine) subscription.Cancelled {
	return subscription.Cancelled{
		Cancellation: "x1", By: subscription.ByPurchaser, Reason: subscription.NotNeeded, InsideWindow: true,
		Refund: refund, RefundRule: subscription.RefundByDays, Days: days, OfDays: of, Lines: lines, AccessEndsAt: at, At: at,
	}
}

func disabledAt(at time.Time, cause subscription.EndCause) subscription.Disabled {
	return subscription.Disabled{Cause: cause, At: at, NextAt: at.Add(90 * 24 * time.Hour)}
}

func TestR32_Cancel(t *testing.T) {
	april := bought(5, usd(10_00), domain.Monthly, "2026-04-01", "2026-05-01")
	third := day("2026-04-03")
	line := subscription.RefundLine{Refund: "x1/1", Seats: 5, Rule: subscription.RefundByDays, Days: 27, OfDays: 30, Amount: usd(45_00)}
	onThird := cancelled(third, usd(45_00), 27, 30, line)
	gone := disabledAt(third, subscription.EndCancelled)
	soon := day("2026-04-02").Add(-1)
	inFull := cancelled(soon, usd(50_00), 30, 30, subscription.RefundLine{Refund: "x1/1", Seats: 5, Rule: subscription.RefundInFull, Days: 30, OfDays: 30, Amount: usd(50_00)})
	inFull.RefundRule = subscription.RefundInFull
	last := april.CancellationUntil
	onLast := cancelled(last, usd(36_67), 22, 30, subscription.RefundLine{Refund: "x1/1", Seats: 5, Rule: subscription.RefundByDays, Days: 22, OfDays: 30, Amount: usd(36_67)})
	asked := requested("a1", 3, 8, usd(29_00), 29, 30, day("2026-04-02"))
	both := cancelled(third, usd(74_00), 27, 30,
		subscription.RefundLine{Refund: "x1/1", Addition: "a1", Seats: 3, Rule: subscription.RefundInFull, Days: 29, OfDays: 29, Amount: usd(29_00), Charge: "ch_a1"},
		subscription.RefundLine{Refund: "x1/2", Seats: 5, Rule: subscription.RefundByDays, Days: 27, OfDays: 30, Amount: usd(45_00)})
	scheduled := subscription.SeatReductionScheduled{Change: "c1", Quantity: 2, EffectiveAt: april.End, At: third}
	set := func(change func(*subscription.Cancel)) subscription.Command {
		c := cancel(third)
		change(&c)
		return c
	}
	withFeedback := onThird
	withFeedback.Feedback, withFeedback.Reason = "4f60-9b1d", subscription.Centralised
	bySupport := onThird
	bySupport.By = subscription.BySupport
	tooLate := subscription.Cancelled{
		Cancellation: "x1", By: subscription.BySupport, Reason: subscription.PurchaserLeft, Refund: usd(0), RefundRule: subscription.NoRefund,
		OfDays: 30, AccessEndsAt: day("2026-04-20"), At: day("2026-04-20"),
	}
	Run(t, subscription.Decider, []is{
		{Name: "R32 V03 on the third day, the days that have started are charged and access ends at once", Given: facts{april}, When: cancel(third), Then: facts{onThird, gone}},
		{Name: "R32 within a day nothing is", Given: facts{april}, When: cancel(soon), Then: facts{inFull, disabledAt(soon, subscription.EndCancelled)}},
		{Name: "R32 to the last second", Given: facts{april}, When: cancel(last), Then: facts{onLast, disabledAt(last, subscription.EndCancelled)}},
		{Name: "R32 V07 on day 8 it is refused", Given: facts{april}, When: cancel(day("2026-04-09")), Rejects: subscription.ErrWindowClosed},
		{Name: "from the first second", Given: facts{april}, When: cancel(last.Add(time.Second)), Rejects: subscription.ErrWindowClosed},
		{Name: "V07 and recurring billing can be turned off instead", Given: facts{april}, When: subscription.TurnRecurringBilling{At: day("2026-04-09")}, Then: facts{
			subscription.RecurringBillingTurnedOff{EffectiveEnd: april.End, At: day("2026-04-09")},
		}},
		{Name: "R27 each addition is refunded by its own day", Given: facts{april, asked, added(asked)}, When: cancel(third.Add(-1)), Then: func() facts {
			both.At, both.AccessEndsAt = third.Add(-1), third.Add(-1)
			return facts{both, disabledAt(third.Add(-1), subscription.EndCancelled)}
		}()},
		{Name: "what was scheduled is gone", Given: facts{april, scheduled}, When: cancel(third), Then: facts{
			subscription.ScheduledChangeCancelled{Change: "c1", Cause: subscription.ChangeCancelled, At: third}, onThird, gone,
		}},
		{Name: "what was written is kept elsewhere", Given: facts{april}, When: set(func(c *subscription.Cancel) { c.Feedback, c.Reason = "4f60-9b1d", subscription.Centralised }), Then: facts{withFeedback, gone}},
		{Name: "never here", Given: facts{april}, When: set(func(c *subscription.Cancel) { c.Feedback = "Ann was unhappy" }), Rejects: subscription.ErrFeedback},
		{Name: "nor as a reason", Given: facts{april}, When: set(func(c *subscription.Cancel) { c.Reason = "Ann was unhappy" }), Rejects: subscription.ErrReason},
		{Name: "a reason is needed", Given: facts{april}, When: set(func(c *subscription.Cancel) { c.Reason = "" }), Rejects: subscription.ErrReason},
		{Name: "R58 support cancels on an administrator's request", Given: facts{april}, When: set(func(c *subscription.Cancel) { c.By = subscription.BySupport }), Then: facts{bySupport, gone}},
		{Name: "R58 after the window, too, without a refund", Given: facts{april}, When: supportCancels(day("2026-04-20")), Then: facts{tooLate, disabledAt(day("2026-04-20"), subscription.EndCancelled)}},
		{Name: "R58 but not what has expired", Given: facts{april, subscription.Expired{Cause: subscription.EndBillingOff, At: april.End, NextAt: day("2026-05-31")}}, When: supportCancels(day("2026-05-02")), Rejects: subscription.ErrNotActive},
		{Name: "R58 and an unknown nobody does not", Given: facts{april}, When: set(func(c *subscription.Cancel) { c.By = "partner" }), Rejects: subscription.ErrRequest},
		{Name: "counted in another zone", Given: facts{april}, When: set(func(c *subscription.Cancel) { c.Zone = nil }), Rejects: subscription.ErrRequest},
		{Name: "without a name", Given: facts{april}, When: set(func(c *subscription.Cancel) { c.Cancellation = "" }), Rejects: subscription.ErrRequest},
		{Name: "once", Given: facts{april, onThird, gone}, When: cancel(third)},
		{Name: "by whomever", Given: facts{april, onThird, gone}, When: set(func(c *subscription.Cancel) { c.Cancellation = "x2" })},
		{Name: "not while a payment is under way", Given: facts{april, asked}, When: cancel(third), Rejects: subscription.ErrChargePending},
		{Name: "not what has ended", Given: facts{april}, When: cancel(april.End), Rejects: subscription.ErrNotActive},
		{Name: "not an unknown subscription", When: cancel(third), Rejects: subscription.ErrUnknown},
		{Name: "R32 nobody gets a seat of it", Given: facts{april, onThird, gone}, When: subscription.Reserve{Person: "ann", At: third}, Rejects: subscription.ErrEnded},
		{Name: "whoever had one may give it back", Given: facts{april, reserved("ann"), onThird, gone}, When: subscription.Release{Person: "ann", At: third}, Then: facts{subscription.SeatReleased{Person: "ann", At: third}}},
	})
	s := subscription.Decider.Fold(subscription.State{}, april, onThird, gone)
	assert.Equal(t, subscription.StatusDisabled, s.Status(third), "at once, though the term has not ended")
	assert.Equal(t, []subscription.Owed{{Refund: "x1/1", Amount: usd(45_00)}}, s.Owed)
	assert.False(t, s.RecurringBilling)
	assert.Contains(t, subscription.ErrWindowClosed.Message, "recurring billing off")
}
