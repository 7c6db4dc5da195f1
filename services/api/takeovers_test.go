package api_test

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/subscription"
	"kassa/projections/views"
	v1 "kassa/services/api/v1"
	"kassa/services/takeover"
)

const synced1 = "sync@contoso.example"

// procured is a subscription that the organisation bought.
func (h *house) procured(seats int) domain.SubscriptionID {
	h.Helper()
	quoted := is[v1.Purchase](h.ask(billing, "POST", "/v1/purchases", fmt.Sprintf(`{"productId":"CFQ7TTC0H9MP","quantity":%d,"market":"US","channel":"central"}`, seats)), 201)
	return is[v1.Submitted](h.ask(billing, "POST", "/v1/purchases/"+string(quoted.PurchaseID)+"/submit", `{"acceptTerms":true}`), 200).SubscriptionID
}

// used is a subscription of anna's whose seats these people hold, and as many
// that nobody does.
func (h *house) used(people ...string) domain.SubscriptionID {
	h.Helper()
	id := h.buy(buyer, fmt.Sprint(2*len(people))).SubscriptionID
	require.Empty(h, is[v1.LicenseResults](h.seatsOf(buyer, id, "assign", "used", people...), 200).Problems())
	return id
}

func (h *house) takeControl(as string, id domain.SubscriptionID, body, key string) answer {
	h.Helper()
	return h.ask(as, "POST", "/v1/subscriptions/"+string(id)+"/control", body, "Idempotency-Key", key)
}

func moveTo(id domain.SubscriptionID) string {
	return `{"option":"move","target":"` + string(id) + `","reason":"centralised"}`
}

const cancelIt = `{"option":"cancel","reason":"not_needed"}`

func (h *house) controlOf(id domain.SubscriptionID) v1.Control {
	h.Helper()
	return is[v1.Control](h.ask(admin, "GET", "/v1/subscriptions/"+string(id)+"/control", ""), 200)
}

// drives takes a takeover as far as it will go.
func (h *house) drives(id domain.SubscriptionID) error {
	m := &takeover.Manager{Takeovers: h.takeovers, Subscriptions: h.Subscriptions, Projector: h.Projector, Every: time.Second, Log: slog.New(slog.DiscardHandler)}
	return m.Pump(h.Context(), id)
}

// productNow is how administrators see a subscription now.
func (h *house) productNow(id domain.SubscriptionID) v1.Product {
	h.Helper()
	for _, p := range is[v1.Products](h.ask(admin, "GET", "/v1/products", "", "Kassa-Position", uintText(h.head())), 200).Items {
		if p.SubscriptionID == id {
			return p
		}
	}
	require.Fail(h, "not listed", "%s", id)
	return v1.Product{}
}

func names(people []v1.Person) (all []string) {
	for _, p := range people {
		all = append(all, p.Name)
	}
	return all
}

func TestR40_AdminAssignOnUntakenIsRefused(t *testing.T) {
	h := newHouse(t)
	id := h.used(omar)
	path := "/v1/subscriptions/" + string(id) + "/licenses"
	h.ask(admin, "POST", path, `{"user":"sync@contoso.example"}`).problem(409, commands.ErrTakeoverRequired.Code)
	h.ask(admin, "DELETE", path+"/"+omar, "").problem(409, commands.ErrTakeoverRequired.Code)
	is[v1.Control](h.takeControl(admin, id, cancelIt, "1"), 202)
	assert.False(t, is[v1.License](h.ask(admin, "DELETE", path+"/"+omar, ""), 200).Assigned, "afterwards it is the administrator's")
	h.ask(admin, "POST", path, `{"user":"sync@contoso.example"}`).problem(409, subscription.ErrControlTaken.Code)
}

func TestTakeControlMovesEverybodyAndEndsTheSubscription(t *testing.T) {
	h := newHouse(t)
	id, target := h.used(buyer, omar, synced1), h.procured(3)
	is[v1.License](h.ask(admin, "POST", "/v1/subscriptions/"+string(target)+"/licenses", `{"user":"omar@contoso.example"}`), 200)
	begun := is[v1.Control](h.takeControl(admin, id, moveTo(target), "1"), 202)
	assert.Equal(t, "Gail Boss", begun.By.Name)
	assert.EqualValues(t, 3, begun.Users)
	assert.EqualValues(t, 3, begun.Remaining)
	assert.False(t, begun.Finished)
	assert.Nil(t, begun.Waiting, "whoever has a licence there needs none")

	require.NoError(t, h.drives(id))
	done := h.controlOf(id)
	assert.True(t, done.Finished)
	assert.Zero(t, done.Remaining)
	assert.Equal(t, "deleted", done.Status)
	assert.Equal(t, []string{"Anna Andersson", "Omar Haddad", "Sync Local"}, names(h.productNow(target).AssignedUsers))
	old := h.productNow(id)
	assert.Equal(t, "deleted", old.Status)
	assert.Empty(t, old.AssignedUsers)
	require.NotNil(t, old.TakenOver)
	assert.Equal(t, v1.TakenOver{By: old.TakenOver.By, At: now, Option: "move", Target: target, Users: 3, Finished: true}, *old.TakenOver)

	own := is[v1.Products](h.ask(buyer, "GET", "/v1/purchases", "", "Kassa-Position", uintText(h.head())), 200)
	assert.Equal(t, "Gail Boss", own.Items[0].TakenOver.By.Name, "the purchaser sees who did it")
	order := is[v1.Order](h.ask(buyer, "GET", "/v1/orders/"+own.Items[0].OrderNumbers[0], ""), 200)
	told := map[string]int{}
	for _, e := range order.Entries {
		told[e.Type]++
	}
	assert.Equal(t, 1, told["subscription.control_taken.v1"])
	assert.Equal(t, 3, told["license.moved.v1"])
	assert.Equal(t, 3, told["license.unassigned.v1"])
	assert.Equal(t, 1, told["subscription.deleted.v1"])
	require.NoError(t, h.drives(id), "what is done is done")
	assert.Equal(t, done, h.controlOf(id))
}

func TestTakeControlCancelRefundsThePurchaserInsideTheWindow(t *testing.T) {
	h := newHouse(t)
	id := h.used(buyer, omar)
	begun := is[v1.Control](h.takeControl(admin, id, cancelIt, "1"), 202)
	require.NoError(t, h.drives(id))
	ended := h.productNow(id)
	assert.Equal(t, "deleted", ended.Status)
	assert.Empty(t, ended.AssignedUsers)
	var refunded domain.Money
	order := is[v1.Order](h.ask(admin, "GET", "/v1/orders/"+ended.OrderNumbers[0], ""), 200)
	for _, e := range order.Entries {
		if e.Type == "subscription.refund_issued.v1" {
			refunded = *e.MoneyAfter
		}
	}
	assert.Equal(t, ended.PurchasePrice, refunded, "within a day all of it")
	notices := is[v1.Notices](h.ask(buyer, "GET", "/v1/notices", "", "Kassa-Position", uintText(h.head())), 200).Items
	require.Len(t, notices, 2)
	assert.Equal(t, "cancelled_by_takeover", notices[0].Code)
	assert.Equal(t, "control_taken", notices[1].Code, "the purchaser is told")
	assert.Equal(t, id, notices[1].SubscriptionID)
	again := is[v1.Control](h.takeControl(admin, id, cancelIt, "1"), 202)
	assert.Equal(t, begun.At, again.At, "the same request takes control once")
	assert.True(t, again.Finished)
}

func TestARefundThatTakesItsTimeIsPaidBeforeTheSubscriptionIsDeleted(t *testing.T) {
	h := newHouse(t)
	id := h.used(omar)
	is[v1.Control](h.takeControl(admin, id, cancelIt, "1"), 202)
	h.gateway.cut = true
	require.Error(t, h.drives(id))
	assert.Equal(t, "disabled", h.controlOf(id).Status)
	h.gateway.cut = false
	require.NoError(t, h.drives(id))
	assert.True(t, h.controlOf(id).Finished)
}

func TestTakeControlOnlyByAGlobalAdministrator(t *testing.T) {
	h := newHouse(t)
	id := h.used(omar)
	for as, code := range map[string]string{billing: "not_global_admin", omar: "not_global_admin", buyer: "not_global_admin"} {
		h.takeControl(as, id, cancelIt, "1").problem(403, code)
	}
	h.takeControl("gail@fabrikam.example", id, cancelIt, "1").problem(404, "subscription_unknown")
	h.takeControl(admin, h.procured(1), cancelIt, "2").problem(422, "not_self_service")
	h.takeControl(admin, id, `{"option":"cancel","reason":"because"}`, "3").problem(400, "cancel_reason_unknown")
	h.takeControl(admin, id, `{"option":"move","reason":"other"}`, "4").problem(400, "takeover_option_invalid")
	h.ask(admin, "GET", "/v1/subscriptions/"+string(id)+"/control", "").problem(409, "control_not_taken")
	h.ask(admin, "DELETE", "/v1/subscriptions/"+string(id)+"/control/move", "").problem(409, "control_not_taken")
	h.takeControl(admin, id, moveTo(domain.SubscriptionID(tenantID(9))), "5").problem(404, "target_unknown")
	h.takeControl(admin, id, moveTo(h.buy(omar, "9").SubscriptionID), "6").problem(409, "takeover_required")
	is[v1.Control](h.takeControl(admin, id, cancelIt, "7"), 202)
	h.ask(omar, "GET", "/v1/subscriptions/"+string(id)+"/control", "").problem(403, "not_your_purchase")
	is[v1.Control](h.ask(buyer, "GET", "/v1/subscriptions/"+string(id)+"/control", ""), 200)
}

func TestTakeControlNeedsASeatForEverybodyFirst(t *testing.T) {
	h := newHouse(t)
	id, target := h.used(buyer, omar, synced1), h.procured(1)
	refused := h.takeControl(admin, id, moveTo(target), "1").problem(409, "target_seats_missing")
	assert.EqualValues(t, 2, refused.MissingSeats)
	assert.Len(t, refused.Errors, 1)
	assert.Nil(t, h.productNow(id).TakenOver, "nothing has happened")
}

func TestAMoveWaitsForSeatsSomebodyElseTook(t *testing.T) {
	h := newHouse(t)
	id, target := h.used(buyer, omar, synced1), h.procured(3)
	is[v1.Control](h.takeControl(admin, id, moveTo(target), "1"), 202)
	others := is[v1.LicenseResults](h.seatsOf(admin, target, "assign", "2", billing, admin), 200)
	require.Empty(t, others.Problems())
	require.ErrorIs(t, h.drives(id), subscription.ErrNoSeat)
	waits := h.controlOf(id)
	assert.EqualValues(t, 2, waits.Remaining)
	assert.EqualValues(t, 2, waits.MissingSeats)
	require.NotNil(t, waits.Waiting)
	assert.Equal(t, "target_seats_missing", waits.Waiting.Code)
	assert.Equal(t, "active", waits.Status, "whoever waits keeps what they have")
	assert.Len(t, h.productNow(id).AssignedUsers, 2)
	assert.EqualValues(t, 2, h.productNow(id).TakenOver.Remaining)
	unfinished, _, err := views.Takeovers(t.Context(), h.Projector, 10)
	require.NoError(t, err)
	assert.Empty(t, unfinished, "there is nothing to do before there are seats")

	is[v1.Subscription](h.ask(billing, "POST", "/v1/subscriptions/"+string(target)+"/seats", `{"delta":1}`), 200)
	h.productNow(id)
	unfinished, _, err = views.Takeovers(t.Context(), h.Projector, 10)
	require.NoError(t, err)
	assert.Equal(t, []domain.SubscriptionID{id}, unfinished)
	require.ErrorIs(t, h.drives(id), subscription.ErrNoSeat)
	assert.EqualValues(t, 1, h.controlOf(id).Remaining)

	gave := is[v1.Control](h.ask(admin, "DELETE", "/v1/subscriptions/"+string(id)+"/control/move", "", "Idempotency-Key", "3"), 202)
	assert.Equal(t, "cancel", gave.Option)
	assert.Nil(t, gave.Waiting)
	require.NoError(t, h.drives(id))
	assert.True(t, h.controlOf(id).Finished)
	assert.Len(t, h.productNow(target).AssignedUsers, 4, "whoever was moved stays")
	h.takeControl(admin, id, cancelIt, "5").problem(409, "control_taken")
}

func TestAfterControlIsTakenThePurchaserChangesNothing(t *testing.T) {
	h := newHouse(t)
	id := h.used(omar)
	at := "/v1/subscriptions/" + string(id)
	is[v1.Control](h.takeControl(admin, id, cancelIt, "1"), 202)
	for _, r := range [][3]string{
		{"POST", "/seats", `{"delta":1}`}, {"POST", "/seats/remove", `{"delta":1,"when":"now"}`}, {"PUT", "/recurring-billing", `{"on":true}`},
		{"POST", "/cancel", `{"reason":"other"}`}, {"POST", "/reactivate", `{}`}, {"POST", "/licenses", `{"user":"` + buyer + `"}`},
		{"DELETE", "/licenses/" + omar, ""}, {"DELETE", "/scheduled-change", ""},
	} {
		h.ask(buyer, r[0], at+r[1], r[2]).problem(409, subscription.ErrControlTaken.Code)
	}
	assert.Equal(t, "Gail Boss", is[v1.Products](h.ask(buyer, "GET", "/v1/purchases", "", "Kassa-Position", uintText(h.head())), 200).Items[0].TakenOver.By.Name)
}

func TestNobodyIsMovedToWhatHasEnded(t *testing.T) {
	h := newHouse(t)
	id, target := h.used(omar), h.procured(3)
	is[v1.Subscription](h.ask(billing, "POST", "/v1/subscriptions/"+string(target)+"/cancel", `{"reason":"not_needed"}`), 200)
	h.takeControl(admin, id, moveTo(target), "1").problem(422, commands.ErrTargetEnded.Code)
	assert.Equal(t, "active", h.productNow(id).Status)
}
