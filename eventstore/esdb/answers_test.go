package esdb_test

import (
	"context"
	"errors"
	"io"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	"kassa/eventstore"
)

// forgetful passes the first append to a server and gives an answer of its own
// that leaves the outcome open. To every later append it says that the revision
// is wrong, as if it had no memory of event ids.
type forgetful struct {
	streams.UnimplementedStreamsServer
	behind  streams.StreamsClient
	answer  func(streams.Streams_AppendServer) error
	appends atomic.Int32
}

func (f *forgetful) Append(in streams.Streams_AppendServer) error {
	first := f.appends.Add(1) == 1
	out, err := f.behind.Append(in.Context())
	for err == nil {
		var m *streams.AppendReq
		if m, err = in.Recv(); err == nil && first {
			err = out.Send(m)
		}
	}
	if !errors.Is(err, io.EOF) {
		return err
	}
	if first {
		if _, err := out.CloseAndRecv(); err != nil {
			return err
		}
		return f.answer(in)
	}
	return in.SendAndClose(&streams.AppendResp{Result: &streams.AppendResp_WrongExpectedVersion_{
		WrongExpectedVersion: &streams.AppendResp_WrongExpectedVersion{
			CurrentRevisionOption:  &streams.AppendResp_WrongExpectedVersion_CurrentRevision{CurrentRevision: 1},
			ExpectedRevisionOption: &streams.AppendResp_WrongExpectedVersion_ExpectedNoStream{ExpectedNoStream: &shared.Empty{}},
		},
	}})
}

func (f *forgetful) Read(req *streams.ReadReq, out streams.Streams_ReadServer) error {
	in, err := f.behind.Read(out.Context(), req)
	for err == nil {
		var m *streams.ReadResp
		if m, err = in.Recv(); err == nil {
			err = out.Send(m)
		}
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// After an unknown outcome a wrong revision is not yet a conflict: the events in
// the way may be one's own.
func TestOwnEventsAreNoConflict(t *testing.T) {
	server := serve(t, t.TempDir(), "127.0.0.1:0")
	direct := open(t, server.ConnectionString())
	conn, err := grpc.NewClient(address(server), grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	for name, answer := range map[string]func(streams.Streams_AppendServer) error{
		"the server gave up waiting": func(streams.Streams_AppendServer) error {
			return status.Error(codes.Aborted, "timeout: the append may still have been committed")
		},
		"the server has a fault": func(streams.Streams_AppendServer) error { return status.Error(codes.Internal, "oops") },
		"the server stays silent": func(in streams.Streams_AppendServer) error {
			<-in.Context().Done()
			return in.Context().Err()
		},
		"the answer has no result": func(in streams.Streams_AppendServer) error {
			return in.SendAndClose(&streams.AppendResp{})
		},
	} {
		t.Run(name, func(t *testing.T) {
			front := &forgetful{behind: streams.NewStreamsClient(conn), answer: answer}
			s := open(t, serveStreams(t, front))
			s.Hurry(3 * time.Second) // a third of it for each answer
			stream, batch := uuid.NewString(), drafts(2)
			written, err := s.Append(t.Context(), stream, eventstore.NoStream, batch)
			require.NoError(t, err)
			require.EqualValues(t, 2, front.appends.Load())
			records, err := direct.Read(t.Context(), stream)
			require.NoError(t, err)
			require.Len(t, records, 2)
			require.Equal(t, eventstore.Written{Revision: 1, Position: records[1].Position}, written)

			_, err = s.Append(t.Context(), stream, eventstore.NoStream, append(batch[:1:1], drafts(1)...))
			require.ErrorIs(t, err, eventstore.ErrConflict)
		})
	}
}

// A server that takes connections and says nothing holds nobody for longer than
// the store's patience, or than the caller's.
func TestSilentServer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	s := open(t, "esdb://"+l.Addr().String()+"?tls=false")
	s.Hurry(200 * time.Millisecond)
	reason := errors.New("enough")
	impatient, cancel := context.WithCancelCause(t.Context())
	cancel(reason)

	for name, call := range map[string]func(context.Context) error{
		"append": func(ctx context.Context) error {
			_, err := s.Append(ctx, "any", eventstore.NoStream, drafts(1))
			return err
		},
		"read":     func(ctx context.Context) error { _, err := s.Read(ctx, "any"); return err },
		"read all": func(ctx context.Context) error { _, err := s.ReadAll(ctx, 0, 1); return err },
		"at":       func(ctx context.Context) error { _, _, err := s.At(ctx, 1); return err },
		"head":     func(ctx context.Context) error { _, err := s.Head(ctx); return err },
	} {
		t.Run(name, func(t *testing.T) {
			require.ErrorIs(t, call(t.Context()), eventstore.ErrUnavailable)
			err := call(impatient)
			require.ErrorIs(t, err, eventstore.ErrUnavailable)
			require.ErrorIs(t, err, reason)
		})
	}
	for _, err := range s.Follow(t.Context(), 0) {
		require.ErrorIs(t, err, eventstore.ErrUnavailable)
	}
}

// What will not get better by itself is said at once.
func TestFinalErrorsAreNotRetried(t *testing.T) {
	for _, code := range []codes.Code{codes.InvalidArgument, codes.PermissionDenied, codes.Unauthenticated, codes.Unimplemented} {
		front := &refusing{code: code}
		s := open(t, serveStreams(t, front))
		_, err := s.Append(t.Context(), "any", eventstore.NoStream, drafts(1))
		require.Equal(t, code, status.Code(err))
		require.NotErrorIs(t, err, eventstore.ErrUnavailable)
		require.EqualValues(t, 1, front.appends.Load())
	}
}

type refusing struct {
	streams.UnimplementedStreamsServer
	code    codes.Code
	appends atomic.Int32
}

func (r *refusing) Append(in streams.Streams_AppendServer) error {
	r.appends.Add(1)
	for {
		if _, err := in.Recv(); err != nil {
			return status.Error(r.code, "no")
		}
	}
}

func serveStreams(t *testing.T, s streams.StreamsServer) (connection string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	g := grpc.NewServer()
	streams.RegisterStreamsServer(g, s)
	go g.Serve(l)
	t.Cleanup(g.Stop)
	return "esdb://" + l.Addr().String() + "?tls=false"
}
