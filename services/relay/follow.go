package relay

import (
	"context"
	"errors"
	"fmt"

	"kassa/eventstore"
)

// A batch is as large as what is waiting, up to these. The broker takes no more
// than 1,000 messages at once; the bytes bound memory.
const (
	maxBatch = 1000
	maxBytes = 4 << 20

	worthBatching = 8 // facts; fewer are published sooner one by one
)

var errFeedEnded = errors.New("relay: store: the feed ended")

// feed is the store's deliveries as they arrive, read ahead of the publisher.
type feed struct {
	deliveries <-chan item
	held       *item // taken, but it did not fit the batch before
}

type item struct {
	eventstore.Delivery
	err error
}

// batch is what is published at once. Everything the store has up to upTo is
// published with it, or was no fact.
type batch struct {
	records []eventstore.Record
	bytes   int
	upTo    uint64
}

// follow reads after position until ctx is done.
func follow(ctx context.Context, s source, position uint64) *feed {
	c := make(chan item, 2*maxBatch)
	go func() {
		defer close(c)
		for d, err := range s.Follow(ctx, position) {
			select {
			case c <- item{d, err}:
			case <-ctx.Done():
				return
			}
		}
	}()
	return &feed{deliveries: c}
}

// take waits for one delivery and adds whatever else is ready. It does not
// linger for more: while a batch is being written the next one grows by itself,
// so an idle store is relayed at once and a busy one in large batches.
func (f *feed) take(ctx context.Context, limit int) (batch, error) {
	var b batch
	it, err := f.wait(ctx)
	for err == nil && it != nil {
		if it.err != nil && len(b.records) == 0 {
			return b, fmt.Errorf("relay: store: %w", it.err)
		}
		if it.err != nil || !b.add(it.Delivery, limit) {
			f.held = it
			return b, nil
		}
		it = f.poll()
	}
	return b, err
}

// add takes d in, unless the batch is full.
func (b *batch) add(d eventstore.Delivery, limit int) bool {
	if d.Record != nil {
		size := len(d.Record.Data) + len(d.Record.Metadata)
		if len(b.records) == limit || len(b.records) > 0 && b.bytes+size > maxBytes {
			return false
		}
		b.records, b.bytes = append(b.records, *d.Record), b.bytes+size
	}
	b.upTo = max(b.upTo, d.Position)
	return true
}

// ready is how many deliveries can be taken without waiting.
func (f *feed) ready() int {
	if f.held != nil {
		return 1 + len(f.deliveries)
	}
	return len(f.deliveries)
}

func (f *feed) wait(ctx context.Context) (*item, error) {
	if it := f.held; it != nil {
		f.held = nil
		return it, nil
	}
	select {
	case it, ok := <-f.deliveries:
		if !ok {
			return nil, errFeedEnded
		}
		return &it, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// poll returns nil when nothing is ready.
func (f *feed) poll() *item {
	select {
	case it, ok := <-f.deliveries:
		if ok {
			return &it
		}
	default:
	}
	return nil
}
