package views_test

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	"kassa/domain/subscription"
	"kassa/projections"
	"kassa/projections/projectiontest"
	"kassa/projections/views"
)

// lives records what becomes of anna's subscription.
func (c *company) lives(events ...domain.Event) {
	if len(events) > 0 {
		c.Record(subscription.Stream(c.annas.Subscription), domain.Actor{Kind: domain.ActorSystem, Tenant: c.id}, events...)
	}
}

const day = 24 * time.Hour

// Later terms of anna's subscription, and its end.
var (
	june     = subscription.Period{Number: 2, Start: projectiontest.Noon.AddDate(0, 1, 0), End: projectiontest.Noon.AddDate(0, 2, 0), UnitPrice: projectiontest.Euros(1200), Quantity: 4, Charge: projectiontest.Euros(4800)}
	told     = func() subscription.Period { p := june; p.NoticeAt = p.End.Add(-subscription.MonthlyNotice); return p }()
	july     = subscription.Period{Number: 3, Start: june.End, End: june.End.AddDate(0, 1, 0), UnitPrice: projectiontest.Euros(1300), Quantity: 2, Charge: projectiontest.Euros(2600)}
	expired  = subscription.Expired{Cause: subscription.EndBillingOff, At: june.Start, NextAt: june.Start.Add(subscription.Grace)}
	disabled = subscription.Disabled{Cause: subscription.EndBillingOff, At: expired.NextAt, NextAt: expired.NextAt.Add(subscription.Retention)}
	trying   = subscription.TrialStarted{End: june.Start, NeedsPaymentMethod: true, UnitPrice: projectiontest.Euros(1200), At: projectiontest.Noon}
	extended = subscription.TrialExtended{Extension: "e", End: june.Start.Add(subscription.Extension), Previous: june.Start, At: june.Start}
	deleted  = subscription.Deleted{Cause: subscription.EndBillingOff, At: disabled.NextAt}
)

// dueBy lists, of one person's subscription, what is due by some instant.
func dueBy(t *testing.T, c *company, p *projections.Projector, until time.Time) (times []time.Time) {
	t.Helper()
	agenda, err := views.DueBy(t.Context(), p, until, views.Due{}, 100)
	require.NoError(t, err)
	assert.Equal(t, c.End(), agenda.AsOf)
	for _, d := range agenda.Due {
		if d.Subscription == c.annas.Subscription {
			times = append(times, d.At)
		}
	}
	return times
}

func noticed(p subscription.Period, at time.Time) subscription.Period { p.NoticeAt = at; return p }

func TestWhatIsDueIsWhatTheFactsSay(t *testing.T) {
	inMonths := june
	inMonths.End, inMonths.PaidUntil = june.Start.AddDate(1, 0, 0), june.End
	for _, f := range []struct {
		name string
		then []domain.Event
		at   []time.Time
	}{
		{"the next payment of a term", []domain.Event{subscription.Renewed{Period: inMonths}}, []time.Time{june.End}},
		{"and the one after that", []domain.Event{subscription.Renewed{Period: inMonths}, subscription.InstalmentPaid{Instalment: subscription.Instalment{Period: july}}}, []time.Time{july.End}},
		{"the announcement, where it comes first", []domain.Event{subscription.Renewed{Period: noticed(inMonths, june.Start.AddDate(0, 0, 20))}}, []time.Time{june.Start.AddDate(0, 0, 20)}},
		{"a payment, where that does", []domain.Event{subscription.Renewed{Period: noticed(inMonths, inMonths.End.AddDate(0, 0, -30))}}, []time.Time{june.End}},
		{"a payment after the announcement", []domain.Event{subscription.Renewed{Period: inMonths}, subscription.RenewalPriceKept{EffectiveAt: inMonths.End}}, []time.Time{june.End}},
		{"a payment, whether another term follows", []domain.Event{subscription.Renewed{Period: inMonths}, subscription.RecurringBillingTurnedOff{EffectiveEnd: inMonths.End}}, []time.Time{june.End}},
		{"or does again", []domain.Event{subscription.Renewed{Period: inMonths}, subscription.RecurringBillingTurnedOff{EffectiveEnd: inMonths.End}, subscription.RecurringBillingTurnedOn{RenewsAt: inMonths.End}}, []time.Time{june.End}},
		{"the end of the next term", []domain.Event{subscription.RenewalRequested{Period: june}, subscription.Renewed{Period: june}}, []time.Time{june.End}},
		{"the day on which the next price is announced", []domain.Event{subscription.RenewalRequested{Period: told}, subscription.Renewed{Period: told}}, []time.Time{told.NoticeAt}},
		{"then the end", []domain.Event{subscription.Renewed{Period: told}, subscription.PriceChangeAnnounced{EffectiveAt: told.End}}, []time.Time{told.End}},
		{"also where it stays", []domain.Event{subscription.Renewed{Period: told}, subscription.RenewalPriceKept{EffectiveAt: told.End}}, []time.Time{told.End}},
		{"the end, where no term follows", []domain.Event{subscription.Renewed{Period: told}, subscription.RecurringBillingTurnedOff{EffectiveEnd: told.End}}, []time.Time{told.End}},
		{"the day again, once one does", []domain.Event{subscription.Renewed{Period: told}, subscription.RecurringBillingTurnedOff{EffectiveEnd: told.End},
			subscription.RecurringBillingTurnedOn{RenewsAt: told.End, NoticeAt: told.NoticeAt}}, []time.Time{told.NoticeAt}},
		{"or the end, if it is too late to announce anything", []domain.Event{subscription.Renewed{Period: told}, subscription.RecurringBillingTurnedOff{EffectiveEnd: told.End},
			subscription.RecurringBillingTurnedOn{RenewsAt: told.End}}, []time.Time{told.End}},
		{"an end that is behind us is not brought back", []domain.Event{expired, subscription.RecurringBillingTurnedOff{EffectiveEnd: june.Start}}, []time.Time{expired.NextAt}},
		{"the end of a trial that got more time", []domain.Event{trying, extended}, []time.Time{extended.End}},
		{"the end of the first term that is paid", []domain.Event{trying, subscription.ConversionRequested{Period: june}, subscription.TrialConverted{Period: june}}, []time.Time{june.End}},
		{"the end of a trial whose conversion was declined", []domain.Event{trying, extended, subscription.ConversionRequested{Period: june}, subscription.ConversionDeclined{Code: "card_declined"}}, []time.Time{extended.End}},
		{"the end of the grace period", []domain.Event{expired}, []time.Time{expired.NextAt}},
		{"the end of retention", []domain.Event{expired, disabled}, []time.Time{disabled.NextAt}},
		{"nothing any more", []domain.Event{expired, disabled, deleted}, nil},
		{"the end of a term that began anew", []domain.Event{expired, subscription.ReactivationRequested{Period: july}, subscription.Reactivated{Period: july}}, []time.Time{july.End}},
		{"the grace period ends though a new term was declined", []domain.Event{expired, subscription.ReactivationRequested{Period: july}, subscription.ReactivationDeclined{Code: "card_declined"}}, []time.Time{expired.NextAt}},
	} {
		t.Run(f.name, func(t *testing.T) {
			c := newCompany(t)
			c.lives(f.then...)
			assert.Equal(t, f.at, dueBy(t, c, c.Twice(t, views.DueView), projectiontest.Noon.AddDate(10, 0, 0)))
		})
	}
}

// A charge that is pending, or was declined, leaves the term's end as it was.
func TestUntilATermIsPaidTheEndOfTheLastIsDue(t *testing.T) {
	for name, then := range map[string][]domain.Event{
		"nothing happened":       nil,
		"a renewal is asked for": {subscription.RenewalRequested{Period: june}},
		"a renewal is declined":  {subscription.RenewalRequested{Period: june}, subscription.RenewalDeclined{Number: 2, Code: "card_declined"}},
		"more seats are here":    {subscription.SeatAdditionRequested{Delta: 1}, subscription.SeatsAdded{Delta: 1, Quantity: 4}},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCompany(t)
			c.lives(then...)
			p := c.Twice(t, views.All()...)
			item, _, err := views.NewYourProducts(p).Get(t.Context(), c.id, c.annas.Subscription, later)
			require.NoError(t, err)
			end := item.ExpiryDate
			assert.Equal(t, []time.Time{end}, dueBy(t, c, p, end))
			assert.Empty(t, dueBy(t, c, p, end.Add(-time.Microsecond)))
		})
	}
}

func TestTheAgendaIsInOrderAndNamesWhatIsNext(t *testing.T) {
	c := newCompany(t)
	p := c.Twice(t, views.DueView)
	all, err := views.DueBy(t.Context(), p, projectiontest.Noon.AddDate(1, 0, 0), views.Due{}, 10)
	require.NoError(t, err)
	require.Len(t, all.Due, 3)
	assert.Zero(t, all.Next)
	assert.True(t, all.Due[0].At.Before(all.Due[1].At) && all.Due[1].At.Before(all.Due[2].At))
	for _, f := range []struct {
		name  string
		until time.Time
		after views.Due
		limit int
		due   []views.Due
		next  time.Time
	}{
		{"nothing yet", projectiontest.Noon, views.Due{}, 10, nil, all.Due[0].At},
		{"the first, on the very instant", all.Due[0].At, views.Due{}, 10, all.Due[:1], all.Due[1].At},
		{"a page", all.Due[2].At, views.Due{}, 2, all.Due[:2], all.Due[2].At},
		{"the page after", all.Due[2].At, all.Due[1], 2, all.Due[2:], time.Time{}},
	} {
		got, err := views.DueBy(t.Context(), p, f.until, f.after, f.limit)
		require.NoError(t, err)
		assert.Equal(t, f.due, got.Due, f.name)
		assert.Equal(t, f.next, got.Next, f.name)
	}
}

// BenchmarkDue asks for the next hundred of 10 thousand subscriptions, and of
// KASSA_BENCH_DUE or 100 thousand. It reports how many times as long the larger
// takes: it should be 1. That is of medians: the store, which is in memory here,
// makes collections longer, not looks.
func BenchmarkDue(b *testing.B) {
	many, err := strconv.Atoi(os.Getenv("KASSA_BENCH_DUE"))
	if err != nil {
		many = 100_000
	}
	var took [2]float64
	for i, n := range []int{10_000, many} {
		s := projectiontest.New(b)
		for j := range n {
			id := domain.SubscriptionID(s.NewID())
			s.Record(subscription.Stream(id), projectiontest.Importer, subscription.Provisioned{
				Subscription: id, End: projectiontest.Noon.Add(time.Duration(j) * time.Second),
			})
		}
		p := projectiontest.Open(b, s.Config(b.TempDir()), views.DueView)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			until, asked := projectiontest.Noon.AddDate(1, 0, 0), []time.Duration{}
			for b.Loop() {
				began := time.Now()
				agenda, err := views.DueBy(b.Context(), p, until, views.Due{}, 100)
				require.NoError(b, err)
				require.Len(b, agenda.Due, 100)
				asked = append(asked, time.Since(began))
			}
			slices.Sort(asked)
			took[i] = asked[len(asked)/2].Seconds()
			b.ReportMetric(took[i]*1e6, "µs-median")
			if i == 1 {
				b.ReportMetric(took[1]/took[0], "of-10000")
			}
		})
	}
}
