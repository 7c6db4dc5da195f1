package centralisation_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	"kassa/domain/centralisation"
	. "kassa/domain/domaintest"
)

type facts = []centralisation.Event

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

func usd(minor int64) domain.Money { return domain.Money{Minor: minor, Currency: "USD"} }

// plan is two people who bought three seats for three people by themselves.
func plan() centralisation.Plan {
	return centralisation.Plan{
		Centralisation: "c1", Tenant: "t", Product: "p", Market: "US",
		Sources: []centralisation.Source{
			{Subscription: "s1", Purchaser: "anna", Seats: 2, Users: 2, Yearly: usd(240_00)},
			{Subscription: "s2", Purchaser: "omar", Seats: 1, Users: 1, Yearly: usd(120_00)},
		},
		Users: []centralisation.User{
			{Person: "u1", Subscriptions: []domain.SubscriptionID{"s1"}},
			{Person: "u2", Subscriptions: []domain.SubscriptionID{"s1", "s2"}},
			{Person: "u3", Subscriptions: []domain.SubscriptionID{"s2"}},
		},
		Available: 1, Offer: centralisation.Offer{UnitPrice: usd(9_00), Term: domain.Monthly}, AsOf: 77, At: noon,
	}
}

// planned is what plan records, changed.
func planned(t *testing.T, change func(*centralisation.Plan)) facts {
	t.Helper()
	p := plan()
	change(&p)
	events, err := centralisation.Decider.Decide(centralisation.State{}, p)
	require.NoError(t, err)
	return events
}

func unchanged(*centralisation.Plan)    {}
func kept(p *centralisation.Plan)       { p.Keep = true }
func withNobody(p *centralisation.Plan) { p.Users, p.Covered = nil, 3 }

func with(before facts, then ...centralisation.Event) facts {
	return append(append(facts{}, before...), then...)
}

func said(id centralisation.RequestID, a centralisation.Answer) centralisation.PurchasersAnswered {
	return centralisation.PurchasersAnswered{Answers: []centralisation.Answered{{Request: id, Answer: a}}, At: noon}
}

var (
	ordered   = centralisation.CentralPurchaseOrdered{Seats: 3, At: noon}
	notBought = centralisation.CentralPurchaseRefused{Code: "product_blocked", At: noon}
	bought    = centralisation.CentralSeatsBought{
		Purchase: "p1", Subscription: "central", Seats: 3, UnitPrice: usd(9_00), Term: domain.Monthly, Yearly: usd(324_00), At: noon,
	}
	chosen    = centralisation.CentralSubscriptionChosen{Subscription: "central", At: noon}
	ranOut    = centralisation.SeatsRanOut{Subscription: "central", Code: "no_seat", At: noon}
	two       = []centralisation.Reassigned{{Person: "u1"}, {Person: "u2", Code: "assignee_disabled"}}
	last      = []centralisation.Reassigned{{Person: "u3"}}
	first     = centralisation.UsersReassigned{Subscription: "central", Users: two, Remaining: 1, At: noon}
	rest      = centralisation.UsersReassigned{Subscription: "central", Users: last, At: noon}
	everybody = centralisation.UsersReassigned{Subscription: "central", Users: []centralisation.Reassigned{{Person: "u1"}, {Person: "u2"}, {Person: "u3"}}, At: noon}
	bothAsked = centralisation.PurchasersAskedToCancel{Asked: []centralisation.Asked{{Subscription: "s1", Request: "r1"}, {Subscription: "s2", Request: "r2"}}, At: noon}
	oneNot    = centralisation.PurchasersAskedToCancel{Asked: []centralisation.Asked{{Subscription: "s1", Request: "r1"}, {Subscription: "s2", Code: "subscription_ended"}}, At: noon}
	withdrawn = centralisation.Withdrawn{At: noon}
)

func TestPlanning(t *testing.T) {
	type is = Case[centralisation.Command, centralisation.Event]
	wanted := planned(t, unchanged)
	worth := wanted[0].(centralisation.Planned)
	assert.EqualValues(t, 3, worth.SeatsNeeded)
	assert.EqualValues(t, 2, worth.SeatsToBuy)
	another := func(change func(*centralisation.Plan)) centralisation.Command {
		p := plan()
		change(&p)
		return p
	}
	Run(t, centralisation.Decider, []is{
		{Name: "R47 what it takes is planned", When: plan(), Then: facts{
			worth, centralisation.SourcesListed{Sources: plan().Sources}, centralisation.UsersListed{Users: plan().Users},
		}},
		{Name: "one is open at a time", Given: wanted, When: plan(), Rejects: centralisation.ErrOpen},
		{Name: "one that ended does not come back", Given: with(wanted, withdrawn), When: plan(), Rejects: centralisation.ErrOver},
		{Name: "nobody bought any", When: another(func(p *centralisation.Plan) { p.Sources = nil }), Rejects: centralisation.ErrNothing},
		{Name: "R45 nobody needs a licence, and nobody is to be asked", When: another(func(p *centralisation.Plan) { p.Users, p.Keep = nil, true }), Rejects: centralisation.ErrNothing},
		{Name: "R59 nobody uses what has ended, and nobody is to be asked", When: another(func(p *centralisation.Plan) {
			p.Users, p.Sources[0].Ended, p.Sources[1].Ended = nil, true, true
		}), Rejects: centralisation.ErrNothing},
		{Name: "more than one append holds", When: another(func(p *centralisation.Plan) { p.Users = make([]centralisation.User, centralisation.MaxUsers+1) }), Rejects: centralisation.ErrTooLarge},
	})
	long := planned(t, func(p *centralisation.Plan) { p.Users = make([]centralisation.User, centralisation.MaxUsers) })
	assert.Len(t, long, 2+centralisation.MaxUsers/250)
}

func TestR35_Savings(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*centralisation.Plan)
		want   centralisation.Savings
	}{
		{"R35 two of three seats are bought, one is there", unchanged,
			centralisation.Savings{SelfService: usd(360_00), Central: usd(216_00), Saved: usd(144_00)}},
		{"a yearly agreement against monthly cards", func(p *centralisation.Plan) {
			p.Offer = centralisation.Offer{UnitPrice: usd(100_00), Term: domain.Yearly}
		}, centralisation.Savings{SelfService: usd(360_00), Central: usd(200_00), Saved: usd(160_00)}},
		{"seats enough are there", func(p *centralisation.Plan) { p.Available, p.Offer = 3, centralisation.Offer{} },
			centralisation.Savings{SelfService: usd(360_00), Central: usd(0), Saved: usd(360_00)}},
		{"it costs more", func(p *centralisation.Plan) { p.Offer.UnitPrice = usd(20_00) },
			centralisation.Savings{SelfService: usd(360_00), Central: usd(480_00), Saved: usd(-120_00)}},
		{"R45 everybody keeps what they bought", kept,
			centralisation.Savings{SelfService: usd(0), Central: usd(216_00), Saved: usd(-216_00)}},
		{"another currency", func(p *centralisation.Plan) { p.Offer.UnitPrice.Currency = "SEK" }, centralisation.Savings{Unknown: centralisation.CurrenciesDiffer}},
		{"cards in two currencies", func(p *centralisation.Plan) { p.Sources[1].Yearly.Currency = "SEK" }, centralisation.Savings{Unknown: centralisation.CurrenciesDiffer}},
		{"no agreement", func(p *centralisation.Plan) { p.Offer = centralisation.Offer{} }, centralisation.Savings{Unknown: centralisation.NoCentralPrice}},
	} {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, c.want, planned(t, c.change)[0].(centralisation.Planned).Savings)
		})
	}
}

func TestSteps(t *testing.T) {
	type is = Case[centralisation.Command, centralisation.Event]
	given := planned(t, unchanged)
	order, choose := centralisation.Order{At: noon}, centralisation.Choose(chosen)
	pay := centralisation.Bought{Purchase: "p1", Subscription: "central", Seats: 3, Offer: centralisation.Offer{UnitPrice: usd(9_00), Term: domain.Monthly}, At: noon}
	reassign := func(users ...centralisation.Reassigned) centralisation.Command {
		return centralisation.Reassign{Target: "central", Users: users, At: noon}
	}
	ask := centralisation.Ask{Asked: bothAsked.Asked, At: noon}
	assigning := with(given, chosen)
	asked := with(assigning, everybody, bothAsked)
	Run(t, centralisation.Decider, []is{
		{Name: "R46 a seat for everybody is ordered", Given: given, When: order, Then: facts{ordered}},
		{Name: "R46 for those who still need one", Given: with(given, chosen, first, ranOut), When: order, Then: facts{centralisation.CentralPurchaseOrdered{Seats: 1, At: noon}}},
		{Name: "one order at a time", Given: with(given, ordered), When: order, Rejects: centralisation.ErrBuying},
		{Name: "of what was planned", When: order, Rejects: centralisation.ErrUnknown},
		{Name: "not where nobody needs one", Given: planned(t, withNobody), When: order, Rejects: centralisation.ErrNoNeed},
		{Name: "not once it is over", Given: with(given, withdrawn), When: order, Rejects: centralisation.ErrOver},
		{Name: "R46 they are bought", Given: with(given, ordered), When: pay, Then: facts{bought}},
		{Name: "once", Given: with(given, ordered, bought), When: pay},
		{Name: "or cannot be", Given: with(given, ordered), When: centralisation.Refuse(notBought), Then: facts{notBought}},
		{Name: "which is no news later", Given: with(given, ordered, bought), When: centralisation.Refuse(notBought)},
		{Name: "and may be tried again", Given: with(given, ordered, notBought), When: order, Then: facts{ordered}},
		{Name: "R45 what is there is chosen", Given: given, When: choose, Then: facts{chosen}},
		{Name: "not while seats are being bought", Given: with(given, ordered), When: choose, Rejects: centralisation.ErrBuying},
		{Name: "nor another at the same time", Given: assigning, When: centralisation.Choose{Subscription: "another"}, Rejects: centralisation.ErrHasTarget},
		{Name: "people get licences in the order of the list", Given: assigning, When: reassign(two...), Then: facts{first}},
		{Name: "the last one too", Given: with(assigning, first), When: reassign(last...), Then: facts{rest}},
		{Name: "whoever comes second records nothing", Given: with(assigning, first), When: reassign(two...)},
		{Name: "nobody is passed over", Given: assigning, When: reassign(centralisation.Reassigned{Person: "u1"}, centralisation.Reassigned{Person: "u3"}), Rejects: centralisation.ErrStep},
		{Name: "nobody gets any without seats", Given: given, When: reassign(two...)},
		{Name: "seats run out", Given: with(assigning, first), When: centralisation.RanOut(ranOut), Then: facts{ranOut}},
		{Name: "R47 purchasers are asked", Given: with(assigning, everybody), When: ask, Then: facts{bothAsked}},
		{Name: "R47 not before their people have been seen to", Given: with(assigning, first), When: ask},
		{Name: "R45 nor where they keep what they have", Given: with(planned(t, kept), chosen, everybody), When: ask},
		{Name: "R47 straight away where nobody needs a licence", Given: planned(t, withNobody), When: ask, Then: facts{bothAsked}},
		{Name: "an answer is noted", Given: asked, When: centralisation.Answers(said("r2", centralisation.Declined)), Then: facts{said("r2", centralisation.Declined)}},
		{Name: "the first one", Given: with(asked, said("r2", centralisation.Declined)), When: centralisation.Answers(said("r2", centralisation.Accepted))},
		{Name: "if it is to what was asked", Given: asked, When: centralisation.Answers(said("r9", centralisation.Accepted))},
	})
}

func TestTheEnd(t *testing.T) {
	type is = Case[centralisation.Command, centralisation.Event]
	given := planned(t, unchanged)
	done := with(given, ordered, bought, everybody)
	asked := with(done, bothAsked)
	yes1, yes2, no2 := said("r1", centralisation.Accepted), said("r2", centralisation.Accepted), said("r2", centralisation.Declined)
	end, withdraw := centralisation.Close{At: noon}, centralisation.Withdraw{At: noon}
	closed := func(c centralisation.Closed, selfService, central int64) facts {
		c.At, c.Savings = noon, centralisation.Savings{SelfService: usd(selfService), Central: usd(central), Saved: usd(selfService - central)}
		return facts{c}
	}
	Run(t, centralisation.Decider, []is{
		{Name: "R47 everybody cancelled", Given: with(asked, yes1, yes2), When: end,
			Then: closed(centralisation.Closed{Outcome: centralisation.Complete, Assigned: 3, Accepted: 2}, 360_00, 324_00)},
		{Name: "R47 somebody said no", Given: with(asked, yes1, no2), When: end,
			Then: closed(centralisation.Closed{Outcome: centralisation.Partial, Assigned: 3, Accepted: 1, Declined: 1}, 240_00, 324_00)},
		{Name: "answers are waited for", Given: with(asked, yes1), When: end},
		{Name: "unless an administrator does not want to", Given: with(asked, yes1), When: centralisation.Close{Early: true, At: noon},
			Then: closed(centralisation.Closed{Outcome: centralisation.Partial, Assigned: 3, Accepted: 1, Unanswered: 1}, 240_00, 324_00)},
		{Name: "some were not asked, some never answered", Given: with(done, oneNot, said("r1", centralisation.Expired)), When: end,
			Then: closed(centralisation.Closed{Outcome: centralisation.Partial, Assigned: 3, Expired: 1, NotAsked: 1}, 0, 324_00)},
		{Name: "R45 everybody has a licence and keeps what they bought", Given: with(planned(t, kept), chosen, everybody), When: end,
			Then: facts{centralisation.Closed{Outcome: centralisation.Complete, Assigned: 3, At: noon}}},
		{Name: "R45 somebody could not get one", Given: with(planned(t, kept), chosen, first, rest), When: end,
			Then: facts{centralisation.Closed{Outcome: centralisation.Partial, Assigned: 2, Skipped: 1, At: noon}}},
		{Name: "R59 whoever used what was cancelled has a licence", Given: with(planned(t, func(p *centralisation.Plan) {
			p.Sources[0].Ended, p.Sources[1].Ended = true, true
		}), chosen, everybody), When: end, Then: facts{centralisation.Closed{Outcome: centralisation.Complete, Assigned: 3, At: noon}}},
		{Name: "not in the middle", Given: given, When: end, Rejects: centralisation.ErrUnasked},
		{Name: "of nothing", When: end, Rejects: centralisation.ErrUnknown},
		{Name: "it is withdrawn", Given: with(given, chosen, first), When: withdraw, Then: facts{withdrawn}},
		{Name: "not while seats are being bought", Given: with(given, ordered), When: withdraw, Rejects: centralisation.ErrBuying},
		{Name: "not once purchasers were asked", Given: asked, When: withdraw, Rejects: centralisation.ErrAsked},
		{Name: "what was withdrawn is not closed", Given: with(given, withdrawn), When: end, Rejects: centralisation.ErrOver},
		{Name: "what is closed is not withdrawn", Given: with(asked, centralisation.Closed{Outcome: centralisation.Complete}), When: withdraw, Rejects: centralisation.ErrOver},
	})
	assert.Equal(t, "centralisation-c1", centralisation.Stream("c1"))
}
