package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	v1 "kassa/services/api/v1"
)

// TestR54_APartnerActsForACustomerFromTheCommandLine walks through the
// demonstration's two relations, one that holds and one that has expired, and
// looks after a restart for what was recorded.
func TestR54_APartnerActsForACustomerFromTheCommandLine(t *testing.T) {
	data := t.TempDir()
	p := start(t, data, "--demo")
	const pat, gail, fabrikams = "pat@partner.example", "gail@contoso.example", "gail@fabrikam.example"
	customers := map[string]v1.Delegation{}
	for _, d := range as[v1.Delegations](p, pat, "customers").Items {
		customers[d.CustomerName] = d
	}
	contoso, fabrikam := customers["Contoso"], customers["Fabrikam"]
	require.Equal(t, "active", contoso.Status)
	require.Equal(t, "expired", fabrikam.Status)

	theirs := as[v1.Products](p, gail, "products")
	seen := as[v1.Products](p, pat, "products", "--on-behalf-of", string(contoso.CustomerTenantID))
	assert.Equal(t, theirs.Items, seen.Items)
	out, exit := p.kassa(p.token(pat), "products", "--on-behalf-of", string(fabrikam.CustomerTenantID))
	assert.Equal(t, exitRefused, exit)
	assert.Contains(t, out, "delegation_expired")
	out, exit = p.kassa(p.token(pat), "policy", "set", "default", "Disabled", "--on-behalf-of", string(contoso.CustomerTenantID))
	assert.Equal(t, exitRefused, exit)
	assert.Contains(t, out, "not_for_partners")

	partner := string(contoso.PartnerTenantID)
	recorded := as[v1.Accesses](p, gail, "partners", "access", partner)
	require.Len(t, recorded.Items, 2)
	assert.Equal(t, "list-products", recorded.Items[1].Operation)
	assert.Equal(t, contoso.RelationID, recorded.Items[1].RelationID)
	assert.Empty(t, as[v1.Accesses](p, fabrikams, "partners", "access", partner).Items, "who is not let in is on nobody's record")
	revoked := as[v1.DelegationChanged](p, gail, "partners", "revoke", partner)
	assert.Equal(t, "revoked", revoked.Status)
	out, _ = p.kassa(p.token(pat), "products", "--on-behalf-of", string(contoso.CustomerTenantID))
	assert.Contains(t, out, "delegation_revoked")
	p.stop()

	p = start(t, data, "--demo")
	assert.Equal(t, recorded.Items, as[v1.Accesses](p, gail, "partners", "access", partner).Items)
	granted := as[v1.DelegationChanged](p, gail, "partners", "grant", "partner.example", "--role", "global-reader", "--until", contoso.ExpiresAt.Format("2006-01-02"))
	assert.Equal(t, "active", granted.Status)
	statuses := []string{}
	for _, d := range as[v1.Delegations](p, gail, "partners", "list").Items {
		statuses = append(statuses, d.Status)
	}
	assert.Equal(t, []string{"revoked", "active"}, statuses, "a restart brings back nothing that was revoked")
}
