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

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/eventstore/memory"
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
		w.nameless = true // the fence alone must do it
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
		most = max(most, w.largest())
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
