package relay_test

import (
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"kassa/eventstore"
	"kassa/eventstore/memory"
	"kassa/eventstore/message"
	"kassa/services/broker"
	"kassa/services/relay"
)

// How fast a full log is relayed, beside the same messages published in the
// same atomic batches by a loop that does nothing else. Run with a fixed count
// (-benchtime=50000x): each fact is one iteration.
func BenchmarkRelay(b *testing.B) {
	store := filled(b, b.N)
	before := raw(b, store)
	br := embedded(b, b.TempDir())
	b.ResetTimer()
	r, stop := run(b, relay.Config{Source: store, Conn: br.Conn()})
	settled(b, r, b.N)
	b.StopTimer()
	require.NoError(b, stop())
	require.NoError(b, br.Close())
	after := raw(b, store) // once before and once after, so that neither is always the cold one

	bare := (before + after) / 2
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "facts/s")
	b.ReportMetric(float64(b.N)/bare.Seconds(), "raw-facts/s")
	b.ReportMetric(bare.Seconds()/b.Elapsed().Seconds(), "of-raw")
}

// raw publishes every fact of store in atomic batches and returns how long the
// publishing took. Encoding is not counted, and each batch is forgotten before
// the next: a heap full of messages would slow the server beside it.
func raw(b *testing.B, store *memory.Store) time.Duration {
	b.Helper()
	br := embedded(b, b.TempDir())
	_, err := broker.EnsureStream(b.Context(), jetStream(b, br.Conn()), stream)
	require.NoError(b, err)
	records, err := store.ReadAll(b.Context(), 0, b.N)
	require.NoError(b, err)
	var took time.Duration
	gseq := uint64(0)
	for chunk := range slices.Chunk(records, 1000) {
		msgs := make([]*nats.Msg, len(chunk))
		for i, rec := range chunk {
			gseq++
			msgs[i], err = message.Encode(message.Numbered{Record: rec, Gseq: gseq, Prev: rec.ID.String()})
			require.NoError(b, err)
			msgs[i].Header.Set("Nats-Batch-Id", fmt.Sprint("raw-", gseq-uint64(i)))
			msgs[i].Header.Set("Nats-Batch-Sequence", strconv.Itoa(i+1))
		}
		start := time.Now()
		commit(b, br.Conn(), msgs)
		took += time.Since(start)
	}
	require.NoError(b, br.Close())
	return took
}

func commit(b *testing.B, conn *nats.Conn, msgs []*nats.Msg) {
	b.Helper()
	last := len(msgs) - 1
	for _, m := range msgs[:last] {
		if err := conn.PublishMsg(m); err != nil {
			b.Fatal(err)
		}
	}
	msgs[last].Header.Set("Nats-Batch-Commit", "1")
	answer, err := conn.RequestMsg(msgs[last], 10*time.Second)
	require.NoError(b, err)
	require.NotContains(b, string(answer.Data), `"error"`)
}

// How long after its append a fact is in a subscriber's hands, beside how long
// a bare publish takes to get there.
func BenchmarkAppendToVisible(b *testing.B) {
	br := embedded(b, b.TempDir())
	js := jetStream(b, br.Conn())
	_, err := broker.EnsureStream(b.Context(), js, stream)
	require.NoError(b, err)
	store := new(memory.Store)
	r, _ := run(b, relay.Config{Source: store, Conn: br.Conn()})
	require.Eventually(b, func() bool { return r.Status().State == relay.Idle }, 10*time.Second, time.Millisecond)
	relayed := visible(b, js, func(n int) {
		_, err := store.Append(b.Context(), "s", eventstore.Revision(n-1), []eventstore.Draft{fact(n)})
		require.NoError(b, err)
	})

	other := embedded(b, b.TempDir())
	bare := jetStream(b, other.Conn())
	_, err = broker.EnsureStream(b.Context(), bare, stream)
	require.NoError(b, err)
	data := fact(1).Data
	direct := visible(b, bare, func(int) { require.NoError(b, other.Conn().Publish("kassa.a.b.c", data)) })

	b.ReportMetric(0, "ns/op")
	for _, q := range []struct {
		name string
		of   int
	}{{"p50", 50}, {"p99", 99}} {
		b.ReportMetric(float64(relayed[len(relayed)*q.of/100].Microseconds()), q.name+"-µs")
		b.ReportMetric(float64(direct[len(direct)*q.of/100].Microseconds()), "bare-"+q.name+"-µs")
	}
}

// visible measures one event at a time, sorted.
func visible(b *testing.B, js jetstream.JetStream, send func(n int)) []time.Duration {
	b.Helper()
	c, err := js.OrderedConsumer(b.Context(), message.Stream, jetstream.OrderedConsumerConfig{})
	require.NoError(b, err)
	msgs, err := c.Messages()
	require.NoError(b, err)
	defer msgs.Stop()
	took := make([]time.Duration, b.N)
	for n := range took {
		start := time.Now()
		send(n)
		_, err := msgs.Next(jetstream.NextMaxWait(10 * time.Second))
		require.NoError(b, err)
		took[n] = time.Since(start)
	}
	slices.Sort(took)
	return took
}
