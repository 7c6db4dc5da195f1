package views_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	"kassa/domain/product"
	"kassa/domain/subscription"
	"kassa/projections/projectiontest"
	"kassa/projections/views"
)

func seatsAdd(n int64) product.Capacity {
	return product.Capacity{DatabaseMB: n * 250, FileMB: n * 2048}
}

func TestR39_CapacityFollowsSeatsAndTime(t *testing.T) {
	c := newCompany(t)
	by := projectiontest.Person(c.id, c.anna)
	c.Record(product.Stream(visio), projectiontest.Importer, product.CapacitySet{}) // adds nothing any more
	c.Record(subscription.Stream(c.annas.Subscription), by, subscription.SeatsAdded{Addition: "a", Delta: 2, Quantity: 5})
	view := views.NewCapacity(c.Twice(t, views.CapacityView))

	all, err := view.List(t.Context(), c.id, views.Filter{}, later)
	require.NoError(t, err)
	assert.Equal(t, c.End(), all.AsOf)
	assert.Equal(t, seatsAdd(15), all.Total)
	assert.Equal(t, seatsAdd(5), all.SelfService)
	require.Len(t, all.Items, 2)
	assert.Equal(t, views.Source{
		Subscription: c.annas.Subscription, Product: powerBI, ProductName: "Power BI Pro", Channel: domain.SelfService, Purchaser: c.anna,
		Quantity: 5, Start: all.Items[1].Start, Status: subscription.StatusActive, Capacity: seatsAdd(5),
	}, all.Items[1])

	own, err := view.List(t.Context(), c.id, views.Filter{Purchaser: c.anna}, later)
	require.NoError(t, err)
	assert.Equal(t, all.Items[1:], own.Items)
	assert.Equal(t, all.Total, own.Total, "both see the same total")
	central, err := view.List(t.Context(), c.id, views.Filter{Channel: domain.Central}, later)
	require.NoError(t, err)
	assert.Equal(t, all.Items[:1], central.Items)
	first, err := view.List(t.Context(), c.id, views.Filter{Limit: 1}, later)
	require.NoError(t, err)
	second, err := view.List(t.Context(), c.id, views.Filter{Limit: 1, Next: first.Next}, later)
	require.NoError(t, err)
	assert.Equal(t, all.Items, append(first.Items, second.Items...))

	other, err := view.List(t.Context(), c.Tenant("Fabrikam", "fabrikam.example"), views.Filter{}, later)
	require.NoError(t, err)
	assert.Empty(t, other.Items)
	assert.Zero(t, other.Total)
}

// The rows and subscription.State agree on when licences can be used.
func TestR39_CapacityEndsWithAccess(t *testing.T) {
	c := newCompany(t)
	by := projectiontest.Person(c.id, c.anna)
	end := later.AddDate(0, 1, 0)
	c.Record(subscription.Stream(c.annas.Subscription), by, subscription.Expired{At: end, NextAt: end.Add(subscription.Grace)})
	c.Record(subscription.Stream(c.centrals.Subscription), by, subscription.Disabled{At: later})
	c.Record(product.Stream(visio), projectiontest.Importer, product.CapacitySet{})
	p := c.Twice(t, views.CapacityView, views.YourProductsView)
	view := views.NewCapacity(p)
	for _, day := range []int{0, 20, 40, 58, 59, 60, 61, 62, 63, 100} {
		at := later.AddDate(0, 0, day)
		item, _, err := views.NewYourProducts(p).Get(t.Context(), c.id, c.annas.Subscription, at)
		require.NoError(t, err)
		got, err := view.List(t.Context(), c.id, views.Filter{Purchaser: c.anna}, at)
		require.NoError(t, err)
		if item.Status == subscription.StatusDisabled {
			assert.Empty(t, got.Items, day)
			continue
		}
		require.Len(t, got.Items, 1, day)
		assert.Equal(t, item.Status, got.Items[0].Status)
		assert.Equal(t, seatsAdd(3), got.SelfService)
	}
	got, err := view.List(t.Context(), c.id, views.Filter{}, later.Add(100*24*time.Hour))
	require.NoError(t, err)
	assert.Zero(t, got.Total)
}
