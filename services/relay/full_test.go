package relay_test

import (
	"context"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"kassa/services/broker"
	"kassa/services/relay"
)

// A stream that has reached the size the operator allowed drops nothing: the
// relay waits until it may grow.
func TestAFullStreamMakesItWait(t *testing.T) {
	store, b := filled(t, 10), embedded(t, t.TempDir())
	js := jetStream(t, b.Conn())
	r, _ := run(t, relay.Config{Source: store, Conn: b.Conn()})
	settled(t, r, 10)
	limit(t, js, 50<<10)
	fill(t, store, 10, 200)
	require.Eventually(t, func() bool { return r.Status().State == relay.Waiting && r.Status().Retries > 3 }, 10*time.Second, time.Millisecond)
	require.ErrorContains(t, r.Status().Err, "maximum bytes")

	limit(t, js, -1)
	settled(t, r, 200)
	require.NoError(t, differs(read(t, js), store))
}

func limit(t *testing.T, js jetstream.JetStream, bytes int64) {
	t.Helper()
	s, err := js.Stream(t.Context(), "KASSA")
	require.NoError(t, err)
	cfg := s.CachedInfo().Config
	cfg.MaxBytes = bytes
	_, err = js.UpdateStream(t.Context(), cfg)
	require.NoError(t, err)
}

// A full disk: JetStream stops answering and stays so when there is space
// again, until it is restarted. The relay asks for that, and loses nothing.
func TestAFullDiskIsSurvived(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := syscall.Mount("kassa", dir, "tmpfs", 0, "size=3m"); err != nil {
		t.Skipf("needs the right to mount a small file system: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	store := filled(t, 8000) // about 9 MB
	b, err := broker.Embedded(t.Context(), broker.Config{Dir: dir, MaxStore: 1 << 30})
	require.NoError(t, err)
	t.Cleanup(func() { _ = b.Close() })
	var restarts atomic.Int32
	restart := func(ctx context.Context) error { restarts.Add(1); return b.Restart(ctx) }
	r, stop := run(t, relay.Config{Source: store, Conn: b.Conn(), Restart: restart, AckTimeout: 500 * time.Millisecond})
	require.Eventually(t, func() bool { return restarts.Load() > 0 }, time.Minute, time.Millisecond, "the broker does not answer any more")

	require.NoError(t, syscall.Mount("kassa", dir, "tmpfs", syscall.MS_REMOUNT, "size=64m"))
	settled(t, r, 8000)
	require.NoError(t, stop())
	require.NoError(t, differs(read(t, jetStream(t, b.Conn())), store))
}
