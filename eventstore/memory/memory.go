// Package memory keeps streams in a map, for tests. It obeys the same storetest
// suite as the real store, so what passes on it may be trusted. It must never
// hold what a product would miss after a restart, nor grow switches that make
// it misbehave: faults belong to the tests that want them.
package memory

import (
	"bytes"
	"cmp"
	"context"
	"iter"
	"slices"
	"sync"
	"time"

	"kassa/eventstore"
)

// Store is ready to use as its zero value, by any number of goroutines. The
// bytes of the records it returns must not be modified.
type Store struct {
	Now func() time.Time // nil: time.Now

	mu      sync.Mutex
	streams map[string][]eventstore.Record
	all     []eventstore.Record // in the order of their positions
	changed chan struct{}       // closed by the next append; nil when nobody waits
}

// Append writes drafts after expected, all or none. Repeated with the same ids
// and the same expected revision it answers as the first time and writes
// nothing; anything else at another revision is eventstore.ErrConflict.
func (s *Store) Append(ctx context.Context, stream string, expected eventstore.Revision, drafts []eventstore.Draft) (eventstore.Written, error) {
	if err := eventstore.CheckAppend(stream, expected, drafts); err != nil {
		return eventstore.Written{}, err
	}
	if ctx.Err() != nil {
		return eventstore.Written{}, eventstore.ErrUnavailable.Because(context.Cause(ctx))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	records := s.streams[stream]
	next := int(expected) + 1
	if next < len(records) {
		if w, ok := eventstore.Repeats(records[next:], drafts); ok {
			return w, nil
		}
	}
	if next != len(records) {
		return eventstore.Written{}, eventstore.ErrConflict
	}
	return s.write(stream, drafts), nil
}

func (s *Store) write(stream string, drafts []eventstore.Draft) eventstore.Written {
	now := time.Now
	if s.Now != nil {
		now = s.Now
	}
	at, records := now().UTC(), s.streams[stream]
	for _, d := range drafts {
		r := eventstore.Record{
			ID: d.ID, Stream: stream, Revision: eventstore.Revision(len(records)),
			Position: s.end() + gap(d), Type: d.Type, At: at,
			Data: bytes.Clone(d.Data), Metadata: bytes.Clone(d.Metadata),
		}
		records, s.all = append(records, r), append(s.all, r)
	}
	if s.streams == nil {
		s.streams = map[string][]eventstore.Record{}
	}
	s.streams[stream] = records
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
	last := records[len(records)-1]
	return eventstore.Written{Revision: last.Revision, Position: last.Position}
}

// gap keeps positions sparse, like offsets in a log, so that nobody comes to
// rely on position+1.
func gap(d eventstore.Draft) uint64 {
	return uint64(100 + len(d.Type) + len(d.Data) + len(d.Metadata))
}

func (s *Store) end() uint64 {
	if len(s.all) == 0 {
		return 0
	}
	return s.all[len(s.all)-1].Position
}

// Read returns a stream's records in order; an absent stream has none.
func (s *Store) Read(_ context.Context, stream string) ([]eventstore.Record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.streams[stream]), nil
}

// ReadAll returns up to limit records after a position, in order; 0 is before
// the first. Fewer than limit means that the end was reached.
func (s *Store) ReadAll(_ context.Context, after uint64, limit int) ([]eventstore.Record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	records := s.after(after)
	return slices.Clone(records[:min(max(limit, 0), len(records))]), nil
}

// At returns the record at exactly that position.
func (s *Store) At(_ context.Context, position uint64) (eventstore.Record, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, found := s.find(position)
	if !found {
		return eventstore.Record{}, false, nil
	}
	return s.all[i], true, nil
}

// Head is the position of the last record; 0 if there is none.
func (s *Store) Head(context.Context) (uint64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.end(), nil
}

// Follow yields every record after a position, then CaughtUp once, then what is
// appended from then on. It ends with ctx, whose cause is its one error.
func (s *Store) Follow(ctx context.Context, after uint64) iter.Seq2[eventstore.Delivery, error] {
	return func(yield func(eventstore.Delivery, error) bool) {
		position, caughtUp := after, false
		for ctx.Err() == nil {
			records, changed := s.tail(position)
			for _, r := range records {
				position = r.Position
				if !yield(eventstore.Delivery{Record: &r, Position: position}, nil) {
					return
				}
				if ctx.Err() != nil {
					break
				}
			}
			if len(records) > 0 {
				continue
			}
			if !caughtUp && !yield(eventstore.Delivery{Position: position, CaughtUp: true}, nil) {
				return
			}
			caughtUp = true
			select {
			case <-changed:
			case <-ctx.Done():
			}
		}
		yield(eventstore.Delivery{}, context.Cause(ctx))
	}
}

// tail returns what follows position now, and a channel closed as soon as there
// is more.
func (s *Store) tail(position uint64) ([]eventstore.Record, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.changed == nil {
		s.changed = make(chan struct{})
	}
	return s.after(position), s.changed
}

func (s *Store) after(position uint64) []eventstore.Record {
	i, found := s.find(position)
	if found {
		i++
	}
	return slices.Clip(s.all[i:])
}

func (s *Store) find(position uint64) (int, bool) {
	return slices.BinarySearchFunc(s.all, position, func(r eventstore.Record, p uint64) int { return cmp.Compare(r.Position, p) })
}
