package journal

import (
	"context"
	"fmt"

	"github.com/google/uuid"
)

// Written says where a write ended.
type Written struct {
	Revision int64 // of the stream's last event of this write; -1: nothing there, nothing written
	Position int64 // of its record; 0 only together with -1
}

// action is what a write does once its expectation holds.
type action uint8

const (
	appendEvents action = iota
	deleteStream
	tombstoneStream
)

// write is one request to the writer.
type write struct {
	ctx      context.Context
	action   action
	stream   string
	expected Expected
	events   []Proposed
	size     int
	answer   chan answer // holds one, so the writer never waits
}

type answer struct {
	written Written
	err     error
}

// Pending is a write that is queued: it takes effect in the order of queueing.
type Pending struct {
	w *write
	j *Journal
}

// Append queues events for stream: all are written, or none. The expectation is
// checked and repeats are recognised as [Expected] says. ctx bounds queueing; a
// write whose ctx has ended before its turn does not happen.
func (j *Journal) Append(ctx context.Context, stream string, expected Expected, events []Proposed) (Pending, error) {
	return j.queue(&write{ctx: ctx, action: appendEvents, stream: stream, expected: expected, events: events})
}

// Delete hides the stream's events from readers of the stream. A later append
// brings it back, with revisions that go on. The position is that of the
// metadata that says so.
func (j *Journal) Delete(ctx context.Context, stream string, expected Expected) (Pending, error) {
	return j.queue(&write{ctx: ctx, action: deleteStream, stream: stream, expected: expected})
}

// Tombstone ends the stream, and its metadata, for good.
func (j *Journal) Tombstone(ctx context.Context, stream string, expected Expected) (Pending, error) {
	return j.queue(&write{ctx: ctx, action: tombstoneStream, stream: stream, expected: expected})
}

func (j *Journal) queue(w *write) (Pending, error) {
	for _, e := range w.events {
		w.size += e.size()
	}
	w.answer = make(chan answer, 1)
	select {
	case <-j.closing:
		return Pending{}, ErrClosed
	default:
	}
	select {
	case j.writer.queue <- w:
		return Pending{w: w, j: j}, nil
	case <-j.closing:
		return Pending{}, ErrClosed
	case <-w.ctx.Done():
		return Pending{}, w.ctx.Err()
	}
}

// Wait returns when the write is on disk or is refused: a *WrongRevision, a
// *Deleted, a *Corrupt, ErrClosed, ErrFailed, or the end of ctx, which leaves open whether
// the write happens.
func (p Pending) Wait(ctx context.Context) (Written, error) {
	select {
	case a := <-p.w.answer:
		return a.written, a.err
	case <-ctx.Done():
		return Written{}, ctx.Err()
	case <-p.j.writer.stopped:
	}
	select {
	case a := <-p.w.answer:
		return a.written, a.err
	default: // queued behind the writer's back while it stopped
		return Written{}, ErrClosed
	}
}

// carryOut decides r and inserts what it accepts into the open transaction. An
// error that does not concern r alone dooms the transaction.
func (w *writer) carryOut(ctx context.Context, r *write) (Written, error) {
	h, err := w.head(ctx, r.stream)
	if err != nil {
		return Written{}, err
	}
	events := r.events
	switch r.action {
	case deleteStream:
		if h.last < 0 && !h.tombstoned {
			return Written{}, &WrongRevision{Stream: r.stream, Expected: r.expected, Current: h.last}
		}
		events = []Proposed{{ID: uuid.New(), Type: TypeMetadata, JSON: true, Data: fmt.Appendf(nil, `{"$tb":%d}`, int64(softDeleted))}}
	case tombstoneStream:
		events = []Proposed{{ID: uuid.New(), Type: TypeTombstone}}
	}
	ids := make([]uuid.UUID, len(events))
	for i, e := range events {
		ids[i] = e.ID
	}
	v, err := w.sql.decide(ctx, r.stream, h, r.expected, ids)
	switch {
	case err != nil:
		return Written{}, err
	case len(events) == 0:
		return Written{Revision: h.last, Position: h.lastPosition}, nil
	case !v.insert:
		position, err := w.sql.positionOf(ctx, h.id, v.revision)
		return Written{Revision: v.revision, Position: position}, err
	}
	return w.insert(ctx, r, h, events)
}

func (w *writer) insert(ctx context.Context, r *write, h *head, events []Proposed) (Written, error) {
	switch r.action {
	case deleteStream:
		return w.put(ctx, MetaStream(r.stream), events[0])
	case tombstoneStream:
		return w.putAt(ctx, r.stream, h, TombstoneRevision, events[0])
	}
	if h.rules.deleted() && !IsMeta(r.stream) {
		revived := Proposed{ID: uuid.New(), Type: TypeMetadata, JSON: true, Data: withTruncateBefore(h.meta, h.last+1)}
		if _, err := w.put(ctx, MetaStream(r.stream), revived); err != nil {
			return Written{}, err
		}
	}
	var last Written
	for _, e := range events {
		var err error
		if last, err = w.put(ctx, r.stream, e); err != nil {
			return Written{}, err
		}
	}
	return last, nil
}
