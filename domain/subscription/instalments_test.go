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

// year is five seats for a year that begins as february does, 10.00 each a month.
var year = inMonths(bought(5, usd(10_00), domain.Yearly, "2026-02-01", "2027-02-01"))

// inMonths lets what was bought for a year be paid in months.
func inMonths(p subscription.Provisioned) subscription.Provisioned {
	p.Frequency, p.PaidUntil = domain.Monthly, domain.Monthly.End(p.Start, p.AnchorDay, time.UTC)
	return p
}

// instalment is the nth payment of year, for so many seats.
func instalment(n int, seats int64) subscription.Instalment {
	return subscription.Instalment{Payment: n, Period: subscription.Period{
		Number: 1, Start: domain.Monthly.Nth(year.Start, n-1, 1, time.UTC), End: domain.Monthly.Nth(year.Start, n, 1, time.UTC),
		UnitPrice: usd(10_00), PriceRevision: -1, Quantity: seats, Charge: usd(10_00 * seats),
	}}
}

func askedFor(i subscription.Instalment) subscription.InstalmentRequested {
	return subscription.InstalmentRequested{Instalment: i}
}

func paidFor(i subscription.Instalment) subscription.InstalmentPaid {
	return subscription.InstalmentPaid{Instalment: i, Reference: fmt.Sprintf("ch_%d", i.Payment)}
}

// months is year with so many of its payments made.
func months(n int) (given facts) {
	given = facts{year}
	for i := 2; i <= n; i++ {
		given = append(given, askedFor(instalment(i, 5)), paidFor(instalment(i, 5)))
	}
	return given
}

func TestAYearIsPaidInMonths(t *testing.T) {
	at := func(n int) time.Time { return instalment(n, 5).Start }
	bill := func(n int) subscription.Command {
		return subscription.Advance{Due: subscription.Due{Step: subscription.Bill, At: at(n)}, Zone: time.UTC, At: at(n)}
	}
	charged := subscription.Charged{Key: "s1/instalment/1-2", Amount: usd(50_00), Reference: "ch_2", At: at(2)}
	off := subscription.RecurringBillingTurnedOff{EffectiveEnd: year.End, At: at(1)}
	central := year
	central.Channel, central.Payer = domain.Central, ""
	agreed := paidFor(instalment(2, 5))
	agreed.Reference = ""
	second := year.Start.AddDate(0, 0, 1)
	grown := requested("a1", 2, 7, usd(20_00), 28, 28, year.Start)
	dear := year
	dear.UnitPrice = usd(1 << 62)
	renewal := subscription.Period{
		Number: 2, Start: year.End, End: day("2028-02-01"), PaidUntil: day("2027-03-01"), UnitPrice: usd(11_00), PriceStream: "price-new-P1M", PriceRevision: 4,
		Quantity: 5, Charge: usd(55_00), NoticeAt: day("2028-01-02"),
	}
	monthly := subscription.Price{Unit: usd(11_00), Term: domain.Yearly, Frequency: domain.Monthly, Stream: "price-new-P1M", Revision: 4}
	whole := monthly
	whole.Frequency = ""
	kept := renewal
	kept.UnitPrice, kept.Charge, kept.PriceStream, kept.PriceRevision = usd(10_00), usd(50_00), "", -1
	renew := func(p subscription.Price) subscription.Command {
		return subscription.Advance{Due: subscription.Due{Step: subscription.Renew, At: year.End}, Price: p, Zone: time.UTC, At: year.End}
	}
	malformed := func(change func(*subscription.Provision)) subscription.Command {
		c := subscription.Provision(year)
		change(&c)
		return c
	}
	Run(t, subscription.Decider, []is{
		{Name: "a year begins with its first month paid", When: subscription.Provision(year), Then: facts{year}},
		{Name: "no month is paid in months", When: malformed(func(c *subscription.Provision) { c.Term = domain.Monthly }), Rejects: subscription.ErrMalformed},
		{Name: "nor a year in years", When: malformed(func(c *subscription.Provision) { c.Frequency = domain.Yearly }), Rejects: subscription.ErrMalformed},
		{Name: "the first payment is not all of it", When: malformed(func(c *subscription.Provision) { c.PaidUntil = c.End }), Rejects: subscription.ErrMalformed},
		{Name: "the next is asked for when its month begins", Given: facts{year}, When: bill(2), Then: facts{askedFor(instalment(2, 5))}},
		{Name: "not before", Given: facts{year}, When: subscription.Advance{Due: subscription.Due{Step: subscription.Bill, At: at(2)}, Zone: time.UTC, At: at(2).Add(-1)}},
		{Name: "once", Given: and(facts{year}, askedFor(instalment(2, 5))), When: bill(2)},
		{Name: "not once more when it is paid", Given: months(2), When: bill(2)},
		{Name: "and not out of turn", Given: facts{year}, When: bill(3)},
		{Name: "it is paid", Given: and(facts{year}, askedFor(instalment(2, 5))), When: charged, Then: facts{paidFor(instalment(2, 5))}},
		{Name: "heard once", Given: months(2), When: charged},
		{Name: "R58 recurring billing off changes nothing before the end", Given: and(facts{year}, off), When: bill(2), Then: facts{askedFor(instalment(2, 5))}},
		{Name: "R46 by agreement nothing is charged", Given: facts{central}, When: bill(2), Then: facts{askedFor(instalment(2, 5)), agreed}},
		{Name: "it is for all the seats that there are", Given: facts{year, grown, added(grown)}, When: bill(2), Then: facts{askedFor(instalment(2, 7))}},
		{Name: "and no more than can be billed", Given: facts{dear}, When: bill(2), Rejects: domain.ErrAmountTooLarge},
		{Name: "in the billing zone", Given: facts{year}, When: subscription.Advance{Due: subscription.Due{Step: subscription.Bill, At: at(2)}, At: at(2)}, Rejects: subscription.ErrRequest},
		{Name: "nobody changes seats between its day and its payment", Given: facts{year}, When: addSeats("a1", 1, at(2)), Rejects: subscription.ErrChargePending},
		{Name: "the twelfth is the last", Given: months(12), When: bill(13)},
		{Name: "R36 the next year begins with its first month, at the price of its day", Given: months(12), When: renew(monthly), Then: facts{subscription.RenewalRequested{Period: renewal}}},
		{Name: "R36 what a whole year costs at once is no price of a month", Given: months(12), When: renew(whole), Then: facts{subscription.RenewalRequested{Period: kept}}},
		{Name: "R32 cancelled in seven days the month is refunded", Given: facts{year}, When: cancel(second), Then: facts{
			cancelled(second, usd(46_43), 26, 28, subscription.RefundLine{Refund: "x1/1", Seats: 5, Rule: subscription.RefundByDays, Days: 26, OfDays: 28, Amount: usd(46_43)}),
			disabledAt(second, subscription.EndCancelled)}},
		{Name: "and nothing more is paid", Given: facts{year, cancelled(second, usd(0), 0, 28), disabledAt(second, subscription.EndCancelled)}, When: bill(2)},
		{Name: "later months have no such days", Given: months(2), When: cancel(at(2)), Rejects: subscription.ErrWindowClosed},
		{Name: "once an administrator has taken control nothing is asked of the payer", Given: and(facts{year}, off, taken(takeControl("t1", subscription.TakeoverMove, second))), When: bill(2)},
		{Name: "it ends with what is paid", Given: and(facts{year}, off, taken(takeControl("t1", subscription.TakeoverMove, second))),
			When: subscription.Advance{Due: subscription.Due{Step: subscription.Expire, At: at(2)}, Zone: time.UTC, At: at(2)},
			Then: facts{subscription.Expired{Cause: subscription.EndTakeover, At: at(2), NextAt: at(2).Add(subscription.Grace)}}},
	})
}

// Each month is as long as the calendar says, from the anchor day of the year.
func TestMonthsOfAYearFollowTheAnchorDay(t *testing.T) {
	for from, want := range map[string][]string{
		"2026-01-31": {"2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30", "2026-07-31", "2026-08-31", "2026-09-30", "2026-10-31", "2026-11-30", "2026-12-31", "2027-01-31"},
		"2027-08-29": {"2027-09-29", "2027-10-29", "2027-11-29", "2027-12-29", "2028-01-29", "2028-02-29", "2028-03-29", "2028-04-29", "2028-05-29", "2028-06-29", "2028-07-29", "2028-08-29"},
		"2028-02-29": {"2028-03-29", "2028-04-29", "2028-05-29", "2028-06-29", "2028-07-29", "2028-08-29", "2028-09-29", "2028-10-29", "2028-11-29", "2028-12-29", "2029-01-29", "2029-02-28"},
	} {
		p := bought(3, usd(33_33), domain.Yearly, from, "2030-01-01")
		p.End = domain.Yearly.End(p.Start, p.AnchorDay, time.UTC)
		s := subscription.Decider.Fold(subscription.State{}, inMonths(p))
		got, paid := []string{s.PaidUntil.Format(time.DateOnly)}, s.Batches[0].Paid.Minor
		for due(t, s).Step == subscription.Bill {
			s = pays(t, s)
			got, paid = append(got, s.PaidUntil.Format(time.DateOnly)), paid+s.Batches[0].Paid.Minor
		}
		assert.Equal(t, want, got)
		assert.Equal(t, subscription.Due{Step: subscription.Renew, At: s.End}, due(t, s))
		assert.Equal(t, int64(12*3*33_33), paid, "twelve payments are the commitment, to the cent")
	}
}

// pays takes the step that is due and has what it asks for charged.
func pays(t *testing.T, s subscription.State) subscription.State {
	t.Helper()
	next := due(t, s)
	events, err := subscription.Decider.Decide(s, subscription.Advance{Due: next, Zone: time.UTC, At: next.At})
	require.NoError(t, err)
	s = subscription.Decider.Fold(s, events...)
	events, err = subscription.Decider.Decide(s, subscription.Charged{
		Key: subscription.ChargeKey("s1", s.Pending), Amount: s.Pending.Amount, Reference: "ch_" + s.Pending.ID, At: next.At,
	})
	require.NoError(t, err)
	return subscription.Decider.Fold(s, events...)
}

// The vectors of seats that change within a year that is paid in months.
func TestSeatsOfAYearInMonths(t *testing.T) {
	grown := requested("a1", 2, 7, usd(5_00), 7, 28, day("2026-02-22"))
	late := requested("a2", 1, 6, usd(36), 1, 28, day("2026-02-28"))
	over := facts{year, late, added(late), askedFor(instalment(2, 6)), paidFor(instalment(2, 6))}
	third := day("2026-03-03")
	half := requested("a1", 1, 6, usd(5_16), 16, 31, day("2026-03-16"))
	line := func(payment int, charge string, days, of int64, amount domain.Money) subscription.RefundLine {
		return subscription.RefundLine{Refund: "r1/1", Addition: "a2", Payment: payment, Seats: 1, Rule: subscription.RefundByDays, Days: days, OfDays: of, Amount: amount, Charge: charge}
	}
	Run(t, subscription.Decider, []is{
		{Name: "more are charged for what is left of the month", Given: facts{year}, When: addSeats("a1", 2, day("2026-02-22")), Then: facts{grown}},
		{Name: "whichever month it is", Given: months(2), When: addSeats("a1", 1, day("2026-03-16")), Then: facts{half}},
		{Name: "fewer are refunded for it", Given: facts{year}, When: remove("r1", 2, day("2026-02-03")), Then: facts{subscription.SeatsRemoved{
			Removal: "r1", Delta: 2, Quantity: 3, Refund: usd(17_86), At: day("2026-02-03"),
			Lines: []subscription.RefundLine{{Refund: "r1/1", Seats: 2, Rule: subscription.RefundByDays, Days: 25, OfDays: 28, Amount: usd(17_86)}}}}},
		{Name: "within the days of their own, out of what paid for them last", Given: over, When: remove("r1", 1, third), Then: facts{subscription.SeatsRemoved{
			Removal: "r1", Delta: 1, Quantity: 5, Refund: usd(9_03), At: third, Lines: []subscription.RefundLine{line(2, "ch_2", 28, 31, usd(9_03))}}}},
		{Name: "and no others", Given: over, When: remove("r1", 2, third), Rejects: subscription.ErrSeatsSettled},
		{Name: "not after those days", Given: over, When: remove("r1", 1, day("2026-03-08")), Rejects: subscription.ErrSeatsSettled},
	})
	s := subscription.Decider.Fold(subscription.State{}, append(over, subscription.SeatsRemoved{
		Removal: "r1", Delta: 1, Quantity: 5, Refund: usd(9_03), At: third, Lines: []subscription.RefundLine{line(2, "ch_2", 28, 31, usd(9_03))}})...)
	assert.Equal(t, usd(50_00), pays(t, s).Batches[0].Paid, "the next payment is for those that are left")
}

func TestR30_DunningFollowsADeclinedInstalment(t *testing.T) {
	// March is the second payment of year as it is the second term of february.
	do := func(step subscription.Step, days int) subscription.Command {
		return subscription.Advance{Due: subscription.Due{Step: step, At: after(days)}, Zone: time.UTC, At: after(days)}
	}
	started := func(d subscription.DunningStarted) subscription.DunningStarted { d.Number, d.Payment = 1, 2; return d }
	second := askedFor(instalment(2, 5))
	declined := subscription.InstalmentDeclined{Number: 1, Payment: 2, Code: "card_declined", Retriable: true, At: after(0)}
	final := declined
	final.Code, final.Retriable = "expired_card", false
	plan := subscription.SeatReductionScheduled{Change: "c1", Quantity: 2, EffectiveAt: year.End, At: year.Start}
	late := facts{year, plan, second, declined, expiredUnpaid(30), started(patient)}
	never := facts{year, second, final, expiredUnpaid(7), started(hasty)}
	retry := second
	retry.Again = "dunning-1-20260304120000"
	again := subscription.InstalmentDeclined{Again: retry.Again, Number: 1, Payment: 2, Code: "card_declined", Retriable: true, At: after(3)}
	reached := reachedStep(subscription.DunRetry, 3, 7)
	reached.Number, reached.Payment = 1, 2
	mine := second
	mine.Again = "p1"
	done := paidFor(instalment(2, 5))
	done.Again = "p1"
	locked := and(never, subscription.Suspended{Cause: subscription.SuspendedUnpaid, At: after(3)})
	paid := subscription.Charged{Key: "s1/instalment/p1", Amount: usd(50_00), Reference: "ch_2", At: after(4)}
	pay := subscription.Pay{Payment: "p1", At: after(4)}
	last := subscription.DunningStepReached{Step: subscription.DunRetry, Number: 1, At: after(25), NextAt: after(30)}
	spent := and(late, reached, reached, reached, reached, last) // all five steps
	back := subscription.ChargeBack{Dispute: "dp_1", Reference: "ch_2", Paid: "instalment/1-2", Amount: usd(50_00), Reason: "fraudulent", At: after(5)}
	Run(t, subscription.Decider, []is{
		{Name: "a card declines a payment", Given: facts{year, second}, When: subscription.Declined{Key: "s1/instalment/1-2", Code: "card_declined", Retriable: true, At: after(0)}, Then: facts{declined}},
		{Name: "nobody changes seats before it is dunned", Given: facts{year, second, declined}, When: addSeats("a1", 1, after(0)), Rejects: subscription.ErrNotActive},
		{Name: "everything works on for the same days, and what is planned for the next year stands", Given: late[:4], When: do(subscription.Expire, 0), Then: facts{expiredUnpaid(30), started(patient)}},
		{Name: "accelerated for a card that never works", Given: never[:3], When: do(subscription.Expire, 0), Then: facts{expiredUnpaid(7), started(hasty)}},
		{Name: "R31 the payment is asked for again", Given: late, When: do(subscription.Duns, 3), Then: facts{retry}},
		{Name: "declined again, the next step follows", Given: and(late, retry), When: subscription.Declined{Key: "s1/instalment/" + string(retry.Again), Code: "card_declined", Retriable: true, At: after(3)},
			Then: facts{again, reached}},
		{Name: "no other payment is asked for meanwhile", Given: late, When: do(subscription.Bill, 31)},
		{Name: "R30 it can be paid", Given: locked, When: pay, Then: facts{mine}},
		{Name: "once", Given: and(locked, mine), When: pay},
		{Name: "which resumes it", Given: and(locked, mine), When: paid, Then: facts{done, subscription.Resumed{At: after(4)}}},
		{Name: "and is not asked for again", Given: and(locked, mine, done, subscription.Resumed{At: after(4)}), When: pay},
		{Name: "then nothing is to be paid", Given: and(locked, mine, done, subscription.Resumed{At: after(4)}), When: subscription.Pay{Payment: "p2", At: after(4)}, Rejects: subscription.ErrNothingToPay},
		{Name: "unpaid to the end it is disabled", Given: spent, When: do(subscription.Disable, 30), Then: facts{
			subscription.ScheduledChangeCancelled{Change: "c1", Cause: subscription.ChangeTermExpired, At: after(30)}, disabledAt(after(30), subscription.EndPayment)}},
		{Name: "and the rest of the year is not charged", Given: and(spent, disabledAt(after(30), subscription.EndPayment)), When: do(subscription.Bill, 31)},
		{Name: "a payment that the bank takes back ends access at once", Given: months(2), When: back, Then: facts{subscription.ChargedBack(back), disabledAt(after(5), subscription.EndChargeback)}},
		{Name: "and every payment that was to follow", Given: and(months(2), subscription.ChargedBack(back), disabledAt(after(5), subscription.EndChargeback)), When: do(subscription.Bill, 31)},
	})
	s := subscription.Decider.Fold(subscription.State{}, and(locked, mine, done, subscription.Resumed{At: after(4)})...)
	assert.Equal(t, subscription.StatusActive, s.Status(after(4)))
	assert.Equal(t, subscription.Due{Step: subscription.Bill, At: instalment(3, 5).Start}, due(t, s), "the year goes on")
}

// What the next year costs is announced thirty days before, whether a month begins
// after that or before.
func TestR34_TheNextYearIsAnnouncedBetweenItsMonths(t *testing.T) {
	for from, want := range map[string][]subscription.Due{
		"2026-02-01": {{Step: subscription.Bill, At: day("2027-01-01")}, {Step: subscription.Announce, At: day("2027-01-02")}, {Step: subscription.Renew, At: day("2027-02-01")}},
		"2026-03-01": {{Step: subscription.Announce, At: day("2027-01-30")}, {Step: subscription.Bill, At: day("2027-02-01")}, {Step: subscription.Renew, At: day("2027-03-01")}},
	} {
		p := bought(3, usd(10_00), domain.Yearly, from, "2030-01-01")
		p.End = domain.Yearly.End(p.Start, p.AnchorDay, time.UTC)
		p.NoticeAt = subscription.NoticeAt(p.Channel, p.Term, p.End)
		s := subscription.Decider.Fold(subscription.State{}, inMonths(p))
		var got []subscription.Due
		dearer := subscription.Price{Unit: usd(12_00), Term: domain.Yearly, Frequency: domain.Monthly, Stream: "price-new-P1M", Revision: 2}
		for range 13 {
			next := due(t, s)
			got = append(got, next)
			events, err := subscription.Decider.Decide(s, subscription.Advance{Due: next, Price: dearer, Zone: time.UTC, At: next.At})
			require.NoError(t, err)
			if s = subscription.Decider.Fold(s, events...); s.Pending.Kind == "" {
				continue
			}
			events, err = subscription.Decider.Decide(s, subscription.Charged{Key: subscription.ChargeKey("s1", s.Pending), Amount: s.Pending.Amount, Reference: "ch", At: next.At})
			require.NoError(t, err)
			s = subscription.Decider.Fold(s, events...)
		}
		assert.Equal(t, want, got[10:])
		assert.Equal(t, usd(12_00), s.UnitPrice, "as announced")
		assert.Equal(t, 2, s.TermNumber)
	}
}

// A month that is paid when it is too late to announce anything leaves the next
// year at what this one costs.
func TestR34_WhoeverPaysLateIsNotSurprised(t *testing.T) {
	p := year
	p.NoticeAt = subscription.NoticeAt(p.Channel, p.Term, p.End)
	last := instalment(12, 5)
	history := append(facts{p}, months(11)[1:]...)
	history = append(history, askedFor(last), subscription.InstalmentDeclined{Number: 1, Payment: 12, Code: "card_declined", Retriable: true, At: last.Start})
	s := subscription.Decider.Fold(subscription.State{}, history...)
	late := last.Start.AddDate(0, 0, 9)
	for _, c := range []subscription.Command{
		subscription.Advance{Due: due(t, s), Zone: time.UTC, At: late}, subscription.Pay{Payment: "p1", At: late},
		subscription.Charged{Key: "s1/instalment/p1", Amount: usd(50_00), Reference: "ch_12", At: late},
	} {
		events, err := subscription.Decider.Decide(s, c)
		require.NoError(t, err)
		s = subscription.Decider.Fold(s, events...)
	}
	next := due(t, s)
	assert.Equal(t, subscription.Due{Step: subscription.Renew, At: p.End}, next, "nothing is announced any more")
	dearer := subscription.Price{Unit: usd(12_00), Term: domain.Yearly, Frequency: domain.Monthly, Stream: "price-new-P1M", Revision: 2}
	events, err := subscription.Decider.Decide(s, subscription.Advance{Due: next, Price: dearer, Zone: time.UTC, At: next.At})
	require.NoError(t, err)
	assert.Equal(t, usd(10_00), events[0].(subscription.RenewalRequested).UnitPrice)
}
