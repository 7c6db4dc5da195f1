package api_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/commands"
	"kassa/domain"
	v1 "kassa/services/api/v1"
	"kassa/services/identity"
)

func TestR02_R37_R38_NobodyWhoBuysOrUsesIsHidden(t *testing.T) {
	h := newHouse(t)
	for who, user := range map[string]string{buyer: "omar@contoso.example", "omar@contoso.example": "sync@contoso.example"} {
		bought := h.buy(who, "1")
		is[v1.License](h.ask(who, "POST", "/v1/subscriptions/"+string(bought.SubscriptionID)+"/licenses", `{"user":"`+user+`"}`), 200)
	}
	seen := map[string]string{}
	for _, item := range is[v1.Products](h.ask("bill@contoso.example", "GET", "/v1/products", ""), 200).Items {
		require.Len(t, item.AssignedUsers, 1)
		seen[item.PurchaserName] = item.AssignedUsers[0].Mail
		assert.Equal(t, item, h.detail("bill@contoso.example", item.SubscriptionID).Product)
	}
	assert.Equal(t, map[string]string{"Anna Andersson": "omar@contoso.example", "Omar Haddad": "sync@contoso.example"}, seen)
}

func TestR48_WhoSeesYourProducts(t *testing.T) {
	h := newHouse(t)
	h.buy(buyer, "1")
	for role, status := range map[string]int{
		domain.RoleGlobalAdmin: 200, domain.RoleBillingAdmin: 200, domain.RoleGlobalReader: 200,
		domain.RoleUserAdmin: 403, domain.RoleLicenseAdmin: 403, domain.RolePowerPlatformAdmin: 403, "": 403,
	} {
		var roles []string
		if role != "" {
			roles = []string{role}
		}
		h.signIn("somebody", identity.Claims{Tenant: tenantID(1), Person: "20000000-0000-4000-8000-000000000077", Roles: roles})
		for _, path := range []string{"/v1/products", "/v1/products?channel=central", "/v1/refusals"} {
			assert.Equal(t, status, h.ask("somebody", "GET", path, "").status, "%s as %q", path, role)
		}
	}
}

// What people bought and what the organisation bought obey one and the same
// policies, also those that are set later.
func TestR40_R42_R43_PoliciesHoldForBothChannels(t *testing.T) {
	h := newHouse(t)
	own, central := h.buy(buyer, "2").SubscriptionID, h.central("bill@contoso.example", "2").SubscriptionID
	allowed := []v1.AppliedPolicy{{Policy: "governance", Value: "allowed"}, {Policy: "AllowSelfServicePurchase", Value: "Enabled"}}
	for _, id := range []domain.SubscriptionID{own, central} {
		assert.Equal(t, allowed, h.detail("gail@contoso.example", id).Policies)
	}
	assert.Empty(t, h.detail(buyer, own).Policies, "a purchaser sees nothing of policies")

	_, err := h.directory.PutTenant(t.Context(), operator(), commands.Organisation{Tenant: organisations[0], Blocked: []domain.ProductID{powerBIOld}})
	require.NoError(t, err)
	is[v1.PolicySet](h.ask("gail@contoso.example", "PUT", "/v1/policies/CFQ7TTC0H9MP", `{"value":"OnlyTrialsWithoutPaymentMethod"}`), 200)
	blocked := []v1.AppliedPolicy{{Policy: "governance", Value: "blocked", Own: true}, {Policy: "AllowSelfServicePurchase", Value: "OnlyTrialsWithoutPaymentMethod", Own: true}}
	for id, who := range map[domain.SubscriptionID]string{own: buyer, central: "gail@contoso.example"} {
		assert.Equal(t, blocked, h.detail("gail@contoso.example", id).Policies)
		h.ask(who, "POST", "/v1/subscriptions/"+string(id)+"/licenses", `{"user":"omar@contoso.example"}`).problem(422, "assignment_blocked")
	}
	h.wants(buyer).problem(422, "product_blocked")
	h.wants("bill@contoso.example", `"US"`, `"US","channel":"central"`).problem(422, "product_blocked")
}

func TestR36_R44_R53_WhatASubscriptionSaysOfItself(t *testing.T) {
	h := newHouse(t)
	own, central := h.buy(buyer, "1").SubscriptionID, h.central("bill@contoso.example", "1").SubscriptionID
	check := func() {
		for _, as := range []string{buyer, "gail@contoso.example"} {
			d := h.detail(as, own)
			assert.Equal(t, residents[0].Person, d.PayerID)
			assert.Equal(t, "tenant", d.DataOwner)
			assert.Equal(t, []string{"https://learn.example/power-bi"}, d.TrainingURLs)
		}
		d := h.detail("gail@contoso.example", central)
		assert.Empty(t, d.PayerID, "the organisation pays, by agreement")
		assert.Equal(t, "tenant", d.DataOwner)
	}
	check()
	h.passes(now.AddDate(0, 2, 1))
	check()
	is[v1.Subscription](h.ask(buyer, "POST", "/v1/subscriptions/"+string(own)+"/cancel", `{"reason":"other"}`), 200)
	check()
	h.ask("gail@fabrikam.example", "GET", "/v1/subscriptions/"+string(own), "").problem(404, "subscription_unknown")
}
