package main

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/subscription"
	"kassa/eventstore"
	"kassa/eventstore/esdb"
	v1 "kassa/services/api/v1"
	"kassa/services/demo"
	"kassa/services/payments/gatewaytest"
)

// TestTheWatchdogFinishesWhatACrashLeft is another process that dies four times:
// after an order was submitted, a seat was reserved, more seats were asked for,
// and the whole was cancelled. The running Kassa charges, provisions, assigns and
// refunds, though nobody asks it to.
func TestTheWatchdogFinishesWhatACrashLeft(t *testing.T) {
	p := start(t, t.TempDir(), "--demo")
	dead := dying(t, p.eventstore)
	anna, omar := resident(t, "anna@contoso.example"), resident(t, "omar@contoso.example")

	ask := func() commands.Request { return commands.Request{Who: anna, ID: uuid.New(), Correlation: uuid.New()} }
	quoted, err := dead.purchases.Start(t.Context(), ask(), commands.StartPurchase{
		Product: powerBIPro, Quantity: 2, Market: "US", Channel: domain.SelfService, EntryPoint: domain.Website,
	})
	require.NoError(t, err)
	_, err = dead.purchases.Submit(t.Context(), ask(), commands.SubmitPurchase{
		Purchase: quoted.State.Purchase, Card: "tok_visa", Terms: "2026-01", PrivacyNotice: "2026-01",
	})
	require.NoError(t, err)
	item := p.eventually(t, "the subscription", func(item v1.Product) bool { return item.Quantity == 2 })

	dead.appends = 1
	_, err = dead.licenses.Assign(t.Context(), ask(), commands.AssignLicense{Subscription: item.SubscriptionID, Person: omar.Person})
	require.ErrorIs(t, err, eventstore.ErrUnavailable)
	item = p.eventually(t, "the licence", func(item v1.Product) bool { return len(item.AssignedUsers) == 1 })
	assert.Equal(t, omar.Person, item.AssignedUsers[0].ID)

	dead.appends = 2
	_, err = dead.subscriptions.AddSeats(t.Context(), ask(), commands.AddSeats{Subscription: item.SubscriptionID, Delta: 1})
	require.NoError(t, err)
	dead.eventually(t, item.SubscriptionID, "the seat", func(s subscription.State) bool { return s.Quantity == 3 })
	_, err = dead.subscriptions.Cancel(t.Context(), ask(), commands.CancelSubscription{Subscription: item.SubscriptionID, Reason: subscription.NotNeeded})
	require.NoError(t, err)
	dead.eventually(t, item.SubscriptionID, "the refunds", func(s subscription.State) bool { return s.Cancelled && len(s.Owed) == 0 })
}

// eventually awaits a subscription in the history.
func (c *crashing) eventually(t *testing.T, id domain.SubscriptionID, what string, is func(subscription.State) bool) {
	t.Helper()
	require.Eventually(t, func() bool {
		now, _, err := c.subscriptions.Settlement(t.Context(), id, "")
		return err == nil && is(now.State)
	}, 30*time.Second, 50*time.Millisecond, what)
}

// eventually awaits an item among Anna's purchases.
func (p *program) eventually(t *testing.T, what string, is func(v1.Product) bool) (found v1.Product) {
	t.Helper()
	require.Eventually(t, func() bool {
		for _, item := range as[v1.Products](p, "anna@contoso.example", "purchases").Items {
			if is(item) {
				found = item
				return true
			}
		}
		return false
	}, 30*time.Second, 50*time.Millisecond, what)
	return found
}

// crashing is a write side that stops being able to append.
type crashing struct {
	*esdb.Store
	appends       int // how many are still to succeed
	purchases     *commands.Purchases
	subscriptions *commands.Subscriptions
	licenses      *commands.Licenses
}

func dying(t *testing.T, eventStore string) *crashing {
	t.Helper()
	store, err := esdb.Open(eventStore, nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	cards := gatewaytest.Open(t, gatewaytest.Chosen(), time.Now)
	c := &crashing{Store: store, appends: 100}
	log := commands.Log{Store: c, Codec: eventstore.Schema()}
	c.purchases = &commands.Purchases{Log: log, Gateway: cards, Now: time.Now}
	c.subscriptions = &commands.Subscriptions{Log: log, Gateway: cards, Now: time.Now}
	c.licenses = &commands.Licenses{Log: log, Now: time.Now}
	return c
}

func (c *crashing) Append(ctx context.Context, stream string, expected eventstore.Revision, drafts []eventstore.Draft) (eventstore.Written, error) {
	if c.appends == 0 {
		return eventstore.Written{}, eventstore.ErrUnavailable
	}
	c.appends--
	return c.Store.Append(ctx, stream, expected, drafts)
}

// resident is one of the demonstration's people.
func resident(t *testing.T, mail string) commands.Principal {
	t.Helper()
	directory, err := demo.Directory()
	require.NoError(t, err)
	for _, p := range directory.People {
		if p.Mail == mail {
			return principal(p)
		}
	}
	require.Fail(t, "nobody has the address "+mail)
	return commands.Principal{}
}
