package api_test

import (
	"bufio"
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/commands"
	"kassa/domain"
	"kassa/eventstore"
	"kassa/eventstore/memory"
	v1 "kassa/services/api/v1"
)

// buyCentrally takes a central checkout to its subscription; ask sends requests
// as whoever buys.
func buyCentrally(ask func(method, path, body string, headers ...string) answer, seats string) v1.Submitted {
	quoted := is[v1.Purchase](ask("POST", "/v1/purchases", `{"productId":"CFQ7TTC0H9MP","quantity":`+seats+`,"market":"US","channel":"central"}`), 201)
	return is[v1.Submitted](ask("POST", "/v1/purchases/"+string(quoted.PurchaseID)+"/submit", `{"acceptTerms":true}`), 200)
}

// shown is an answer without the position that it is as of.
func shown(a answer) map[string]any {
	a.t.Helper()
	require.Equal(a.t, 200, a.status, "%s", a.body)
	out := map[string]any{}
	require.NoError(a.t, json.Unmarshal(a.body, &out))
	delete(out, "asOf")
	return out
}

func TestR54_APartnerSeesSelfServicePurchasesJustLikeAnAdministrator(t *testing.T) {
	h := newHouse(t)
	bought := h.buy(anna, "3")
	h.ask(anna, "POST", "/v1/subscriptions/"+string(bought.SubscriptionID)+"/licenses", `{"user":"omar@contoso.example"}`)
	buyCentrally(func(method, path, body string, headers ...string) answer {
		return h.ask(bill, method, path, body, headers...)
	}, "5")
	h.ask(bill, "PUT", "/v1/policies/CFQ7TTC0HD32", `{"value":"Disabled"}`)
	h.ask("omar@contoso.example", "POST", "/v1/purchases", `{"productId":"CFQ7TTC0HD32","quantity":1,"market":"US"}`).problem(422, "policy_disabled")
	h.let("DAP")
	name, value := "Kassa-Position", uintText(h.head())
	for _, path := range []string{
		"/v1/products", "/v1/products?channel=central", "/v1/products?channel=self-service", "/v1/refusals", "/v1/capacity",
		"/v1/policies", "/v1/policies/CFQ7TTC0HD32", "/v1/policies/history",
		"/v1/eligibility?product=CFQ7TTC0HD32&market=US&user=omar@contoso.example",
	} {
		assert.Equal(t, shown(h.ask(bill, "GET", path, "", name, value)), shown(h.behalf("GET", path, "", name, value)), path)
	}
	seen := is[v1.Products](h.behalf("GET", "/v1/products?channel=self-service", "", name, value), 200)
	require.Len(t, seen.Items, 1)
	assert.Equal(t, "Anna Andersson", seen.Items[0].PurchaserName)
	assert.Equal(t, "Omar Haddad", seen.Items[0].AssignedUsers[0].Name)

	// The order's history too, but for the card that pays.
	path := "/v1/orders/" + bought.OrderNumber
	theirs := is[v1.Order](h.ask(bill, "GET", path, "", name, value), 200)
	ours := is[v1.Order](h.behalf("GET", path, "", name, value), 200)
	require.Len(t, ours.Entries, len(theirs.Entries))
	cards := 0
	for i, e := range theirs.Entries {
		if e.Type == "purchase.payment_method_attached.v1" {
			cards++
			assert.Contains(t, e.Summary, "4242")
			assert.Equal(t, "A payment method was attached.", ours.Entries[i].Summary)
			e.Summary = ours.Entries[i].Summary
		}
		assert.Equal(t, e, ours.Entries[i])
	}
	assert.Equal(t, 1, cards)
}

func TestR54_V19_EveryRequestOfAPartnerIsOnTheCustomersRecord(t *testing.T) {
	h := newHouse(t)
	bought := h.buy(anna, "1")
	relation := h.let("GDAP", domain.RoleGlobalReader)
	person := idOf(pat)
	assert.Equal(t, 200, h.behalf("GET", "/v1/products", "").status)
	assert.Equal(t, 200, h.behalf("GET", "/v1/orders/"+bought.OrderNumber, "").status)
	h.behalf("GET", "/v1/orders/Anna%20Andersson", "").problem(404, "order_unknown")
	h.behalf("POST", "/v1/subscriptions/"+string(bought.SubscriptionID)+"/seats", `{"delta":1}`).problem(403, "partner_read_only")
	h.behalf("PUT", "/v1/policies", `{"default":"Disabled"}`).problem(403, "not_for_partners")
	h.ask(pat, "GET", "/v1/customers", "") // is nobody else's business
	record := func() (operations []string, items []v1.Access) {
		next := ""
		for {
			page := is[v1.Accesses](h.ask(bill, "GET", partnersPath+"/access?limit=2&after="+next, ""), 200)
			assert.Equal(t, "partner.example", page.PartnerName)
			for _, a := range page.Items {
				operations, items = append(operations, a.Operation+" "+a.Subject), append(items, a)
			}
			if next = page.Next; next == "" {
				return operations, items
			}
		}
	}
	want := []string{
		"set-default-policy ", "add-seats " + string(bought.SubscriptionID), "show-order ", "show-order " + bought.OrderNumber, "list-products ",
	}
	got, items := record()
	assert.Equal(t, want, got, "newest first, and nothing that somebody typed")
	for _, a := range items {
		assert.Equal(t, now, a.At)
		assert.Equal(t, person, a.PersonID)
		assert.Equal(t, relation.RelationID, a.RelationID)
	}
	h.ask("omar@contoso.example", "GET", partnersPath+"/access", "").problem(403, "not_admin")
	h.ask(bill, "GET", "/v1/partners/"+string(tenantID(2))+"/access", "").problem(404, "partner_unknown")

	// It outlives the relation, and who is shut out is not on it.
	h.clock = now.Add(30*time.Minute - time.Microsecond)
	assert.Equal(t, 200, h.behalf("GET", "/v1/products", "").status, "the last moment of the relation")
	h.clock = now.Add(30 * time.Minute)
	h.behalf("GET", "/v1/products", "").problem(403, "delegation_expired")
	got, _ = record()
	assert.Equal(t, append([]string{"list-products "}, want...), got)
	status := is[v1.Delegations](h.ask(bill, "GET", "/v1/partners", ""), 200).Items[0]
	assert.Equal(t, "expired", status.Status, "though no fact says so yet")
	assert.Equal(t, relation.ExpiresAt, *status.EndedAt)

	again := h.let("DAP")
	assert.Equal(t, 200, h.behalf("GET", "/v1/products", "").status)
	_, items = record()
	assert.Equal(t, again.RelationID, items[0].RelationID)
	is[v1.DelegationChanged](h.ask(gail, "DELETE", partnersPath, ""), 200)
	h.behalf("GET", "/v1/products", "").problem(403, "delegation_revoked")
	after, _ := record()
	assert.Len(t, after, len(got)+1)
}

// full is a store that keeps nothing new of what partners ask for.
type full struct{ *memory.Store }

func (f full) Append(ctx context.Context, stream string, expected eventstore.Revision, drafts []eventstore.Draft) (eventstore.Written, error) {
	if strings.HasPrefix(stream, "access-") {
		return eventstore.Written{}, eventstore.ErrUnavailable
	}
	return f.Store.Append(ctx, stream, expected, drafts)
}

func TestR54_WithoutARecordThereIsNoAnswer(t *testing.T) {
	h := newHouse(t)
	h.buy(anna, "1")
	h.let("DAP")
	require.Contains(t, string(h.behalf("GET", "/v1/products", "").body), "Anna Andersson")
	h.Partners = &commands.Partners{Log: commands.Log{Store: full{h.store}, Codec: eventstore.Schema()}, Now: h.Now}
	h.behalf("GET", "/v1/products", "").problem(503, "store_unavailable")
	assert.Equal(t, 200, h.ask(bill, "GET", "/v1/products", "").status, "the organisation's own people are not kept waiting")
}

func TestR54_OnlyTheCustomersOwnGlobalAdministratorLetsAPartnerIn(t *testing.T) {
	h := newHouse(t)
	until := now.AddDate(1, 0, 0)
	in := v1.GrantDelegation{Partner: "partner.example", Kind: "GDAP", Roles: []string{domain.RoleGlobalAdmin}, ExpiresAt: until}
	h.grant(bill, in).problem(403, "not_delegator")
	h.ask(bill, "DELETE", partnersPath, "").problem(403, "not_delegator")
	h.ask(gail, "DELETE", partnersPath, "").problem(404, "partner_unknown")
	h.ask(gail, "DELETE", "/v1/partners/nobody", "").problem(404, "partner_unknown")
	for code, change := range map[string]func(*v1.GrantDelegation){
		"partner_tenant_unknown":    func(g *v1.GrantDelegation) { g.Partner = "nobody.example" },
		"partner_is_customer":       func(g *v1.GrantDelegation) { g.Partner = string(tenantID(1)) },
		"delegation_roles_invalid":  func(g *v1.GrantDelegation) { g.Roles = append(g.Roles, commands.RoleOperator) },
		"delegation_expiry_invalid": func(g *v1.GrantDelegation) { g.ExpiresAt = now.AddDate(2, 0, 1) },
	} {
		wrong := in
		change(&wrong)
		p := into[v1.Problem](h.grant(gail, wrong))
		assert.Equal(t, code, p.Code)
	}
	body, err := json.Marshal(in)
	require.NoError(t, err)
	first := h.ask(gail, "POST", "/v1/partners", string(body), "Idempotency-Key", "let-in")
	granted := is[v1.DelegationChanged](first, 201)
	assert.Equal(t, "active", granted.Status)
	assert.Equal(t, string(first.body), string(h.ask(gail, "POST", "/v1/partners", string(body), "Idempotency-Key", "let-in").body))
	h.grant(gail, in).problem(409, "delegation_active")
	// With the highest role, a partner lets nobody in, itself the longer included.
	h.behalf("POST", "/v1/partners", string(body)).problem(403, "not_for_partners")
	who := commands.Principal{Tenant: tenantID(1), Person: idOf(pat), Roles: in.Roles, Partner: tenantID(9), Relation: granted.RelationID}
	_, err = h.Partners.Revoke(t.Context(), commands.Request{Who: who}, tenantID(9))
	assert.ErrorIs(t, err, commands.ErrNotDelegator)

	name, value := "Kassa-Position", uintText(granted.Position)
	want := v1.Delegation{
		RelationID: granted.RelationID, CustomerTenantID: tenantID(1), CustomerName: "contoso.example",
		PartnerTenantID: tenantID(9), PartnerName: "partner.example", Kind: "GDAP", Roles: in.Roles, GrantedAt: now, ExpiresAt: until, Status: "active",
	}
	assert.Equal(t, []v1.Delegation{want}, is[v1.Delegations](h.ask(bill, "GET", "/v1/partners", "", name, value), 200).Items)
	assert.Equal(t, []v1.Delegation{want}, is[v1.Delegations](h.ask(pat, "GET", "/v1/customers", "", name, value), 200).Items)
	assert.Empty(t, is[v1.Delegations](h.ask("gail@fabrikam.example", "GET", "/v1/partners", "", name, value), 200).Items)
	assert.Empty(t, is[v1.Delegations](h.ask("gail@fabrikam.example", "GET", "/v1/customers", "", name, value), 200).Items)
	h.ask(anna, "GET", "/v1/partners", "").problem(403, "not_admin")

	revoked := is[v1.DelegationChanged](h.ask(gail, "DELETE", partnersPath, ""), 200)
	assert.Equal(t, "revoked", revoked.Status)
	ended := is[v1.Delegations](h.ask(bill, "GET", "/v1/partners", "", "Kassa-Position", uintText(revoked.Position)), 200).Items[0]
	assert.Equal(t, "revoked", ended.Status)
	assert.Equal(t, now, *ended.EndedAt)
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

// replay is the types of the events that a request is answered with.
func replay(a answer) (types []string) {
	require.Equal(a.t, 200, a.status, "%s", a.body)
	for line := range strings.Lines(string(a.body)) {
		var e v1.CloudEvent
		require.NoError(a.t, json.Unmarshal([]byte(line), &e))
		types = append(types, e.Type)
	}
	return types
}

func TestR56_APartnerExtendsByTheCustomersEvents(t *testing.T) {
	h := newHouse(t)
	h.buy(anna, "1")
	for _, relation := range []struct{ kind, role string }{{"DAP", ""}, {"GDAP", domain.RoleBillingAdmin}, {"GDAP", domain.RoleLicenseAdmin}} {
		h.let(relation.kind, strings.Fields(relation.role)...)
		h.behalf("GET", "/v1/events", "").problem(403, "events_not_delegated")
		h.ask(gail, "DELETE", partnersPath, "")
	}
	relation := h.let("GDAP", domain.RoleGlobalReader)
	before := h.head()
	whole, theirs := h.ask(gail, "GET", "/v1/events", ""), h.behalf("GET", "/v1/events", "")
	recorded := h.since(before)
	require.Len(t, recorded, 1)
	assert.Equal(t, relation.RelationID, recorded[0].Meta.Actor.Relation)

	// The same lines, byte for byte, but for cards, bills and what the customer
	// has with its partners.
	closed := regexp.MustCompile(`"type":"kassa\.(purchase\.payment_method_attached|invoice|invoiceregister|partner|access)\.`)
	var want []string
	for line := range strings.Lines(string(whole.body)) {
		if !closed.MatchString(line) {
			want = append(want, line)
		}
	}
	assert.Equal(t, strings.Join(want, ""), string(theirs.body))
	assert.Contains(t, replay(theirs), "kassa.purchase.completed.v1")
	assert.NotContains(t, string(theirs.body), `"last4"`)
}

// listen opens a partner's replay of what happens from now on.
func (h *house) listen() *bufio.Scanner {
	h.Helper()
	r, err := http.NewRequestWithContext(h.Context(), "GET", h.http.URL+"/v1/events?follow=true&from="+uintText(h.head()), nil)
	require.NoError(h, err)
	r.Header = http.Header{"Authorization": {"Bearer " + h.tokens[pat]}, "Kassa-On-Behalf-Of": {string(tenantID(1))}}
	response, err := http.DefaultClient.Do(r)
	require.NoError(h, err)
	h.Cleanup(func() { response.Body.Close() })
	require.Equal(h, 200, response.StatusCode)
	return bufio.NewScanner(response.Body)
}

func TestR56_AReplayEndsWithTheRelation(t *testing.T) {
	for code, end := range map[string]func(*house){
		"delegation_revoked": func(h *house) { h.ask(gail, "DELETE", partnersPath, "") },
		"delegation_expired": func(h *house) { h.clock = now.Add(30 * time.Minute) },
	} {
		h := newHouse(t)
		h.let("GDAP", domain.RoleGlobalReader)
		lines := h.listen()
		h.ask(bill, "PUT", "/v1/policies/CFQ7TTC0HD32", `{"value":"Disabled"}`)
		require.True(t, lines.Scan())
		assert.Contains(t, lines.Text(), "tenantpolicy.product_set")
		end(h)
		h.ask(bill, "PUT", "/v1/policies/CFQ7TTC0HD32", `{"value":"Enabled"}`)
		require.True(t, lines.Scan())
		assert.Contains(t, lines.Text(), `"code":"`+code+`"`)
		assert.False(t, lines.Scan(), "%s", lines.Text())
	}
}
