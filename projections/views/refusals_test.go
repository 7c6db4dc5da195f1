package views_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
	"kassa/projections/projectiontest"
	"kassa/projections/views"
)

func TestR20_RefusalsAreListedForAdministrators(t *testing.T) {
	c := newCompany(t)
	first, second := c.Start(c.id, c.anna, visio, domain.SelfService), c.Start(c.id, c.omar, powerBI, domain.SelfService)
	c.Start(c.id, c.anna, powerBI, domain.SelfService) // still open
	c.Refuse(second, "policy_disabled", "R41")
	c.Refuse(first, "market_not_eligible", "R05/R06")
	elsewhere := c.Tenant("Fabrikam", "fabrikam.example")
	theirs := c.Start(elsewhere, c.Join(elsewhere, "anna@fabrikam.example"), visio, domain.SelfService)
	c.Refuse(theirs, "guest", "R21")
	refusals := views.NewRefusals(c.Twice(t, views.RefusalsView))
	list := func(f views.RefusalFilter) []domain.PurchaseID {
		page, err := refusals.List(t.Context(), c.id, f)
		require.NoError(t, err)
		assert.Equal(t, c.End(), page.AsOf)
		var ids []domain.PurchaseID
		for _, r := range page.Items {
			ids = append(ids, r.Purchase)
		}
		return ids
	}

	page, err := refusals.List(t.Context(), c.id, views.RefusalFilter{Limit: 1})
	require.NoError(t, err)
	require.Len(t, page.Items, 1)
	at := page.Items[0].At
	assert.True(t, at.After(projectiontest.Noon))
	assert.Equal(t, views.Refusal{
		Purchase: first.Purchase, OrderNumber: first.Number, Person: c.anna, Product: visio, Channel: domain.SelfService,
		Market: "SE", At: at, Stage: string(purchase.AtStart), Code: "market_not_eligible", Rule: "R05/R06", Position: page.Items[0].Position,
	}, page.Items[0])
	assert.Equal(t, []domain.PurchaseID{second.Purchase}, list(views.RefusalFilter{Next: page.Next}))

	assert.Equal(t, []domain.PurchaseID{first.Purchase, second.Purchase}, list(views.RefusalFilter{}))
	assert.Equal(t, []domain.PurchaseID{second.Purchase}, list(views.RefusalFilter{Code: "policy_disabled"}))
	assert.Equal(t, []domain.PurchaseID{first.Purchase}, list(views.RefusalFilter{Products: []domain.ProductID{"OLD", visio}}))
	assert.Empty(t, list(views.RefusalFilter{Code: "policy_disabled", Products: []domain.ProductID{visio}}))
	assert.Empty(t, list(views.RefusalFilter{Code: "guest"}), "another organisation's")
	_, err = refusals.List(t.Context(), c.id, views.RefusalFilter{Next: "?"})
	assert.ErrorIs(t, err, views.ErrCursor)
}

func TestR20_R27_RefusalsOfMoreOfWhatWasBoughtAreListedToo(t *testing.T) {
	c := newCompany(t)
	stream, anna := subscription.Stream(c.annas.Subscription), domain.Actor{Kind: domain.ActorPurchaser, Tenant: c.id, Person: c.anna}
	at := projectiontest.Noon.AddDate(0, 0, 3)
	c.Record(stream, anna,
		subscription.SeatAdditionRefused{Addition: "a", Code: "policy_disabled", Rule: "R41", At: at},
		subscription.ConversionRefused{Conversion: "c", Code: "product_blocked", Rule: "R42", At: at},
		subscription.ReactivationRefused{Reactivation: "r", Code: "market_not_eligible", Rule: "R05", At: at})
	page, err := views.NewRefusals(c.Twice(t, views.RefusalsView)).List(t.Context(), c.id, views.RefusalFilter{Products: []domain.ProductID{powerBI}})
	require.NoError(t, err)
	var stages []string
	for _, r := range page.Items {
		stages = append(stages, r.Stage+" "+r.Code+" "+r.Rule)
		assert.Equal(t, views.Refusal{
			Purchase: c.annas.Purchase, OrderNumber: c.annas.Number, Person: c.anna, Product: powerBI, Channel: domain.SelfService, Market: "SE",
			At: at, Stage: r.Stage, Code: r.Code, Rule: r.Rule, Position: r.Position,
		}, r)
	}
	assert.Equal(t, []string{"reactivation market_not_eligible R05", "conversion product_blocked R42", "addition policy_disabled R41"}, stages)
}
