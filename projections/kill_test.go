package projections_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/eventstore"
	"kassa/projections"
	"kassa/projections/projectiontest"
	"kassa/projections/views"
)

// roleVariable tells the test binary to play a process that dies. Its value is
// the number of the death and the directory of the views.
const roleVariable = "KASSA_PROJECTIONS_ROLE"

// process stands for the test in a process that has none.
type process struct{ testing.TB }

func (process) Helper()                  {}
func (process) Context() context.Context { return context.Background() }
func (process) Errorf(f string, a ...any) {
	fmt.Fprintf(os.Stderr, f, a...)
}
func (process) FailNow() { os.Exit(1) }

// die is what a power cut and kill -9 have in common: nothing runs after it.
func die() {
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {}
}

// deaths is every place where a projector may die.
var deaths = []struct {
	name string
	play func(process, projections.Config, *projectiontest.Shop)
}{
	{"in the first live batch", dieFolding(0)},
	{"in a later live batch", dieFolding(0.5)},
	{"in the last live batch, before its commit", dieFolding(1)},
	{"after the commit of a batch", func(t process, c projections.Config, s *projectiontest.Shop) {
		p, err := projections.Open(t.Context(), c, views.OrderHistoryView)
		require.NoError(t, err)
		p.Deliver(t.Context(), s.Published()[:200]...)
		die()
	}},
	{"in a rebuild, building", dieAt(projections.Building, 0)},
	{"in a rebuild, half way", dieAt(projections.Building, 100)},
	{"in a rebuild, catching up", dieAt(projections.CatchingUp, 0)},
	{"in a rebuild, comparing", dieAt(projections.Comparing, 0)},
	{"in a rebuild, before the swap", dieAt(projections.Swapping, 0)},
	{"in a rebuild, after the swap", dieAt(projections.Done, 0)},
}

// dieFolding dies inside the transaction of some fact between the view's first
// (0) and last (1).
func dieFolding(part float64) func(process, projections.Config, *projectiontest.Shop) {
	return func(t process, c projections.Config, s *projectiontest.Shop) {
		facts := s.Published()
		left := 0
		for _, f := range facts {
			if views.OrderHistoryView.On[f.Type] != nil {
				left++
			}
		}
		left = int(part * float64(left-1))
		v := views.OrderHistoryView
		v.On = projections.Handlers{}
		for name, h := range views.OrderHistoryView.On {
			v.On[name] = func(tx *projections.Tx, f eventstore.Fact) error {
				if left--; left < 0 {
					die()
				}
				return h(tx, f)
			}
		}
		p, err := projections.Open(t.Context(), c, v)
		require.NoError(t, err)
		for batch := range slices.Chunk(facts, 40) {
			p.Deliver(t.Context(), batch...)
		}
	}
}

func dieAt(phase projections.Phase, events uint64) func(process, projections.Config, *projectiontest.Shop) {
	return func(t process, c projections.Config, s *projectiontest.Shop) {
		c.Bulk = 60
		p, err := projections.Open(t.Context(), c, views.OrderHistoryView)
		require.NoError(t, err)
		p.Deliver(t.Context(), s.Published()[:250]...)
		_, err = p.Rebuild(t.Context(), views.OrderHistoryView.Name, func(g projections.Progress) {
			if g.Phase == phase && g.Events >= events {
				die()
			}
		})
		require.NoError(t, err)
	}
}

// play is the process: it opens the views on an empty store, so that they hear
// by delivery, and dies.
func play(role string) {
	var t process
	var n int
	var dir string
	if _, err := fmt.Sscanf(role, "%d %s", &n, &dir); err != nil {
		panic(err)
	}
	s := projectiontest.New(t)
	c := s.Config(dir)
	hidden := &curtain{Shop: s}
	c.Store = hidden
	if p, err := projections.Open(t.Context(), c, views.OrderHistoryView); err != nil || p.Close() != nil {
		panic("cannot begin")
	}
	hidden.raised.Store(true)
	s.Trade(1, 300)
	deaths[n].play(t, c, s)
	panic("still alive")
}

// Wherever a projector is killed, the next one goes on, and the rows are those
// of a fold of the history.
func TestADeadProjectorLeavesNothingHalf(t *testing.T) {
	self, err := os.Executable()
	require.NoError(t, err)
	for n, d := range deaths {
		t.Run(d.name, func(t *testing.T) {
			dir := t.TempDir()
			child := exec.CommandContext(t.Context(), self)
			child.Env = append(os.Environ(), fmt.Sprintf("%s=%d %s", roleVariable, n, dir))
			out, err := child.CombinedOutput()
			require.ErrorContains(t, err, "killed", "it must have died where it was told to: %s", out)

			s := projectiontest.New(t)
			s.Trade(1, 300)
			p := projectiontest.Open(t, s.Config(dir), views.OrderHistoryView)
			assert.LessOrEqual(t, p.Status()[0].Position, s.End())
			p.Deliver(t.Context(), s.Published()...)
			intact(t, t.Context(), p, s.End())
			r, err := p.Rebuild(t.Context(), views.OrderHistoryView.Name, nil)
			require.NoError(t, err)
			assert.True(t, r.Equal, "%v", r.Differences)
		})
	}
}

// A rebuild that was killed does not begin again from nothing.
func TestARebuildGoesOnWhereItWasKilled(t *testing.T) {
	s := projectiontest.New(t)
	s.Trade(1, 500)
	c := s.Config(t.TempDir())
	c.Bulk = 100
	p := projectiontest.Open(t, c, views.OrderHistoryView)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := p.Rebuild(ctx, views.OrderHistoryView.Name, func(g projections.Progress) {
		if g.Events >= 300 {
			cancel()
		}
	})
	require.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, int64(1), p.Status()[0].Generation)
	r, err := p.Rebuild(t.Context(), views.OrderHistoryView.Name, nil)
	require.NoError(t, err)
	assert.LessOrEqual(t, r.Events, uint64(s.Facts-300))
	assert.True(t, r.Equal)
	assert.Equal(t, int64(2), r.Generation)
	intact(t, t.Context(), p, s.End())
}
