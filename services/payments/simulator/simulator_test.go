package simulator_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	"kassa/services/durable"
	"kassa/services/payments"
	"kassa/services/payments/gatewaytest"
	"kassa/services/payments/simulator"
)

var (
	noon  = time.Date(2026, 2, 1, 12, 0, 0, 0, time.UTC)
	price = domain.Money{Minor: 4200, Currency: "SEK"}
)

func open(t *testing.T, dir string, latency time.Duration) *simulator.Gateway {
	t.Helper()
	g, err := simulator.Open(t.Context(), simulator.Config{Dir: dir, Latency: latency, Now: func() time.Time { return noon }})
	require.NoError(t, err)
	t.Cleanup(func() { g.Close() })
	return g
}

func TestContract(t *testing.T) {
	gatewaytest.Run(t, open(t, t.TempDir(), 0), gatewaytest.Tokens{
		Succeeds:     "tok_visa",
		AlsoSucceeds: "tok_mastercard",
		Declines: map[string]gatewaytest.Decline{
			"tok_declined":           {Code: "card_declined", Retriable: true},
			"tok_expired":            {Code: "expired_card"},
			"tok_insufficient_funds": {Code: "insufficient_funds", Retriable: true},
			"tok_processing_error":   {Code: "processing_error", Retriable: true},
		},
		TimesOut: "tok_timeout",
	})
}

func TestTheLedgerSurvivesARestart(t *testing.T) {
	dir := t.TempDir()
	g := open(t, dir, 0)
	charge, err := g.Charge(t.Context(), "p1/1", "tok_visa", price)
	require.NoError(t, err)
	_, err = g.Charge(t.Context(), "p2/1", "tok_timeout", price)
	require.ErrorIs(t, err, payments.ErrTimeout)
	require.NoError(t, g.Close())

	g = open(t, dir, 0)
	again, err := g.Charge(t.Context(), "p1/1", "tok_visa", price)
	require.NoError(t, err)
	assert.Equal(t, charge, again)
	settled, err := g.Charge(t.Context(), "p2/1", "tok_timeout", price)
	require.NoError(t, err, "the answer is lost once, not once a process")
	assert.Equal(t, domain.ChargeSucceeded, settled.Status)

	var ledger []string
	for c, err := range g.Charges(t.Context()) {
		require.NoError(t, err)
		ledger = append(ledger, c.Key)
	}
	assert.Equal(t, []string{"p1/1", "p2/1"}, ledger)
}

func TestRefundsSurviveARestart(t *testing.T) {
	dir := t.TempDir()
	g := open(t, dir, 0)
	charge, err := g.Charge(t.Context(), "p1/1", "tok_visa", price)
	require.NoError(t, err)
	part := domain.Money{Minor: 4000, Currency: "SEK"}
	first, err := g.Refund(t.Context(), "s1/refund/1", charge.ID, part)
	require.NoError(t, err)
	require.NoError(t, g.Close())

	g = open(t, dir, 0)
	again, err := g.Refund(t.Context(), "s1/refund/1", charge.ID, part)
	require.NoError(t, err)
	assert.Equal(t, first, again)
	_, err = g.Refund(t.Context(), "s1/refund/2", charge.ID, part)
	require.ErrorIs(t, err, payments.ErrRefundTooLarge, "what was paid back is remembered")
	var ledger []domain.Refund
	for r, err := range g.Refunds(t.Context()) {
		require.NoError(t, err)
		ledger = append(ledger, r)
	}
	assert.Equal(t, []domain.Refund{first}, ledger)
}

func TestOneProcessAtATime(t *testing.T) {
	dir := t.TempDir()
	open(t, dir, 0)
	_, err := simulator.Open(t.Context(), simulator.Config{Dir: dir})
	require.ErrorIs(t, err, durable.ErrHeld)
}

func TestTheCallersPatienceEndsOnTheWay(t *testing.T) {
	for name, c := range map[string]struct {
		patience time.Duration
		made     bool
	}{
		"there": {4 * time.Second, false},
		"back":  {6 * time.Second, true},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			synctest.Test(t, func(t *testing.T) {
				g := open(t, dir, 10*time.Second)
				impatient := func() context.Context {
					ctx, cancel := context.WithTimeout(t.Context(), c.patience)
					t.Cleanup(cancel)
					return ctx
				}
				_, err := g.Charge(impatient(), "p1/1", "tok_visa", price)
				require.ErrorIs(t, err, payments.ErrTimeout)
				_, found, err := g.Lookup(t.Context(), "p1/1")
				require.NoError(t, err)
				assert.Equal(t, c.made, found)

				charge, err := g.Charge(t.Context(), "p2/1", "tok_visa", price)
				require.NoError(t, err)
				_, err = g.Refund(impatient(), "s1/refund/1", charge.ID, price)
				require.ErrorIs(t, err, payments.ErrRefundTimeout)
				_, found, err = g.LookupRefund(t.Context(), "s1/refund/1")
				require.NoError(t, err)
				assert.Equal(t, c.made, found)
			})
		})
	}
}

func TestR13_ACardNumberReachesNoFile(t *testing.T) {
	dir, number := t.TempDir(), "4000056655665556"
	g := open(t, dir, 0)
	_, err := g.Charge(t.Context(), "p1/1", number, price)
	require.ErrorIs(t, err, payments.ErrCardNumber)
	_, err = g.Charge(t.Context(), "p1/1", "tok_visa", price)
	require.NoError(t, err)

	files, err := filepath.Glob(filepath.Join(dir, "*"))
	require.NoError(t, err)
	seen := false
	for _, f := range files {
		b, err := os.ReadFile(f)
		require.NoError(t, err)
		assert.NotContains(t, string(b), number, f)
		seen = seen || strings.Contains(string(b), "tok_visa")
	}
	assert.True(t, seen, "the search does find what was stored")
}

func BenchmarkCharge(b *testing.B) {
	g, err := simulator.Open(b.Context(), simulator.Config{Dir: b.TempDir()})
	require.NoError(b, err)
	defer g.Close()
	for i := 0; b.Loop(); i++ {
		if _, err := g.Charge(b.Context(), time.Duration(i).String(), "tok_visa", price); err != nil {
			b.Fatal(err)
		}
	}
}
