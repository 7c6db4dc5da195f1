package api_test

import (
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	v1 "kassa/services/api/v1"
)

// routes is every operation there is. The document must list exactly these, and
// the matrices below walk over all of them.
var routes = []struct {
	method, path, body string
	public             bool
}{
	{"GET", "/healthz", "", true},
	{"GET", "/readyz", "", true},
	{"GET", "/v1/prices?market=US", "", true},
	{"POST", "/v1/home-realm", `{"email":"anna@contoso.example"}`, true},
	{"POST", "/v1/dev/token", `{"operator":true}`, true},
	{"POST", "/v1/purchases", `{"productId":"CFQ7TTC0H9MP","quantity":1,"market":"US"}`, false},
	{"GET", "/v1/purchases", "", false},
	{"GET", "/v1/purchases/{purchase}", "", false},
	{"POST", "/v1/purchases/{purchase}/submit", `{"card":"tok_visa","acceptTerms":true}`, false},
	{"GET", "/v1/eligibility?product=CFQ7TTC0H9MP&market=US", "", false},
	{"GET", "/v1/refusals", "", false},
	{"GET", "/v1/products", "", false},
	{"GET", "/v1/products/users", "", false},
	{"GET", "/v1/products/users.csv", "", false},
	{"GET", "/v1/products.csv", "", false},
	{"GET", "/v1/products/summary", "", false},
	{"GET", "/v1/orders/{order}", "", false},
	{"GET", "/v1/capacity", "", false},
	{"GET", "/v1/bills", "", false},
	{"GET", "/v1/subscriptions/{subscription}", "", false},
	{"POST", "/v1/subscriptions/{subscription}/pay", `{}`, false},
	{"PUT", "/v1/subscriptions/{subscription}/card", `{"card":"tok_visa"}`, false},
	{"GET", "/v1/me", "", false},
	{"POST", "/v1/subscriptions/{subscription}/licenses", `{"user":"omar@contoso.example"}`, false},
	{"DELETE", "/v1/subscriptions/{subscription}/licenses/omar@contoso.example", "", false},
	{"POST", "/v1/subscriptions/{subscription}/licenses/assign", `{"users":["omar@contoso.example"]}`, false},
	{"POST", "/v1/subscriptions/{subscription}/licenses/unassign", `{"users":["omar@contoso.example"]}`, false},
	{"POST", "/v1/subscriptions/{subscription}/seats", `{"delta":1}`, false},
	{"POST", "/v1/subscriptions/{subscription}/seats/remove", `{"delta":1,"when":"renewal"}`, false},
	{"DELETE", "/v1/subscriptions/{subscription}/scheduled-change", "", false},
	{"PUT", "/v1/subscriptions/{subscription}/recurring-billing", `{"on":false}`, false},
	{"POST", "/v1/subscriptions/{subscription}/cancel", `{"reason":"other"}`, false},
	{"POST", "/v1/subscriptions/{subscription}/reactivate", `{}`, false},
	{"POST", "/v1/subscriptions/{subscription}/control", `{"option":"cancel","reason":"centralised"}`, false},
	{"GET", "/v1/subscriptions/{subscription}/control", "", false},
	{"DELETE", "/v1/subscriptions/{subscription}/control/move", "", false},
	{"POST", "/v1/subscriptions/{subscription}/extend-trial", "", false},
	{"POST", "/v1/subscriptions/{subscription}/convert", `{}`, false},
	{"POST", "/v1/subscriptions/{subscription}/cancellation-requests", `{"to":"purchaser","reason":"centralised"}`, false},
	{"GET", "/v1/cancellation-requests", "", false},
	{"POST", "/v1/cancellation-requests/{request}/accept", "", false},
	{"POST", "/v1/cancellation-requests/{request}/decline", `{"reason":"still_needed"}`, false},
	{"POST", "/v1/cancellation-requests/{request}/withdraw", "", false},
	{"GET", "/v1/last-assignees", "", false},
	{"GET", "/v1/subscriptions/{subscription}/last-assignees", "", false},
	{"GET", "/v1/payment-methods", "", false},
	{"POST", "/v1/payment-methods", `{"card":"tok_visa"}`, false},
	{"PATCH", "/v1/payment-methods/{method}", `{"billingCountry":"SE"}`, false},
	{"POST", "/v1/payment-methods/{method}/replace", `{"card":"tok_mastercard"}`, false},
	{"PUT", "/v1/payment-methods/{method}/default", "", false},
	{"DELETE", "/v1/payment-methods/{method}", "", false},
	{"GET", "/v1/notices", "", false},
	{"GET", "/v1/mails", "", false},
	{"GET", "/v1/centralisations/preview?product=CFQ7TTC0H9MP", "", false},
	{"POST", "/v1/centralisations", `{"productId":"CFQ7TTC0HD32"}`, false},
	{"GET", "/v1/centralisations", "", false},
	{"GET", "/v1/centralisations/{centralisation}", "", false},
	{"GET", "/v1/centralisations/{centralisation}/users", "", false},
	{"GET", "/v1/centralisations/{centralisation}/purchases", "", false},
	{"POST", "/v1/centralisations/{centralisation}/buy", `{"acceptTerms":true}`, false},
	{"POST", "/v1/centralisations/{centralisation}/target", `{"subscriptionId":"{subscription}"}`, false},
	{"POST", "/v1/centralisations/{centralisation}/close", "", false},
	{"POST", "/v1/centralisations/{centralisation}/withdraw", "", false},
	{"GET", "/v1/invoices", "", false},
	{"GET", "/v1/invoices/KASSA-2026-0000001", "", false},
	{"GET", "/v1/invoices/statement.csv", "", false},
	{"GET", "/v1/invoices/{number}/pdf", "", false},
	{"GET", "/v1/billing/run", "", false},
	{"GET", "/v1/ledger/balances", "", false},
	{"POST", "/v1/ledger/verify", "", false},
	{"POST", "/v1/ledger/chargebacks", `{"charge":"ch_1","reason":"fraudulent"}`, false},
	{"POST", "/v1/support/cases", `{"subscriptionId":"{subscription}","topic":"access"}`, false},
	{"GET", "/v1/support/cases", "", false},
	{"POST", "/v1/support/cases/{case}/escalate", "", false},
	{"POST", "/v1/support/cases/{case}/close", `{"resolution":"solved"}`, false},
	{"POST", "/v1/support/credits", `{"number":"KASSA-2026-0000001","amount":{"minor":1,"currency":"USD"},"reason":"goodwill"}`, false},
	{"GET", "/v1/support/premier", "", false},
	{"GET", "/v1/policies", "", false},
	{"PUT", "/v1/policies", `{"default":"Enabled"}`, false},
	{"GET", "/v1/policies/CFQ7TTC0H9MP", "", false},
	{"PUT", "/v1/policies/CFQ7TTC0H9MP", `{"value":"Disabled"}`, false},
	{"PUT", "/v1/policies/products", `[{"productId":"CFQ7TTC0H9MP","value":"Enabled"}]`, false},
	{"GET", "/v1/policies/history", "", false},
	{"GET", "/v1/policies/offer-types/SaaS", "", false},
	{"PUT", "/v1/policies/offer-types/SaaS", `{"value":"Disabled"}`, false},
	{"GET", "/v1/partners", "", false},
	{"POST", "/v1/partners", `{"partner":"fabrikam.example","kind":"DAP","expiresAt":"2026-06-01T00:00:00Z"}`, false},
	{"DELETE", "/v1/partners/10000000-0000-4000-8000-000000000009", "", false},
	{"GET", "/v1/partners/10000000-0000-4000-8000-000000000009/access", "", false},
	{"GET", "/v1/customers", "", false},
	{"PUT", "/v1/policies/request-process", `{"message":"Ask in the portal."}`, false},
	{"POST", "/v1/license-requests", `{"productId":"CFQ7TTC0H9MP"}`, false},
	{"GET", "/v1/license-requests", "", false},
	{"POST", "/v1/license-requests/{ask}/approve", `{"subscriptionId":"none"}`, false},
	{"POST", "/v1/license-requests/{ask}/deny", `{"reason":"not_needed"}`, false},
	{"POST", "/v1/license-requests/{ask}/share", `{"user":"omar@contoso.example"}`, false},
	{"GET", "/v1/auto-claim", "", false},
	{"PUT", "/v1/auto-claim", `{"primary":"CFQ7TTC0H9MP"}`, false},
	{"DELETE", "/v1/auto-claim", "", false},
	{"GET", "/v1/auto-claim/report", "", false},
	{"POST", "/v1/licenses/claim", `{"productId":"CFQ7TTC0H9MP"}`, false},
	{"GET", "/v1/events", "", false},
	{"GET", "/v1/views", "", false},
	{"POST", "/v1/views/your_products/rebuild", "", false},
	{"POST", "/v1/views/your_products/verify", "", false},
	{"POST", "/v1/views/your_products/retry", "", false},
	{"POST", "/v1/views/your_products/drop", "", false},
	{"POST", "/v1/imports/catalogue", `{}`, false},
	{"POST", "/v1/prices", `{"productId":"CFQ7TTC0H9MP","channel":"self-service","market":"US","unitPrice":{"minor":1,"currency":"USD"},"term":"P1M","validFrom":"2027-01-01T00:00:00Z"}`, false},
	{"POST", "/v1/prices/withdraw", `{"productId":"CFQ7TTC0H9MP","channel":"self-service","market":"US","from":"2027-01-01T00:00:00Z"}`, false},
	{"DELETE", "/v1/people/omar@contoso.example", "", false},
	{"POST", "/v1/people/omar@contoso.example/restore", "", false},
	{"GET", "/v1/orphaned", "", false},
}

func TestOpenAPIDocumentIsValidAndWhole(t *testing.T) {
	h := newHouse(t)
	a := h.ask("", "GET", "/openapi.json", "")
	require.Equal(t, 200, a.status)
	doc, err := openapi3.NewLoader().LoadFromData(a.body)
	require.NoError(t, err)
	require.NoError(t, doc.Validate(t.Context()))
	assert.Equal(t, "3.1.0", doc.OpenAPI)
	var documented []string
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			documented = append(documented, method+" "+path)
			assert.NotEmpty(t, op.Summary, path)
			require.Len(t, op.Tags, 1, path)
			assert.NotNil(t, doc.Tags.Get(op.Tags[0]), "%s: the page would not show it", path)
			for _, p := range op.Parameters {
				assert.NotEmpty(t, p.Value.Description, "%s %s", path, p.Value.Name)
			}
		}
	}
	assert.Len(t, documented, len(routes))
	for _, r := range routes {
		path, _, _ := strings.Cut(r.path, "?")
		matches := slices.ContainsFunc(documented, func(d string) bool {
			pattern := regexp.MustCompile(`\\\{[a-z]+\\\}`).ReplaceAllString(regexp.QuoteMeta(d), `[^/]+`)
			return regexp.MustCompile("^" + pattern + "$").MatchString(r.method + " " + path)
		})
		assert.True(t, matches, "%s %s is not in the document", r.method, r.path)
	}
	yaml := h.ask("", "GET", "/openapi.yaml", "")
	assert.Contains(t, string(yaml.body), "openapi: 3.1.0")
}

func TestDocumentationWorksWithoutScriptsOrOtherHosts(t *testing.T) {
	h := newHouse(t)
	a := h.ask("", "GET", "/docs", "")
	require.Equal(t, 200, a.status)
	page := string(a.body)
	assert.NotContains(t, page, "<script")
	assert.NotRegexp(t, `(src|href)="(https?:)?//`, page)
	for _, anchor := range []string{`id="start-purchase"`, `id="type-Product"`, `id="policy_disabled"`} {
		assert.Contains(t, page, anchor)
	}
	assert.Equal(t, 200, h.ask("", "GET", "/docs/docs.css", "").status)
}

// mine are the ids that the routes' placeholders stand for: anna's of contoso.
func (h *house) mine() *strings.Replacer {
	bought := h.buy("anna@contoso.example", "3")
	h.let("GDAP", domain.RoleGlobalReader)
	asked := is[v1.CancellationRequest](h.ask("gail@contoso.example", "POST", "/v1/subscriptions/"+string(bought.SubscriptionID)+"/cancellation-requests", `{"to":"purchaser","reason":"other"}`), 200)
	started := is[v1.Centralised](h.ask("gail@contoso.example", "POST", "/v1/centralisations", `{"productId":"CFQ7TTC0H9MP"}`), 201)
	helped := is[v1.SupportCase](h.ask("anna@contoso.example", "POST", "/v1/support/cases", `{"subscriptionId":"`+string(bought.SubscriptionID)+`","topic":"access"}`), 200)
	return strings.NewReplacer("{ask}", h.askedFor("anna@contoso.example").RequestID,
		"{purchase}", string(bought.PurchaseID), "{order}", bought.OrderNumber, "{subscription}", string(bought.SubscriptionID),
		"{request}", asked.ID, "{centralisation}", string(started.CentralisationID), "{case}", string(helped.ID), "{method}", string(h.add(buyer, "tok_mastercard").PaymentMethodID))
}

func TestEveryRouteDemandsAToken(t *testing.T) {
	h := newHouse(t)
	mine := h.mine()
	h.tokens["forger"] = h.tokens["gail@contoso.example"] + "x"
	before, err := h.store.Head(t.Context())
	require.NoError(t, err)
	for _, r := range routes {
		if r.public {
			assert.Equal(t, 200, h.ask("", r.method, r.path, r.body).status, r.path)
			continue
		}
		h.ask("", r.method, mine.Replace(r.path), mine.Replace(r.body)).problem(http.StatusUnauthorized, "token_missing")
		h.ask("forger", r.method, mine.Replace(r.path), mine.Replace(r.body)).problem(http.StatusUnauthorized, "token_invalid")
		h.ask("", r.method, mine.Replace(r.path), "not even json").problem(http.StatusUnauthorized, "token_missing")
	}
	after, err := h.store.Head(t.Context())
	require.NoError(t, err)
	assert.Equal(t, before, after, "nothing was written")
}

// The administrator of another tenant, who may do everything at home, meets
// contoso's things as if they did not exist.
func TestTenantsAreWalls(t *testing.T) {
	h := newHouse(t)
	mine := h.mine()
	foreign := func(r struct {
		method, path, body string
		public             bool
	}) answer {
		return h.ask("gail@fabrikam.example", r.method, mine.Replace(r.path), mine.Replace(r.body))
	}
	codes := map[string]string{
		"/v1/purchases/{purchase}":                                       "purchase_unknown",
		"/v1/purchases/{purchase}/submit":                                "purchase_unknown",
		"/v1/orders/{order}":                                             "order_unknown",
		"/v1/subscriptions/{subscription}/licenses":                      "other_tenant",
		"/v1/subscriptions/{subscription}/licenses/omar@contoso.example": "other_tenant",
		"/v1/subscriptions/{subscription}/licenses/assign":               "subscription_unknown",
		"/v1/subscriptions/{subscription}/licenses/unassign":             "subscription_unknown",
		"/v1/subscriptions/{subscription}/seats":                         "subscription_unknown",
		"/v1/subscriptions/{subscription}/seats/remove":                  "subscription_unknown",
		"/v1/subscriptions/{subscription}/scheduled-change":              "subscription_unknown",
		"/v1/subscriptions/{subscription}/recurring-billing":             "subscription_unknown",
		"/v1/subscriptions/{subscription}/cancel":                        "subscription_unknown",
		"/v1/subscriptions/{subscription}/reactivate":                    "subscription_unknown",
		"/v1/partners/10000000-0000-4000-8000-000000000009":              "partner_unknown",
		"/v1/partners/10000000-0000-4000-8000-000000000009/access":       "partner_unknown",
		"/v1/subscriptions/{subscription}/control":                       "subscription_unknown",
		"/v1/subscriptions/{subscription}/control/move":                  "subscription_unknown",
		"/v1/subscriptions/{subscription}":                               "subscription_unknown",
		"/v1/subscriptions/{subscription}/extend-trial":                  "subscription_unknown",
		"/v1/subscriptions/{subscription}/convert":                       "subscription_unknown",
		"/v1/subscriptions/{subscription}/pay":                           "subscription_unknown",
		"/v1/subscriptions/{subscription}/card":                          "subscription_unknown",
		"/v1/subscriptions/{subscription}/cancellation-requests":         "subscription_unknown",
		"/v1/subscriptions/{subscription}/last-assignees":                "subscription_unknown",
		"/v1/cancellation-requests/{request}/accept":                     "cancellation_request_unknown",
		"/v1/cancellation-requests/{request}/decline":                    "cancellation_request_unknown",
		"/v1/cancellation-requests/{request}/withdraw":                   "cancellation_request_unknown",
		"/v1/centralisations/{centralisation}":                           "centralisation_unknown",
		"/v1/centralisations/{centralisation}/users":                     "centralisation_unknown",
		"/v1/centralisations/{centralisation}/purchases":                 "centralisation_unknown",
		"/v1/centralisations/{centralisation}/buy":                       "centralisation_unknown",
		"/v1/centralisations/{centralisation}/target":                    "centralisation_unknown",
		"/v1/centralisations/{centralisation}/close":                     "centralisation_unknown",
		"/v1/centralisations/{centralisation}/withdraw":                  "centralisation_unknown",
		"/v1/support/cases/{case}/escalate":                              "support_case_unknown",
		"/v1/support/cases/{case}/close":                                 "support_case_unknown",
		"/v1/license-requests/{ask}/approve":                             "license_request_unknown",
		"/v1/license-requests/{ask}/deny":                                "license_request_unknown",
		"/v1/license-requests/{ask}/share":                               "other_tenant",
		"/v1/payment-methods/{method}":                                   "card_of_another",
		"/v1/payment-methods/{method}/replace":                           "card_of_another",
		"/v1/payment-methods/{method}/default":                           "card_of_another",
		"/v1/imports/catalogue":                                          "not_operator",
		"/v1/prices":                                                     "not_operator",
		"/v1/prices/withdraw":                                            "not_operator",
		"/v1/people/omar@contoso.example":                                "person_unknown",
		"/v1/people/omar@contoso.example/restore":                        "person_unknown",
	}
	for _, r := range routes {
		if r.public {
			continue
		}
		a := foreign(r)
		if code, named := codes[r.path]; named {
			assert.Equal(t, code, into[v1.Problem](a).Code, r.path)
		}
		for _, secret := range []string{string(tenantID(1)), mine.Replace("{order}"), "Andersson"} {
			if a.status < 400 {
				assert.NotContains(t, string(a.body), secret, "%s %s", r.method, r.path)
			}
		}
	}
	name, value := "Kassa-Position", uintText(h.head())
	unharmed := is[v1.Products](h.ask("anna@contoso.example", "GET", "/v1/purchases", "", name, value), 200)
	assert.Len(t, unharmed.Items, 1)
	assert.Zero(t, unharmed.Items[0].Assigned)
	relations := is[v1.Delegations](h.ask("gail@contoso.example", "GET", "/v1/partners", "", name, value), 200)
	require.Len(t, relations.Items, 1)
	assert.Equal(t, "active", relations.Items[0].Status)
	policy := is[v1.ProductPolicy](h.ask("gail@contoso.example", "GET", "/v1/policies/CFQ7TTC0H9MP", "", name, value), 200)
	assert.False(t, policy.Own, "the foreign administrator set their own tenant's policy, not this one's")
	h.ask("gail@fabrikam.example", "POST", mine.Replace("/v1/subscriptions/{subscription}/licenses"), `{"user":"`+string(residents[8].Person)+`"}`).problem(404, "subscription_unknown")
}

func (h *house) head() uint64 {
	p, err := h.store.Head(h.Context())
	require.NoError(h, err)
	return p
}

func TestSecurityHeaders(t *testing.T) {
	h := newHouse(t)
	for _, path := range []string{"/docs", "/healthz", "/nowhere", "/v1/products"} {
		a := h.ask("", "GET", path, "")
		assert.Contains(t, a.header.Get("Content-Security-Policy"), "default-src 'none'", path)
		assert.Equal(t, "nosniff", a.header.Get("X-Content-Type-Options"), path)
	}
}

func TestUnreadyIs503WithTheReason(t *testing.T) {
	h := newHouse(t)
	h.Parts = func() []v1.Part { return []v1.Part{{Name: "relay", Detail: "NATS cannot be reached"}} }
	health := is[v1.Health](h.ask("", "GET", "/readyz", ""), 503)
	assert.Equal(t, "relay: NATS cannot be reached", health.Reason)
	h.Parts = func() []v1.Part { panic("a bug") }
	h.ask("", "GET", "/readyz", "").problem(500, "internal")
	assert.Equal(t, 200, h.ask("", "GET", "/healthz", "").status)
}

func TestEventsAreFollowed(t *testing.T) {
	h := newHouse(t)
	r, err := http.NewRequestWithContext(t.Context(), "GET", h.http.URL+"/v1/events?follow=true&limit=1&from="+uintText(h.head()), nil)
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+h.tokens["gail@contoso.example"])
	response, err := http.DefaultClient.Do(r) // answers before anything has happened
	require.NoError(t, err)
	defer response.Body.Close()
	h.ask("gail@contoso.example", "PUT", "/v1/policies", `{"default":"Disabled"}`)
	line, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	assert.Contains(t, string(line), `"kassa.tenantpolicy.default_set.v1"`)
}
