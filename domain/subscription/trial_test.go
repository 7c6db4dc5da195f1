package subscription_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"kassa/domain"
	. "kassa/domain/domaintest"
	"kassa/domain/subscription"
)

// tried is february as a trial of five seats that becomes paid by itself.
var tried = func() subscription.Provisioned {
	p := february
	p.UnitPrice, p.Price, p.CancellationUntil = usd(0), usd(0), february.End
	return p
}()

func trial(needsPaymentMethod bool) facts {
	p := tried
	p.RecurringBilling = needsPaymentMethod
	return facts{p, subscription.TrialStarted{
		End: p.End, NeedsPaymentMethod: needsPaymentMethod, UnitPrice: usd(11_00), PriceStream: "price-new", PriceRevision: 3, At: p.Start,
	}}
}

func and(given facts, more ...subscription.Event) facts {
	return append(given[:len(given):len(given)], more...)
}

func convert(id subscription.ChangeID, at time.Time) subscription.Convert {
	return subscription.Convert{Conversion: id, Card: true, Verdict: allowed, Zone: time.UTC, At: at}
}

// firstPaid is a term of a converted trial that begins at some instant.
func firstPaid(start, end time.Time) subscription.Period {
	p := march(5, 11_00)
	p.Start, p.End, p.NoticeAt = start, end, end.Add(-subscription.MonthlyNotice)
	return p
}

func TestTrialStarts(t *testing.T) {
	start := subscription.StartTrial{Provision: subscription.Provision(tried), NeedsPaymentMethod: true, Then: price(11_00)}
	free := start
	free.NeedsPaymentMethod = false
	paid, yearly := start, start
	paid.Price = usd(1)
	yearly.Then.Term = domain.Yearly
	Run(t, subscription.Decider, []is{
		{Name: "nothing is paid before its end", When: start, Then: trial(true)},
		{Name: "without a payment method no term follows", When: free, Then: trial(false)},
		{Name: "once", Given: trial(true), When: start},
		{Name: "a trial costs nothing", When: paid, Rejects: subscription.ErrMalformed},
		{Name: "and then the price of its term", When: yearly, Rejects: subscription.ErrMalformed},
	})
}

func TestTrialExtension(t *testing.T) {
	opens := february.End.Add(-subscription.ExtensionWindow)
	extend := func(id subscription.ChangeID, at time.Time) subscription.Command {
		return subscription.ExtendTrial{Extension: id, At: at}
	}
	extended := func(at time.Time) subscription.TrialExtended {
		return subscription.TrialExtended{Extension: "e1", End: february.End.Add(subscription.Extension), Previous: february.End, At: at}
	}
	asked := conversion("", february.End, day("2026-04-01"))
	Run(t, subscription.Decider, []is{
		{Name: "on the first instant of the fifteen days", Given: trial(true), When: extend("e1", opens), Then: facts{extended(opens)}},
		{Name: "not before", Given: trial(true), When: extend("e1", opens.Add(-1)), Rejects: subscription.ErrTrialEarly},
		{Name: "on the last instant of the trial", Given: trial(false), When: extend("e1", february.End.Add(-1)), Then: facts{extended(february.End.Add(-1))}},
		{Name: "not after", Given: trial(false), When: extend("e1", february.End), Rejects: subscription.ErrTrialOver},
		{Name: "once", Given: and(trial(true), extended(opens)), When: extend("e2", february.End.Add(20*24*time.Hour)), Rejects: subscription.ErrTrialExtended},
		{Name: "asked for again it is the same", Given: and(trial(true), extended(opens)), When: extend("e1", opens)},
		{Name: "only a trial", Given: facts{february}, When: extend("e1", opens), Rejects: subscription.ErrNoTrial},
		{Name: "not while it is being paid", Given: and(trial(true), asked), When: extend("e1", opens), Rejects: subscription.ErrChargePending},
		{Name: "an extension has an id", Given: trial(true), When: extend("", opens), Rejects: subscription.ErrRequest},
		{Name: "nothing unknown", When: extend("e1", opens), Rejects: subscription.ErrUnknown},
	})
}

// conversion asks for the first paid term.
func conversion(id subscription.ChangeID, start, end time.Time) subscription.ConversionRequested {
	return subscription.ConversionRequested{Conversion: id, Period: firstPaid(start, end), AnchorDay: start.Day(), Checks: allowed.Checks, At: start}
}

func converted(asked subscription.ConversionRequested, reference string) subscription.TrialConverted {
	return subscription.TrialConverted{
		Conversion: asked.Conversion, Period: asked.Period, AnchorDay: asked.AnchorDay,
		CancellationUntil: domain.CancellationUntil(asked.Start), Reference: reference,
	}
}

func ended(cause subscription.EndCause, checks []domain.Check) facts {
	return facts{
		subscription.TrialEnded{Cause: cause, Checks: checks, At: february.End},
		subscription.Expired{Cause: cause, At: february.End, NextAt: february.End.Add(subscription.Grace)},
	}
}

func TestTrialEndsOrBecomesPaid(t *testing.T) {
	end := february.End
	step := func(s subscription.Step, v domain.Verdict) subscription.Advance {
		return subscription.Advance{Due: subscription.Due{Step: s, At: end}, Verdict: v, Zone: time.UTC, At: end}
	}
	asked := conversion("", end, day("2026-04-01"))
	charged := subscription.Charged{Key: "s1/conversion/end", Amount: usd(55_00), Reference: "ch_1", At: end}
	declined := subscription.Declined{Key: "s1/conversion/end", Code: "expired_card", At: end}
	unpaid := subscription.ConversionDeclined{Code: "expired_card", At: end}
	off := subscription.RecurringBillingTurnedOff{EffectiveEnd: end, At: february.Start}
	paid := and(trial(true), asked, converted(asked, "ch_1"), subscription.RenewalPriceKept{Number: 3, UnitPrice: usd(11_00)})
	Run(t, subscription.Decider, []is{
		{Name: "with a payment method it is asked to be paid for", Given: trial(true), When: step(subscription.ToPaid, allowed), Then: facts{asked}},
		{Name: "once", Given: and(trial(true), asked), When: step(subscription.ToPaid, allowed)},
		{Name: "not before its end", Given: trial(true), When: subscription.Advance{Due: subscription.Due{Step: subscription.ToPaid, At: end}, Verdict: allowed, Zone: time.UTC, At: end.Add(-1)}},
		{Name: "not without a verdict", Given: trial(true), When: step(subscription.ToPaid, domain.Verdict{}), Rejects: subscription.ErrRequest},
		{Name: "the paid term begins once it is paid", Given: and(trial(true), asked), When: charged, Then: facts{converted(asked, "ch_1")}},
		{Name: "R41 where no purchase is allowed by then, it ends and nothing is charged", Given: trial(true), When: step(subscription.ToPaid, blocked), Then: ended(subscription.EndRefused, blocked.Checks)},
		{Name: "a card may be declined", Given: and(trial(true), asked), When: declined, Then: facts{unpaid}},
		{Name: "then it ends", Given: and(trial(true), asked, unpaid), When: step(subscription.Expire, domain.Verdict{}), Then: ended(subscription.EndPayment, nil)},
		{Name: "and is not asked to be paid for again", Given: and(trial(true), asked, unpaid), When: step(subscription.ToPaid, allowed)},
		{Name: "without a payment method it just ends", Given: trial(false), When: step(subscription.Expire, domain.Verdict{}), Then: ended(subscription.EndTrial, nil)},
		{Name: "and never becomes paid by itself", Given: trial(false), When: step(subscription.ToPaid, allowed)},
		{Name: "with recurring billing off it ends", Given: and(trial(true), off), When: step(subscription.Expire, domain.Verdict{}), Then: ended(subscription.EndBillingOff, nil)},
		{Name: "why it ended is why it is disabled", Given: and(trial(true), ended(subscription.EndRefused, blocked.Checks)...), When: subscription.Advance{
			Due: subscription.Due{Step: subscription.Disable, At: end.Add(subscription.Grace)}, Zone: time.UTC, At: end.Add(subscription.Grace),
		}, Then: facts{subscription.Disabled{Cause: subscription.EndRefused, At: end.Add(subscription.Grace), NextAt: end.Add(subscription.Grace + subscription.Retention)}}},
		{Name: "once paid it is renewed like any other", Given: paid, When: subscription.Advance{Due: subscription.Due{Step: subscription.Renew, At: day("2026-04-01")}, Zone: time.UTC, At: day("2026-04-01")},
			Then: facts{subscription.RenewalRequested{Period: subscription.Period{Number: 3, Start: day("2026-04-01"), End: day("2026-05-01"), UnitPrice: usd(11_00), PriceRevision: -1, Quantity: 5, Charge: usd(55_00), NoticeAt: day("2026-04-24")}}}},
	})
}

func TestTrialIsConverted(t *testing.T) {
	at := day("2026-02-11")
	asked := conversion("x1", at, day("2026-03-11"))
	noCard, refused := convert("x1", at), convert("x1", at)
	noCard.Card, refused.Verdict = false, blocked
	refusal := subscription.ConversionRefused{Conversion: "x1", Code: "policy_disabled", Rule: "R41", MessageKey: "contact_it_admin", CanRequest: true, Checks: blocked.Checks, At: at}
	declined := subscription.ConversionDeclined{Conversion: "x1", Code: "expired_card", At: at}
	over := and(trial(false), ended(subscription.EndTrial, nil)...)
	late := february.End.Add(subscription.Grace - time.Hour)
	afterwards := conversion("x1", late, late.AddDate(0, 0, 30))
	unasked := convert("", at)
	Run(t, subscription.Decider, []is{
		{Name: "the first paid term begins now", Given: trial(false), When: convert("x1", at), Then: facts{asked}},
		{Name: "asked for again it is the same", Given: and(trial(false), asked), When: convert("x1", at)},
		{Name: "one payment at a time", Given: and(trial(false), asked), When: convert("x2", at), Rejects: subscription.ErrChargePending},
		{Name: "R41 a refusal is recorded", Given: trial(false), When: refused, Then: facts{refusal}},
		{Name: "once", Given: and(trial(false), refusal), When: refused},
		{Name: "a card is needed", Given: trial(false), When: noCard, Rejects: subscription.ErrNoCard},
		{Name: "a declined card ends nothing", Given: and(trial(true), asked, declined), When: subscription.Advance{
			Due: subscription.Due{Step: subscription.ToPaid, At: february.End}, Verdict: allowed, Zone: time.UTC, At: february.End,
		}, Then: facts{conversion("", february.End, day("2026-04-01"))}},
		{Name: "also for thirty days after its end", Given: over, When: convert("x1", late), Then: facts{afterwards}},
		{Name: "no longer", Given: over, When: convert("x1", february.End.Add(subscription.Grace)), Rejects: subscription.ErrTrialOver},
		{Name: "not between its end and what comes of that", Given: trial(true), When: convert("x1", february.End), Rejects: subscription.ErrTrialOver},
		{Name: "what is paid is no trial", Given: facts{february}, When: convert("x1", at), Rejects: subscription.ErrNoTrial},
		{Name: "a conversion has an id", Given: trial(false), When: unasked, Rejects: subscription.ErrRequest},
		{Name: "nothing unknown", When: convert("x1", at), Rejects: subscription.ErrUnknown},
	})
}

func TestTrialIsChangedLittle(t *testing.T) {
	at := day("2026-02-20")
	stop := cancel(at)
	cancelled := subscription.Decider.Fold(subscription.State{}, trial(true)...)
	events, err := subscription.Decider.Decide(cancelled, stop)
	assert.NoError(t, err)
	assert.Equal(t, []string{"subscription.cancelled.v1", "subscription.trial_ended.v1", "subscription.disabled.v1"}, []string{events[0].EventType(), events[1].EventType(), events[2].EventType()},
		"at any time, by whoever tries it")
	assert.Equal(t, usd(0), events[0].(subscription.Cancelled).Refund)
	gone := and(trial(true), events...)
	Run(t, subscription.Decider, []is{
		{Name: "no more seats", Given: trial(true), When: addSeats("a1", 1, at), Rejects: subscription.ErrTrialSeats},
		{Name: "nor fewer", Given: trial(true), When: remove("r1", 1, at), Rejects: subscription.ErrTrialSeats},
		{Name: "nor from its end on", Given: trial(true), When: subscription.ScheduleReduction{Change: "c1", Quantity: 1, At: at}, Rejects: subscription.ErrTrialSeats},
		{Name: "R28 seats are given to people", Given: trial(true), When: subscription.Reserve{Person: "ann", At: at}, Then: facts{subscription.SeatReserved{Person: "ann", At: at}}},
		{Name: "recurring billing is turned off", Given: trial(true), When: subscription.TurnRecurringBilling{At: at}, Then: facts{subscription.RecurringBillingTurnedOff{EffectiveEnd: february.End, At: at}}},
		{Name: "not on without a payment method", Given: trial(false), When: subscription.TurnRecurringBilling{On: true, At: at}, Rejects: subscription.ErrTrialFree},
		{Name: "a cancelled trial is not converted", Given: gone, When: convert("x1", at), Rejects: subscription.ErrTrialOver},
		{Name: "nor extended", Given: gone, When: subscription.ExtendTrial{Extension: "e1", At: at}, Rejects: subscription.ErrTrialOver},
		{Name: "what was a trial is not reactivated but bought", Given: and(trial(false), ended(subscription.EndTrial, nil)...),
			When: subscription.Reactivate{Reactivation: "x1", Verdict: allowed, Zone: time.UTC, At: february.End}, Rejects: subscription.ErrTrialOver},
	})
}

func TestTrialStatus(t *testing.T) {
	s := subscription.Decider.Fold(subscription.State{}, trial(true)...)
	assert.Equal(t, subscription.StatusTrial, s.Status(february.Start))
	assert.Equal(t, subscription.StatusTrial, s.Status(february.End.Add(-1)))
	assert.Equal(t, subscription.StatusExpired, s.Status(february.End))
	asked := conversion("", february.End, day("2026-04-01"))
	s = subscription.Decider.Fold(s, asked, converted(asked, "ch_1"))
	assert.Equal(t, subscription.StatusActive, s.Status(february.End))
	assert.Zero(t, s.Trial)
}
