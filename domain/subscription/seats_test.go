package subscription_test

import (
	"math"
	"testing"
	"time"
	_ "time/tzdata" // the calendar is the same on a machine without zones

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

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
		{"V01 3 seats on 15 February", february, 3, day("2026-02-15"), time.UTC, usd(15_00), 14, 28},
		{"V02 in the middle of a leap year", bought(1, usd(120_00), domain.Yearly, "2028-01-01", "2029-01-01"), 1, day("2028-07-01"), time.UTC, usd(60_33), 184, 366},
		{"V04 a currency without decimals", bought(1, money(1250, "JPY"), domain.Monthly, "2026-01-01", "2026-02-01"), 3, day("2026-01-21"), time.UTC, money(1331, "JPY"), 11, 31},
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
	late := added(asked)
	late.At, late.ReducibleUntil = mid.AddDate(0, 0, 1), domain.CancellationUntil(mid.AddDate(0, 0, 1))
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
		{Name: "R27 with days of their own from then on", Given: facts{february, asked}, When: subscription.Charged{Key: key, Amount: usd(15_00), Reference: "ch_a1", At: mid.AddDate(0, 0, 1)}, Then: facts{late}},
		{Name: "a charge has its reference", Given: facts{february, asked}, When: subscription.Charged{Key: key, Amount: usd(15_00), At: mid}, Rejects: subscription.ErrChargeUnexpected},
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
