package subscription_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"kassa/domain"
	. "kassa/domain/domaintest"
	"kassa/domain/subscription"
)

type (
	is    = Case[subscription.Command, subscription.Event]
	facts = []subscription.Event
)

var (
	start       = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	end         = time.Date(2026, 2, 28, 12, 0, 0, 0, time.UTC)
	provisioned = subscription.Provisioned{
		Subscription: "s1", Purchase: "p1", OrderNumber: "KA-1", Tenant: "t", Product: "new", Channel: domain.SelfService,
		Purchaser: "ann", Payer: "ann", DataOwner: "tenant", Support: "standard", Quantity: 2,
		UnitPrice: domain.Money{Minor: 99_50, Currency: "SEK"}, Price: domain.Money{Minor: 199_00, Currency: "SEK"},
		Term: domain.Monthly, Start: start, End: end, AnchorDay: 31, Zone: "Europe/Stockholm", RecurringBilling: true,
		CancellationUntil: domain.CancellationUntil(start),
	}
)

func reserved(p domain.PersonID) subscription.SeatReserved {
	return subscription.SeatReserved{Person: p, At: start}
}

func TestProvision(t *testing.T) {
	set := func(change func(*subscription.Provision)) subscription.Command {
		c := subscription.Provision(provisioned)
		change(&c)
		return c
	}
	central := provisioned
	central.Channel, central.Payer = domain.Central, ""
	Run(t, subscription.Decider, []is{
		{Name: "R14 a purchase gets its subscription", When: subscription.Provision(provisioned), Then: facts{provisioned}},
		{Name: "and only one", Given: facts{provisioned}, When: subscription.Provision(provisioned)},
		{Name: "R44 R51 the tenant owns the data and the vendor supports, said or not", When: set(func(c *subscription.Provision) { c.DataOwner, c.Support = "", "" }), Then: facts{provisioned}},
		{Name: "R46 the organisation pays for what it buys centrally", When: subscription.Provision(central), Then: facts{central}},
		{Name: "R36 nobody else pays for a self-service purchase", When: set(func(c *subscription.Provision) { c.Payer = "bob" }), Rejects: subscription.ErrPayer},
		{Name: "R36 not the organisation either", When: set(func(c *subscription.Provision) { c.Payer = "" }), Rejects: subscription.ErrPayer},
		{Name: "R36 and nobody in person for a central one", When: set(func(c *subscription.Provision) { c.Channel = domain.Central }), Rejects: subscription.ErrPayer},
		{Name: "R36 somebody has bought it", When: set(func(c *subscription.Provision) { c.Purchaser, c.Payer = "", "" }), Rejects: subscription.ErrPayer},
		{Name: "R44 whoever pays does not own the data", When: set(func(c *subscription.Provision) { c.DataOwner = "payer" }), Rejects: subscription.ErrDataOwner},
		{Name: "R51 the customer's IT does not support it", When: set(func(c *subscription.Provision) { c.Support = "customer" }), Rejects: subscription.ErrMalformed},
		{Name: "a subscription has a seat", When: set(func(c *subscription.Provision) { c.Quantity = 0 }), Rejects: subscription.ErrMalformed},
		{Name: "a term has a length", When: set(func(c *subscription.Provision) { c.End = c.Start }), Rejects: subscription.ErrMalformed},
		{Name: "a subscription has an id", When: set(func(c *subscription.Provision) { c.Subscription = "" }), Rejects: subscription.ErrMalformed},
	})
}

func TestSeats(t *testing.T) {
	reserve := func(p domain.PersonID, at time.Time) subscription.Command {
		return subscription.Reserve{Person: p, At: at}
	}
	release := func(p domain.PersonID) subscription.Command { return subscription.Release{Person: p, At: start} }
	full := facts{provisioned, reserved("ann"), reserved("bob")}
	grace := end.Add(subscription.Grace)
	Run(t, subscription.Decider, []is{
		{Name: "R14 seats can be given at once", Given: facts{provisioned}, When: reserve("ann", start), Then: facts{reserved("ann")}},
		{Name: "a person needs one seat", Given: full, When: reserve("ann", start)},
		{Name: "the last seat is the last", Given: full, When: reserve("cid", start), Rejects: subscription.ErrNoSeat},
		{Name: "what is released can be given again", Given: append(full[:3:3], subscription.SeatReleased{Person: "ann", At: start}), When: reserve("cid", start), Then: facts{reserved("cid")}},
		{Name: "a seat is released", Given: full, When: release("bob"), Then: facts{subscription.SeatReleased{Person: "bob", At: start}}},
		{Name: "releasing no seat changes nothing", Given: facts{provisioned}, When: release("bob")},
		{Name: "an expired subscription can be assigned to its last instant", Given: facts{provisioned}, When: reserve("ann", grace.Add(-1)),
			Then: facts{subscription.SeatReserved{Person: "ann", At: grace.Add(-1)}}},
		{Name: "and no longer", Given: facts{provisioned}, When: reserve("ann", grace), Rejects: subscription.ErrEnded},
		{Name: "whoever has a seat then keeps it", Given: full, When: reserve("ann", grace)},
		{Name: "no seat of an unknown subscription", When: reserve("ann", start), Rejects: subscription.ErrUnknown},
		{Name: "nothing to release of one either", When: release("ann"), Rejects: subscription.ErrUnknown},
	})
}

func TestStatusFollowsTheCalendar(t *testing.T) {
	s := subscription.Decider.Fold(subscription.State{}, provisioned)
	for at, want := range map[time.Time]subscription.Status{
		start:                         subscription.StatusActive,
		end.Add(-1):                   subscription.StatusActive,
		end:                           subscription.StatusExpired,
		end.AddDate(0, 0, 30).Add(-1): subscription.StatusExpired,
		end.AddDate(0, 0, 30):         subscription.StatusDisabled,
		time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC): subscription.StatusDisabled,
	} {
		assert.Equal(t, want, s.Status(at), at)
	}
	assert.Equal(t, subscription.StatusNone, subscription.State{}.Status(start))
}

// Whoever asks for whatever in any order: at no point do more people hold a
// seat than were paid for, nobody holds two, and everybody who was given one
// and did not give it back still has it.
func TestNeverMoreSeatsAssignedThanOwned(t *testing.T) {
	people := []domain.PersonID{"ann", "bob", "cid", "dan", "eve", "fay"}
	rapid.Check(t, func(t *rapid.T) {
		c := subscription.Provision(provisioned)
		c.Quantity = rapid.Int64Range(1, 4).Draw(t, "owned")
		history, err := subscription.Decider.Decide(subscription.State{}, c)
		require.NoError(t, err)
		s := subscription.Decider.Fold(subscription.State{}, history...)
		held := map[domain.PersonID]bool{} // counted apart from State
		for range rapid.IntRange(0, 60).Draw(t, "commands") {
			person := rapid.SampledFrom(people).Draw(t, "person")
			at := start.AddDate(0, 0, rapid.IntRange(0, 70).Draw(t, "day"))
			command := rapid.SampledFrom([]subscription.Command{
				subscription.Reserve{Person: person, At: at}, subscription.Reserve{Person: person, At: at},
				subscription.Release{Person: person, At: at}, c,
			}).Draw(t, "command")
			events, err := subscription.Decider.Decide(s, command)
			if err != nil {
				require.Empty(t, events)
				require.NotErrorIs(t, err, subscription.ErrUnknown)
			}
			before := s
			s = subscription.Decider.Fold(s, events...)
			for _, e := range events {
				switch e := e.(type) {
				case subscription.SeatReserved:
					require.False(t, held[e.Person], "%s got a second seat", e.Person)
					held[e.Person] = true
				case subscription.SeatReleased:
					require.True(t, held[e.Person], "%s gave back a seat they did not have", e.Person)
					delete(held, e.Person)
				default:
					t.Fatalf("%T in the middle of a life", e)
				}
				require.LessOrEqual(t, int64(len(held)), c.Quantity, "more seats than were paid for")
			}
			require.Equal(t, int64(len(held)), s.Taken)
			for _, p := range people {
				require.Equal(t, held[p], s.Holds(p), p)
			}
			require.Equal(t, subscription.Decider.Fold(subscription.State{}, history...), before, "evolve changed an older state")
			history = append(history, events...)
		}
	})
}

// Copying who holds a seat at every fact makes 10,000 seats take seconds.
func TestTenThousandSeatsLoadAtOnce(t *testing.T) {
	const seats = 10_000
	history := make([]subscription.Event, 1, 1+seats)
	history[0] = provisioned
	for i := range seats {
		history = append(history, reserved(domain.PersonID(strconv.Itoa(i))))
	}
	began := time.Now()
	s := subscription.Decider.Fold(subscription.State{}, history...)
	assert.Less(t, time.Since(began), 100*time.Millisecond)
	assert.Equal(t, int64(seats), s.Taken)
	assert.True(t, s.Holds("0"))
	assert.True(t, s.Holds("9999"))
	assert.False(t, s.Holds("10000"))
}

// Two states grown from one do not see each other's seats.
func TestStatesGrowApart(t *testing.T) {
	trunk := subscription.Decider.Fold(subscription.State{}, provisioned, reserved("ann"))
	left, right := subscription.Decider.Fold(trunk, reserved("bob")), subscription.Decider.Fold(trunk, reserved("cid"))
	assert.True(t, left.Holds("bob") && !left.Holds("cid"))
	assert.True(t, right.Holds("cid") && !right.Holds("bob"))
	assert.False(t, trunk.Holds("bob") || trunk.Holds("cid"))
}
