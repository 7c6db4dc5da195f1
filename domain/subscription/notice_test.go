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

// noticed is february, whose next term's price is announced on its 22nd.
var noticed = func() subscription.Provisioned {
	p := february
	p.NoticeAt = day("2026-02-22")
	return p
}()

func announce(p subscription.Price) subscription.Advance {
	return subscription.Advance{Due: subscription.Due{Step: subscription.Announce, At: noticed.NoticeAt}, Price: p, Zone: time.UTC, At: noticed.NoticeAt}
}

func announced(minor int64) subscription.PriceChangeAnnounced {
	return subscription.PriceChangeAnnounced{
		Number: 2, OldUnitPrice: usd(10_00), UnitPrice: usd(minor), PriceStream: "price-new", PriceRevision: 3, EffectiveAt: february.End, At: noticed.NoticeAt,
	}
}

// with is c after change: a case says only what is special about it.
func with[C any](c C, change func(*C)) C { change(&c); return c }

func TestAPriceIsAnnouncedBeforeItIsCharged(t *testing.T) {
	kept := subscription.RenewalPriceKept{Number: 2, UnitPrice: usd(10_00), EffectiveAt: february.End, At: noticed.NoticeAt}
	off := subscription.RecurringBillingTurnedOff{EffectiveEnd: february.End, At: day("2026-02-10")}
	late := subscription.RecurringBillingTurnedOn{RenewsAt: february.End, At: day("2026-02-25")}
	intime := subscription.RecurringBillingTurnedOn{RenewsAt: february.End, At: day("2026-02-11"), NoticeAt: noticed.NoticeAt}
	asks := func(minor int64, published bool) facts {
		p := march(5, minor)
		if !published {
			p.PriceStream, p.PriceRevision = "", -1
		}
		return facts{subscription.RenewalRequested{Period: p}}
	}
	euros := price(11_00)
	euros.Unit.Currency = "EUR"
	at := february.End
	Run(t, subscription.Decider, []is{
		{Name: "R34 R36 another price is announced", Given: facts{noticed}, When: announce(price(11_00)), Then: facts{announced(11_00)}},
		{Name: "R34 a lower one, too", Given: facts{noticed}, When: announce(price(9_00)), Then: facts{announced(9_00)}},
		{Name: "where it stays there is nothing to announce", Given: facts{noticed}, When: announce(price(10_00)), Then: facts{kept}},
		{Name: "nor where none is published that the subscription could go on at", Given: facts{noticed}, When: announce(euros), Then: facts{kept}},
		{Name: "once", Given: facts{noticed, announced(11_00)}, When: announce(price(12_00))},
		{Name: "once, also that there is nothing", Given: facts{noticed, kept}, When: announce(price(12_00))},
		{Name: "not before its day", Given: facts{noticed}, When: with(announce(price(11_00)), func(a *subscription.Advance) { a.At = a.At.Add(-1) })},
		{Name: "not while no term follows", Given: facts{noticed, off}, When: announce(price(11_00))},
		{Name: "nor of what is bought by agreement", Given: facts{with(february, func(p *subscription.Provisioned) { p.Channel, p.Payer = domain.Central, "" })}, When: announce(price(11_00))},
		{Name: "before the term is renewed", Given: facts{noticed}, When: renew(at, price(11_00))},

		{Name: "R36 what was announced is charged", Given: facts{noticed, announced(11_00)}, When: renew(at, price(11_00)), Then: asks(11_00, true)},
		{Name: "R36 and never more", Given: facts{noticed, announced(11_00)}, When: renew(at, price(12_00)), Then: asks(11_00, true)},
		{Name: "R36 but less, if it is less by then", Given: facts{noticed, announced(11_00)}, When: renew(at, price(9_00)), Then: asks(9_00, true)},
		{Name: "R36 what was withdrawn is not charged", Given: facts{noticed, announced(11_00)}, When: renew(at, subscription.Price{}), Then: asks(10_00, false)},
		{Name: "R36 unless it is less", Given: facts{noticed, announced(9_00)}, When: renew(at, subscription.Price{}), Then: asks(9_00, true)},
		{Name: "R36 a higher price that was published too late waits", Given: facts{noticed, kept}, When: renew(at, price(11_00)), Then: asks(10_00, false)},
		{Name: "R36 a lower one does not", Given: facts{noticed, kept}, When: renew(at, price(9_00)), Then: asks(9_00, true)},
		{Name: "R36 nor is a higher one charged to whom nothing could be announced", Given: facts{noticed, off, late}, When: renew(at, price(11_00)), Then: asks(10_00, false)},
		{Name: "R58 a term from before all this goes on at the price of its day", Given: facts{february}, When: renew(at, price(11_00)), Then: asks(11_00, true)},

		{Name: "turned on in time", Given: facts{noticed, off}, When: subscription.TurnRecurringBilling{On: true, At: intime.At}, Then: facts{intime}},
		{Name: "turned on too late", Given: facts{noticed, off}, When: subscription.TurnRecurringBilling{On: true, At: late.At}, Then: facts{late}},
		{Name: "turned on again after the announcement", Given: facts{noticed, announced(11_00), off}, When: subscription.TurnRecurringBilling{On: true, At: late.At}, Then: facts{late}},
		{Name: "which holds", Given: facts{noticed, announced(11_00), off, late}, When: renew(at, price(11_00)), Then: asks(11_00, true)},
	})
	s := subscription.Decider.Fold(subscription.State{}, noticed, off, intime)
	assert.Equal(t, subscription.Due{Step: subscription.Announce, At: noticed.NoticeAt}, due(t, s))
	s = subscription.Decider.Fold(subscription.State{}, noticed, announced(11_00), subscription.RenewalRequested{Period: march(5, 11_00)}, renewed(march(5, 11_00), "ch_2"))
	assert.Zero(t, s.Notice, "the next term's price has not been looked at")
	assert.Equal(t, subscription.Due{Step: subscription.Announce, At: day("2026-03-25")}, due(t, s))
}

func TestR34_NoticeIsGivenInTimeToSayNo(t *testing.T) {
	assert.Equal(t, day("2026-02-22"), subscription.NoticeAt(domain.SelfService, domain.Monthly, february.End))
	assert.Equal(t, day("2026-01-30"), subscription.NoticeAt(domain.SelfService, domain.Yearly, february.End))
	assert.Zero(t, subscription.NoticeAt(domain.Central, domain.Yearly, february.End))
}

func TestR34_TheNextTermIsKnownAsFarAsItWasAnnounced(t *testing.T) {
	gst := domain.TaxRule{Kind: domain.GST, Rate: 500, Exclusive: true}
	next := func(more ...subscription.Event) (subscription.NextTerm, bool) {
		n, ok, err := subscription.Decider.Fold(subscription.State{}, append(facts{noticed}, more...)...).Next(gst)
		require.NoError(t, err)
		return n, ok
	}
	n, ok := next()
	assert.True(t, ok)
	assert.Equal(t, subscription.NextTerm{Start: february.End, Quantity: 5, UnitPrice: usd(10_00), Tax: domain.TaxSplit{
		Kind: domain.GST, Rate: 500, Net: usd(50_00), Tax: usd(2_50), Total: usd(52_50), Exclusive: true,
	}}, n)
	n, _ = next(announced(11_00), subscription.SeatReductionScheduled{Change: "c1", Quantity: 2})
	assert.Equal(t, usd(11_00), n.UnitPrice)
	assert.Equal(t, usd(23_10), n.Tax.Total, "of the two seats that are left")
	_, ok = next(subscription.RecurringBillingTurnedOff{EffectiveEnd: february.End})
	assert.False(t, ok)
	_, ok, err := subscription.Decider.Fold(subscription.State{}, february).Next(gst)
	assert.NoError(t, err)
	assert.False(t, ok, "nobody announces what it costs")
}
