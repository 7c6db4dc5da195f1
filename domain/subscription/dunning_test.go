package subscription_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	. "kassa/domain/domaintest"
	"kassa/domain/subscription"
)

// after is so many days after the end of February's term.
func after(days int) time.Time { return february.End.AddDate(0, 0, days) }

func steps(all ...any) (list []subscription.DunningStep) {
	for i := 0; i < len(all); i += 2 {
		list = append(list, subscription.DunningStep{Step: all[i].(subscription.Dun), At: after(all[i+1].(int))})
	}
	return list
}

func dunning(kind subscription.DunningKind, code string, at, end int, list []subscription.DunningStep) subscription.DunningStarted {
	e := subscription.DunningStarted{Kind: kind, Number: 2, Code: code, Steps: list, DisabledAt: after(end), At: after(at), NextAt: after(end)}
	if len(list) > 0 {
		e.NextAt = list[0].At
	}
	return e
}

var (
	patient = dunning(subscription.RegularDunning, "card_declined", 0, 30, steps(
		subscription.DunRetry, 3, subscription.DunRetry, 7, subscription.DunRetry, 14, subscription.DunSuspend, 21, subscription.DunRetry, 25))
	hasty = dunning(subscription.AcceleratedDunning, "expired_card", 0, 7, steps(
		subscription.DunRemind, 1, subscription.DunSuspend, 3, subscription.DunRemind, 5))
)

func expiredUnpaid(until int) subscription.Expired {
	return subscription.Expired{Cause: subscription.EndPayment, At: february.End, NextAt: after(until)}
}

// unpaid is a subscription whose second term was declined.
func unpaidBy(code string, retriable bool) facts {
	return facts{
		february, subscription.RenewalRequested{Period: march(5, 11_00)},
		subscription.RenewalDeclined{Number: 2, Code: code, Retriable: retriable, At: february.End},
	}
}

func reachedStep(step subscription.Dun, at, next int) subscription.DunningStepReached {
	return subscription.DunningStepReached{Step: step, Number: 2, At: after(at), NextAt: after(next)}
}

// Whether a card is needed is what its owner may not remove the last one by.
func TestR31_R58_WhatRenewsIsWhatWillBeChargedAgain(t *testing.T) {
	off := subscription.RecurringBillingTurnedOff{EffectiveEnd: february.End}
	central := february
	central.Channel, central.Payer = domain.Central, ""
	for name, c := range map[string]struct {
		given  facts
		renews bool
	}{
		"nothing":                               {nil, false},
		"a term that another follows":           {facts{february}, true},
		"the last term":                         {facts{february, off}, false},
		"what the organisation pays":            {facts{central}, false},
		"a charge that is under way":            {facts{february, off, subscription.SeatAdditionRequested{Addition: "a1", Delta: 1, Quantity: 6}}, true},
		"a term that was declined":              {unpaidBy("card_declined", true), true},
		"one that can still be paid":            {append(unpaidBy("card_declined", true), expiredUnpaid(30), patient), true},
		"one that cannot any more":              {append(unpaidBy("card_declined", true), expiredUnpaid(30), patient, subscription.Disabled{Cause: subscription.EndPayment}), false},
		"what an administrator took control of": {facts{february, subscription.ControlTaken{Takeover: "t1"}}, false},
	} {
		assert.Equal(t, c.renews, subscription.Decider.Fold(subscription.State{}, c.given...).Renews(), name)
	}
}

func TestR30_DunningFollowsADeclinedRenewal(t *testing.T) {
	do := func(step subscription.Step, days int) subscription.Command {
		return subscription.Advance{Due: subscription.Due{Step: step, At: after(days)}, Zone: time.UTC, At: after(days)}
	}
	late := and(unpaidBy("card_declined", true), expiredUnpaid(30), patient)
	never := and(unpaidBy("expired_card", false), expiredUnpaid(7), hasty)
	retry := subscription.ReactivationRequested{Reactivation: "dunning-2-20260304120000", Period: march(5, 11_00), AnchorDay: 1}
	key := "s1/reactivation/dunning-2-20260304120000"
	again := subscription.ReactivationDeclined{Reactivation: retry.Reactivation, Code: "card_declined", Retriable: true, At: after(3)}
	stolen := again
	stolen.Code, stolen.Retriable = "stolen_card", false
	suspended := subscription.Suspended{Cause: subscription.SuspendedUnpaid, At: after(3)}
	locked := and(never, reachedStep(subscription.DunRemind, 1, 3), suspended, reachedStep(subscription.DunSuspend, 3, 5))
	pay := subscription.Pay{Payment: "p1", At: after(4)}
	paying := subscription.ReactivationRequested{Reactivation: "p1", Period: march(5, 11_00), AnchorDay: 1}
	paid := subscription.Charged{Key: "s1/reactivation/p1", Amount: usd(55_00), Reference: "ch_9", At: after(4)}
	back := subscription.Reactivated{Reactivation: "p1", Period: march(5, 11_00), AnchorDay: 1, RecurringBilling: true, CancellationUntil: domain.CancellationUntil(february.End), Reference: "ch_9"}
	full := crowded(late)
	Run(t, subscription.Decider, []is{
		{Name: "R31 a card that may work later is tried again", Given: unpaidBy("card_declined", true), When: do(subscription.Expire, 0), Then: facts{expiredUnpaid(30), patient}},
		{Name: "one that never will is not", Given: unpaidBy("expired_card", false), When: do(subscription.Expire, 0), Then: facts{expiredUnpaid(7), hasty}},
		{Name: "R31 the same term is asked for, at the same price", Given: late, When: do(subscription.Duns, 3), Then: facts{retry}},
		{Name: "when it is due", Given: late, When: subscription.Advance{Due: subscription.Due{Step: subscription.Duns, At: after(3)}, Zone: time.UTC, At: after(2)}},
		{Name: "once", Given: and(late, retry), When: do(subscription.Duns, 3)},
		{Name: "declined again, the next step follows", Given: and(late, retry), When: subscription.Declined{Key: key, Code: "card_declined", Retriable: true, At: after(3)},
			Then: facts{again, reachedStep(subscription.DunRetry, 3, 7)}},
		{Name: "a card that was stolen meanwhile shortens it", Given: and(late, retry), When: subscription.Declined{Key: key, Code: "stolen_card", At: after(3)},
			Then: facts{stolen, reachedStep(subscription.DunRetry, 3, 7), dunning(subscription.AcceleratedDunning, "stolen_card", 3, 10, steps(
				subscription.DunRemind, 4, subscription.DunSuspend, 6, subscription.DunRemind, 8))}},
		{Name: "no card pays for fewer seats than people hold", Given: full, When: do(subscription.Duns, 3), Then: facts{reachedStep(subscription.DunRetry, 3, 7)}},
		{Name: "whoever pays is reminded", Given: never, When: do(subscription.Duns, 1), Then: facts{reachedStep(subscription.DunRemind, 1, 3)}},
		{Name: "then nobody has access", Given: locked[:6], When: do(subscription.Duns, 3), Then: facts{suspended, reachedStep(subscription.DunSuspend, 3, 5)}},
		{Name: "nobody gets a seat of what is suspended", Given: locked, When: subscription.Reserve{Person: "ann", At: after(4)}, Rejects: subscription.ErrSuspended},
		{Name: "R30 it can still be paid", Given: locked, When: pay, Then: facts{paying}},
		{Name: "which resumes it", Given: and(locked, paying), When: paid, Then: facts{back, subscription.Resumed{At: after(4)}}},
		{Name: "a second payment waits for the first", Given: and(locked, paying), When: subscription.Pay{Payment: "p2", At: after(4)}, Rejects: subscription.ErrChargePending},
		{Name: "nothing is asked of the payer while an administrator moves people away", Given: and(never, subscription.ControlTaken{Takeover: "t1", Admin: "gail"}),
			When: do(subscription.Duns, 1), Then: facts{reachedStep(subscription.DunRemind, 1, 3)}},
		{Name: "unpaid to the end it is disabled", Given: and(locked, reachedStep(subscription.DunRemind, 5, 7)), When: do(subscription.Disable, 7), Then: facts{disabledAt(after(7), subscription.EndPayment)}},
	})
}

// crowded lets more people hold seats than the unpaid term has.
func crowded(given facts) facts {
	smaller := given[1].(subscription.RenewalRequested)
	smaller.Quantity = 1
	return and(facts{february, smaller}, append(given[2:5:5], reserved("ann"), reserved("bob"))...)
}

// However long nobody looked, each step comes in its turn as of its own time.
func TestDunningAfterALongStop(t *testing.T) {
	for code, want := range map[string][]string{
		"card_declined": {"retry 3", "retry 7", "retry 14", "suspend 21", "retry 25", "disabled 30"},
		"expired_card":  {"remind 1", "suspend 3", "remind 5", "disabled 7"},
	} {
		s := subscription.Decider.Fold(subscription.State{}, unpaidBy(code, code == "card_declined")...)
		var got []string
		note := func(what string, at time.Time) {
			got = append(got, fmt.Sprintf("%s %d", what, at.Sub(february.End)/(24*time.Hour)))
		}
		for s.Ended != subscription.StatusDisabled {
			var c subscription.Command
			if next, ok := s.Due(); ok {
				c = subscription.Advance{Due: next, Zone: time.UTC, At: after(400)}
			} else {
				c = subscription.Declined{Key: subscription.ChargeKey("s1", s.Pending), Code: code, Retriable: true, At: after(400)}
			}
			events, err := subscription.Decider.Decide(s, c)
			require.NoError(t, err)
			require.NotEmpty(t, events)
			for _, e := range events {
				switch e := e.(type) {
				case subscription.DunningStepReached:
					note(string(e.Step), e.At)
				case subscription.Disabled:
					note("disabled", e.At)
				}
			}
			s = subscription.Decider.Fold(s, events...)
		}
		assert.Equal(t, want, got, code)
		assert.Empty(t, s.Suspended, "disabled says it already")
	}
}

func TestAChargebackEndsEverythingAtOnce(t *testing.T) {
	third := day("2026-02-03")
	back := subscription.ChargeBack{Dispute: "dp_1", Reference: "ch_1", Paid: "term/1", Amount: usd(50_00), Reason: "fraudulent", At: third}
	told := subscription.ChargedBack(back)
	over := facts{february, told, disabledAt(third, subscription.EndChargeback)}
	other := back
	other.Dispute = "dp_2"
	scheduled := subscription.SeatReductionScheduled{Change: "c1", Quantity: 2, EffectiveAt: february.End, At: february.Start}
	Run(t, subscription.Decider, []is{
		{Name: "access ends within a day", Given: facts{february}, When: back, Then: facts{told, disabledAt(third, subscription.EndChargeback)}},
		{Name: "told once", Given: over, When: back},
		{Name: "what has ended ends no more", Given: over, When: other, Then: facts{subscription.ChargedBack(other)}},
		{Name: "what was scheduled is gone", Given: facts{february, scheduled}, When: back, Then: facts{
			subscription.ScheduledChangeCancelled{Change: "c1", Cause: subscription.ChangeChargedBack, At: third}, told, disabledAt(third, subscription.EndChargeback)}},
		{Name: "a payment under way comes first", Given: facts{february, subscription.RenewalRequested{Period: march(5, 11_00)}}, When: back, Rejects: subscription.ErrChargePending},
		{Name: "of no subscription", When: back, Rejects: subscription.ErrUnknown},
		{Name: "of nothing", Given: facts{february}, When: subscription.ChargeBack{Dispute: "dp_1", Reference: "ch_1"}, Rejects: subscription.ErrRequest},
	})
}
