package embedded

import (
	"errors"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	rpcstatus "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/emptypb"

	"kassa/eventstore/embedded/internal/journal"
)

// batchAnswer answers one append of a batch call, repeating what it asked.
func batchAnswer(req *streams.BatchAppendReq, w journal.Written, err error) *streams.BatchAppendResp {
	resp := &streams.BatchAppendResp{CorrelationId: req.GetCorrelationId(), StreamIdentifier: req.GetOptions().GetStreamIdentifier()}
	switch e := req.GetOptions().GetExpectedStreamPosition().(type) {
	case *streams.BatchAppendReq_Options_StreamPosition:
		resp.ExpectedStreamPosition = &streams.BatchAppendResp_StreamPosition{StreamPosition: e.StreamPosition}
	case *streams.BatchAppendReq_Options_NoStream:
		resp.ExpectedStreamPosition = &streams.BatchAppendResp_NoStream{NoStream: e.NoStream}
	case *streams.BatchAppendReq_Options_Any:
		resp.ExpectedStreamPosition = &streams.BatchAppendResp_Any{Any: e.Any}
	case *streams.BatchAppendReq_Options_StreamExists:
		resp.ExpectedStreamPosition = &streams.BatchAppendResp_StreamExists{StreamExists: e.StreamExists}
	}
	if err != nil {
		resp.Result = &streams.BatchAppendResp_Error{Error: batchError(err)}
		return resp
	}
	resp.Result = &streams.BatchAppendResp_Success_{Success: batchSuccess(w)}
	return resp
}

func batchSuccess(w journal.Written) *streams.BatchAppendResp_Success {
	if w.Revision < 0 {
		return &streams.BatchAppendResp_Success{
			CurrentRevisionOption: &streams.BatchAppendResp_Success_NoStream{NoStream: &emptypb.Empty{}},
			PositionOption:        &streams.BatchAppendResp_Success_NoPosition{NoPosition: &emptypb.Empty{}},
		}
	}
	return &streams.BatchAppendResp_Success{
		CurrentRevisionOption: &streams.BatchAppendResp_Success_CurrentRevision{CurrentRevision: uint64(w.Revision)},
		PositionOption: &streams.BatchAppendResp_Success_Position{Position: &shared.AllStreamPosition{
			CommitPosition: uint64(w.Position), PreparePosition: uint64(w.Position),
		}},
	}
}

// batchError is a refusal as a value: what other calls say in trailers is in
// its details.
func batchError(err error) *rpcstatus.Status {
	r := refusalOf(err)
	s := &rpcstatus.Status{Code: int32(r.code), Message: r.message}
	if details, err := anypb.New(batchDetails(r, err)); err == nil { // fails only on a nil message
		s.Details = []*anypb.Any{details}
	}
	return s
}

func batchDetails(r *refusal, err error) proto.Message {
	var (
		wrong   *journal.WrongRevision
		deleted *journal.Deleted
	)
	switch {
	case errors.As(err, &wrong):
		return batchWrongVersion(wrong)
	case errors.As(err, &deleted):
		return &shared.StreamDeleted{StreamIdentifier: identifier(deleted.Stream)}
	case r.is(exceptionTooLarge):
		return &shared.MaximumAppendSizeExceeded{MaxAppendSize: maxAppend}
	case r.code == codes.PermissionDenied:
		return &shared.AccessDenied{}
	case r.code == codes.DeadlineExceeded:
		return &shared.Timeout{}
	case r.code == codes.InvalidArgument:
		return &shared.BadRequest{Message: r.message}
	default:
		return &shared.Unknown{}
	}
}

func batchWrongVersion(e *journal.WrongRevision) *shared.WrongExpectedVersion {
	w := &shared.WrongExpectedVersion{
		CurrentStreamRevisionOption:  &shared.WrongExpectedVersion_CurrentStreamRevision{CurrentStreamRevision: uint64(e.Current)},
		ExpectedStreamPositionOption: &shared.WrongExpectedVersion_ExpectedStreamPosition{ExpectedStreamPosition: uint64(e.Expected)},
	}
	if e.Current < 0 {
		w.CurrentStreamRevisionOption = &shared.WrongExpectedVersion_CurrentNoStream{CurrentNoStream: &emptypb.Empty{}}
	}
	switch e.Expected {
	case journal.Any:
		w.ExpectedStreamPositionOption = &shared.WrongExpectedVersion_ExpectedAny{ExpectedAny: &emptypb.Empty{}}
	case journal.StreamExists:
		w.ExpectedStreamPositionOption = &shared.WrongExpectedVersion_ExpectedStreamExists{ExpectedStreamExists: &emptypb.Empty{}}
	case journal.NoStream:
		w.ExpectedStreamPositionOption = &shared.WrongExpectedVersion_ExpectedNoStream{ExpectedNoStream: &emptypb.Empty{}}
	}
	return w
}
