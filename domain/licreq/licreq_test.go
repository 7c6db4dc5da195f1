package licreq_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"kassa/domain"
	. "kassa/domain/domaintest"
	"kassa/domain/licreq"
)

var (
	noon   = time.Date(2028, 2, 29, 12, 0, 0, 0, time.UTC)
	later  = noon.AddDate(0, 6, 0)
	expiry = time.Date(2029, 3, 1, 12, 0, 0, 0, time.UTC) // there is no 29 February
	anna   = domain.PersonID("anna")
	bob    = domain.PersonID("bob")
	cat    = domain.PersonID("cat")
)

func blocked(code string) domain.Verdict {
	return domain.Verdict{Checks: []domain.Check{{Code: "guest", Rule: "R21", Passed: true}, {Code: code, Rule: "R41"}}}
}

func asks(change ...func(*licreq.Ask)) licreq.Ask {
	c := licreq.Ask{
		Request: "q", Tenant: "t", Product: "new", AskedFor: "old", Requester: anna, For: []domain.PersonID{anna, bob},
		Reason: licreq.NeededForWork, Verdict: blocked(domain.ErrPolicyDisabled.Code), At: noon,
	}
	for _, f := range change {
		f(&c)
	}
	return c
}

var requested = licreq.Requested{
	Request: "q", Tenant: "t", Product: "new", AskedFor: "old", Requester: anna, For: []domain.PersonID{anna, bob},
	Reason: licreq.NeededForWork, Refusal: "policy_disabled", Checks: blocked("policy_disabled").Checks, ExpiresAt: expiry, At: noon,
}

func approve(people ...domain.PersonID) licreq.Approve {
	return licreq.Approve{For: people, Subscription: "s", Channel: domain.Central, Of: []domain.ProductID{"newest", "new"}, At: later}
}

func TestLicenseRequest(t *testing.T) {
	type is = Case[licreq.Command, licreq.Event]
	type facts = []licreq.Event
	both := licreq.Approved{For: []domain.PersonID{anna, bob}, Subscription: "s", At: later}
	one := licreq.PartlyApproved{For: []domain.PersonID{bob}, Subscription: "s", At: later}
	denied := licreq.Denied{Reason: licreq.TooExpensive, At: later}
	given := func(p domain.PersonID) licreq.Event { return licreq.Given{Person: p, Subscription: "s", At: later} }
	missed := licreq.SeatMissed{Person: bob, At: later}
	expired := licreq.Expired{At: expiry}
	crowd := make([]domain.PersonID, licreq.MaxPeople+1)
	for i := range crowd {
		crowd[i] = domain.PersonID(rune('a' + i))
	}
	forWhom := func(people ...domain.PersonID) licreq.Command {
		return asks(func(c *licreq.Ask) { c.For = people })
	}
	verdict := func(v domain.Verdict) licreq.Command { return asks(func(c *licreq.Ask) { c.Verdict = v }) }
	ofAnother, bought := approve(), approve()
	ofAnother.Of, bought.Channel = []domain.ProductID{"other"}, domain.SelfService
	Run(t, licreq.Decider, []is{
		{Name: "somebody asks for a product that policy blocks", When: asks(), Then: facts{requested}},
		{Name: "once for each person", When: forWhom(anna, bob, anna), Then: facts{requested}},
		{Name: "what may be bought is not asked for", When: verdict(domain.Verdict{Checks: []domain.Check{{Code: "policy_disabled", Passed: true}}}), Rejects: licreq.ErrMayBuy},
		{Name: "R21 a guest asks for nothing", When: verdict(blocked("guest")), Rejects: domain.ErrGuest},
		{Name: "R42 nor anybody for what governance keeps out", When: verdict(blocked("product_blocked")), Rejects: domain.ErrProductBlocked},
		{Name: "where the organisation has its own process, nothing is recorded", When: asks(func(c *licreq.Ask) { c.OwnProcess = true }), Rejects: licreq.ErrOwnProcess},
		{Name: "for nobody", When: forWhom(), Rejects: licreq.ErrNobody},
		{Name: "for too many", When: forWhom(crowd...), Rejects: licreq.ErrTooMany},
		{Name: "for an unknown reason", When: asks(func(c *licreq.Ask) { c.Reason = "Anna is ill" }), Rejects: licreq.ErrReason},
		{Name: "a second time", Given: facts{requested}, When: asks(), Rejects: licreq.ErrAlreadyAsked},
		{Name: "after an answer it is another request", Given: facts{requested, denied}, When: asks(), Rejects: licreq.ErrAnswered},
		{Name: "and so it is after twelve months", Given: facts{requested}, When: asks(func(c *licreq.Ask) { c.At = expiry }), Rejects: licreq.ErrAnswered},

		{Name: "a colleague is shown it", Given: facts{requested}, When: licreq.Share{With: cat, At: later}, Then: facts{licreq.Shared{With: cat, At: later}}},
		{Name: "who made it has seen it", Given: facts{requested}, When: licreq.Share{With: anna, At: later}},
		{Name: "an answered one is shown to nobody new", Given: facts{requested, denied}, When: licreq.Share{With: cat, At: later}, Rejects: licreq.ErrAnswered},
		{Name: "what is not there cannot be shown", When: licreq.Share{With: cat, At: later}, Rejects: licreq.ErrUnknown},

		{Name: "all are approved", Given: facts{requested}, When: approve(), Then: facts{both}},
		{Name: "all by their names", Given: facts{requested}, When: approve(anna, bob, bob), Then: facts{both}},
		{Name: "some are", Given: facts{requested}, When: approve(bob), Then: facts{one}},
		{Name: "who was not named cannot be", Given: facts{requested}, When: approve(cat), Rejects: licreq.ErrNotAsked},
		{Name: "two administrators answer once", Given: facts{requested, one}, When: approve(), Rejects: licreq.ErrAnswered},
		{Name: "another product's seats", Given: facts{requested}, When: ofAnother, Rejects: licreq.ErrOtherProduct},
		{Name: "a person's own subscription", Given: facts{requested}, When: bought, Rejects: licreq.ErrNotCentral},
		{Name: "what is not there cannot be approved", When: approve(), Rejects: licreq.ErrUnknown},
		{Name: "nobody gets one", Given: facts{requested}, When: licreq.Deny{Reason: licreq.TooExpensive, At: later}, Then: facts{denied}},
		{Name: "for a reason from the list", Given: facts{requested}, When: licreq.Deny{Reason: "because", At: later}, Rejects: licreq.ErrDenial},
		{Name: "after an approval", Given: facts{requested, both}, When: licreq.Deny{Reason: licreq.TooExpensive, At: later}, Rejects: licreq.ErrAnswered},
		{Name: "too late by a clock that is ahead of the scheduler", Given: facts{requested}, When: licreq.Deny{Reason: licreq.TooExpensive, At: expiry}, Rejects: licreq.ErrExpired},
		{Name: "too late", Given: facts{requested, expired}, When: approve(), Rejects: licreq.ErrExpired},

		{Name: "an approved person gets a licence", Given: facts{requested, one}, When: licreq.Give{Person: bob, At: later}, Then: facts{given(bob)}},
		{Name: "once", Given: facts{requested, one, given(bob)}, When: licreq.Give{Person: bob, At: later}},
		{Name: "who was left out gets none", Given: facts{requested, one}, When: licreq.Give{Person: anna, At: later}},
		{Name: "there is no seat", Given: facts{requested, both}, When: licreq.Miss{Person: bob, At: later}, Then: facts{missed}},
		{Name: "and there is still none", Given: facts{requested, both, missed}, When: licreq.Miss{Person: bob, At: later}},
		{Name: "then there is one", Given: facts{requested, both, missed}, When: licreq.Give{Person: bob, At: later}, Then: facts{given(bob)}},
		{Name: "whose account was closed gets none", Given: facts{requested, both}, When: licreq.Fail{Person: bob, Code: "assignee_disabled", At: later}, Then: facts{licreq.NotGiven{Person: bob, Code: "assignee_disabled", At: later}}},
		{Name: "whoever has one keeps it", Given: facts{requested, both, given(bob)}, When: licreq.Fail{Person: bob, Code: "assignee_disabled", At: later}},

		{Name: "a request is held for twelve months", Given: facts{requested}, When: licreq.Expire{At: expiry.Add(-1)}},
		{Name: "and no longer, whenever that is noticed", Given: facts{requested}, When: licreq.Expire{At: expiry.AddDate(1, 0, 0)}, Then: facts{expired}},
		{Name: "an answered one does not expire", Given: facts{requested, denied}, When: licreq.Expire{At: expiry}},
		{Name: "but the wait for a seat ends", Given: facts{requested, both, missed, given(anna)}, When: licreq.Expire{At: expiry}, Then: facts{expired}},
		{Name: "nothing expires that is not there", When: licreq.Expire{At: expiry}, Rejects: licreq.ErrUnknown},
	})
	s := licreq.Decider.Fold(licreq.State{}, requested, licreq.Shared{With: cat}, both, given(anna), missed, expired)
	assert.Equal(t, licreq.StatusApproved, s.Status, "an answer stays what it was")
	assert.Equal(t, []licreq.Person{{ID: anna, Standing: licreq.HasIt}, {ID: bob, Standing: licreq.HasItNot, Code: "license_request_expired"}}, s.People)
	assert.True(t, s.Shows(anna) && s.Shows(cat) && !s.Shows(bob))
	assert.Equal(t, "licreq-q", licreq.Stream("q"))
}

// Whatever is tried in whichever order: there is one answer at most, nobody is
// approved who was not asked for, and nobody is given a licence who was not
// approved, nor a second one.
func TestLicenseRequest_ApprovedAreAmongTheAskedAndGivenAmongTheApproved(t *testing.T) {
	people := []domain.PersonID{anna, bob, cat, "dan"}
	rapid.Check(t, func(t *rapid.T) {
		some := rapid.SliceOfN(rapid.SampledFrom(people), 0, 4)
		one := rapid.SampledFrom(people)
		var s licreq.State
		var asked, approved, given []domain.PersonID
		answers := 0
		for range rapid.IntRange(1, 15).Draw(t, "commands") {
			at := noon.AddDate(0, rapid.IntRange(0, 13).Draw(t, "month"), 0)
			c := []licreq.Command{
				asks(func(c *licreq.Ask) { c.For = some.Draw(t, "for"); c.At = at }), func() licreq.Command { a := approve(some.Draw(t, "approved")...); a.At = at; return a }(),
				licreq.Deny{Reason: licreq.NotNeeded, At: at}, licreq.Give{Person: one.Draw(t, "given"), At: at},
				licreq.Miss{Person: one.Draw(t, "missed"), At: at}, licreq.Fail{Person: one.Draw(t, "failed"), Code: "x", At: at}, licreq.Expire{At: at},
			}[rapid.IntRange(0, 6).Draw(t, "command")]
			events, err := licreq.Decider.Decide(s, c)
			if err != nil {
				require.Empty(t, events)
			}
			for _, e := range events {
				s = licreq.Decider.Evolve(s, e)
				switch e := e.(type) {
				case licreq.Requested:
					asked = e.For
				case licreq.Approved:
					answers, approved = answers+1, e.For
				case licreq.PartlyApproved:
					answers, approved = answers+1, e.For
					require.Less(t, len(e.For), len(asked))
				case licreq.Denied:
					answers++
				case licreq.Given:
					require.NotContains(t, given, e.Person)
					given = append(given, e.Person)
				}
			}
			require.LessOrEqual(t, answers, 1)
			require.Subset(t, asked, approved)
			require.Subset(t, approved, given)
			for _, p := range s.Waiting() {
				require.True(t, slices.Contains(approved, p) && !slices.Contains(given, p))
			}
		}
	})
}
