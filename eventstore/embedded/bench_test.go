package embedded_test

import (
	"database/sql"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// benchEvent is about as large as the product's: 400 bytes of JSON and 200 of
// metadata.
func benchEvent() esdb.EventData {
	e := eventOf(uuid.New(), make([]byte, 400))
	e.Metadata = make([]byte, 200)
	return e
}

// BenchmarkAppend appends one event a call, at the exact revision, from many
// writers with a stream each. raw/s is what SQLite alone does at the moment,
// the same rows committed in groups as large as there are writers: "of-raw" is
// the comparison that holds on any machine.
func BenchmarkAppend(b *testing.B) {
	for _, writers := range []int{1, 16, 64, 256} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			c := connect(b, open(b, b.TempDir()).ConnectionString())
			add(b, c, "warm", esdb.NoStream{}, benchEvent())
			b.ResetTimer()
			took := appendFrom(b, c, writers)
			b.StopTimer()
			rate := float64(b.N) / b.Elapsed().Seconds()
			raw := rawInserts(b, b.N, writers)
			slices.Sort(took)
			b.ReportMetric(rate, "appends/s")
			b.ReportMetric(raw, "raw/s")
			b.ReportMetric(rate/raw, "of-raw")
			b.ReportMetric(percentile(took, 50), "p50-ms")
			b.ReportMetric(percentile(took, 99), "p99-ms")
		})
	}
}

func percentile(sorted []time.Duration, p int) float64 {
	return float64(sorted[(len(sorted)-1)*p/100].Microseconds()) / 1000
}

func appendFrom(b *testing.B, c *esdb.Client, writers int) []time.Duration {
	took := make([]time.Duration, b.N)
	var next atomic.Int64
	var all sync.WaitGroup
	for range writers {
		all.Go(func() {
			stream := uuid.NewString()
			var expected esdb.ExpectedRevision = esdb.NoStream{}
			for i := next.Add(1) - 1; i < int64(b.N); i = next.Add(1) - 1 {
				start := time.Now()
				w, err := c.AppendToStream(ctx, stream, esdb.AppendToStreamOptions{ExpectedRevision: expected}, benchEvent())
				if err != nil {
					b.Error(err)
					return
				}
				took[i] = time.Since(start)
				expected = esdb.Revision(w.NextExpectedVersion)
			}
		})
	}
	all.Wait()
	return took
}

// rawInserts is how many rows a second SQLite takes in groups, durably.
func rawInserts(b *testing.B, rows, group int) float64 {
	path := filepath.Join(b.TempDir(), "raw.db")
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	require.NoError(b, err)
	defer db.Close()
	db.SetMaxOpenConns(1)
	_, err = db.Exec(`CREATE TABLE events (position INTEGER PRIMARY KEY, stream INTEGER, revision INTEGER, id BLOB, data BLOB, metadata BLOB);
		CREATE UNIQUE INDEX by_revision ON events (stream, revision); CREATE INDEX by_id ON events (id, stream)`)
	require.NoError(b, err)
	insert, err := db.Prepare(`INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)`)
	require.NoError(b, err)
	start := time.Now()
	for done := 0; done < rows; {
		tx, err := db.Begin()
		require.NoError(b, err)
		for i := 0; i < group && done < rows; i++ {
			id := uuid.New()
			_, err := tx.Stmt(insert).Exec(done+1, i, done/group, id[:], make([]byte, 400), make([]byte, 200))
			require.NoError(b, err)
			done++
		}
		require.NoError(b, tx.Commit())
	}
	return float64(rows) / time.Since(start).Seconds()
}

// BenchmarkReadAll reads the whole store, once more for every 50,000 events of b.N.
func BenchmarkReadAll(b *testing.B) {
	const events, each = 50_000, 500
	c := connect(b, open(b, b.TempDir()).ConnectionString())
	for range events / each {
		batch := make([]esdb.EventData, each)
		for i := range batch {
			batch[i] = benchEvent()
		}
		add(b, c, uuid.NewString(), esdb.NoStream{}, batch...)
	}
	b.Run("read", func(b *testing.B) {
		for done := 0; done < b.N; {
			r, err := c.ReadAll(ctx, esdb.ReadAllOptions{From: esdb.Start{}}, math.MaxUint64)
			require.NoError(b, err)
			for ; done < b.N; done++ {
				if _, err := r.Recv(); err == io.EOF {
					break
				} else if err != nil {
					b.Fatal(err)
				}
			}
			r.Close()
		}
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
	})
	b.Run("subscribe", func(b *testing.B) {
		for done := 0; done < b.N; {
			sub, err := c.SubscribeToAll(ctx, esdb.SubscribeToAllOptions{From: esdb.Start{}})
			require.NoError(b, err)
			for caughtUp := false; done < b.N && !caughtUp; {
				e := sub.Recv()
				require.Nil(b, e.SubscriptionDropped)
				caughtUp = e.CaughtUp != nil
				done++
			}
			require.NoError(b, sub.Close())
		}
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
	})
}

// BenchmarkDelivery is how long an append takes to reach a live subscriber.
func BenchmarkDelivery(b *testing.B) {
	c := connect(b, open(b, b.TempDir()).ConnectionString())
	sub, err := c.SubscribeToAll(ctx, esdb.SubscribeToAllOptions{From: esdb.Start{}})
	require.NoError(b, err)
	defer sub.Close()
	require.NotNil(b, sub.Recv().CaughtUp)
	took := make([]time.Duration, b.N)
	b.ResetTimer()
	for i := range took {
		start := time.Now()
		go add(b, c, "s", esdb.Any{}, benchEvent())
		require.NotNil(b, sub.Recv().EventAppeared)
		took[i] = time.Since(start)
	}
	slices.Sort(took)
	b.ReportMetric(percentile(took, 50), "p50-ms")
	b.ReportMetric(percentile(took, 99), "p99-ms")
}
