package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	v1 "kassa/services/api/v1"
)

// TestR52_R58_R59_SupportCancelsWhatSomebodyLeftBehind walks from a purchase to
// its end by support, and to the list of those who need another licence.
func TestR52_R58_R59_SupportCancelsWhatSomebodyLeftBehind(t *testing.T) {
	p := start(t, t.TempDir(), "--demo")
	const anna, bill = "anna@contoso.example", "bill@contoso.example"
	bought := as[v1.Submitted](p, anna, "checkout", "--product", powerBIPro, "--seats", "2", "--market", "US", "--card", "tok_visa")
	id := string(bought.SubscriptionID)
	as[v1.License](p, anna, "licenses", "assign", "--subscription", id, "--user", "omar@contoso.example")
	before := as[v1.Premier](p, bill, "support", "premier")
	require.NotZero(t, before.Left, "the tenant owns Premier")
	helped := as[v1.SupportCase](p, anna, "support", "open", "--subscription", id, "--topic", "access")
	assert.Equal(t, "none", helped.IncidentCharge)
	assert.Equal(t, before.Left, as[v1.Premier](p, bill, "support", "premier").Left)
	assert.Equal(t, "closed", as[v1.SupportCase](p, "support", "support", "close", string(helped.ID), "--resolution", "solved").Status)

	ask := []string{"cancellation-requests", "ask", "--subscription", id, "--to", "support", "--reason", "purchaser_left"}
	asked := as[v1.CancellationRequest](p, bill, ask...)
	out, exit := p.kassa(p.token(bill), ask...)
	assert.Equal(t, exitRefused, exit, out)
	assert.Contains(t, out, "cancellation_request_open")
	out, exit = p.kassa(p.token(bill), "cancellation-requests", "accept", asked.ID)
	assert.Equal(t, exitRefused, exit, out)
	assert.Contains(t, out, "not_support")
	open := as[v1.CancellationRequests](p, "support", "cancellation-requests", "list", "--status", "open")
	require.Len(t, open.Items, 1)
	assert.Equal(t, "executed", as[v1.CancellationRequest](p, "support", "cancellation-requests", "accept", open.Items[0].ID).Status)

	assert.Equal(t, "disabled", find(t, as[v1.Products](p, bill, "products"), bought).Status)
	out, exit = p.kassa(p.token(anna), "notices", "--lang", "sv")
	assert.Equal(t, exitOK, exit, out)
	assert.Contains(t, out, "Supporten har sagt upp")
	last := as[v1.LastAssignees](p, bill, "subscriptions", "last-assignees", "--subscription", id, "--open")
	require.Len(t, last.Items, 1)
	assert.Equal(t, "omar@contoso.example", last.Items[0].Person.Mail)
	for _, view := range []string{"cancellation_requests", "notices", "last_assignees", "support_cases"} {
		rebuilt := as[reports](p, "", "views", "rebuild", view)
		require.Len(t, rebuilt.Items, 1)
		assert.True(t, rebuilt.Items[0].Equal, "%s: the rebuilt view equals the live one", view)
	}
}
