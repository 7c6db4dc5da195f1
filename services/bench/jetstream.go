package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"kassa/eventstore"
	"kassa/eventstore/message"
	"kassa/services/broker"
)

func (r *run) openBroker(ctx context.Context) (*broker.Broker, error) {
	dir, err := r.scratch()
	if err != nil {
		return nil, err
	}
	return broker.Embedded(ctx, broker.Config{Dir: dir})
}

// publishBatches times the publishing alone.
func (r *run) publishBatches(ctx context.Context, h *history) (f Figure, err error) {
	const largest = 1000
	name := fmt.Sprintf("JetStream, batches of %d", largest)
	r.tell("relay: beside %s", name)
	b, err := r.openBroker(ctx)
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	if err := ensureStream(ctx, b, h.stream()); err != nil {
		return f, err
	}
	var s sample
	first := uint64(1)
	for records := range slices.Chunk(h.facts, largest) {
		batch, err := messages(records, first)
		if err != nil {
			return f, err
		}
		took, err := timed(func() error { return publish(ctx, b.Conn(), batch) })
		if err != nil {
			return f, err
		}
		s.took, s.elapsed = append(s.took, took), s.elapsed+took
		first += uint64(len(records))
	}
	f = s.figure(name, "facts", largest)
	f.Rate = float64(len(h.facts)) / s.elapsed.Seconds() // the last batch may be smaller
	return f, nil
}

func ensureStream(ctx context.Context, b *broker.Broker, s broker.Stream) error {
	js, err := jetstream.New(b.Conn())
	if err == nil {
		_, err = broker.EnsureStream(ctx, js, s)
	}
	return err
}

// publishSingly is what it takes to have one fact on the broker's disk.
func (r *run) publishSingly(ctx context.Context) (f Figure, err error) {
	const name = "JetStream, one at a time"
	r.tell("visible: beside %s", name)
	b, err := r.openBroker(ctx)
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	if err := ensureStream(ctx, b, broker.Stream{Source: uuid.NewString(), Filter: "1"}); err != nil {
		return f, err
	}
	event, err := example()
	if err != nil {
		return f, err
	}
	next := uint64(1)
	s, err := during(ctx, r.Each, 1, func(ctx context.Context, _ int) error {
		m, err := numbered(eventstore.Record{
			ID: uuid.New(), Stream: "purchase-1", Position: next, Type: event.Type, Data: event.Data, Metadata: event.Metadata,
		}, next)
		if err != nil {
			return err
		}
		next++
		return publish(ctx, b.Conn(), []*nats.Msg{m})
	})
	return s.figure(name, "facts", 1), err
}

func numbered(r eventstore.Record, gseq uint64) (*nats.Msg, error) {
	return message.Encode(message.Numbered{Record: r, Gseq: gseq, Prev: message.Genesis})
}

// messages are records as one atomic batch.
func messages(records []eventstore.Record, first uint64) ([]*nats.Msg, error) {
	batch := make([]*nats.Msg, len(records))
	for i, record := range records {
		m, err := numbered(record, first+uint64(i))
		if err != nil {
			return nil, err
		}
		m.Header.Set("Nats-Batch-Id", strconv.FormatUint(first, 10))
		m.Header.Set("Nats-Batch-Sequence", strconv.Itoa(i+1))
		batch[i] = m
	}
	batch[len(batch)-1].Header.Set("Nats-Batch-Commit", "1")
	return batch, nil
}

func publish(ctx context.Context, conn *nats.Conn, batch []*nats.Msg) error {
	last := len(batch) - 1
	for _, m := range batch[:last] {
		if err := conn.PublishMsg(m); err != nil {
			return err
		}
	}
	answer, err := conn.RequestMsgWithContext(ctx, batch[last])
	if err != nil {
		return err
	}
	var ack struct {
		Error *jetstream.APIError `json:"error"`
	}
	if err := json.Unmarshal(answer.Data, &ack); err != nil {
		return err
	}
	if ack.Error != nil {
		return ack.Error
	}
	return nil
}
