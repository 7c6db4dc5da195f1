package license_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"kassa/domain"
	. "kassa/domain/domaintest"
	"kassa/domain/license"
)

func TestLicense(t *testing.T) {
	type is = Case[license.Command, license.Event]
	type facts = []license.Event
	noon := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	assign := license.Assign{Subscription: "s1", Product: "new", Assignee: "bob", AssigneeTenant: "t", SubscriptionTenant: "t", Via: license.ByPurchaser, At: noon}
	unassign := license.Unassign{Cause: license.Manual, At: noon}
	assigned := license.Assigned{Subscription: "s1", Product: "new", Assignee: "bob", AssigneeTenant: "t", Via: license.ByPurchaser, At: noon}
	unassigned := license.Unassigned{Subscription: "s1", Assignee: "bob", Cause: license.Manual, At: noon}
	suspend := license.Suspend{Cause: license.SubscriptionDisabled, At: noon}
	suspended := license.Suspended{Subscription: "s1", Assignee: "bob", Cause: license.SubscriptionDisabled, At: noon}
	restore := license.Restore{Cause: license.SubscriptionReactivated, At: noon}
	restored := license.Restored{Subscription: "s1", Assignee: "bob", Cause: license.SubscriptionReactivated, At: noon}
	move := license.Move{To: "s2", Batch: "t1", At: noon}
	moved := facts{
		license.MovedTo{From: "s1", To: "s2", Assignee: "bob", Batch: "t1", At: noon},
		license.Unassigned{Subscription: "s1", Assignee: "bob", Cause: license.Moved, At: noon},
	}
	tenants := func(assignee, subscription domain.TenantID) license.Command {
		c := assign
		c.AssigneeTenant, c.SubscriptionTenant = assignee, subscription
		return c
	}
	Run(t, license.Decider, []is{
		{Name: "R28 a colleague gets a licence", When: assign, Then: facts{assigned}},
		{Name: "a second one changes nothing", Given: facts{assigned}, When: assign},
		{Name: "R23 somebody of another organisation gets none", When: tenants("other", "t"), Rejects: license.ErrOtherTenant},
		{Name: "R23 nor somebody of no organisation", When: tenants("", ""), Rejects: license.ErrOtherTenant},
		{Name: "R23 not even who has one already", Given: facts{assigned}, When: tenants("other", "t"), Rejects: license.ErrOtherTenant},
		{Name: "a licence is taken back from whoever has it", Given: facts{assigned}, When: unassign, Then: facts{unassigned}},
		{Name: "taking it back twice changes nothing", Given: facts{assigned, unassigned}, When: unassign},
		{Name: "what was never given cannot be taken back", When: unassign, Rejects: license.ErrUnknown},
		{Name: "it can be given again", Given: facts{assigned, unassigned}, When: assign, Then: facts{assigned}},
		{Name: "and taken back again", Given: facts{assigned, unassigned, assigned}, When: unassign, Then: facts{unassigned}},
		{Name: "whoever has another instead gives this one back, and it is known which", Given: facts{assigned}, When: move, Then: moved},
		{Name: "what was taken back is not moved", Given: facts{assigned, unassigned}, When: move},
		{Name: "nor what was never given", When: move, Rejects: license.ErrUnknown},
		{Name: "it is suspended", Given: facts{assigned}, When: suspend, Then: facts{suspended}},
		{Name: "once", Given: facts{assigned, suspended}, When: suspend},
		{Name: "and restored", Given: facts{assigned, suspended}, When: restore, Then: facts{restored}},
		{Name: "once", Given: facts{assigned, suspended, restored}, When: restore},
		{Name: "what was not suspended is not restored", Given: facts{assigned}, When: restore},
		{Name: "it is suspended again", Given: facts{assigned, suspended, restored}, When: suspend, Then: facts{suspended}},
		{Name: "whoever has a suspended one has one", Given: facts{assigned, suspended}, When: assign},
		{Name: "a suspended one is taken back", Given: facts{assigned, suspended}, When: unassign, Then: facts{unassigned}},
		{Name: "and then not restored", Given: facts{assigned, suspended, unassigned}, When: restore},
		{Name: "what was taken back is not suspended", Given: facts{assigned, unassigned}, When: suspend},
		{Name: "nor what was never given", When: suspend, Rejects: license.ErrUnknown},
		{Name: "nor restored", When: restore, Rejects: license.ErrUnknown},
	})
	assert.Equal(t, domain.Forbidden, domain.KindOf(license.ErrOtherTenant))
	assert.Equal(t, "license-s1-bob", license.Stream("s1", "bob"))
}
