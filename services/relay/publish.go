package relay

import (
	"context"
	"fmt"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"kassa/eventstore"
	"kassa/eventstore/message"
)

// Headers of an atomic batch. The Go client has no call for it yet.
const (
	batchID     = "Nats-Batch-Id"
	batchSeq    = "Nats-Batch-Sequence"
	batchCommit = "Nats-Batch-Commit"
)

// ack is the broker's answer to a publish or to a batch's last message.
type ack struct {
	Error     *jetstream.APIError `json:"error"`
	Sequence  uint64              `json:"seq"`
	Duplicate bool                `json:"duplicate"`
}

// publish appends records to the stream if it still ends where we think, all or
// none, and returns once the broker has stored them. Whatever goes wrong, the
// outcome is unknown until it is derived again.
func (r *Relay) publish(ctx context.Context, at end, records []eventstore.Record) (end, error) {
	if len(records) == 0 {
		return at, nil
	}
	r.status.enter(Publishing)
	msgs, next, err := encode(at, records)
	if err != nil {
		return end{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, r.cfg.AckTimeout)
	defer cancel()
	a, err := r.send(ctx, msgs)
	if err != nil {
		return end{}, err
	}
	if err := a.verdict(); err != nil {
		return end{}, err
	}
	if a.Sequence != next.seq {
		return end{}, ErrRefused.Because(fmt.Errorf("stored as %d what must be %d", a.Sequence, next.seq))
	}
	return next, nil
}

// encode numbers records from at on. The first message carries the fence: the
// whole batch is refused unless the stream still ends at that sequence.
func encode(at end, records []eventstore.Record) ([]*nats.Msg, end, error) {
	msgs := make([]*nats.Msg, len(records))
	fence := at.seq
	for i, rec := range records {
		m, err := message.Encode(message.Numbered{Record: rec, Gseq: at.gseq + 1, Prev: at.prev})
		if err != nil {
			return nil, end{}, ErrUnpublishable.Because(err)
		}
		msgs[i] = m
		at = end{seq: at.seq + 1, gseq: at.gseq + 1, position: rec.Position, prev: rec.ID.String()}
	}
	msgs[0].Header.Set(jetstream.ExpectedStreamHeader, message.Stream)
	msgs[0].Header.Set(jetstream.ExpectedLastSeqHeader, strconv.FormatUint(fence, 10))
	if len(msgs) > 1 {
		inBatch(msgs)
	}
	return msgs, at, nil
}

func inBatch(msgs []*nats.Msg) {
	id := uuid.NewString()
	for i, m := range msgs {
		m.Header.Set(batchID, id)
		m.Header.Set(batchSeq, strconv.Itoa(i+1))
	}
	msgs[len(msgs)-1].Header.Set(batchCommit, "1")
}

// send hands all messages over and waits for the answer to the last: the one
// publish in flight.
func (r *Relay) send(ctx context.Context, msgs []*nats.Msg) (ack, error) {
	last := len(msgs) - 1
	for _, m := range msgs[:last] {
		if err := r.cfg.Conn.PublishMsg(m); err != nil {
			return ack{}, publishError(err)
		}
	}
	answer, err := r.cfg.Conn.RequestMsgWithContext(ctx, msgs[last])
	if err != nil {
		return ack{}, publishError(err)
	}
	var a ack
	if err := json.Unmarshal(answer.Data, &a); err != nil {
		return ack{}, fmt.Errorf("relay: broker: unreadable ack: %w", err)
	}
	return a, nil
}
