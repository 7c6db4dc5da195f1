package embedded

import (
	"errors"
	"io"
	"log/slog"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"

	"kassa/eventstore/embedded/internal/journal"
)

// streamsService answers the Streams calls.
type streamsService struct {
	streams.UnimplementedStreamsServer
	journal  *journal.Journal
	log      *slog.Logger
	stopping <-chan struct{}
}

// proposal is an append being received.
type proposal struct {
	stream   string
	expected journal.Expected
	events   []journal.Proposed
	size     int
}

// proposed is an event as any append call sends it.
type proposed interface {
	GetId() *shared.UUID
	GetMetadata() map[string]string
	GetCustomMetadata() []byte
	GetData() []byte
}

// add checks an event and takes it.
func (p *proposal) add(e proposed) error {
	id, err := parseID(e.GetId())
	if err != nil || id == uuid.Nil {
		return invalid("An event needs an id that is not zero.")
	}
	kind, content := e.GetMetadata()[keyType], e.GetMetadata()[keyContentType]
	switch {
	case kind == "":
		return missingMetadata(keyType)
	case content != contentJSON && content != contentBytes:
		return missingMetadata(keyContentType)
	}
	p.size += len(e.GetData()) + len(e.GetCustomMetadata()) + 2*len(kind)
	if p.size > maxAppend {
		return tooLarge()
	}
	p.events = append(p.events, journal.Proposed{ID: id, Type: kind, JSON: content == contentJSON, Data: e.GetData(), Metadata: e.GetCustomMetadata()})
	return nil
}

// streamName checks a name that somebody reads.
func streamName(id *shared.StreamIdentifier) (string, error) {
	name := string(id.GetStreamName())
	if name == "" || name == journal.MetaStream("") || !utf8.ValidString(name) {
		return "", invalid("A stream needs a name.")
	}
	return name, nil
}

// writableName checks a name that somebody writes to: a stream of theirs, or
// the metadata of one. Names with $ are the system's.
func writableName(id *shared.StreamIdentifier) (string, error) {
	name, err := streamName(id)
	if err == nil && strings.HasPrefix(strings.TrimPrefix(name, journal.MetaStream("")), "$") {
		err = accessDenied(name)
	}
	return name, err
}

// Append writes the events of one call, all or none.
func (s *streamsService) Append(call streams.Streams_AppendServer) error {
	p, err := receive(call)
	if err != nil {
		return s.refuse(call.Context(), err)
	}
	pending, err := s.journal.Append(call.Context(), p.stream, p.expected, p.events)
	if err != nil {
		return s.refuse(call.Context(), err)
	}
	written, err := pending.Wait(call.Context())
	var wrong *journal.WrongRevision
	switch {
	case errors.As(err, &wrong): // this one refusal is an ordinary answer
		return call.SendAndClose(&streams.AppendResp{Result: &streams.AppendResp_WrongExpectedVersion_{WrongExpectedVersion: wrongExpectedVersion(wrong)}})
	case err != nil:
		return s.refuse(call.Context(), err)
	}
	return call.SendAndClose(&streams.AppendResp{Result: &streams.AppendResp_Success_{Success: success(written)}})
}

// receive reads a call to its end even when it is already refused: a client
// that is still sending would only see its connection break.
func receive(call streams.Streams_AppendServer) (*proposal, error) {
	var p *proposal
	var refused error
	for {
		req, err := call.Recv()
		switch {
		case errors.Is(err, io.EOF) && p == nil && refused == nil:
			return nil, invalid("An append begins with its options.")
		case errors.Is(err, io.EOF):
			return p, refused
		case err != nil:
			return nil, err
		case refused != nil:
			continue
		}
		if p == nil {
			p, refused = begin(req.GetOptions())
		} else if e := req.GetProposedMessage(); e != nil {
			refused = p.add(e)
		} else {
			refused = invalid("After its options, an append holds events only.")
		}
	}
}

func begin(o *streams.AppendReq_Options) (*proposal, error) {
	if o.GetExpectedStreamRevision() == nil {
		return nil, invalid("An append begins with its options, and those say what revision is expected.")
	}
	name, err := writableName(o.GetStreamIdentifier())
	if err != nil {
		return nil, err
	}
	revision, err := expected(o)
	return &proposal{stream: name, expected: revision}, err
}

func success(w journal.Written) *streams.AppendResp_Success {
	if w.Revision < 0 {
		return &streams.AppendResp_Success{
			CurrentRevisionOption: &streams.AppendResp_Success_NoStream{NoStream: empty},
			PositionOption:        &streams.AppendResp_Success_NoPosition{NoPosition: empty},
		}
	}
	return &streams.AppendResp_Success{
		CurrentRevisionOption: &streams.AppendResp_Success_CurrentRevision{CurrentRevision: uint64(w.Revision)},
		PositionOption: &streams.AppendResp_Success_Position{Position: &streams.AppendResp_Position{
			CommitPosition: uint64(w.Position), PreparePosition: uint64(w.Position),
		}},
	}
}

// wrongExpectedVersion says everything twice: clients of before and after 20.6
// look in different fields.
func wrongExpectedVersion(e *journal.WrongRevision) *streams.AppendResp_WrongExpectedVersion {
	w := &streams.AppendResp_WrongExpectedVersion{
		CurrentRevisionOption:        &streams.AppendResp_WrongExpectedVersion_CurrentRevision{CurrentRevision: uint64(e.Current)},
		CurrentRevisionOption_20_6_0: &streams.AppendResp_WrongExpectedVersion_CurrentRevision_20_6_0{CurrentRevision_20_6_0: uint64(e.Current)},
	}
	if e.Current < 0 {
		w.CurrentRevisionOption = &streams.AppendResp_WrongExpectedVersion_CurrentNoStream{CurrentNoStream: empty}
		w.CurrentRevisionOption_20_6_0 = &streams.AppendResp_WrongExpectedVersion_NoStream_20_6_0{NoStream_20_6_0: empty}
	}
	switch e.Expected {
	case journal.Any:
		w.ExpectedRevisionOption = &streams.AppendResp_WrongExpectedVersion_ExpectedAny{ExpectedAny: empty}
		w.ExpectedRevisionOption_20_6_0 = &streams.AppendResp_WrongExpectedVersion_Any_20_6_0{Any_20_6_0: empty}
	case journal.StreamExists:
		w.ExpectedRevisionOption = &streams.AppendResp_WrongExpectedVersion_ExpectedStreamExists{ExpectedStreamExists: empty}
		w.ExpectedRevisionOption_20_6_0 = &streams.AppendResp_WrongExpectedVersion_StreamExists_20_6_0{StreamExists_20_6_0: empty}
	case journal.NoStream:
		w.ExpectedRevisionOption = &streams.AppendResp_WrongExpectedVersion_ExpectedNoStream{ExpectedNoStream: empty}
		w.ExpectedRevisionOption_20_6_0 = &streams.AppendResp_WrongExpectedVersion_ExpectedRevision_20_6_0{ExpectedRevision_20_6_0: math.MaxUint64}
	default:
		w.ExpectedRevisionOption = &streams.AppendResp_WrongExpectedVersion_ExpectedRevision{ExpectedRevision: uint64(e.Expected)}
		w.ExpectedRevisionOption_20_6_0 = &streams.AppendResp_WrongExpectedVersion_ExpectedRevision_20_6_0{ExpectedRevision_20_6_0: uint64(e.Expected)}
	}
	return w
}
