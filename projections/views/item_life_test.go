package views_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	"kassa/domain/subscription"
	"kassa/projections/views"
)

// What becomes of a subscription is seen by its purchaser and by administrators
// alike.
func TestR26_R38_BothListsFollowTheLifeOfASubscription(t *testing.T) {
	added := subscription.SeatsAdded{Addition: "a", Delta: 2, Quantity: 5}
	until := july.Start.Add(7 * day)
	back := subscription.Reactivated{Period: july, RecurringBilling: true, CancellationUntil: until}
	inMonths := subscription.Renewed{Period: june, CancellationUntil: until}
	inMonths.End, inMonths.PaidUntil = june.Start.AddDate(1, 0, 0), june.End
	for name, f := range map[string]struct {
		then []domain.Event
		at   time.Time // that the lists are asked at; zero: soon
		want func(*views.Item)
	}{
		"more seats asked for": {then: []domain.Event{subscription.SeatAdditionRequested{Addition: "a", Delta: 2, Quantity: 5}}, want: func(*views.Item) {}},
		"more seats paid for":  {then: []domain.Event{added}, want: func(i *views.Item) { i.Quantity, i.Available = 5, 5 }},
		"seats removed": {then: []domain.Event{added, subscription.SeatsRemoved{Removal: "r", Delta: 4, Quantity: 1}},
			want: func(i *views.Item) { i.Quantity, i.Available = 1, 1 }},
		"recurring billing off":          {then: []domain.Event{subscription.RecurringBillingTurnedOff{}}, want: func(i *views.Item) { i.RecurringBilling = false }},
		"recurring billing off, then on": {then: []domain.Event{subscription.RecurringBillingTurnedOff{}, subscription.RecurringBillingTurnedOn{}}, want: func(*views.Item) {}},
		"renewed": {then: []domain.Event{subscription.Renewed{Period: june, CancellationUntil: june.Start.Add(7 * day)}}, at: june.Start, want: func(i *views.Item) {
			i.Quantity, i.Available, i.UnitPrice = june.Quantity, june.Quantity, june.UnitPrice
			i.Start, i.ExpiryDate, i.PaidUntil, i.CancellationUntil = june.Start, june.End, june.End, june.Start.Add(7*day)
		}},
		"expired":  {then: []domain.Event{expired}, at: expired.At, want: func(i *views.Item) { i.Status = subscription.StatusExpired }},
		"disabled": {then: []domain.Event{expired, disabled}, at: disabled.At, want: func(i *views.Item) { i.Status = subscription.StatusDisabled }},
		"deleted":  {then: []domain.Event{expired, disabled, deleted}, at: deleted.At, want: func(i *views.Item) { i.Status = subscription.StatusDeleted }},
		"cancelled": {then: []domain.Event{subscription.Cancelled{}, subscription.Disabled{Cause: subscription.EndCancelled}}, want: func(i *views.Item) {
			i.RecurringBilling, i.Status = false, subscription.StatusDisabled
		}},
		"tried": {then: []domain.Event{trying}, want: func(i *views.Item) { i.Kind, i.Status = domain.Trial, subscription.StatusTrial }},
		"tried for longer": {then: []domain.Event{trying, extended}, at: june.Start, want: func(i *views.Item) {
			i.Kind, i.Status = domain.Trial, subscription.StatusTrial
			i.ExpiryDate, i.PaidUntil, i.CancellationUntil = extended.End, extended.End, extended.End
		}},
		"tried, then paid": {then: []domain.Event{trying, subscription.TrialConverted{Period: june, CancellationUntil: until}}, at: june.Start, want: func(i *views.Item) {
			i.Quantity, i.Available, i.UnitPrice, i.PurchasePrice = june.Quantity, june.Quantity, june.UnitPrice, june.Charge
			i.Start, i.ExpiryDate, i.PaidUntil, i.CancellationUntil = june.Start, june.End, june.End, until
		}},
		"tried, and ended": {then: []domain.Event{trying, subscription.TrialEnded{Cause: subscription.EndTrial, At: june.Start}, expired}, at: june.Start, want: func(i *views.Item) {
			i.Kind, i.Status = domain.Trial, subscription.StatusExpired
		}},
		"reactivated": {then: []domain.Event{subscription.RecurringBillingTurnedOff{}, expired, back}, at: july.Start, want: func(i *views.Item) {
			i.Quantity, i.Available, i.UnitPrice = july.Quantity, july.Quantity, july.UnitPrice
			i.Start, i.ExpiryDate, i.PaidUntil, i.CancellationUntil = july.Start, july.End, july.End, until
		}},
		"renewed for a term in instalments": {then: []domain.Event{inMonths}, at: june.Start, want: func(i *views.Item) {
			i.Quantity, i.Available, i.UnitPrice = june.Quantity, june.Quantity, june.UnitPrice
			i.Start, i.ExpiryDate, i.PaidUntil, i.CancellationUntil = june.Start, inMonths.End, june.End, until
		}},
		"the next of them not paid": {then: []domain.Event{inMonths, subscription.Expired{Cause: subscription.EndPayment, At: june.End, NextAt: june.End.Add(subscription.Grace)}},
			at: june.End, want: func(i *views.Item) {
				i.Quantity, i.Available, i.UnitPrice = june.Quantity, june.Quantity, june.UnitPrice
				i.Start, i.ExpiryDate, i.PaidUntil, i.CancellationUntil = june.Start, inMonths.End, june.End, until
				i.Status = subscription.StatusExpired
			}},
		"nor for a month": {then: []domain.Event{inMonths, subscription.Expired{Cause: subscription.EndPayment, At: june.End, NextAt: june.End.Add(subscription.Grace)}},
			at: june.End.Add(subscription.Grace), want: func(i *views.Item) {
				i.Quantity, i.Available, i.UnitPrice = june.Quantity, june.Quantity, june.UnitPrice
				i.Start, i.ExpiryDate, i.PaidUntil, i.CancellationUntil = june.Start, inMonths.End, june.End, until
				i.Status = subscription.StatusDisabled
			}},
		"paid after all": {then: []domain.Event{inMonths, subscription.Expired{Cause: subscription.EndPayment, At: june.End, NextAt: june.End.Add(subscription.Grace)},
			subscription.InstalmentPaid{Instalment: subscription.Instalment{Period: subscription.Period{Number: 2, Start: june.End, End: july.End}, Payment: 2}}},
			at: june.End, want: func(i *views.Item) {
				i.Quantity, i.Available, i.UnitPrice = june.Quantity, june.Quantity, june.UnitPrice
				i.Start, i.ExpiryDate, i.PaidUntil, i.CancellationUntil, i.Payment = june.Start, inMonths.End, july.End, until, 2
			}},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCompany(t)
			fresh, _, err := views.NewYourProducts(c.Twice(t, views.YourProductsView)).Get(t.Context(), c.id, c.annas.Subscription, later)
			require.NoError(t, err)
			f.want(&fresh)
			at := f.at
			if at.IsZero() {
				at = later
			}
			c.lives(f.then...)
			p := c.Twice(t, views.YourProductsView, views.PurchasesView)
			seen, _, err := views.NewYourProducts(p).Get(t.Context(), c.id, c.annas.Subscription, at)
			require.NoError(t, err)
			assert.Equal(t, fresh, seen)
			own, _, err := views.NewPurchases(p).Get(t.Context(), c.id, c.anna, c.annas.Subscription, at)
			require.NoError(t, err)
			assert.Equal(t, seen, own)
		})
	}
}
