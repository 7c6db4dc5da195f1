package storetest

import (
	"bytes"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/eventstore"
)

func expectedRevisions(t *testing.T, s Store) {
	for _, c := range []struct {
		name     string
		existing int
		expected eventstore.Revision
		want     error
	}{
		{"no stream, on a new stream", 0, eventstore.NoStream, nil},
		{"a revision, on a new stream", 0, 0, eventstore.ErrConflict},
		{"no stream, on a stream with events", 2, eventstore.NoStream, eventstore.ErrConflict},
		{"the revision before the last", 2, 0, eventstore.ErrConflict},
		{"the last revision", 2, 1, nil},
		{"a revision after the last", 2, 2, eventstore.ErrConflict},
		{"a revision far after the last", 2, math.MaxInt32, eventstore.ErrConflict},
	} {
		t.Run(c.name, func(t *testing.T) {
			stream := newStream()
			if c.existing > 0 {
				add(t, s, stream, eventstore.NoStream, c.existing)
			}
			start := headOf(t, s)
			written, err := s.Append(t.Context(), stream, c.expected, drafts(1))
			if c.want != nil {
				require.ErrorIs(t, err, c.want)
				require.Equal(t, start, headOf(t, s), "a refused append wrote something")
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.expected+1, written.Revision)
			require.Greater(t, written.Position, start)
		})
	}
}

func repeatedAppend(t *testing.T, s Store) {
	stream, batch := newStream(), drafts(3)
	first, err := s.Append(t.Context(), stream, eventstore.NoStream, batch)
	require.NoError(t, err)
	second, err := s.Append(t.Context(), stream, first.Revision, drafts(1))
	require.NoError(t, err)

	again, err := s.Append(t.Context(), stream, eventstore.NoStream, batch)
	require.NoError(t, err)
	require.Equal(t, first, again)
	require.Equal(t, second.Position, headOf(t, s), "a repeated append wrote something")

	beginning, err := s.Append(t.Context(), stream, eventstore.NoStream, batch[:2])
	require.NoError(t, err)
	require.Equal(t, eventstore.Revision(1), beginning.Revision)
	require.Less(t, beginning.Position, first.Position)
}

func partialOverlap(t *testing.T, s Store) {
	stream, batch := newStream(), drafts(3)
	_, err := s.Append(t.Context(), stream, eventstore.NoStream, batch)
	require.NoError(t, err)
	start := headOf(t, s)
	for name, c := range map[string]struct {
		expected eventstore.Revision
		batch    []eventstore.Draft
	}{
		"goes on past the first":          {eventstore.NoStream, append(slices.Clone(batch), drafts(1)...)},
		"turns away from the first":       {eventstore.NoStream, append(slices.Clone(batch[:2]), drafts(1)...)},
		"has only the last in common":     {eventstore.NoStream, append(drafts(2), batch[2])},
		"has another order":               {eventstore.NoStream, []eventstore.Draft{batch[1], batch[0], batch[2]}},
		"comes with another revision":     {0, batch},
		"ends beyond the stream's last":   {1, append(slices.Clone(batch[2:]), drafts(1)...)},
		"is expected far beyond the last": {9, batch},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := s.Append(t.Context(), stream, c.expected, c.batch)
			require.ErrorIs(t, err, eventstore.ErrConflict)
		})
	}
	require.Equal(t, start, headOf(t, s), "a conflict wrote something")
}

func atomicAppend(t *testing.T, s Store) {
	stream := newStream()
	records := add(t, s, stream, eventstore.NoStream, 5)
	for i, r := range records {
		assert.Equal(t, eventstore.Revision(i), r.Revision)
		assert.Equal(t, stream, r.Stream)
		if i > 0 {
			assert.Greater(t, r.Position, records[i-1].Position)
		}
	}
	_, err := s.Append(t.Context(), stream, 3, drafts(5))
	require.ErrorIs(t, err, eventstore.ErrConflict)
	after, err := s.Read(t.Context(), stream)
	require.NoError(t, err)
	require.Equal(t, records, after)
}

func rivals(t *testing.T, s Store) {
	stream := newStream()
	batches := make([][]eventstore.Draft, 8)
	errs := make([]error, len(batches))
	var wg sync.WaitGroup
	for i := range batches {
		batches[i] = drafts(2)
		wg.Go(func() { _, errs[i] = s.Append(t.Context(), stream, eventstore.NoStream, batches[i]) })
	}
	wg.Wait()
	winner := slices.Index(errs, nil)
	require.GreaterOrEqual(t, winner, 0, "nobody won")
	for i, err := range errs {
		if i != winner {
			require.ErrorIs(t, err, eventstore.ErrConflict)
		}
	}
	records, err := s.Read(t.Context(), stream)
	require.NoError(t, err)
	require.Equal(t, idsOf(batches[winner]), ids(records))
}

func parallelAppends(t *testing.T, s Store) {
	const writers, each = 16, 10
	start := headOf(t, s)
	var mu sync.Mutex
	want := map[uint64]uuid.UUID{}
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			stream := newStream()
			for n := range eventstore.Revision(each) {
				batch := drafts(1)
				w, err := s.Append(t.Context(), stream, n-1, batch)
				if assert.NoError(t, err) {
					mu.Lock()
					want[w.Position] = batch[0].ID
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	require.Len(t, want, writers*each, "two appends got the same position")
	records, err := s.ReadAll(t.Context(), start, writers*each+1)
	require.NoError(t, err)
	require.Len(t, records, writers*each)
	for _, r := range records {
		assert.Equal(t, want[r.Position], r.ID)
	}
}

func refusals(t *testing.T, s Store) {
	start := headOf(t, s)
	huge := draft(uuid.New())
	huge.Data = bytes.Repeat([]byte{' '}, eventstore.MaxAppend)
	for name, c := range map[string]struct {
		stream   string
		expected eventstore.Revision
		batch    []eventstore.Draft
	}{
		"no stream":                  {"", eventstore.NoStream, drafts(1)},
		"a stream of the store's":    {"$mine", eventstore.NoStream, drafts(1)},
		"a revision that is none":    {newStream(), -2, drafts(1)},
		"no events":                  {newStream(), eventstore.NoStream, nil},
		"a zero id":                  {newStream(), eventstore.NoStream, append(drafts(1), draft(uuid.Nil))},
		"an event without a type":    {newStream(), eventstore.NoStream, []eventstore.Draft{{ID: uuid.New()}}},
		"a type of the store's":      {newStream(), eventstore.NoStream, []eventstore.Draft{{ID: uuid.New(), Type: "$metadata"}}},
		"more than an append's size": {newStream(), eventstore.NoStream, []eventstore.Draft{huge}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := s.Append(t.Context(), c.stream, c.expected, c.batch)
			require.Error(t, err)
			require.NotErrorIs(t, err, eventstore.ErrConflict)
			if c.batch != nil && c.batch[0].ID == huge.ID {
				require.ErrorIs(t, err, eventstore.ErrTooLarge)
			}
		})
	}
	require.Equal(t, start, headOf(t, s), "a refused append wrote something")
}

func rawBytes(t *testing.T, s Store) {
	everyByte := make([]byte, 256)
	for i := range everyByte {
		everyByte[i] = byte(i)
	}
	largest := draft(uuid.New())
	largest.Data = bytes.Repeat([]byte{'x'}, eventstore.MaxAppend-len(largest.Metadata)-2*len(largest.Type))
	batches := [][]eventstore.Draft{
		{
			{ID: uuid.New(), Type: "storetest.spaced.v1", Data: []byte(" {\"b\" : 1.0,\n\"a\":\"\\u00e9\"}\n"), Metadata: []byte("{ }")},
			{ID: uuid.New(), Type: "storetest.empty.v1"},
			{ID: uuid.New(), Type: "storetest.ünicode.v1", Data: everyByte, Metadata: everyByte},
		},
		{largest},
	}
	for _, batch := range batches {
		stream, before := newStream(), time.Now()
		_, err := s.Append(t.Context(), stream, eventstore.NoStream, batch)
		require.NoError(t, err)
		records, err := s.Read(t.Context(), stream)
		require.NoError(t, err)
		require.Len(t, records, len(batch))
		for i, r := range records {
			assert.Equal(t, batch[i].ID, r.ID)
			assert.Equal(t, batch[i].Type, r.Type)
			assert.True(t, bytes.Equal(batch[i].Data, r.Data), "data of %s", r.Type)
			assert.True(t, bytes.Equal(batch[i].Metadata, r.Metadata), "metadata of %s", r.Type)
			assert.WithinDuration(t, before, r.At, time.Hour)
			assert.Equal(t, time.UTC, r.At.Location())
		}
	}
}
