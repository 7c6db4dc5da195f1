package views_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	"kassa/domain/product"
	"kassa/domain/subscription"
	"kassa/projections"
	"kassa/projections/projectiontest"
	"kassa/projections/views"
)

const (
	powerBI = domain.ProductID("CFQ7TTC0H9MP")
	visio   = domain.ProductID("CFQ7TTC0LSF4")
)

var later = projectiontest.Noon.Add(time.Hour)

// company is a tenant with two people and three purchases: anna's own, omar's
// own and one that the organisation made.
type company struct {
	*projectiontest.Shop
	id                     domain.TenantID
	anna, omar             domain.PersonID
	annas, omars, centrals projectiontest.Order
}

func newCompany(t *testing.T) *company {
	c := &company{Shop: projectiontest.New(t)}
	c.Offer(powerBI, "Power BI Pro", projectiontest.Euros(1000))
	c.Offer(visio, "Visio", projectiontest.Euros(500))
	c.id = c.Tenant("Contoso", "contoso.example")
	c.anna, c.omar = c.Join(c.id, "anna@contoso.example"), c.Join(c.id, "omar@contoso.example")
	c.annas = c.Buy(c.id, c.anna, powerBI, domain.SelfService, 3, projectiontest.Euros(1000))
	c.omars = c.Buy(c.id, c.omar, visio, domain.SelfService, 1, projectiontest.Euros(500))
	c.centrals = c.Buy(c.id, c.omar, powerBI, domain.Central, 10, projectiontest.Euros(900))
	return c
}

func TestR38_AnAdministratorSeesAllSevenColumns(t *testing.T) {
	c := newCompany(t)
	c.Assign(&c.annas, c.omar)
	c.Assign(&c.annas, c.anna)
	c.Unassign(&c.annas, c.omar)
	c.Record(product.Stream(powerBI), projectiontest.Importer, product.Renamed{Name: "Power BI Pro Plus", Previous: "Power BI Pro"})
	p := c.Twice(t, views.All()...)

	got, asOf, err := views.NewYourProducts(p).Get(t.Context(), c.id, c.annas.Subscription, later)
	require.NoError(t, err)
	assert.Equal(t, c.End(), asOf)
	assert.Equal(t, views.Item{
		Subscription: c.annas.Subscription, Purchase: c.annas.Purchase, Product: powerBI,
		ProductName: "Power BI Pro Plus", Family: "Power Platform", Purchaser: c.anna,
		Channel: domain.SelfService, Kind: domain.Paid, Quantity: 3, Assigned: 1, Available: 2,
		UnitPrice: projectiontest.Euros(1000), PurchasePrice: projectiontest.Euros(3750), Term: domain.Monthly, Payment: 1,
		Start: got.Start, ExpiryDate: got.Start.AddDate(0, 1, 0), PaidUntil: got.ExpiryDate, CancellationUntil: domain.CancellationUntil(got.Start),
		RecurringBilling: true, Status: subscription.StatusActive,
		AssignedUsers: []domain.PersonID{c.anna}, OrderNumbers: []string{c.annas.Number},
	}, got)
	assert.Equal(t, time.UTC, got.Start.Location())
}

func TestR49_ChannelsAreAFilter(t *testing.T) {
	c := newCompany(t)
	list := views.NewYourProducts(c.Twice(t, views.YourProductsView))
	for _, f := range []struct {
		name string
		by   views.Filter
		want []domain.SubscriptionID // newest first
	}{
		{"all", views.Filter{}, []domain.SubscriptionID{c.centrals.Subscription, c.omars.Subscription, c.annas.Subscription}},
		{"central", views.Filter{Channel: domain.Central}, []domain.SubscriptionID{c.centrals.Subscription}},
		{"self-service", views.Filter{Channel: domain.SelfService}, []domain.SubscriptionID{c.omars.Subscription, c.annas.Subscription}},
		{"one product", views.Filter{Product: visio}, []domain.SubscriptionID{c.omars.Subscription}},
		{"one purchaser", views.Filter{Purchaser: c.omar}, []domain.SubscriptionID{c.centrals.Subscription, c.omars.Subscription}},
		{"nothing is both", views.Filter{Product: visio, Purchaser: c.anna}, nil},
	} {
		t.Run(f.name, func(t *testing.T) {
			page, err := list.List(t.Context(), c.id, f.by, later)
			require.NoError(t, err)
			assert.Equal(t, f.want, subscriptionsOf(page.Items))
		})
	}
}

// Each status has the items that show it, whichever facts or calendar say so.
func TestR38_StatusIsAFilterThatAgreesWithWhatIsShown(t *testing.T) {
	c := newCompany(t)
	say := func(about domain.SubscriptionID, e domain.Event) {
		c.Record(subscription.Stream(about), projectiontest.Importer, e)
	}
	say(c.omars.Subscription, subscription.TrialStarted{})
	for _, e := range []domain.Event{subscription.Expired{}, subscription.Suspended{}, subscription.Disabled{}, subscription.Deleted{}} {
		say(c.Buy(c.id, c.anna, visio, domain.SelfService, 1, projectiontest.Euros(500)).Subscription, e)
	}
	list := views.NewYourProducts(c.Twice(t, views.YourProductsView))
	item, _, err := list.Get(t.Context(), c.id, c.annas.Subscription, later)
	require.NoError(t, err)
	ends := item.ExpiryDate
	for _, at := range []time.Time{later, ends.Add(-time.Second), ends, ends.Add(subscription.Grace - time.Second), ends.Add(subscription.Grace), ends.AddDate(1, 0, 0)} {
		all, err := list.List(t.Context(), c.id, views.Filter{}, at)
		require.NoError(t, err)
		shown, filtered := map[subscription.Status][]domain.SubscriptionID{}, 0
		for _, i := range all.Items {
			shown[i.Status] = append(shown[i.Status], i.Subscription)
		}
		for _, status := range []subscription.Status{
			subscription.StatusTrial, subscription.StatusActive, subscription.StatusExpired, subscription.StatusSuspended, subscription.StatusDisabled, subscription.StatusDeleted,
		} {
			page, err := list.List(t.Context(), c.id, views.Filter{Status: status}, at)
			require.NoError(t, err)
			assert.Equal(t, shown[status], subscriptionsOf(page.Items), "%s at %s", status, at)
			filtered += len(page.Items)
		}
		assert.Len(t, all.Items, filtered, at)
	}
}

func TestR38_TheListIsSortedByAnyOfItsColumnsOnePageAfterTheOther(t *testing.T) {
	c := newCompany(t)
	list := views.NewYourProducts(c.Twice(t, views.YourProductsView))
	annas, omars, centrals := c.annas.Subscription, c.omars.Subscription, c.centrals.Subscription
	for by, want := range map[views.Sort][]domain.SubscriptionID{
		"":                    {centrals, omars, annas},
		views.ByStart:         {annas, omars, centrals},
		"-" + views.ByExpiry:  {centrals, omars, annas},
		views.ByQuantity:      {omars, annas, centrals},
		"-" + views.ByProduct: {omars, max(annas, centrals), min(annas, centrals)},
	} {
		var seen []domain.SubscriptionID
		for f := (views.Filter{Sort: by, Limit: 1}); ; {
			page, err := list.List(t.Context(), c.id, f, later)
			require.NoError(t, err)
			seen = append(seen, subscriptionsOf(page.Items)...)
			if f.Next = page.Next; f.Next == "" {
				break
			}
		}
		assert.Equal(t, want, seen, by)
	}
	soon, err := list.List(t.Context(), c.id, views.Filter{ExpiringBefore: later}, later)
	require.NoError(t, err)
	assert.Empty(t, soon.Items)
	soon, err = list.List(t.Context(), c.id, views.Filter{ExpiringBefore: later.AddDate(0, 2, 0), Channel: domain.Central}, later)
	require.NoError(t, err)
	assert.Equal(t, []domain.SubscriptionID{centrals}, subscriptionsOf(soon.Items))
	page, err := list.List(t.Context(), c.id, views.Filter{Limit: 1}, later)
	require.NoError(t, err)
	_, err = list.List(t.Context(), c.id, views.Filter{Sort: views.ByProduct, Next: page.Next}, later)
	assert.ErrorIs(t, err, views.ErrCursor, "a page of another order")
}

// Each moment is shown as the live rows showed it then.
func TestR38_TheListIsShownAsItWasAtAnyMoment(t *testing.T) {
	s := projectiontest.New(t)
	s.Offer(powerBI, "Power BI Pro", projectiontest.Euros(1000))
	tenant := s.Tenant("Contoso", "contoso.example")
	anna := s.Join(tenant, "anna@contoso.example")
	config := s.Config(t.TempDir())
	config.Bulk = 7 // a page of history ends anywhere
	p := projectiontest.Open(t, config, views.YourProductsView)
	list := views.NewYourProducts(p)
	moments, then := []uint64{}, []views.Page[views.Item]{}
	remember := func() {
		p.Deliver(t.Context(), s.Published()...)
		page, err := list.List(t.Context(), tenant, views.Filter{}, later)
		require.NoError(t, err)
		moments, then = append(moments, s.End()), append(then, page)
	}
	remember()
	bought := s.Buy(tenant, anna, powerBI, domain.SelfService, 3, projectiontest.Euros(1000))
	remember()
	s.Assign(&bought, anna)
	remember()
	s.Record(subscription.Stream(bought.Subscription), projectiontest.Importer, subscription.Deleted{})
	remember()
	for i, position := range moments {
		page, err := list.AsOf(projections.Moment{Position: position}).List(t.Context(), tenant, views.Filter{}, later)
		require.NoError(t, err)
		assert.Equal(t, then[i], page)
	}
	none, err := list.AsOf(projections.Moment{Time: projectiontest.Noon.AddDate(-1, 0, 0)}).List(t.Context(), tenant, views.Filter{}, later)
	require.NoError(t, err)
	assert.Empty(t, none.Items)
	assert.Zero(t, none.AsOf)
	all, err := list.AsOf(projections.Moment{Time: later.AddDate(1000, 0, 0)}).List(t.Context(), tenant, views.Filter{}, later)
	require.NoError(t, err)
	assert.Equal(t, s.End(), all.AsOf)
	assert.Equal(t, subscription.StatusDeleted, all.Items[0].Status)
}

func TestPagesGoThroughTheWholeListOnce(t *testing.T) {
	c := newCompany(t)
	list := views.NewYourProducts(c.Twice(t, views.YourProductsView))
	var seen []domain.SubscriptionID
	for f := (views.Filter{Limit: 2}); ; {
		page, err := list.List(t.Context(), c.id, f, later)
		require.NoError(t, err)
		seen = append(seen, subscriptionsOf(page.Items)...)
		if f.Next = page.Next; f.Next == "" {
			break
		}
		require.Len(t, page.Items, 2)
	}
	assert.Equal(t, []domain.SubscriptionID{c.centrals.Subscription, c.omars.Subscription, c.annas.Subscription}, seen)

	for _, next := range []string{"!", "eA", "LjE"} {
		_, err := list.List(t.Context(), c.id, views.Filter{Next: next}, later)
		assert.ErrorIs(t, err, views.ErrCursor, next)
	}
}

func TestStatusIsThatOfTheDayItIsAskedFor(t *testing.T) {
	c := newCompany(t)
	list := views.NewYourProducts(c.Twice(t, views.YourProductsView))
	for after, want := range map[time.Duration]subscription.Status{
		time.Hour:                subscription.StatusActive,
		40 * 24 * time.Hour:      subscription.StatusExpired,
		2 * 365 * 24 * time.Hour: subscription.StatusDisabled,
	} {
		item, _, err := list.Get(t.Context(), c.id, c.annas.Subscription, projectiontest.Noon.Add(after))
		require.NoError(t, err)
		assert.Equal(t, want, item.Status, after)
	}
}

func TestAnotherTenantSeesNothing(t *testing.T) {
	c := newCompany(t)
	other := c.Tenant("Fabrikam", "fabrikam.example")
	p := c.Twice(t, views.All()...)

	page, err := views.NewYourProducts(p).List(t.Context(), other, views.Filter{}, later)
	require.NoError(t, err)
	assert.Empty(t, page.Items)
	_, _, err = views.NewYourProducts(p).Get(t.Context(), other, c.annas.Subscription, later)
	assert.ErrorIs(t, err, subscription.ErrUnknown)
	page, err = views.NewPurchases(p).List(t.Context(), other, c.anna, views.Filter{}, later)
	require.NoError(t, err)
	assert.Empty(t, page.Items)
	_, err = views.NewOrderHistory(p).Show(t.Context(), other, c.annas.Number)
	assert.ErrorIs(t, err, views.ErrOrderUnknown)
	_, _, err = views.NewDirectory(p).Person(t.Context(), other, c.anna)
	assert.ErrorIs(t, err, views.ErrPersonUnknown)
	sealed, _, err := views.NewDirectory(p).Sealed(t.Context(), other, []domain.PersonID{c.anna})
	require.NoError(t, err)
	assert.Empty(t, sealed)
}

func subscriptionsOf(items []views.Item) (ids []domain.SubscriptionID) {
	for _, i := range items {
		ids = append(ids, i.Subscription)
	}
	return ids
}
