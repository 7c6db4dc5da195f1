package relay_test

import (
	"context"
	"errors"
	"iter"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/eventstore"
	"kassa/eventstore/esdb"
	"kassa/eventstore/memory"
	"kassa/services/broker"
	"kassa/services/relay"
)

func TestTheStreamIsTheLog(t *testing.T) {
	store, b := filled(t, 2500), embedded(t, t.TempDir())
	js := jetStream(t, b.Conn())
	r, stop := run(t, relay.Config{Source: store, Conn: b.Conn()})
	relayed(t, js, 2500)

	fill(t, store, 2500, 2600) // and then live
	settled(t, r, 2600)

	require.NoError(t, stop())
	got := read(t, js)
	require.NoError(t, differs(got, store))
	first, last := sequences(got)
	assert.Equal(t, [2]uint64{1, 2600}, [2]uint64{first, last}, "gseq is the stream's sequence")

	head, err := store.Head(t.Context())
	require.NoError(t, err)
	s := r.Status()
	assert.Equal(t, relay.Status{State: relay.Stopped, Gseq: 2600, Position: head, Head: head, Published: 2600}, s)
	assert.Zero(t, s.Lag())
}

func TestARestartedRelayGoesOnWhereTheStreamEnds(t *testing.T) {
	store, b := filled(t, 100), embedded(t, t.TempDir())
	for n := 100; n <= 300; n += 100 {
		r, stop := run(t, relay.Config{Source: store, Conn: b.Conn()})
		settled(t, r, n)
		require.NoError(t, stop())
		assert.EqualValues(t, 100, r.Status().Published)
		fill(t, store, n, n+100)
	}
}

// A batch costs the broker more than a few single publishes do, and less than
// many.
func TestAFewFactsGoOneByOneAndManyInBatches(t *testing.T) {
	server, store := natsServer(t, t.TempDir(), -1), new(memory.Store)
	w := newWire(t, server.ClientURL())
	r, _ := run(t, relay.Config{Source: store, Conn: connect(t, w.url())})
	fill(t, store, 0, 7)
	settled(t, r, 7)
	assert.Equal(t, 1, w.largest())
	fill(t, store, 7, 2_000)
	settled(t, r, 2_000)
	assert.Greater(t, w.largest(), 100)
	assert.Empty(t, w.violations())
}

// A subscriber needs no code of ours: the attributes are in the headers and the
// payload is what was stored.
func TestAPlainSubscriberSeesCloudEvents(t *testing.T) {
	store := filled(t, 3)
	b, err := broker.Embedded(t.Context(), broker.Config{Dir: t.TempDir(), Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	defer b.Close()
	run(t, relay.Config{Source: store, Conn: b.Conn()})
	relayed(t, jetStream(t, b.Conn()), 3)

	conn, err := nats.Connect(b.URL())
	require.NoError(t, err)
	defer conn.Close()
	c, err := jetStream(t, conn).OrderedConsumer(t.Context(), "KASSA", jetstream.OrderedConsumerConfig{})
	require.NoError(t, err)
	m, err := c.Next(jetstream.FetchMaxWait(10 * time.Second))
	require.NoError(t, err)

	log, err := store.ReadAll(t.Context(), 0, 1)
	require.NoError(t, err)
	assert.Equal(t, "kassa.tenant-0.purchase.completed", m.Subject())
	assert.Equal(t, log[0].Data, m.Data())
	for name, want := range map[string]string{
		"ce-specversion": "1.0",
		"ce-id":          log[0].ID.String(),
		"ce-source":      "/kassa/tenant-0/purchase",
		"ce-type":        "kassa.purchase.completed.v1",
		"ce-subject":     log[0].Stream,
		"ce-time":        log[0].At.Format(time.RFC3339Nano),
		"content-type":   "application/json",
		"kassa-gseq":     "1",
		"kassa-prev":     "genesis",
		"Nats-Msg-Id":    log[0].ID.String(),
	} {
		assert.Equal(t, want, m.Headers().Get(name), name)
	}
	assert.Empty(t, m.Headers().Get("Nats-Expected-Last-Msg-Id"), "never, see the package comment")
}

func TestItHaltsRatherThanGuess(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(t *testing.T, js jetstream.JetStream, store *memory.Store) *memory.Store
		want   error
	}{
		{"another history", func(t *testing.T, _ jetstream.JetStream, _ *memory.Store) *memory.Store {
			other := new(memory.Store)
			for n := range 20 { // of the same shape, so that the positions exist
				d := fact(n)
				d.ID[0] ^= 1
				records, err := other.Read(t.Context(), "s")
				require.NoError(t, err)
				_, err = other.Append(t.Context(), "s", eventstore.Revision(len(records)-1), []eventstore.Draft{d})
				require.NoError(t, err)
			}
			return other
		}, relay.ErrForeign},
		{"an older backup of the store", func(t *testing.T, _ jetstream.JetStream, _ *memory.Store) *memory.Store {
			return filled(t, 10)
		}, relay.ErrBehind},
		{"an empty store", func(*testing.T, jetstream.JetStream, *memory.Store) *memory.Store {
			return new(memory.Store)
		}, relay.ErrBehind},
		{"somebody else's message", func(t *testing.T, js jetstream.JetStream, s *memory.Store) *memory.Store {
			_, err := js.Publish(t.Context(), "kassa.shared.x.y", []byte("{}"))
			require.NoError(t, err)
			return s
		}, relay.ErrUnreadable},
		{"a stream that forgets", func(t *testing.T, js jetstream.JetStream, s *memory.Store) *memory.Store {
			st, err := js.Stream(t.Context(), "KASSA")
			require.NoError(t, err)
			cfg := st.CachedInfo().Config
			cfg.MaxAge = time.Hour
			_, err = js.UpdateStream(t.Context(), cfg)
			require.NoError(t, err)
			return s
		}, broker.ErrDrift},
		{"another store's stream", func(t *testing.T, js jetstream.JetStream, s *memory.Store) *memory.Store {
			st, err := js.Stream(t.Context(), "KASSA")
			require.NoError(t, err)
			cfg := st.CachedInfo().Config
			cfg.Metadata["kassa.source"] = "store-2"
			_, err = js.UpdateStream(t.Context(), cfg)
			require.NoError(t, err)
			return s
		}, broker.ErrOtherSource},
		{"a fact that no message can carry", func(t *testing.T, _ jetstream.JetStream, s *memory.Store) *memory.Store {
			d := fact(20)
			d.Metadata = []byte(`[]`) // names no tenant
			_, err := s.Append(t.Context(), "odd", eventstore.NoStream, []eventstore.Draft{d})
			require.NoError(t, err)
			return s
		}, relay.ErrUnpublishable},
	} {
		t.Run(c.name, func(t *testing.T) {
			store, b := filled(t, 20), embedded(t, t.TempDir())
			js := jetStream(t, b.Conn())
			_, stop := run(t, relay.Config{Source: store, Conn: b.Conn()})
			relayed(t, js, 20)
			require.NoError(t, stop())

			err := halted(t, relay.Config{Source: c.change(t, js, store), Conn: b.Conn()})
			require.ErrorIs(t, err, c.want)
		})
	}
}

// gone is a store from which one record was removed.
type gone struct {
	*memory.Store
}

func (gone) At(context.Context, uint64) (eventstore.Record, bool, error) {
	return eventstore.Record{}, false, nil
}

func TestItHaltsWhenTheLastFactIsGone(t *testing.T) {
	store, b := filled(t, 20), embedded(t, t.TempDir())
	_, stop := run(t, relay.Config{Source: store, Conn: b.Conn()})
	relayed(t, jetStream(t, b.Conn()), 20)
	require.NoError(t, stop())

	require.ErrorIs(t, halted(t, relay.Config{Source: gone{store}, Conn: b.Conn()}), relay.ErrGone)
}

// away is a store that cannot be reached for a while.
type away struct {
	*memory.Store
	failures int
}

func (a *away) Follow(ctx context.Context, after uint64) iter.Seq2[eventstore.Delivery, error] {
	if a.failures == 0 {
		return a.Store.Follow(ctx, after)
	}
	a.failures--
	return func(yield func(eventstore.Delivery, error) bool) {
		for d, err := range a.Store.Follow(ctx, after) {
			if !yield(d, err) {
				return
			}
			if d.CaughtUp {
				yield(eventstore.Delivery{}, eventstore.ErrUnavailable)
				return
			}
		}
	}
}

func TestItWaitsForAStoreThatIsAway(t *testing.T) {
	store, b := &away{filled(t, 10), 3}, embedded(t, t.TempDir())
	restarts := 0
	r, stop := run(t, relay.Config{Source: store, Conn: b.Conn(), Restart: func(context.Context) error { restarts++; return nil }})
	js := jetStream(t, b.Conn())
	relayed(t, js, 10)
	require.Eventually(t, func() bool { return r.Status().Retries == 3 && r.Status().State == relay.Idle }, 10*time.Second, time.Millisecond)
	fill(t, store.Store, 10, 20)
	relayed(t, js, 20)

	require.NoError(t, stop())
	require.NoError(t, differs(read(t, js), store.Store))
	assert.Zero(t, restarts, "the broker is not to blame")
}

func TestADeletedStreamIsFilledAgain(t *testing.T) {
	store, b := filled(t, 1500), embedded(t, t.TempDir())
	js := jetStream(t, b.Conn())
	_, stop := run(t, relay.Config{Source: store, Conn: b.Conn()})
	relayed(t, js, 1500)

	require.NoError(t, js.DeleteStream(t.Context(), "KASSA"))
	fill(t, store, 1500, 1501) // the next publish finds nobody there
	relayed(t, js, 1501)

	require.NoError(t, stop())
	got := read(t, js)
	require.NoError(t, differs(got, store))
	first, last := sequences(got)
	assert.Equal(t, [2]uint64{1, 1501}, [2]uint64{first, last}, "under the same sequences")
}

func TestItAsksForARestartOfABrokerThatDoesNotAnswer(t *testing.T) {
	s := natsServer(t, t.TempDir(), -1)
	w := newWire(t, s.ClientURL())
	deaf := make(chan struct{})
	w.publish = func(publication) bool {
		select {
		case <-deaf:
			return true
		default:
			<-deaf // swallowed until the restart
			return false
		}
	}
	store := filled(t, 10)
	restarted := 0
	r, _ := run(t, relay.Config{
		Source: store, Conn: connect(t, w.url()), AckTimeout: 50 * time.Millisecond,
		Restart: func(context.Context) error {
			if restarted++; restarted == 1 {
				close(deaf)
			}
			return errors.New("slow to come up") // which only delays it
		},
	})
	relayed(t, jetStream(t, connect(t, s.ClientURL())), 10)
	assert.Positive(t, restarted)
	assert.GreaterOrEqual(t, r.Status().Retries, uint64(3))
}

var _ interface {
	Follow(ctx context.Context, after uint64) iter.Seq2[eventstore.Delivery, error]
	At(ctx context.Context, position uint64) (eventstore.Record, bool, error)
	Head(ctx context.Context) (uint64, error)
} = (*esdb.Store)(nil)
