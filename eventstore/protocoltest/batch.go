package protocoltest

import (
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/emptypb"
)

// batchCall is an open BatchAppend call.
type batchCall struct {
	t    *testing.T
	call streams.Streams_BatchAppendClient
}

func newBatchCall(t *testing.T, c streams.StreamsClient) batchCall {
	call, err := c.BatchAppend(wireContext(t))
	require.NoError(t, err)
	return batchCall{t: t, call: call}
}

func batchOptions(stream string) *streams.BatchAppendReq_Options {
	return &streams.BatchAppendReq_Options{StreamIdentifier: identifier(stream), ExpectedStreamPosition: &streams.BatchAppendReq_Options_Any{Any: &emptypb.Empty{}}}
}

func (b batchCall) send(id uuid.UUID, o *streams.BatchAppendReq_Options, final bool, sizes ...int) {
	req := &streams.BatchAppendReq{CorrelationId: wireID(id), Options: o, IsFinal: final}
	for _, size := range sizes {
		req.ProposedMessages = append(req.ProposedMessages, &streams.BatchAppendReq_ProposedMessage{Id: wireID(uuid.New()), Metadata: ordinary, Data: make([]byte, size)})
	}
	require.NoError(b.t, b.call.Send(req))
}

func (b batchCall) receive(id uuid.UUID) *streams.BatchAppendResp {
	resp, err := b.call.Recv()
	require.NoError(b.t, err)
	require.Equal(b.t, id.String(), resp.GetCorrelationId().GetString_())
	return resp
}

// refusal is the next answer's error, read into details.
func (b batchCall) refusal(id uuid.UUID, details proto.Message) {
	resp := b.receive(id)
	require.NotNil(b.t, resp.GetError())
	require.NotZero(b.t, resp.GetError().GetCode())
	require.Len(b.t, resp.GetError().GetDetails(), 1)
	require.NoError(b.t, resp.GetError().GetDetails()[0].UnmarshalTo(details))
}

func batches(t *testing.T, c streams.StreamsClient) {
	b, stream := newBatchCall(t, c), newStream()
	var sent []uuid.UUID
	for range 20 {
		id := uuid.New()
		b.send(id, batchOptions(stream), true, 10, 10)
		sent = append(sent, id)
	}
	var before uint64
	for i, id := range sent {
		resp := b.receive(id)
		require.Equal(t, stream, string(resp.GetStreamIdentifier().GetStreamName()))
		require.NotNil(t, resp.GetAny(), "the expectation is repeated")
		require.EqualValues(t, 2*i+1, resp.GetSuccess().GetCurrentRevision())
		require.Greater(t, resp.GetSuccess().GetPosition().GetCommitPosition(), before)
		before = resp.GetSuccess().GetPosition().GetCommitPosition()
	}
	require.NoError(t, b.call.CloseSend())
}

func batchPieces(t *testing.T, c streams.StreamsClient) {
	b := newBatchCall(t, c)
	one, other := uuid.New(), uuid.New()
	b.send(one, batchOptions(newStream()), false, 1)
	b.send(other, batchOptions(newStream()), true, 1)
	require.EqualValues(t, 0, b.receive(other).GetSuccess().GetCurrentRevision())
	b.send(one, nil, false, 1, 1)
	b.send(one, nil, true, 1)
	require.EqualValues(t, 3, b.receive(one).GetSuccess().GetCurrentRevision())
}

func batchRefusals(t *testing.T, c streams.StreamsClient) {
	b, stream, id := newBatchCall(t, c), newStream(), uuid.New()
	o := batchOptions(stream)
	o.ExpectedStreamPosition = &streams.BatchAppendReq_Options_StreamPosition{StreamPosition: 4}
	b.send(id, o, true, 1)
	var wrong shared.WrongExpectedVersion
	b.refusal(id, &wrong)
	require.EqualValues(t, 4, wrong.GetExpectedStreamPosition())
	require.NotNil(t, wrong.GetCurrentNoStream())

	b.send(id, batchOptions(stream), false, maxAppend)
	b.send(id, nil, true, 1)
	var large shared.MaximumAppendSizeExceeded
	b.refusal(id, &large)
	require.EqualValues(t, maxAppend, large.GetMaxAppendSize())

	_, err := c.Tombstone(wireContext(t), &streams.TombstoneReq{Options: &streams.TombstoneReq_Options{StreamIdentifier: identifier(stream), ExpectedStreamRevision: &streams.TombstoneReq_Options_Any{Any: &shared.Empty{}}}})
	require.NoError(t, err)
	b.send(id, batchOptions(stream), true, 1)
	var deleted shared.StreamDeleted
	b.refusal(id, &deleted)
	require.Equal(t, stream, string(deleted.GetStreamIdentifier().GetStreamName()))

	b.send(id, batchOptions(newStream()), true, 1)
	require.NotNil(t, b.receive(id).GetSuccess(), "the call goes on")
}

func batchDeadline(t *testing.T, c streams.StreamsClient) {
	b, stream, id := newBatchCall(t, c), newStream(), uuid.New()
	o := batchOptions(stream)
	o.DeadlineOption = &streams.BatchAppendReq_Options_Deadline{Deadline: durationpb.New(-time.Second)}
	b.send(id, o, true, 1)
	var timeout shared.Timeout
	b.refusal(id, &timeout)
	b.send(id, batchOptions(stream), true, 1)
	require.EqualValues(t, 0, b.receive(id).GetSuccess().GetCurrentRevision(), "nothing was written before")
}
