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
	return &feed{Projector: p, facts: make(chan *entry, p.cfg.Batch), again: make(chan struct{}, 1)}
}

// run keeps a consumer alive. While there is none the store is followed, so a
// pause of one poll between attempts costs nothing.
func (f *feed) run(ctx context.Context) {
	told := ""
	for ctx.Err() == nil {
		messages, err := f.open(ctx)
		if err == nil {
			told = ""
			err = f.consume(ctx, messages)
		}
		if err == nil || ctx.Err() != nil {
			continue
		}
		if told != err.Error() {
			told = err.Error()
			f.cfg.Log.WarnContext(ctx, "the stream cannot be followed; the store is", "error", err)
		}
		select {
		case <-time.After(f.cfg.Poll):
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

var (
	errNoStream    = errors.New("no connection to JetStream")
	errOtherSource = errors.New("the stream carries another history")
)

// open seeks to where the views are. A stream's own sequence is normally the
// number of the fact. It is only where to look first: too early is dropped, too
// late is read from the store.
func (f *feed) open(ctx context.Context) (jetstream.MessagesContext, error) {
	js := f.cfg.JetStream()
	if js == nil {
		return nil, errNoStream
	}
	stream, err := js.Stream(ctx, message.Stream)
	if err != nil {
		return nil, err
	}
	// Before the first fact there is nothing to hold a foreign one against.
	if named := stream.CachedInfo().Config.Metadata[message.SourceKey]; named != "" && named != f.cfg.SourceID.String() {
		return nil, fmt.Errorf("%w: %s", errOtherSource, named)
	}
	consumer, err := stream.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{
		DeliverPolicy: jetstream.DeliverByStartSequencePolicy,
		OptStartSeq:   f.lowest(f.views).gseq + 1,
		// Where the stream went away, we look ourselves whether it is another one.
		MaxResetAttempts: 1,
	})
	if err != nil {
		return nil, err
	}
	return consumer.Messages(jetstream.PullMaxMessages(f.cfg.Batch))
}

// consume reads until something fails, or returns nil when asked to begin again.
func (f *feed) consume(ctx context.Context, messages jetstream.MessagesContext) error {
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
	err := f.forward(ctx, messages)
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
			f.cfg.Log.ErrorContext(ctx, "a message on the stream is not a fact", "subject", m.Subject(), "error", err)
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
	for len(batch) < f.cfg.Batch {
		select {
		case e := <-f.facts:
			batch = append(batch, e)
		default:
			return batch
		}
	}
	return batch
}
