package protocoltest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// patience is how long anything may take before a test gives up on it.
const patience = 30 * time.Second

// fixture is a client, and words for what tests do with it.
type fixture struct {
	t   require.TestingT
	c   *esdb.Client
	ctx context.Context
}

func newFixture(t *testing.T, c *esdb.Client) fixture {
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
	t.Cleanup(cancel)
	return fixture{t: t, c: c, ctx: ctx}
}

// newStream names a stream nobody else has.
func newStream() string { return "contract-" + uuid.NewString() }

// event is an event with a fresh id.
func event() esdb.EventData { return eventWithID(uuid.New()) }

func eventWithID(id uuid.UUID) esdb.EventData {
	return esdb.EventData{EventID: id, EventType: "contract.tested.v1", ContentType: esdb.ContentTypeJson, Data: fmt.Appendf(nil, `{"id":%q}`, id)}
}

func eventsWithIDs(ids []uuid.UUID) []esdb.EventData {
	events := make([]esdb.EventData, len(ids))
	for i, id := range ids {
		events[i] = eventWithID(id)
	}
	return events
}

func someEvents(n int) []esdb.EventData {
	events := make([]esdb.EventData, n)
	for i := range events {
		events[i] = event()
	}
	return events
}

func (f fixture) append(stream string, expected esdb.ExpectedRevision, events ...esdb.EventData) (*esdb.WriteResult, error) {
	return f.c.AppendToStream(f.ctx, stream, esdb.AppendToStreamOptions{ExpectedRevision: expected}, events...)
}

func (f fixture) mustAppend(stream string, expected esdb.ExpectedRevision, events ...esdb.EventData) *esdb.WriteResult {
	w, err := f.append(stream, expected, events...)
	require.NoError(f.t, err)
	require.NotZero(f.t, w.CommitPosition)
	return w
}

func (f fixture) delete(stream string, expected esdb.ExpectedRevision) (*esdb.DeleteResult, error) {
	return f.c.DeleteStream(f.ctx, stream, esdb.DeleteStreamOptions{ExpectedRevision: expected})
}

func (f fixture) mustDelete(stream string) *esdb.DeleteResult {
	d, err := f.delete(stream, esdb.Any{})
	require.NoError(f.t, err)
	return d
}

func (f fixture) tombstone(stream string, expected esdb.ExpectedRevision) (*esdb.DeleteResult, error) {
	return f.c.TombstoneStream(f.ctx, stream, esdb.TombstoneStreamOptions{ExpectedRevision: expected})
}

func (f fixture) mustTombstone(stream string) *esdb.DeleteResult {
	d, err := f.tombstone(stream, esdb.Any{})
	require.NoError(f.t, err)
	return d
}

func (f fixture) setMetadata(stream string, json string) *esdb.WriteResult {
	return f.mustAppend("$$"+stream, esdb.Any{}, esdb.EventData{EventID: uuid.New(), EventType: "$metadata", ContentType: esdb.ContentTypeJson, Data: []byte(json)})
}

// read is every event of a stream that may be seen, in order.
func (f fixture) read(stream string) ([]*esdb.RecordedEvent, error) {
	return f.readFrom(stream, esdb.ReadStreamOptions{From: esdb.Start{}}, math.MaxUint64)
}

func (f fixture) readFrom(stream string, o esdb.ReadStreamOptions, count uint64) ([]*esdb.RecordedEvent, error) {
	r, err := f.c.ReadStream(f.ctx, stream, o, count)
	if err != nil {
		return nil, err
	}
	return drain(r)
}

func (f fixture) readAll(o esdb.ReadAllOptions, count uint64) ([]*esdb.RecordedEvent, error) {
	r, err := f.c.ReadAll(f.ctx, o, count)
	if err != nil {
		return nil, err
	}
	return drain(r)
}

func drain(r *esdb.ReadStream) ([]*esdb.RecordedEvent, error) {
	defer r.Close()
	var events []*esdb.RecordedEvent
	for {
		e, err := r.Recv()
		if errors.Is(err, io.EOF) {
			return events, nil
		}
		if err != nil {
			return events, err
		}
		events = append(events, e.OriginalEvent())
	}
}

// head is the position of the newest event of all.
func (f fixture) head() esdb.Position {
	newest, err := f.readAll(esdb.ReadAllOptions{Direction: esdb.Backwards, From: esdb.End{}}, 1)
	require.NoError(f.t, err)
	require.Len(f.t, newest, 1)
	return newest[0].Position
}

// codeOf is how the client classifies err; -1 is no error.
func codeOf(err error) esdb.ErrorCode {
	var e *esdb.Error
	switch {
	case err == nil:
		return -1
	case errors.As(err, &e):
		return e.Code()
	default:
		return esdb.ErrorCodeUnknown
	}
}

func revisions(events []*esdb.RecordedEvent) []uint64 {
	out := make([]uint64, len(events))
	for i, e := range events {
		out[i] = e.EventNumber
	}
	return out
}

func ids(events []*esdb.RecordedEvent) []uuid.UUID {
	out := make([]uuid.UUID, len(events))
	for i, e := range events {
		out[i] = e.EventID
	}
	return out
}
