package esdb_test

import (
	"bytes"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"kassa/eventstore"
	"kassa/eventstore/esdb"
)

// Events of about 400 bytes with 200 of metadata, as most of ours are.
func sized(n int) []eventstore.Draft {
	out := drafts(n)
	for i := range out {
		out[i].Data = append(append([]byte(`{"x":"`), bytes.Repeat([]byte{'x'}, 390)...), `"}`...)
		out[i].Metadata = append(append([]byte(`{"x":"`), bytes.Repeat([]byte{'x'}, 190)...), `"}`...)
	}
	return out
}

const stored = 50_000

func filled(b *testing.B) *esdb.Store {
	s := open(b, serve(b, b.TempDir(), "127.0.0.1:0").ConnectionString())
	for range stored / 500 {
		_, err := s.Append(b.Context(), uuid.NewString(), eventstore.NoStream, sized(500))
		require.NoError(b, err)
	}
	return s
}

func BenchmarkReadAll(b *testing.B) {
	s := filled(b)
	for b.Loop() {
		n := 0
		for after := uint64(0); ; {
			page, err := s.ReadAll(b.Context(), after, 1000)
			require.NoError(b, err)
			n += len(page)
			if len(page) < 1000 {
				break
			}
			after = page[len(page)-1].Position
		}
		require.Equal(b, stored, n)
	}
	b.ReportMetric(float64(b.N)*stored/b.Elapsed().Seconds(), "events/s")
}

func BenchmarkFollow(b *testing.B) {
	s := filled(b)
	for b.Loop() {
		n := 0
		for d, err := range s.Follow(b.Context(), 0) {
			require.NoError(b, err)
			if d.Record != nil {
				n++
			}
			if d.CaughtUp {
				break
			}
		}
		require.Equal(b, stored, n)
	}
	b.ReportMetric(float64(b.N)*stored/b.Elapsed().Seconds(), "events/s")
}
