package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	v1 "kassa/services/api/v1"
)

// TestR57_R58_APurchaserLeavesFromTheCommandLine: the binary's own processes free
// anna's seat and mark what she bought, a restart included, and omar keeps his
// until she is back and cancels.
func TestR57_R58_APurchaserLeavesFromTheCommandLine(t *testing.T) {
	data := t.TempDir()
	p := start(t, data, "--demo")
	const anna, gail, bill = "anna@contoso.example", "gail@contoso.example", "bill@contoso.example"
	bought := as[v1.Submitted](p, anna, "checkout", "--product", powerBIPro, "--seats", "2", "--market", "US", "--card", "tok_visa")
	id := bought.SubscriptionID
	as[v1.LicenseResults](p, anna, "licenses", "assign-many", "--subscription", string(id), anna, "omar@contoso.example")

	left, code := p.kassa(p.token(gail), "people", "remove", anna)
	require.Equal(t, exitOK, code, left)
	assert.Contains(t, left, "is no longer in the directory")
	mine := func(list v1.Orphans) (found []v1.Orphan) {
		for _, o := range list.Items {
			if o.SubscriptionID == id {
				found = append(found, o)
			}
		}
		return found
	}
	var orphans []v1.Orphan
	require.Eventually(t, func() bool {
		orphans = mine(as[v1.Orphans](p, bill, "orphaned"))
		return len(orphans) == 1 && orphans[0].Assigned == 1
	}, 30*time.Second, 50*time.Millisecond)
	assert.Equal(t, "Omar Haddad", names(orphans[0].AssignedUsers))
	assert.NotNil(t, orphans[0].NextRenewal)
	history, code := p.kassa(p.token(bill), "orders", "show", bought.OrderNumber)
	assert.Equal(t, exitOK, code, history)
	assert.Regexp(t, `assigned by the purchaser\. +Omar Haddad `, history)
	assert.Regexp(t, `2 licences bought for [\d.]+ USD\. +Purchase USD`, history)
	table, code := p.kassa(p.token(bill), "orphaned")
	assert.Equal(t, exitOK, code, table)
	assert.Contains(t, table, "ask support to cancel, take control, assign central licenses")
	for _, item := range as[v1.Products](p, bill, "products", "--orphaned").Items {
		assert.Equal(t, "left", item.PurchaserState)
	}

	p.stop()
	p = start(t, data, "--demo")
	require.Len(t, mine(as[v1.Orphans](p, bill, "orphaned")), 1, "the demonstration brings nobody back")
	as[v1.DirectoryPerson](p, gail, "people", "restore", anna)
	require.Eventually(t, func() bool { return len(mine(as[v1.Orphans](p, bill, "orphaned"))) == 0 }, 30*time.Second, 50*time.Millisecond)
	as[v1.Subscription](p, anna, "subscriptions", "cancel", "--subscription", string(id), "--reason", "not_needed")
	cut := p.eventually(t, "the suspension", func(item v1.Product) bool { return item.SubscriptionID == id && len(item.SuspendedUsers) == 1 })
	assert.Equal(t, orphans[0].AssignedUsers[0].ID, cut.SuspendedUsers[0].ID)
}
