package subscription_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	. "kassa/domain/domaintest"
	"kassa/domain/subscription"
)

func price(minor int64) subscription.Price {
	return subscription.Price{Unit: usd(minor), Term: domain.Monthly, Stream: "price-new", Revision: 3}
}

func renew(at time.Time, p subscription.Price) subscription.Advance {
	return subscription.Advance{Due: subscription.Due{Step: subscription.Renew, At: february.End}, Price: p, Zone: time.UTC, At: at}
}

// march is the term after february, at the same price.
func march(quantity, minor int64) subscription.Period {
	return subscription.Period{
		Number: 2, Start: february.End, End: day("2026-04-01"), UnitPrice: usd(minor), PriceStream: "price-new", PriceRevision: 3,
		Quantity: quantity, Charge: usd(minor * quantity), NoticeAt: day("2026-03-25"),
	}
}

func renewed(p subscription.Period, reference string) subscription.Renewed {
	return subscription.Renewed{Period: p, CancellationUntil: domain.CancellationUntil(p.Start), Reference: reference}
}

func TestRenewal(t *testing.T) {
	asked := subscription.RenewalRequested{Period: march(5, 11_00)}
	charged := subscription.Charged{Key: "s1/renewal/2", Amount: usd(55_00), Reference: "ch_2", At: february.End}
	declined := subscription.Declined{Key: "s1/renewal/2", Code: "expired_card", At: february.End}
	unpaid := subscription.RenewalDeclined{Number: 2, Code: "expired_card", At: february.End}
	scheduled := subscription.SeatReductionScheduled{Change: "c1", Quantity: 2, EffectiveAt: february.End, At: february.Start}
	held := facts{february, scheduled, reserved("ann"), reserved("bob"), reserved("cid")}
	kept := march(5, 10_00)
	kept.PriceStream, kept.PriceRevision = "", -1
	central, agreed := february, asked
	central.Channel, central.Payer, agreed.NoticeAt = domain.Central, "", time.Time{}
	yearly, euros, unknown := price(11_00), price(11_00), february
	yearly.Term, euros.Unit.Currency = domain.Yearly, "EUR"
	unknown.Term = "P3Y"
	soon := february.End.Add(time.Minute)
	amount := charged
	amount.Amount = usd(50_00)
	nowhere := renew(soon, price(11_00))
	nowhere.Zone = nil
	Run(t, subscription.Decider, []is{
		{Name: "R36 the next term has the price of its day", Given: facts{february}, When: renew(soon, price(11_00)), Then: facts{asked}},
		{Name: "it begins once it is paid", Given: facts{february, asked}, When: charged, Then: facts{renewed(asked.Period, "ch_2")}},
		{Name: "not before it is due", Given: facts{february}, When: renew(february.End.Add(-1), price(11_00))},
		{Name: "once", Given: facts{february, asked}, When: renew(soon, price(11_00))},
		{Name: "not again after it began", Given: facts{february, asked, renewed(asked.Period, "ch_2")}, When: renew(soon, price(11_00))},
		{Name: "R58 the old price holds on where no new one is published", Given: facts{february}, When: renew(soon, subscription.Price{}), Then: facts{subscription.RenewalRequested{Period: kept}}},
		{Name: "R36 and where it is for another term", Given: facts{february}, When: renew(soon, yearly), Then: facts{subscription.RenewalRequested{Period: kept}}},
		{Name: "R36 or in another currency", Given: facts{february}, When: renew(soon, euros), Then: facts{subscription.RenewalRequested{Period: kept}}},
		{Name: "R46 by agreement nothing is charged", Given: facts{central}, When: renew(soon, price(11_00)), Then: facts{agreed, renewed(agreed.Period, "")}},
		{Name: "with the seats that were scheduled", Given: facts{february, scheduled}, When: renew(soon, price(11_00)), Then: facts{subscription.RenewalRequested{Period: march(2, 11_00)}}},
		{Name: "but never fewer than people hold", Given: held, When: renew(soon, price(11_00)), Then: facts{subscription.RenewalRequested{Period: march(3, 11_00)}}},
		{Name: "and nobody takes one that the next term lacks", Given: append(held[:len(held):len(held)], subscription.RenewalRequested{Period: march(3, 11_00)}),
			When: subscription.Reserve{Person: "dan", At: soon}, Rejects: subscription.ErrNoSeat},
		{Name: "the schedule stands while it is paid", Given: facts{february, scheduled, subscription.RenewalRequested{Period: march(2, 11_00)}},
			When: subscription.CancelScheduledChange{Change: "c1", At: soon}, Rejects: subscription.ErrChargePending},
		{Name: "a card may be declined", Given: facts{february, asked}, When: declined, Then: facts{unpaid}},
		{Name: "once", Given: facts{february, asked, unpaid}, When: declined},
		{Name: "a charge is heard once", Given: facts{february, asked, renewed(asked.Period, "ch_2")}, When: charged},
		{Name: "to the cent", Given: facts{february, asked}, When: amount, Rejects: subscription.ErrChargeAmount},
		{Name: "not after it was declined", Given: facts{february, asked, unpaid}, When: charged, Rejects: subscription.ErrChargeUnexpected},
		{Name: "nor declined after it was charged", Given: facts{february, asked, renewed(asked.Period, "ch_2")}, When: declined, Rejects: subscription.ErrChargeUnexpected},
		{Name: "not unless it was asked for", Given: facts{february}, When: charged, Rejects: subscription.ErrChargeUnexpected},
		{Name: "nor declined", Given: facts{february}, When: declined, Rejects: subscription.ErrChargeUnexpected},
		{Name: "a decline has its reason", Given: facts{february, asked}, When: subscription.Declined{Key: "s1/renewal/2"}, Rejects: subscription.ErrRequest},
		{Name: "in the billing zone", Given: facts{february}, When: nowhere, Rejects: subscription.ErrRequest},
		{Name: "of a term that has a length", Given: facts{unknown}, When: renew(soon, price(11_00)), Rejects: domain.ErrTermUnknown},
		{Name: "of a subscription", When: renew(soon, price(11_00)), Rejects: subscription.ErrUnknown},
		{Name: "charged of one", When: charged, Rejects: subscription.ErrUnknown},
		{Name: "declined of one", When: declined, Rejects: subscription.ErrUnknown},
	})
	s := subscription.Decider.Fold(subscription.State{}, february, scheduled, asked, renewed(march(2, 11_00), "ch_2"))
	assert.Equal(t, int64(2), s.Quantity)
	assert.Zero(t, s.Scheduled, "it has happened")
	assert.Equal(t, subscription.Due{Step: subscription.Announce, At: day("2026-03-25")}, due(t, s))
}

func due(t *testing.T, s subscription.State) subscription.Due {
	t.Helper()
	next, ok := s.Due()
	require.True(t, ok, "nothing is due")
	return next
}

// The term after the next begins on its anchor day, whatever day the next ends
// on, and can again be cancelled for seven days.
func TestRenewalKeepsTheAnchorDay(t *testing.T) {
	s := subscription.Decider.Fold(subscription.State{}, bought(1, usd(10_00), domain.Monthly, "2026-01-31", "2026-02-28"))
	for n, want := range []string{"2026-03-31", "2026-04-30", "2026-05-31"} {
		for s.Pending.Kind == "" {
			events, err := subscription.Decider.Decide(s, subscription.Advance{Due: due(t, s), Price: price(10_00), Zone: time.UTC, At: s.End})
			require.NoError(t, err)
			s = subscription.Decider.Fold(s, events...)
		}
		events, err := subscription.Decider.Decide(s, subscription.Charged{Key: subscription.ChargeKey("s1", s.Pending), Amount: s.Pending.Amount, Reference: "ch", At: s.End})
		require.NoError(t, err)
		s = subscription.Decider.Fold(s, events...)
		assert.Equal(t, day(want), s.End)
		assert.Equal(t, n+2, s.TermNumber)
		assert.Equal(t, domain.CancellationUntil(s.Start), s.CancelUntil)
	}
	_, err := subscription.Decider.Decide(s, cancel(s.Start.AddDate(0, 0, 3)))
	assert.NoError(t, err, "R32 within seven days of a renewal, too")
}

func TestRecurringBilling(t *testing.T) {
	mid := day("2026-02-15")
	turn := func(on bool, at time.Time) subscription.Command {
		return subscription.TurnRecurringBilling{On: on, At: at}
	}
	off := subscription.RecurringBillingTurnedOff{EffectiveEnd: february.End, At: mid}
	on := subscription.RecurringBillingTurnedOn{RenewsAt: february.End, At: mid}
	asked := subscription.RenewalRequested{Period: march(5, 11_00)}
	Run(t, subscription.Decider, []is{
		{Name: "is turned off", Given: facts{february}, When: turn(false, mid), Then: facts{off}},
		{Name: "once", Given: facts{february, off}, When: turn(false, mid)},
		{Name: "and on again", Given: facts{february, off}, When: turn(true, mid), Then: facts{on}},
		{Name: "where it is on already nothing happens", Given: facts{february}, When: turn(true, mid)},
		{Name: "only while active", Given: facts{february}, When: turn(false, february.End), Rejects: subscription.ErrNotActive},
		{Name: "not while the next term is being paid", Given: facts{february, asked}, When: turn(false, mid), Rejects: subscription.ErrChargePending},
		{Name: "of a subscription", When: turn(false, mid), Rejects: subscription.ErrUnknown},
	})
	s := subscription.Decider.Fold(subscription.State{}, february, off)
	assert.Equal(t, subscription.StatusActive, s.Status(february.End.Add(-1)), "it does not cancel")
	assert.Equal(t, subscription.Due{Step: subscription.Expire, At: february.End}, due(t, s))
}

func TestReactivation(t *testing.T) {
	off := subscription.RecurringBillingTurnedOff{EffectiveEnd: february.End, At: february.Start}
	expired := subscription.Expired{Cause: subscription.EndBillingOff, At: february.End, NextAt: day("2026-03-31")}
	gone := disabledAt(day("2026-03-31"), subscription.EndBillingOff)
	deleted := subscription.Deleted{Cause: subscription.EndBillingOff, At: gone.NextAt}
	ended := facts{february, off, expired}
	at := day("2026-03-10")
	reactivate := func(at time.Time) subscription.Reactivate {
		return subscription.Reactivate{Reactivation: "x1", Price: price(11_00), Verdict: allowed, Zone: time.UTC, At: at}
	}
	period := march(5, 11_00)
	period.Start, period.End, period.NoticeAt = at, day("2026-04-10"), day("2026-04-03")
	asked := subscription.ReactivationRequested{Reactivation: "x1", Period: period, AnchorDay: 10, Checks: allowed.Checks}
	active := subscription.Reactivated{
		Reactivation: "x1", Period: period, AnchorDay: 10, RecurringBilling: true,
		CancellationUntil: domain.CancellationUntil(at), Reference: "ch_x1",
	}
	forbidden, unjudged := reactivate(at), reactivate(at)
	forbidden.Verdict, unjudged.Verdict = blocked, domain.Verdict{}
	refusal := subscription.ReactivationRefused{Reactivation: "x1", Code: "policy_disabled", Rule: "R41", MessageKey: "contact_it_admin", CanRequest: true, Checks: blocked.Checks, At: at}
	again := reactivate(at)
	again.Reactivation = "x2"
	anew := asked
	anew.Reactivation = "x2"
	refused := subscription.ReactivationDeclined{Reactivation: "x1", Code: "card_declined", Retriable: true, At: at}
	agreed, by, central := active, asked, february
	agreed.Reference = ""
	central.Channel, central.Payer = domain.Central, ""
	by.NoticeAt, agreed.NoticeAt = time.Time{}, time.Time{} // the agreement says what it costs
	from := day("2026-05-31")
	later := asked
	later.Start, later.End, later.NoticeAt, later.AnchorDay = from, day("2026-06-30"), day("2026-06-23"), 31
	nameless, elsewhere := reactivate(at), reactivate(at)
	nameless.Reactivation, elsewhere.Zone = "", nil
	Run(t, subscription.Decider, []is{
		{Name: "a term begins this day", Given: ended, When: reactivate(at), Then: facts{asked}},
		{Name: "once it is paid", Given: append(ended[:3:3], asked), When: subscription.Charged{Key: "s1/reactivation/x1", Amount: usd(55_00), Reference: "ch_x1", At: at}, Then: facts{active}},
		{Name: "not when the card is declined", Given: append(ended[:3:3], asked), When: subscription.Declined{Key: "s1/reactivation/x1", Code: "card_declined", Retriable: true, At: at}, Then: facts{refused}},
		{Name: "a retry asks for nothing while it is pending", Given: append(ended[:3:3], asked), When: reactivate(at)},
		{Name: "nor after", Given: append(ended[:3:3], asked, active), When: reactivate(at)},
		{Name: "nor once it was declined", Given: append(ended[:3:3], asked, refused), When: reactivate(at)},
		{Name: "one payment at a time", Given: append(ended[:3:3], asked), When: again, Rejects: subscription.ErrChargePending},
		{Name: "R41 it is bought anew, so a rule may forbid it, which is recorded", Given: ended, When: forbidden, Then: facts{refusal}},
		{Name: "once", Given: append(ended[:3:3], refusal), When: forbidden},
		{Name: "R41 a later one may be allowed", Given: append(ended[:3:3], refusal), When: again, Then: facts{anew}},
		{Name: "not without a verdict", Given: ended, When: unjudged, Rejects: subscription.ErrRequest},
		{Name: "R46 by agreement nothing is charged", Given: facts{central, off, expired}, When: reactivate(at), Then: facts{by, agreed}},
		{Name: "also from disabled", Given: append(ended[:3:3], gone), When: reactivate(from), Then: facts{later}},
		{Name: "not what should be deleted by now", Given: append(ended[:3:3], gone), When: reactivate(gone.NextAt), Rejects: subscription.ErrDeleted},
		{Name: "not what is", Given: append(ended[:3:3], gone, deleted), When: reactivate(from), Rejects: subscription.ErrDeleted},
		{Name: "not what has not ended", Given: facts{february}, When: reactivate(at), Rejects: subscription.ErrNotEnded},
		{Name: "without a name", Given: ended, When: nameless, Rejects: subscription.ErrRequest},
		{Name: "counted in no zone", Given: ended, When: elsewhere, Rejects: subscription.ErrRequest},
		{Name: "of a subscription", When: reactivate(at), Rejects: subscription.ErrUnknown},
	})
	third := day("2026-02-03")
	for name, given := range map[string]facts{
		"expired":   ended,
		"unpaid":    {february, subscription.RenewalRequested{Period: march(5, 11_00)}, subscription.RenewalDeclined{Number: 2, Code: "expired_card"}, expired},
		"cancelled": {february, cancelled(third, usd(0), 0, 28), disabledAt(third, subscription.EndCancelled)},
	} {
		t.Run("what was "+name+" goes on as any other", func(t *testing.T) {
			s := subscription.Decider.Fold(subscription.State{}, append(given, asked, active)...)
			assert.Equal(t, subscription.StatusActive, s.Status(at))
			assert.Equal(t, subscription.Due{Step: subscription.Announce, At: period.NoticeAt}, due(t, s))
			events, err := subscription.Decider.Decide(s, cancel(at))
			assert.NoError(t, err, "R32 within seven days of it")
			assert.NotEmpty(t, events)
		})
	}
}

// Whoever pays late gets the term that they would have had.
func TestR30_AnUnpaidTermIsPaid(t *testing.T) {
	asked := subscription.RenewalRequested{Period: march(5, 11_00)}
	unpaid := facts{february, asked, subscription.RenewalDeclined{Number: 2, Code: "expired_card", At: february.End},
		subscription.Expired{Cause: subscription.EndPayment, At: february.End, NextAt: february.End.Add(subscription.Grace)}}
	soon := february.End.AddDate(0, 0, 3)
	pay := subscription.Pay{Payment: "p1", At: soon}
	again := subscription.ReactivationRequested{Reactivation: "p1", Period: asked.Period, AnchorDay: 1}
	charged := subscription.Charged{Key: "s1/reactivation/p1", Amount: usd(55_00), Reference: "ch_3", At: soon}
	paid := subscription.Reactivated{Reactivation: "p1", Period: asked.Period, AnchorDay: 1, RecurringBilling: true,
		CancellationUntil: domain.CancellationUntil(february.End), Reference: "ch_3"}
	after := func(more ...subscription.Event) facts { return append(unpaid[:len(unpaid):len(unpaid)], more...) }
	smaller := march(2, 11_00)
	crowded := facts{february, subscription.RenewalRequested{Period: smaller}, unpaid[2], unpaid[3], reserved("ann"), reserved("bob"), reserved("cid")}
	Run(t, subscription.Decider, []is{
		{Name: "R30 the term that was not paid is asked for as it was", Given: unpaid, When: pay, Then: facts{again}},
		{Name: "R30 also before it has expired", Given: unpaid[:3], When: subscription.Pay{Payment: "p1", At: february.End}, Then: facts{again}},
		{Name: "once", Given: after(again), When: pay},
		{Name: "it begins where it should have begun", Given: after(again), When: charged, Then: facts{paid}},
		{Name: "a retry after that changes nothing", Given: after(again, paid), When: pay},
		{Name: "a paid one is not paid again", Given: after(again, paid), When: subscription.Pay{Payment: "p2", At: soon}, Rejects: subscription.ErrNothingToPay},
		{Name: "nor one that nobody declined", Given: facts{february}, When: pay, Rejects: subscription.ErrNothingToPay},
		{Name: "a declined card may be followed by another", Given: after(again, subscription.ReactivationDeclined{Reactivation: "p1", Code: "card_declined", At: soon}),
			When: subscription.Pay{Payment: "p2", At: soon}, Then: facts{subscription.ReactivationRequested{Reactivation: "p2", Period: asked.Period, AnchorDay: 1}}},
		{Name: "one at a time", Given: after(again), When: subscription.Pay{Payment: "p2", At: soon}, Rejects: subscription.ErrChargePending},
		{Name: "not once everybody lost access", Given: unpaid, When: subscription.Pay{Payment: "p1", At: february.End.Add(subscription.Grace)}, Rejects: subscription.ErrNothingToPay},
		{Name: "not for fewer seats than people hold by now", Given: crowded, When: pay, Rejects: subscription.ErrSeatsAssigned},
		{Name: "a payment has an id", Given: unpaid, When: subscription.Pay{At: soon}, Rejects: subscription.ErrRequest},
		{Name: "of something", When: pay, Rejects: subscription.ErrUnknown},
	})
	s := subscription.Decider.Fold(subscription.State{}, after(again, paid)...)
	assert.Equal(t, march(5, 11_00).End, s.End, "the calendar goes on")
	assert.Equal(t, subscription.StatusActive, s.Status(soon))
}
