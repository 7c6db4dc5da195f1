package relay_test

import (
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/eventstore/memory"
	"kassa/eventstore/message"
	"kassa/services/relay"
)

// A relay that sleeps through its rival's work, and then sends the end of the
// batch it had begun, changes nothing: the fence refuses it, and so does the
// broker's memory of ids while it lasts.
func TestAZombieIsFenced(t *testing.T) {
	t.Run("by the sequence", func(t *testing.T) { zombie(t, true) })
	t.Run("by the ids", func(t *testing.T) { zombie(t, false) })
}

func zombie(t *testing.T, nameless bool) {
	server := natsServer(t, t.TempDir(), -1)
	store := filled(t, 40)
	w := newWire(t, server.ClientURL())
	w.nameless = nameless
	asleep, awake := make(chan struct{}), make(chan struct{})
	var once sync.Once
	w.publish = func(p publication) bool {
		if p.facts > 1 { // the whole batch but its last message is with the server
			once.Do(func() { close(asleep); <-awake })
		}
		return true
	}
	zombie, _ := run(t, relay.Config{Source: store, Conn: connect(t, w.url()), AckTimeout: time.Minute})
	<-asleep

	rival, _ := run(t, relay.Config{Source: store, Conn: connect(t, server.ClientURL())})
	settled(t, rival, 40)
	fill(t, store, 40, 50)
	settled(t, rival, 50)
	close(awake)

	settled(t, zombie, 50)
	assert.EqualValues(t, 1, zombie.Status().Retries)
	js := jetStream(t, connect(t, server.ClientURL()))
	fill(t, store, 50, 60)
	relayed(t, js, 60)
	require.NoError(t, differs(read(t, js), store))
}

// Why there is one publish in flight. A broker that has lost its last fact is
// sent it again, under the next number; a publisher that does not know yet, and
// has several publishes under way, each expecting the number after the one
// before, has its first refused and the others let in: a fact is skipped.
func TestPipelinedPublishesSkipFacts(t *testing.T) {
	server, store := natsServer(t, t.TempDir(), -1), filled(t, 3)
	js := jetStream(t, connect(t, server.ClientURL()))
	r, stop := run(t, relay.Config{Source: store, Conn: connect(t, server.ClientURL())})
	settled(t, r, 3)
	require.NoError(t, stop())
	fill(t, store, 3, 7)
	msgs := messages(t, store)
	resend(t, js, msgs[2])

	w := newWire(t, server.ClientURL())
	sent := make(chan struct{}, 4)
	w.publish = func(publication) bool { sent <- struct{}{}; return true }
	all := sync.OnceFunc(func() {
		for range cap(sent) {
			<-sent
		}
	})
	w.answer = func(string) bool { all(); return true } // a slow network: all are under way before the first answer
	pipelined := jetStream(t, connect(t, w.url()))
	var verdicts []bool
	var futures []jetstream.PubAckFuture
	for i, m := range msgs[3:] {
		f, err := pipelined.PublishMsgAsync(m, jetstream.WithExpectLastSequence(uint64(3+i)))
		require.NoError(t, err)
		futures = append(futures, f)
	}
	for _, f := range futures {
		select {
		case <-f.Ok():
			verdicts = append(verdicts, true)
		case err := <-f.Err():
			require.ErrorContains(t, err, "wrong last sequence")
			verdicts = append(verdicts, false)
		}
	}

	assert.Equal(t, []bool{false, true, true, true}, verdicts, "the fence refuses the first and lets the others in")
	assert.Equal(t, []uint64{1, 2, 3, 3, 5, 6, 7}, numbers(read(t, js)), "so the fourth fact is missing for good")
	assert.Error(t, differs(read(t, js), store), "the log's detector sees it")
	assert.Len(t, w.violations(), 3, "and so does the wire's")
}

// The relay in the same place: refused as a whole, it looks again.
func TestTheRelaySkipsNothingWhereAPipelineWould(t *testing.T) {
	server, store := natsServer(t, t.TempDir(), -1), filled(t, 3)
	w := newWire(t, server.ClientURL())
	js := jetStream(t, connect(t, server.ClientURL()))
	r, _ := run(t, relay.Config{Source: store, Conn: connect(t, w.url())})
	settled(t, r, 3)
	resend(t, js, messages(t, store)[2])

	fill(t, store, 3, 7)
	settled(t, r, 7)

	assert.Equal(t, []uint64{1, 2, 3, 3, 4, 5, 6, 7}, numbers(read(t, js)))
	assert.Empty(t, w.violations())
	assert.Positive(t, r.Status().Retries)
}

// messages are all facts as a relay would send them, without a fence.
func messages(t *testing.T, s *memory.Store) []*nats.Msg {
	t.Helper()
	records, err := s.ReadAll(t.Context(), 0, 1000)
	require.NoError(t, err)
	prev := message.Genesis
	var msgs []*nats.Msg
	for i, rec := range records {
		m, err := message.Encode(message.Numbered{Record: rec, Gseq: uint64(i + 1), Prev: prev})
		require.NoError(t, err)
		msgs, prev = append(msgs, m), rec.ID.String()
	}
	return msgs
}

// resend publishes a fact that the stream has, as after a loss. The broker
// would not know its id any more, so it goes without.
func resend(t *testing.T, js jetstream.JetStream, m *nats.Msg) {
	t.Helper()
	m.Header.Del(nats.MsgIdHdr)
	_, err := js.PublishMsg(t.Context(), m)
	require.NoError(t, err)
}

func numbers(all []published) []uint64 {
	var n []uint64
	for _, p := range all {
		n = append(n, p.Gseq)
	}
	return n
}
