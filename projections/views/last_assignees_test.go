package views_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	"kassa/domain/subscription"
	"kassa/projections/projectiontest"
	"kassa/projections/views"
)

func TestR59_TheLastAssigneesAreWhoHeldASeatAtTheEnd(t *testing.T) {
	ended := []domain.Event{
		subscription.Cancelled{By: subscription.BySupport, At: later},
		subscription.Disabled{Cause: subscription.EndCancelled, At: later},
	}
	release := func(c *company) { // as a licence that is taken back because its subscription ended
		c.lives(subscription.SeatReleased{Person: c.anna})
	}
	for _, f := range []struct {
		name string
		then func(c *company)
		last func(c *company) []domain.PersonID
	}{
		{"none while it lives", func(c *company) { c.lives(expired) }, nil},
		{"all who hold one", func(c *company) { c.lives(ended...) }, func(c *company) []domain.PersonID { return []domain.PersonID{c.anna, c.omar} }},
		{"not who gave it back before", func(c *company) { release(c); c.lives(ended...) }, func(c *company) []domain.PersonID { return []domain.PersonID{c.omar} }},
		{"but who does afterwards", func(c *company) { c.lives(ended...); release(c); c.lives(deleted) }, func(c *company) []domain.PersonID { return []domain.PersonID{c.anna, c.omar} }},
		{"also where nobody cancelled", func(c *company) { c.lives(expired, disabled) }, func(c *company) []domain.PersonID { return []domain.PersonID{c.anna, c.omar} }},
		{"nobody once it begins anew", func(c *company) {
			c.lives(ended...)
			release(c)
			c.lives(subscription.Reactivated{Period: july})
		}, nil},
		{"who holds one when it ends again", func(c *company) {
			c.lives(ended...)
			release(c)
			c.lives(subscription.Reactivated{Period: july})
			c.lives(ended...)
		}, func(c *company) []domain.PersonID { return []domain.PersonID{c.omar} }},
	} {
		t.Run(f.name, func(t *testing.T) {
			c := newCompany(t)
			c.Assign(&c.annas, c.anna)
			c.Assign(&c.annas, c.omar)
			f.then(c)
			asked := views.NewLastAssignees(c.Twice(t, views.LastAssigneesView))
			page, err := asked.List(t.Context(), c.id, views.LastAssigneeFilter{})
			require.NoError(t, err)
			var last, want []domain.PersonID
			for _, l := range page.Items {
				last = append(last, l.Person)
			}
			if f.last != nil {
				want = f.last(c)
			}
			assert.ElementsMatch(t, want, last)
		})
	}
}

func TestR59_WhatTheOrganisationBoughtIsNotOnTheWorkList(t *testing.T) {
	c := newCompany(t)
	c.Assign(&c.centrals, c.anna)
	c.Record(subscription.Stream(c.centrals.Subscription), projectiontest.Importer, subscription.Cancelled{By: subscription.ByAdmin, At: later})
	asked := views.NewLastAssignees(c.Twice(t, views.LastAssigneesView))
	page, err := asked.List(t.Context(), c.id, views.LastAssigneeFilter{})
	require.NoError(t, err)
	assert.Empty(t, page.Items)
	page, err = asked.Of(t.Context(), c.id, c.centrals.Subscription, views.LastAssigneeFilter{})
	require.NoError(t, err)
	assert.Len(t, page.Items, 1, "but it is known")
	_, err = asked.Of(t.Context(), c.Tenant("Fabrikam", "fabrikam.example"), c.centrals.Subscription, views.LastAssigneeFilter{})
	assert.ErrorIs(t, err, subscription.ErrUnknown)
}
