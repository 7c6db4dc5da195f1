package api_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	v1 "kassa/services/api/v1"
)

func (h *house) assigned(as string, id domain.SubscriptionID, users ...string) {
	h.Helper()
	for _, user := range users {
		is[v1.License](h.ask(as, "POST", "/v1/subscriptions/"+string(id)+"/licenses", `{"user":"`+user+`"}`), 200)
	}
}

func TestR59_WhoeverUsedWhatWasCancelledIsAWorkList(t *testing.T) {
	h := newHouse(t)
	id, change := h.bought()
	of := "/v1/subscriptions/" + string(id) + "/last-assignees"
	list := func(path string) map[string]bool { // who is covered, by name
		covered := map[string]bool{}
		for _, l := range is[v1.LastAssignees](h.ask(admin, "GET", path, ""), 200).Items {
			assert.Equal(t, id, l.SubscriptionID)
			assert.Equal(t, powerBI, l.ProductID)
			assert.Equal(t, "Anna Andersson", l.Purchaser.Name)
			assert.Equal(t, "purchaser", l.EndedBy)
			assert.Equal(t, now, l.EndedAt)
			covered[l.Person.Name] = l.Covered
		}
		return covered
	}
	h.assigned(buyer, id, "omar@contoso.example", "sync@contoso.example")
	is[v1.License](h.ask(buyer, "DELETE", "/v1/subscriptions/"+string(id)+"/licenses/sync@contoso.example", ""), 200)
	h.assigned(buyer, id, buyer)
	assert.Empty(t, list(of), "it has not ended")

	is[v1.Subscription](change("cancel", `{"reason":"centralised"}`, "1"), 200)
	waiting := map[string]bool{"Omar Haddad": false, "Anna Andersson": false}
	assert.Equal(t, waiting, list(of), "who gave their seat back before is not on it")
	assert.Equal(t, waiting, list("/v1/last-assignees"))
	is[v1.License](h.ask(buyer, "DELETE", "/v1/subscriptions/"+string(id)+"/licenses/omar@contoso.example", ""), 200)
	assert.Equal(t, waiting, list(of), "who gives it back afterwards stays")

	central := h.central(admin, "5")
	h.assigned(admin, central.SubscriptionID, "omar@contoso.example")
	assert.Equal(t, map[string]bool{"Omar Haddad": true, "Anna Andersson": false}, list(of))
	assert.Equal(t, map[string]bool{"Anna Andersson": false}, list("/v1/last-assignees?open=true"), "what is left to do")

	assert.Equal(t, map[string]bool{"Anna Andersson": false}, list(of+"?open=true"))

	first := is[v1.LastAssignees](h.ask(admin, "GET", "/v1/last-assignees?limit=1", ""), 200)
	require.Len(t, first.Items, 1)
	second := is[v1.LastAssignees](h.ask(admin, "GET", "/v1/last-assignees?limit=1&after="+first.Next, ""), 200)
	require.Len(t, second.Items, 1)
	assert.NotEqual(t, first.Items[0].Person, second.Items[0].Person)
	assert.Empty(t, second.Next)

	h.ask(buyer, "GET", "/v1/last-assignees", "").problem(403, "not_assigner")
	h.ask(buyer, "GET", of, "").problem(403, "not_assigner")
	h.ask("gail@fabrikam.example", "GET", of, "").problem(404, "subscription_unknown")
}
