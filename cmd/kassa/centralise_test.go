package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	v1 "kassa/services/api/v1"
)

// TestR45_R46_R47_CentralisingFromTheCommandLine goes from the plan over the
// purchase, the licences and the requests to the end, with a restart in between.
func TestR45_R46_R47_CentralisingFromTheCommandLine(t *testing.T) {
	data := t.TempDir()
	p := start(t, data, "--demo")
	const anna, bill, gail, omar = "anna@contoso.example", "bill@contoso.example", "gail@contoso.example", "omar@contoso.example"
	bought := as[v1.Submitted](p, anna, "checkout", "--product", powerBIPro, "--seats", "3", "--market", "US", "--card", "tok_visa")
	id := string(bought.SubscriptionID)
	as[v1.License](p, anna, "licenses", "assign", "--subscription", id, "--user", omar)
	as[v1.License](p, anna, "licenses", "assign", "--subscription", id, "--user", anna)
	wanted := func(verb string, more ...string) []string {
		return append([]string{"centralise", verb, "--product", powerBIPro, "--market", "US", "--subscription", id}, more...)
	}

	plan := as[v1.CentralisationPlan](p, bill, wanted("plan")...)
	require.NotNil(t, plan.UnitPrice, "R46 the agreement's price")
	require.NotNil(t, plan.Savings.Saved, "R35 what it saves")
	shown, exit := p.kassa(p.token(bill), wanted("plan")...)
	assert.Zero(t, exit, shown)
	assert.Contains(t, shown, "Anna")
	assert.Contains(t, shown, "A year: people pay USD")
	out, exit := p.kassa(p.token(anna), wanted("start")...)
	assert.Equal(t, exitRefused, exit)
	assert.Contains(t, out, "not_centraliser")

	started := as[v1.Centralised](p, gail, wanted("start")...)
	p.stop()
	p = start(t, data, "--demo")
	one := as[v1.Centralisation](p, bill, "centralise", "buy", string(started.CentralisationID), "--follow")
	assert.Equal(t, "awaiting_answers", one.Status)
	assert.Equal(t, plan.SeatsNeeded, one.Bought, "R46 one for each who needs one")
	assert.Equal(t, plan.SeatsNeeded, one.Assigned, "R45")
	assert.EqualValues(t, 1, one.Answers.Asked, "R47")
	whole := as[detail](p, bill, "centralise", "status", string(started.CentralisationID))
	require.Len(t, whole.Purchases, 1)
	assert.Equal(t, "awaited", whole.Purchases[0].Answer)
	for _, u := range whole.Users {
		assert.Equal(t, "assigned", u.Result)
	}

	closed := as[v1.Centralised](p, gail, "centralise", "close", string(started.CentralisationID))
	assert.Equal(t, "closed", closed.Status)
	list := as[v1.Centralisations](p, bill, "centralise", "status", "--position", position(closed.Position))
	require.Len(t, list.Items, 1)
	assert.Equal(t, "partial", list.Items[0].Outcome, "anna has not answered")
	shown, exit = p.kassa(p.token(bill), "centralise", "status", string(started.CentralisationID))
	assert.Zero(t, exit, shown)
	assert.Contains(t, shown, "closed partial")
	for _, r := range as[reports](p, "", "views", "verify", "centralisations").Items {
		assert.True(t, r.Equal)
	}
}
