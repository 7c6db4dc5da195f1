package journal

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"time"

	"github.com/google/uuid"
)

// TombstoneRevision is where the record that ends a stream for good is kept.
const TombstoneRevision = math.MaxInt64

// Types of the records the journal writes by itself.
const (
	TypeMetadata  = "$metadata"
	TypeTombstone = "$streamDeleted"
)

// Proposed is an event somebody wants appended.
type Proposed struct {
	ID       uuid.UUID
	Type     string
	JSON     bool // Data is JSON, as its writer declared
	Data     []byte
	Metadata []byte
}

// size is what a stream of such events grows by, as limits count it.
func (p Proposed) size() int { return len(p.Data) + len(p.Metadata) + 2*len(p.Type) }

// Record is an event as kept. Its bytes are shared: never change them.
type Record struct {
	Proposed
	Stream   string
	Revision int64
	Position int64 // increasing over the whole journal, above 0, sparse
	Created  int64 // 100 ns ticks since 1970, UTC
}

// recordHeader is what a record's fixed fields take up in a log of records.
const recordHeader = 64

// length is by how much a record advances the position. Positions are those of
// a log of bytes, so nobody can come to rely on the next being one further.
func (r Record) length() int64 {
	return recordHeader + int64(len(r.Stream)+len(r.Type)+len(r.Data)+len(r.Metadata))
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// checksum covers every field, each with its length, so that neither a flipped
// bit nor a byte moved between fields goes unnoticed.
func (r Record) checksum() int64 {
	fixed := make([]byte, 0, 80)
	for _, n := range []int64{r.Position, r.Revision, r.Created, int64(len(r.Stream)), int64(len(r.Type)), int64(len(r.Data)), int64(len(r.Metadata))} {
		fixed = binary.BigEndian.AppendUint64(fixed, uint64(n))
	}
	fixed = append(fixed, r.ID[:]...)
	if r.JSON {
		fixed = append(fixed, 1)
	}
	sum := crc32.Update(0, castagnoli, fixed)
	sum = crc32.Update(sum, castagnoli, []byte(r.Stream))
	sum = crc32.Update(sum, castagnoli, []byte(r.Type))
	sum = crc32.Update(sum, castagnoli, r.Data)
	return int64(crc32.Update(sum, castagnoli, r.Metadata))
}

// Corrupt says that a record is not what was written.
type Corrupt struct{ Position int64 }

func (e *Corrupt) Error() string {
	return fmt.Sprintf("journal: the record at position %d does not match its checksum", e.Position)
}

// recordColumns go with scanRecord, in this order, from events e and streams s.
const recordColumns = `e.position, s.name, e.revision, e.id, e.type, e.json, e.created, e.data, e.metadata, e.checksum`

// scanRecord reads a row of recordColumns and verifies it.
func scanRecord(scan func(...any) error) (*Record, error) {
	var (
		r   Record
		id  []byte
		sum int64
	)
	if err := scan(&r.Position, &r.Stream, &r.Revision, &id, &r.Type, &r.JSON, &r.Created, &r.Data, &r.Metadata, &sum); err != nil {
		return nil, err
	}
	if copy(r.ID[:], id) != len(r.ID) || r.checksum() != sum {
		return nil, &Corrupt{Position: r.Position}
	}
	return &r, nil
}

// ticks is t in the unit of Record.Created.
func ticks(t time.Time) int64 { return t.UnixNano() / 100 }
