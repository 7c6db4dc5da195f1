package journal

import (
	"context"
	"errors"
	"math"
)

// Direction of reading.
type Direction bool

// Directions.
const (
	Forwards  Direction = false
	Backwards Direction = true
)

// End is a revision or position after every record.
const End = math.MaxInt64

// ErrNoStream says that there are no events to read: never written, or deleted.
var ErrNoStream = errors.New("journal: no such stream")

// Page is a run of records.
type Page struct {
	Records []*Record
	More    bool // there may be more in this direction
}

// ReadAll returns up to limit records of the whole journal, or fewer: those
// after position forwards, those before it backwards.
func (j *Journal) ReadAll(ctx context.Context, d Direction, position int64, limit int) (Page, error) {
	p, err := readPage(ctx, j.reader.all[d], limit, position)
	j.failIfDisk(err)
	return p, err
}

// ReadStream returns up to limit records of a stream, or fewer: from revision
// on, that one included, without what its metadata hides. The error is
// ErrNoStream or a *Deleted when there is nothing to read from any revision.
func (j *Journal) ReadStream(ctx context.Context, stream string, d Direction, revision int64, limit int) (Page, error) {
	p, err := j.reader.readStream(ctx, stream, d, revision, limit, ticks(j.now()))
	j.failIfDisk(err)
	return p, err
}

// Exists reports whether a record is at position.
func (j *Journal) Exists(ctx context.Context, position int64) (bool, error) {
	found, err := j.reader.exists(ctx, position)
	j.failIfDisk(err)
	return found, err
}

// Last is the position of the newest record; 0 when there is none.
func (j *Journal) Last() int64 { return j.tail.end() }

// Follow returns up to limit records after position without touching the disk,
// and a channel that closes when there are more. ok is false when position is
// too far back: read on with ReadAll, or ReadStream, until it no longer is.
func (j *Journal) Follow(position int64, limit int) (records []*Record, more <-chan struct{}, ok bool) {
	return j.tail.after(position, limit)
}
