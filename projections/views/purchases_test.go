package views_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	"kassa/domain/subscription"
	"kassa/projections/views"
)

func TestR15_R26_APurchaserSeesTheirOwnPurchasesOnly(t *testing.T) {
	c := newCompany(t)
	c.Assign(&c.annas, c.omar)
	c.Assign(&c.omars, c.anna)
	p := c.Twice(t, views.All()...)
	list := views.NewPurchases(p)

	page, err := list.List(t.Context(), c.id, c.anna, views.Filter{}, later)
	require.NoError(t, err)
	require.Equal(t, []domain.SubscriptionID{c.annas.Subscription}, subscriptionsOf(page.Items))
	assert.Equal(t, c.End(), page.AsOf)
	assert.Equal(t, []domain.PersonID{c.omar}, page.Items[0].AssignedUsers)

	page, err = list.List(t.Context(), c.id, c.anna, views.Filter{Purchaser: c.omar}, later)
	require.NoError(t, err)
	assert.Empty(t, page.Items, "a filter never widens")

	_, _, err = list.Get(t.Context(), c.id, c.anna, c.omars.Subscription, later)
	assert.ErrorIs(t, err, subscription.ErrUnknown, "holding a licence of it does not make it hers")
}

func TestThePurchaserSeesWhatTheAdministratorSees(t *testing.T) {
	c := newCompany(t)
	c.Assign(&c.annas, c.omar)
	p := c.Twice(t, views.All()...)

	mine, _, err := views.NewPurchases(p).Get(t.Context(), c.id, c.anna, c.annas.Subscription, later)
	require.NoError(t, err)
	theirs, _, err := views.NewYourProducts(p).Get(t.Context(), c.id, c.annas.Subscription, later)
	require.NoError(t, err)
	assert.Equal(t, theirs, mine)
}
