package projectiontest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"kassa/projections"
)

// Config follows s in dir. The store is never polled, so that a test decides
// what the projector hears, and when.
func (s *Shop) Config(dir string) projections.Config {
	return projections.Config{Dir: dir, Store: s, SourceID: s.ID, Codec: s.Codec, Poll: time.Hour}
}

// Open opens views on what is there, and closes them with the test.
func Open(t testing.TB, c projections.Config, views ...projections.Projection) *projections.Projector {
	t.Helper()
	p, err := projections.Open(t.Context(), c, views...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.Close()) })
	return p
}

// Run runs p until the test ends or stop is called.
func Run(t testing.TB, p *projections.Projector) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	stopped := false
	stop = func() {
		if !stopped {
			stopped = true
			cancel()
			require.NoError(t, <-done)
		}
	}
	t.Cleanup(stop)
	return stop
}

// Twice delivers the whole history and delivers it again: delivery is at least
// once, effects are not.
func (s *Shop) Twice(t testing.TB, views ...projections.Projection) *projections.Projector {
	t.Helper()
	empty := Named(t, "history")
	c := s.Config(t.TempDir())
	c.Store = empty // nothing to build from: every fact is delivered
	p := Open(t, c, views...)
	for range 2 {
		p.Deliver(t.Context(), s.Published()...)
	}
	for _, v := range p.Status() {
		require.Equal(t, s.End(), v.Position, "%s: %s", v.View, v.Error)
		require.Zero(t, v.Parked, "%s has parked facts", v.View)
	}
	return p
}

// Within bounds a wait by ten seconds.
func Within(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}
