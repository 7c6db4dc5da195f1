package api_test

import (
	"encoding/csv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	v1 "kassa/services/api/v1"
)

func TestR02_UsersAreExportedByPurchaser(t *testing.T) {
	h := newHouse(t)
	annas, omars := h.used(omar, synced1), h.buy(omar, "2").SubscriptionID
	is[v1.LicenseResults](h.seatsOf(omar, omars, "assign", "1", buyer), 200)
	all := is[v1.ProductUsers](h.ask(billing, "GET", "/v1/products/users", ""), 200)
	require.Len(t, all.Purchasers, 2)
	assert.Equal(t, "Anna Andersson", all.Purchasers[0].Purchaser.Name)
	require.Len(t, all.Purchasers[0].Users, 2)
	assert.Equal(t, "Omar Haddad", all.Purchasers[0].Users[0].User.Name)
	assert.Equal(t, annas, all.Purchasers[0].Users[0].SubscriptionID)
	assert.Equal(t, "anna@contoso.example", all.Purchasers[1].Users[0].User.Mail)

	chosen := is[v1.ProductUsers](h.ask(billing, "GET", "/v1/products/users?subscription="+string(omars), ""), 200)
	require.Len(t, chosen.Purchasers, 1)
	assert.Equal(t, "Omar Haddad", chosen.Purchasers[0].Purchaser.Name)
	assert.Empty(t, is[v1.ProductUsers](h.ask(billing, "GET", "/v1/products/users?product="+string(visio), ""), 200).Purchasers)
	assert.Empty(t, is[v1.ProductUsers](h.ask("gail@fabrikam.example", "GET", "/v1/products/users?subscription="+string(omars), ""), 200).Purchasers)
	h.ask(omar, "GET", "/v1/products/users", "").problem(403, "not_admin")
	h.ask(omar, "GET", "/v1/products/users.csv", "").problem(403, "not_admin")

	table := h.ask(billing, "GET", "/v1/products/users.csv?product="+string(powerBI), "")
	assert.Equal(t, "text/csv; charset=utf-8", table.header.Get("Content-Type"))
	lines, err := csv.NewReader(strings.NewReader(string(table.body))).ReadAll()
	require.NoError(t, err)
	require.Len(t, lines, 4)
	assert.Equal(t, []string{"purchaser", "purchaser mail", "product"}, lines[0][:3])
	assert.Equal(t, []string{"Anna Andersson", "anna@contoso.example", "Power BI Pro"}, lines[1][:3])
}

func TestOneProductIsListedOnceWithAllItsPurchases(t *testing.T) {
	h := newHouse(t)
	h.used(omar, synced1)
	h.procured(5)
	cancelled, change := h.bought()
	is[v1.Subscription](change("cancel", `{"reason":"other"}`, "1"), 200)
	totals := is[v1.ProductTotals](h.ask(billing, "GET", "/v1/products/summary", "", "Kassa-Position", uintText(h.head())), 200)
	assert.Equal(t, []v1.ProductTotal{
		{ProductID: powerBI, ProductName: "Power BI Pro", Subscriptions: 2, AvailableQuantity: 9, Assigned: 2},
	}, totals.Items, "not %s, which is disabled", cancelled)
	h.ask(omar, "GET", "/v1/products/summary", "").problem(403, "not_admin")
}
