package broker_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/eventstore/message"
	"kassa/services/broker"
)

var ours = broker.Stream{Source: "store-1", Filter: "1"}

func TestFactsOutliveARestart(t *testing.T) {
	b := embedded(t, broker.Config{Dir: t.TempDir(), Listen: "127.0.0.1:0"})
	conn, url := b.Conn(), b.URL()
	js := stream(t, b)
	publish(t, js, "kassa.shared.product.published", 3)

	require.NoError(t, b.Restart(t.Context()))

	assert.Same(t, conn, b.Conn(), "connections survive a restart")
	assert.Equal(t, url, b.URL(), "and readers find the server where it was")
	publish(t, js, "kassa.shared.product.published", 1)
	s, err := broker.EnsureStream(t.Context(), js, ours)
	require.NoError(t, err)
	assert.EqualValues(t, 4, s.CachedInfo().State.LastSeq)
}

func TestFactsOutliveTheProcess(t *testing.T) {
	dir := t.TempDir()
	first := embedded(t, broker.Config{Dir: dir})
	publish(t, stream(t, first), "kassa.shared.product.published", 5)
	require.NoError(t, first.Close())
	require.NoError(t, first.Close(), "closing twice is allowed")

	s, err := broker.EnsureStream(t.Context(), stream(t, embedded(t, broker.Config{Dir: dir})), ours)
	require.NoError(t, err)
	assert.EqualValues(t, 5, s.CachedInfo().State.Msgs)
}

func TestOneProcessADirectory(t *testing.T) {
	dir := t.TempDir()
	embedded(t, broker.Config{Dir: dir})

	_, err := broker.Embedded(t.Context(), broker.Config{Dir: dir})
	require.ErrorContains(t, err, "another process")
}

func TestAServerThatCannotStartSaysWhy(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "jetstream"), nil, 0o600), "in the place of the directory it needs")

	_, err := broker.Embedded(t.Context(), broker.Config{Dir: dir})
	require.ErrorContains(t, err, "storage directory")
}

func TestWithoutListenThereIsNoPort(t *testing.T) {
	assert.Empty(t, embedded(t, broker.Config{Dir: t.TempDir()}).URL())
}

func TestOnlyOurOwnServerCanBeRestarted(t *testing.T) {
	b, err := broker.Connect(embedded(t, broker.Config{Dir: t.TempDir(), Listen: "127.0.0.1:0"}).URL())
	require.NoError(t, err)
	defer b.Close()
	require.ErrorIs(t, b.Restart(t.Context()), broker.ErrNotEmbedded)
}

func TestAServerThatIsNotThereYetIsNoError(t *testing.T) {
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true})
	require.NoError(t, err)
	s.Start()
	require.True(t, s.ReadyForConnections(10*time.Second))
	opts := &server.Options{Host: "127.0.0.1", Port: port(t, s), NoSigs: true}
	s.Shutdown()
	s.WaitForShutdown()

	up := make(chan struct{}, 1)
	b, err := broker.Connect(fmt.Sprintf("nats://127.0.0.1:%d", opts.Port), nats.ConnectHandler(func(*nats.Conn) { up <- struct{}{} }))
	require.NoError(t, err)
	defer b.Close()
	require.Error(t, b.Conn().Publish("x", nil), "what is published while cut off is refused, not kept")

	s, err = server.NewServer(opts)
	require.NoError(t, err)
	s.Start()
	defer s.Shutdown()
	await(t, up)
	require.NoError(t, b.Conn().Publish("x", nil))
}

func TestEnsureStreamRefusesWhatCouldLoseFacts(t *testing.T) {
	s, err := broker.EnsureStream(t.Context(), jetStream(t, embedded(t, broker.Config{Dir: t.TempDir()}).Conn()), ours)
	require.NoError(t, err)
	right := s.CachedInfo().Config
	for _, c := range []struct {
		name  string
		want  error
		drift func(*jetstream.StreamConfig)
	}{
		{"another store's facts", broker.ErrOtherSource, func(c *jetstream.StreamConfig) { c.Metadata["kassa.source"] = "store-2" }},
		{"picked by another filter", broker.ErrOtherSource, func(c *jetstream.StreamConfig) { c.Metadata["kassa.filter"] = "0" }},
		{"a stream nobody signed", broker.ErrOtherSource, func(c *jetstream.StreamConfig) { c.Metadata = nil }},
		{"facts that expire", broker.ErrDrift, func(c *jetstream.StreamConfig) { c.MaxAge = time.Hour }},
		{"the old dropped for the new", broker.ErrDrift, func(c *jetstream.StreamConfig) { c.Discard = jetstream.DiscardOld }},
		{"only so many facts", broker.ErrDrift, func(c *jetstream.StreamConfig) { c.MaxMsgs = 10 }},
		{"answers from replicas that lag", broker.ErrDrift, func(c *jetstream.StreamConfig) { c.AllowDirect = true }},
		{"no atomic batches", broker.ErrDrift, func(c *jetstream.StreamConfig) { c.AllowAtomicPublish = false }},
		{"roll-ups", broker.ErrDrift, func(c *jetstream.StreamConfig) { c.AllowRollup, c.DenyPurge = true, false }},
		{"deletion of single facts", broker.ErrDrift, func(c *jetstream.StreamConfig) { c.DenyDelete = false }},
		{"memory only", broker.ErrDrift, func(c *jetstream.StreamConfig) { c.Storage = jetstream.MemoryStorage }},
		{"fewer subjects", broker.ErrDrift, func(c *jetstream.StreamConfig) { c.Subjects = []string{"kassa.*.purchase.>"} }},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := right
			cfg.Metadata = maps.Clone(right.Metadata)
			c.drift(&cfg)
			js := jetStream(t, embedded(t, broker.Config{Dir: t.TempDir()}).Conn())
			_, err = js.CreateStream(t.Context(), cfg)
			require.NoError(t, err)

			_, err = broker.EnsureStream(t.Context(), js, ours)
			require.ErrorIs(t, err, c.want)
		})
	}
}

func TestEnsureStreamAllowsWhatTheOperatorMayChoose(t *testing.T) {
	js := jetStream(t, embedded(t, broker.Config{Dir: t.TempDir()}).Conn())
	s, err := broker.EnsureStream(t.Context(), js, ours)
	require.NoError(t, err)
	cfg := s.CachedInfo().Config
	cfg.MaxBytes, cfg.Description, cfg.Duplicates = 1<<30, "ours", time.Minute
	_, err = js.UpdateStream(t.Context(), cfg)
	require.NoError(t, err)

	s, err = broker.EnsureStream(t.Context(), js, ours)
	require.NoError(t, err)
	assert.EqualValues(t, 1<<30, s.CachedInfo().Config.MaxBytes, "and leaves it as it is")
}

func embedded(t *testing.T, cfg broker.Config) *broker.Broker {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	b, err := broker.Embedded(ctx, cfg)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, b.Close()) })
	return b
}

func stream(t *testing.T, b *broker.Broker) jetstream.JetStream {
	t.Helper()
	js := jetStream(t, b.Conn())
	_, err := broker.EnsureStream(t.Context(), js, ours)
	require.NoError(t, err)
	return js
}

func jetStream(t *testing.T, conn *nats.Conn) jetstream.JetStream {
	t.Helper()
	js, err := jetstream.New(conn)
	require.NoError(t, err)
	return js
}

func publish(t *testing.T, js jetstream.JetStream, subject string, n int) {
	t.Helper()
	for i := range n {
		require.EventuallyWithT(t, func(c *assert.CollectT) { // a restart is only seen by trying
			ack, err := js.Publish(t.Context(), subject, []byte(fmt.Sprint(i)))
			require.NoError(c, err)
			require.Equal(c, message.Stream, ack.Stream)
		}, 10*time.Second, 20*time.Millisecond)
	}
}

func port(t *testing.T, s *server.Server) int {
	t.Helper()
	var p int
	_, err := fmt.Sscanf(s.ClientURL(), "nats://127.0.0.1:%d", &p)
	require.NoError(t, err)
	return p
}

func await(t *testing.T, c <-chan struct{}) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(10 * time.Second):
		require.Fail(t, "nothing came within 10 s")
	}
}
