package api_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	"kassa/projections/views"
	v1 "kassa/services/api/v1"
	"kassa/services/centralisation"
)

const (
	global = "gail@contoso.example"
	anna   = "anna@contoso.example"
	omar   = "omar@contoso.example"
)

// centralise runs the process manager until the test ends.
func (h *house) centralise() {
	m := &centralisation.Manager{Projector: h.Projector, Steps: h.steps, Every: 5 * time.Millisecond, Log: slog.New(slog.DiscardHandler)}
	ctx, stop := context.WithCancel(context.WithoutCancel(h.Context()))
	ended := make(chan error)
	go func() { ended <- m.Run(ctx) }()
	h.Cleanup(func() {
		stop()
		require.NoError(h, <-ended)
	})
}

// assign has a purchaser give somebody a seat.
func (h *house) assign(as string, bought v1.Submitted, to string) {
	h.Helper()
	is[v1.License](h.ask(as, "POST", "/v1/subscriptions/"+string(bought.SubscriptionID)+"/licenses", `{"user":"`+to+`"}`), 200)
}

// shadow is what contoso's people have bought: anna three seats, of which omar
// and she herself have one each, and omar two, for himself and another.
func (h *house) shadow() (annas, omars v1.Submitted) {
	h.Helper()
	annas, omars = h.buy(anna, "3"), h.buy(omar, "2")
	h.assign(anna, annas, omar)
	h.assign(anna, annas, anna)
	h.assign(omar, omars, omar)
	h.assign(omar, omars, "sync@contoso.example")
	return annas, omars
}

func (h *house) start(body string) domain.CentralisationID {
	h.Helper()
	return is[v1.Centralised](h.ask(global, "POST", "/v1/centralisations", body), 201).CentralisationID
}

const everything = `{"productId":"CFQ7TTC0H9MP"}`

// standing waits until a centralisation stands as it shall.
func (h *house) standing(id domain.CentralisationID, so func(v1.Centralisation) bool) v1.Centralisation {
	h.Helper()
	var c v1.Centralisation
	require.Eventually(h, func() bool {
		c = is[v1.Centralisation](h.ask(billing, "GET", "/v1/centralisations/"+string(id), "", "Kassa-Position", uintText(h.head())), 200)
		return so(c)
	}, 10*time.Second, 5*time.Millisecond, "it stands otherwise")
	return c
}

func status(want string) func(v1.Centralisation) bool {
	return func(c v1.Centralisation) bool { return c.Status == want }
}

func (h *house) users(id domain.CentralisationID) map[string]string {
	h.Helper()
	results := map[string]string{}
	for _, u := range is[v1.CentralisedUsers](h.ask(billing, "GET", "/v1/centralisations/"+string(id)+"/users", ""), 200).Items {
		results[u.User.Name] = strings.TrimSpace(u.Result + " " + u.Code)
	}
	return results
}

func (h *house) purchases(id domain.CentralisationID) map[string]v1.CentralisedPurchase {
	h.Helper()
	answers := map[string]v1.CentralisedPurchase{}
	for _, p := range is[v1.CentralisedPurchases](h.ask(billing, "GET", "/v1/centralisations/"+string(id)+"/purchases", ""), 200).Items {
		answers[p.Purchaser.Name] = p
	}
	return answers
}

// yearly are savings where so much is paid each month, in cents.
func yearly(selfService, central int64) v1.Savings {
	usd := func(minor int64) *domain.Money { return &domain.Money{Minor: 12 * minor, Currency: "USD"} }
	return v1.Savings{SelfService: usd(selfService), Central: usd(central), Saved: usd(selfService - central)}
}

func TestR35_APlanShowsWhatIsNeededAndSaved(t *testing.T) {
	h := newHouse(t)
	h.shadow()
	h.central(billing, "1")
	plan := is[v1.CentralisationPlan](h.ask(billing, "GET", "/v1/centralisations/preview?product="+string(powerBIOld), ""), 200)
	assert.Equal(t, powerBI, plan.ProductID)
	assert.Equal(t, "US", plan.Market, "the organisation's country")
	assert.EqualValues(t, 2, plan.Subscriptions)
	assert.EqualValues(t, 3, plan.SeatsNeeded, "omar needs one, though he has two")
	assert.EqualValues(t, 1, plan.SeatsAvailable)
	assert.EqualValues(t, 2, plan.SeatsToBuy)
	assert.Equal(t, &domain.Money{Minor: 900, Currency: "USD"}, plan.UnitPrice)
	assert.Equal(t, yearly(5*999, 2*900), plan.Savings, "five seats are paid for, two are bought")
	require.Len(t, plan.Users, 3)
	assert.Len(t, plan.Users[0].SubscriptionIDs, 2)

	unknown := is[v1.CentralisationPlan](h.ask(billing, "GET", "/v1/centralisations/preview?market=SE&product="+string(powerBI), ""), 200)
	assert.Equal(t, v1.Savings{Unknown: "no_central_price"}, unknown.Savings)
	list := is[v1.Centralisations](h.ask(global, "GET", "/v1/centralisations", ""), 200)
	assert.Empty(t, list.Items, "a preview records nothing")
	h.ask(anna, "GET", "/v1/centralisations/preview?product=CFQ7TTC0H9MP", "").problem(403, "not_centralisation_reader")
	h.ask(global, "GET", "/v1/centralisations/preview?product=CFQ7TTC0HD32", "").problem(422, "nothing_to_centralise")
}

func TestR46_SeatsForAllAssignedUsersAreBoughtUnderTheAgreement(t *testing.T) {
	h := newHouse(t)
	annas, _ := h.shadow()
	h.centralise()
	id := h.start(everything)
	at := "/v1/centralisations/" + string(id)
	h.ask(global, "POST", "/v1/centralisations", everything).problem(409, "centralisation_open")
	h.ask(anna, "POST", at+"/buy", `{"acceptTerms":true}`).problem(403, "not_central_buyer")
	h.ask(billing, "POST", at+"/buy", `{"acceptTerms":false}`).problem(422, "terms_not_accepted")

	bought := is[v1.Centralised](h.ask(billing, "POST", at+"/buy", `{"acceptTerms":true}`, "Idempotency-Key", "k"), 200)
	assert.NotEmpty(t, bought.Target)
	asking := h.standing(id, status("awaiting_answers"))
	assert.EqualValues(t, 3, asking.Assigned)
	assert.EqualValues(t, 3, asking.Bought)
	assert.EqualValues(t, 2, asking.Answers.Asked)

	for _, item := range is[v1.Products](h.ask(billing, "GET", "/v1/products", ""), 200).Items {
		switch item.SubscriptionID {
		case bought.Target:
			assert.Equal(t, domain.Central, item.Channel)
			assert.EqualValues(t, 3, item.Quantity, "as many as people who had a seat")
			assert.Equal(t, domain.Money{Minor: 900, Currency: "USD"}, item.UnitPrice, "the agreement's")
			assert.Equal(t, "Bill Payne", item.PurchaserName)
			assert.Len(t, item.AssignedUsers, 3)
		case annas.SubscriptionID:
			assert.Len(t, item.AssignedUsers, 2, "target before source: what people had, they keep")
		}
	}
	again := is[v1.Centralised](h.ask(billing, "POST", at+"/buy", `{"acceptTerms":true}`, "Idempotency-Key", "k"), 200)
	assert.Equal(t, bought.Target, again.Target)
	h.ask(billing, "POST", at+"/buy", `{"acceptTerms":true}`).problem(422, "no_seats_needed")
}

func TestR47_PurchasersAreAskedAndFreeToSayNo(t *testing.T) {
	h := newHouse(t)
	h.shadow()
	h.centralise()
	id := h.start(everything)
	is[v1.Centralised](h.ask(global, "POST", "/v1/centralisations/"+string(id)+"/buy", `{"acceptTerms":true}`), 200)
	h.standing(id, status("awaiting_answers"))
	asked := h.purchases(id)
	assert.Equal(t, "awaited", asked["Anna Andersson"].Answer)

	h.ask(omar, "POST", "/v1/cancellation-requests/"+asked["Anna Andersson"].RequestID+"/accept", "").problem(403, "not_your_answer")
	is[v1.CancellationRequest](h.ask(anna, "POST", "/v1/cancellation-requests/"+asked["Anna Andersson"].RequestID+"/accept", ""), 200)
	h.standing(id, func(c v1.Centralisation) bool { return c.Answers.Accepted == 1 && c.Status == "awaiting_answers" })
	is[v1.CancellationRequest](h.ask(omar, "POST", "/v1/cancellation-requests/"+asked["Omar Haddad"].RequestID+"/decline", `{"reason":"still_needed"}`), 200)

	closed := h.standing(id, status("closed"))
	assert.Equal(t, "partial", closed.Outcome)
	assert.EqualValues(t, 1, closed.Answers.Declined)
	assert.NotNil(t, closed.EndedAt)
	assert.Equal(t, yearly(3*999, 3*900), closed.Savings, "what omar keeps saves nothing")
	h.ask(global, "POST", "/v1/centralisations/"+string(id)+"/withdraw", "").problem(422, "centralisation_over")

	next := is[v1.CentralisationPlan](h.ask(billing, "GET", "/v1/centralisations/preview?product=CFQ7TTC0H9MP", ""), 200)
	assert.Zero(t, next.SeatsNeeded, "whoever got a licence needs no other")
	assert.NotEqual(t, id, h.start(everything), "another follows one that ended")
}

func TestR45_AssigneesGetLicencesOfTheOrganisation(t *testing.T) {
	h := newHouse(t)
	_, omars := h.shadow()
	small, large := h.central(billing, "1"), h.central(billing, "5")
	h.centralise()
	id := h.start(`{"productId":"CFQ7TTC0H9MP","keep":true}`)
	target := func(subscription domain.SubscriptionID) answer {
		return h.ask(global, "POST", "/v1/centralisations/"+string(id)+"/target", `{"subscriptionId":"`+string(subscription)+`"}`)
	}
	target(omars.SubscriptionID).problem(422, "not_a_target")
	target("10000000-0000-4000-8000-000000000000").problem(404, "subscription_unknown")
	h.ask(billing, "POST", "/v1/centralisations/"+string(id)+"/target", `{"subscriptionId":"`+string(small.SubscriptionID)+`"}`).problem(403, "not_centraliser")

	is[v1.Centralised](target(small.SubscriptionID), 200)
	short := h.standing(id, status("seats_needed"))
	assert.EqualValues(t, 1, short.Assigned, "one seat, one licence")
	assert.Equal(t, "no_seat", short.Refused)
	h.ask(global, "DELETE", "/v1/people/sync@contoso.example", "")
	is[v1.Centralised](target(large.SubscriptionID), 200)
	closed := h.standing(id, status("closed"))
	assert.Equal(t, "partial", closed.Outcome)
	assert.Zero(t, closed.Answers.Asked, "nobody is asked to cancel")
	assert.Equal(t, map[string]string{"Omar Haddad": "assigned", "Anna Andersson": "assigned", "Sync Local": "skipped assignee_unknown"}, h.users(id))
}

func TestACentralPurchaseThatIsRefusedMayBeRepeated(t *testing.T) {
	h := newHouse(t)
	h.shadow()
	h.centralise()
	id := h.start(`{"productId":"CFQ7TTC0H9MP","market":"SE"}`)
	h.ask(billing, "POST", "/v1/centralisations/"+string(id)+"/buy", `{"acceptTerms":true}`).problem(422, "price_unavailable")
	stands := h.standing(id, status("seats_needed"))
	assert.Equal(t, "price_unavailable", stands.Refused)
	is[v1.Centralised](h.ask(global, "POST", "/v1/centralisations/"+string(id)+"/withdraw", ""), 200)
	h.standing(id, status("withdrawn"))
	h.ask(billing, "POST", "/v1/centralisations/"+string(id)+"/buy", `{"acceptTerms":true}`).problem(422, "centralisation_over")
}

func TestOneSubscriptionIsCentralisedAlone(t *testing.T) {
	h := newHouse(t)
	annas, omars := h.shadow()
	central := h.central(billing, "1")
	only := `{"productId":"CFQ7TTC0H9MP","subscriptions":["` + string(omars.SubscriptionID) + `"]}`
	plan := is[v1.CentralisationPlan](h.ask(billing, "GET", "/v1/centralisations/preview?product=CFQ7TTC0H9MP&subscription="+string(omars.SubscriptionID)+"&subscription="+string(omars.SubscriptionID), ""), 200)
	assert.EqualValues(t, 1, plan.Subscriptions)
	assert.EqualValues(t, 2, plan.SeatsNeeded)
	h.ask(global, "POST", "/v1/centralisations", strings.Replace(only, string(omars.SubscriptionID), string(central.SubscriptionID), 1)).problem(422, "not_a_source")
	id := h.start(only)
	h.ask(global, "POST", "/v1/centralisations/"+string(id)+"/close", "").problem(422, "purchasers_not_asked")
	assert.Len(t, h.purchases(id), 1)
	assert.NotEmpty(t, annas.SubscriptionID)
}

func TestR59_UsersOfACancelledSubscriptionGetLicencesOfTheOrganisation(t *testing.T) {
	h := newHouse(t)
	annas, _ := h.shadow()
	central := h.central(billing, "2")
	is[v1.Subscription](h.ask(anna, "POST", "/v1/subscriptions/"+string(annas.SubscriptionID)+"/cancel", `{"reason":"centralised"}`), 200)
	h.centralise()
	id := h.start(`{"productId":"CFQ7TTC0H9MP","subscriptions":["` + string(annas.SubscriptionID) + `"]}`)
	is[v1.Centralised](h.ask(global, "POST", "/v1/centralisations/"+string(id)+"/target", `{"subscriptionId":"`+string(central.SubscriptionID)+`"}`), 200)
	closed := h.standing(id, status("closed"))
	assert.Equal(t, "complete", closed.Outcome)
	assert.Zero(t, closed.Answers.Asked, "there is nothing left to cancel")
	assert.Equal(t, map[string]string{"Omar Haddad": "assigned", "Anna Andersson": "assigned"}, h.users(id))
}

func TestTheCentralisationsViewEqualsItsHistory(t *testing.T) {
	h := newHouse(t)
	h.shadow()
	h.centralise()
	id := h.start(everything)
	is[v1.Centralised](h.ask(global, "POST", "/v1/centralisations/"+string(id)+"/buy", `{"acceptTerms":true}`), 200)
	h.standing(id, status("awaiting_answers"))
	is[v1.Centralised](h.ask(global, "POST", "/v1/centralisations/"+string(id)+"/close", ""), 200)
	h.standing(id, status("closed"))
	report, err := h.Projector.Verify(t.Context(), views.CentralisationsView.Name, nil)
	require.NoError(t, err)
	assert.True(t, report.Equal)
	assert.Positive(t, report.Rows)
}
