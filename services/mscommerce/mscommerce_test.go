package mscommerce_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	"kassa/domain/tenantpolicy"
)

// What the list looks like; only values differ.
const (
	powerBI  = `{"policyId":"AllowSelfServicePurchase","policyValue":"Enabled","scope":"product","productName":"Power BI Pro","productId":"CFQ7TTC0H9MP"}`
	visio    = `{"policyId":"AllowSelfServicePurchase","policyValue":"Enabled","scope":"product","productName":"Visio Plan 2 & <more>","productId":"CFQ7TTC0HD32"}`
	saas     = `{"policyId":"AllowSelfServicePurchase","policyValue":"Enabled","scope":"OfferType","scopeId":"SaaS","scopeValue":"Software as a Service"}`
	products = "/v1.0/policies/AllowSelfServicePurchase/products"
	offers   = "/v1.0/policies/AllowSelfServicePurchase/offerTypes"
)

func valued(item, value string) string { return strings.Replace(item, `"Enabled"`, `"`+value+`"`, 1) }

// body is what ConvertTo-Json makes of a change.
func body(value string) string { return "{\r\n    \"policyValue\":  \"" + value + "\"\r\n}" }

// TestR03_AScriptWalksEveryCmdlet makes the calls of the module's cmdlets one
// after the other, as an existing script does.
func TestR03_AScriptWalksEveryCmdlet(t *testing.T) {
	h := newHouse(t)
	global, billing, reader := h.token(domain.RoleGlobalAdmin), h.token(domain.RoleBillingAdmin), h.token(domain.RoleGlobalReader)
	const policy = `{"id":"AllowSelfServicePurchase","description":"Controls which products people may buy and try by themselves.","defaultValue":"Enabled"}`
	for _, c := range []struct{ cmdlet, token, method, path, body, want string }{
		{"Get-MSCommercePolicies", reader, "GET", "/v1.0/policies", "", `{"items":[` + policy + `]}`},
		{"Get-MSCommercePolicy -PolicyId", reader, "GET", "/v1.0/policies/AllowSelfServicePurchase", "", policy},
		{"Get-MSCommerceProductPolicies -PolicyId", reader, "GET", products + "?scope=product", "", `{"items":[` + powerBI + `,` + visio + `]}`},
		{"an older caller names no scope", reader, "GET", products, "", `{"items":[` + powerBI + `,` + visio + `]}`},
		{"Get-MSCommerceProductPolicies -Scope OfferType", reader, "GET", products + "?scope=OfferType", "", `{"items":[` + saas + `,` +
			`{"policyId":"AllowSelfServicePurchase","policyValue":"Enabled","scope":"OfferType","scopeId":"POWERBIVISUALS","scopeValue":"Power BI visuals"},` +
			`{"policyId":"AllowSelfServicePurchase","policyValue":"Enabled","scope":"OfferType","scopeId":"DYNAMICSCE","scopeValue":"Dynamics 365 customer engagement apps"},` +
			`{"policyId":"AllowSelfServicePurchase","policyValue":"Enabled","scope":"OfferType","scopeId":"DYNAMICSBC","scopeValue":"Dynamics 365 Business Central apps"}]}`},
		{"Get-MSCommerceProductPolicy -ProductId", reader, "GET", products + "/CFQ7TTC0H9MP", "", powerBI},
		{"Get-MSCommerceProductPolicy -OfferType", reader, "GET", offers + "/SaaS", "", saas},
		{"Update-MSCommerceProductPolicy -Enabled $False", global, "PUT", products + "/CFQ7TTC0H9MP", body("Disabled"), valued(powerBI, "Disabled")},
		{"and looks", reader, "GET", products + "/CFQ7TTC0H9MP", "", valued(powerBI, "Disabled")},
		{"Update-MSCommerceProductPolicy -Value OnlyTrials…", billing, "PUT", products + "/CFQ7TTC0H9MP", body("OnlyTrialsWithoutPaymentMethod"), valued(powerBI, "OnlyTrialsWithoutPaymentMethod")},
		{"Update-MSCommerceProductPolicy -Enabled $True", billing, "PUT", products + "/CFQ7TTC0H9MP", body("Enabled"), powerBI},
		{"the same again", billing, "PUT", products + "/CFQ7TTC0H9MP", body("Enabled"), powerBI},
		{"Update-MSCommerceProductPolicy -Value Disabled, by an older id", global, "PUT", products + "/CFQ7TTC0L3PB", body("Disabled"), valued(powerBI, "Disabled")},
		{"Get-MSCommerceProductPolicy by the older id", reader, "GET", products + "/CFQ7TTC0L3PB", "", valued(powerBI, "Disabled")},
		{"Update-MSCommerceProductPolicy -OfferType -Enabled $False", global, "PUT", offers + "/SaaS", body("Disabled"), valued(saas, "Disabled")},
		{"Update-MSCommerceProductPolicy -OfferType -Value Enabled", global, "PUT", offers + "/SaaS", body("Enabled"), saas},
		{"the list says so", reader, "GET", products, "", `{"items":[` + valued(powerBI, "Disabled") + `,` + visio + `]}`},
		{"a member in another case", global, "PUT", products + "/CFQ7TTC0HD32", `{"PolicyValue":"Disabled","extra":1}`, valued(visio, "Disabled")},
	} {
		t.Run(c.cmdlet, func(t *testing.T) {
			h.T = t
			status, got := h.call(c.token, c.method, c.path, c.body)
			assert.Equal(t, 200, status)
			assert.Equal(t, c.want, got)
		})
	}
	h.T = t
	facts := h.facts()
	require.Len(t, facts, 7, "what was already so left no fact")
	for _, f := range facts {
		assert.Equal(t, uuid.MustParse(correlation), f.Meta.Correlation, "the script's own id leads to what it did")
		assert.Equal(t, domain.ActorAdmin, f.Meta.Actor.Kind)
	}
	assert.Equal(t, tenantpolicy.ProductSet{
		Product: "CFQ7TTC0H9MP", AskedFor: "CFQ7TTC0L3PB", Value: domain.PolicyDisabled, Previous: domain.PolicyEnabled, At: noon,
	}, facts[3].Event)
}

func TestWhatAScriptIsRefused(t *testing.T) {
	h := newHouse(t)
	global, reader, member := h.token(domain.RoleGlobalAdmin), h.token(domain.RoleGlobalReader), h.token()
	const (
		unknown  = `{"errorCode":"Unknown","reason":"There is no such product in the catalogue. Check its id."}`
		noPolicy = `{"errorCode":"Unknown","reason":"There is no such policy. The only one is AllowSelfServicePurchase."}`
		noOffer  = `{"errorCode":"Unknown","reason":"There is no such offer type. List them with the policies."}`
		nothing  = `{"errorCode":"Unknown","reason":"There is nothing at this address, or not with this method."}`
		value    = `{"errorCode":"BadRequest","reason":"Give the value as Enabled, OnlyTrialsWithoutPaymentMethod or Disabled."}`
		two      = `{"errorCode":"BadRequest","reason":"Give the value of an offer type as Enabled or Disabled."}`
		scope    = `{"errorCode":"BadRequest","reason":"Invalid scope."}`
		badBody  = `{"errorCode":"BadRequest","reason":"The request body must be JSON such as {\"policyValue\":\"Disabled\"}."}`
		write    = `{"errorCode":"Forbidden","reason":"Only a global or billing administrator may change the purchase policy. Ask one of them."}`
		read     = `{"errorCode":"Forbidden","reason":"Only a global or billing administrator or a global reader may see the purchase policy. Ask one of them."}`
		missing  = `{"errorCode":"Unauthorized","reason":"Sign in first: the request carries no bearer token."}`
		forged   = `{"errorCode":"Unauthorized","reason":"The bearer token is not valid here. Sign in again."}`
	)
	for _, c := range []struct {
		name, token, method, path, body string
		status                          int
		want                            string
	}{
		{"an unknown product", reader, "GET", products + "/CFQ7TTC00000", "", 404, unknown},
		{"setting an unknown product", global, "PUT", products + "/CFQ7TTC00000", body("Disabled"), 404, unknown},
		{"an id in another case", reader, "GET", products + "/cfq7ttc0h9mp", "", 404, unknown},
		{"a product that cannot be folded", reader, "GET", products + "/CFQ7TTC0BAD0", "", 404, unknown},
		{"an unknown policy", reader, "GET", "/v1.0/policies/AllowEverything", "", 404, noPolicy},
		{"an unknown policy's products", reader, "GET", "/v1.0/policies/AllowEverything/products", "", 404, noPolicy},
		{"an unknown offer type", reader, "GET", offers + "/saas", "", 404, noOffer},
		{"setting an unknown offer type", global, "PUT", offers + "/Boxes", body("Disabled"), 404, noOffer},
		{"an unknown scope", reader, "GET", products + "?scope=everything", "", 400, scope},
		{"an unknown value", global, "PUT", products + "/CFQ7TTC0H9MP", body("Off"), 400, value},
		{"no value", global, "PUT", products + "/CFQ7TTC0H9MP", `{}`, 400, value},
		{"a third value of an offer type", global, "PUT", offers + "/SaaS", body("OnlyTrialsWithoutPaymentMethod"), 400, two},
		{"no JSON", global, "PUT", products + "/CFQ7TTC0H9MP", `policyValue=Disabled`, 400, badBody},
		{"no body", global, "PUT", products + "/CFQ7TTC0H9MP", ``, 400, badBody},
		{"an array", global, "PUT", products + "/CFQ7TTC0H9MP", `[` + body("Disabled") + `]`, 400, badBody},
		{"a body without end", global, "PUT", products + "/CFQ7TTC0H9MP", `{"policyValue":"` + strings.Repeat("D", 70_000) + `"}`, 400, badBody},
		{"a reader sets", reader, "PUT", products + "/CFQ7TTC0H9MP", body("Disabled"), 403, write},
		{"a reader sets offers", reader, "PUT", offers + "/SaaS", body("Disabled"), 403, write},
		{"a member lists", member, "GET", products, "", 403, read},
		{"a member sets", member, "PUT", products + "/CFQ7TTC0H9MP", body("Disabled"), 403, read},
		{"a member looks for a product", member, "GET", products + "/CFQ7TTC00000", "", 403, read},
		{"nobody", "", "GET", products, "", 401, missing},
		{"a forger", global + "x", "GET", products, "", 401, forged},
		{"nobody, anywhere", "", "GET", "/v1.0/elsewhere", "", 401, missing},
		{"no such address", global, "GET", "/v1.0/subscriptions", "", 404, nothing},
		{"no such method", global, "DELETE", products + "/CFQ7TTC0H9MP", "", 404, nothing},
	} {
		t.Run(c.name, func(t *testing.T) {
			h.T = t
			status, got := h.call(c.token, c.method, c.path, c.body)
			assert.Equal(t, c.status, status)
			assert.Equal(t, c.want, got)
		})
	}
	h.T = t
	assert.Empty(t, h.facts(), "nothing was written")
}

// The client tells its user that the credentials have expired by the status
// alone.
func TestAnExpiredTokenIs401(t *testing.T) {
	h := newHouse(t)
	token := h.token(domain.RoleGlobalAdmin)
	h.clock = noon.Add(2 * time.Hour)
	status, got, header := h.send(token, "GET", "/v1.0/policies", "", correlation)
	assert.Equal(t, 401, status)
	assert.Equal(t, `{"errorCode":"Unauthorized","reason":"The bearer token has expired. Sign in again."}`, got)
	assert.Equal(t, correlation, header.Get("x-ms-correlation-id"))
	assert.NotEmpty(t, header.Get("WWW-Authenticate"))
}

// A product that cannot be folded, or is not for sale, once made the whole list
// fail for everybody who had it.
func TestOneBadProductNeverSpoilsTheList(t *testing.T) {
	h := newHouse(t)
	require.Eventually(t, func() bool { return h.projector.Status()[0].Parked > 0 }, 10*time.Second, 5*time.Millisecond, "the bad one is parked")
	status, got := h.call(h.token(domain.RoleGlobalReader), "GET", products, "")
	assert.Equal(t, 200, status)
	assert.Equal(t, `{"items":[`+powerBI+`,`+visio+`]}`, got)
}

func TestACallWithoutACorrelationGetsOne(t *testing.T) {
	h := newHouse(t)
	for _, sent := range []string{"", "not a guid", "00000000-0000-0000-0000-000000000000"} {
		_, _, header := h.send(h.token(domain.RoleGlobalAdmin), "PUT", products+"/CFQ7TTC0H9MP", body("Disabled"), sent)
		given, err := uuid.Parse(header.Get("x-ms-correlation-id"))
		require.NoError(t, err)
		assert.NotEqual(t, uuid.Nil, given)
	}
	assert.Equal(t, h.facts()[0].Meta.Command, h.facts()[0].Meta.Correlation)
}

// The tenant's own default is told, which scripts had no way to see, and holds
// for products and offers alike.
func TestTheDefaultIsTheTenantsOwn(t *testing.T) {
	h := newHouse(t)
	set := tenantpolicy.DefaultSet{Value: domain.PolicyTrialsOnly, Previous: domain.PolicyEnabled, At: noon}
	h.givenPolicy(set)
	reader := h.token(domain.RoleGlobalReader)
	_, policy := h.call(reader, "GET", "/v1.0/policies/AllowSelfServicePurchase", "")
	assert.Contains(t, policy, `"defaultValue":"OnlyTrialsWithoutPaymentMethod"`)
	_, item := h.call(reader, "GET", products+"/CFQ7TTC0H9MP", "")
	assert.Equal(t, valued(powerBI, "OnlyTrialsWithoutPaymentMethod"), item)
	_, offer := h.call(reader, "GET", offers+"/SaaS", "")
	assert.Equal(t, valued(saas, "Disabled"), offer)
}

// Without this, a partner's script would set the policy of the partner.
func TestAScriptActsForNobodyElse(t *testing.T) {
	h := newHouse(t)
	r, err := http.NewRequestWithContext(t.Context(), "PUT", h.url+products+"/CFQ7TTC0H9MP", strings.NewReader(body("Disabled")))
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+h.token(domain.RoleGlobalAdmin))
	r.Header.Set("Kassa-On-Behalf-Of", "10000000-0000-4000-8000-000000000002")
	response, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer response.Body.Close()
	assert.Equal(t, http.StatusForbidden, response.StatusCode)
	assert.Empty(t, h.facts())
}
