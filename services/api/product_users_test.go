package api_test

import (
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
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

func TestR49_WhatIsListedIsNarrowedSortedAndPutIntoATable(t *testing.T) {
	h := newHouse(t)
	annas, omars, central := h.used(omar), h.buy(omar, "1").SubscriptionID, h.procured(5)
	listed := func(query string) (ids []domain.SubscriptionID) {
		t.Helper()
		for _, p := range is[v1.Products](h.ask(billing, "GET", "/v1/products?"+query, "", "Kassa-Position", uintText(h.head())), 200).Items {
			ids = append(ids, p.SubscriptionID)
		}
		return ids
	}
	ends := now.AddDate(0, 1, 1).Format(time.RFC3339)
	assert.Equal(t, []domain.SubscriptionID{omars, annas, central}, listed("sort=quantity"))
	assert.Equal(t, []domain.SubscriptionID{central, annas, omars}, listed("sort=-quantity&status=active&expiringBefore="+ends+"&product="+string(powerBI)))
	assert.Equal(t, []domain.SubscriptionID{omars}, listed("purchaser="+omar))
	assert.Empty(t, listed("status=expired"))
	assert.Empty(t, listed("expiringBefore="+now.Format(time.RFC3339)))
	assert.Empty(t, listed("product="+string(visio)))
	before := h.head()
	is[v1.License](h.ask(buyer, "POST", "/v1/subscriptions/"+string(annas)+"/licenses", `{"user":"`+buyer+`"}`), 200)
	assigned := func(query string) int64 {
		return is[v1.Products](h.ask(billing, "GET", "/v1/products?purchaser="+buyer+query, ""), 200).Items[0].Assigned
	}
	assert.EqualValues(t, 2, assigned(""))
	assert.EqualValues(t, 1, assigned("&asOf="+uintText(before)), "before that")
	assert.Empty(t, listed("asOf=2001-01-01T00:00:00Z"))
	h.ask(billing, "GET", "/v1/products?asOf=yesterday", "").problem(400, "as_of_invalid")
	h.ask(billing, "GET", "/v1/products?status=gone", "").problem(400, "parameter_invalid")
	h.ask(billing, "GET", "/v1/products?sort=purchaser", "").problem(400, "parameter_invalid")
	h.ask(billing, "GET", "/v1/products?purchaser=nobody@contoso.example", "").problem(404, "person_unknown")
	h.ask(billing, "GET", "/v1/products?purchaser=gail@fabrikam.example", "").problem(404, "person_unknown")
	h.ask(omar, "GET", "/v1/products.csv", "").problem(403, "not_admin")

	table := h.ask(billing, "GET", "/v1/products.csv?channel=self-service&sort=-quantity", "")
	assert.Equal(t, "text/csv; charset=utf-8", table.header.Get("Content-Type"))
	lines, err := csv.NewReader(strings.NewReader(string(table.body))).ReadAll()
	require.NoError(t, err)
	require.Len(t, lines, 3)
	assert.Equal(t, []string{"product", "product id", "channel", "kind", "purchaser"}, lines[0][:5])
	assert.Equal(t, []string{"Power BI Pro", string(powerBI), "self-service", "paid", "Anna Andersson"}, lines[1][:5])
	assert.Equal(t, []string{"9.99", "19.98", "USD", "Anna Andersson, Omar Haddad"}, lines[1][14:18])
	assert.Equal(t, string(annas), lines[1][19])
}
