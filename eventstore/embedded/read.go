package embedded

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"

	"kassa/eventstore/embedded/internal/journal"
)

// Read answers reads and subscriptions, of one stream and of $all.
func (s *streamsService) Read(req *streams.ReadReq, call streams.Streams_ReadServer) error {
	o := req.GetOptions()
	r := &reading{journal: s.journal, call: call, resolve: o.GetResolveLinks(), id: structuredID}
	if o.GetUuidOption().GetString_() != nil {
		r.id = stringID
	}
	if err := s.read(o, r); err != nil {
		return s.refuse(call.Context(), err)
	}
	return nil
}

func (s *streamsService) read(o *streams.ReadReq_Options, r *reading) error {
	subscribe := o.GetSubscription() != nil
	switch {
	case o.GetCountOption() == nil:
		return invalid("A read says how many events it wants, or that it subscribes.")
	case subscribe && o.GetReadDirection() != streams.ReadReq_Options_Forwards:
		return invalid("A subscription goes forwards.")
	case o.GetStream() != nil && o.GetFilter() != nil:
		return invalid("Only $all can be filtered.")
	case o.GetStream() != nil && subscribe:
		return s.subscribeStream(o.GetStream(), r)
	case o.GetStream() != nil:
		return r.stream(o)
	case o.GetAll() != nil && subscribe:
		return s.subscribeAll(o, r)
	case o.GetAll() != nil:
		return r.all(o)
	default:
		return invalid("A read names a stream, or $all.")
	}
}

// reading is one Read call.
type reading struct {
	journal *journal.Journal
	call    streams.Streams_ReadServer
	resolve bool                         // send what links point at
	id      func(uuid.UUID) *shared.UUID // the form of ids this client wants
}

func direction(o *streams.ReadReq_Options) journal.Direction {
	return journal.Direction(o.GetReadDirection() == streams.ReadReq_Options_Backwards)
}

// stream sends one stream's events. A stream with none gets an answer of its
// own, which is not an error.
func (r *reading) stream(o *streams.ReadReq_Options) error {
	name, err := streamName(o.GetStream().GetStreamIdentifier())
	if err != nil {
		return err
	}
	d, revision := direction(o), revisionOf(o.GetStream())
	for left, more := signed(o.GetCount()), true; more && left > 0 && revision >= 0; {
		page, err := r.journal.ReadStream(r.call.Context(), name, d, revision, int(left))
		if errors.Is(err, journal.ErrNoStream) {
			return r.call.Send(&streams.ReadResp{Content: &streams.ReadResp_StreamNotFound_{
				StreamNotFound: &streams.ReadResp_StreamNotFound{StreamIdentifier: identifier(name)},
			}})
		}
		if err != nil {
			return err
		}
		if err := r.sendAll(page.Records); err != nil {
			return err
		}
		left, more = left-int64(len(page.Records)), page.More
		if more {
			revision = page.Records[len(page.Records)-1].Revision + step(d)
		}
	}
	return nil
}

func step(d journal.Direction) int64 {
	if d == journal.Backwards {
		return -1
	}
	return 1
}

func revisionOf(o *streams.ReadReq_Options_StreamOptions) int64 {
	switch {
	case o.GetStart() != nil:
		return 0
	case o.GetEnd() != nil:
		return journal.End
	}
	return signed(o.GetRevision())
}

// all sends the events of every stream. Forwards the position is included,
// backwards it is not.
func (r *reading) all(o *streams.ReadReq_Options) error {
	f, err := newFilter(o)
	if err != nil {
		return err
	}
	position, err := r.positionOf(o.GetAll())
	if err != nil {
		return err
	}
	d := direction(o)
	if d == journal.Forwards && position > 0 {
		position--
	}
	for left, more := signed(o.GetCount()), true; more && left > 0; {
		page, err := r.journal.ReadAll(r.call.Context(), d, position, pageFor(f, left))
		if err != nil {
			return err
		}
		for _, record := range page.Records {
			position = record.Position
			if f != nil && !f.matches(record) {
				continue
			}
			if left--; left < 0 {
				return nil
			}
			if err := r.send(record); err != nil {
				return err
			}
		}
		more = page.More
	}
	return nil
}

// pageFor asks for no more than is left, unless a filter will drop some.
func pageFor(f *filter, left int64) int {
	if f != nil {
		return journal.End
	}
	return int(left)
}

// positionOf refuses a position that no record has: it was computed, or comes
// from another store, and a cluster refuses it too.
func (r *reading) positionOf(o *streams.ReadReq_Options_AllOptions) (int64, error) {
	switch p := o.GetPosition(); {
	case o.GetStart() != nil:
		return 0, nil
	case o.GetEnd() != nil:
		return journal.End, nil
	case p == nil:
		return 0, invalid("A read of $all says where it begins.")
	case p.GetCommitPosition() < p.GetPreparePosition():
		return 0, invalid("The commit position must not be below the prepare position.")
	default:
		at := signed(p.GetCommitPosition())
		if at == 0 || at > r.journal.Last() {
			return at, nil
		}
		found, err := r.journal.Exists(r.call.Context(), at)
		if err == nil && !found {
			err = invalid("There is no record at position " + strconv.FormatInt(at, 10) + ".")
		}
		return at, err
	}
}

func (r *reading) sendAll(records []*journal.Record) error {
	for _, record := range records {
		if err := r.send(record); err != nil {
			return err
		}
	}
	return nil
}

// linkType is the type of an event whose data, "revision@stream", stands for
// another event.
const linkType = "$>"

func (r *reading) send(record *journal.Record) error {
	e := &streams.ReadResp_ReadEvent{Position: &streams.ReadResp_ReadEvent_CommitPosition{CommitPosition: uint64(record.Position)}}
	if r.resolve && record.Type == linkType {
		target, err := r.target(r.call.Context(), record)
		if err != nil {
			return err
		}
		e.Link = recorded(record, r.id)
		if target != nil {
			e.Event = recorded(target, r.id)
		}
	} else {
		e.Event = recorded(record, r.id)
	}
	return r.call.Send(&streams.ReadResp{Content: &streams.ReadResp_Event{Event: e}})
}

// target is what a link stands for; nil when that cannot be read any more.
func (r *reading) target(ctx context.Context, link *journal.Record) (*journal.Record, error) {
	number, stream, _ := strings.Cut(string(link.Data), "@")
	revision, err := strconv.ParseInt(number, 10, 64)
	if err != nil || stream == "" {
		return nil, nil
	}
	page, err := r.journal.ReadStream(ctx, stream, journal.Forwards, revision, 1)
	var deleted *journal.Deleted
	switch {
	case errors.Is(err, journal.ErrNoStream), errors.As(err, &deleted):
		return nil, nil
	case err != nil:
		return nil, err
	case len(page.Records) == 0 || page.Records[0].Revision != revision:
		return nil, nil
	}
	return page.Records[0], nil
}
