package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	v1 "kassa/services/api/v1"
	"kassa/services/payments/gatewaytest"
)

// program is a running kassa serve, and everybody's command line to it.
type program struct {
	*testing.T
	url, eventstore, nats string
	logs                  *logbook
	stop                  func()
	latest                v1.CloudEvent // the last fact that was looked at, see head
}

// server is a way to run kassa: it returns the exit code once ctx has ended.
type server func(ctx context.Context, args []string, stdout, stderr io.Writer) int

// within runs it in this process, where the race detector sees it.
func within(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	return run(ctx, args, noEnv, stdout, stderr)
}

// real runs the binary as people do, with more in its environment. It is built
// once, without the race detector, which makes the engines ten times slower.
func real(t *testing.T, env ...string) server {
	t.Helper()
	binary, err := built()
	require.NoError(t, err)
	return func(ctx context.Context, args []string, stdout, stderr io.Writer) int {
		c := exec.CommandContext(ctx, binary, args...)
		c.Stdout, c.Stderr = stdout, stderr
		c.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "TMPDIR=" + os.Getenv("TMPDIR")}, env...)
		c.Cancel, c.WaitDelay = func() error { return c.Process.Signal(syscall.SIGTERM) }, time.Minute
		_ = c.Run() // its exit code says it all
		return c.ProcessState.ExitCode()
	}
}

var built = sync.OnceValues(func() (string, error) {
	binary := filepath.Join(workshop, "kassa")
	out, err := exec.Command("go", "build", "-o", binary, "kassa/cmd/kassa").CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%w: %s", err, out)
	}
	return binary, err
})

// workshop is where the binary is built; it is gone with the tests.
var workshop string

func TestMain(m *testing.M) {
	var err error
	if workshop, err = os.MkdirTemp("", "kassa-e2e-"); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(workshop)
	os.Exit(code)
}

// start runs kassa serve on free ports and returns once it is ready.
func start(t *testing.T, data string, flags ...string) *program {
	t.Helper()
	return startAs(t, real(t), data, flags...)
}

func startAs(t *testing.T, serve server, data string, flags ...string) *program {
	t.Helper()
	if slices.Contains(flags, "--demo") && gatewaytest.Chosen() != gatewaytest.Simulator {
		t.Log("on the simulator only: --demo pays with its cards")
	}
	ctx, cancel := context.WithCancel(context.Background())
	out, in := io.Pipe()
	logs, exited := new(logbook), make(chan int, 1)
	args := append([]string{
		"serve", "--data", data, "--listen", "127.0.0.1:0", "--eventstore-listen", "127.0.0.1:0", "--nats-listen", "127.0.0.1:0",
	}, flags...)
	go func() {
		exited <- serve(ctx, args, in, logs)
		_ = in.Close()
	}()
	p := &program{T: t, logs: logs, stop: sync.OnceFunc(func() {
		cancel()
		assert.Equal(t, 0, <-exited, "a clean stop\n%s", logs)
	})}
	t.Cleanup(p.stop)
	lines := bufio.NewScanner(out)
	for _, line := range []struct {
		label string
		into  *string
	}{{"kassa: listening on ", &p.url}, {"eventstore: ", &p.eventstore}, {"nats: ", &p.nats}} {
		require.True(t, lines.Scan(), "no line %q\n%s", line.label, logs)
		value, ok := strings.CutPrefix(lines.Text(), line.label)
		require.True(t, ok, "%q is not the line %q", lines.Text(), line.label)
		*line.into = value
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	require.Eventually(t, func() bool {
		answer, err := http.Get(p.url + "/readyz")
		if err != nil {
			return false
		}
		defer answer.Body.Close()
		return answer.StatusCode == http.StatusOK
	}, time.Minute, 20*time.Millisecond, "not ready\n%s", logs)
	return p
}

func noEnv(string) string { return "" }

// logbook keeps what a program wrote to standard error.
type logbook struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (l *logbook) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.Write(b)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.String()
}

// token is a person's, or with "" the operator's, or the support's.
func (p *program) token(mail string) string {
	p.Helper()
	args := []string{"token", "--as", mail}
	switch mail {
	case "":
		args = []string{"token", "--operator"}
	case "support":
		args = []string{"token", "--support"}
	}
	out, code := p.kassa("", args...)
	require.Equal(p, 0, code, out)
	return strings.TrimSpace(out)
}

// kassa runs a command as whoever has the token and returns what it printed and
// its exit code.
func (p *program) kassa(token string, args ...string) (string, int) {
	p.Helper()
	env := map[string]string{"KASSA_URL": p.url, "KASSA_TOKEN": token}
	var out, errs bytes.Buffer
	code := run(p.Context(), args, func(name string) string { return env[name] }, &out, &errs)
	if out.Len() == 0 {
		return errs.String(), code
	}
	return out.String(), code
}

// as runs a command with --json and reads what it printed.
func as[T any](p *program, mail string, args ...string) T {
	p.Helper()
	var v T
	out, code := p.kassa(p.token(mail), append(args, "--json")...)
	require.Equal(p, 0, code, out)
	require.NoError(p, json.Unmarshal([]byte(out), &v), out)
	return v
}

const powerBIPro = "CFQ7TTC0H9MP"

// TestSpine_APurchaseTravelsTheWholeWay is the README's first walk: from the
// checkout to both views, the licences and the order's history.
func TestSpine_APurchaseTravelsTheWholeWay(t *testing.T) {
	p := startAs(t, within, t.TempDir(), "--demo")
	const anna, bill = "anna@contoso.example", "bill@contoso.example"

	bought := as[v1.Submitted](p, anna, "checkout", "--product", powerBIPro, "--seats", "3", "--market", "US", "--card", "tok_visa")
	assert.Equal(t, "completed", bought.Status)
	at := fmt.Sprint(bought.Position)
	item := find(t, as[v1.Products](p, bill, "products", "--position", at), bought)
	t.Run("R38 V18 the seven things an administrator sees", func(t *testing.T) {
		assert.Equal(t, "Power BI Pro", item.ProductName)
		assert.Contains(t, item.PurchaserName, "Anna")
		assert.EqualValues(t, 3, item.Quantity)
		assert.True(t, item.ExpiryDate.After(time.Now()))
		assert.Equal(t, []string{bought.OrderNumber}, item.OrderNumbers)
		assert.Equal(t, bought.Total, item.PurchasePrice)
		assert.Empty(t, item.AssignedUsers)
	})
	own := find(t, as[v1.Products](p, anna, "purchases", "--position", at), bought)
	assert.Equal(t, item, own, "R26 the purchaser sees the same of their own")

	seat := as[v1.License](p, anna, "licenses", "assign", "--subscription", string(bought.SubscriptionID), "--user", "omar@contoso.example")
	at = fmt.Sprint(seat.Position)
	for mail, list := range map[string]string{bill: "products", anna: "purchases"} {
		item := find(t, as[v1.Products](p, mail, list, "--position", at), bought)
		if assert.Len(t, item.AssignedUsers, 1, list) {
			assert.Equal(t, "Omar Haddad", item.AssignedUsers[0].Name)
		}
	}
	t.Run("R49 V18 central alone, or self-service too", func(t *testing.T) {
		for _, other := range as[v1.Products](p, bill, "products", "--channel", "central").Items {
			assert.EqualValues(t, "central", other.Channel)
		}
	})
	t.Run("every fact of the order, in order", func(t *testing.T) {
		order := as[v1.Order](p, bill, "orders", "show", bought.OrderNumber, "--position", at)
		var types []string
		last := uint64(0)
		for _, e := range order.Entries {
			types = append(types, e.Type)
			assert.Greater(t, e.Position, last)
			last = e.Position
			assert.NotEmpty(t, e.By)
			assert.NotEmpty(t, e.Summary)
		}
		assert.Equal(t, []string{
			"purchase.started.v1", "purchase.tenant_resolved.v1", "purchase.purchaser_authenticated.v1",
			"purchase.eligibility_confirmed.v1", "purchase.quantity_chosen.v1", "purchase.quote_issued.v1",
			"purchase.terms_accepted.v1", "purchase.payment_method_attached.v1", "purchase.eligibility_confirmed.v1",
			"purchase.submitted.v1", "purchase.payment_authorised.v1", "purchase.completed.v1",
			"subscription.provisioned.v1", "subscription.seat_reserved.v1", "license.assigned.v1",
		}, types)
	})
	t.Run("a retry with the same command id returns the first result", func(t *testing.T) {
		again := []string{"checkout", "--product", powerBIPro, "--seats", "1", "--market", "US", "--card", "tok_timeout", "--command-id", "5f0c1f3e-0d0c-4c9e-9a52-3b1f6f2f7a11"}
		first := as[v1.Submitted](p, anna, again...)
		assert.Equal(t, first, as[v1.Submitted](p, anna, again...))
	})
}

func find(t *testing.T, list v1.Products, bought v1.Submitted) v1.Product {
	t.Helper()
	for _, item := range list.Items {
		if item.SubscriptionID == bought.SubscriptionID {
			return item
		}
	}
	require.Failf(t, "not listed", "%s is not among %d items as of %d", bought.SubscriptionID, len(list.Items), list.AsOf.Position)
	return v1.Product{}
}

// TestARestartLosesNothing stops and starts on the same directory.
func TestARestartLosesNothing(t *testing.T) {
	data := t.TempDir()
	p := start(t, data, "--demo")
	bought := as[v1.Submitted](p, "anna@contoso.example", "checkout", "--product", powerBIPro, "--seats", "2", "--market", "US", "--card", "tok_visa")
	before := as[v1.Products](p, "bill@contoso.example", "products", "--position", fmt.Sprint(bought.Position))
	token := p.token("bill@contoso.example")
	p.stop()

	p = start(t, data, "--demo")
	assert.Equal(t, before.Items, as[v1.Products](p, "bill@contoso.example", "products").Items)
	out, code := p.kassa(token, "products", "--json")
	assert.Equal(t, 0, code, "a token outlives a restart: %s", out)
}

// TestViewsAreRebuiltBesideALiveSystem rebuilds all views while people buy, and
// verifies them.
func TestViewsAreRebuiltBesideALiveSystem(t *testing.T) {
	p := start(t, t.TempDir(), "--demo")
	ctx, done := context.WithCancel(t.Context())
	var buying sync.WaitGroup
	buying.Go(func() {
		for ctx.Err() == nil {
			as[v1.Submitted](p, "omar@contoso.example", "checkout", "--product", powerBIPro, "--seats", "1", "--market", "US", "--card", "tok_visa")
		}
	})
	rebuilt := as[reports](p, "", "views", "rebuild")
	done()
	buying.Wait()
	assert.Len(t, rebuilt.Items, len(as[v1.Views](p, "", "views", "list").Items))
	for _, r := range as[reports](p, "", "views", "verify").Items {
		assert.True(t, r.Equal, r.View)
		assert.Positive(t, r.Events)
	}
	for _, d := range as[dropped](p, "", "views", "drop").Items {
		assert.Equal(t, 1, d.Generations, "%s keeps what was replaced until now", d.View)
	}
	for _, v := range as[v1.Views](p, "", "views", "retry").Items {
		assert.Zero(t, v.Parked, v.Name)
	}
}
