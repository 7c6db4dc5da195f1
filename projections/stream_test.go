package projections_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/eventstore/message"
	"kassa/projections"
	"kassa/projections/projectiontest"
	"kassa/projections/views"
)

// broker is a real JetStream with an empty stream of facts.
type broker struct {
	t  testing.TB
	js jetstream.JetStream
}

func newBroker(t testing.TB) *broker {
	ns, err := server.NewServer(&server.Options{DontListen: true, JetStream: true, StoreDir: t.TempDir(), NoSigs: true})
	require.NoError(t, err)
	ns.Start()
	require.True(t, ns.ReadyForConnections(10*time.Second))
	nc, err := nats.Connect("", nats.InProcessServer(ns))
	require.NoError(t, err)
	t.Cleanup(func() {
		nc.Close()
		ns.Shutdown()
		ns.WaitForShutdown()
	})
	js, err := jetstream.New(nc)
	require.NoError(t, err)
	b := &broker{t, js}
	b.create()
	return b
}

func (b *broker) create() {
	_, err := b.js.CreateStream(context.Background(), jetstream.StreamConfig{Name: message.Stream, Subjects: []string{message.Subjects}})
	require.NoError(b.t, err)
}

func (b *broker) publish(facts ...message.Numbered) {
	b.t.Helper()
	for _, n := range facts {
		m, err := message.Encode(n)
		require.NoError(b.t, err)
		m.Header.Del(nats.MsgIdHdr) // so that a doctored repetition is not dropped by the broker
		_, err = b.js.PublishMsg(context.Background(), m)
		require.NoError(b.t, err)
	}
}

// follow opens two views of s on the broker, from before the first fact. Until
// raise is called the store looks empty, so that only the stream tells.
func (b *broker) follow(s *projectiontest.Shop, c projections.Config) (p *projections.Projector, raise func()) {
	hidden := &curtain{Shop: s}
	c.Store, c.JetStream = hidden, func() jetstream.JetStream { return b.js }
	return projectiontest.Open(b.t, c, views.CatalogueView, views.OrderHistoryView), func() { hidden.raised.Store(true) }
}

func TestViewsFollowTheStream(t *testing.T) {
	s, b := projectiontest.New(t), newBroker(t)
	p, raise := b.follow(s, s.Config(t.TempDir()))
	projectiontest.Run(t, p)
	s.Trade(1, 300)
	b.publish(s.Published()...)
	for _, v := range p.Status() {
		require.NoError(t, p.Await(projectiontest.Within(t), v.View, s.End()))
	}
	for _, v := range p.Status() {
		assert.Equal(t, "stream", v.Source)
	}
	raise()
	intact(t, t.Context(), p, s.End())
}

func TestAStreamThatLiesIsHealedFromTheStore(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func([]message.Numbered) []message.Numbered
	}{
		{"a fact is missing", func(f []message.Numbered) []message.Numbered { return append(f[:40:40], f[41:]...) }},
		{"two change places", func(f []message.Numbered) []message.Numbered { f[40], f[41] = f[41], f[40]; return f }},
		{"facts are repeated", func(f []message.Numbered) []message.Numbered { return append(f, f[30:]...) }},
		{"the first half is gone", func(f []message.Numbered) []message.Numbered { return f[len(f)/2:] }},
		{"a number is wrong", func(f []message.Numbered) []message.Numbered { f[40].Gseq += 1000; return f }},
		{"another takes its place", func(f []message.Numbered) []message.Numbered {
			f[40].Record, f[40].Prev = f[41].Record, f[41].Prev
			return f
		}},
		{"the chain is broken", func(f []message.Numbered) []message.Numbered { f[40].Prev = f[0].ID.String(); return f }},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, b := projectiontest.New(t), newBroker(t)
			p, raise := b.follow(s, s.Config(t.TempDir()))
			projectiontest.Run(t, p)
			s.Trade(1, 120)
			facts := s.Published()
			b.publish(facts[:20]...)
			require.NoError(t, p.Await(projectiontest.Within(t), "catalogue", facts[19].Position))
			raise() // what came so far, only the stream can have told
			b.publish(c.spoil(facts[20:])...)
			for _, v := range p.Status() {
				require.NoError(t, p.Await(projectiontest.Within(t), v.View, s.End()))
			}
			intact(t, t.Context(), p, s.End())
		})
	}
}

// The broker loses its stream and the relay fills it again, from the first fact:
// what the views have is dropped, and what is new arrives by the stream.
func TestAStreamThatIsMadeAnewIsFollowedAgain(t *testing.T) {
	s, b := projectiontest.New(t), newBroker(t)
	c := s.Config(t.TempDir())
	c.Poll = 20 * time.Millisecond
	p, raise := b.follow(s, c)
	raise()
	projectiontest.Run(t, p)
	s.Trade(1, 100)
	b.publish(s.Published()...)
	require.NoError(t, p.Await(projectiontest.Within(t), "order_history", s.End()))

	require.NoError(t, b.js.DeleteStream(t.Context(), message.Stream))
	b.create()
	s.Trade(2, 200)
	require.NoError(t, p.Await(projectiontest.Within(t), "order_history", s.End()), "a silent stream: the store tells")

	b.publish(s.Published()...)
	published := s.Facts
	s.Trade(3, 300)
	b.publish(s.Published()[published:]...)
	require.NoError(t, p.Await(projectiontest.Within(t), "order_history", s.End()))
	for _, v := range p.Status() {
		require.NoError(t, p.Await(projectiontest.Within(t), v.View, s.End()))
	}
	require.Eventually(t, func() bool { // what the stream was thought to hold is forgotten
		return !slices.ContainsFunc(p.Status(), func(v projections.Status) bool { return v.Lag > 0 })
	}, 10*time.Second, 5*time.Millisecond)
	intact(t, t.Context(), p, s.End())
}

// A message that no relay wrote is not a fact, and what it hides is in the store.
func TestAForeignMessageIsNotApplied(t *testing.T) {
	s, b := projectiontest.New(t), newBroker(t)
	p, raise := b.follow(s, s.Config(t.TempDir()))
	raise()
	projectiontest.Run(t, p)
	s.Trade(1, 100)
	facts := s.Published()
	b.publish(facts[:50]...)
	_, err := b.js.Publish(t.Context(), "kassa.shared.product.listed", []byte(`{}`))
	require.NoError(t, err)
	b.publish(facts[51:]...)
	for _, v := range p.Status() {
		require.NoError(t, p.Await(projectiontest.Within(t), v.View, s.End()))
	}
	intact(t, t.Context(), p, s.End())
}

// The stream of another history begins like ours, with a first fact after none.
func TestTheStreamOfAnotherHistoryIsNotFollowed(t *testing.T) {
	s, other, b := projectiontest.New(t), projectiontest.Named(t, "another"), newBroker(t)
	_, err := b.js.UpdateStream(t.Context(), jetstream.StreamConfig{
		Name: message.Stream, Subjects: []string{message.Subjects}, Metadata: map[string]string{message.SourceKey: other.ID.String()},
	})
	require.NoError(t, err)
	other.Trade(1, 50)
	b.publish(other.Published()...)
	c := s.Config(t.TempDir())
	c.Poll = time.Millisecond
	p, raise := b.follow(s, c)
	projectiontest.Run(t, p)
	s.Trade(2, 100)
	raise()
	for _, v := range p.Status() {
		require.NoError(t, p.Await(projectiontest.Within(t), v.View, s.End()))
	}
	assert.Equal(t, "store", p.Status()[0].Source)
	intact(t, t.Context(), p, s.End())
}

// With no broker at all, a wake-up is enough.
func TestViewsFollowTheStoreAlone(t *testing.T) {
	s := projectiontest.New(t)
	c := s.Config(t.TempDir())
	c.JetStream = func() jetstream.JetStream { return nil }
	p := projectiontest.Open(t, c, views.All()...)
	projectiontest.Run(t, p)
	for n := range 5 {
		s.Trade(uint64(n), 100*(n+1))
		p.Wake()
		require.NoError(t, p.Await(projectiontest.Within(t), "catalogue", s.End()))
	}
	for _, v := range p.Status() {
		require.NoError(t, p.Await(projectiontest.Within(t), v.View, s.End()))
		assert.Equal(t, "store", v.Source)
	}
	intact(t, t.Context(), p, s.End())
}
