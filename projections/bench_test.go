package projections_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"kassa/eventstore/message"
	"kassa/projections"
	"kassa/projections/projectiontest"
	"kassa/projections/views"
)

// traded is a history of 50,000 facts, or of KASSA_BENCH_FACTS.
func traded(b *testing.B) *projectiontest.Shop {
	n, err := strconv.Atoi(os.Getenv("KASSA_BENCH_FACTS"))
	if err != nil {
		n = 50_000
	}
	s := projectiontest.New(b)
	s.Trade(1, n)
	return s
}

// BenchmarkRebuild is how fast each view is folded from the store, beside raw
// multi-row inserts of as many rows into the same kind of file.
func BenchmarkRebuild(b *testing.B) {
	s := traded(b)
	for _, v := range views.All() {
		b.Run(v.Name, func(b *testing.B) {
			p := projectiontest.Open(b, s.Config(b.TempDir()), v)
			var events, seconds float64
			for b.Loop() {
				r, err := p.Rebuild(b.Context(), v.Name, nil)
				require.NoError(b, err)
				events += float64(r.Events)
				seconds += r.Took.Seconds()
			}
			rate, raw := events/seconds, rawInserts(b, s.Facts)
			b.ReportMetric(rate, "events/s")
			b.ReportMetric(raw, "raw-rows/s")
			b.ReportMetric(rate/raw, "of-raw")
		})
	}
}

// BenchmarkProjection is how fast all views together follow a stream that is
// already full, and how fast they catch up from the store.
func BenchmarkProjection(b *testing.B) {
	s := traded(b)
	facts := s.Published()
	b.Run("stream", func(b *testing.B) {
		k := newBroker(b)
		k.fill(facts)
		for b.Loop() {
			b.StopTimer()
			c := s.Config(b.TempDir())
			c.Store, c.JetStream = &curtain{Shop: s}, func() jetstream.JetStream { return k.js }
			b.StartTimer()
			follow(b, c, s)
		}
	})
	b.Run("store", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			hidden := &curtain{Shop: s}
			c := s.Config(b.TempDir())
			c.Store = hidden
			p, err := projections.Open(b.Context(), c, views.All()...)
			require.NoError(b, err)
			require.NoError(b, p.Close())
			hidden.raised.Store(true)
			b.StartTimer()
			follow(b, c, s)
		}
	})
}

func follow(b *testing.B, c projections.Config, s *projectiontest.Shop) {
	p, err := projections.Open(b.Context(), c, views.All()...)
	require.NoError(b, err)
	stop := projectiontest.Run(b, p)
	began := time.Now()
	for _, v := range views.All() {
		require.NoError(b, p.Await(b.Context(), v.Name, s.End()))
	}
	b.ReportMetric(float64(s.Facts)/time.Since(began).Seconds(), "events/s")
	stop()
	require.NoError(b, p.Close())
}

// fill publishes without waiting for each acknowledgement.
func (b *broker) fill(facts []message.Numbered) {
	for _, n := range facts {
		m, err := message.Encode(n)
		require.NoError(b.t, err)
		m.Header.Del(nats.MsgIdHdr)
		_, err = b.js.PublishMsgAsync(m)
		require.NoError(b.t, err)
	}
	<-b.js.PublishAsyncComplete()
}

// rawInserts is how many small rows a second this machine inserts, 100 to a
// statement and 10,000 to a transaction, with no one folding anything.
func rawInserts(b *testing.B, rows int) float64 {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "raw.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)")
	require.NoError(b, err)
	defer db.Close()
	db.SetMaxOpenConns(1)
	_, err = db.Exec(`CREATE TABLE raw (id BIGINT PRIMARY KEY, tenant TEXT, stream TEXT, amount BIGINT)`)
	require.NoError(b, err)
	insert := "INSERT INTO raw VALUES " + strings.TrimSuffix(strings.Repeat("(?, ?, ?, ?),", 100), ",")
	began := time.Now()
	for done := 0; done < rows; {
		tx, err := db.BeginTx(context.Background(), nil)
		require.NoError(b, err)
		statement, err := tx.Prepare(insert)
		require.NoError(b, err)
		for end := min(done+10_000, rows); done < end; done += 100 {
			args := make([]any, 0, 400)
			for i := range 100 {
				args = append(args, done+i, "5f0c1c86-2f3d-4f6c-8f86-0d9c8b8c3c01", fmt.Sprint("purchase-", done+i), 1000)
			}
			_, err := statement.Exec(args...)
			require.NoError(b, err)
		}
		require.NoError(b, tx.Commit())
	}
	return float64(rows) / time.Since(began).Seconds()
}
