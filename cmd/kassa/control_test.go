package main

import (
	"encoding/csv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	v1 "kassa/services/api/v1"
)

// TestTakeControlFromTheCommandLine moves the users of what anna bought to what
// the organisation bought, while the binary's own process manager does the work.
func TestTakeControlFromTheCommandLine(t *testing.T) {
	p := start(t, t.TempDir(), "--demo")
	const anna, gail, bill = "anna@contoso.example", "gail@contoso.example", "bill@contoso.example"
	from := string(as[v1.Submitted](p, anna, "checkout", "--product", powerBIPro, "--seats", "2", "--market", "US", "--card", "tok_visa").SubscriptionID)
	to := string(as[v1.Submitted](p, bill, "checkout", "--product", powerBIPro, "--seats", "2", "--market", "US", "--channel", "central").SubscriptionID)
	held := as[v1.LicenseResults](p, anna, "licenses", "assign-many", "--subscription", from, anna, "omar@contoso.example")

	users, code := p.kassa(p.token(gail), "products", "users", "--subscription", from, "--csv")
	require.Equal(t, exitOK, code, users)
	lines, err := csv.NewReader(strings.NewReader(users)).ReadAll()
	require.NoError(t, err)
	assert.Len(t, lines, 1+len(held.Items))

	told, code := p.kassa(p.token(gail), "subscriptions", "take-control", "--subscription", from, "--move-to", to, "--reason", "centralised")
	require.Equal(t, exitOK, code, told)
	assert.Contains(t, told, "is deleted; of its 2 users nobody is left")
	assert.True(t, as[v1.Control](p, gail, "subscriptions", "control", "--subscription", from).Finished)
	out, code := p.kassa(p.token(gail), "subscriptions", "take-control", "--subscription", from, "--cancel")
	assert.Equal(t, exitRefused, code)
	assert.Contains(t, out, "control_taken")
	out, code = p.kassa(p.token(bill), "subscriptions", "give-up-move", "--subscription", from)
	assert.Equal(t, exitRefused, code)
	assert.Contains(t, out, "not_global_admin")

	p.head(t)
	moved := as[v1.ProductUsers](p, gail, "products", "users", "--subscription", to, "--position", p.latest.Position)
	require.Len(t, moved.Purchasers, 1)
	assert.Len(t, moved.Purchasers[0].Users, 2)
	summary, code := p.kassa(p.token(bill), "products", "summary", "--position", p.latest.Position)
	assert.Equal(t, exitOK, code)
	assert.Contains(t, summary, "Power BI Pro")
	own, code := p.kassa(p.token(anna), "purchases", "--json", "--position", p.latest.Position)
	assert.Equal(t, exitOK, code)
	assert.Contains(t, own, `"takenOver"`)
}
