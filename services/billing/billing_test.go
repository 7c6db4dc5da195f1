package billing_test

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/invoice"
	"kassa/domain/subscription"
	"kassa/domain/tax"
	"kassa/projections"
	"kassa/projections/projectiontest"
	"kassa/projections/views"
	"kassa/services/billing"
)

const (
	powerBI = domain.ProductID("CFQ7TTC0H9MP")
	seller  = "KASSA"
)

// town is a history of what was sold, and the view of what is to be billed.
type town struct {
	*projectiontest.Shop
	*projections.Projector
	tenant domain.TenantID
	anna   domain.PersonID
}

func newTown(t *testing.T) *town {
	c := &town{Shop: projectiontest.New(t)}
	c.Offer(powerBI, "Power BI Pro", projectiontest.Euros(1000))
	c.tenant = c.Tenant("Contoso", "contoso.example")
	c.anna = c.Join(c.tenant, "anna@contoso.example")
	return c
}

// sell is a subscription with a term, more seats, some of them given back, and a
// term that is declined and then paid, or not.
func (c *town) sell(pays bool) domain.SubscriptionID {
	o := c.Buy(c.tenant, c.anna, powerBI, domain.SelfService, 3, projectiontest.Euros(1000))
	end := projectiontest.Noon.AddDate(0, 1, 0)
	next := subscription.Period{Number: 2, Start: end, End: end.AddDate(0, 1, 0), UnitPrice: projectiontest.Euros(1000), PriceRevision: -1, Quantity: 4, Charge: projectiontest.Euros(4000)}
	events := []domain.Event{
		subscription.SeatAdditionRequested{Addition: "a1", Delta: 2, Charge: projectiontest.Euros(1500)},
		subscription.SeatsAdded{Addition: "a1", Delta: 2, Quantity: 5, Charge: projectiontest.Euros(1500), Days: 15, OfDays: 31, From: end.AddDate(0, 0, -15), Reference: "ch_a1", At: end.AddDate(0, 0, -15)},
		subscription.SeatsRemoved{Removal: "r1", Delta: 1, Quantity: 4, Lines: []subscription.RefundLine{{Refund: "r1/1", Addition: "a1", Seats: 1, Amount: projectiontest.Euros(700), Charge: "ch_a1"}}},
		subscription.RefundIssued{Of: "r1/1", Amount: projectiontest.Euros(700), Reference: "re_1", At: end.AddDate(0, 0, -14)},
		subscription.RenewalRequested{Period: next},
		subscription.RenewalDeclined{Number: 2, Code: "card_declined", Retriable: true, At: end},
	}
	if pays {
		events = append(events, subscription.ReactivationRequested{Reactivation: "p1", Period: next, AnchorDay: 1},
			subscription.Reactivated{Reactivation: "p1", Period: next, AnchorDay: 1, Reference: "ch_p1"})
	} else {
		events = append(events, subscription.Expired{Cause: subscription.EndPayment, At: end, NextAt: end.AddDate(0, 0, 30)},
			subscription.Disabled{Cause: subscription.EndPayment, At: end.AddDate(0, 0, 30), NextAt: end.AddDate(0, 0, 120)})
	}
	for _, e := range events {
		c.Record(subscription.Stream(o.Subscription), projectiontest.Person(c.tenant, c.anna), e)
	}
	return o.Subscription
}

// tries is a trial that was converted.
func (c *town) tries() {
	o := c.Buy(c.tenant, c.anna, powerBI, domain.SelfService, 2, projectiontest.Euros(0))
	end := projectiontest.Noon.AddDate(0, 1, 0)
	first := subscription.Period{Number: 2, Start: end, End: end.AddDate(0, 1, 0), UnitPrice: projectiontest.Euros(1000), Quantity: 2, Charge: projectiontest.Euros(2000)}
	c.Record(subscription.Stream(o.Subscription), projectiontest.Person(c.tenant, c.anna),
		subscription.TrialStarted{End: end, NeedsPaymentMethod: true, UnitPrice: first.UnitPrice},
		subscription.ConversionRequested{Period: first, AnchorDay: 1}, subscription.TrialConverted{Period: first, AnchorDay: 1, Reference: "ch_t"})
}

// watch opens the view, which follows the store from now on.
func (c *town) watch(t *testing.T) {
	cfg := c.Config(t.TempDir())
	cfg.Poll = 5 * time.Millisecond
	c.Projector = projectiontest.Open(t, cfg, views.BillingView)
	projectiontest.Run(t, c.Projector)
}

func (c *town) manager() *billing.Manager {
	return &billing.Manager{
		Seller: seller, Projector: c.Projector, Facts: c, Every: 50 * time.Millisecond, Log: slog.New(slog.DiscardHandler),
		Invoices: &commands.Invoices{Log: commands.Log{Store: &c.Store, Codec: c.Codec}, Seller: seller, Taxes: tax.Standard(), Now: func() time.Time { return projectiontest.Noon }},
	}
}

// quiet says whether nothing is left to write.
func (c *town) quiet(t *testing.T) bool {
	u, _, err := views.NewBilling(c.Projector).Unnumbered(t.Context(), seller, 1)
	require.NoError(t, err)
	behind, _, err := views.NewBilling(c.Projector).Behind(t.Context(), 1)
	require.NoError(t, err)
	return len(u.Bills)+len(behind) == 0
}

// bills are all that was written, by number, each as it stands.
func (c *town) bills(t *testing.T) (given []string, bills map[string]invoice.State) {
	records, err := c.ReadAll(t.Context(), 0, 1<<30)
	require.NoError(t, err)
	states := map[string]invoice.State{}
	for _, r := range records {
		f, err := c.Codec.Decode(r)
		require.NoError(t, err)
		switch e := f.Event.(type) {
		case invoice.Numbered:
			for i := range e.Entries {
				given = append(given, invoice.Number(seller, e.Year, e.First+int64(i)))
			}
		case invoice.Event:
			states[r.Stream] = invoice.Decider.Evolve(states[r.Stream], e)
		}
	}
	bills = map[string]invoice.State{}
	for _, s := range states {
		require.NotContains(t, bills, s.Number, "two bills have one number")
		bills[s.Number] = s
	}
	return given, bills
}

func TestEverythingThatWasPaidIsBilledOnceWithoutAGap(t *testing.T) {
	c := newTown(t)
	for n := range 12 {
		c.sell(n%2 == 0)
	}
	c.Buy(c.tenant, c.anna, powerBI, domain.Central, 3, projectiontest.Euros(900)) // is not billed
	c.watch(t)

	// Three at once, killed and started again at any moment.
	random := rand.New(rand.NewPCG(1, 2))
	for deadline := time.Now().Add(time.Minute); ; {
		ctx, kill := context.WithTimeout(t.Context(), time.Duration(20+random.IntN(150))*time.Millisecond)
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() { assert.NoError(t, c.manager().Run(ctx)) })
		}
		all.Wait()
		kill()
		head, err := c.Head(t.Context())
		require.NoError(t, err)
		require.NoError(t, c.Await(projectiontest.Within(t), views.BillingView.Name, head))
		if c.quiet(t) {
			break
		}
		require.True(t, time.Now().Before(deadline), "it does not come to rest")
	}

	given, bills := c.bills(t)
	require.Len(t, given, 12*4)
	for i, number := range given {
		assert.Equal(t, invoice.Number(seller, 2026, int64(i+1)), number)
		assert.Contains(t, bills, number)
	}
	statuses := map[invoice.Status]int{}
	for _, b := range bills {
		statuses[b.Status]++
		if b.Kind == invoice.CreditNote {
			assert.Equal(t, projectiontest.Euros(-700), b.Total)
		}
	}
	assert.Equal(t, map[invoice.Status]int{
		invoice.StatusPaid:           12 + 6 + 12, // first terms, later ones that were paid, credit notes
		invoice.StatusPartlyRefunded: 12,          // added seats
		invoice.StatusWrittenOff:     6,
	}, statuses)
}

func TestABillIsWrittenSoonAfterItsFact(t *testing.T) {
	c := newTown(t)
	c.watch(t)
	m := c.manager()
	m.Every = time.Hour
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- m.Run(ctx) }()
	o := c.Buy(c.tenant, c.anna, powerBI, domain.SelfService, 1, projectiontest.Euros(1000))
	require.Eventually(t, func() bool { // nobody says when a stream gets its first fact
		records, err := c.Shop.Read(t.Context(), invoice.Stream(invoice.ID(o.Subscription, invoice.OfTerm(1))))
		return err == nil && len(records) == 2
	}, 10*time.Second, 10*time.Millisecond)
	stop()
	require.NoError(t, <-done)
}

func TestATrialIsBilledOnceItIsPaid(t *testing.T) {
	c := newTown(t)
	c.tries()
	c.watch(t)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- c.manager().Run(ctx) }()
	var given []string
	var bills map[string]invoice.State
	require.Eventually(t, func() bool {
		given, bills = c.bills(t)
		return len(given) == 1 && bills[given[0]].Status == invoice.StatusPaid
	}, 10*time.Second, 10*time.Millisecond)
	stop()
	require.NoError(t, <-done)
	assert.Equal(t, projectiontest.Euros(2000), bills[given[0]].Total, "nothing was billed before")
}
