package subscription_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"kassa/domain"
	. "kassa/domain/domaintest"
	"kassa/domain/subscription"
)

func takeControl(id subscription.ChangeID, option subscription.TakeoverOption, at time.Time) subscription.TakeControl {
	c := subscription.TakeControl{Takeover: id, Admin: "gail", Option: option, Reason: subscription.Centralised, At: at}
	if option == subscription.TakeoverMove {
		c.Target = "s2"
	}
	return c
}

func taken(c subscription.TakeControl) subscription.ControlTaken {
	return subscription.ControlTaken{Takeover: c.Takeover, Admin: c.Admin, Option: c.Option, Target: c.Target, Reason: c.Reason, At: c.At}
}

func TestControlIsTakenOnceOfWhatAPersonBought(t *testing.T) {
	third, end := day("2026-02-03"), february.End
	move, cut := takeControl("t1", subscription.TakeoverMove, third), takeControl("t1", subscription.TakeoverCancel, third)
	off := subscription.RecurringBillingTurnedOff{EffectiveEnd: end, At: third}
	central := february
	central.Channel, central.Payer = domain.Central, ""
	scheduled := subscription.SeatReductionScheduled{Change: "c1", Quantity: 2, EffectiveAt: end, At: third}
	dropped := subscription.ScheduledChangeCancelled{Change: "c1", Cause: subscription.ChangeTakenOver, At: third}
	asked := requested("a1", 3, 8, usd(29_00), 26, 28, third)
	expired := subscription.Expired{Cause: subscription.EndBillingOff, At: end, NextAt: end.Add(subscription.Grace)}
	late := takeControl("t1", subscription.TakeoverCancel, end.Add(time.Hour))
	with := func(change func(*subscription.TakeControl)) subscription.Command {
		c := move
		change(&c)
		return c
	}
	Run(t, subscription.Decider, []is{
		{Name: "to move the people; no term follows", Given: facts{february}, When: move, Then: facts{off, taken(move)}},
		{Name: "or to cancel their licences", Given: facts{february, off}, When: cut, Then: facts{taken(cut)}},
		{Name: "what was planned for the next term is dropped", Given: facts{february, scheduled}, When: cut, Then: facts{dropped, off, taken(cut)}},
		{Name: "also while it is expired", Given: facts{february, off, expired}, When: late, Then: facts{taken(late)}},
		{Name: "a second administrator is told that the first was quicker", Given: facts{february, off, taken(move)}, When: takeControl("t2", subscription.TakeoverCancel, third), Rejects: subscription.ErrControlTaken},
		{Name: "not of what the organisation bought", Given: facts{central}, When: move, Rejects: subscription.ErrNotSelfService},
		{Name: "not of nothing", When: move, Rejects: subscription.ErrUnknown},
		{Name: "not while a charge is pending", Given: facts{february, asked}, When: move, Rejects: subscription.ErrChargePending},
		{Name: "not once nobody can use it", Given: facts{february, disabledAt(third, subscription.EndCancelled)}, When: move, Rejects: subscription.ErrTakeoverEnded},
		{Name: "not where the target has too few seats", Given: facts{february}, When: with(func(c *subscription.TakeControl) { c.Missing = 1 }), Rejects: subscription.ErrTargetSeats},
		{Name: "a move needs a target", Given: facts{february}, When: with(func(c *subscription.TakeControl) { c.Target = "" }), Rejects: subscription.ErrTakeoverOption},
		{Name: "another one", Given: facts{february}, When: with(func(c *subscription.TakeControl) { c.Target = "s1" }), Rejects: subscription.ErrTakeoverOption},
		{Name: "a cancellation has none", Given: facts{february}, When: with(func(c *subscription.TakeControl) { c.Option = subscription.TakeoverCancel }), Rejects: subscription.ErrTakeoverOption},
		{Name: "there are two options", Given: facts{february}, When: with(func(c *subscription.TakeControl) { c.Option = "sell" }), Rejects: subscription.ErrTakeoverOption},
		{Name: "the reason is a word from the list", Given: facts{february}, When: with(func(c *subscription.TakeControl) { c.Reason = "because" }), Rejects: subscription.ErrReason},
		{Name: "somebody takes it", Given: facts{february}, When: with(func(c *subscription.TakeControl) { c.Admin = "" }), Rejects: subscription.ErrRequest},
	})
}

func TestAfterControlIsTakenNobodyChangesTheSubscription(t *testing.T) {
	third := day("2026-02-03")
	now := facts{february, subscription.RecurringBillingTurnedOff{EffectiveEnd: february.End, At: third}, taken(takeControl("t1", subscription.TakeoverMove, third))}
	for name, c := range map[string]subscription.Command{
		"cancel": cancel(third), "more seats": addSeats("a1", 1, third), "fewer seats": remove("r1", 1, third),
		"fewer seats later": subscription.ScheduleReduction{Change: "c1", Quantity: 1, At: third}, "withdraw": subscription.CancelScheduledChange{Change: "c1", At: third},
		"recurring billing": subscription.TurnRecurringBilling{On: true, At: third}, "assign": subscription.Reserve{Person: "ann", At: third},
		"pay": subscription.Pay{Payment: "p1", At: third}, "reactivate": subscription.Reactivate{Reactivation: "x9", Verdict: allowed, Zone: time.UTC, At: third},
	} {
		Run(t, subscription.Decider, []is{{Name: name, Given: now, When: c, Rejects: subscription.ErrControlTaken}})
	}
}

func TestATakeoverEndsOnceNobodyHoldsASeat(t *testing.T) {
	third, later := day("2026-02-03"), day("2026-02-20")
	finish := subscription.FinishTakeover{Zone: time.UTC, At: later}
	line := subscription.RefundLine{Refund: "t1/1", Seats: 5, Rule: subscription.RefundByDays, Days: 25, OfDays: 28, Amount: usd(44_64)}
	cancelled := subscription.Cancelled{
		Cancellation: "t1", By: subscription.ByTakeover, Reason: subscription.Centralised, InsideWindow: true,
		Refund: usd(44_64), RefundRule: subscription.RefundByDays, Days: 25, OfDays: 28, Lines: []subscription.RefundLine{line}, AccessEndsAt: later, At: later,
	}
	owing := subscription.Disabled{Cause: subscription.EndTakeover, At: later, NextAt: later}
	deleted := subscription.Deleted{Cause: subscription.EndTakeover, At: later}
	paid := subscription.RefundIssued{Of: "t1/1", Amount: usd(44_64), Reference: "re_1", At: later}
	reserved, released := subscription.SeatReserved{Person: "ann", At: third}, subscription.SeatReleased{Person: "ann", At: later}
	inside, outside := taken(takeControl("t1", subscription.TakeoverCancel, third)), taken(takeControl("t1", subscription.TakeoverCancel, later))
	none := subscription.Cancelled{
		Cancellation: "t1", By: subscription.ByTakeover, Reason: subscription.Centralised, Refund: usd(0), RefundRule: subscription.NoRefund,
		OfDays: 28, AccessEndsAt: later, At: later,
	}
	Run(t, subscription.Decider, []is{
		{Name: "not before", Given: facts{february, reserved, inside}, When: finish, Rejects: subscription.ErrTakeoverSeatHeld},
		{Name: "the purchaser is refunded as of when control was taken, however long it took", Given: facts{february, reserved, inside, released}, When: finish, Then: facts{cancelled, owing}},
		{Name: "it is deleted once that is paid", Given: facts{february, inside, cancelled, owing, paid}, When: finish, Then: facts{deleted}},
		{Name: "and not before", Given: facts{february, inside, cancelled, owing}, When: finish},
		{Name: "by time, too", Given: facts{february, inside, cancelled, owing, paid}, When: subscription.Advance{Due: subscription.Due{Step: subscription.Delete, At: later}, Zone: time.UTC, At: later}, Then: facts{deleted}},
		{Name: "outside the window nothing is refunded, and it is deleted at once", Given: facts{february, outside}, When: finish, Then: facts{none, deleted}},
		{Name: "nobody has taken control", Given: facts{february}, When: finish, Rejects: subscription.ErrNotTaken},
	})
}

func TestAMoveIsGivenUpOnce(t *testing.T) {
	third := day("2026-02-03")
	move, cut := taken(takeControl("t1", subscription.TakeoverMove, third)), taken(takeControl("t1", subscription.TakeoverCancel, third))
	giveUp := subscription.GiveUpMove{Admin: "bill", At: third}
	given := subscription.MoveGivenUp{Takeover: "t1", Admin: "bill", At: third}
	deleted := subscription.Deleted{Cause: subscription.EndTakeover, At: third}
	Run(t, subscription.Decider, []is{
		{Name: "the rest lose their licences", Given: facts{february, move}, When: giveUp, Then: facts{given}},
		{Name: "a cancellation has nothing to give up", Given: facts{february, cut}, When: giveUp, Rejects: subscription.ErrNotMoving},
		{Name: "nor has a move that is done", Given: facts{february, move, subscription.Cancelled{}, deleted}, When: giveUp, Rejects: subscription.ErrNotMoving},
		{Name: "nor a subscription that nobody controls", Given: facts{february}, When: giveUp, Rejects: subscription.ErrNotTaken},
	})
	assert.Equal(t, subscription.TakeoverCancel, subscription.Decider.Fold(subscription.State{}, february, move, given).Takeover.Option)
}

func TestSeatsOfATakeover(t *testing.T) {
	at := february.Start
	s := subscription.Decider.Fold(subscription.State{}, february,
		subscription.SeatReserved{Person: "ann", At: at}, subscription.SeatReserved{Person: "bob", At: at}, subscription.SeatReserved{Person: "cid", At: at},
		subscription.SeatReleased{Person: "bob", At: at}, subscription.SeatReserved{Person: "bob", At: at}, subscription.SeatReleased{Person: "ann", At: at})
	assert.EqualValues(t, 0, s.Lacks([]domain.PersonID{"bob", "dan", "eva", "fia"}), "three of five seats are free")
	assert.EqualValues(t, 1, s.Lacks([]domain.PersonID{"dan", "eva", "fia", "gus"}))

	moving := subscription.Decider.Fold(s, taken(takeControl("t1", subscription.TakeoverMove, at)), disabledAt(february.End, subscription.EndTakeover))
	_, due := moving.Due()
	assert.False(t, due, "it is not deleted by time while people wait to be moved")
}
