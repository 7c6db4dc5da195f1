package api_test

import (
	"context"
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
