package storetest

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/eventstore"
)

func absentStream(t *testing.T, s Store) {
	records, err := s.Read(t.Context(), newStream())
	require.NoError(t, err)
	require.Empty(t, records)
}

// scatter appends to three streams in turn and returns the records in the order
// in which they were stored.
func scatter(t *testing.T, s Store, n int) []eventstore.Record {
	t.Helper()
	streams := [...]string{newStream(), newStream(), newStream()}
	var out []eventstore.Record
	for i := range n {
		expected := eventstore.Revision(i/len(streams)) - 1
		out = append(out, add(t, s, streams[i%len(streams)], expected, 1)...)
	}
	return out
}

func readAllPages(t *testing.T, s Store) {
	start := headOf(t, s)
	want := scatter(t, s, 10)
	for _, limit := range []int{1, 3, 9, 10, 11, 100} {
		var got []eventstore.Record
		for after := start; ; {
			page, err := s.ReadAll(t.Context(), after, limit)
			require.NoError(t, err)
			require.LessOrEqual(t, len(page), limit)
			got = append(got, page...)
			if len(page) < limit {
				break // the contract: a short page is the last
			}
			after = page[len(page)-1].Position
		}
		require.Equal(t, want, got, "pages of %d", limit)
	}
	none, err := s.ReadAll(t.Context(), want[9].Position, 5)
	require.NoError(t, err)
	require.Empty(t, none)

	first, err := s.ReadAll(t.Context(), 0, 1)
	require.NoError(t, err)
	require.Len(t, first, 1)
	require.LessOrEqual(t, first[0].Position, want[0].Position)
}

func head(t *testing.T, s Store) {
	for _, r := range scatter(t, s, 3) {
		require.LessOrEqual(t, r.Position, headOf(t, s))
	}
	stream := newStream()
	w, err := s.Append(t.Context(), stream, eventstore.NoStream, drafts(3))
	require.NoError(t, err)
	require.Equal(t, w.Position, headOf(t, s))
}

func at(t *testing.T, s Store) {
	want := scatter(t, s, 4)
	for i, r := range want {
		got, found, err := s.At(t.Context(), r.Position)
		require.NoError(t, err)
		require.True(t, found)
		require.Equal(t, r, got)
		if i > 0 && r.Position > want[i-1].Position+1 {
			_, found, err = s.At(t.Context(), r.Position-1)
			require.NoError(t, err)
			assert.False(t, found, "there is no record between two neighbours")
		}
	}
	for _, nowhere := range []uint64{0, headOf(t, s) + 1, headOf(t, s) + 1<<40} {
		_, found, err := s.At(t.Context(), nowhere)
		require.NoError(t, err)
		require.False(t, found, "position %d", nowhere)
	}
}
