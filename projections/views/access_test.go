package views_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	"kassa/domain/license"
	"kassa/domain/subscription"
	"kassa/projections/views"
)

func TestALicenceWaitsUntilItSaysWhatItsSubscriptionSays(t *testing.T) {
	back := subscription.Reactivated{Period: july}
	for _, f := range []struct {
		name  string
		ends  []domain.Event                                       // of the subscription
		then  func(*company, domain.SubscriptionID) []domain.Event // of the licence, once it was assigned
		waits bool
	}{
		{"active", nil, nil, false},
		{"expired: everything still works", []domain.Event{expired}, nil, false},
		{"disabled", []domain.Event{expired, disabled}, nil, true},
		{"and the licence suspended", []domain.Event{expired, disabled}, suspends, false},
		{"or taken back", []domain.Event{expired, disabled}, takes, false},
		{"reactivated", []domain.Event{expired, disabled, back}, suspends, true},
		{"and the licence restored", []domain.Event{expired, disabled, back}, restores, false},
		{"reactivated before anybody looked", []domain.Event{expired, disabled, back}, nil, false},
		{"deleted", []domain.Event{expired, disabled, deleted}, suspends, true},
		{"deleted before anybody looked", []domain.Event{expired, disabled, deleted}, nil, true},
		{"and the licence ended", []domain.Event{expired, disabled, deleted}, suspendsAndTakes, false},
	} {
		for _, backwards := range []bool{false, true} {
			t.Run(f.name, func(t *testing.T) {
				c := newCompany(t)
				id := c.annas.Subscription
				var then []domain.Event
				if f.then != nil {
					then = f.then(c, id)
				}
				c.recordStreams(backwards, stream{subscription.Stream(id), f.ends}, c.licence(id, then...))
				var want []domain.SubscriptionID
				if f.waits {
					want = append(want, id)
				}
				waiting, asOf, err := views.AccessDiffers(t.Context(), c.Twice(t, views.AccessView), 100)
				require.NoError(t, err)
				assert.Equal(t, want, waiting)
				assert.Equal(t, c.End(), asOf)
			})
		}
	}
}

func suspends(c *company, id domain.SubscriptionID) []domain.Event {
	return []domain.Event{license.Suspended{Subscription: id, Assignee: c.anna, Cause: license.SubscriptionDisabled}}
}

func restores(c *company, id domain.SubscriptionID) []domain.Event {
	return append(suspends(c, id), license.Restored{Subscription: id, Assignee: c.anna, Cause: license.SubscriptionReactivated})
}

func takes(c *company, id domain.SubscriptionID) []domain.Event {
	return []domain.Event{c.licenceGone(id)}
}

func suspendsAndTakes(c *company, id domain.SubscriptionID) []domain.Event {
	return append(suspends(c, id), c.licenceGone(id))
}

// Whoever is suspended is shown so, and nobody is shown in a seat of what is
// deleted, though no fact releases it.
func TestBothListsShowWhoIsSuspended(t *testing.T) {
	c := newCompany(t)
	c.Assign(&c.annas, c.omar)
	c.Disable(c.annas)
	p := c.Twice(t, views.YourProductsView, views.PurchasesView)
	seen, _, err := views.NewYourProducts(p).Get(t.Context(), c.id, c.annas.Subscription, later)
	require.NoError(t, err)
	assert.Equal(t, []domain.PersonID{c.omar}, seen.AssignedUsers)
	assert.Equal(t, seen.AssignedUsers, seen.SuspendedUsers)
	own, _, err := views.NewPurchases(p).Get(t.Context(), c.id, c.anna, c.annas.Subscription, later)
	require.NoError(t, err)
	assert.Equal(t, seen, own)
	c.lives(deleted)
	seen, _, err = views.NewYourProducts(c.Twice(t, views.YourProductsView)).Get(t.Context(), c.id, c.annas.Subscription, later)
	require.NoError(t, err)
	assert.Zero(t, seen.Assigned)
}
