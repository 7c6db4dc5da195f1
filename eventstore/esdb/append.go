package esdb

import (
	"context"
	"errors"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"kassa/eventstore"
)

// Append writes drafts after expected, all or none. Repeated with the same ids
// and the same expected revision it answers as the first time and writes
// nothing; anything else at another revision is eventstore.ErrConflict. A
// failure that leaves the outcome open is retried unchanged while ctx lasts,
// then reported as eventstore.ErrUnavailable. ErrTooLarge is said before
// anything is sent; ErrGone, when the stream was deleted for good.
func (s *Store) Append(ctx context.Context, stream string, expected eventstore.Revision, drafts []eventstore.Draft) (eventstore.Written, error) {
	if err := eventstore.CheckAppend(stream, expected, drafts); err != nil {
		return eventstore.Written{}, err
	}
	events := proposals(drafts)
	written, err := attempt(ctx, s, func(ctx context.Context, client *esdb.Client) (eventstore.Written, error) {
		return s.send(ctx, client, stream, expected, events)
	})
	if errors.Is(err, eventstore.ErrConflict) {
		return s.settle(ctx, stream, expected, drafts, err)
	}
	return written, err
}

func (s *Store) send(ctx context.Context, client *esdb.Client, stream string, expected eventstore.Revision, events []esdb.EventData) (eventstore.Written, error) {
	timeout := s.patience / 3 // a lost answer leaves room to ask again
	result, err := client.AppendToStream(ctx, stream, esdb.AppendToStreamOptions{ExpectedRevision: revision(expected), Deadline: &timeout}, events...)
	if err != nil {
		return eventstore.Written{}, translate(err)
	}
	// The client takes an answer without a result for success.
	if result.CommitPosition == 0 {
		return eventstore.Written{}, eventstore.ErrUnavailable.Because(errors.New("esdb: the append was answered without a position"))
	}
	return eventstore.Written{Revision: eventstore.Revision(result.NextExpectedVersion), Position: result.CommitPosition}, nil
}

// settle looks whether the events in the way of an append are its own, stored by
// an attempt whose answer was lost. Until that is known nobody may be told of a
// conflict: a failure to look is ErrUnavailable.
func (s *Store) settle(ctx context.Context, stream string, expected eventstore.Revision, drafts []eventstore.Draft, conflict error) (eventstore.Written, error) {
	following, err := s.readStream(ctx, stream, esdb.Revision(uint64(expected+1)), uint64(len(drafts)))
	if err != nil {
		return eventstore.Written{}, err
	}
	if written, ok := eventstore.Repeats(following, drafts); ok {
		return written, nil
	}
	return eventstore.Written{}, conflict
}

// revision is never esdb.Any: with it the server's idempotency is a best effort.
func revision(r eventstore.Revision) esdb.ExpectedRevision {
	if r == eventstore.NoStream {
		return esdb.NoStream{}
	}
	return esdb.Revision(uint64(r))
}

func proposals(drafts []eventstore.Draft) []esdb.EventData {
	out := make([]esdb.EventData, len(drafts))
	for i, d := range drafts {
		out[i] = esdb.EventData{EventID: d.ID, EventType: d.Type, ContentType: esdb.ContentTypeJson, Data: d.Data, Metadata: d.Metadata}
	}
	return out
}
