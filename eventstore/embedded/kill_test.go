//go:build unix

package embedded_test

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"kassa/eventstore/embedded"
)

// Environment of the child processes that these tests start from their own
// binary.
const (
	serveDir   = "KASSA_TEST_SERVE_DIR"   // run a server on this directory
	serveLimit = "KASSA_TEST_SERVE_LIMIT" // let no file grow beyond so many bytes
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(serveDir); dir != "" {
		serveUntilKilled(dir)
	}
	os.Exit(m.Run())
}

// serveUntilKilled prints its connection string, and "failed" if the server
// says so, and stays.
func serveUntilKilled(dir string) {
	s, err := embedded.Open(ctx, embedded.Config{Dir: dir})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	if limit, err := strconv.ParseUint(os.Getenv(serveLimit), 10, 64); err == nil {
		signal.Ignore(syscall.SIGXFSZ) // so that writing fails instead
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: limit, Max: limit}); err != nil {
			panic(err)
		}
	}
	fmt.Println(s.ConnectionString())
	fmt.Println("failed:", <-s.Failed())
	select {}
}

// child is a server in a process of its own.
type child struct {
	cmd *exec.Cmd
	at  string
	out *bufio.Reader
}

func startChild(t *testing.T, dir string, env ...string) *child {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), serveDir+"="+dir), env...)
	cmd.Stderr = os.Stderr
	pipe, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	c := &child{cmd: cmd, out: bufio.NewReader(pipe)}
	t.Cleanup(c.kill)
	c.at = c.line(t)
	require.True(t, strings.HasPrefix(c.at, "esdb://"), c.at)
	return c
}

func (c *child) line(t *testing.T) string {
	line, err := c.out.ReadString('\n')
	require.NoError(t, err)
	return strings.TrimSpace(line)
}

// kill ends the process without a chance to tidy up. Safe to call twice.
func (c *child) kill() {
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
}

// attempt is an append and what is known of it.
type attempt struct {
	stream   string
	expected esdb.ExpectedRevision
	events   []esdb.EventData
	acked    *esdb.WriteResult // nil: no answer came
}

// write appends until the server is gone: to a stream of its own with exact
// revisions, and to one that all share with none.
func write(c *esdb.Client, stream string, last *attempt, attempts chan<- *attempt) {
	for i := 0; ; i++ {
		a := &attempt{stream: "shared", expected: esdb.Any{}, events: []esdb.EventData{newEvent()}}
		if i%2 == 0 {
			a.stream, a.expected, a.events = stream, esdb.NoStream{}, append(a.events, newEvent())
			if last != nil {
				a.expected = esdb.Revision(last.acked.NextExpectedVersion)
			}
		}
		a.acked, _ = c.AppendToStream(ctx, a.stream, esdb.AppendToStreamOptions{ExpectedRevision: a.expected}, a.events...)
		attempts <- a
		if a.acked == nil {
			return
		}
		if a.stream == stream {
			last = a
		}
	}
}

// TestKilledUnderLoad kills the server again and again while clients write, and
// finds every acknowledged append exactly once, where it was acknowledged, and
// every other one at most once, whole, and settled by repeating it.
func TestKilledUnderLoad(t *testing.T) {
	t.Parallel()
	kills := 10
	if n, err := strconv.Atoi(os.Getenv("KASSA_TEST_KILLS")); err == nil {
		kills = n
	}
	dir := t.TempDir()
	acked := map[uuid.UUID]*esdb.WriteResult{} // by the id of an append's last event
	events := 0
	for range kills {
		server := startChild(t, dir)
		attempts := loadAndKill(t, server)
		served(t, dir, func(c *esdb.Client) {
			for _, a := range attempts {
				if a.acked == nil { // whether it happened or not, repeating it settles it
					a.acked = add(t, c, a.stream, a.expected, a.events...)
				}
				acked[a.events[len(a.events)-1].EventID] = a.acked
				events += len(a.events)
			}
			there := accounted(t, c)
			require.Len(t, there, events, "nothing else is stored")
			for id, w := range acked {
				if there[id] == nil || *there[id] != *w {
					t.Fatalf("event %s was acknowledged at %+v and is at %+v", id, w, there[id])
				}
			}
		})
	}
	t.Logf("%d appends acknowledged over %d kills", len(acked), kills)
	require.Greater(t, len(acked), kills)
}

func loadAndKill(t *testing.T, server *child) []*attempt {
	const writers = 8
	c := connect(t, server.at)
	defer c.Close()
	channel := make(chan *attempt, 1<<16)
	var writing sync.WaitGroup
	for range writers {
		writing.Go(func() { write(c, uuid.NewString(), nil, channel) })
	}
	var attempts []*attempt
	for range 20 + rand.IntN(150) { // a moment measured in work done
		attempts = append(attempts, <-channel)
	}
	server.kill()
	writing.Wait()
	close(channel)
	for a := range channel {
		attempts = append(attempts, a)
	}
	return attempts
}

// accounted checks that no id and no revision is there twice or missing, and
// says where each event is, in the words of an acknowledgement.
func accounted(t *testing.T, c *esdb.Client) map[uuid.UUID]*esdb.WriteResult {
	there, ends := map[uuid.UUID]*esdb.WriteResult{}, map[string]uint64{}
	for _, e := range stored(t, c) {
		if there[e.EventID] != nil || ends[e.StreamID] != e.EventNumber {
			t.Fatalf("%s@%d is there twice, or after a gap", e.StreamID, e.EventNumber)
		}
		ends[e.StreamID]++
		there[e.EventID] = &esdb.WriteResult{CommitPosition: e.Position.Commit, PreparePosition: e.Position.Prepare, NextExpectedVersion: e.EventNumber}
	}
	return there
}

// TestFailedDisk lets the disk refuse: the server says so, once, acknowledges
// nothing more, and still answers readers.
func TestFailedDisk(t *testing.T) {
	dir := t.TempDir()
	server := startChild(t, dir, serveLimit+"=2000000")
	c := connect(t, server.at)
	n := 0
	for ; ; n++ {
		_, err := c.AppendToStream(ctx, "s", esdb.AppendToStreamOptions{ExpectedRevision: esdb.Any{}}, eventOf(uuid.New(), make([]byte, 50_000)))
		if err != nil {
			require.ErrorContains(t, err, "disk failed")
			break
		}
	}
	require.Positive(t, n)
	require.Contains(t, server.line(t), "failed:")
	deadline := time.Now().Add(5 * time.Second)
	_, err := c.AppendToStream(ctx, "t", esdb.AppendToStreamOptions{ExpectedRevision: esdb.Any{}}, newEvent())
	require.ErrorContains(t, err, "disk failed")
	require.True(t, time.Now().Before(deadline), "a refusal is not a timeout")
	require.Len(t, stored(t, c), n)
	server.kill()
	served(t, dir, func(c *esdb.Client) {
		require.Len(t, stored(t, c), n)
		add(t, c, "t", esdb.NoStream{}, newEvent())
	})
}
