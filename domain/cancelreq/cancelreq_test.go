package cancelreq_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"kassa/domain"
	"kassa/domain/cancelreq"
	. "kassa/domain/domaintest"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

func ask(to cancelreq.To) cancelreq.Ask {
	return cancelreq.Ask{
		To: to, Subscription: "s1", Tenant: "t", Purchaser: "ann", Channel: domain.SelfService, Active: true,
		By: "bill", Reason: cancelreq.Centralised, At: noon,
	}
}

func asked(to cancelreq.To, number int, at time.Time) cancelreq.CancellationRequested {
	return cancelreq.CancellationRequested{
		Number: number, To: to, Subscription: "s1", Tenant: "t", Purchaser: "ann", By: "bill", Reason: cancelreq.Centralised,
		ExpiresAt: at.Add(cancelreq.AnswerWithin), At: at,
	}
}

func TestCancellationRequest(t *testing.T) {
	type is = Case[cancelreq.Command, cancelreq.Event]
	type facts = []cancelreq.Event
	requested, ofSupport := asked(cancelreq.ToPurchaser, 1, noon), asked(cancelreq.ToSupport, 1, noon)
	late := requested.ExpiresAt
	yes := cancelreq.RequestAccepted{By: "ann", At: noon}
	no := cancelreq.RequestDeclined{By: "ann", Reason: cancelreq.StillNeeded, At: noon}
	back := cancelreq.RequestWithdrawn{By: "bill", At: noon}
	over := cancelreq.RequestExpired{Cause: cancelreq.Unanswered, At: late}
	ended := cancelreq.RequestExpired{Cause: cancelreq.SubscriptionEnded, At: noon}
	done := cancelreq.RequestExecuted{Effect: cancelreq.Cancelled, At: noon}
	bySupport := cancelreq.SupportCancellationExecuted{Subscription: "s1", By: "sue", Reason: cancelreq.Centralised, At: noon}
	with := func(change func(*cancelreq.Ask)) cancelreq.Command {
		c := ask(cancelreq.ToPurchaser)
		change(&c)
		return c
	}
	accept := cancelreq.Accept{Number: 1, By: "ann", At: noon}
	decline := cancelreq.Decline{Number: 1, By: "ann", Reason: cancelreq.StillNeeded, At: noon}
	withdraw := cancelreq.Withdraw{Number: 1, By: "bill", At: noon}
	expire := cancelreq.Expire{Number: 1, Cause: cancelreq.Unanswered, At: late.Add(time.Hour)}
	end := cancelreq.Expire{Number: 1, Cause: cancelreq.SubscriptionEnded, At: noon}
	execute := cancelreq.Execute{Number: 1, Effect: cancelreq.Cancelled, At: noon}
	Run(t, cancelreq.Decider, []is{
		{Name: "R47 the purchaser is asked", When: ask(cancelreq.ToPurchaser), Then: facts{requested}},
		{Name: "R58 support is asked", When: ask(cancelreq.ToSupport), Then: facts{ofSupport}},
		{Name: "one request is open at a time", Given: facts{requested}, When: ask(cancelreq.ToPurchaser), Rejects: cancelreq.ErrOpen},
		{Name: "nor while the last one is carried out", Given: facts{requested, yes}, When: ask(cancelreq.ToPurchaser), Rejects: cancelreq.ErrOpen},
		{Name: "another follows a no", Given: facts{requested, no}, When: ask(cancelreq.ToPurchaser), Then: facts{asked(cancelreq.ToPurchaser, 2, noon)}},
		{Name: "or one whose time is over though nobody noticed", Given: facts{requested}, When: with(func(c *cancelreq.Ask) { c.At = late }), Then: facts{over, asked(cancelreq.ToPurchaser, 2, late)}},
		{Name: "R47 what the organisation bought has nobody to ask", When: with(func(c *cancelreq.Ask) { c.Channel = domain.Central }), Rejects: cancelreq.ErrCentral},
		{Name: "nor what has ended", When: with(func(c *cancelreq.Ask) { c.Active = false }), Rejects: cancelreq.ErrEnded},
		{Name: "somebody is asked", When: with(func(c *cancelreq.Ask) { c.To = "everybody" }), Rejects: cancelreq.ErrTo},
		{Name: "for a reason on the list", When: with(func(c *cancelreq.Ask) { c.Reason = "Ann was unhappy" }), Rejects: cancelreq.ErrReason},

		{Name: "R47 the purchaser agrees", Given: facts{requested}, When: accept, Then: facts{yes}},
		{Name: "once", Given: facts{requested, yes}, When: accept},
		{Name: "also after it was carried out", Given: facts{requested, yes, done}, When: accept},
		{Name: "R47 or is free to say no", Given: facts{requested}, When: decline, Then: facts{no}},
		{Name: "once as well", Given: facts{requested, no}, When: decline},
		{Name: "for a reason on the list, too", Given: facts{requested}, When: cancelreq.Decline{Number: 1, By: "ann", Reason: "leave me alone", At: noon}, Rejects: cancelreq.ErrDeclined},
		{Name: "no is no", Given: facts{requested, no}, When: accept, Rejects: cancelreq.ErrClosed},
		{Name: "yes is yes", Given: facts{requested, yes}, When: decline, Rejects: cancelreq.ErrClosed},
		{Name: "it is taken back", Given: facts{requested}, When: withdraw, Then: facts{back}},
		{Name: "once only", Given: facts{requested, back}, When: withdraw},
		{Name: "what was taken back cannot be accepted", Given: facts{requested, back}, When: accept, Rejects: cancelreq.ErrClosed},
		{Name: "what was accepted cannot be taken back", Given: facts{requested, yes}, When: withdraw, Rejects: cancelreq.ErrClosed},
		{Name: "an answer comes in time", Given: facts{requested}, When: cancelreq.Accept{Number: 1, By: "ann", At: late}, Rejects: cancelreq.ErrClosed},
		{Name: "to the last moment", Given: facts{requested}, When: cancelreq.Accept{Number: 1, By: "ann", At: late.Add(-1)}, Then: facts{cancelreq.RequestAccepted{By: "ann", At: late.Add(-1)}}},
		{Name: "an answer to an earlier request is none to this one", Given: facts{requested, no, asked(cancelreq.ToPurchaser, 2, noon)}, When: accept, Rejects: cancelreq.ErrClosed},
		{Name: "nor to one that was never made", Given: facts{requested}, When: cancelreq.Accept{Number: 2, By: "ann", At: noon}, Rejects: cancelreq.ErrUnknown},

		{Name: "without an answer it expires, as of its own time", Given: facts{requested}, When: expire, Then: facts{over}},
		{Name: "not before", Given: facts{requested}, When: cancelreq.Expire{Number: 1, Cause: cancelreq.Unanswered, At: late.Add(-1)}},
		{Name: "nor after an answer", Given: facts{requested, yes}, When: expire},
		{Name: "it expires with its subscription", Given: facts{requested}, When: end, Then: facts{ended}},
		{Name: "accepted or not", Given: facts{requested, yes}, When: end, Then: facts{ended}},
		{Name: "unless it was closed before", Given: facts{requested, no}, When: end},

		{Name: "R47 a yes is carried out", Given: facts{requested, yes}, When: execute, Then: facts{done}},
		{Name: "R58 so is support's", Given: facts{ofSupport, cancelreq.RequestAccepted{By: "sue", At: noon}}, When: execute, Then: facts{bySupport}},
		{Name: "a no is not", Given: facts{requested, no}, When: execute},
		{Name: "nor another request", Given: facts{requested, yes}, When: cancelreq.Execute{Number: 2, Effect: cancelreq.Cancelled, At: noon}},
	})
}

func TestARequestIsFoundByItsID(t *testing.T) {
	id := cancelreq.ID{Subscription: "0f0e0d0c-0000-4000-8000-000000000001", To: cancelreq.ToSupport, Number: 12}
	assert.Equal(t, "0f0e0d0c-0000-4000-8000-000000000001-support-12", id.String())
	assert.Equal(t, "cancelreq-0f0e0d0c-0000-4000-8000-000000000001-support", id.Stream())
	read, err := cancelreq.ParseID(id.String())
	require.NoError(t, err)
	assert.Equal(t, id, read)
	for _, text := range []string{"", "-", "s1", "s1-support", "s1-support-0", "s1-support-x", "s1-support-01", "s1-support-+1", "s1-everybody-1", "-support-1"} {
		_, err := cancelreq.ParseID(text)
		assert.ErrorIs(t, err, cancelreq.ErrUnknown, text)
	}
}

// Whatever is said in whatever order: requests are numbered without a gap, each
// is answered once, and only what was accepted is carried out.
func TestEveryRequestIsAnsweredOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s cancelreq.State
		at, open, accepted, requests := noon, false, false, 0
		for range rapid.IntRange(1, 40).Draw(t, "commands") {
			at = at.Add(time.Duration(rapid.SampledFrom([]int{0, 1, 24, 24 * 80}).Draw(t, "hours")) * time.Hour)
			number := rapid.IntRange(max(1, s.Number-1), s.Number+1).Draw(t, "number")
			again := ask(cancelreq.ToPurchaser)
			again.At = at
			events, err := cancelreq.Decider.Decide(s, rapid.SampledFrom([]cancelreq.Command{
				again, cancelreq.Accept{Number: number, By: "ann", At: at}, cancelreq.Withdraw{Number: number, By: "bill", At: at},
				cancelreq.Decline{Number: number, By: "ann", Reason: cancelreq.StillNeeded, At: at},
				cancelreq.Expire{Number: number, Cause: cancelreq.Unanswered, At: at}, cancelreq.Expire{Number: number, Cause: cancelreq.SubscriptionEnded, At: at},
				cancelreq.Execute{Number: number, Effect: cancelreq.RecurringBillingOff, At: at},
			}).Draw(t, "command"))
			require.False(t, err != nil && len(events) > 0)
			for _, e := range events {
				s = cancelreq.Decider.Evolve(s, e)
				switch e := e.(type) {
				case cancelreq.CancellationRequested:
					require.False(t, open || accepted, "two requests at a time")
					requests++
					require.Equal(t, requests, e.Number)
					open = true
				case cancelreq.RequestAccepted:
					require.True(t, open && e.At.Before(s.ExpiresAt))
					open, accepted = false, true
				case cancelreq.RequestDeclined, cancelreq.RequestWithdrawn:
					require.True(t, open)
					open = false
				case cancelreq.RequestExpired:
					require.True(t, open || accepted)
					open, accepted = false, false
				case cancelreq.RequestExecuted:
					require.True(t, accepted)
					accepted = false
				}
			}
		}
	})
}
