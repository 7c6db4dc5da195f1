package esdb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"strings"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"kassa/eventstore"
)

// Read returns a stream's records in order; an absent stream has none.
func (s *Store) Read(ctx context.Context, stream string) ([]eventstore.Record, error) {
	return s.readStream(ctx, stream, esdb.Start{}, math.MaxInt64)
}

func (s *Store) readStream(ctx context.Context, stream string, from esdb.StreamPosition, count uint64) ([]eventstore.Record, error) {
	records, err := attempt(ctx, s, func(ctx context.Context, client *esdb.Client) ([]eventstore.Record, error) {
		r, err := client.ReadStream(ctx, stream, esdb.ReadStreamOptions{From: from}, count)
		if err != nil {
			return nil, translate(err)
		}
		var out []eventstore.Record
		for e, err := range events(r) {
			if err != nil {
				return nil, err
			}
			record, err := decode(e)
			if err != nil {
				return nil, err
			}
			out = append(out, record)
		}
		return out, nil
	})
	if errors.Is(err, errAbsent) {
		return nil, nil
	}
	return records, err
}

// ReadAll returns up to limit records after a position, in order; 0 is before
// the first. The store's own records are left out. Fewer than limit means that
// the end was reached. A position must be one that this store has given.
func (s *Store) ReadAll(ctx context.Context, after uint64, limit int) ([]eventstore.Record, error) {
	if limit <= 0 {
		return nil, nil
	}
	return attempt(ctx, s, func(ctx context.Context, client *esdb.Client) ([]eventstore.Record, error) {
		var out []eventstore.Record
		considered := after
		for {
			count := limit + 1 // the record at considered comes again
			r, err := client.ReadAll(ctx, esdb.ReadAllOptions{From: position(considered)}, uint64(count))
			if err != nil {
				return nil, translate(err)
			}
			for e, err := range events(r) {
				if err != nil {
					return nil, err
				}
				count--
				if e.Position.Commit <= considered {
					continue
				}
				considered = e.Position.Commit
				if system(e) {
					continue
				}
				record, err := decode(e)
				if err != nil {
					return nil, err
				}
				if out = append(out, record); len(out) == limit {
					return out, nil
				}
			}
			if count > 0 {
				return out, nil
			}
		}
	})
}

// At returns the record at exactly that position.
func (s *Store) At(ctx context.Context, at uint64) (eventstore.Record, bool, error) {
	if at == 0 {
		return eventstore.Record{}, false, nil
	}
	found, err := s.first(ctx, esdb.ReadAllOptions{From: position(at)}, 1)
	if status.Code(err) == codes.InvalidArgument { // no record starts there
		return eventstore.Record{}, false, nil
	}
	if err != nil || found.Position != at {
		return eventstore.Record{}, false, err
	}
	return found, true, nil
}

// Head is the position of the last record that is not the store's own; 0 if
// there is none.
func (s *Store) Head(ctx context.Context) (uint64, error) {
	backwards := esdb.ReadAllOptions{Direction: esdb.Backwards, From: esdb.End{}}
	// Asked for everything, a server begins with a whole page.
	last, err := s.first(ctx, backwards, 4)
	if err == nil && last.Position == 0 {
		last, err = s.first(ctx, backwards, math.MaxInt64)
	}
	return last.Position, err
}

// first is the first of count records that is not the store's own, or the zero
// record.
func (s *Store) first(ctx context.Context, options esdb.ReadAllOptions, count uint64) (eventstore.Record, error) {
	return attempt(ctx, s, func(ctx context.Context, client *esdb.Client) (eventstore.Record, error) {
		r, err := client.ReadAll(ctx, options, count)
		if err != nil {
			return eventstore.Record{}, translate(err)
		}
		for e, err := range events(r) {
			if err != nil {
				return eventstore.Record{}, err
			}
			if !system(e) {
				return decode(e)
			}
		}
		return eventstore.Record{}, nil
	})
}

// events yields what r reads, and closes it. An error is translated and the
// last thing yielded.
func events(r *esdb.ReadStream) iter.Seq2[*esdb.RecordedEvent, error] {
	return func(yield func(*esdb.RecordedEvent, error) bool) {
		defer r.Close()
		for {
			e, err := r.Recv()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(nil, translate(err))
				return
			}
			if !yield(e.OriginalEvent(), nil) {
				return
			}
		}
	}
}

// position is where to read $all from, or what to follow it after. Commit and
// prepare positions differ only inside the explicit transactions of a retired
// protocol.
func position(p uint64) esdb.AllPosition {
	if p == 0 {
		return esdb.Start{}
	}
	return esdb.Position{Commit: p, Prepare: p}
}

// system tells the store's own records: statistics, stream metadata, links,
// tombstones.
func system(e *esdb.RecordedEvent) bool {
	return strings.HasPrefix(e.EventType, "$") || strings.HasPrefix(e.StreamID, "$")
}

func decode(e *esdb.RecordedEvent) (eventstore.Record, error) {
	p := e.Position.Commit
	if p == 0 || p == math.MaxUint64 {
		return eventstore.Record{}, fmt.Errorf("esdb: the server gives %s@%d without its position", e.StreamID, e.EventNumber)
	}
	return eventstore.Record{
		ID: e.EventID, Stream: e.StreamID, Revision: eventstore.Revision(e.EventNumber), Position: p,
		Type: e.EventType, At: e.CreatedDate.UTC(), Data: e.Data, Metadata: e.UserMetadata,
	}, nil
}
