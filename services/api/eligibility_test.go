package api_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	v1 "kassa/services/api/v1"
)

const eligibility = "/v1/eligibility?product=CFQ7TTC0H9MP&market=US"

func TestEligibilityIsExplainedWithoutATrace(t *testing.T) {
	h := newHouse(t)
	at := h.head()
	yes := is[v1.Eligibility](h.ask("anna@contoso.example", "GET", "/v1/eligibility?product=CFQ7TTC0L3PB&market=US", ""), 200)
	assert.True(t, yes.Eligible)
	assert.Nil(t, yes.Refusal)
	assert.Equal(t, powerBI, yes.ProductID)
	assert.Equal(t, powerBIOld, yes.AskedFor)
	assert.Equal(t, "Anna Andersson", yes.User.Name)
	require.Len(t, yes.Checks, 12)
	for _, c := range yes.Checks {
		assert.True(t, c.Passed, c.Code)
		assert.NotEmpty(t, c.Rule)
		assert.NotEmpty(t, c.Evidence)
		assert.NotEmpty(t, c.Source)
	}
	assert.EqualValues(t, -1, yes.Checks[11].Revision, "no policy was ever set")
	assert.Equal(t, at, h.head(), "nothing is recorded by asking")

	is[v1.PolicySet](h.ask("gail@contoso.example", "PUT", "/v1/policies/CFQ7TTC0H9MP", `{"value":"Disabled"}`), 200)
	at = h.head()
	a := h.ask("anna@contoso.example", "GET", eligibility, "", "Accept-Language", "sv")
	no := is[v1.Eligibility](a, 200)
	assert.False(t, no.Eligible)
	assert.Equal(t, "policy_disabled", no.Refusal.Code)
	assert.Equal(t, "R41", no.Refusal.Rule)
	assert.Equal(t, "contact_it_admin", no.Refusal.MessageKey)
	assert.True(t, no.Refusal.CanRequestLicense)
	assert.Contains(t, no.Refusal.Detail, "Kontakta din IT-administratör.")
	assert.Equal(t, "sv", a.header.Get("Content-Language"))
	assert.Equal(t, v1.Check{
		Code: "policy_disabled", Rule: "R41", Evidence: "Disabled for the product", Source: "tenantpolicy-" + string(tenantID(1)), Revision: 0,
	}, no.Checks[11])
	assert.Equal(t, at, h.head())

	// A checkout is told the same.
	told := h.ask("anna@contoso.example", "POST", "/v1/purchases", order(), "Accept-Language", "sv").problem(422, "policy_disabled")
	assert.Equal(t, no.Checks, told.Checks)
	assert.Equal(t, no.Refusal.Detail, told.Detail)
}

func TestR41_AdministratorsAskForOthers(t *testing.T) {
	h := newHouse(t)
	for _, c := range []struct{ as, user, query, code string }{
		{"gail@contoso.example", "omar@contoso.example", "", ""},
		{"bill@contoso.example", "omar@contoso.example", "", ""},
		{"bill@contoso.example", string(residents[1].Person), "", ""},
		{"gail@contoso.example", "gustav@contoso.example", "", "guest"},
		{"gail@contoso.example", "dora@contoso.example", "", "account_disabled"},
		{"gail@contoso.example", "omar@contoso.example", "&channel=central", "not_billing_admin"},
		{"gail@contoso.example", "bill@contoso.example", "&channel=central", ""},
		{"gail@contoso.example", "00000000-0000-4000-8000-00000000dead", "", "person_unknown"},
		{"anna@contoso.example", "anna@contoso.example", "", ""},
		{"anna@contoso.example", "", "&channel=central", "not_billing_admin"},
		{"teacher@school.example", "", "", "tenant_kind"},
		{"ivan@unmanaged.example", "", "", "tenant_unmanaged"},
	} {
		t.Run(c.as+" for "+c.user+c.query, func(t *testing.T) {
			h.T = t
			got := is[v1.Eligibility](h.ask(c.as, "GET", eligibility+"&user="+c.user+c.query, ""), 200)
			assert.Equal(t, c.code == "", got.Eligible)
			if c.code != "" {
				require.NotNil(t, got.Refusal)
				assert.Equal(t, c.code, got.Refusal.Code)
			}
		})
	}
}

func TestWhoMayNotAskLearnsNothing(t *testing.T) {
	h := newHouse(t)
	for _, user := range []string{"omar@contoso.example", "nobody@contoso.example", "anna@fabrikam.example", "x@nowhere.example", string(residents[1].Person)} {
		h.ask("anna@contoso.example", "GET", eligibility+"&user="+user, "").problem(403, "not_eligibility_admin")
	}
	for path, code := range map[string]string{
		eligibility + "&user=nobody@contoso.example":    "person_unknown",
		eligibility + "&user=anna@fabrikam.example":     "person_unknown",
		"/v1/eligibility?product=NOPE&market=US":        "product_unknown",
		"/v1/eligibility?product=CFQ7TTC0H9MP&market=X": "market_unknown",
		"/v1/eligibility?market=US":                     "parameter_invalid",
		eligibility + "&channel=mail":                   "parameter_invalid",
		eligibility + "&user=@":                         "email_invalid",
	} {
		assert.Equal(t, code, into[v1.Problem](h.ask("gail@contoso.example", "GET", path, "")).Code, path)
	}
}

func TestR20_RefusalsAreListed(t *testing.T) {
	h := newHouse(t)
	is[v1.PolicySet](h.ask("gail@contoso.example", "PUT", "/v1/policies/CFQ7TTC0HD32", `{"value":"Disabled"}`), 200)
	market := h.ask("anna@contoso.example", "POST", "/v1/purchases", order("US", "IN")).problem(422, "market_not_eligible")
	policy := h.ask("omar@contoso.example", "POST", "/v1/purchases", order("CFQ7TTC0H9MP", "CFQ7TTC0HD32")).problem(422, "policy_disabled")
	quoted := is[v1.Purchase](h.ask("anna@contoso.example", "POST", "/v1/purchases", order()), 201)
	is[v1.PolicySet](h.ask("gail@contoso.example", "PUT", "/v1/policies/CFQ7TTC0H9MP", `{"value":"Disabled"}`), 200)
	late := h.ask("anna@contoso.example", "POST", "/v1/purchases/"+string(quoted.PurchaseID)+"/submit", `{"card":"tok_visa","acceptTerms":true}`).problem(422, "policy_disabled")
	h.ask("teacher@school.example", "POST", "/v1/purchases", order()).problem(422, "tenant_kind")

	list := func(query string) (ids []string) {
		page := is[v1.Refusals](h.ask("bill@contoso.example", "GET", "/v1/refusals"+query, "", "Kassa-Position", uintText(h.head())), 200)
		for _, r := range page.Items {
			ids = append(ids, string(r.PurchaseID))
		}
		return ids
	}
	assert.ElementsMatch(t, []string{market.PurchaseID, policy.PurchaseID, late.PurchaseID}, list(""))
	assert.ElementsMatch(t, []string{policy.PurchaseID, late.PurchaseID}, list("?code=policy_disabled"))
	assert.ElementsMatch(t, []string{market.PurchaseID, late.PurchaseID}, list("?product=CFQ7TTC0L3PB"), "by an older id")
	assert.Equal(t, []string{late.PurchaseID}, list("?product=CFQ7TTC0H9MP&code=policy_disabled"))
	assert.Empty(t, list("?product=NOPE"))

	page := is[v1.Refusals](h.ask("gail@contoso.example", "GET", "/v1/refusals?product=CFQ7TTC0H9MP&code=policy_disabled", ""), 200)
	require.Len(t, page.Items, 1)
	got := page.Items[0]
	assert.Equal(t, "submit", got.Stage)
	assert.Equal(t, "R41", got.Rule)
	assert.Equal(t, "US", got.Market)
	assert.Equal(t, quoted.OrderNumber, got.OrderNumber)
	assert.Equal(t, "Anna Andersson", got.Person.Name)
	paged := is[v1.Refusals](h.ask("gail@contoso.example", "GET", "/v1/refusals?limit=2", ""), 200)
	rest := is[v1.Refusals](h.ask("gail@contoso.example", "GET", "/v1/refusals?limit=2&after="+paged.Next, ""), 200)
	assert.Len(t, rest.Items, 1)
	assert.Empty(t, rest.Next)
	h.ask("anna@contoso.example", "GET", "/v1/refusals", "").problem(403, "not_admin")
}
