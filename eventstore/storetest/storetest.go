// Package storetest is the contract every event store keeps, as a suite that
// runs unchanged against any of them. It knows nothing of how a store is made,
// and it must stay so: what one store alone promises is tested beside that
// store.
//
// The suite does not need an empty store, only one nobody else writes to while
// it runs: every test names its own streams and starts at the head it found.
package storetest

import (
	"context"
	"fmt"
	"iter"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"kassa/eventstore"
)

// Store is what a store offers. Consumers ask for less, each in its own words.
type Store interface {
	Append(ctx context.Context, stream string, expected eventstore.Revision, drafts []eventstore.Draft) (eventstore.Written, error)
	Read(ctx context.Context, stream string) ([]eventstore.Record, error)
	ReadAll(ctx context.Context, after uint64, limit int) ([]eventstore.Record, error)
	At(ctx context.Context, position uint64) (eventstore.Record, bool, error)
	Head(ctx context.Context) (uint64, error)
	Follow(ctx context.Context, after uint64) iter.Seq2[eventstore.Delivery, error]
}

// Run holds the store that open gives to the contract. open is called once for
// each test; it may give the same store each time.
func Run(t *testing.T, open func(*testing.T) Store) {
	for _, part := range []struct {
		name string
		test func(*testing.T, Store)
	}{
		{"an append is taken at the expected revision only", expectedRevisions},
		{"a repeated append answers as the first time", repeatedAppend},
		{"an append that only begins like the first is a conflict", partialOverlap},
		{"several events are stored together or not at all", atomicAppend},
		{"one of many writers wins", rivals},
		{"parallel appends to many streams are all kept", parallelAppends},
		{"what no store may keep is refused", refusals},
		{"bytes come back unchanged", rawBytes},
		{"an absent stream has no records", absentStream},
		{"the whole store is read in pages, in order", readAllPages},
		{"the head is the last record's position", head},
		{"a record is found at its position only", at},
		{"following hands over from history to live", followLive},
		{"following many writers misses and repeats nothing", followConcurrent},
		{"following resumes after any position", followResumes},
		{"following ends with its context", followEnds},
		{"any sequence of appends agrees with a model", model},
	} {
		t.Run(part.name, func(t *testing.T) { part.test(t, open(t)) })
	}
}

// newStream names a stream nobody has written to.
func newStream() string { return "storetest-" + uuid.NewString() }

// drafts makes n events with new ids.
func drafts(n int) []eventstore.Draft {
	out := make([]eventstore.Draft, n)
	for i := range out {
		out[i] = draft(uuid.New())
	}
	return out
}

func draft(id uuid.UUID) eventstore.Draft {
	return eventstore.Draft{
		ID: id, Type: "storetest.happened.v1",
		Data: fmt.Appendf(nil, `{"id":%q}`, id), Metadata: []byte(`{"tid":"t"}`),
	}
}

// add appends n new events and returns their records.
func add(t *testing.T, s Store, stream string, expected eventstore.Revision, n int) []eventstore.Record {
	t.Helper()
	batch := drafts(n)
	written, err := s.Append(t.Context(), stream, expected, batch)
	require.NoError(t, err)
	require.Equal(t, expected+eventstore.Revision(n), written.Revision)
	records, err := s.Read(t.Context(), stream)
	require.NoError(t, err)
	require.Len(t, records, int(expected)+1+n)
	added := records[expected+1:]
	require.Equal(t, idsOf(batch), ids(added))
	require.Equal(t, added[n-1].Position, written.Position)
	return added
}

func headOf(t *testing.T, s Store) uint64 {
	t.Helper()
	p, err := s.Head(t.Context())
	require.NoError(t, err)
	return p
}

func ids(records []eventstore.Record) []uuid.UUID {
	out := make([]uuid.UUID, len(records))
	for i, r := range records {
		out[i] = r.ID
	}
	return out
}

func idsOf(batch []eventstore.Draft) []uuid.UUID {
	out := make([]uuid.UUID, len(batch))
	for i, d := range batch {
		out[i] = d.ID
	}
	return out
}
