package projections

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"kassa/eventstore/message"
)

// feed reads the published stream in order, from where the views are. Nothing
// it says is believed: every fact carries its number and the id of the one
// before it, and the views check both.
type feed struct {
	*Projector
	facts chan *entry
	again chan struct{}
}

func newFeed(p *Projector) *feed {
	return &feed{Projector: p, facts: make(chan *entry, p.Batch), again: make(chan struct{}, 1)}
}

// run keeps a consumer alive. While there is none the store is followed, so a
// pause of one poll between attempts costs nothing.
func (f *feed) run(ctx context.Context) {
	for ctx.Err() == nil {
		err := f.follow(ctx)
		if ctx.Err() != nil {
			return
		}
		if err == nil { // asked to begin again
			continue
		}
		f.Log.WarnContext(ctx, "the stream cannot be followed; the store is", "error", err)
		select {
		case <-time.After(f.Poll):
		case <-ctx.Done():
		}
	}
}

// restart makes the feed seek again from where the views are now.
func (f *feed) restart() {
	select {
	case f.again <- struct{}{}:
	default:
	}
}

var errNoStream = errors.New("no connection to JetStream")

// follow reads until something fails, or returns nil when asked to begin again.
func (f *feed) follow(ctx context.Context) error {
	js := f.JetStream()
	if js == nil {
		return errNoStream
	}
	// A stream's own sequence is normally the number of the fact. It is only where
	// to look first: too early is dropped, too late is read from the store.
	consumer, err := js.OrderedConsumer(ctx, message.Stream, jetstream.OrderedConsumerConfig{
		DeliverPolicy: jetstream.DeliverByStartSequencePolicy,
		OptStartSeq:   f.lowest(f.views).gseq + 1,
		// Where the stream went away, we look ourselves whether it is another one.
		MaxResetAttempts: 1,
	})
	if err != nil {
		return err
	}
	messages, err := consumer.Messages(jetstream.PullMaxMessages(f.Batch))
	if err != nil {
		return err
	}
	defer messages.Stop()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	asked := make(chan struct{})
	go func() {
		select {
		case <-f.again:
			close(asked)
			stop()
		case <-ctx.Done():
		}
	}()
	err = f.forward(ctx, messages)
	select {
	case <-asked:
		return nil
	default:
		return err
	}
}

func (f *feed) forward(ctx context.Context, messages jetstream.MessagesContext) error {
	for {
		m, err := messages.Next(jetstream.NextContext(ctx))
		if err != nil {
			return err
		}
		n, err := message.Parse(m.Headers(), m.Data())
		if err != nil {
			// The next message shows the hole this one leaves, or the store does.
			f.Log.ErrorContext(ctx, "a message on the stream is not a fact", "subject", m.Subject(), "error", err)
			continue
		}
		e := f.entry(n)
		if info, err := m.Metadata(); err == nil {
			e.pending = info.NumPending
		}
		select {
		case f.facts <- e:
		case <-ctx.Done():
			return fmt.Errorf("stopped: %w", ctx.Err())
		}
	}
}

// waiting is first and everything else that is ready, up to a batch: the further
// behind, the larger the transactions.
func (f *feed) waiting(first *entry) []*entry {
	batch := []*entry{first}
	for len(batch) < f.Batch {
		select {
		case e := <-f.facts:
			batch = append(batch, e)
		default:
			return batch
		}
	}
	return batch
}
