package api_test

import (
	"errors"
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
	"kassa/services/leavers"
)

// sees lets the processes see to who left and to which licences have to follow,
// until nothing is left to do.
func (h *house) sees() {
	h.Helper()
	licences := h.Server.Licenses.(*commands.Licenses)
	manager := &leavers.Manager{
		Projector: h.Projector, Licenses: licences, Subscriptions: h.Server.Subscriptions.(*commands.Subscriptions), Log: slog.New(slog.DiscardHandler),
	}
	for range 10 {
		for _, v := range []string{views.LeaversView.Name, views.AccessView.Name} {
			require.NoError(h, h.Projector.Await(h.Context(), v, h.head()))
		}
		left, _, err := views.Leavers(h.Context(), h.Projector, 100)
		differs, _, err2 := views.AccessDiffers(h.Context(), h.Projector, 100)
		require.NoError(h, errors.Join(err, err2))
		if len(left)+len(differs) == 0 {
			return
		}
		for _, who := range left {
			require.NoError(h, manager.Pump(h.Context(), who))
		}
		for _, id := range differs {
			require.NoError(h, licences.Follow(h.Context(), id))
		}
	}
	require.Fail(h, "there is always something left to do")
}

// leaves has the directory delete somebody.
func (h *house) leaves(user string) v1.DirectoryPerson {
	h.Helper()
	out := is[v1.DirectoryPerson](h.ask(admin, "DELETE", "/v1/people/"+user, ""), 200)
	h.sees()
	return out
}

// shared is a subscription that anna bought for herself and three others.
func (h *house) shared() domain.SubscriptionID {
	h.Helper()
	id := h.buy(buyer, "4").SubscriptionID
	h.assigned(buyer, id, buyer, "omar@contoso.example", billing, "sync@contoso.example")
	return id
}

func (h *house) orphans() []v1.Orphan {
	h.Helper()
	return is[v1.Orphans](h.ask(billing, "GET", "/v1/orphaned", "", "Kassa-Position", uintText(h.head())), 200).Items
}

func (h *house) current(id domain.SubscriptionID) v1.Product {
	h.Helper()
	require.NoError(h, h.Projector.Await(h.Context(), views.YourProductsView.Name, h.head()))
	return h.product(id)
}

func usersOf(p v1.Product) (names []string) {
	for _, u := range p.AssignedUsers {
		names = append(names, u.Name)
	}
	return names
}

var three = []string{"Omar Haddad", "Bill Payne", "Sync Local"}

func TestR57_V17_ThePurchaserLeavesAndThreeOthersKeepAccess(t *testing.T) {
	h := newHouse(t)
	id := h.shared()
	before := h.current(id)
	assert.Equal(t, "active", before.PurchaserState)
	assert.False(t, before.Orphaned)
	assert.Empty(t, h.orphans())

	out := h.leaves(buyer)
	assert.Equal(t, "Anna Andersson", out.User.Name)
	assert.True(t, out.Deleted)
	after := h.current(id)
	assert.ElementsMatch(t, three, usersOf(after))
	assert.Empty(t, after.SuspendedUsers)
	assert.EqualValues(t, 3, after.Assigned)
	assert.EqualValues(t, 1, after.Available, "anna's own seat is free")
	assert.Equal(t, "left", after.PurchaserState)
	assert.True(t, after.Orphaned)
	assert.Equal(t, "active", after.Status)
	assert.True(t, after.RecurringBilling)
	after.PurchaserState, after.Orphaned, after.Assigned, after.Available, after.AssignedUsers = before.PurchaserState, before.Orphaned, before.Assigned, before.Available, before.AssignedUsers
	assert.Equal(t, before, after, "nothing else has changed")

	h.passes(now.AddDate(0, 3, 0))
	renewed := h.current(id)
	assert.Equal(t, "active", renewed.Status, "it is renewed until somebody cancels")
	assert.True(t, renewed.ExpiryDate.After(h.clock))
	assert.ElementsMatch(t, three, usersOf(renewed))
	var charged int
	for _, b := range h.bills(buyer, "?status=paid") {
		assert.Equal(t, visa, b.Card, "on the card of whoever bought it")
		charged++
	}
	assert.Equal(t, 4, charged, "the purchase and three renewals")
}

func TestR57_WhatPeopleLeftIsAWorkList(t *testing.T) {
	h := newHouse(t)
	id, others := h.shared(), h.buy("omar@contoso.example", "1").SubscriptionID
	h.leaves(buyer)
	orphans := h.orphans()
	require.Len(t, orphans, 1)
	o := orphans[0]
	assert.Equal(t, id, o.SubscriptionID)
	assert.Equal(t, "Anna Andersson", o.Purchaser.Name)
	assert.Equal(t, now, o.LeftAt)
	assert.Equal(t, "active", o.Status)
	assert.EqualValues(t, 3, o.Assigned)
	assert.Len(t, o.AssignedUsers, 3)
	require.NotNil(t, o.NextRenewal)
	assert.Equal(t, o.ExpiryDate, *o.NextRenewal)
	assert.Equal(t, usd(4*999), *o.RenewalPrice)
	assert.Equal(t, []v1.OrphanAction{v1.AskSupportToCancel, v1.TakeControl, v1.AssignCentralLicenses}, o.Actions)

	filtered := is[v1.Products](h.ask(admin, "GET", "/v1/products?orphaned=true", ""), 200).Items
	require.Len(t, filtered, 1)
	assert.Equal(t, id, filtered[0].SubscriptionID)

	h.leaves("omar@contoso.example")
	assert.Len(t, h.orphans(), 2)
	first := is[v1.Orphans](h.ask(admin, "GET", "/v1/orphaned?limit=1", ""), 200)
	second := is[v1.Orphans](h.ask(admin, "GET", "/v1/orphaned?limit=1&after="+first.Next, ""), 200)
	assert.ElementsMatch(t, []domain.SubscriptionID{id, others}, []domain.SubscriptionID{first.Items[0].SubscriptionID, second.Items[0].SubscriptionID})
	assert.Empty(t, second.Next)

	h.ask("sync@contoso.example", "GET", "/v1/orphaned", "").problem(403, "not_admin")
	assert.Empty(t, is[v1.Orphans](h.ask("gail@fabrikam.example", "GET", "/v1/orphaned", ""), 200).Items)
}

// However long the token of somebody who left is still good.
func TestR57_WhoLeftNeitherBuysNorActsNorIsAssignedAnything(t *testing.T) {
	h := newHouse(t)
	id := h.shared()
	h.leaves(buyer)
	of := "/v1/subscriptions/" + string(id)
	h.ask(buyer, "POST", "/v1/purchases", `{"productId":"CFQ7TTC0H9MP","quantity":1,"market":"US"}`).problem(422, "account_disabled")
	h.ask(buyer, "POST", of+"/licenses", `{"user":"omar@contoso.example"}`).problem(422, "account_disabled")
	h.ask(buyer, "POST", of+"/cancel", `{"reason":"other"}`).problem(422, "account_disabled")
	h.ask(buyer, "POST", "/v1/dev/token", `{"mail":"`+buyer+`"}`).problem(404, "person_unknown")
	central := h.central(billing, "1")
	h.ask(admin, "POST", "/v1/subscriptions/"+string(central.SubscriptionID)+"/licenses", `{"user":"`+buyer+`"}`).problem(404, "assignee_unknown")
	h.leaves(admin)
	h.ask(admin, "DELETE", "/v1/people/omar@contoso.example", "").problem(422, "account_disabled")
}

func TestR57_WhoReturnsHasTheirPurchaseBack(t *testing.T) {
	h := newHouse(t)
	id := h.shared()
	h.leaves(buyer)
	back := is[v1.DirectoryPerson](h.ask(admin, "POST", "/v1/people/"+buyer+"/restore", ""), 200)
	assert.False(t, back.Deleted)
	h.sees()
	p := h.current(id)
	assert.Equal(t, "active", p.PurchaserState)
	assert.False(t, p.Orphaned)
	assert.ElementsMatch(t, three, usersOf(p), "the seat that was freed is not taken again by itself")
	assert.Empty(t, h.orphans())
	h.assigned(buyer, id, buyer)
}

func TestR57_WhoMayDeletePeople(t *testing.T) {
	h := newHouse(t)
	for _, verb := range []string{"", "/restore"} {
		method := map[string]string{"": "DELETE", "/restore": "POST"}[verb]
		h.ask(buyer, method, "/v1/people/omar@contoso.example"+verb, "").problem(403, "not_people_admin")
		h.ask(billing, method, "/v1/people/nobody@contoso.example"+verb, "").problem(403, "not_people_admin")
		h.ask("gail@fabrikam.example", method, "/v1/people/"+string(residents[1].Person)+verb, "").problem(404, "user_unknown")
		h.ask(admin, method, "/v1/people/nobody@contoso.example"+verb, "").problem(404, "person_unknown")
		h.ask(admin, method, "/v1/people/nobody"+verb, "").problem(404, "user_unknown")
		h.ask("operator", method, "/v1/people/somebody@nowhere.example"+verb, "").problem(404, "person_unknown")
	}
	gone := is[v1.DirectoryPerson](h.ask("operator", "DELETE", "/v1/people/omar@contoso.example", "", "Idempotency-Key", "1"), 200)
	assert.True(t, gone.Deleted)
	back := is[v1.DirectoryPerson](h.ask("operator", "POST", "/v1/people/omar@contoso.example/restore", ""), 200)
	assert.False(t, back.Deleted)
	assert.Equal(t, gone, is[v1.DirectoryPerson](h.ask("operator", "DELETE", "/v1/people/omar@contoso.example", "", "Idempotency-Key", "1"), 200), "a repeated request is answered as the first was")
	assert.Equal(t, back.Position, is[v1.DirectoryPerson](h.ask(admin, "POST", "/v1/people/omar@contoso.example/restore", ""), 200).Position, "once")
}

func TestR58_WhatALeaverBoughtGoesOnUntilSupportCancels(t *testing.T) {
	h := newHouse(t)
	id := h.shared()
	h.leaves(buyer)
	h.passes(now.AddDate(0, 2, 0))
	require.Equal(t, "active", h.current(id).Status)
	h.ask(admin, "POST", "/v1/subscriptions/"+string(id)+"/cancel", `{"reason":"other"}`).problem(409, "takeover_required")
	asked := h.asks(id, "support", "purchaser_left")
	assert.Equal(t, "active", h.current(id).Status, "asking ends nothing")
	is[v1.CancellationRequest](h.answers("support", asked, "accept"), 200)
	h.sees()
	ended := h.current(id)
	assert.Equal(t, "disabled", ended.Status)
	assert.ElementsMatch(t, three, usersOf(ended))
	assert.Len(t, ended.SuspendedUsers, 3)
	orphans := h.orphans()
	require.Len(t, orphans, 1)
	assert.Equal(t, []v1.OrphanAction{v1.AssignCentralLicenses}, orphans[0].Actions)
	assert.Nil(t, orphans[0].NextRenewal)

	h.passes(h.clock.Add(subscription.Retention))
	h.sees()
	deleted := h.current(id)
	assert.Equal(t, "deleted", deleted.Status)
	assert.Empty(t, deleted.AssignedUsers)
	assert.Zero(t, deleted.Assigned)
	assert.Empty(t, h.orphans(), "there is nothing more to do")
	h.passes(h.clock.Add(time.Hour))
	last := is[v1.LastAssignees](h.ask(admin, "GET", "/v1/subscriptions/"+string(id)+"/last-assignees", ""), 200).Items
	assert.Len(t, last, 3, "R59 who used it is still known")
}

func TestR58_APurchaserWhoIsBackCancelsThemselves(t *testing.T) {
	h := newHouse(t)
	id := h.shared()
	h.leaves(buyer)
	is[v1.DirectoryPerson](h.ask(admin, "POST", "/v1/people/"+buyer+"/restore", ""), 200)
	cancelled := is[v1.Subscription](h.ask(buyer, "POST", "/v1/subscriptions/"+string(id)+"/cancel", `{"reason":"not_needed"}`), 200)
	assert.Equal(t, "disabled", cancelled.Status)
}

// The card of a leaver fails like anybody's: the term ends, and nobody is cut off
// before the grace is over.
func TestR57_TheCardOfALeaverThatFailsEndsTheSubscription(t *testing.T) {
	h := newHouse(t)
	id := h.shared()
	is[v1.Card](h.card(id, "tok_declined"), 200)
	h.leaves(buyer)
	h.passes(now.AddDate(0, 1, 3))
	h.sees()
	expired := h.current(id)
	assert.Equal(t, "expired", expired.Status)
	assert.ElementsMatch(t, three, usersOf(expired))
	assert.Empty(t, expired.SuspendedUsers)
	orphans := h.orphans()
	require.Len(t, orphans, 1)
	assert.Nil(t, orphans[0].NextRenewal)
	assert.Equal(t, []v1.OrphanAction{v1.TakeControl, v1.AssignCentralLicenses}, orphans[0].Actions)
	h.passes(now.AddDate(0, 2, 5))
	h.sees()
	assert.Len(t, h.current(id).SuspendedUsers, 3)
}

// Both lists say who cannot use what they hold, and that they can again.
func TestLicencesAreShownAsTheyFollowTheirSubscription(t *testing.T) {
	h := newHouse(t)
	id := h.shared()
	of := "/v1/subscriptions/" + string(id)
	own := func() v1.Product {
		return is[v1.Products](h.ask(buyer, "GET", "/v1/purchases", "", "Kassa-Position", uintText(h.head())), 200).Items[0]
	}
	is[v1.Subscription](h.ask(buyer, "POST", of+"/cancel", `{"reason":"not_needed"}`), 200)
	h.sees()
	assert.Len(t, own().SuspendedUsers, 4)
	assert.Len(t, h.current(id).SuspendedUsers, 4)
	assert.Len(t, own().AssignedUsers, 4, "they keep their seats")
	is[v1.Subscription](h.ask(buyer, "POST", of+"/reactivate", `{}`), 200)
	h.sees()
	assert.Empty(t, own().SuspendedUsers)
	order := is[v1.Order](h.ask(admin, "GET", "/v1/orders/"+own().OrderNumbers[0], "", "Kassa-Position", uintText(h.head())), 200)
	assert.Equal(t, "A licence was restored, cause: subscription_reactivated.", order.Entries[len(order.Entries)-1].Summary)
}
