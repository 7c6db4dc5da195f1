package simulator_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	"kassa/services/payments/simulator"
)

// ledgerDir makes this test binary the victim of TestKill9: it charges and
// refunds without end and prints each charge and refund that was answered.
const ledgerDir = "KASSA_TEST_LEDGER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(ledgerDir); dir != "" {
		fmt.Fprintln(os.Stderr, chargeForever(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// chargeForever refunds every charge in two parts, and tries for a third.
func chargeForever(dir string) error {
	ctx := context.Background()
	g, err := simulator.Open(ctx, simulator.Config{Dir: dir})
	if err != nil {
		return err
	}
	part := domain.Money{Minor: price.Minor / 2, Currency: price.Currency}
	for i := 0; ; i++ {
		c, err := g.Charge(ctx, fmt.Sprintf("%d/%d", os.Getpid(), i), "tok_visa", price)
		if err != nil {
			return err
		}
		answered(c.Key, c.ID)
		for n := range 3 {
			r, err := g.Refund(ctx, fmt.Sprintf("%s/refund/%d", c.Key, n), c.ID, part)
			if (err == nil) != (n < 2) {
				return fmt.Errorf("refund %d of 2: %w", n+1, err)
			}
			if err == nil {
				answered(r.Key, r.ID)
			}
		}
	}
}

// answered tells the test; its pipe breaks only once the test is over.
func answered(key, id string) {
	if _, err := fmt.Println(key, id); err != nil {
		os.Exit(1)
	}
}

// It shows that an answered charge or refund survives the process. That it
// survives the machine as well rests on synchronous=FULL, which durable asserts.
func TestKill9(t *testing.T) {
	dir, acknowledged := t.TempDir(), map[string]string{}
	for range 12 {
		chargeAndKill(t, dir, 1+rand.IntN(40), acknowledged)
	}
	g := open(t, dir, 0)
	ledger, left := map[string]string{}, map[string]int64{}
	for c, err := range g.Charges(t.Context()) {
		require.NoError(t, err)
		require.NotContains(t, ledger, c.Key, "charged twice")
		ledger[c.Key], left[c.ID] = c.ID, c.Amount.Minor
	}
	for r, err := range g.Refunds(t.Context()) {
		require.NoError(t, err)
		require.NotContains(t, ledger, r.Key, "refunded twice")
		ledger[r.Key] = r.ID
		left[r.Charge] -= r.Amount.Minor
		require.GreaterOrEqual(t, left[r.Charge], int64(0), "more was paid back than was paid")
	}
	assert.Subset(t, ledger, acknowledged)
	t.Logf("12 kills, %d charges and refunds answered, %d in the ledger", len(acknowledged), len(ledger))
}

func chargeAndKill(t *testing.T, dir string, after int, acknowledged map[string]string) {
	t.Helper()
	victim := exec.Command(os.Args[0])
	victim.Env = append(os.Environ(), ledgerDir+"="+dir)
	victim.Stderr = os.Stderr
	out, err := victim.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, victim.Start())
	lines := bufio.NewScanner(out)
	for n := 0; lines.Scan(); n++ {
		if n == after {
			require.NoError(t, victim.Process.Kill())
		}
		if key, id, ok := strings.Cut(lines.Text(), " "); ok && len(id) == len("ch_")+36 {
			acknowledged[key] = id
		}
	}
	require.ErrorContains(t, victim.Wait(), "killed")
}
