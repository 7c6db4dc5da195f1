package api

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"kassa/commands"
	"kassa/domain"
	"kassa/projections"
)

// A view is every tenant's: what its rows are called, and why it failed, may
// name people of another one.
func TestOnlyOperatorsSeeIntoOtherTenants(t *testing.T) {
	const key, reason = "tenant/person", "apply user-tenant-person@3: no such column"
	report := projections.Report{View: "purchases", Differences: []projections.Difference{{Table: "items", Key: key, Kind: projections.Changed}}}
	status := projections.Status{View: "purchases", Error: reason}

	operator := commands.Principal{Roles: []string{commands.RoleOperator}}
	assert.Equal(t, key, reportOf(operator, report).Differences[0].Key)
	assert.Equal(t, reason, viewOf(operator, status).Detail)

	gail := commands.Principal{Tenant: "another", Roles: []string{domain.RoleGlobalAdmin}}
	shown := reportOf(gail, report).Differences[0]
	assert.Empty(t, shown.Key)
	assert.Equal(t, "items", shown.Table)
	assert.NotContains(t, viewOf(gail, status).Detail, "person")
	assert.NotEmpty(t, viewOf(gail, status).Detail)
	assert.Empty(t, viewOf(gail, projections.Status{}).Detail)
}
