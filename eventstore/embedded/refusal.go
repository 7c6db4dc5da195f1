package embedded

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"kassa/eventstore/embedded/internal/journal"
)

// refusal is an answer other than success: a gRPC status, and trailers from
// which EventStoreDB clients learn what it means.
type refusal struct {
	code    codes.Code
	message string
	trailer metadata.MD
}

func (r *refusal) Error() string { return r.message }

// is reports whether clients know r by the name exception.
func (r *refusal) is(exception string) bool {
	return slices.Contains(r.trailer.Get("exception"), exception)
}

func invalid(message string) *refusal {
	return &refusal{code: codes.InvalidArgument, message: message}
}

func accessDenied(stream string) *refusal {
	return &refusal{code: codes.PermissionDenied, message: fmt.Sprintf("Access to stream '%s' is denied.", stream), trailer: metadata.Pairs("exception", "access-denied")}
}

// exceptionTooLarge names the refusal of an append that exceeds maxAppend.
const exceptionTooLarge = "maximum-append-size-exceeded"

// maxAppend bounds one append, counting data, metadata and twice the type.
const maxAppend = 1 << 20

func tooLarge() *refusal {
	return &refusal{
		code: codes.InvalidArgument, message: fmt.Sprintf("Maximum append size of %d bytes exceeded.", maxAppend),
		trailer: metadata.Pairs("exception", exceptionTooLarge, "maximum-append-size", strconv.Itoa(maxAppend)),
	}
}

func missingMetadata(key string) *refusal {
	return &refusal{
		code: codes.InvalidArgument, message: fmt.Sprintf("Required metadata property '%s' is missing or not known.", key),
		trailer: metadata.Pairs("exception", "missing-required-metadata-property", "required-metadata-properties", keyType+","+keyContentType),
	}
}

func wrongRevision(e *journal.WrongRevision) *refusal {
	return &refusal{
		code: codes.FailedPrecondition, message: fmt.Sprintf("Stream '%s' is at revision %d, expected %s.", e.Stream, e.Current, e.Expected),
		trailer: metadata.Pairs("exception", "wrong-expected-version", "stream-name", e.Stream,
			"expected-version", strconv.FormatInt(int64(e.Expected), 10), "actual-version", strconv.FormatInt(e.Current, 10)),
	}
}

// streamDeleted must name the stream: the Go client panics otherwise.
func streamDeleted(stream string) *refusal {
	return &refusal{
		code: codes.FailedPrecondition, message: fmt.Sprintf("Event stream '%s' is deleted.", stream),
		trailer: metadata.Pairs("exception", "stream-deleted", "stream-name", stream),
	}
}

// refusalOf says what err means to a client.
func refusalOf(err error) *refusal {
	var (
		known   *refusal
		wrong   *journal.WrongRevision
		deleted *journal.Deleted
		corrupt *journal.Corrupt
	)
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &wrong):
		return wrongRevision(wrong)
	case errors.As(err, &deleted):
		return streamDeleted(deleted.Stream)
	case errors.As(err, &corrupt):
		return &refusal{code: codes.DataLoss, message: err.Error()}
	case errors.Is(err, journal.ErrFailed), errors.Is(err, journal.ErrClosed):
		return &refusal{code: codes.Unavailable, message: err.Error()}
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return &refusal{code: status.FromContextError(err).Code(), message: "The call ended before the answer; a write may still have been made."}
	}
	if s, ok := status.FromError(err); ok {
		return &refusal{code: s.Code(), message: s.Message()}
	}
	return &refusal{code: codes.Internal, message: "The event store could not carry this out."}
}

// refuse turns err into the status and trailers of the call behind ctx.
func (s *streamsService) refuse(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		err = ctx.Err() // whatever it interrupted
	}
	r := refusalOf(err)
	if r.code == codes.Internal || r.code == codes.DataLoss {
		s.log.ErrorContext(ctx, "event store call failed", "error", err)
	}
	if r.trailer != nil {
		_ = grpc.SetTrailer(ctx, r.trailer) // fails only outside a call
	}
	return status.Error(r.code, r.message)
}
