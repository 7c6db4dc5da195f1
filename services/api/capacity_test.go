package api_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	v1 "kassa/services/api/v1"
)

func TestR39_CapacityBySource(t *testing.T) {
	h := newHouse(t)
	h.buy("anna@contoso.example", "3")
	h.buy("omar@contoso.example", "2")
	quoted := is[v1.Purchase](h.ask("bill@contoso.example", "POST", "/v1/purchases", `{"productId":"CFQ7TTC0H9MP","quantity":5,"market":"US","channel":"central"}`), 201)
	is[v1.Submitted](h.ask("bill@contoso.example", "POST", "/v1/purchases/"+string(quoted.PurchaseID)+"/submit", `{"acceptTerms":true}`), 200)
	list := func(as, query string) v1.Capacity {
		return is[v1.Capacity](h.ask(as, "GET", "/v1/capacity"+query, ""), 200)
	}
	for _, admin := range []string{"petra@contoso.example", "bill@contoso.example", "gail@contoso.example"} {
		all := list(admin, "")
		assert.Len(t, all.Items, 3, admin)
		assert.Equal(t, v1.Storage{DatabaseMB: 100, FileMB: 1000}, all.Total, admin)
		assert.Equal(t, v1.Storage{DatabaseMB: 50, FileMB: 500}, all.SelfService, admin)
		byPeople := list(admin, "?channel=self-service").Items
		require.Len(t, byPeople, 2, admin)
		assert.ElementsMatch(t, []string{"Anna Andersson", "Omar Haddad"}, []string{byPeople[0].PurchaserName, byPeople[1].PurchaserName})
	}
	own := list("anna@contoso.example", "")
	require.Len(t, own.Items, 1)
	assert.Equal(t, "Anna Andersson", own.Items[0].PurchaserName)
	assert.Equal(t, domain.SelfService, own.Items[0].Channel)
	assert.Equal(t, v1.Storage{DatabaseMB: 30, FileMB: 300}, own.Items[0].Storage)
	assert.Equal(t, v1.Storage{DatabaseMB: 100, FileMB: 1000}, own.Total, "the same total as an administrator's")

	is[v1.Subscription](h.ask("anna@contoso.example", "POST", "/v1/subscriptions/"+string(own.Items[0].SubscriptionID)+"/seats", `{"delta":1}`), 200)
	assert.EqualValues(t, 40, list("anna@contoso.example", "").Items[0].DatabaseMB)
	is[v1.Subscription](h.ask("anna@contoso.example", "POST", "/v1/subscriptions/"+string(own.Items[0].SubscriptionID)+"/cancel", `{"reason":"other"}`), 200)
	gone := list("anna@contoso.example", "")
	assert.Empty(t, gone.Items)
	assert.EqualValues(t, 70, gone.Total.DatabaseMB)
	assert.Zero(t, list("gail@fabrikam.example", "").Total)
}
