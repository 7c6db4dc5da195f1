package protocoltest

import (
	"context"
	"math"
	"strconv"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	grpcmetadata "google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

func wireContext(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

func identifier(stream string) *shared.StreamIdentifier {
	return &shared.StreamIdentifier{StreamName: []byte(stream)}
}

func wireID(id uuid.UUID) *shared.UUID {
	return &shared.UUID{Value: &shared.UUID_String_{String_: id.String()}}
}

func wireEvent(id uuid.UUID, metadata map[string]string, size int) *streams.AppendReq {
	return &streams.AppendReq{Content: &streams.AppendReq_ProposedMessage_{ProposedMessage: &streams.AppendReq_ProposedMessage{
		Id: wireID(id), Metadata: metadata, Data: make([]byte, size),
	}}}
}

var ordinary = map[string]string{"type": "contract.tested.v1", "content-type": "application/octet-stream"}

// appending makes requests of one append.
func appending(o *streams.AppendReq_Options, events ...*streams.AppendReq) []*streams.AppendReq {
	return append([]*streams.AppendReq{{Content: &streams.AppendReq_Options_{Options: o}}}, events...)
}

func anyRevision(stream string) *streams.AppendReq_Options {
	return &streams.AppendReq_Options{StreamIdentifier: identifier(stream), ExpectedStreamRevision: &streams.AppendReq_Options_Any{Any: &shared.Empty{}}}
}

func wireAppend(t *testing.T, c streams.StreamsClient, requests ...*streams.AppendReq) (*streams.AppendResp, grpcmetadata.MD, error) {
	call, err := c.Append(wireContext(t))
	require.NoError(t, err)
	for _, r := range requests {
		require.NoError(t, call.Send(r))
	}
	resp, err := call.CloseAndRecv()
	return resp, call.Trailer(), err
}

func wrongVersionFields(t *testing.T, c streams.StreamsClient) {
	ask := func(o *streams.AppendReq_Options) *streams.AppendResp_WrongExpectedVersion {
		resp, _, err := wireAppend(t, c, appending(o, wireEvent(uuid.New(), ordinary, 1))...)
		require.NoError(t, err)
		require.NotNil(t, resp.GetWrongExpectedVersion())
		return resp.GetWrongExpectedVersion()
	}
	stream := newStream()
	o := anyRevision(stream)
	o.ExpectedStreamRevision = &streams.AppendReq_Options_StreamExists{StreamExists: &shared.Empty{}}
	w := ask(o)
	require.NotNil(t, w.GetExpectedStreamExists())
	require.NotNil(t, w.GetStreamExists_20_6_0())
	require.NotNil(t, w.GetCurrentNoStream())
	require.NotNil(t, w.GetNoStream_20_6_0())

	resp, _, err := wireAppend(t, c, appending(anyRevision(stream), wireEvent(uuid.New(), ordinary, 1), wireEvent(uuid.New(), ordinary, 1))...)
	require.NoError(t, err)
	require.EqualValues(t, 1, resp.GetSuccess().GetCurrentRevision())
	require.Positive(t, resp.GetSuccess().GetPosition().GetCommitPosition())

	o.ExpectedStreamRevision = &streams.AppendReq_Options_NoStream{NoStream: &shared.Empty{}}
	w = ask(o)
	require.NotNil(t, w.GetExpectedNoStream())
	require.EqualValues(t, uint64(math.MaxUint64), w.GetExpectedRevision_20_6_0())
	require.EqualValues(t, 1, w.GetCurrentRevision())
	require.EqualValues(t, 1, w.GetCurrentRevision_20_6_0())

	o.ExpectedStreamRevision = &streams.AppendReq_Options_Revision{Revision: 7}
	w = ask(o)
	require.EqualValues(t, 7, w.GetExpectedRevision())
	require.EqualValues(t, 7, w.GetExpectedRevision_20_6_0())
}

func trailers(t *testing.T, c streams.StreamsClient) {
	ctx := wireContext(t)
	stream, ended := newStream(), newStream()
	_, _, err := wireAppend(t, c, appending(anyRevision(stream), wireEvent(uuid.New(), ordinary, 1))...)
	require.NoError(t, err)
	_, err = c.Tombstone(ctx, &streams.TombstoneReq{Options: &streams.TombstoneReq_Options{StreamIdentifier: identifier(ended), ExpectedStreamRevision: &streams.TombstoneReq_Options_Any{Any: &shared.Empty{}}}})
	require.NoError(t, err)
	remove := func(trailer *grpcmetadata.MD) error {
		_, err := c.Delete(ctx, &streams.DeleteReq{Options: &streams.DeleteReq_Options{StreamIdentifier: identifier(stream), ExpectedStreamRevision: &streams.DeleteReq_Options_Revision{Revision: 5}}}, grpc.Trailer(trailer))
		return err
	}
	read := func(trailer *grpcmetadata.MD) error {
		call, err := c.Read(ctx, readStream(ended))
		require.NoError(t, err)
		_, err = call.Recv()
		*trailer = call.Trailer()
		return err
	}
	add := func(requests ...*streams.AppendReq) func(*grpcmetadata.MD) error {
		return func(trailer *grpcmetadata.MD) (err error) {
			_, *trailer, err = wireAppend(t, c, requests...)
			return err
		}
	}
	for name, r := range map[string]struct {
		call func(*grpcmetadata.MD) error
		code codes.Code
		want map[string]string
	}{
		"delete at a wrong revision": {remove, codes.FailedPrecondition, map[string]string{"exception": "wrong-expected-version", "stream-name": stream, "expected-version": "5", "actual-version": "0"}},
		"read of an ended stream":    {read, codes.FailedPrecondition, map[string]string{"exception": "stream-deleted", "stream-name": ended}},
		"append to an ended stream":  {add(appending(anyRevision(ended), wireEvent(uuid.New(), ordinary, 1))...), codes.FailedPrecondition, map[string]string{"exception": "stream-deleted", "stream-name": ended}},
		"append of too much":         {add(appending(anyRevision(stream), wireEvent(uuid.New(), ordinary, maxAppend))...), codes.InvalidArgument, map[string]string{"exception": "maximum-append-size-exceeded", "maximum-append-size": strconv.Itoa(maxAppend)}},
		"event without a type":       {add(appending(anyRevision(stream), wireEvent(uuid.New(), map[string]string{"content-type": "application/json"}, 1))...), codes.InvalidArgument, map[string]string{"exception": "missing-required-metadata-property"}},
		"event without content type": {add(appending(anyRevision(stream), wireEvent(uuid.New(), map[string]string{"type": "x"}, 1))...), codes.InvalidArgument, map[string]string{"exception": "missing-required-metadata-property"}},
		"append to no name":          {add(appending(anyRevision(""), wireEvent(uuid.New(), ordinary, 1))...), codes.InvalidArgument, nil},
		"append to $$":               {add(appending(anyRevision("$$"), wireEvent(uuid.New(), ordinary, 1))...), codes.InvalidArgument, nil},
		"event with a zero id":       {add(appending(anyRevision(stream), wireEvent(uuid.Nil, ordinary, 1))...), codes.InvalidArgument, nil},
		"append without options":     {add(wireEvent(uuid.New(), ordinary, 1)), codes.InvalidArgument, nil},
		"append of nothing at all":   {add(), codes.InvalidArgument, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var trailer grpcmetadata.MD
			err := r.call(&trailer)
			require.Equal(t, r.code, status.Code(err), "%v", err)
			for key, value := range r.want {
				require.Equal(t, []string{value}, trailer.Get(key), key)
			}
		})
	}
}

func readStream(stream string) *streams.ReadReq {
	return &streams.ReadReq{Options: &streams.ReadReq_Options{
		StreamOption: &streams.ReadReq_Options_Stream{Stream: &streams.ReadReq_Options_StreamOptions{StreamIdentifier: identifier(stream), RevisionOption: &streams.ReadReq_Options_StreamOptions_Start{Start: &shared.Empty{}}}},
		CountOption:  &streams.ReadReq_Options_Count{Count: 10},
		FilterOption: &streams.ReadReq_Options_NoFilter{NoFilter: &shared.Empty{}},
		UuidOption:   &streams.ReadReq_Options_UUIDOption{Content: &streams.ReadReq_Options_UUIDOption_String_{String_: &shared.Empty{}}},
	}}
}

func idForms(t *testing.T, c streams.StreamsClient) {
	stream, id := newStream(), uuid.New()
	_, _, err := wireAppend(t, c, appending(anyRevision(stream), wireEvent(id, ordinary, 1))...)
	require.NoError(t, err)
	req := readStream(stream)
	call, err := c.Read(wireContext(t), req)
	require.NoError(t, err)
	resp, err := call.Recv()
	require.NoError(t, err)
	require.Equal(t, id.String(), resp.GetEvent().GetEvent().GetId().GetString_())
	req.Options.UuidOption.Content = &streams.ReadReq_Options_UUIDOption_Structured{Structured: &shared.Empty{}}
	call, err = c.Read(wireContext(t), req)
	require.NoError(t, err)
	resp, err = call.Recv()
	require.NoError(t, err)
	require.NotNil(t, resp.GetEvent().GetEvent().GetId().GetStructured())
}

func confirmation(t *testing.T, c streams.StreamsClient) {
	req := readStream(newStream())
	req.Options.CountOption = &streams.ReadReq_Options_Subscription{Subscription: &streams.ReadReq_Options_SubscriptionOptions{}}
	call, err := c.Read(wireContext(t), req)
	require.NoError(t, err)
	resp, err := call.Recv()
	require.NoError(t, err)
	require.NotEmpty(t, resp.GetConfirmation().GetSubscriptionId())
}

func voidFilters(t *testing.T, c streams.StreamsClient) {
	prefix := &streams.ReadReq_Options_FilterOptions_Expression{Prefix: []string{"contract"}}
	filter := func(max, interval uint32, e *streams.ReadReq_Options_FilterOptions_Expression) *streams.ReadReq_Options_FilterOptions {
		return &streams.ReadReq_Options_FilterOptions{
			Filter:                       &streams.ReadReq_Options_FilterOptions_StreamIdentifier{StreamIdentifier: e},
			Window:                       &streams.ReadReq_Options_FilterOptions_Max{Max: max},
			CheckpointIntervalMultiplier: interval,
		}
	}
	for name, f := range map[string]*streams.ReadReq_Options_FilterOptions{
		"no window":             filter(0, 1, prefix),
		"no interval":           filter(32, 0, prefix),
		"an expression of none": filter(32, 1, &streams.ReadReq_Options_FilterOptions_Expression{}),
		"an unreadable regex":   filter(32, 1, &streams.ReadReq_Options_FilterOptions_Expression{Regex: "("}),
	} {
		req := readStream("")
		req.Options.StreamOption = &streams.ReadReq_Options_All{All: &streams.ReadReq_Options_AllOptions{AllOption: &streams.ReadReq_Options_AllOptions_Start{Start: &shared.Empty{}}}}
		req.Options.CountOption = &streams.ReadReq_Options_Subscription{Subscription: &streams.ReadReq_Options_SubscriptionOptions{}}
		req.Options.FilterOption = &streams.ReadReq_Options_Filter{Filter: f}
		call, err := c.Read(wireContext(t), req)
		require.NoError(t, err)
		for err == nil {
			_, err = call.Recv()
		}
		require.NotContains(t, []codes.Code{codes.DeadlineExceeded, codes.OK}, status.Code(err), name)
	}
}
