package esdb

import (
	"errors"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"kassa/eventstore"
)

// errAbsent is the client's word for a stream that does not exist.
var errAbsent = errors.New("esdb: no such stream")

// translate says a client's error in the words of package eventstore and keeps
// it as the cause. Everything that is not known to be final is ErrUnavailable:
// it may pass, and an append that ended so may have been stored.
func translate(err error) error {
	if err == nil {
		return nil
	}
	switch code(err) {
	case esdb.ErrorCodeWrongExpectedVersion:
		return eventstore.ErrConflict.Because(err)
	case esdb.ErrorCodeStreamDeleted:
		return eventstore.ErrGone.Because(err)
	case esdb.ErrorCodeResourceNotFound:
		// The status NotFound is a node that is not the leader and knows none.
		if status.Code(err) != codes.NotFound {
			return errAbsent
		}
	}
	switch status.Code(err) {
	case codes.InvalidArgument, codes.FailedPrecondition, codes.OutOfRange, codes.AlreadyExists,
		codes.Unauthenticated, codes.PermissionDenied, codes.Unimplemented, codes.DataLoss:
		return err
	}
	return eventstore.ErrUnavailable.Because(err)
}

// code finds the client's error in err's chain. It stands in for
// esdb.FromError, which does not unwrap and whose boolean is true when there is
// NO error.
func code(err error) esdb.ErrorCode {
	if e := (*esdb.Error)(nil); errors.As(err, &e) {
		return e.Code()
	}
	return esdb.ErrorCodeUnknown
}

// lost tells whether err means that the client has no server any more.
func lost(err error) bool {
	return err != nil && (status.Code(err) == codes.Unavailable || code(err) == esdb.ErrorCodeConnectionClosed)
}
