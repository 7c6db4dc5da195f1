package eventstore

import (
	"fmt"
	"strings"

	"github.com/google/uuid"
)

// CheckAppend refuses what no store may be asked to write. ErrTooLarge is the
// caller's to hear; the other refusals are programming errors: an empty batch, a
// zero id (the official client would replace it by a random one and lose the
// append's idempotency), a nameless event, a name of the store's own ("$…"), an
// expected revision that names none.
func CheckAppend(stream string, expected Revision, drafts []Draft) error {
	switch {
	case stream == "" || strings.HasPrefix(stream, "$"):
		return fmt.Errorf("eventstore: %q is not a stream to append to", stream)
	case expected < NoStream:
		return fmt.Errorf("eventstore: %s: expected revision %d", stream, expected)
	case len(drafts) == 0:
		return fmt.Errorf("eventstore: %s: nothing to append", stream)
	}
	size := 0
	for i, d := range drafts {
		if d.ID == uuid.Nil {
			return fmt.Errorf("eventstore: %s: event %d has a zero id", stream, i)
		}
		if d.Type == "" || strings.HasPrefix(d.Type, "$") {
			return fmt.Errorf("eventstore: %s: event %d has the type %q", stream, i, d.Type)
		}
		if len(d.Metadata) > MaxMetadata {
			return ErrTooLarge.Because(fmt.Errorf("%s: %d bytes of metadata, at most %d", stream, len(d.Metadata), MaxMetadata))
		}
		size += len(d.Data) + len(d.Metadata) + 2*len(d.Type)
	}
	if size > MaxAppend {
		return ErrTooLarge.Because(fmt.Errorf("%s: %d bytes, at most %d", stream, size, MaxAppend))
	}
	return nil
}

// Repeats tells an append's second delivery from a conflict: whether the records
// that follow its expected revision begin with exactly its drafts, by id. If so
// it also says where the first delivery ended.
func Repeats(following []Record, drafts []Draft) (Written, bool) {
	if len(drafts) == 0 || len(following) < len(drafts) {
		return Written{}, false
	}
	for i, d := range drafts {
		if following[i].ID != d.ID {
			return Written{}, false
		}
	}
	last := following[len(drafts)-1]
	return Written{Revision: last.Revision, Position: last.Position}, true
}
