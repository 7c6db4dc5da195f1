package storetest

import (
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"kassa/eventstore"
)

// model performs random appends, most of them near the truth and some with ids
// used before, on a store and on one list of ids for each stream.
func model(t *testing.T, s Store) {
	rapid.Check(t, func(t *rapid.T) {
		begin, err := s.Head(t.Context())
		require.NoError(t, err)
		last := begin
		streams := []string{newStream(), newStream()}
		expect := map[string][]uuid.UUID{}
		wrote := map[string][]eventstore.Written{} // where each event was said to be
		order := []uuid.UUID{}
		pool := idsOf(drafts(6))
		for range rapid.IntRange(1, 10).Draw(t, "appends") {
			stream := rapid.SampledFrom(streams).Draw(t, "stream")
			known := expect[stream]
			expected := eventstore.Revision(rapid.IntRange(-1, len(known)).Draw(t, "expected"))
			if rapid.Bool().Draw(t, "at the last revision") {
				expected = eventstore.Revision(len(known)) - 1
			}
			var batch []eventstore.Draft
			for _, id := range rapid.SliceOfNDistinct(rapid.SampledFrom(pool), 1, 3, rapid.ID).Draw(t, "ids") {
				batch = append(batch, draft(id))
			}
			if rapid.Bool().Draw(t, "repeat") && len(known) > 0 {
				batch, expected = repeat(t, known)
			}

			got, err := s.Append(t.Context(), stream, expected, batch)
			next := int(expected) + 1
			end := next + len(batch)
			switch {
			case next == len(known):
				require.NoError(t, err)
				require.Equal(t, eventstore.Revision(end-1), got.Revision)
				require.Greater(t, got.Position, last)
				expect[stream] = append(known, idsOf(batch)...)
				wrote[stream] = append(wrote[stream], make([]eventstore.Written, len(batch))...)
				wrote[stream][end-1] = got
				order, last = append(order, idsOf(batch)...), got.Position
			case end <= len(known) && slices.Equal(known[next:end], idsOf(batch)):
				require.NoError(t, err)
				require.Equal(t, eventstore.Revision(end-1), got.Revision)
				if first := wrote[stream][end-1]; first.Position != 0 {
					require.Equal(t, first, got)
				}
			default:
				require.ErrorIs(t, err, eventstore.ErrConflict)
			}
		}
		for stream, want := range expect {
			records, err := s.Read(t.Context(), stream)
			require.NoError(t, err)
			require.Equal(t, want, ids(records))
		}
		all, err := s.ReadAll(t.Context(), begin, len(order)+1)
		require.NoError(t, err)
		require.Equal(t, order, ids(all))
	})
}

// repeat draws a stretch of what the stream holds, as its append would come
// again.
func repeat(t *rapid.T, known []uuid.UUID) ([]eventstore.Draft, eventstore.Revision) {
	from := rapid.IntRange(0, len(known)-1).Draw(t, "from")
	to := rapid.IntRange(from+1, len(known)).Draw(t, "to")
	var batch []eventstore.Draft
	for _, id := range known[from:to] {
		batch = append(batch, draft(id))
	}
	return batch, eventstore.Revision(from) - 1
}
