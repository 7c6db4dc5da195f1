package views_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	"kassa/domain/access"
	"kassa/domain/partner"
	"kassa/projections/projectiontest"
	"kassa/projections/views"
)

func TestR54_RelationsAreListedForBothSidesAsTheyStand(t *testing.T) {
	c := newCompany(t)
	helper, other := c.Tenant("Helper", "helper.example"), c.Tenant("Fabrikam", "fabrikam.example")
	start := projectiontest.Noon
	grant := func(customer domain.TenantID, id domain.RelationID, from, until time.Time) {
		c.Record(partner.Stream(customer, helper), projectiontest.Person(c.id, c.omar), partner.DelegationGranted{
			Relation: id, Customer: customer, Partner: helper, Kind: partner.GDAP, Roles: []string{"a", "b"}, GrantedAt: from, ExpiresAt: until})
	}
	grant(c.id, "r1", start, start.Add(day))
	c.Record(partner.Stream(c.id, helper), projectiontest.Person(c.id, c.omar), partner.DelegationRevoked{Relation: "r1", At: start.Add(time.Hour)})
	grant(c.id, "r2", start.Add(2*time.Hour), start.Add(3*day))
	grant(other, "r3", start.Add(3*time.Hour), start.Add(2*day))
	view := views.NewDelegations(c.Twice(t, views.DelegationsView))

	at := start.Add(2 * day)
	page, err := view.Partners(t.Context(), c.id, "", 1, at)
	require.NoError(t, err)
	assert.Equal(t, []views.Delegation{{
		Relation: "r1", Customer: c.id, Partner: helper, Kind: partner.GDAP, Roles: []string{"a", "b"}, GrantedBy: c.omar,
		GrantedAt: start, ExpiresAt: start.Add(day), EndedAt: start.Add(time.Hour), Status: views.DelegationRevoked,
	}}, page.Items)
	page, err = view.Partners(t.Context(), c.id, page.Next, 1, at)
	require.NoError(t, err)
	require.Len(t, page.Items, 1)
	assert.Equal(t, views.DelegationActive, page.Items[0].Status)
	assert.Zero(t, page.Items[0].EndedAt)
	assert.Empty(t, page.Next)

	page, err = view.Customers(t.Context(), helper, "", 0, at)
	require.NoError(t, err)
	require.Len(t, page.Items, 3)
	assert.Equal(t, views.DelegationExpired, page.Items[2].Status, "at its end it is over, whatever was recorded")
	assert.Equal(t, at, page.Items[2].EndedAt)
	none, err := view.Customers(t.Context(), c.id, "", 0, at)
	require.NoError(t, err)
	assert.Empty(t, none.Items)

	lapsed := func(by time.Time) (ids []domain.RelationID) {
		found, _, err := view.Lapsed(t.Context(), by, 10)
		require.NoError(t, err)
		for _, d := range found {
			ids = append(ids, d.Relation)
		}
		return ids
	}
	assert.Empty(t, lapsed(at.Add(-time.Microsecond)), "what was revoked has ended")
	assert.Equal(t, []domain.RelationID{"r3"}, lapsed(at))
	assert.Equal(t, []domain.RelationID{"r3", "r2"}, lapsed(start.Add(3*day)))
	c.Record(partner.Stream(other, helper), projectiontest.Importer, partner.DelegationExpired{Relation: "r3", At: at})
	view = views.NewDelegations(c.Twice(t, views.DelegationsView))
	assert.Empty(t, lapsed(at), "it is recorded now")
}

func TestR54_AccessesAreListedForTheCustomerNewestFirst(t *testing.T) {
	c := newCompany(t)
	helper, other := c.Tenant("Helper", "helper.example"), c.Tenant("Fabrikam", "fabrikam.example")
	saw := func(customer, by domain.TenantID, operation string) {
		c.Record(access.Stream(customer, by, c.NewID()), projectiontest.Person(by, c.anna), access.Recorded{
			Customer: customer, Partner: by, Person: c.anna, Relation: "r", Operation: operation, Subject: "s", At: projectiontest.Noon})
	}
	saw(c.id, helper, "first")
	saw(other, helper, "elsewhere")
	saw(c.id, other, "by another")
	saw(c.id, helper, "second")
	view := views.NewAccesses(c.Twice(t, views.PartnerAccessView))
	page, err := view.List(t.Context(), c.id, helper, "", 1)
	require.NoError(t, err)
	require.Len(t, page.Items, 1)
	assert.Equal(t, views.Access{Person: c.anna, Relation: "r", Operation: "second", Subject: "s", At: projectiontest.Noon, Position: page.Items[0].Position}, page.Items[0])
	page, err = view.List(t.Context(), c.id, helper, page.Next, 1)
	require.NoError(t, err)
	require.Len(t, page.Items, 1)
	assert.Equal(t, "first", page.Items[0].Operation)
	assert.Empty(t, page.Next)
	_, err = view.List(t.Context(), c.id, helper, "?", 1)
	assert.ErrorIs(t, err, views.ErrCursor)
}
