package bench

import (
	"context"
	"errors"
	"time"

	"kassa/services/broker"
	"kassa/services/relay"
)

// measureRelay compares the relay, which reads a store and publishes what it
// reads, with the same messages made beforehand and published in the largest
// batches there are. Both sync every batch.
func (r *run) measureRelay(ctx context.Context) error {
	h, err := r.history(ctx)
	if err != nil {
		return err
	}
	raw, err := r.publishBatches(ctx, h)
	if err != nil {
		return err
	}
	_, took, err := r.published(ctx, h)
	if err != nil {
		return err
	}
	r.figures = append(r.figures, pace("relay: store to JetStream", "facts", len(h.facts), took).ofRate(raw))
	return nil
}

// published is an embedded broker with all of h, and how long the relay took
// for that. It is made once in a run.
func (r *run) published(ctx context.Context, h *history) (*broker.Broker, time.Duration, error) {
	if r.filled != nil {
		return r.filled, r.filling, nil
	}
	r.tell("relay: %d facts from the store to JetStream", len(h.facts))
	b, err := r.openBroker(ctx)
	if err != nil {
		return nil, 0, err
	}
	r.closers = append(r.closers, b.Close)
	if r.filling, err = timed(func() error { return h.relay(ctx, b) }); err != nil {
		return nil, 0, err
	}
	r.filled = b
	return b, r.filling, nil
}

func (h *history) stream() broker.Stream {
	return broker.Stream{Source: h.source.String(), Filter: "1"}
}

// relay returns once every fact is published.
func (h *history) relay(ctx context.Context, b *broker.Broker) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	carrier := relay.New(relay.Config{Source: h.store, Conn: b.Conn(), Stream: h.stream()})
	ended := make(chan error, 1)
	go func() { ended <- carrier.Run(ctx) }()
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for carrier.Status().Gseq < uint64(len(h.facts)) {
		select {
		case <-look.C:
		case err := <-ended:
			return errors.Join(err, ctx.Err())
		}
	}
	stop()
	return <-ended
}
