package relay_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/eventstore"
	"kassa/eventstore/memory"
	"kassa/eventstore/message"
	"kassa/services/broker"
	"kassa/services/relay"
)

var stream = broker.Stream{Source: "store-1", Filter: "1"}

// natsServer is a server somebody else runs, with every write synced.
func natsServer(t testing.TB, dir string, port int) *server.Server {
	t.Helper()
	s, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: port, NoSigs: true, NoLog: true,
		JetStream: true, StoreDir: dir, SyncAlways: true,
	})
	require.NoError(t, err)
	s.Start()
	require.True(t, s.ReadyForConnections(10*time.Second))
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	return s
}

func connect(t testing.TB, url string) *nats.Conn {
	t.Helper()
	b, err := broker.Connect(url, nats.ReconnectWait(5*time.Millisecond), nats.ReconnectJitter(0, 0))
	require.NoError(t, err)
	t.Cleanup(func() { b.Conn().Close() })
	return b.Conn()
}

func embedded(t testing.TB, dir string) *broker.Broker {
	t.Helper()
	b, err := broker.Embedded(t.Context(), broker.Config{Dir: dir})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, b.Close()) })
	return b
}

func jetStream(t testing.TB, conn *nats.Conn) jetstream.JetStream {
	t.Helper()
	js, err := jetstream.New(conn)
	require.NoError(t, err)
	return js
}

// run starts a relay and returns it with what stops it and waits for its end.
func run(t testing.TB, cfg relay.Config) (*relay.Relay, func() error) {
	t.Helper()
	cfg.Stream = stream
	r := relay.New(cfg)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	var err error
	stopped := false
	stop := func() error {
		if !stopped {
			cancel()
			err, stopped = <-ended, true
		}
		return err
	}
	t.Cleanup(func() { _ = stop() })
	return r, stop
}

// halted runs a relay that must halt, and returns why.
func halted(t testing.TB, cfg relay.Config) error {
	t.Helper()
	cfg.Stream = stream
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	r := relay.New(cfg)
	err := r.Run(ctx)
	require.Error(t, err, "it went on")
	require.Equal(t, relay.Halted, r.Status().State)
	require.Equal(t, err, r.Status().Err)
	return err
}

// fact is the nth fact of a store, the same whenever it is made anew.
func fact(n int) eventstore.Draft {
	return eventstore.Draft{
		ID:       uuid.NewSHA1(uuid.NameSpaceOID, fmt.Append(nil, n)),
		Type:     "purchase.completed.v1",
		Data:     fmt.Appendf(nil, `{"n": %d, "pad": "%0380d"}`, n, n),
		Metadata: fmt.Appendf(nil, `{"tid":"tenant-%d","actor":{"kind":"system"}}`, n%3),
	}
}

// fill appends facts [from, to), a few at a time to several streams.
func fill(t testing.TB, s *memory.Store, from, to int) {
	t.Helper()
	for n := from; n < to; {
		name := fmt.Sprintf("purchase-%d", n%7)
		records, err := s.Read(t.Context(), name)
		require.NoError(t, err)
		var drafts []eventstore.Draft
		for range min(1+n%4, to-n) {
			drafts, n = append(drafts, fact(n)), n+1
		}
		_, err = s.Append(t.Context(), name, eventstore.Revision(len(records)-1), drafts)
		require.NoError(t, err)
	}
}

func filled(t testing.TB, n int) *memory.Store {
	t.Helper()
	s := new(memory.Store)
	fill(t, s, 0, n)
	return s
}

// relayed waits until the stream carries n facts. It asks again and again: a
// stream that may not be there yet, or be deleted, announces nothing.
func relayed(t testing.TB, js jetstream.JetStream, n int) {
	t.Helper()
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		s, err := js.Stream(t.Context(), message.Stream)
		require.NoError(c, err)
		m, err := s.GetLastMsgForSubject(t.Context(), message.Subjects)
		require.NoError(c, err)
		last, err := message.Parse(m.Header, m.Data)
		require.NoError(c, err)
		require.GreaterOrEqual(c, last.Gseq, uint64(n))
	}, 60*time.Second, 2*time.Millisecond)
}

// settled waits until a relay knows that n facts are published.
func settled(t testing.TB, r *relay.Relay, n int) {
	t.Helper()
	require.Eventually(t, func() bool { return r.Status().Gseq >= uint64(n) }, 60*time.Second, time.Millisecond)
}

// published is the whole stream as a plain consumer sees it.
type published struct {
	message.Numbered
	seq uint64
}

func read(t testing.TB, js jetstream.JetStream) []published {
	t.Helper()
	s, err := js.Stream(t.Context(), message.Stream)
	require.NoError(t, err)
	c, err := s.OrderedConsumer(t.Context(), jetstream.OrderedConsumerConfig{})
	require.NoError(t, err)
	msgs, err := c.Messages(jetstream.PullMaxMessages(1000))
	require.NoError(t, err)
	defer msgs.Stop()
	var all []published
	for seq := uint64(0); seq < s.CachedInfo().State.LastSeq; {
		m, err := msgs.Next(jetstream.NextMaxWait(10 * time.Second))
		require.NoError(t, err)
		n, err := message.Parse(m.Headers(), m.Data())
		require.NoError(t, err)
		meta, err := m.Metadata()
		require.NoError(t, err)
		seq = meta.Sequence.Stream
		all = append(all, published{n, seq})
	}
	return all
}

// differs says how the stream is not the log: what it misses, repeats, reorders
// or changes.
func differs(got []published, store *memory.Store) error {
	log, err := store.ReadAll(context.Background(), 0, 1<<20)
	if err != nil {
		return err
	}
	prev := message.Genesis
	for i, p := range got {
		if i >= len(log) {
			return fmt.Errorf("%d facts published, %d stored", len(got), len(log))
		}
		want := log[i]
		switch {
		case p.ID != want.ID || p.Position != want.Position:
			return fmt.Errorf("fact %d is %s at %d, want %s at %d", i+1, p.ID, p.Position, want.ID, want.Position)
		case p.Gseq != uint64(i+1):
			return fmt.Errorf("fact %d has gseq %d", i+1, p.Gseq)
		case p.Prev != prev:
			return fmt.Errorf("fact %d follows %s, want %s", i+1, p.Prev, prev)
		case !bytes.Equal(p.Data, want.Data) || !bytes.Equal(p.Metadata, want.Metadata):
			return fmt.Errorf("fact %d has other bytes", i+1)
		case p.Stream != want.Stream || p.Revision != want.Revision || p.Type != want.Type || !p.At.Equal(want.At):
			return fmt.Errorf("fact %d is not the stored record", i+1)
		}
		prev = p.ID.String()
	}
	if len(got) != len(log) {
		return fmt.Errorf("%d facts published, %d stored", len(got), len(log))
	}
	return nil
}

func sequences(got []published) (first, last uint64) {
	if len(got) == 0 {
		return 0, 0
	}
	return got[0].seq, got[len(got)-1].seq
}
