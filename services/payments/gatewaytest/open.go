package gatewaytest

import (
	"context"
	"errors"
	"iter"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"kassa/domain"
	"kassa/services/payments"
	"kassa/services/payments/simulator"
	"kassa/services/payments/stripe"
	"kassa/services/payments/stripe/stripetest"
)

// Books is a gateway with its books, and the bank that takes charges back.
type Books interface {
	Gateway
	Charges(ctx context.Context) iter.Seq2[domain.Charge, error]
	Refunds(ctx context.Context) iter.Seq2[domain.Refund, error]
	Disputes(ctx context.Context) iter.Seq2[domain.Dispute, error]
	Dispute(ctx context.Context, charge, reason string) (domain.Dispute, error)
}

// Names of the gateways.
const (
	Simulator = "simulator"
	Stripe    = "stripe"
)

// Chosen is the gateway that tests of more than a gateway run on:
// $KASSA_TEST_GATEWAY, or else the simulator.
func Chosen() string {
	if name := os.Getenv("KASSA_TEST_GATEWAY"); name != "" {
		return name
	}
	return Simulator
}

// OpenSimulator opens the simulator whatever was chosen, and says why.
func OpenSimulator(t testing.TB, why string, now func() time.Time) Books {
	t.Helper()
	if name := Chosen(); name != Simulator {
		t.Logf("on the simulator, not on %s: %s", name, why)
	}
	return Open(t, Simulator, now)
}

// Open opens a gateway for a test. Whichever it is, it knows the simulator's
// cards by their names there.
func Open(t testing.TB, name string, now func() time.Time) Books {
	t.Helper()
	switch name {
	case Simulator:
		g, err := simulator.Open(context.WithoutCancel(t.Context()), simulator.Config{Dir: t.TempDir(), Now: now})
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, g.Close()) })
		return g
	case Stripe:
		bank := stripetest.Start(t, stripetest.Config{Now: now})
		g, err := stripe.Open(stripe.Config{Key: stripetest.Key, URL: bank.URL(), WebhookSecret: stripetest.Secret, Now: now})
		require.NoError(t, err)
		return &OnStripe{Gateway: g, Bank: bank, kept: map[string]domain.Card{}}
	}
	require.Failf(t, "no such gateway", "KASSA_TEST_GATEWAY is %q; give %s or %s", name, Simulator, Stripe)
	return nil
}

// cards are Stripe's in place of the simulator's.
var cards = map[string]string{
	"tok_visa":               "pm_card_visa",
	"tok_mastercard":         "pm_card_mastercard",
	"tok_declined":           "pm_later_declined",
	"tok_expired":            "pm_later_expired",
	"tok_insufficient_funds": "pm_later_insufficient_funds",
	"tok_processing_error":   "pm_later_processing_error",
	"tok_timeout":            "pm_lost_answers",
}

// OnStripe is Kassa's gateway to a local Stripe as the simulator would be: under
// the names of its cards, each of which is put on file once, and with the books in
// the order in which they were written.
type OnStripe struct {
	*stripe.Gateway
	Bank *stripetest.Server

	mu   sync.Mutex
	kept map[string]domain.Card
}

// Card is that of the gateway.
func (g *OnStripe) Card(ctx context.Context, owner, token string) (domain.Card, error) {
	if cards[token] == "" {
		return g.Gateway.Card(ctx, owner, token)
	}
	c, err := g.keep(ctx, token)
	c.Token = token
	return c, err
}

// Charge is that of the gateway.
func (g *OnStripe) Charge(ctx context.Context, key, token string, amount domain.Money) (domain.Charge, error) {
	if cards[token] != "" {
		c, err := g.keep(ctx, token)
		if err != nil {
			return domain.Charge{}, err
		}
		token = c.Token
	}
	return g.Gateway.Charge(ctx, key, token, amount)
}

func (g *OnStripe) keep(ctx context.Context, name string) (domain.Card, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if c, ok := g.kept[name]; ok {
		return c, nil
	}
	c, err := g.Gateway.Card(ctx, owner, cards[name])
	if err == nil {
		g.kept[name] = c
	}
	return c, err
}

// Charges is that of the gateway, the other way around.
func (g *OnStripe) Charges(ctx context.Context) iter.Seq2[domain.Charge, error] {
	return oldestFirst(g.Gateway.Charges(ctx))
}

// Refunds is that of the gateway, the other way around.
func (g *OnStripe) Refunds(ctx context.Context) iter.Seq2[domain.Refund, error] {
	return oldestFirst(g.Gateway.Refunds(ctx))
}

func oldestFirst[E any](newest iter.Seq2[E, error]) iter.Seq2[E, error] {
	return func(yield func(E, error) bool) {
		var all []E
		for e, err := range newest {
			if err != nil {
				yield(e, err)
				return
			}
			all = append(all, e)
		}
		for _, e := range slices.Backward(all) {
			if !yield(e, nil) {
				return
			}
		}
	}
}

// Dispute lets the bank take a charge back.
func (g *OnStripe) Dispute(ctx context.Context, charge, reason string) (domain.Dispute, error) {
	id, err := g.Bank.Dispute(charge, reason, "needs_response")
	switch {
	case errors.Is(err, stripetest.ErrNotPaid):
		return domain.Dispute{}, payments.ErrChargeUnknown
	case errors.Is(err, stripetest.ErrNoMore):
		return domain.Dispute{}, payments.ErrRefundTooLarge
	}
	for d, err := range g.Disputes(ctx) {
		if err != nil || d.ID == id {
			return d, err
		}
	}
	return domain.Dispute{}, err
}
