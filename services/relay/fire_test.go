package relay_test

import (
	"context"
	"math/rand/v2"
	"net"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
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

// Three relays race for 10,000 facts while 200 times one of them is killed, or
// its cable pulled, just before or just after the broker stored what it sent.
// The stream must be the log. KASSA_FIRE_SEED repeats a run, as far as a race can.
func TestUnderFire(t *testing.T) {
	t.Parallel()
	const facts, kills, relays = 10_000, 200, 3
	seed := uint64(time.Now().UnixNano())
	if s, err := strconv.ParseUint(os.Getenv("KASSA_FIRE_SEED"), 10, 64); err == nil {
		seed = s
	}
	t.Logf("KASSA_FIRE_SEED=%d", seed)
	server := natsServer(t, t.TempDir(), -1)
	f := &fire{store: new(memory.Store), facts: facts, kills: kills, rng: rand.New(rand.NewPCG(seed, 1)), tried: make(chan struct{}, 1)}
	ctx, cancel := context.WithCancel(t.Context())
	var wires []*wire
	var lives sync.WaitGroup
	for range relays {
		w := newWire(t, server.ClientURL())
		wires = append(wires, w)
		lives.Go(func() { f.live(t, ctx, w) })
	}
	f.append(t)
	js := jetStream(t, connect(t, server.ClientURL()))
	relayed(t, js, facts)
	cancel()
	lives.Wait()

	got := read(t, js)
	require.NoError(t, differs(got, f.store))
	first, last := sequences(got)
	assert.Equal(t, [2]uint64{1, facts}, [2]uint64{first, last})
	assert.Equal(t, kills, f.killed)
	most := 0
	for _, w := range wires {
		assert.Empty(t, w.violations(), "one publish in flight")
		most = max(most, w.most)
	}
	assert.Greater(t, most, 1, "batches were among them")
	t.Logf("%d publishes, killed or cut %v", f.publishes, f.ways)
}

// fire decides, at each publish of any relay, whether it is the last thing that
// relay does.
type fire struct {
	store        *memory.Store
	facts, kills int
	tried        chan struct{} // somebody has published

	mu        sync.Mutex
	rng       *rand.Rand
	appended  int
	killed    int
	publishes int
	ways      [4]int
}

// Ways to die at a publish. Odd: the broker has it, and the answer is lost.
const (
	cutBefore = iota
	cutAfter
	killBefore
	killAfter
	spared
)

// append adds facts a few at a time, as fast as somebody tries to publish them.
func (f *fire) append(t *testing.T) {
	for n := 0; n < f.facts; {
		size := min(1+f.roll(40), f.facts-n)
		fill(t, f.store, n, n+size)
		n += size
		f.mu.Lock()
		f.appended = n
		f.mu.Unlock()
		select {
		case <-f.tried:
		case <-time.After(30 * time.Second):
			require.Fail(t, "nobody publishes", "%d facts appended", n)
		}
	}
}

func (f *fire) roll(n int) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.rng.IntN(n)
}

func (f *fire) fate() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	select {
	case f.tried <- struct{}{}:
	default:
	}
	f.publishes++
	if f.killed*f.facts >= f.kills*f.appended {
		return spared // the kills are spread over the whole log
	}
	f.killed++
	way := f.rng.IntN(spared)
	f.ways[way]++
	return way
}

// life is one relay's, from its start to its kill.
type life struct {
	kill context.CancelFunc
	way  atomic.Int32
}

// live runs one relay after another on w until ctx is done.
func (f *fire) live(t *testing.T, ctx context.Context, w *wire) {
	var now atomic.Pointer[life]
	w.publish = func(publication) bool {
		l, way := now.Load(), f.fate()
		l.way.Store(int32(way))
		if way == killBefore {
			l.kill()
		}
		return way != cutBefore && way != killBefore
	}
	w.answer = func(string) bool {
		l := now.Load()
		way := l.way.Load()
		if way == killAfter {
			l.kill()
		}
		return way != cutAfter && way != killAfter
	}
	conn := connect(t, w.url())
	for ctx.Err() == nil {
		born, kill := context.WithCancel(ctx)
		now.Store(&life{kill: kill})
		r := relay.New(relay.Config{Source: f.store, Conn: conn, Stream: stream, AckTimeout: 100 * time.Millisecond})
		assert.NoError(t, r.Run(born))
		kill()
		w.cut()
	}
}

// A relay that sleeps through its rival's work, and then sends the end of the
// batch it had begun, changes nothing.
func TestAZombieIsFenced(t *testing.T) {
	server := natsServer(t, t.TempDir(), -1)
	store := filled(t, 40)
	w := newWire(t, server.ClientURL())
	asleep, awake := make(chan struct{}), make(chan struct{})
	var once sync.Once
	w.publish = func(p publication) bool {
		once.Do(func() {
			assert.Equal(t, 40, p.facts, "the whole batch but its last message is with the server")
			close(asleep)
			<-awake
		})
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

// NATS goes away and comes back on the same files, several times, while facts
// keep coming.
func TestItCatchesUpWhenNATSComesBack(t *testing.T) {
	t.Parallel()
	dir, store := t.TempDir(), new(memory.Store)
	server := natsServer(t, dir, -1)
	port := server.Addr().(*net.TCPAddr).Port
	r, stop := run(t, relay.Config{Source: store, Conn: connect(t, server.ClientURL()), AckTimeout: 500 * time.Millisecond})
	for n := 0; n < 300; n += 100 {
		fill(t, store, n, n+50)
		settled(t, r, n+50)
		server.Shutdown()
		server.WaitForShutdown()
		fill(t, store, n+50, n+100)
		server = natsServer(t, dir, port)
	}
	settled(t, r, 300)
	require.NoError(t, stop())
	require.NoError(t, differs(read(t, jetStream(t, connect(t, server.ClientURL()))), store))
}
