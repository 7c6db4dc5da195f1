package subscription_test

import (
	"math"
	"testing"
	"time"
	_ "time/tzdata" // the calendar is the same on a machine without zones

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"kassa/domain"
	. "kassa/domain/domaintest"
	"kassa/domain/subscription"
)

func money(minor int64, currency string) domain.Money {
	return domain.Money{Minor: minor, Currency: currency}
}

func usd(minor int64) domain.Money { return money(minor, "USD") }

func day(text string) time.Time {
	at, err := time.Parse(time.RFC3339, text+"T12:00:00Z")
	if err != nil {
		panic(err)
	}
	return at
}

// bought is a subscription in UTC from noon to noon.
func bought(seats int64, unit domain.Money, term domain.Term, from, to string) subscription.Provisioned {
	p := provisioned
	p.Quantity, p.UnitPrice, p.Price = seats, unit, money(unit.Minor*seats, unit.Currency)
	p.Term, p.Start, p.End, p.AnchorDay, p.Zone = term, day(from), day(to), day(from).Day(), "UTC"
	p.CancellationUntil = domain.CancellationUntil(p.Start)
	return p
}

// february is five seats of 10.00 for 28 days.
var february = bought(5, usd(10_00), domain.Monthly, "2026-02-01", "2026-03-01")

var (
	allowed = domain.Verdict{Checks: []domain.Check{{Code: "policy_disabled", Rule: "R41", Passed: true}}}
	blocked = domain.Verdict{Checks: []domain.Check{{Code: "policy_disabled", Rule: "R41"}}}
)

func addSeats(id subscription.ChangeID, delta int64, at time.Time) subscription.AddSeats {
	return subscription.AddSeats{Addition: id, Delta: delta, MaxQuantity: 100, Verdict: allowed, Zone: time.UTC, At: at}
}

func requested(id subscription.ChangeID, delta, quantity int64, charge domain.Money, days, of int64, at time.Time) subscription.SeatAdditionRequested {
	return subscription.SeatAdditionRequested{
		Addition: id, Delta: delta, Quantity: quantity, UnitPrice: february.UnitPrice, Charge: charge, Days: days, OfDays: of,
		Checks: allowed.Checks, At: at,
	}
}

func added(r subscription.SeatAdditionRequested) subscription.SeatsAdded {
	return subscription.SeatsAdded{
		Addition: r.Addition, Delta: r.Delta, Quantity: r.Quantity, Charge: r.Charge, Days: r.Days, OfDays: r.OfDays,
		From: r.At, ReducibleUntil: domain.CancellationUntil(r.At), Reference: "ch_" + string(r.Addition), At: r.At,
	}
}

// The vectors of proration: what is charged for more seats.
func TestR27_SeatsAreChargedByTheDay(t *testing.T) {
	stockholm, err := time.LoadLocation("Europe/Stockholm")
	require.NoError(t, err)
	swedish := bought(1, money(280_00, "SEK"), domain.Monthly, "2026-02-01", "2026-03-01")
	swedish.Zone = "Europe/Stockholm"
	for _, c := range []struct {
		name   string
		of     subscription.Provisioned
		delta  int64
		at     time.Time
		zone   *time.Location
		charge domain.Money
		days   int64
		ofDays int64
	}{
		{"3 seats on 15 February", february, 3, day("2026-02-15"), time.UTC, usd(15_00), 14, 28},
		{"in the middle of a leap year", bought(1, usd(120_00), domain.Yearly, "2028-01-01", "2029-01-01"), 1, day("2028-07-01"), time.UTC, usd(60_33), 184, 366},
		{"a currency without decimals", bought(1, money(1250, "JPY"), domain.Monthly, "2026-01-01", "2026-02-01"), 3, day("2026-01-21"), time.UTC, money(1331, "JPY"), 11, 31},
		{"a currency with three", bought(1, money(9_995, "KWD"), domain.Monthly, "2026-01-01", "2026-02-01"), 1, day("2026-01-21"), time.UTC, money(3_547, "KWD"), 11, 31},
		{"the whole term on its first day", february, 1, day("2026-02-01"), time.UTC, usd(10_00), 28, 28},
		{"one day on its last", february, 1, day("2026-02-28"), time.UTC, usd(36), 1, 28},
		{"the buyer's day, not Greenwich's", swedish, 1, time.Date(2026, 2, 14, 23, 30, 0, 0, time.UTC), stockholm, money(140_00, "SEK"), 14, 28},
		{"a clock that is slow buys no day before the first", february, 1, day("2026-01-30"), time.UTC, usd(10_00), 28, 28},
	} {
		t.Run(c.name, func(t *testing.T) {
			add := addSeats("a1", c.delta, c.at)
			add.Zone = c.zone
			s := subscription.Decider.Fold(subscription.State{}, c.of)
			events, err := subscription.Decider.Decide(s, add)
			require.NoError(t, err)
			require.Len(t, events, 1)
			asked := events[0].(subscription.SeatAdditionRequested)
			assert.Equal(t, c.charge, asked.Charge)
			assert.Equal(t, []int64{c.days, c.ofDays}, []int64{asked.Days, asked.OfDays})
			assert.Equal(t, c.charge, subscription.Decider.Fold(s, events...).Pending.Amount)
		})
	}
}

func TestR27_MoreSeatsOfTheSameSubscription(t *testing.T) {
	mid := day("2026-02-15")
	asked := requested("a1", 3, 8, usd(15_00), 14, 28, mid)
	key := "s1/addition/a1"
	charged := subscription.Charged{Key: key, Amount: usd(15_00), Reference: "ch_a1", At: mid}
	declined := subscription.Declined{Key: key, Code: "card_declined", Retriable: true, At: mid}
	refusal := subscription.SeatAdditionDeclined{Addition: "a1", Code: "card_declined", Retriable: true, At: mid}
	set := func(change func(*subscription.AddSeats)) subscription.Command {
		c := addSeats("a1", 3, mid)
		change(&c)
		return c
	}
	central := february
	central.Channel, central.Payer = domain.Central, ""
	agreed := added(asked)
	agreed.Reference = ""
	free := bought(5, usd(0), domain.Monthly, "2026-02-01", "2026-03-01")
	freely := asked
	freely.UnitPrice, freely.Charge = usd(0), usd(0)
	gift := added(freely)
	gift.Reference = ""
	lastDay := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	nothing := requested("a1", 3, 8, usd(0), 0, 28, lastDay)
	goneSoon := added(nothing)
	goneSoon.Reference = ""
	off := subscription.RecurringBillingTurnedOff{EffectiveEnd: february.End, At: mid}
	Run(t, subscription.Decider, []is{
		{Name: "R27 they are asked for", Given: facts{february}, When: addSeats("a1", 3, mid), Then: facts{asked}},
		{Name: "R27 and here once they are paid", Given: facts{february, asked}, When: charged, Then: facts{added(asked)}},
		{Name: "R27 not when the card is declined", Given: facts{february, asked}, When: declined, Then: facts{refusal}},
		{Name: "after which they can be asked for again", Given: facts{february, asked, refusal}, When: addSeats("a2", 3, mid), Then: facts{requested("a2", 3, 8, usd(15_00), 14, 28, mid)}},
		{Name: "a retry asks for nothing while they are pending", Given: facts{february, asked}, When: addSeats("a1", 3, mid)},
		{Name: "nor once they are here", Given: facts{february, asked, added(asked)}, When: addSeats("a1", 3, mid)},
		{Name: "nor once they were declined", Given: facts{february, asked, refusal}, When: addSeats("a1", 3, mid)},
		{Name: "one payment at a time", Given: facts{february, asked}, When: addSeats("a2", 1, mid), Rejects: subscription.ErrChargePending},
		{Name: "recurring billing need not be on", Given: facts{february, off}, When: addSeats("a1", 3, mid), Then: facts{asked}},
		{Name: "R46 by agreement nothing is charged", Given: facts{central}, When: addSeats("a1", 3, mid), Then: facts{asked, agreed}},
		{Name: "nor what costs nothing", Given: facts{free}, When: addSeats("a1", 3, mid), Then: facts{freely, gift}},
		{Name: "the day a term ends on is the next term's", Given: facts{february}, When: addSeats("a1", 3, lastDay), Then: facts{nothing, goneSoon}},
		{Name: "R41 the policy has been turned off since: recorded", Given: facts{february}, When: set(func(c *subscription.AddSeats) { c.Verdict = blocked }), Then: facts{subscription.SeatAdditionRefused{
			Addition: "a1", Delta: 3, Code: "policy_disabled", Rule: "R41", MessageKey: "contact_it_admin", CanRequest: true, Checks: blocked.Checks, At: mid,
		}}},
		{Name: "nobody judged it", Given: facts{february}, When: set(func(c *subscription.AddSeats) { c.Verdict = domain.Verdict{} }), Rejects: subscription.ErrRequest},
		{Name: "it has no name", Given: facts{february}, When: set(func(c *subscription.AddSeats) { c.Addition = "" }), Rejects: subscription.ErrRequest},
		{Name: "counted in another zone", Given: facts{february}, When: set(func(c *subscription.AddSeats) { c.Zone = time.FixedZone("CET", 3600) }), Rejects: subscription.ErrRequest},
		{Name: "counted in none", Given: facts{february}, When: set(func(c *subscription.AddSeats) { c.Zone = nil }), Rejects: subscription.ErrRequest},
		{Name: "none", Given: facts{february}, When: addSeats("a1", 0, mid), Rejects: subscription.ErrSeats},
		{Name: "fewer than none", Given: facts{february}, When: addSeats("a1", -1, mid), Rejects: subscription.ErrSeats},
		{Name: "as many as one subscription may have", Given: facts{february}, When: addSeats("a1", 95, lastDay), Then: facts{requested("a1", 95, 100, usd(0), 0, 28, lastDay), subscription.SeatsAdded{
			Addition: "a1", Delta: 95, Quantity: 100, Charge: usd(0), OfDays: 28, From: lastDay, ReducibleUntil: domain.CancellationUntil(lastDay), At: lastDay,
		}}},
		{Name: "and one more", Given: facts{february}, When: addSeats("a1", 96, mid), Rejects: subscription.ErrTooManySeats},
		{Name: "more than there are numbers", Given: facts{february}, When: addSeats("a1", math.MaxInt64, mid), Rejects: subscription.ErrTooManySeats},
		{Name: "more than can be billed", Given: facts{february}, When: set(func(c *subscription.AddSeats) { c.Delta, c.MaxQuantity = math.MaxInt64/2, math.MaxInt64 }), Rejects: domain.ErrAmountTooLarge},
		{Name: "not after the term", Given: facts{february}, When: addSeats("a1", 3, february.End), Rejects: subscription.ErrNotActive},
		{Name: "of an unknown subscription", When: addSeats("a1", 3, mid), Rejects: subscription.ErrUnknown},
	})
}

func TestARefusedAdditionIsAnsweredByItsReason(t *testing.T) {
	refused := subscription.SeatAdditionRefused{Addition: "a1", Code: "policy_disabled"}
	s := subscription.Decider.Fold(subscription.State{}, february, refused)
	assert.ErrorIs(t, s.Refusal("a1"), domain.ErrPolicyDisabled)
	assert.NoError(t, s.Refusal("a2"))
	assert.NoError(t, subscription.State{}.Refusal(""))
}

func remove(id subscription.ChangeID, delta int64, at time.Time) subscription.Command {
	return subscription.RemoveSeats{Removal: id, Delta: delta, Zone: time.UTC, At: at}
}

func TestSeatsAreGivenBack(t *testing.T) {
	full, byDays := subscription.RefundInFull, subscription.RefundByDays
	firstUntil := february.CancellationUntil // 8 February
	asked := requested("a1", 3, 8, usd(25_71), 24, 28, day("2026-02-05"))
	grown := facts{february, asked, added(asked)} // until 12 February
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
	wrong := refunded
	wrong.Amount = usd(18_58)
	central := february
	central.Channel, central.Payer = domain.Central, ""
	Run(t, subscription.Decider, []is{
		{Name: "it is paid back", Given: facts{february, removed}, When: refunded, Then: facts{issued}},
		{Name: "once", Given: facts{february, removed, issued}, When: refunded},
		{Name: "to the cent", Given: facts{february, removed}, When: wrong, Rejects: subscription.ErrRefundAmount},
		{Name: "not what nobody owes", Given: facts{february}, When: refunded, Rejects: subscription.ErrRefundUnexpected},
		{Name: "R46 the agreement is credited, no card", Given: facts{central, removed}, When: refunded, Rejects: subscription.ErrRefundUnexpected},
		{Name: "of an unknown subscription", When: refunded, Rejects: subscription.ErrUnknown},
	})
	owing := subscription.Decider.Fold(subscription.State{}, february, removed)
	assert.Equal(t, []subscription.Owed{{Refund: "r1/1", Amount: usd(18_57)}}, owing.Owed)
	assert.Empty(t, subscription.Decider.Fold(owing, issued).Owed)
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
		}
		require.Equal(t, charge, refunds)
		require.Equal(t, int64(1), s.Quantity)
	})
}
