package main

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	v1 "kassa/services/api/v1"
	"kassa/services/payments/simulator"
)

// TestR27_R32_APurchaserChangesWhatTheyBought walks through the life of a
// subscription until it is cancelled, and then looks into the gateway's books.
func TestR27_R32_APurchaserChangesWhatTheyBought(t *testing.T) {
	data := t.TempDir()
	p := start(t, data, "--demo")
	const anna, bill = "anna@contoso.example", "bill@contoso.example"
	bought := as[v1.Submitted](p, anna, "checkout", "--product", powerBIPro, "--seats", "2", "--market", "US", "--card", "tok_visa")
	words := func(more ...string) []string {
		return append(append([]string{"subscriptions"}, more...), "--subscription", string(bought.SubscriptionID))
	}
	change := func(more ...string) v1.Subscription {
		t.Helper()
		return as[v1.Subscription](p, anna, words(more...)...)
	}
	refused := func(code string, more ...string) {
		t.Helper()
		out, exit := p.kassa(p.token(anna), words(more...)...)
		assert.Equal(t, exitRefused, exit, out)
		assert.Contains(t, out, code)
	}
	// seen is the subscription in both lists, which agree.
	seen := func(at uint64) v1.Product {
		t.Helper()
		own := find(t, as[v1.Products](p, anna, "purchases", "--position", fmt.Sprint(at)), bought)
		listed := find(t, as[v1.Products](p, bill, "products", "--position", fmt.Sprint(at)), bought)
		for _, people := range [][]v1.Person{listed.AssignedUsers, listed.SuspendedUsers} {
			for i := range people {
				people[i].Mail = "" // purchasers see names only
			}
		}
		assert.Equal(t, own, listed)
		return own
	}

	added := change("seats", "add", "--by", "1")
	assert.EqualValues(t, 3, added.Quantity)
	require.NotNil(t, added.Charged, "the card was charged")
	assert.EqualValues(t, 3, seen(added.Position).Quantity)

	held := as[v1.LicenseResults](p, anna, "licenses", "assign-many", "--subscription", string(bought.SubscriptionID), anna, "omar@contoso.example", bill)
	assert.Len(t, held.Items, 3)
	out, exit := p.kassa(p.token(anna), "licenses", "assign-many", "--subscription", string(bought.SubscriptionID), anna, "gail@contoso.example")
	assert.Equal(t, exitRefused, exit, out)
	assert.Contains(t, out, "no_seat")
	refused("seats_assigned", "seats", "remove", "--to", "2")
	refused("not_an_increase", "seats", "add", "--to", "3")
	refused("cancel_reason_unknown", "cancel", "--reason", "because")

	off := change("recurring", "off")
	assert.False(t, off.RecurringBilling)
	assert.False(t, seen(off.Position).RecurringBilling)
	on := change("recurring", "on")
	assert.True(t, on.RecurringBilling)
	assert.True(t, seen(on.Position).RecurringBilling)

	cancelled := change("cancel", "--reason", "not_needed")
	assert.Equal(t, "disabled", cancelled.Status)
	require.NotNil(t, cancelled.Refund)
	require.Eventually(t, func() bool { // Kassa takes the licences by itself
		return len(find(t, as[v1.Products](p, anna, "purchases"), bought).SuspendedUsers) == len(held.Items)
	}, 30*time.Second, 100*time.Millisecond)
	last := seen(cancelled.Position)
	assert.Equal(t, "disabled", last.Status)
	assert.False(t, last.RecurringBilling)

	order := as[v1.Order](p, bill, "orders", "show", bought.OrderNumber, "--position", fmt.Sprint(cancelled.Position))
	billed, types := map[string]domain.Money{}, []string{}
	for _, e := range order.Entries {
		types = append(types, e.Type)
		if e.Transaction != "" {
			billed[e.Transaction] = *e.MoneyAfter
		}
	}
	assert.Equal(t, map[string]domain.Money{"Purchase": bought.Total, "Add quantity": *added.Charged, "Cancel": *cancelled.Refund}, billed)
	assert.Contains(t, types, "subscription.refund_issued.v1")

	p.stop()
	charged, refunded := books(t, data)
	assert.Equal(t, bought.Total.Minor+added.Charged.Minor, charged)
	assert.Equal(t, cancelled.Refund.Minor, refunded)
	assert.Equal(t, charged, refunded, "within 24 hours everything is paid back")
}

// books adds up what the payment gateway's ledger says was paid back, and the
// charges that it was paid back of: nobody else was refunded anything.
func books(t *testing.T, data string) (charged, refunded int64) {
	t.Helper()
	gateway, err := simulator.Open(t.Context(), simulator.Config{Dir: filepath.Join(data, "payments"), Now: time.Now})
	require.NoError(t, err)
	defer func() { require.NoError(t, gateway.Close()) }()
	of := map[string]bool{}
	for r, err := range gateway.Refunds(t.Context()) {
		require.NoError(t, err)
		refunded += r.Amount.Minor
		of[r.Charge] = true
	}
	for c, err := range gateway.Charges(t.Context()) {
		require.NoError(t, err)
		if of[c.ID] {
			charged += c.Amount.Minor
		}
	}
	assert.Len(t, of, 2, "the purchase's charge and that of the seat")
	return charged, refunded
}

func TestSubscriptionsAskForWhatIsMissing(t *testing.T) {
	seats := []string{"subscriptions", "seats", "add", "--subscription", "S"}
	for says, args := range map[string][]string{
		"missing flags":          seats,
		"can't be used together": append(append([]string{}, seats...), "--to", "2", "--by", "1"),
		"--reason":               {"subscriptions", "cancel", "--subscription", "S"},
		"--subscription":         {"subscriptions", "recurring", "off"},
	} {
		_, errs, code := offline(t, args...)
		assert.Equal(t, exitFailed, code, "%v", args)
		assert.Contains(t, errs, says)
	}
}
