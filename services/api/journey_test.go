package api_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	v1 "kassa/services/api/v1"
)

func uintText(n uint64) string { return strconv.FormatUint(n, 10) }

func TestR38_AdministratorSeesEverythingOfAPurchase(t *testing.T) {
	h := newHouse(t)
	bought := h.buy("anna@contoso.example", "3")
	assigned := is[v1.License](h.ask("anna@contoso.example", "POST", "/v1/subscriptions/"+string(bought.SubscriptionID)+"/licenses", `{"user":"Omar@contoso.example"}`), 200)
	assert.True(t, assigned.Assigned)
	assert.Equal(t, "Omar Haddad", assigned.User.Name)

	name, value := "Kassa-Position", uintText(assigned.Position)
	admin := is[v1.Products](h.ask("bill@contoso.example", "GET", "/v1/products", "", name, value), 200)
	require.Len(t, admin.Items, 1)
	got := admin.Items[0]
	assert.Equal(t, "Power BI Pro", got.ProductName)
	assert.Equal(t, "Anna Andersson", got.PurchaserName)
	assert.EqualValues(t, 3, got.Quantity)
	assert.EqualValues(t, 1, got.Assigned)
	assert.Equal(t, now.AddDate(0, 1, 0).Year(), got.ExpiryDate.Year())
	assert.True(t, got.ExpiryDate.After(now))
	assert.Equal(t, []string{bought.OrderNumber}, got.OrderNumbers)
	assert.Equal(t, domain.Money{Minor: 2997, Currency: "USD"}, got.PurchasePrice)
	require.Len(t, got.AssignedUsers, 1)
	assert.Equal(t, v1.Person{ID: assigned.User.ID, Name: "Omar Haddad", Mail: "omar@contoso.example"}, got.AssignedUsers[0])
	assert.GreaterOrEqual(t, admin.AsOf.Position, assigned.Position)

	own := is[v1.Products](h.ask("anna@contoso.example", "GET", "/v1/purchases", "", name, value), 200)
	admin.Items[0].AssignedUsers[0].Mail = "" // the purchaser's view has names only
	assert.Equal(t, admin.Items, own.Items)
	none := is[v1.Products](h.ask("omar@contoso.example", "GET", "/v1/purchases", "", name, value), 200)
	assert.Empty(t, none.Items)

	order := is[v1.Order](h.ask("anna@contoso.example", "GET", "/v1/orders/"+bought.OrderNumber, "", name, value), 200)
	var types []string
	for _, e := range order.Entries {
		types = append(types, e.Type)
		assert.NotEmpty(t, e.Summary)
		if e.Type == "license.assigned.v1" || e.Type == "subscription.seat_reserved.v1" {
			assert.Equal(t, &v1.Person{ID: assigned.User.ID, Name: "Omar Haddad"}, e.Person, "R38 who got it")
		} else {
			assert.Nil(t, e.Person, e.Type)
		}
	}
	assert.Contains(t, types, "purchase.completed.v1")
	assert.Contains(t, types, "license.assigned.v1")
	assert.Equal(t, "Anna Andersson", order.Entries[0].By)
	h.ask("omar@contoso.example", "GET", "/v1/orders/"+bought.OrderNumber, "", name, value).problem(404, "order_unknown")
	h.ask("gail@fabrikam.example", "GET", "/v1/orders/"+bought.OrderNumber, "", name, value).problem(404, "order_unknown")
}

// People, and scripts, know nothing of positions: what one of them was told is
// done, every other sees at once.
func TestWhatWasAcknowledgedToOneIsShownToAll(t *testing.T) {
	h := newHouse(t)
	for n := 1; n <= 10; n++ {
		bought := h.buy("anna@contoso.example", "1")
		h.ask("anna@contoso.example", "POST", "/v1/subscriptions/"+string(bought.SubscriptionID)+"/licenses", `{"user":"omar@contoso.example"}`)
		list := is[v1.Products](h.ask("bill@contoso.example", "GET", "/v1/products", ""), 200)
		require.Len(t, list.Items, n)
		for _, item := range list.Items {
			require.Len(t, item.AssignedUsers, 1)
		}
	}
}

func TestR49_V18_ProductsByChannel(t *testing.T) {
	h := newHouse(t)
	h.buy("anna@contoso.example", "1")
	quoted := is[v1.Purchase](h.ask("bill@contoso.example", "POST", "/v1/purchases", `{"productId":"CFQ7TTC0H9MP","quantity":5,"market":"US","channel":"central"}`), 201)
	central := is[v1.Submitted](h.ask("bill@contoso.example", "POST", "/v1/purchases/"+string(quoted.PurchaseID)+"/submit", `{"acceptTerms":true}`), 200)
	for channel, want := range map[string]int{"central": 1, "all": 2, "self-service": 1} {
		name, value := position(central)
		page := is[v1.Products](h.ask("bill@contoso.example", "GET", "/v1/products?channel="+channel, "", name, value), 200)
		assert.Len(t, page.Items, want, channel)
	}
	first := is[v1.Products](h.ask("bill@contoso.example", "GET", "/v1/products?limit=1", ""), 200)
	require.NotEmpty(t, first.Next)
	second := is[v1.Products](h.ask("bill@contoso.example", "GET", "/v1/products?limit=1&after="+first.Next, ""), 200)
	assert.NotEqual(t, first.Items[0].SubscriptionID, second.Items[0].SubscriptionID)
	assert.Empty(t, second.Next)
}

func TestRetriedCommandReturnsTheFirstResult(t *testing.T) {
	h := newHouse(t)
	const as, body = "anna@contoso.example", `{"productId":"CFQ7TTC0H9MP","quantity":3,"market":"US"}`
	first := is[v1.Purchase](h.ask(as, "POST", "/v1/purchases", body, "Idempotency-Key", "k"), 201)
	submit := func() v1.Submitted {
		return is[v1.Submitted](h.ask(as, "POST", "/v1/purchases/"+string(first.PurchaseID)+"/submit", `{"card":"tok_visa","acceptTerms":true}`, "Idempotency-Key", "k"), 200)
	}
	done := submit()
	assert.Equal(t, done, submit())
	again := h.ask(as, "POST", "/v1/purchases", body, "Idempotency-Key", "k")
	assert.Equal(t, first, is[v1.Purchase](again, 201), "also after the state moved on")
	assert.Equal(t, uintText(first.Position), again.header.Get("Kassa-Position"))

	h.ask(as, "POST", "/v1/purchases", strings.Replace(body, "3", "4", 1), "Idempotency-Key", "k").problem(422, "idempotency_key_reused")
	other := is[v1.Purchase](h.ask("omar@contoso.example", "POST", "/v1/purchases", body, "Idempotency-Key", "k"), 201)
	assert.NotEqual(t, first.PurchaseID, other.PurchaseID, "a key is its owner's alone")
}

func TestR13_DeclinedCards(t *testing.T) {
	h := newHouse(t)
	const as = "anna@contoso.example"
	quoted := is[v1.Purchase](h.ask(as, "POST", "/v1/purchases", `{"productId":"CFQ7TTC0H9MP","quantity":1,"market":"US"}`), 201)
	submit := func(card, key string) answer {
		return h.ask(as, "POST", "/v1/purchases/"+string(quoted.PurchaseID)+"/submit", `{"card":"`+card+`","acceptTerms":true}`, "Idempotency-Key", key)
	}
	submit("tok_declined", "1").problem(402, "card_declined")
	submit("tok_expired", "2").problem(402, "expired_card")
	submit("4242424242424242", "3").problem(400, "card_number_not_accepted")
	submit("tok_nobody", "4").problem(400, "card_unknown")
	done := is[v1.Submitted](submit("tok_timeout", "5"), 200)
	assert.Equal(t, "completed", done.Status)
	assert.NotEmpty(t, done.SubscriptionID)
	submit("tok_declined", "1").problem(402, "card_declined")
}

func TestPolicies(t *testing.T) {
	h := newHouse(t)
	set := is[v1.PolicySet](h.ask("gail@contoso.example", "PUT", "/v1/policies/CFQ7TTC0L3PB", `{"value":"Disabled"}`), 200)
	assert.True(t, set.Own)
	one := is[v1.ProductPolicy](h.ask("gail@contoso.example", "GET", "/v1/policies/CFQ7TTC0H9MP", ""), 200)
	assert.Equal(t, v1.ProductPolicy{ProductID: powerBI, ProductName: "Power BI Pro", Value: domain.PolicyDisabled, Own: true}, one)
	is[v1.PolicySet](h.ask("bill@contoso.example", "PUT", "/v1/policies", `{"default":"OnlyTrialsWithoutPaymentMethod"}`), 200)
	all := is[v1.Policies](h.ask("bill@contoso.example", "GET", "/v1/policies", ""), 200)
	assert.Equal(t, domain.PolicyTrialsOnly, all.Default)
	assert.Len(t, all.Items, 3)
	assert.EqualValues(t, 1, all.Revision)
	stale := h.ask("bill@contoso.example", "PUT", "/v1/policies", `{"default":"Enabled"}`, "If-Match", `"0"`)
	stale.problem(409, "stale_revision")
	h.ask("bill@contoso.example", "PUT", "/v1/policies", `{"default":"Enabled"}`, "If-Match", `"newest"`).problem(400, "revision_invalid")
	fresh := h.ask("bill@contoso.example", "PUT", "/v1/policies", `{"default":"Enabled"}`, "If-Match", `"1"`)
	is[v1.PolicySet](fresh, 200)
	assert.Equal(t, `"2"`, fresh.header.Get("ETag"))
	h.ask("anna@contoso.example", "GET", "/v1/policies", "").problem(403, "not_policy_reader")
	h.ask("anna@contoso.example", "PUT", "/v1/policies", `{"default":"Enabled"}`).problem(403, "not_policy_admin")
	h.ask("gail@contoso.example", "PUT", "/v1/policies", `{"default":"Perhaps"}`).problem(400, "policy_value_invalid")
	h.ask("gail@contoso.example", "PUT", "/v1/policies/NOPE", `{"value":"Enabled"}`).problem(404, "product_unknown")
	h.ask("gail@contoso.example", "GET", "/v1/policies/NOPE", "").problem(404, "product_unknown")
}

func TestR41_OfferTypesHaveTwoValues(t *testing.T) {
	h := newHouse(t)
	const gail, saas = "gail@contoso.example", "/v1/policies/offer-types/SaaS"
	assert.Equal(t, v1.OfferTypePolicy{OfferType: "SaaS", Name: "Software as a Service", Value: domain.PolicyEnabled},
		is[v1.OfferTypePolicy](h.ask(gail, "GET", saas, ""), 200))
	set := h.ask("bill@contoso.example", "PUT", saas, `{"value":"Disabled"}`, "If-Match", `"-1"`)
	assert.Equal(t, "SaaS", is[v1.PolicySet](set, 200).OfferType)
	all := is[v1.Policies](h.ask(gail, "GET", "/v1/policies", ""), 200)
	require.Len(t, all.OfferTypes, 4)
	assert.Equal(t, v1.OfferTypePolicy{OfferType: "SaaS", Name: "Software as a Service", Value: domain.PolicyDisabled, Own: true}, all.OfferTypes[0])
	assert.Equal(t, domain.PolicyEnabled, all.OfferTypes[1].Value)
	h.ask(gail, "PUT", saas, `{"value":"Enabled"}`, "If-Match", `"-1"`).problem(409, "stale_revision")
	h.ask(gail, "PUT", saas, `{"value":"OnlyTrialsWithoutPaymentMethod"}`).problem(400, "offer_type_value_invalid")
	h.ask(gail, "PUT", "/v1/policies/offer-types/Boxes", `{"value":"Disabled"}`).problem(404, "offer_type_unknown")
	h.ask(gail, "GET", "/v1/policies/offer-types/saas", "").problem(404, "offer_type_unknown")
	h.ask("anna@contoso.example", "GET", saas, "").problem(403, "not_policy_reader")
	h.ask("anna@contoso.example", "PUT", saas, `{"value":"Disabled"}`).problem(403, "not_policy_admin")
}

func TestR33_PublicPrices(t *testing.T) {
	h := newHouse(t)
	prices := is[v1.Prices](h.ask("", "GET", "/v1/prices?market=US", ""), 200)
	assert.Len(t, prices.Items, 2, "what cannot be bought by oneself is not in the list")
	assert.Empty(t, is[v1.Prices](h.ask("", "GET", "/v1/prices?market=SE", ""), 200).Items)
	h.ask("", "GET", "/v1/prices?market=XX", "").problem(400, "market_unknown")
	h.ask("", "GET", "/v1/prices", "").problem(400, "parameter_invalid")
}

func TestR10_HomeRealmSaysNothingOfPeople(t *testing.T) {
	h := newHouse(t)
	anna := is[v1.HomeRealm](h.ask("", "POST", "/v1/home-realm", `{"email":"anna@contoso.example"}`), 200)
	nobody := is[v1.HomeRealm](h.ask("", "POST", "/v1/home-realm", `{"email":"nobody@Contoso.example"}`), 200)
	assert.Equal(t, anna, nobody)
	assert.Equal(t, v1.HomeRealm{Domain: "contoso.example", TenantKnown: true, Next: "sign_in"}, anna)
	assert.Equal(t, "contact_it_admin", is[v1.HomeRealm](h.ask("", "POST", "/v1/home-realm", `{"email":"a@elsewhere.example"}`), 200).Next)
	h.ask("", "POST", "/v1/home-realm", `{"email":"contoso.example"}`).problem(400, "email_invalid")
}

func TestR56_EventsAreReplayedToTheirOwner(t *testing.T) {
	h := newHouse(t)
	bought := h.buy("anna@contoso.example", "1")
	lines := func(as, query string) []v1.CloudEvent {
		a := h.ask(as, "GET", "/v1/events"+query, "")
		require.Equal(t, 200, a.status, "%s", a.body)
		var events []v1.CloudEvent
		for line := range strings.Lines(string(a.body)) {
			var e v1.CloudEvent
			require.NoError(t, json.Unmarshal([]byte(line), &e))
			events = append(events, e)
		}
		return events
	}
	own := lines("gail@contoso.example", "?from=start")
	require.NotEmpty(t, own)
	for _, e := range own {
		assert.Contains(t, e.Source, string(tenantID(1)))
	}
	all := lines("operator", "")
	assert.Greater(t, len(all), len(own))
	assert.Len(t, lines("gail@contoso.example", "?limit=2"), 2)
	last := own[len(own)-1]
	assert.Empty(t, lines("gail@contoso.example", "?from="+last.Position))
	assert.Equal(t, uintText(bought.Position), last.Position)
	records, err := h.store.Read(t.Context(), last.Subject)
	require.NoError(t, err)
	assert.Equal(t, string(records[len(records)-1].Data), string(last.Data), "the payload as it is stored")
	h.ask("anna@contoso.example", "GET", "/v1/events", "").problem(403, "not_admin")
	h.ask("gail@contoso.example", "GET", "/v1/events?from=yesterday", "").problem(400, "position_invalid")
	h.ask("gail@contoso.example", "GET", "/v1/events?from="+uintText(bought.Position-1), "").problem(400, "position_invalid")
	h.ask("gail@contoso.example", "GET", "/v1/events?follow=true&from="+uintText(h.head()+1), "").problem(400, "position_invalid")
	assert.Len(t, lines("gail@contoso.example", "?from=0"), len(own))
}

func TestViewsAreRebuiltAndVerified(t *testing.T) {
	h := newHouse(t)
	h.buy("anna@contoso.example", "1")
	list := is[v1.Views](h.ask("operator", "GET", "/v1/views", ""), 200)
	require.NotEmpty(t, list.Items)
	for _, v := range list.Items {
		a := h.ask("operator", "POST", "/v1/views/"+v.Name+"/rebuild", "")
		require.Equal(t, 200, a.status)
		rows := strings.Split(strings.TrimSpace(string(a.body)), "\n")
		var last v1.Progress
		require.NoError(t, json.Unmarshal([]byte(rows[len(rows)-1]), &last))
		require.NotNil(t, last.Report, "%s", a.body)
		assert.True(t, last.Report.Equal)
		assert.True(t, is[v1.Report](h.ask("operator", "POST", "/v1/views/"+v.Name+"/verify", ""), 200).Equal)
	}
	a := h.ask("operator", "POST", "/v1/views/nothing/rebuild", "")
	assert.Contains(t, string(a.body), `"unknown_view"`)
	h.ask("operator", "POST", "/v1/views/nothing/verify", "").problem(404, "unknown_view")
	h.ask("bill@contoso.example", "GET", "/v1/views", "").problem(403, "not_view_admin")
}

func TestDevelopmentTokens(t *testing.T) {
	h := newHouse(t)
	h.tokens["anna"] = is[v1.Token](h.ask("", "POST", "/v1/dev/token", `{"mail":"anna@contoso.example"}`), 200).Token
	is[v1.Products](h.ask("anna", "GET", "/v1/purchases", ""), 200)
	h.tokens["op"] = is[v1.Token](h.ask("", "POST", "/v1/dev/token", `{"operator":true}`), 200).Token
	is[v1.Views](h.ask("op", "GET", "/v1/views", ""), 200)
	h.ask("", "POST", "/v1/dev/token", `{"mail":"nobody@contoso.example"}`).problem(404, "person_unknown")
	h.ask("", "POST", "/v1/dev/token", `{}`).problem(400, "email_invalid")
}

func TestErasedPeopleAreShownAsDeleted(t *testing.T) {
	h := newHouse(t)
	bought := h.buy("anna@contoso.example", "1")
	anna := residents[0]
	require.NoError(t, h.keys.Erase(t.Context(), anna.Tenant, anna.Person))
	name, value := position(bought)
	page := is[v1.Products](h.ask("bill@contoso.example", "GET", "/v1/products", "", name, value), 200)
	assert.Equal(t, "Deleted user", page.Items[0].PurchaserName)
}
