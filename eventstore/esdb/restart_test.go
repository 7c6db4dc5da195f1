package esdb_test

import (
	"context"
	"errors"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/eventstore"
	"kassa/eventstore/embedded"
	"kassa/eventstore/esdb"
)

// address is the host and port of a server that a later one is to take over.
func address(s *embedded.Server) string {
	at, _, _ := strings.Cut(strings.TrimPrefix(s.ConnectionString(), "esdb://"), "?")
	return strings.TrimSuffix(at, "/")
}

func TestServerRestartedBetweenCalls(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir, "127.0.0.1:0")
	s := open(t, server.ConnectionString())
	var one int // what one connection needs, on both sides
	for n := range eventstore.Revision(8) {
		_, err := s.Append(t.Context(), "orders", n-1, drafts(1))
		require.NoError(t, err)
		if n == 0 {
			one = runtime.NumGoroutine()
		}
		require.NoError(t, server.Close())
		if n%2 == 0 { // noticed while it is away, or not at all
			brief, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			_, err = s.Head(brief)
			require.ErrorIs(t, err, eventstore.ErrUnavailable)
			cancel()
		}
		server = serve(t, dir, address(server))
		records, err := s.Read(t.Context(), "orders")
		require.NoError(t, err)
		require.Len(t, records, int(n)+1)
	}
	awaitGoroutines(t, one+5) // far less than a connection for each restart
}

// awaitGoroutines fails if what was started for lost connections stays. There
// is nothing that tells when it is gone.
func awaitGoroutines(t *testing.T, atMost int) {
	t.Helper()
	require.Eventually(t, func() bool { return runtime.NumGoroutine() <= atMost }, 10*time.Second, 10*time.Millisecond)
}

// The official client dies after a failed discovery, and whoever waits for it
// waits for ever. Nobody who waits for a Store does.
func TestCallsWhileTheServerIsAway(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir, "127.0.0.1:0")
	s := open(t, server.ConnectionString())
	_, err := s.Head(t.Context())
	require.NoError(t, err)
	before := runtime.NumGoroutine()
	require.NoError(t, server.Close())

	brief, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			_, err := s.Append(brief, uuid.NewString(), eventstore.NoStream, drafts(1))
			assert.ErrorIs(t, err, eventstore.ErrUnavailable)
			assert.ErrorIs(t, err, context.DeadlineExceeded)
		})
		wg.Go(func() {
			_, err := s.ReadAll(brief, 0, 10)
			assert.ErrorIs(t, err, eventstore.ErrUnavailable)
		})
	}
	wg.Go(func() {
		for _, err := range s.Follow(brief, 0) {
			assert.Error(t, err)
		}
	})
	wg.Wait()

	waiting := make(chan error)
	go func() {
		_, err := s.Append(t.Context(), "patient", eventstore.NoStream, drafts(1))
		waiting <- err
	}()
	serve(t, dir, address(server))
	require.NoError(t, <-waiting, "a call waits for the server to come back")
	awaitGoroutines(t, before+10) // the client may have lost one connection, but none of the 100 calls
}

func TestOpenBeforeTheServerIsUp(t *testing.T) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	at := free.Addr().String()
	s := open(t, "esdb://"+at+"?tls=false")
	head := make(chan error)
	go func() {
		_, err := s.Head(t.Context())
		head <- err
	}()
	require.NoError(t, free.Close())
	serve(t, t.TempDir(), at)
	require.NoError(t, <-head)
}

// Writers and a follower live through restarts: every event is stored once, in
// its writer's order, and seen once by a follower that resumes.
func TestRestartsUnderLoad(t *testing.T) {
	const writers, each, restarts = 8, 30, 3
	dir := t.TempDir()
	server := serve(t, dir, "127.0.0.1:0")
	s := open(t, server.ConnectionString())

	var wg sync.WaitGroup
	progress := make(chan struct{}, writers*each)
	for range writers {
		wg.Go(func() {
			stream := uuid.NewString()
			for n := range eventstore.Revision(each) {
				w, err := s.Append(t.Context(), stream, n-1, drafts(1))
				assert.NoError(t, err)
				assert.Equal(t, n, w.Revision)
				progress <- struct{}{}
			}
		})
	}
	seen := make(chan []uuid.UUID)
	go func() { seen <- followThrough(t.Context(), s, writers*each) }()
	for range restarts {
		for range writers * each / (restarts + 1) {
			<-progress
		}
		require.NoError(t, server.Close())
		server = serve(t, dir, address(server))
	}
	wg.Wait()

	all, err := s.ReadAll(t.Context(), 0, writers*each+1)
	require.NoError(t, err)
	require.Len(t, all, writers*each)
	var want []uuid.UUID
	for _, r := range all {
		want = append(want, r.ID)
	}
	require.Equal(t, want, <-seen)
}

// followThrough collects n ids and resumes after every loss of the server.
func followThrough(ctx context.Context, s *esdb.Store, n int) []uuid.UUID {
	var out []uuid.UUID
	for after := uint64(0); len(out) < n && ctx.Err() == nil; {
		for d, err := range s.Follow(ctx, after) {
			if err != nil && !errors.Is(err, eventstore.ErrUnavailable) {
				return out
			}
			if err != nil {
				break
			}
			after = d.Position
			if d.Record != nil {
				out = append(out, d.Record.ID)
			}
			if len(out) == n {
				break
			}
		}
	}
	return out
}
