package api_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	v1 "kassa/services/api/v1"
)

// buyCentrally takes a central checkout to its subscription; ask sends requests
// as whoever buys.
func buyCentrally(ask func(method, path, body string, headers ...string) answer, seats string) v1.Submitted {
	quoted := is[v1.Purchase](ask("POST", "/v1/purchases", `{"productId":"CFQ7TTC0H9MP","quantity":`+seats+`,"market":"US","channel":"central"}`), 201)
	return is[v1.Submitted](ask("POST", "/v1/purchases/"+string(quoted.PurchaseID)+"/submit", `{"acceptTerms":true}`), 200)
}

func TestR55_APartnerBuysCentrallyAndAssignsAsGranted(t *testing.T) {
	h := newHouse(t)
	relation := h.let("GDAP", domain.RoleBillingAdmin, domain.RoleLicenseAdmin)
	before := h.head()
	bought := buyCentrally(h.behalf, "2")
	subscription := "/v1/subscriptions/" + string(bought.SubscriptionID)
	is[v1.License](h.behalf("POST", subscription+"/licenses", `{"user":"omar@contoso.example"}`), 200)
	is[v1.LicenseResults](h.behalf("POST", subscription+"/licenses/assign", `{"users":["anna@contoso.example"]}`), 200)
	is[v1.License](h.behalf("DELETE", subscription+"/licenses/omar@contoso.example", ""), 200)
	more := is[v1.Subscription](h.behalf("POST", subscription+"/seats", `{"delta":3}`), 200)
	assert.EqualValues(t, 5, more.Quantity)
	is[v1.Purchase](h.behalf("GET", "/v1/purchases/"+string(bought.PurchaseID), ""), 200)
	h.behalf("POST", subscription+"/licenses", `{"user":"gail@fabrikam.example"}`).problem(403, "other_tenant")

	// Every fact, down to the steps that Kassa took because of them, is contoso's
	// and names pat of the partner, for contoso, under the relation.
	types := map[string]bool{}
	for _, f := range h.since(before) {
		types[f.Type] = true
		assert.Equal(t, tenantID(1), f.Meta.Tenant, f.Type)
		a := f.Meta.Actor
		assert.Equal(t, domain.ActorPartner, a.Kind, f.Type)
		assert.Equal(t, tenantID(9), a.Tenant, f.Type)
		assert.Equal(t, tenantID(1), a.OnBehalfOf, f.Type)
		assert.Equal(t, relation.RelationID, a.Relation, f.Type)
		assert.Equal(t, relation.Roles, a.Roles, f.Type)
	}
	for _, want := range []string{
		"access.recorded.v1", "purchase.completed.v1", "subscription.provisioned.v1", "subscription.seat_reserved.v1",
		"license.assigned.v1", "license.unassigned.v1", "subscription.seats_added.v1",
	} {
		assert.Contains(t, types, want)
	}
	order := is[v1.Order](h.ask(bill, "GET", "/v1/orders/"+bought.OrderNumber, "", "Kassa-Position", uintText(more.Position)), 200)
	for _, e := range order.Entries {
		assert.Equal(t, "partner.example", e.By, e.Type)
		assert.Equal(t, "partner", e.ByKind, e.Type)
	}
	central := is[v1.Products](h.ask(bill, "GET", "/v1/products?channel=central", "", "Kassa-Position", uintText(more.Position)), 200)
	assert.Equal(t, "Outside the organisation", central.Items[0].PurchaserName)
}

func TestR55_R47_APartnerAsksAPurchaserToCancel(t *testing.T) {
	h := newHouse(t)
	bought := h.buy(anna, "1")
	h.let("GDAP", domain.RoleBillingAdmin)
	before := h.head()
	asked := is[v1.CancellationRequest](h.behalf("POST", "/v1/subscriptions/"+string(bought.SubscriptionID)+"/cancellation-requests", `{"to":"purchaser","reason":"centralised"}`), 200)
	for _, f := range h.since(before) {
		assert.Equal(t, domain.ActorPartner, f.Meta.Actor.Kind, f.Type)
		assert.Equal(t, tenantID(1), f.Meta.Actor.OnBehalfOf, f.Type)
	}
	assert.Equal(t, "Outside the organisation", asked.RequestedBy.Name)
	accepted := is[v1.CancellationRequest](h.ask(anna, "POST", "/v1/cancellation-requests/"+asked.ID+"/accept", ""), 200)
	seen := is[v1.CancellationRequests](h.behalf("GET", "/v1/cancellation-requests", "", "Kassa-Position", uintText(accepted.Position)), 200)
	require.Len(t, seen.Items, 1)
	assert.Equal(t, "executed", seen.Items[0].Status, "she said yes, and it was carried out")
}

// A global administrator by delegation starts, buys, and leaves the rest to
// Kassa, whose steps stay in the partner's name.
func TestR55_APartnerHelpsToCentralise(t *testing.T) {
	h := newHouse(t)
	bought := h.buy(anna, "2")
	h.assign(anna, bought, omar)
	h.centralise()
	relation := h.let("GDAP", domain.RoleGlobalAdmin)
	before := h.head()
	id := is[v1.Centralised](h.behalf("POST", "/v1/centralisations", everything), 201).CentralisationID
	target := is[v1.Centralised](h.behalf("POST", "/v1/centralisations/"+string(id)+"/buy", `{"acceptTerms":true}`), 200).Target
	h.standing(id, status("awaiting_answers"))
	types := map[string]bool{}
	for _, f := range h.since(before) {
		types[f.Type] = true
		assert.Equal(t, domain.ActorPartner, f.Meta.Actor.Kind, f.Type)
		assert.Equal(t, tenantID(9), f.Meta.Actor.Tenant, f.Type)
		assert.Equal(t, tenantID(1), f.Meta.Actor.OnBehalfOf, f.Type)
		assert.Equal(t, relation.RelationID, f.Meta.Actor.Relation, f.Type)
	}
	for _, want := range []string{"purchase.completed.v1", "license.assigned.v1", "cancelreq.cancellation_requested.v1"} {
		assert.Contains(t, types, want)
	}
	for _, item := range is[v1.Products](h.behalf("GET", "/v1/products?channel=central", "", "Kassa-Position", uintText(h.head())), 200).Items {
		assert.Equal(t, target, item.SubscriptionID)
		assert.Equal(t, "Omar Haddad", item.AssignedUsers[0].Name)
	}
}

func TestR55_APartnerDoesNothingThatWasNotGranted(t *testing.T) {
	h := newHouse(t)
	own := h.buy(anna, "3")
	central := buyCentrally(func(method, path, body string, headers ...string) answer {
		return h.ask(bill, method, path, body, headers...)
	}, "3")
	assign := func(s v1.Submitted) answer {
		return h.behalf("POST", "/v1/subscriptions/"+string(s.SubscriptionID)+"/licenses", `{"user":"omar@contoso.example"}`)
	}
	buy := func(channel string) answer {
		return h.behalf("POST", "/v1/purchases", `{"productId":"CFQ7TTC0H9MP","quantity":1,"market":"US","channel":"`+channel+`"}`)
	}
	cancel := func(s v1.Submitted) answer {
		return h.behalf("POST", "/v1/subscriptions/"+string(s.SubscriptionID)+"/cancel", `{"reason":"other"}`)
	}
	for _, c := range []struct {
		kind, role        string
		mayBuy, mayAssign bool
	}{
		{"DAP", "", false, false},
		{"GDAP", domain.RoleGlobalReader, false, false},
		{"GDAP", domain.RoleUserAdmin, false, true},
		{"GDAP", domain.RoleLicenseAdmin, false, true},
		{"GDAP", domain.RoleBillingAdmin, true, false},
		{"GDAP", domain.RoleGlobalAdmin, true, true},
	} {
		h.let(c.kind, strings.Fields(c.role)...)
		if bought := buy("central"); c.mayBuy {
			is[v1.Purchase](bought, 201)
		} else {
			bought.problem(403, "not_central_buyer")
			cancel(central).problem(403, "not_subscription_admin")
		}
		if assigned := assign(central); c.mayAssign {
			is[v1.License](assigned, 200)
		} else {
			assigned.problem(403, "not_license_admin")
		}
		ask := func(to string) answer {
			return h.behalf("POST", "/v1/subscriptions/"+string(own.SubscriptionID)+"/cancellation-requests", `{"to":"`+to+`","reason":"centralised"}`)
		}
		if asked := ask("purchaser"); c.mayBuy { // R47
			id := is[v1.CancellationRequest](asked, 200).ID
			h.behalf("POST", "/v1/cancellation-requests/"+id+"/accept", "").problem(403, "not_for_partners")
			assert.Equal(t, "withdrawn", is[v1.CancellationRequest](h.behalf("POST", "/v1/cancellation-requests/"+id+"/withdraw", ""), 200).Status)
			ask("support").problem(403, "partner_read_only") // R58 is the customer's own
		} else {
			asked.problem(403, "not_cancellation_asker")
		}
		// What people bought themselves is theirs, whatever was granted (R54).
		buy("self-service").problem(403, "partner_read_only")
		assign(own).problem(403, "partner_read_only")
		cancel(own).problem(403, "partner_read_only")
		h.ask(gail, "DELETE", partnersPath, "")
	}
}
