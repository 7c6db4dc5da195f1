package api_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/licreq"
	"kassa/domain/subscription"
	"kassa/domain/tenantpolicy"
	v1 "kassa/services/api/v1"
)

const requests = "/v1/license-requests"

// blocks turns a product off for contoso's people.
func (h *house) blocks(id domain.ProductID) {
	h.Helper()
	is[v1.PolicySet](h.ask("gail@contoso.example", "PUT", "/v1/policies/"+string(id), `{"value":"Disabled"}`), 200)
}

// askedFor is somebody's pending request of a product that they may not buy.
func (h *house) askedFor(as string, users ...string) v1.LicenseRequestChanged {
	h.Helper()
	h.blocks(visio)
	body := `{"productId":"` + string(visio) + `","users":[`
	for i, u := range users {
		if i > 0 {
			body += ","
		}
		body += `"` + u + `"`
	}
	return is[v1.LicenseRequestChanged](h.ask(as, "POST", requests, body+`]}`), 201)
}

// pool is a subscription that contoso bought under its agreement.
func (h *house) pool(id domain.ProductID, seats string) domain.SubscriptionID {
	h.Helper()
	order := `{"productId":"` + string(id) + `","quantity":` + seats + `,"market":"US","channel":"central"}`
	quoted := is[v1.Purchase](h.ask("bill@contoso.example", "POST", "/v1/purchases", order), 201)
	return is[v1.Submitted](h.ask("bill@contoso.example", "POST", "/v1/purchases/"+string(quoted.PurchaseID)+"/submit", `{"acceptTerms":true}`), 200).SubscriptionID
}

func (h *house) requestsOf(as, query string) []v1.LicenseRequest {
	h.Helper()
	return is[v1.LicenseRequests](h.ask(as, "GET", requests+query, "", "Kassa-Position", uintText(h.head())), 200).Items
}

func standings(users []v1.LicenseRequestUser) map[string]string {
	all := map[string]string{}
	for _, u := range users {
		all[u.User.Name] = u.Standing + u.Code
	}
	return all
}

func TestR20_LicenseRequestsAreWhereARefusedBuyerIsSent(t *testing.T) {
	h := newHouse(t)
	h.blocks(powerBI)
	refused := h.ask(buyer, "POST", "/v1/purchases", `{"productId":"CFQ7TTC0H9MP","quantity":1,"market":"US"}`).problem(422, "policy_disabled")
	require.True(t, refused.CanRequestLicense)
	asked := is[v1.LicenseRequestChanged](h.ask(buyer, "POST", refused.RequestLicenseAt, `{"productId":"`+string(powerBIOld)+`","reason":"needed_for_work"}`), 201)
	assert.Equal(t, powerBI, asked.ProductID, "by its current id")
	assert.Equal(t, "pending", asked.Status)
	assert.Equal(t, map[string]string{"Anna Andersson": "asked"}, standings(asked.Users))
	assert.Equal(t, now.AddDate(1, 0, 0), asked.ExpiresAt)
	h.ask(buyer, "POST", requests, `{"productId":"CFQ7TTC0H9MP"}`).problem(409, licreq.ErrAlreadyAsked.Code)

	elsewhere := h.ask(buyer, "POST", "/v1/purchases", `{"productId":"CFQ7TTC0H9MP","quantity":1,"market":"IN"}`).problem(422, "market_not_eligible")
	assert.Empty(t, elsewhere.RequestLicenseAt, "nobody in the organisation can help")
	explained := is[v1.Eligibility](h.ask(buyer, "GET", "/v1/eligibility?product=CFQ7TTC0H9MP&market=US", ""), 200)
	assert.Equal(t, requests, explained.Refusal.RequestLicenseAt)
}

func TestLicenseRequestsAreRefusedWithWhatToDo(t *testing.T) {
	h := newHouse(t)
	h.blocks(visio)
	for name, c := range map[string]struct {
		as, body string
		status   int
		code     string
	}{
		"who may buy buys":                   {buyer, `{"productId":"CFQ7TTC0H9MP"}`, 422, licreq.ErrMayBuy.Code},
		"R21 guests ask for nothing":         {"gustav@contoso.example", `{"productId":"CFQ7TTC0HD32"}`, 422, "guest"},
		"R22 nor do closed accounts":         {"dora@contoso.example", `{"productId":"CFQ7TTC0HD32"}`, 422, "account_disabled"},
		"R08 nor do schools":                 {"teacher@school.example", `{"productId":"CFQ7TTC0HD32"}`, 422, "tenant_kind"},
		"R23 only for people of one's own":   {buyer, `{"productId":"CFQ7TTC0HD32","users":["anna@fabrikam.example"]}`, 403, "other_tenant"},
		"and for those who are there":        {buyer, `{"productId":"CFQ7TTC0HD32","users":["` + uuid.NewString() + `"]}`, 404, "assignee_unknown"},
		"with an open account":               {buyer, `{"productId":"CFQ7TTC0HD32","users":["dora@contoso.example"]}`, 422, "assignee_disabled"},
		"R05 what no policy opens":           {buyer, `{"productId":"CFQ7TTC0HD32","market":"BR"}`, 422, "market_not_eligible"},
		"what nobody buys by themselves":     {buyer, `{"productId":"` + string(copilot) + `"}`, 422, "product_not_eligible"},
		"a reason that is a story":           {buyer, `{"productId":"CFQ7TTC0HD32","reason":"my back hurts"}`, 400, licreq.ErrReason.Code},
		"a product that is in no catalogue":  {buyer, `{"productId":"NOPE"}`, 404, "product_unknown"},
		"a country that is in no list":       {buyer, `{"productId":"CFQ7TTC0HD32","market":"XX"}`, 422, "market_not_eligible"},
		"more people than one can look over": {buyer, `{"productId":"CFQ7TTC0HD32","users":[` + many(21) + `]}`, 400, licreq.ErrTooMany.Code},
	} {
		t.Run(name, func(t *testing.T) {
			before := h.head()
			h.ask(c.as, "POST", requests, c.body).problem(c.status, c.code)
			assert.Equal(t, before, h.head(), "nothing is recorded")
		})
	}
}

func many(n int) (users string) {
	for i := range n {
		if i > 0 {
			users += ","
		}
		users += `"` + uuid.NewString() + `"`
	}
	return users
}

func TestLicenseRequestsAreApprovedInPartAndLicencesGiven(t *testing.T) {
	h := newHouse(t)
	pool := h.pool(visio, "2")
	asked := h.askedFor(buyer, "anna@contoso.example", "omar@contoso.example", "sync@contoso.example")
	require.Len(t, h.requestsOf("gail@contoso.example", "?state=pending"), 1)
	path := requests + "/" + asked.RequestID + "/approve"
	body := `{"users":["omar@contoso.example","anna@contoso.example"],"subscriptionId":"` + string(pool) + `"}`
	h.ask(buyer, "POST", path, body).problem(403, commands.ErrNotRequestAdmin.Code)
	h.ask("bill@contoso.example", "POST", path, body).problem(403, commands.ErrNotRequestAdmin.Code)
	h.ask("gail@fabrikam.example", "POST", path, `{"subscriptionId":"`+string(pool)+`"}`).problem(404, licreq.ErrUnknown.Code)
	mine := h.buy(buyer, "1").SubscriptionID
	h.ask("gail@contoso.example", "POST", path, `{"subscriptionId":"`+string(mine)+`"}`).problem(422, licreq.ErrNotCentral.Code)
	h.ask("gail@contoso.example", "POST", path, `{"subscriptionId":"`+string(h.pool(powerBI, "1"))+`"}`).problem(422, licreq.ErrOtherProduct.Code)
	h.ask("gail@contoso.example", "POST", path, `{"subscriptionId":"none"}`).problem(404, subscription.ErrUnknown.Code)
	h.ask("gail@contoso.example", "POST", path, `{"users":["bill@contoso.example"],"subscriptionId":"`+string(pool)+`"}`).problem(400, licreq.ErrNotAsked.Code)

	first := is[v1.LicenseRequestChanged](h.ask("gail@contoso.example", "POST", path, body, "Idempotency-Key", "1"), 200)
	assert.Equal(t, "partly_approved", first.Status)
	want := map[string]string{"Anna Andersson": "given", "Omar Haddad": "given", "Sync Local": "not_chosen"}
	assert.Equal(t, want, standings(first.Users))
	again := is[v1.LicenseRequestChanged](h.ask("gail@contoso.example", "POST", path, body, "Idempotency-Key", "1"), 200)
	assert.Equal(t, first, again, "a repeated request is answered as the first was")
	h.ask("gail@contoso.example", "POST", path, body, "Idempotency-Key", "2").problem(409, licreq.ErrAnswered.Code)
	h.ask("gail@contoso.example", "POST", requests+"/"+asked.RequestID+"/deny", `{"reason":"not_needed"}`).problem(409, licreq.ErrAnswered.Code)

	told := is[v1.Notices](h.ask(buyer, "GET", "/v1/notices", "", "Kassa-Position", uintText(h.head())), 200).Items
	require.Len(t, told, 1)
	assert.Equal(t, "license_request_partly_approved", told[0].Code)
	assert.Equal(t, asked.RequestID, told[0].RequestID)

	assert.Empty(t, h.requestsOf("gail@contoso.example", "?state=pending"))
	done := h.requestsOf("gail@contoso.example", "?state=completed")
	require.Len(t, done, 1)
	assert.Equal(t, want, standings(done[0].Users))
	assert.Equal(t, "Gail Boss", done[0].AnsweredBy.Name)
	assert.Equal(t, "Anna Andersson", done[0].Requester.Name)
	assert.Equal(t, "policy_disabled", done[0].Refusal)
	assert.Equal(t, pool, done[0].SubscriptionID)
	for _, p := range h.products("bill@contoso.example") {
		if p.SubscriptionID == pool {
			assert.EqualValues(t, 2, p.Assigned)
		}
	}
}

func (h *house) products(as string) []v1.Product {
	h.Helper()
	return is[v1.Products](h.ask(as, "GET", "/v1/products", "", "Kassa-Position", uintText(h.head())), 200).Items
}

func TestLicenseRequestsWaitForSeatsAndGoOn(t *testing.T) {
	h := newHouse(t)
	pool := h.pool(visio, "1")
	asked := h.askedFor(buyer, "anna@contoso.example", "omar@contoso.example")
	approved := is[v1.LicenseRequestChanged](h.ask("gail@contoso.example", "POST", requests+"/"+asked.RequestID+"/approve", `{"subscriptionId":"`+string(pool)+`"}`), 200)
	assert.Equal(t, "approved", approved.Status)
	assert.Equal(t, map[string]string{"Anna Andersson": "given", "Omar Haddad": "waitingno_seat"}, standings(approved.Users), "it says who waits, and for what")

	is[v1.Subscription](h.ask("bill@contoso.example", "POST", "/v1/subscriptions/"+string(pool)+"/seats", `{"delta":1}`), 200)
	h.licensing()
	h.eventually(func() bool {
		return standings(h.requestsOf(buyer, "")[0].Users)["Omar Haddad"] == "given"
	})
}

func TestLicenseRequestsAreDeniedExpiredAndAskedForAgain(t *testing.T) {
	h := newHouse(t)
	asked := h.askedFor(buyer)
	denied := is[v1.LicenseRequestChanged](h.ask("gail@contoso.example", "POST", requests+"/"+asked.RequestID+"/deny", `{"reason":"other_product"}`), 200)
	assert.Equal(t, "denied", denied.Status)
	again := h.askedFor(buyer)
	assert.NotEqual(t, asked.RequestID, again.RequestID, "another request")

	h.passes(now.AddDate(1, 0, 0))
	h.ask("gail@contoso.example", "POST", requests+"/"+again.RequestID+"/deny", `{"reason":"not_needed"}`).problem(422, licreq.ErrExpired.Code)
	h.licensing()
	h.eventually(func() bool { return h.requestsOf(buyer, "?state=completed")[0].Status == "expired" })
	shown := h.requestsOf(buyer, "?state=completed")
	require.Len(t, shown, 2)
	assert.Equal(t, "other_product", shown[1].DenialReason)
}

func TestLicenseRequestsAreSeenByThoseTheyConcern(t *testing.T) {
	h := newHouse(t)
	asked := h.askedFor(buyer)
	assert.Len(t, h.requestsOf(buyer, ""), 1)
	assert.Empty(t, h.requestsOf("omar@contoso.example", ""))
	assert.Empty(t, h.requestsOf("bill@contoso.example", ""), "a billing administrator answers none")
	assert.Empty(t, h.requestsOf("gail@fabrikam.example", ""))
	path := requests + "/" + asked.RequestID + "/share"
	h.ask("omar@contoso.example", "POST", path, `{"user":"omar@contoso.example"}`).problem(404, licreq.ErrUnknown.Code)
	is[v1.LicenseRequestChanged](h.ask(buyer, "POST", path, `{"user":"omar@contoso.example"}`), 200)
	assert.Len(t, h.requestsOf("omar@contoso.example", ""), 1)
}

func TestLicenseRequestsGoElsewhereWhileTheOrganisationHasItsOwnProcess(t *testing.T) {
	h := newHouse(t)
	older := h.askedFor(buyer)
	const process = "/v1/policies/request-process"
	h.ask(buyer, "PUT", process, `{"message":"Ask me."}`).problem(403, commands.ErrNotPolicyAdmin.Code)
	h.ask("gail@contoso.example", "PUT", process, `{"message":"Ask in the portal.","link":"http://portal.example"}`).problem(400, tenantpolicy.ErrProcessLink.Code)
	set := is[v1.RequestProcessChanged](h.ask("gail@contoso.example", "PUT", process, `{"message":"Ask in the portal.","link":"https://portal.contoso.example"}`), 200)
	want := &v1.RequestProcess{Message: "Ask in the portal.", Link: "https://portal.contoso.example"}
	assert.Equal(t, *want, set.RequestProcess)

	before := h.head()
	refused := h.ask("omar@contoso.example", "POST", requests, `{"productId":"CFQ7TTC0HD32"}`).problem(422, licreq.ErrOwnProcess.Code)
	assert.Equal(t, want, refused.RequestProcess)
	assert.Equal(t, before, h.head(), "nothing is recorded")
	assert.Equal(t, want, is[v1.Policies](h.ask("gail@contoso.example", "GET", "/v1/policies", ""), 200).RequestProcess)
	changes := is[v1.PolicyHistory](h.ask("gail@contoso.example", "GET", "/v1/policies/history", ""), 200).Items
	assert.Equal(t, want, changes[len(changes)-1].RequestProcess)

	is[v1.LicenseRequestChanged](h.ask("gail@contoso.example", "POST", requests+"/"+older.RequestID+"/deny", `{"reason":"not_needed"}`), 200)
	is[v1.RequestProcessChanged](h.ask("gail@contoso.example", "PUT", process, `{"message":""}`), 200)
	is[v1.LicenseRequestChanged](h.ask("omar@contoso.example", "POST", requests, `{"productId":"CFQ7TTC0HD32"}`), 201)
}
