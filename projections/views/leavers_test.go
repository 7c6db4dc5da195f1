package views_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	"kassa/domain/license"
	"kassa/domain/subscription"
	"kassa/domain/user"
	"kassa/projections/projectiontest"
	"kassa/projections/views"
)

// stream is facts of one aggregate, oldest first.
type stream struct {
	name  string
	facts []domain.Event
}

// recordStreams records streams one after the other, forwards or backwards: what is told
// of different aggregates may come in any order.
func (c *company) recordStreams(backwards bool, streams ...stream) {
	if backwards {
		slices.Reverse(streams)
	}
	for _, s := range streams {
		if len(s.facts) > 0 {
			c.Record(s.name, domain.Actor{Kind: domain.ActorSystem, Tenant: c.id}, s.facts...)
		}
	}
}

// licence is what happened to anna's licence of a subscription since she got it.
func (c *company) licence(s domain.SubscriptionID, then ...domain.Event) stream {
	assigned := license.Assigned{Subscription: s, Product: powerBI, Assignee: c.anna, AssigneeTenant: c.id, Via: license.ByPurchaser}
	return stream{license.Stream(s, c.anna), append([]domain.Event{assigned}, then...)}
}

func (c *company) licenceGone(s domain.SubscriptionID) domain.Event {
	return license.Unassigned{Subscription: s, Assignee: c.anna, Cause: license.Manual}
}

func TestR57_WhoeverLeftWaitsUntilTheirThingsSaySo(t *testing.T) {
	gone, there := []domain.Event{user.Deleted{}}, []domain.Event{user.Deleted{}, user.Restored{}}
	left, back := subscription.PurchaserMarkedAsLeft{Orphaned: true}, subscription.PurchaserReturned{}
	const never, holds, held = "never held anything", "holds a licence", "held one"
	for _, f := range []struct {
		name      string
		directory []domain.Event
		bought    []domain.Event // what became of it
		holding   string
		waits     bool
	}{
		{"who is there", nil, nil, holds, false},
		{"who left", gone, nil, never, true},
		{"what they bought is marked", gone, []domain.Event{left}, never, false},
		{"but they hold something", gone, []domain.Event{left}, holds, true},
		{"no more", gone, []domain.Event{left}, held, false},
		{"what they bought is not marked", gone, nil, held, true},
		{"but deleted", gone, []domain.Event{deleted}, held, false},
		{"or marked and deleted", gone, []domain.Event{left, deleted}, held, false},
		{"who is back", there, []domain.Event{left}, never, true},
		{"and what they bought says so", there, []domain.Event{left, back}, never, false},
		{"or is deleted", there, []domain.Event{left, deleted}, never, false},
		{"who is back before anybody looked", there, nil, holds, false},
		{"who left again", append(there, user.Deleted{}), []domain.Event{left, back}, never, true},
	} {
		for _, backwards := range []bool{false, true} {
			t.Run(f.name, func(t *testing.T) {
				c := newCompany(t)
				streams := []stream{{user.Stream(c.id, c.anna), f.directory}, {subscription.Stream(c.annas.Subscription), f.bought}}
				switch id := c.omars.Subscription; f.holding {
				case holds:
					streams = append(streams, c.licence(id))
				case held:
					streams = append(streams, c.licence(id, c.licenceGone(id)))
				}
				c.recordStreams(backwards, streams...)
				var want []views.Leaver
				if f.waits {
					want = append(want, views.Leaver{Tenant: c.id, Person: c.anna})
				}
				waiting, asOf, err := views.Leavers(t.Context(), c.Twice(t, views.LeaversView), 100)
				require.NoError(t, err)
				assert.Equal(t, want, waiting)
				assert.Equal(t, c.End(), asOf)
			})
		}
	}
}

func TestR57_WhatALeaverHasIsListed(t *testing.T) {
	c := newCompany(t)
	c.Assign(&c.annas, c.anna)
	c.Assign(&c.omars, c.anna)
	c.Leave(c.id, c.anna)
	p := c.Twice(t, views.LeaversView)
	got, err := views.BelongingsOf(t.Context(), p, views.Leaver{Tenant: c.id, Person: c.anna})
	require.NoError(t, err)
	assert.ElementsMatch(t, []domain.SubscriptionID{c.annas.Subscription, c.omars.Subscription}, got.Held)
	assert.Equal(t, []domain.SubscriptionID{c.annas.Subscription}, got.Bought)
	got, err = views.BelongingsOf(t.Context(), p, views.Leaver{Tenant: "elsewhere", Person: c.anna})
	require.NoError(t, err)
	assert.Equal(t, views.Belongings{}, got, "the same id in another organisation is somebody else")
	got, err = views.BelongingsOf(t.Context(), p, views.Leaver{Tenant: c.id, Person: c.omar})
	require.NoError(t, err)
	assert.Equal(t, []domain.SubscriptionID{c.omars.Subscription}, got.Bought, "what the organisation bought is nobody's to leave")
}

func TestR57_BothListsSayThatThePurchaserLeft(t *testing.T) {
	c := newCompany(t)
	c.Assign(&c.annas, c.omar)
	c.Leave(c.id, c.anna, c.annas)
	c.Leave(c.id, c.omar)
	p := c.Twice(t, views.YourProductsView, views.PurchasesView)
	list := views.NewYourProducts(p)
	get := func(o projectiontest.Order) views.Item {
		item, _, err := list.Get(t.Context(), c.id, o.Subscription, later)
		require.NoError(t, err)
		return item
	}
	annas := get(c.annas)
	assert.True(t, annas.PurchaserLeft)
	assert.False(t, annas.OrphanedAt.IsZero())
	own, _, err := views.NewPurchases(p).Get(t.Context(), c.id, c.anna, c.annas.Subscription, later)
	require.NoError(t, err)
	assert.Equal(t, annas, own)
	for _, o := range []projectiontest.Order{c.omars, c.centrals} { // not marked yet, and never marked
		assert.True(t, get(o).PurchaserLeft)
		assert.True(t, get(o).OrphanedAt.IsZero())
	}
	page, err := list.Orphaned(t.Context(), c.id, views.Filter{}, later)
	require.NoError(t, err)
	assert.Equal(t, []domain.SubscriptionID{c.annas.Subscription}, subscriptionsOf(page.Items))
	page, err = list.List(t.Context(), c.id, views.Filter{Orphaned: true}, later)
	require.NoError(t, err)
	assert.Equal(t, []domain.SubscriptionID{c.annas.Subscription}, subscriptionsOf(page.Items))
}

func TestWhoWasDeletedIsFoundByTheirAddressUntilSomebodyElseHasIt(t *testing.T) {
	c := newCompany(t)
	c.Leave(c.id, c.anna)
	find := func() views.Person {
		p, _, err := views.NewDirectory(c.Twice(t, views.DirectoryView)).PersonByMail(t.Context(), c.id, "index of anna@contoso.example")
		require.NoError(t, err)
		return p
	}
	before := find()
	assert.Equal(t, c.anna, before.Person)
	assert.True(t, before.Deleted)
	for range 5 { // of which some id comes before hers
		c.Join(c.id, "anna@contoso.example")
	}
	after := find()
	assert.NotEqual(t, c.anna, after.Person)
	assert.False(t, after.Deleted)
}
