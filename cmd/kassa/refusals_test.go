package main

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	v1 "kassa/services/api/v1"
)

// asked is one request to the HTTP API, in Swedish, as a person's program sends
// it.
type asked struct {
	name         string
	as           string // mail; "" for nobody
	method, path string
	body         string
	header       map[string]string
	status       int
	code         string
	records      string // the stored name of what it leaves; "" for nothing at all
	swedish      string // part of what the person is told
}

const (
	visioPlan1 = "CFQ7TTC0HD33"
	projectP3  = "CFQ7TTC0HDB0"
)

func order(product, market string, quantity int64) string {
	return fmt.Sprintf(`{"productId":%q,"quantity":%d,"market":%q}`, product, quantity, market)
}

// TestRefusals_TheTableThroughHTTP asks everything that is wrong, or not
// allowed, of the real server. Each answer has its own code and says what to do;
// nothing is written but the refusal of somebody who tried to buy (R20).
func TestRefusals_TheTableThroughHTTP(t *testing.T) {
	p := start(t, t.TempDir(), "--demo")
	const anna, bill, itAdmin = "anna@contoso.example", "bill@contoso.example", "IT-administratör"
	bought := as[v1.Submitted](p, anna, "checkout", "--product", powerBIPro, "--seats", "1", "--market", "US", "--card", "tok_visa")
	other := as[v1.Submitted](p, "anna@fabrikam.example", "checkout", "--product", powerBIPro, "--seats", "1", "--market", "SE", "--card", "tok_visa")
	out, code := p.kassa(p.token(bill), "policy", "set", projectP3, "Disabled")
	require.Equal(t, 0, code, out)

	seats := "/v1/subscriptions/" + string(bought.SubscriptionID) + "/licenses"
	huge := `{"email":"` + strings.Repeat("a", 1<<20) + `"}`
	reused := map[string]string{"Idempotency-Key": "7a5e0f0e-0d0c-4c9e-9a52-3b1f6f2f7a11"}
	out, status := p.http(t, asked{as: anna, method: "POST", path: "/v1/purchases", body: order(powerBIPro, "US", 1), header: reused})
	require.Equal(t, 201, status, out)

	p.head(t)
	const refused = "purchase.refused.v1"
	buy := func(name, as, body string, status int, code, records, swedish string) asked {
		return asked{name: name, as: as, method: "POST", path: "/v1/purchases", body: body, status: status, code: code, records: records, swedish: swedish}
	}
	for _, c := range []asked{
		buy("unknown product", anna, order("CFQ7TTC00000", "US", 1), 404, "product_unknown", "", ""),
		buy("unknown market", anna, order(powerBIPro, "XX", 1), 400, "market_unknown", "", ""),
		buy("quantity 0 (R12)", anna, order(powerBIPro, "US", 0), 400, "quantity_invalid", "", ""),
		buy("negative quantity (R12)", anna, order(powerBIPro, "US", -3), 400, "quantity_invalid", "", ""),
		buy("huge quantity (R12)", anna, order(powerBIPro, "US", 1<<40), 400, "quantity_too_large", "", ""),
		buy("a foreign currency", anna, `{"productId":"`+powerBIPro+`","quantity":1,"market":"US","currency":"SEK"}`, 422, "currency_mismatch", "", ""),
		buy("no price there", anna, order(powerBIPro, "JP", 1), 422, "price_unavailable", "", ""),
		buy("a guest (R21)", "gustav@contoso.example", order(powerBIPro, "US", 1), 422, "guest", refused, "gäst"),
		buy("a disabled account (R22)", "dora@contoso.example", order(powerBIPro, "US", 1), 422, "account_disabled", refused, itAdmin),
		buy("government (R07, V11)", "clerk@agency.example", order(powerBIPro, "US", 1), 422, "tenant_kind", refused, itAdmin),
		buy("education (R08)", "teacher@school.example", order(powerBIPro, "US", 1), 422, "tenant_kind", refused, itAdmin),
		buy("unmanaged (R19)", "ivan@unmanaged.example", order(powerBIPro, "US", 1), 422, "tenant_unmanaged", refused, itAdmin),
		buy("India (R05, V10)", anna, order(powerBIPro, "IN", 1), 422, "market_not_eligible", refused, itAdmin),
		buy("Visio in Brazil (R06, V10)", anna, order(visioPlan1, "BR", 1), 422, "market_not_eligible", refused, itAdmin),
		buy("Project in DR Congo (R06, V10)", anna, order("CFQ7TTC0HDB1", "CD", 1), 422, "market_not_eligible", refused, itAdmin),
		buy("policy disabled (R41)", anna, order(projectP3, "US", 1), 422, "policy_disabled", refused, itAdmin),
		buy("policy disabled, by its older id", anna, order("CFQ7TTC0KXNC", "US", 1), 422, "policy_disabled", refused, itAdmin),
		buy("central, by a member (R46)", anna, `{"productId":"`+powerBIPro+`","quantity":1,"market":"US","channel":"central"}`, 403, "not_central_buyer", "", ""),
		buy("another organisation's address (R11)", anna, `{"productId":"`+powerBIPro+`","quantity":1,"market":"US","email":"anna@fabrikam.example"}`, 403, "", "", ""),
		buy("malformed JSON", anna, `{"productId":`, 400, "", "", ""),
		buy("an unknown field", anna, `{"productId":"`+powerBIPro+`","quantity":1,"market":"US","price":0}`, 400, "", "", ""),
		buy("a fraction of a seat", anna, `{"productId":"`+powerBIPro+`","quantity":1.5,"market":"US"}`, 400, "", "", ""),
		buy("no token", "", order(powerBIPro, "US", 1), 401, "token_missing", "", ""),
		{name: "a body over the limit", as: anna, method: "POST", path: "/v1/purchases", body: huge, status: 413, code: "body_too_large"},
		{name: "a replayed key with another body", as: anna, method: "POST", path: "/v1/purchases", body: order(powerBIPro, "US", 2), header: reused, status: 422, code: "idempotency_key_reused"},
		{name: "a stale revision", as: bill, method: "PUT", path: "/v1/policies/" + projectP3, body: `{"value":"Enabled"}`, header: map[string]string{"If-Match": `"999"`}, status: 409, code: "stale_revision"},
		{name: "policy by a member (R03)", as: anna, method: "PUT", path: "/v1/policies/" + projectP3, body: `{"value":"Enabled"}`, status: 403, code: "not_policy_admin"},
		{name: "an unknown policy value", as: bill, method: "PUT", path: "/v1/policies/" + projectP3, body: `{"value":"Maybe"}`, status: 400, code: "policy_value_invalid"},
		{name: "another tenant's purchase", as: anna, method: "POST", path: "/v1/purchases/" + string(other.PurchaseID) + "/submit", body: `{"card":"tok_visa","acceptTerms":true}`, status: 404, code: "purchase_unknown"},
		{name: "another tenant's order", as: bill, method: "GET", path: "/v1/orders/" + other.OrderNumber, status: 404, code: "order_unknown"},
		{name: "another tenant's subscription", as: anna, method: "POST", path: "/v1/subscriptions/" + string(other.SubscriptionID) + "/licenses", body: `{"user":"omar@contoso.example"}`, status: 404, code: "subscription_unknown"},
		{name: "a colleague's purchase (R24, V16)", as: "omar@contoso.example", method: "POST", path: seats, body: `{"user":"omar@contoso.example"}`, status: 403, code: "not_your_purchase"},
		{name: "an admin, before takeover (R40)", as: "gail@contoso.example", method: "POST", path: seats, body: `{"user":"omar@contoso.example"}`, status: 409, code: "takeover_required"},
		{name: "a person elsewhere (R23, V16)", as: anna, method: "POST", path: seats, body: `{"user":"anna@fabrikam.example"}`, status: 403, code: "other_tenant"},
		{name: "an unknown person", as: anna, method: "POST", path: seats, body: `{"user":"nobody@contoso.example"}`, status: 404},
		{name: "a disabled assignee", as: anna, method: "POST", path: seats, body: `{"user":"dora@contoso.example"}`, status: 422, code: "assignee_disabled", swedish: itAdmin},
		{name: "the list, to a member (R48)", as: anna, method: "GET", path: "/v1/products", status: 403, code: "not_admin"},
		{name: "who was refused, to a member (R48)", as: anna, method: "GET", path: "/v1/refusals", status: 403, code: "not_admin"},
		{name: "a colleague's verdict (R41)", as: anna, method: "GET", path: "/v1/eligibility?product=" + powerBIPro + "&market=US&user=omar@contoso.example", status: 403, code: "not_eligibility_admin"},
		{name: "the policies' history, to a member (R03)", as: anna, method: "GET", path: "/v1/policies/history", status: 403, code: "not_policy_reader"},
		{name: "many policies, by a member (R03)", as: anna, method: "PUT", path: "/v1/policies/products", body: `[{"productId":"` + projectP3 + `","value":"Enabled"}]`, status: 403, code: "not_policy_admin"},
		{name: "trials of third-party offers (R41)", as: bill, method: "PUT", path: "/v1/policies/offer-types/SaaS", body: `{"value":"OnlyTrialsWithoutPaymentMethod"}`, status: 400, code: "offer_type_value_invalid"},
		{name: "an unknown offer type", as: bill, method: "PUT", path: "/v1/policies/offer-types/Boxes", body: `{"value":"Disabled"}`, status: 404, code: "offer_type_unknown"},
		{name: "no such address", as: anna, method: "GET", path: "/v1/nowhere", status: 404, code: "route_unknown"},
	} {
		t.Run(c.name, func(t *testing.T) { p.refuses(t, c) })
	}
	t.Run("a second seat of one", func(t *testing.T) {
		out, status := p.http(t, asked{as: anna, method: "POST", path: seats, body: `{"user":"omar@contoso.example"}`})
		require.Equal(t, 200, status, out)
		p.head(t)
		p.refuses(t, asked{as: anna, method: "POST", path: seats, body: `{"user":"sync@contoso.example"}`, status: 409, code: "no_seat"})
	})
	t.Run("payment", func(t *testing.T) { p.payments(t, anna) })
}

// payments tries everything that is no card (R13, R16, R17) on one quote, and
// buys with a good one in the end.
func (p *program) payments(t *testing.T, who string) {
	out, status := p.http(t, asked{as: who, method: "POST", path: "/v1/purchases", body: order(powerBIPro, "US", 1)})
	require.Equal(t, 201, status, out)
	var quoted v1.Purchase
	require.NoError(t, json.Unmarshal([]byte(out), &quoted))
	path := "/v1/purchases/" + string(quoted.PurchaseID) + "/submit"
	p.head(t)
	for _, c := range []asked{
		{name: "invoice (R17)", body: `{"paymentKind":"invoice","acceptTerms":true}`, status: 422, code: "invoice_not_supported"},
		{name: "another kind (R16)", body: `{"paymentKind":"bank_transfer","acceptTerms":true}`, status: 422, code: "payment_method_not_supported"},
		{name: "a card's number (R13)", body: `{"card":"4242424242424242","acceptTerms":true}`, status: 400, code: "card_number_not_accepted"},
		{name: "an unknown token", body: `{"card":"tok_nothing","acceptTerms":true}`, status: 400, code: "card_unknown"},
		{name: "terms not accepted", body: `{"card":"tok_visa","acceptTerms":false}`, status: 422, code: "terms_not_accepted"},
		{name: "declined", body: `{"card":"tok_declined","acceptTerms":true}`, status: 402, code: "card_declined", records: "purchase.payment_declined.v1"},
		{name: "expired", body: `{"card":"tok_expired","acceptTerms":true}`, status: 402, code: "expired_card", records: "purchase.payment_declined.v1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.as, c.method, c.path = who, "POST", path
			p.refuses(t, c)
		})
	}
	out, status = p.http(t, asked{as: who, method: "POST", path: path, body: `{"card":"tok_visa","acceptTerms":true}`})
	assert.Equal(t, 200, status, out)
}

// refuses asks, and holds the answer and what was written to the case.
func (p *program) refuses(t *testing.T, c asked) {
	before := p.latest
	out, status := p.http(t, c)
	assert.Equal(t, c.status, status, out)
	var problem v1.Problem
	require.NoError(t, json.Unmarshal([]byte(out), &problem), out)
	assert.NotEmpty(t, problem.Code)
	if c.code != "" {
		assert.Equal(t, c.code, problem.Code)
	}
	assert.NotEmpty(t, problem.Detail)
	assert.Contains(t, problem.Detail, c.swedish)

	after := p.head(t)
	if c.records == "" {
		assert.Equal(t, before, after, "nothing is written")
		return
	}
	assert.Equal(t, "kassa."+c.records, after.Type, "the refusal is a fact")
}

// head is the last fact there is, read from the last one known. Bills are left
// out: they follow what was bought before, in their own time.
func (p *program) head(t *testing.T) v1.CloudEvent {
	t.Helper()
	out, code := p.kassa(p.token(""), "events", "tail", "--from", cmp.Or(p.latest.Position, "start"), "--json")
	require.Equal(t, 0, code, out)
	for line := range strings.Lines(out) {
		var e v1.CloudEvent
		require.NoError(t, json.Unmarshal([]byte(line), &e), line)
		if !strings.HasPrefix(e.Type, "kassa.invoice") {
			p.latest = e
		}
	}
	return p.latest
}

// http asks in Swedish and returns the body and the status.
func (p *program) http(t *testing.T, c asked) (string, int) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), c.method, p.url+c.path, bytes.NewReader([]byte(c.body)))
	require.NoError(t, err)
	request.Header.Set("Accept-Language", "sv-SE,sv;q=0.9,en;q=0.5")
	if c.body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	if c.as != "" {
		request.Header.Set("Authorization", "Bearer "+p.token(c.as))
	}
	for name, value := range c.header {
		request.Header.Set(name, value)
	}
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	if answer.StatusCode >= 400 {
		assert.Equal(t, "application/problem+json", answer.Header.Get("Content-Type"))
		assert.Equal(t, "sv", answer.Header.Get("Content-Language"))
	}
	return string(b), answer.StatusCode
}
