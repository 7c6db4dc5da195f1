package journal

import (
	"context"
	"fmt"

	"github.com/google/uuid"
)

// Expected is the revision a writer believes a stream to be at: a number from
// 0, or one of these.
type Expected int64

// Special expectations, with the numbers EventStoreDB gives them.
const (
	NoStream     Expected = -1
	Any          Expected = -2
	StreamExists Expected = -4
)

func (e Expected) String() string {
	switch e {
	case NoStream:
		return "no stream"
	case Any:
		return "any"
	case StreamExists:
		return "an existing stream"
	default:
		return fmt.Sprintf("revision %d", int64(e))
	}
}

// WrongRevision says that a stream is not where its writer believed, and that
// the events after that point are not the writer's own.
type WrongRevision struct {
	Stream   string
	Expected Expected
	Current  int64 // -1: no events
}

func (e *WrongRevision) Error() string {
	return fmt.Sprintf("journal: stream %q is at revision %d, expected %s", e.Stream, e.Current, e.Expected)
}

// Deleted says that a stream was ended for good, or is deleted and was
// expected to exist.
type Deleted struct{ Stream string }

func (e *Deleted) Error() string { return fmt.Sprintf("journal: stream %q is deleted", e.Stream) }

// verdict is what to do about a write: insert its events, or answer with the
// revision that an earlier, identical write ended at.
type verdict struct {
	insert   bool
	revision int64
}

var insert = verdict{insert: true}

// decide compares what a write expects with the head of its stream. The error
// is a *WrongRevision or a *Deleted, or comes from the database.
//
// A write at the current revision is never compared with what is there: using
// an id again is then the writer's business, as in EventStoreDB.
func (s *statements) decide(ctx context.Context, stream string, h *head, expected Expected, ids []uuid.UUID) (verdict, error) {
	wrong := &WrongRevision{Stream: stream, Expected: expected, Current: h.last}
	exists := h.last >= 0 || h.hasMeta
	switch {
	case h.tombstoned, expected == StreamExists && h.rules.deleted():
		return verdict{}, &Deleted{Stream: stream}
	case expected == StreamExists && !exists:
		return verdict{}, wrong
	case expected == Any, expected == StreamExists:
		return s.decideByID(ctx, h, ids, wrong)
	case int64(expected) == h.last:
		return insert, nil
	case int64(expected) > h.last:
		return verdict{}, wrong
	default:
		return s.decideByRevision(ctx, h, ids, wrong)
	}
}

// decideByID looks for the events anywhere in the stream: all there is a
// repeat, the first not there is new, anything else is a different write.
func (s *statements) decideByID(ctx context.Context, h *head, ids []uuid.UUID, wrong *WrongRevision) (verdict, error) {
	if h.last < 0 || len(ids) == 0 {
		return insert, nil
	}
	var revision int64
	for i, id := range ids {
		r, found, err := s.revisionOf(ctx, h.id, id)
		switch {
		case err != nil:
			return verdict{}, err
		case !found && i == 0:
			return insert, nil
		case !found:
			return verdict{}, wrong
		}
		revision = r
	}
	return verdict{revision: revision}, nil
}

// decideByRevision looks for the events right after the expected revision.
func (s *statements) decideByRevision(ctx context.Context, h *head, ids []uuid.UUID, wrong *WrongRevision) (verdict, error) {
	if len(ids) == 0 {
		return verdict{}, wrong
	}
	there, err := s.idsAfter(ctx, h.id, int64(wrong.Expected), len(ids))
	if err != nil {
		return verdict{}, err
	}
	for i, id := range ids {
		switch {
		case i < len(there) && there[i] == id:
		case i == 0 && wrong.Expected == NoStream && h.rules.deleted():
			return insert, nil // a deleted stream may be begun anew
		default:
			return verdict{}, wrong
		}
	}
	return verdict{revision: int64(wrong.Expected) + int64(len(ids))}, nil
}
