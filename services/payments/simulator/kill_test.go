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

	"kassa/services/payments/simulator"
)

// ledgerDir makes this test binary the victim of TestKill9: it charges without
// end and prints each charge that was answered.
const ledgerDir = "KASSA_TEST_LEDGER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(ledgerDir); dir != "" {
		fmt.Fprintln(os.Stderr, chargeForever(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func chargeForever(dir string) error {
	g, err := simulator.Open(context.Background(), simulator.Config{Dir: dir})
	if err != nil {
		return err
	}
	for i := 0; ; i++ {
		c, err := g.Charge(context.Background(), fmt.Sprintf("%d/%d", os.Getpid(), i), "tok_visa", price)
		if err != nil {
			return err
		}
		if _, err := fmt.Println(c.Key, c.ID); err != nil {
			return err
		}
	}
}

// It shows that an answered charge survives the process. That it survives the
// machine as well rests on synchronous=FULL, which durable asserts.
func TestKill9(t *testing.T) {
	dir, acknowledged := t.TempDir(), map[string]string{}
	for range 12 {
		chargeAndKill(t, dir, 1+rand.IntN(40), acknowledged)
	}
	g := open(t, dir, 0)
	ledger := map[string]string{}
	for c, err := range g.Charges(t.Context()) {
		require.NoError(t, err)
		require.NotContains(t, ledger, c.Key, "charged twice")
		ledger[c.Key] = c.ID
	}
	assert.Subset(t, ledger, acknowledged)
	t.Logf("12 kills, %d charges answered, %d in the ledger", len(acknowledged), len(ledger))
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
