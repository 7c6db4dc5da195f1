package embedded

import (
	"encoding/binary"
	"math"
	"strconv"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"

	"kassa/eventstore/embedded/internal/journal"
)

// Keys of the metadata that travels beside an event. Clients end their process
// over a record without keyCreated.
const (
	keyType        = "type"
	keyContentType = "content-type"
	keyCreated     = "created"

	contentJSON  = "application/json"
	contentBytes = "application/octet-stream"
)

var empty = &shared.Empty{}

func identifier(stream string) *shared.StreamIdentifier {
	return &shared.StreamIdentifier{StreamName: []byte(stream)}
}

// structuredID is an id as its two halves, big-endian.
func structuredID(id uuid.UUID) *shared.UUID {
	return &shared.UUID{Value: &shared.UUID_Structured_{Structured: &shared.UUID_Structured{
		MostSignificantBits:  int64(binary.BigEndian.Uint64(id[:8])),
		LeastSignificantBits: int64(binary.BigEndian.Uint64(id[8:])),
	}}}
}

func stringID(id uuid.UUID) *shared.UUID {
	return &shared.UUID{Value: &shared.UUID_String_{String_: id.String()}}
}

// parseID reads an id in either form.
func parseID(id *shared.UUID) (uuid.UUID, error) {
	s := id.GetStructured()
	if s == nil {
		return uuid.Parse(id.GetString_())
	}
	var out uuid.UUID
	binary.BigEndian.PutUint64(out[:8], uint64(s.MostSignificantBits))
	binary.BigEndian.PutUint64(out[8:], uint64(s.LeastSignificantBits))
	return out, nil
}

// recorded is a record as clients expect it; id is their choice of form.
func recorded(r *journal.Record, id func(uuid.UUID) *shared.UUID) *streams.ReadResp_ReadEvent_RecordedEvent {
	content := contentBytes
	if r.JSON {
		content = contentJSON
	}
	return &streams.ReadResp_ReadEvent_RecordedEvent{
		Id:               id(r.ID),
		StreamIdentifier: identifier(r.Stream),
		StreamRevision:   uint64(r.Revision),
		CommitPosition:   uint64(r.Position),
		PreparePosition:  uint64(r.Position),
		Metadata:         map[string]string{keyType: r.Type, keyContentType: content, keyCreated: strconv.FormatInt(r.Created, 10)},
		CustomMetadata:   r.Metadata,
		Data:             r.Data,
	}
}

// expectation is the part that all requests with an expected revision share.
type expectation interface {
	GetRevision() uint64
	GetNoStream() *shared.Empty
	GetAny() *shared.Empty
	GetStreamExists() *shared.Empty
}

func expected(e expectation) (journal.Expected, error) {
	switch {
	case e.GetAny() != nil:
		return journal.Any, nil
	case e.GetNoStream() != nil:
		return journal.NoStream, nil
	case e.GetStreamExists() != nil:
		return journal.StreamExists, nil
	}
	return exactly(e.GetRevision())
}

func exactly(revision uint64) (journal.Expected, error) {
	if revision >= math.MaxInt64 {
		return 0, invalid("The expected revision is out of range.")
	}
	return journal.Expected(revision), nil
}

// signed is a client's revision or position; those may exceed any of ours.
func signed(n uint64) int64 { return int64(min(n, math.MaxInt64)) }
