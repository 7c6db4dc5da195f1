package api_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	v1 "kassa/services/api/v1"
)

// order is a purchase request, with members replaced or added.
func order(members ...string) string {
	body := `{"productId":"CFQ7TTC0H9MP","quantity":1,"market":"US"}`
	for i := 0; i < len(members); i += 2 {
		body = strings.Replace(body, members[i], members[i+1], 1)
	}
	return body
}

func TestBadInput(t *testing.T) {
	h := newHouse(t)
	bought := h.buy("anna@contoso.example", "1")
	quoted := is[v1.Purchase](h.ask("anna@contoso.example", "POST", "/v1/purchases", order()), 201)
	submit := "/v1/purchases/" + string(quoted.PurchaseID) + "/submit"
	licenses := "/v1/subscriptions/" + string(bought.SubscriptionID) + "/licenses"
	const anna = "anna@contoso.example"
	for _, c := range []struct {
		name, as, method, path, body string
		status                       int
		code                         string
	}{
		{"unknown product", anna, "POST", "/v1/purchases", order("CFQ7TTC0H9MP", "NOPE"), 404, "product_unknown"},
		{"unknown market", anna, "POST", "/v1/purchases", order("US", "XX"), 400, "market_unknown"},
		{"quantity 0", anna, "POST", "/v1/purchases", order(":1", ":0"), 400, "quantity_invalid"},
		{"quantity negative", anna, "POST", "/v1/purchases", order(":1", ":-3"), 400, "quantity_invalid"},
		{"quantity huge", anna, "POST", "/v1/purchases", order(":1", ":9000000000000000000"), 400, "quantity_too_large"},
		{"quantity beyond 64 bits", anna, "POST", "/v1/purchases", order(":1", ":90000000000000000000"), 400, "body_invalid"},
		{"quantity a fraction", anna, "POST", "/v1/purchases", order(":1", ":1.5"), 400, "body_invalid"},
		{"quantity a text", anna, "POST", "/v1/purchases", order(":1", `:"1"`), 400, "body_invalid"},
		{"foreign currency", anna, "POST", "/v1/purchases", order(`"US"`, `"US","currency":"SEK"`), 422, "currency_mismatch"},
		{"no price there", anna, "POST", "/v1/purchases", order("US", "SE"), 422, "price_unavailable"},
		{"unknown channel", anna, "POST", "/v1/purchases", order(`"US"`, `"US","channel":"mail"`), 400, "channel_unknown"},
		{"unknown entry point", anna, "POST", "/v1/purchases", order(`"US"`, `"US","entryPoint":"door"`), 400, "entry_point_unknown"},
		{"central without a role", anna, "POST", "/v1/purchases", order(`"US"`, `"US","channel":"central"`), 403, "not_central_buyer"},
		{"another organisation's address", anna, "POST", "/v1/purchases", order(`"US"`, `"US","email":"anna@fabrikam.example"`), 403, "email_other_tenant"},
		{"malformed JSON", anna, "POST", "/v1/purchases", `{"productId":`, 400, "body_malformed"},
		{"duplicate member", anna, "POST", "/v1/purchases", order(`"US"`, `"US","market":"IN"`), 400, "body_malformed"},
		{"not an object", anna, "POST", "/v1/purchases", `[]`, 400, "body_invalid"},
		{"no body", anna, "POST", "/v1/purchases", ``, 400, "body_invalid"},
		{"missing member", anna, "POST", "/v1/purchases", `{"productId":"CFQ7TTC0H9MP","market":"US"}`, 400, "body_invalid"},
		{"unknown member", anna, "POST", "/v1/purchases", order(`"US"`, `"US","price":1`), 400, "body_invalid"},
		{"body over the limit", anna, "POST", "/v1/purchases", order("US", strings.Repeat("U", 1<<20)), 413, "body_too_large"},
		{"unknown query parameter", anna, "GET", "/v1/purchases?tenant=x", ``, 400, "parameter_invalid"},
		{"limit too large", anna, "GET", "/v1/purchases?limit=501", ``, 400, "parameter_invalid"},
		{"foreign cursor", anna, "GET", "/v1/purchases?after=zzz", ``, 400, "bad_cursor"},
		{"no such address", anna, "GET", "/v1/purchase", ``, 404, "route_unknown"},
		{"no such method", anna, "PATCH", "/v1/purchases", ``, 405, "method_not_allowed"},
		{"unknown purchase", anna, "GET", "/v1/purchases/nope", ``, 404, "purchase_unknown"},
		{"unknown order", anna, "GET", "/v1/orders/KA-0", ``, 404, "order_unknown"},
		{"another's purchase", "omar@contoso.example", "POST", submit, `{"card":"tok_visa","acceptTerms":true}`, 404, "purchase_unknown"},
		{"terms not accepted", anna, "POST", submit, `{"card":"tok_visa","acceptTerms":false}`, 422, "terms_not_accepted"},
		{"by invoice", anna, "POST", submit, `{"paymentKind":"invoice","acceptTerms":true}`, 422, "invoice_not_supported"},
		{"by agreement", anna, "POST", submit, `{"paymentKind":"agreement","acceptTerms":true}`, 422, "payment_method_not_supported"},
		{"everybody's products", anna, "GET", "/v1/products", ``, 403, "not_admin"},
		{"unknown channel filter", "bill@contoso.example", "GET", "/v1/products?channel=mail", ``, 400, "parameter_invalid"},
		{"unknown subscription", anna, "POST", "/v1/subscriptions/nope/licenses", `{"user":"omar@contoso.example"}`, 404, "subscription_unknown"},
		{"unknown person", anna, "POST", licenses, `{"user":"nobody@contoso.example"}`, 404, "person_unknown"},
		{"unknown person by id", anna, "POST", licenses, `{"user":"nobody"}`, 404, "assignee_unknown"},
		{"another organisation's person", anna, "POST", licenses, `{"user":"anna@fabrikam.example"}`, 403, "other_tenant"},
		{"an address of nowhere", anna, "POST", licenses, `{"user":"anna@nowhere.example"}`, 403, "other_tenant"},
		{"no address", anna, "POST", licenses, `{"user":"@"}`, 400, "email_invalid"},
		{"disabled person", anna, "POST", licenses, `{"user":"dora@contoso.example"}`, 422, "assignee_disabled"},
		{"not the purchaser", "omar@contoso.example", "POST", licenses, `{"user":"omar@contoso.example"}`, 403, "not_your_purchase"},
		{"an administrator", "gail@contoso.example", "POST", licenses, `{"user":"omar@contoso.example"}`, 409, "takeover_required"},
		{"nothing to take back", anna, "DELETE", licenses + "/omar@contoso.example", ``, 404, "license_unknown"},
		{"import by a person", "gail@contoso.example", "POST", "/v1/imports/catalogue", `{}`, 403, "not_operator"},
		{"import of something else", "operator", "POST", "/v1/imports/orders", `{}`, 400, "parameter_invalid"},
		{"import of another format", "operator", "POST", "/v1/imports/catalogue", `{}`, 415, "media_type_not_supported"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h.T = t
			before := h.head()
			p := h.ask(c.as, c.method, c.path, c.body).problem(c.status, c.code)
			assert.NotContains(t, p.Detail, "validation failed")
			assert.Equal(t, before, h.head(), "nothing was written")
		})
	}
}

// Each refusal is recorded, with the rule behind it and every check made.
func TestR20_RefusalsAreRecordedAndExplained(t *testing.T) {
	h := newHouse(t)
	is[v1.PolicySet](h.ask("gail@contoso.example", "PUT", "/v1/policies/CFQ7TTC0HD32", `{"value":"Disabled"}`), 200)
	for _, c := range []struct {
		as, body, code, rule string
		contact              bool
	}{
		{"gustav@contoso.example", order(), "guest", "R21", false},
		{"dora@contoso.example", order(), "account_disabled", "R22", true},
		{"teacher@school.example", order(), "tenant_kind", "R08", true},
		{"clerk@agency.example", order(), "tenant_kind", "R07", true},
		{"ivan@unmanaged.example", order(), "tenant_unmanaged", "R19", true},
		{"anna@contoso.example", order("US", "IN"), "market_not_eligible", "R05/R06", true},
		{"anna@contoso.example", order("US", "BR", "CFQ7TTC0H9MP", "CFQ7TTC0HD32"), "market_not_eligible", "R05/R06", true},
		{"anna@contoso.example", order("CFQ7TTC0H9MP", "CFQ7TTC0HD32"), "policy_disabled", "R41", true},
		{"anna@contoso.example", order("CFQ7TTC0H9MP", "CFQ7TTC0MM8R"), "product_not_eligible", "R04", true},
	} {
		t.Run(c.as+" "+c.code, func(t *testing.T) {
			h.T = t
			key := uuid.NewString()
			a := h.ask(c.as, "POST", "/v1/purchases", c.body, "Idempotency-Key", key)
			p := a.problem(422, c.code)
			assert.Equal(t, c.rule, p.Rule)
			require.NotEmpty(t, p.Checks)
			records, err := h.store.Read(t.Context(), "purchase-"+p.PurchaseID)
			require.NoError(t, err)
			require.NotEmpty(t, records)
			assert.Equal(t, "purchase.refused.v1", records[len(records)-1].Type)
			assert.Equal(t, uintText(records[len(records)-1].Position), a.header.Get("Kassa-Position"))
			again := h.ask(c.as, "POST", "/v1/purchases", c.body, "Idempotency-Key", key)
			assert.Equal(t, p, again.problem(422, c.code))

			swedish := h.ask(c.as, "POST", "/v1/purchases", c.body, "Accept-Language", "sv-SE,sv;q=0.9,en;q=0.1")
			assert.Equal(t, "sv", swedish.header.Get("Content-Language"))
			said := swedish.problem(422, c.code).Detail
			assert.NotEqual(t, p.Detail, said)
			if c.contact {
				assert.Equal(t, "contact_it_admin", p.MessageKey)
				assert.Contains(t, strings.ToLower(p.Detail), "contact your it admin")
				assert.Contains(t, strings.ToLower(said), "kontakta din it-administratör")
			}
		})
	}
}

func TestR41_V12_JudgedAgainAtSubmission(t *testing.T) {
	h := newHouse(t)
	quoted := is[v1.Purchase](h.ask("anna@contoso.example", "POST", "/v1/purchases", order()), 201)
	is[v1.PolicySet](h.ask("gail@contoso.example", "PUT", "/v1/policies/CFQ7TTC0H9MP", `{"value":"Disabled"}`), 200)
	p := h.ask("anna@contoso.example", "POST", "/v1/purchases/"+string(quoted.PurchaseID)+"/submit", `{"card":"tok_visa","acceptTerms":true}`).problem(422, "policy_disabled")
	assert.True(t, p.CanRequestLicense)
	h.ask("anna@contoso.example", "POST", "/v1/purchases/"+string(quoted.PurchaseID)+"/submit", `{"card":"tok_visa","acceptTerms":true}`).problem(422, "purchase_refused")
	for range h.gateway.Charges(t.Context()) {
		assert.Fail(t, "something was charged")
	}
}

func TestR19_R22_MembersAndSyncedPeopleMayBuy(t *testing.T) {
	h := newHouse(t)
	h.buy("omar@contoso.example", "1")
	h.buy("sync@contoso.example", "1")
}

func TestNoSeatLeft(t *testing.T) {
	h := newHouse(t)
	bought := h.buy("anna@contoso.example", "1")
	licenses := "/v1/subscriptions/" + string(bought.SubscriptionID) + "/licenses"
	is[v1.License](h.ask("anna@contoso.example", "POST", licenses, `{"user":"anna@contoso.example"}`), 200)
	h.ask("anna@contoso.example", "POST", licenses, `{"user":"omar@contoso.example"}`).problem(409, "no_seat")
	is[v1.License](h.ask("anna@contoso.example", "DELETE", licenses+"/anna@contoso.example", ""), 200)
	is[v1.License](h.ask("anna@contoso.example", "POST", licenses, `{"user":"omar@contoso.example"}`), 200)
}

func TestIdempotencyKeys(t *testing.T) {
	h := newHouse(t)
	ask := func(key string) answer {
		return h.ask("anna@contoso.example", "POST", "/v1/purchases", order(), "Idempotency-Key", key)
	}
	ask(strings.Repeat("k", 256)).problem(400, "idempotency_key_invalid")
	ask("två").problem(400, "idempotency_key_invalid")
	is[v1.Purchase](ask(strings.Repeat("k", 255)), 201)

	bought := h.buy("anna@contoso.example", "2")
	licenses := "/v1/subscriptions/" + string(bought.SubscriptionID) + "/licenses"
	assign := func(user string) answer {
		return h.ask("anna@contoso.example", "POST", licenses, `{"user":"`+user+`"}`, "Idempotency-Key", "seat")
	}
	first := is[v1.License](assign("omar@contoso.example"), 200)
	is[v1.License](h.ask("anna@contoso.example", "DELETE", licenses+"/omar@contoso.example", ""), 200)
	assert.Equal(t, first, is[v1.License](assign("omar@contoso.example"), 200), "also after the seat was taken back")
	assign("anna@contoso.example").problem(422, "idempotency_key_reused")
}

func TestAReadWaitsForItsPositionOrSaysSo(t *testing.T) {
	h := newHouse(t)
	a := h.ask("anna@contoso.example", "GET", "/v1/purchases", "", "Kassa-Position", uintText(h.head()+1))
	a.problem(503, "view_behind")
	assert.Equal(t, "1", a.header.Get("Retry-After"))
	h.ask("anna@contoso.example", "GET", "/v1/purchases", "", "Kassa-Position", "soon").problem(400, "parameter_invalid")
}
