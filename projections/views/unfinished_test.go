package views_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	"kassa/domain/subscription"
	"kassa/projections"
	"kassa/projections/projectiontest"
	"kassa/projections/views"
)

// lines are refunds of so many amounts, in cents.
func lines(cents ...int64) (out []subscription.RefundLine) {
	for _, minor := range cents {
		out = append(out, subscription.RefundLine{Refund: subscription.RefundID(string(rune('a' + len(out)))), Amount: projectiontest.Euros(minor)})
	}
	return out
}

func TestASubscriptionWaitsForItsChargesAndRefunds(t *testing.T) {
	back := subscription.RefundIssued{Of: "a"}
	for _, f := range []struct {
		name  string
		then  []domain.Event
		waits bool
	}{
		{"nothing happened", nil, false},
		{"more seats are asked for", []domain.Event{subscription.SeatAdditionRequested{}}, true},
		{"and paid", []domain.Event{subscription.SeatAdditionRequested{}, subscription.SeatsAdded{}}, false},
		{"or declined", []domain.Event{subscription.SeatAdditionRequested{}, subscription.SeatAdditionDeclined{}}, false},
		{"or refused", []domain.Event{subscription.SeatAdditionRefused{}}, false},
		{"asked for again after a decline", []domain.Event{subscription.SeatAdditionRequested{}, subscription.SeatAdditionDeclined{}, subscription.SeatAdditionRequested{}}, true},
		{"the next term", []domain.Event{subscription.RenewalRequested{Period: june}}, true},
		{"and paid", []domain.Event{subscription.RenewalRequested{Period: june}, subscription.Renewed{Period: june}}, false},
		{"or declined", []domain.Event{subscription.RenewalRequested{Period: june}, subscription.RenewalDeclined{}}, false},
		{"a new term", []domain.Event{expired, subscription.ReactivationRequested{Period: july}}, true},
		{"and paid", []domain.Event{expired, subscription.ReactivationRequested{Period: july}, subscription.Reactivated{Period: july}}, false},
		{"or declined", []domain.Event{expired, subscription.ReactivationRequested{Period: july}, subscription.ReactivationDeclined{}}, false},
		{"a trial is converted", []domain.Event{trying, subscription.ConversionRequested{Period: june}}, true},
		{"and paid", []domain.Event{trying, subscription.ConversionRequested{Period: june}, subscription.TrialConverted{Period: june}}, false},
		{"or declined", []domain.Event{trying, subscription.ConversionRequested{Period: june}, subscription.ConversionDeclined{}}, false},
		{"seats were given back", []domain.Event{subscription.SeatsRemoved{Lines: lines(500, 600)}}, true},
		{"one of two payments is refunded", []domain.Event{subscription.SeatsRemoved{Lines: lines(500, 600)}, back}, true},
		{"both are", []domain.Event{subscription.SeatsRemoved{Lines: lines(500, 600)}, back, back}, false},
		{"or never will be", []domain.Event{subscription.SeatsRemoved{Lines: lines(500)}, subscription.RefundFailed{Of: "a"}}, false},
		{"nothing was paid for them", []domain.Event{subscription.SeatsRemoved{Lines: lines(0)}}, false},
		{"it was cancelled", []domain.Event{subscription.Cancelled{Lines: lines(500)}, disabled}, true},
		{"and refunded", []domain.Event{subscription.Cancelled{Lines: lines(500)}, disabled, back}, false},
	} {
		t.Run(f.name, func(t *testing.T) {
			c := newCompany(t)
			c.lives(f.then...)
			var want []domain.SubscriptionID
			if f.waits {
				want = append(want, c.annas.Subscription)
			}
			assert.Equal(t, want, waiting(t, c.Twice(t, views.UnfinishedView)).Subscriptions)
		})
	}
}

func TestNoCardWaitsWhereTheOrganisationPays(t *testing.T) {
	c := newCompany(t)
	c.Record(subscription.Stream(c.centrals.Subscription), projectiontest.Person(c.id, c.omar), subscription.Cancelled{Lines: lines(500)})
	assert.Empty(t, waiting(t, c.Twice(t, views.UnfinishedView)).Subscriptions)
}

func TestWhatWaitsLongestComesFirst(t *testing.T) {
	c := newCompany(t)
	c.Record(subscription.Stream(c.omars.Subscription), projectiontest.Person(c.id, c.omar), subscription.SeatsRemoved{Lines: lines(500)})
	c.lives(subscription.SeatAdditionRequested{})
	p := c.Twice(t, views.UnfinishedView)
	assert.Equal(t, []domain.SubscriptionID{c.omars.Subscription, c.annas.Subscription}, waiting(t, p).Subscriptions)
	one, err := views.Waiting(t.Context(), p, later, 1)
	require.NoError(t, err)
	assert.Equal(t, []domain.SubscriptionID{c.omars.Subscription}, one.Subscriptions)
	none, err := views.Waiting(t.Context(), p, projectiontest.Noon, 100)
	require.NoError(t, err)
	assert.Equal(t, views.Backlog{}, none, "whoever asked is still at it")
}

func waiting(t *testing.T, p *projections.Projector) views.Backlog {
	t.Helper()
	b, err := views.Waiting(t.Context(), p, later, 100)
	require.NoError(t, err)
	return b
}
