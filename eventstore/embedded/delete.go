package embedded

import (
	"context"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"

	"kassa/eventstore/embedded/internal/journal"
)

// removal is either of the journal's ways to delete a stream.
type removal func(ctx context.Context, stream string, expected journal.Expected) (journal.Pending, error)

func (s *streamsService) remove(ctx context.Context, how removal, id *shared.StreamIdentifier, e expectation) (uint64, error) {
	name, err := writableName(id)
	if err == nil && journal.IsMeta(name) {
		err = accessDenied(name)
	}
	if err != nil {
		return 0, err
	}
	revision, err := expected(e)
	if err != nil {
		return 0, err
	}
	pending, err := how(ctx, name, revision)
	if err != nil {
		return 0, err
	}
	written, err := pending.Wait(ctx)
	return uint64(written.Position), err
}

// Delete hides a stream until somebody appends to it again.
func (s *streamsService) Delete(ctx context.Context, req *streams.DeleteReq) (*streams.DeleteResp, error) {
	o := req.GetOptions()
	if o.GetExpectedStreamRevision() == nil {
		return nil, s.refuse(ctx, invalid("A delete says what revision is expected."))
	}
	at, err := s.remove(ctx, s.journal.Delete, o.GetStreamIdentifier(), o)
	if err != nil {
		return nil, s.refuse(ctx, err)
	}
	return &streams.DeleteResp{PositionOption: &streams.DeleteResp_Position_{Position: &streams.DeleteResp_Position{CommitPosition: at, PreparePosition: at}}}, nil
}

// Tombstone ends a stream for good.
func (s *streamsService) Tombstone(ctx context.Context, req *streams.TombstoneReq) (*streams.TombstoneResp, error) {
	o := req.GetOptions()
	if o.GetExpectedStreamRevision() == nil {
		return nil, s.refuse(ctx, invalid("A tombstone says what revision is expected."))
	}
	at, err := s.remove(ctx, s.journal.Tombstone, o.GetStreamIdentifier(), o)
	if err != nil {
		return nil, s.refuse(ctx, err)
	}
	return &streams.TombstoneResp{PositionOption: &streams.TombstoneResp_Position_{Position: &streams.TombstoneResp_Position{CommitPosition: at, PreparePosition: at}}}, nil
}
