package subscription_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"kassa/domain"
	. "kassa/domain/domaintest"
	"kassa/domain/subscription"
)

func remove(id subscription.ChangeID, delta int64, at time.Time) subscription.Command {
	return subscription.RemoveSeats{Removal: id, Delta: delta, Zone: time.UTC, At: at}
}

func TestSeatsAreGivenBack(t *testing.T) {
	full, byDays := subscription.RefundInFull, subscription.RefundByDays
	firstUntil := february.CancellationUntil // 8 February
	asked := requested("a1", 3, 8, usd(25_71), 24, 28, day("2026-02-05"))
	grown := facts{february, asked, added(asked)} // until 12 February
	lastMinute := requested("a1", 1, 6, usd(36), 1, 28, day("2026-02-28").Add(-2*time.Hour))
	people := facts{reserved("ann"), reserved("bob"), reserved("cid"), reserved("dan")}
	off := subscription.RecurringBillingTurnedOff{EffectiveEnd: february.End, At: day("2026-02-02")}
	later := subscription.SeatReductionScheduled{Change: "c1", Quantity: 3, EffectiveAt: february.End, At: day("2026-02-02")}
	removed := func(delta, left int64, refund domain.Money, at time.Time, lines ...subscription.RefundLine) subscription.SeatsRemoved {
		return subscription.SeatsRemoved{Removal: "r1", Delta: delta, Quantity: left, Refund: refund, Lines: lines, At: at}
	}
	Run(t, subscription.Decider, []is{
		{Name: "in full within a day", Given: facts{february}, When: remove("r1", 2, day("2026-02-02").Add(-1)), Then: facts{
			removed(2, 3, usd(20_00), day("2026-02-02").Add(-1), subscription.RefundLine{Refund: "r1/1", Seats: 2, Rule: full, Days: 28, OfDays: 28, Amount: usd(20_00)}),
		}},
		{Name: "then but for the days that have started", Given: facts{february}, When: remove("r1", 2, day("2026-02-02")), Then: facts{
			removed(2, 3, usd(18_57), day("2026-02-02"), subscription.RefundLine{Refund: "r1/1", Seats: 2, Rule: byDays, Days: 26, OfDays: 28, Amount: usd(18_57)}),
		}},
		{Name: "to the last second", Given: facts{february}, When: remove("r1", 2, firstUntil), Then: facts{
			removed(2, 3, usd(14_29), firstUntil, subscription.RefundLine{Refund: "r1/1", Seats: 2, Rule: byDays, Days: 20, OfDays: 28, Amount: usd(14_29)}),
		}},
		{Name: "and no longer", Given: facts{february}, When: remove("r1", 2, firstUntil.Add(time.Second)), Rejects: subscription.ErrSeatsSettled},
		{Name: "the newest first", Given: grown, When: remove("r1", 4, day("2026-02-07")), Then: facts{
			removed(4, 4, usd(30_00), day("2026-02-07"),
				subscription.RefundLine{Refund: "r1/1", Addition: "a1", Seats: 3, Rule: byDays, Days: 21, OfDays: 24, Amount: usd(22_50), Charge: "ch_a1"},
				subscription.RefundLine{Refund: "r1/2", Seats: 1, Rule: byDays, Days: 21, OfDays: 28, Amount: usd(7_50)}),
		}},
		{Name: "each batch has its own days", Given: grown, When: remove("r1", 3, day("2026-02-12")), Then: facts{
			removed(3, 5, usd(17_14), day("2026-02-12"), subscription.RefundLine{Refund: "r1/1", Addition: "a1", Seats: 3, Rule: byDays, Days: 16, OfDays: 24, Amount: usd(17_14), Charge: "ch_a1"}),
		}},
		{Name: "and no more than its seats", Given: grown, When: remove("r1", 4, day("2026-02-12")), Rejects: subscription.ErrSeatsSettled},
		{Name: "nothing is left of the last day", Given: facts{february, lastMinute, added(lastMinute)}, When: remove("r1", 1, february.End.Add(-time.Hour)), Then: facts{
			removed(1, 5, usd(0), february.End.Add(-time.Hour), subscription.RefundLine{Refund: "r1/1", Addition: "a1", Seats: 1, Rule: byDays, OfDays: 1, Amount: usd(0), Charge: "ch_a1"}),
		}},
		{Name: "only while recurring billing is on", Given: facts{february, off}, When: remove("r1", 2, day("2026-02-02")), Rejects: subscription.ErrBillingOff},
		{Name: "not those that people hold", Given: append(facts{february}, people...), When: remove("r1", 2, day("2026-02-02")), Rejects: subscription.ErrSeatsAssigned},
		{Name: "not the last", Given: facts{february}, When: remove("r1", 5, day("2026-02-02")), Rejects: subscription.ErrLastSeat},
		{Name: "not while a payment is under way", Given: facts{february, asked}, When: remove("r1", 1, day("2026-02-05")), Rejects: subscription.ErrChargePending},
		{Name: "a plan for the next term that was bigger is gone", Given: facts{february, later}, When: remove("r1", 2, day("2026-02-02").Add(-1)), Then: facts{
			subscription.ScheduledChangeCancelled{Change: "c1", Cause: subscription.ChangeOvertaken, At: day("2026-02-02").Add(-1)},
			removed(2, 3, usd(20_00), day("2026-02-02").Add(-1), subscription.RefundLine{Refund: "r1/1", Seats: 2, Rule: full, Days: 28, OfDays: 28, Amount: usd(20_00)}),
		}},
		{Name: "none", Given: facts{february}, When: remove("r1", 0, day("2026-02-02")), Rejects: subscription.ErrSeats},
		{Name: "without a name", Given: facts{february}, When: remove("", 1, day("2026-02-02")), Rejects: subscription.ErrRequest},
		{Name: "of an unknown subscription", When: remove("r1", 1, day("2026-02-02")), Rejects: subscription.ErrUnknown},
	})
}

func TestWhatARemovalOwesIsPaidBackOnce(t *testing.T) {
	mid := day("2026-02-02")
	lines := []subscription.RefundLine{{Refund: "r1/1", Seats: 2, Amount: usd(18_57)}}
	removed := subscription.SeatsRemoved{Removal: "r1", Delta: 2, Quantity: 3, Refund: usd(18_57), Lines: lines, At: mid}
	refunded := subscription.Refunded{Of: "r1/1", Amount: usd(18_57), Reference: "re_1", At: mid}
	issued := subscription.RefundIssued(refunded)
	refused := subscription.RefundRefused{Of: "r1/1", Code: "charge_unknown", At: mid}
	failed := subscription.RefundFailed{Of: "r1/1", Amount: usd(18_57), Code: "charge_unknown", At: mid}
	wrong := refunded
	wrong.Amount = usd(18_58)
	central, free := february, bought(5, usd(0), domain.Monthly, "2026-02-01", "2026-03-01")
	central.Channel, central.Payer = domain.Central, ""
	nothing := removed
	nothing.Refund, nothing.Lines = usd(0), []subscription.RefundLine{{Refund: "r1/1", Seats: 2, Amount: usd(0)}}
	Run(t, subscription.Decider, []is{
		{Name: "it never will be", Given: facts{february, removed}, When: refused, Then: facts{failed}},
		{Name: "which is told once", Given: facts{february, removed, failed}, When: refused},
		{Name: "with the reason", Given: facts{february, removed}, When: subscription.RefundRefused{Of: "r1/1", At: mid}, Rejects: subscription.ErrRequest},
		{Name: "nor refused what nobody owes", Given: facts{february}, When: refused, Rejects: subscription.ErrRefundUnexpected},
		{Name: "it is paid back", Given: facts{february, removed}, When: refunded, Then: facts{issued}},
		{Name: "once", Given: facts{february, removed, issued}, When: refunded},
		{Name: "to the cent", Given: facts{february, removed}, When: wrong, Rejects: subscription.ErrRefundAmount},
		{Name: "not what nobody owes", Given: facts{february}, When: refunded, Rejects: subscription.ErrRefundUnexpected},
		{Name: "R46 the agreement is credited, no card", Given: facts{central, removed}, When: refunded, Rejects: subscription.ErrRefundUnexpected},
		{Name: "nor what is nothing", Given: facts{free, nothing}, When: subscription.Refunded{Of: "r1/1", Amount: usd(0)}, Rejects: subscription.ErrRefundUnexpected},
		{Name: "of an unknown subscription", When: refunded, Rejects: subscription.ErrUnknown},
	})
	owing := subscription.Decider.Fold(subscription.State{}, february, removed)
	assert.Equal(t, []subscription.Owed{{Refund: "r1/1", Amount: usd(18_57)}}, owing.Owed)
	assert.Empty(t, subscription.Decider.Fold(owing, issued).Owed)
	assert.Empty(t, subscription.Decider.Fold(owing, failed).Owed)
	assert.Equal(t, "s1/refund/r1/1", subscription.RefundKey("s1", "r1/1"))
}

func TestSeatsAreRemovedAtRenewal(t *testing.T) {
	late := day("2026-02-20")
	schedule := func(id subscription.ChangeID, quantity int64) subscription.Command {
		return subscription.ScheduleReduction{Change: id, Quantity: quantity, At: late}
	}
	scheduled := func(id subscription.ChangeID, quantity int64) subscription.SeatReductionScheduled {
		return subscription.SeatReductionScheduled{Change: id, Quantity: quantity, EffectiveAt: february.End, At: late}
	}
	cancelled := func(cause subscription.ChangeCause) subscription.ScheduledChangeCancelled {
		return subscription.ScheduledChangeCancelled{Change: "c1", Cause: cause, At: late}
	}
	withdraw := subscription.CancelScheduledChange{Change: "c1", At: late}
	off := subscription.RecurringBillingTurnedOff{EffectiveEnd: february.End, At: late}
	Run(t, subscription.Decider, []is{
		{Name: "long after they were paid", Given: facts{february}, When: schedule("c1", 2), Then: facts{scheduled("c1", 2)}},
		{Name: "once", Given: facts{february, scheduled("c1", 2)}, When: schedule("c1", 2)},
		{Name: "a second thought replaces the first", Given: facts{february, scheduled("c1", 2)}, When: schedule("c2", 3), Then: facts{cancelled(subscription.ChangeReplaced), scheduled("c2", 3)}},
		{Name: "or takes it back", Given: facts{february, scheduled("c1", 2)}, When: withdraw, Then: facts{cancelled(subscription.ChangeWithdrawn)}},
		{Name: "only what is scheduled is taken back", Given: facts{february}, When: withdraw, Rejects: subscription.ErrNoChange},
		{Name: "fewer than there are", Given: facts{february}, When: schedule("c1", 5), Rejects: subscription.ErrNoReduction},
		{Name: "but one", Given: facts{february}, When: schedule("c1", 0), Rejects: subscription.ErrLastSeat},
		{Name: "and not those that people hold", Given: facts{february, reserved("ann"), reserved("bob")}, When: schedule("c1", 1), Rejects: subscription.ErrSeatsAssigned},
		{Name: "there is no next term", Given: facts{february, off}, When: schedule("c1", 2), Rejects: subscription.ErrBillingOff},
		{Name: "turning recurring billing off drops it", Given: facts{february, scheduled("c1", 2)}, When: subscription.TurnRecurringBilling{At: late}, Then: facts{cancelled(subscription.ChangeBillingOff), off}},
		{Name: "without a name", Given: facts{february}, When: schedule("", 2), Rejects: subscription.ErrRequest},
		{Name: "of an unknown subscription", When: schedule("c1", 2), Rejects: subscription.ErrUnknown},
		{Name: "taken back of one", When: withdraw, Rejects: subscription.ErrUnknown},
	})
}

// However a batch is given back within a day, the refunds add up to what was
// paid for it: in small amounts, in large ones, in any currency.
func TestRefundsAddUpToTheCharge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		currency := rapid.SampledFrom([]string{"JPY", "USD", "KWD"}).Draw(t, "currency")
		unit := money(rapid.OneOf(rapid.Int64Range(1, 20), rapid.Int64Range(1, 1<<40)).Draw(t, "unit"), currency)
		at := day("2026-02-01").AddDate(0, 0, rapid.IntRange(0, 27).Draw(t, "day"))
		delta := rapid.Int64Range(1, 20).Draw(t, "seats")
		all := delta
		s := subscription.Decider.Fold(subscription.State{}, bought(1, unit, domain.Monthly, "2026-02-01", "2026-03-01"))
		do := func(c subscription.Command) []subscription.Event {
			events, err := subscription.Decider.Decide(s, c)
			require.NoError(t, err)
			s = subscription.Decider.Fold(s, events...)
			return events
		}
		do(addSeats("a1", delta, at))
		charge := s.Pending.Amount.Minor
		if s.Pending.Kind != "" {
			do(subscription.Charged{Key: subscription.ChargeKey("s1", s.Pending), Amount: s.Pending.Amount, Reference: "ch", At: at})
		}
		var refunds int64
		for n := byte('a'); delta > 0; n++ {
			part := rapid.Int64Range(1, delta).Draw(t, "part")
			removed := do(remove(subscription.ChangeID(n), part, at.Add(time.Hour)))[0].(subscription.SeatsRemoved)
			require.GreaterOrEqual(t, removed.Refund.Minor, int64(0))
			delta, refunds = delta-part, refunds+removed.Refund.Minor
			require.Equal(t, money(charge, currency).Share(all-delta, all).Minor, refunds, "the parts drift from the whole")
		}
		require.Equal(t, charge, refunds)
		require.Equal(t, int64(1), s.Quantity)
	})
}
