package embedded

import (
	"context"
	"errors"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"google.golang.org/grpc/codes"

	"kassa/eventstore/embedded/internal/journal"
)

// followPage is how many records of the tail a subscription takes at a time.
const followPage = 128

// source is what a subscription is to. Its history is on disk, its present in
// the journal's tail.
type source interface {
	// past returns the next records after cursor and the cursor after them.
	past(ctx context.Context, cursor int64) ([]*journal.Record, int64, error)
	// wants tells whether a record of the tail belongs here.
	wants(*journal.Record) (bool, error)
}

// subscription sends a source from a cursor on, for ever. The cursor is a
// position: everything up to it was considered. History is read until the
// tail reaches back to the cursor; from there on the tail is complete, so the
// hand-over has neither gap nor overlap.
type subscription struct {
	*reading
	source
	cursor     int64
	filter     *filter // nil: everything
	considered int     // since the last checkpoint
	reported   int64   // the position the client knows
	stopping   <-chan struct{}
}

func (s *streamsService) subscribeAll(o *streams.ReadReq_Options, r *reading) error {
	f, err := newFilter(o)
	if err != nil {
		return err
	}
	position, err := r.positionOf(o.GetAll())
	if err != nil {
		return err
	}
	if position == journal.End {
		position = s.journal.Last()
	}
	sub := &subscription{reading: r, source: wholeJournal{s.journal}, cursor: position, filter: f, stopping: s.stopping}
	if o.GetAll().GetPosition() != nil {
		sub.reported = position
	}
	return sub.run()
}

func (s *streamsService) subscribeStream(o *streams.ReadReq_Options_StreamOptions, r *reading) error {
	name, err := streamName(o.GetStreamIdentifier())
	if err != nil {
		return err
	}
	one := &oneStream{journal: s.journal, name: name}
	sub := &subscription{reading: r, source: one, cursor: beforeTail, stopping: s.stopping}
	switch {
	case o.GetEnd() != nil:
		if sub.cursor, err = one.skip(r.call.Context()); err != nil {
			return err
		}
	case o.GetStart() == nil:
		one.next = signed(o.GetRevision())
		if one.next < journal.End {
			one.next++ // the revision is the last one the client has
		}
	}
	return sub.run()
}

func (s *subscription) run() error {
	id := uuid.NewString()
	if err := s.call.Send(&streams.ReadResp{Content: &streams.ReadResp_Confirmation{Confirmation: &streams.ReadResp_SubscriptionConfirmation{SubscriptionId: id}}}); err != nil {
		return err
	}
	live := false
	for {
		records, more, ok := s.journal.Follow(s.cursor, followPage)
		var err error
		switch {
		case !ok:
			live, err = false, s.catchUp()
		case len(records) > 0:
			err = s.follow(records)
		default:
			err = s.idle(live, more)
			live = true
		}
		if err != nil {
			return err
		}
	}
}

// catchUp sends a page of history.
func (s *subscription) catchUp() error {
	records, cursor, err := s.past(s.call.Context(), s.cursor)
	if err != nil {
		return err
	}
	for _, r := range records {
		if err := s.consider(r); err != nil {
			return err
		}
	}
	s.cursor = cursor
	return nil
}

func (s *subscription) follow(records []*journal.Record) error {
	for _, r := range records {
		s.cursor = r.Position
		wanted, err := s.wants(r)
		if err != nil {
			return err
		}
		if !wanted {
			continue
		}
		if err := s.consider(r); err != nil {
			return err
		}
	}
	return nil
}

// consider sends r if the filter picks it, and a checkpoint when one is due.
func (s *subscription) consider(r *journal.Record) error {
	if s.filter == nil {
		return s.send(r)
	}
	if s.filter.matches(r) {
		if err := s.send(r); err != nil {
			return err
		}
		s.reported = r.Position
	}
	if s.considered++; s.considered >= s.filter.interval {
		return s.checkpoint(r.Position)
	}
	return nil
}

func (s *subscription) checkpoint(position int64) error {
	s.considered, s.reported = 0, position
	return s.call.Send(&streams.ReadResp{Content: &streams.ReadResp_Checkpoint_{
		Checkpoint: &streams.ReadResp_Checkpoint{CommitPosition: uint64(position), PreparePosition: uint64(position)},
	}})
}

// idle tells the client how far it is, and that it is up to date if that is
// news, and waits for more.
func (s *subscription) idle(live bool, more <-chan struct{}) error {
	if s.filter != nil && s.cursor > s.reported {
		if err := s.checkpoint(s.cursor); err != nil {
			return err
		}
	}
	if !live {
		if err := s.call.Send(&streams.ReadResp{Content: &streams.ReadResp_CaughtUp_{CaughtUp: &streams.ReadResp_CaughtUp{}}}); err != nil {
			return err
		}
	}
	select {
	case <-more:
		return nil
	case <-s.call.Context().Done():
		return s.call.Context().Err()
	case <-s.stopping:
		return &refusal{code: codes.Unavailable, message: "The event store is shutting down."}
	}
}

// wholeJournal is $all.
type wholeJournal struct{ journal *journal.Journal }

func (w wholeJournal) past(ctx context.Context, cursor int64) ([]*journal.Record, int64, error) {
	end := w.journal.Last() // before reading: what comes later may not be in the page
	page, err := w.journal.ReadAll(ctx, journal.Forwards, cursor, journal.End)
	if n := len(page.Records); n > 0 {
		cursor = page.Records[n-1].Position
	}
	if !page.More {
		cursor = max(cursor, end)
	}
	return page.Records, cursor, err
}

func (wholeJournal) wants(*journal.Record) (bool, error) { return true, nil }

// beforeTail is a cursor that the tail never reaches back to.
const beforeTail = -1

// oneStream is a stream; next is the revision its subscriber waits for.
type oneStream struct {
	journal *journal.Journal
	name    string
	next    int64
}

// skip goes to the stream's end and returns the cursor there.
func (o *oneStream) skip(ctx context.Context) (int64, error) {
	end := o.journal.Last()
	page, err := o.journal.ReadStream(ctx, o.name, journal.Backwards, journal.End, 1)
	if errors.Is(err, journal.ErrNoStream) {
		return end, nil
	}
	if err != nil || len(page.Records) == 0 {
		return end, err
	}
	o.next = page.Records[0].Revision + 1
	return max(end, page.Records[0].Position), nil
}

// past leaves the cursor behind the tail until the stream's history ends.
func (o *oneStream) past(ctx context.Context, cursor int64) ([]*journal.Record, int64, error) {
	end := o.journal.Last()
	page, err := o.journal.ReadStream(ctx, o.name, journal.Forwards, o.next, journal.End)
	if err != nil && !errors.Is(err, journal.ErrNoStream) {
		return nil, cursor, err
	}
	last := int64(0)
	if n := len(page.Records); n > 0 {
		last = page.Records[n-1].Position
		o.next = page.Records[n-1].Revision + 1
	}
	if !page.More {
		cursor = max(cursor, end, last)
	}
	return page.Records, cursor, nil
}

func (o *oneStream) wants(r *journal.Record) (bool, error) {
	if r.Stream != o.name || r.Revision < o.next {
		return false, nil
	}
	if r.Revision == journal.TombstoneRevision {
		return false, &journal.Deleted{Stream: o.name}
	}
	o.next = r.Revision + 1
	return true, nil
}
