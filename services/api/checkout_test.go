package api_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	"kassa/domain/price"
	"kassa/domain/product"
	v1 "kassa/services/api/v1"
	"kassa/services/identity"
)

// wants asks for a quote of a seat of Power BI.
func (h *house) wants(as string, members ...string) answer {
	h.Helper()
	return h.ask(as, "POST", "/v1/purchases", order(members...))
}

// pays submits with a good card.
func (h *house) pays(as string, quoted v1.Purchase) answer {
	h.Helper()
	return h.ask(as, "POST", "/v1/purchases/"+string(quoted.PurchaseID)+"/submit", `{"card":"tok_visa","acceptTerms":true}`)
}

// detail is everything about a subscription, as somebody sees it.
func (h *house) detail(as string, id domain.SubscriptionID) v1.SubscriptionDetail {
	h.Helper()
	return is[v1.SubscriptionDetail](h.ask(as, "GET", "/v1/subscriptions/"+string(id), "", "Kassa-Position", uintText(h.head())), 200)
}

func (h *house) history(as, number string) v1.Order {
	h.Helper()
	return is[v1.Order](h.ask(as, "GET", "/v1/orders/"+number, "", "Kassa-Position", uintText(h.head())), 200)
}

func TestR01_R09_WhereAPurchaseBeganAndItsChannelStay(t *testing.T) {
	h := newHouse(t)
	quoted := is[v1.Purchase](h.wants(buyer, `"US"`, `"US","entryPoint":"in_app"`), 201)
	bought := is[v1.Submitted](h.pays(buyer, quoted), 200)
	change := func(path, body string) {
		is[v1.Subscription](h.ask(buyer, "POST", "/v1/subscriptions/"+string(bought.SubscriptionID)+"/"+path, body), 200)
	}
	h.passes(now.AddDate(0, 3, 1)) // three renewals
	change("seats", `{"delta":1}`)
	h.passes(now.AddDate(0, 4, 1))
	change("cancel", `{"reason":"other"}`)
	change("reactivate", `{}`)

	assert.Equal(t, domain.SelfService, h.detail("gail@contoso.example", bought.SubscriptionID).Channel)
	central := is[v1.Products](h.ask("gail@contoso.example", "GET", "/v1/products?channel=central", ""), 200)
	assert.Empty(t, central.Items)
	begun := h.history(buyer, bought.OrderNumber).Entries[0]
	assert.Equal(t, "purchase.started.v1", begun.Type)
	assert.Contains(t, begun.Summary, "in the app, self-service")

	website := is[v1.Submitted](h.pays(buyer, is[v1.Purchase](h.wants(buyer), 201)), 200)
	assert.Contains(t, h.history(buyer, website.OrderNumber).Entries[0].Summary, "on the website")
	h.wants(buyer, `"US"`, `"US","entryPoint":"door"`).problem(400, "entry_point_unknown")
}

func TestR04_OnlyWhatIsInTheCatalogueAndEligibleIsSold(t *testing.T) {
	h := newHouse(t)
	is[v1.Purchase](h.wants(buyer), 201)
	is[v1.Purchase](h.wants(buyer, "CFQ7TTC0H9MP", "CFQ7TTC0L3PB"), 201)
	assert.Equal(t, "R04", h.wants(buyer, "CFQ7TTC0H9MP", string(copilot)).problem(422, "product_not_eligible").Rule)
	h.wants(buyer, "CFQ7TTC0H9MP", "NOPE").problem(404, "product_unknown")
}

// A market closes from a day on: what was judged before stays as it was judged.
func TestR06_ARuleHasItsDaysAndAnOldVerdictStays(t *testing.T) {
	h := newHouse(t)
	bought := h.buy(buyer, "1")
	verdict := func() v1.OrderEntry {
		for _, e := range h.history(buyer, bought.OrderNumber).Entries {
			if e.Type == "purchase.eligibility_confirmed.v1" {
				return e
			}
		}
		return v1.OrderEntry{}
	}
	before := verdict()
	closed := offers[0]
	closed.Exclusions = append(closed.Exclusions[:1:1], product.ExcludeMarket{Market: "US", From: now.AddDate(0, 0, 10)})
	_, err := h.catalogue.Put(t.Context(), operator(), closed)
	require.NoError(t, err)
	is[v1.Purchase](h.wants("omar@contoso.example"), 201)

	h.passes(now.AddDate(0, 0, 10))
	assert.Equal(t, "R05/R06", h.wants("omar@contoso.example").problem(422, "market_not_eligible").Rule)
	h.passes(now.AddDate(0, 1, 1))
	assert.Equal(t, "active", h.detail(buyer, bought.SubscriptionID).Status, "and goes on")
	is[v1.Report](h.ask("operator", "POST", "/v1/views/order_history/verify", ""), 200)
	assert.Equal(t, before, verdict())
	assert.Contains(t, before.Summary, "checks passed")
}

func TestR11_AnAddressAloneAuthorisesNothing(t *testing.T) {
	h := newHouse(t)
	at := h.head()
	mine, others := order(`"US"`, `"US","email":"anna@contoso.example"`), order(`"US"`, `"US","email":"anna@fabrikam.example"`)
	h.ask("", "POST", "/v1/purchases", mine).problem(401, "token_missing")
	h.ask(buyer, "POST", "/v1/purchases", others).problem(403, "email_other_tenant")
	assert.Equal(t, at, h.head())
	is[v1.Purchase](h.ask(buyer, "POST", "/v1/purchases", mine), 201)
}

func TestR14_R26_R28_WhatIsBoughtIsUsedAtOnce(t *testing.T) {
	h := newHouse(t)
	bought := h.buy(buyer, "2")
	for _, user := range []string{buyer, "omar@contoso.example"} {
		is[v1.License](h.ask(buyer, "POST", "/v1/subscriptions/"+string(bought.SubscriptionID)+"/licenses", `{"user":"`+user+`"}`), 200)
	}
	own := is[v1.Products](h.ask(buyer, "GET", "/v1/purchases", ""), 200)
	require.Len(t, own.Items, 1)
	assert.Equal(t, "active", own.Items[0].Status)
	assert.Len(t, own.Items[0].AssignedUsers, 2)
	assert.Equal(t, own.Items[0], h.detail(buyer, bought.SubscriptionID).Product)
	h.ask("omar@contoso.example", "GET", "/v1/subscriptions/"+string(bought.SubscriptionID), "").problem(404, "subscription_unknown")
}

func TestR18_V11_AnEnabledPolicyHelpsNeitherGovernmentNorEducation(t *testing.T) {
	h := newHouse(t)
	for tenant, who := range map[byte]string{4: "clerk@agency.example", 3: "teacher@school.example"} {
		c := h.claims[who]
		c.Roles = []string{domain.RoleGlobalAdmin}
		h.signIn("chief", c)
		is[v1.PolicySet](h.ask("chief", "PUT", "/v1/policies", `{"default":"Disabled"}`), 200)
		is[v1.PolicySet](h.ask("chief", "PUT", "/v1/policies/CFQ7TTC0H9MP", `{"value":"Enabled"}`), 200)
		refused := h.wants(who).problem(422, "tenant_kind")
		assert.Equal(t, "contact_it_admin", refused.MessageKey)
		for _, check := range refused.Checks {
			if check.Code == "policy_disabled" {
				assert.True(t, check.Passed, "tenant %d: the policy was asked, and does not help", tenant)
			}
		}
	}
}

// One person, a guest of contoso and a member of fabrikam.
func TestR21_V08_AGuestBuysAtHome(t *testing.T) {
	h := newHouse(t)
	guest := residents[4]
	h.wants(guest.Mail).problem(422, "guest")
	home := guest
	home.Tenant, home.Mail, home.Guest = tenantID(2), "gustav@fabrikam.example", false
	_, err := h.directory.PutPerson(t.Context(), operator(), home)
	require.NoError(t, err)
	member := false
	h.signIn(home.Mail, identity.Claims{Tenant: home.Tenant, Person: home.Person, Guest: &member})
	h.buy(home.Mail, "1")
}

// The price may change between the quote and the order, and differs from that of
// the agreement.
func TestR34_R35_TheQuotedPriceIsCharged(t *testing.T) {
	h := newHouse(t)
	quoted := is[v1.Purchase](h.wants(buyer), 201)
	dearer := offers[0]
	for channel, minor := range map[domain.Channel]int64{domain.SelfService: 1499, domain.Central: 799} {
		dearer.Prices = append(dearer.Prices, price.Publish{
			Product: powerBI, Channel: channel, Market: "US", Amount: usd(minor), Term: domain.Monthly, ValidFrom: now.Add(time.Minute),
		})
	}
	_, err := h.catalogue.Put(t.Context(), operator(), dearer)
	require.NoError(t, err)
	h.passes(now.Add(time.Hour))
	assert.Equal(t, usd(999), quoted.Total)
	assert.Equal(t, usd(999), is[v1.Submitted](h.pays(buyer, quoted), 200).Total)
	assert.Equal(t, usd(999), h.bills(buyer, "")[0].Amount)
	assert.Equal(t, usd(1499), is[v1.Purchase](h.wants(buyer), 201).Total)
	assert.Equal(t, usd(1499), is[v1.Prices](h.ask("", "GET", "/v1/prices?market=US", ""), 200).Items[0].UnitPrice)
	agreed := is[v1.Purchase](h.wants("bill@contoso.example", `"US"`, `"US","channel":"central"`), 201)
	assert.Equal(t, usd(799), agreed.Total, "the organisation pays less")
}

func TestV14_APolicySetByAnOlderIDHoldsForTheNewer(t *testing.T) {
	h := newHouse(t)
	is[v1.PolicySet](h.ask("gail@contoso.example", "PUT", "/v1/policies/"+string(powerBIOld), `{"value":"Disabled"}`), 200)
	for _, id := range []domain.ProductID{powerBI, powerBIOld} {
		h.wants(buyer, "CFQ7TTC0H9MP", string(id)).problem(422, "policy_disabled")
	}
}

func TestV15_OfTwoWhoAssignTheLastSeatOneDoes(t *testing.T) {
	h := newHouse(t)
	seats := "/v1/subscriptions/" + string(h.buy(buyer, "1").SubscriptionID) + "/licenses"
	var answers [2]answer
	var both sync.WaitGroup
	for i, user := range []string{buyer, "omar@contoso.example"} {
		both.Go(func() { answers[i] = h.ask(buyer, "POST", seats, `{"user":"`+user+`"}`) })
	}
	both.Wait()
	if answers[0].status != 200 {
		answers[0], answers[1] = answers[1], answers[0]
	}
	is[v1.License](answers[0], 200)
	answers[1].problem(409, "no_seat")
	own := is[v1.Products](h.ask(buyer, "GET", "/v1/purchases", ""), 200)
	assert.Len(t, own.Items[0].AssignedUsers, 1)
}

func TestR12_TheProductsMaximumIsTheMost(t *testing.T) {
	h := newHouse(t)
	is[v1.Purchase](h.wants(buyer, ":1", ":1000"), 201)
	h.wants(buyer, ":1", ":1001").problem(400, "quantity_too_large")
}
