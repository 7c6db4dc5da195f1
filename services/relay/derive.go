package relay

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"kassa/eventstore/message"
	"kassa/services/broker"
)

// maxUnreadable is how many damaged messages at the end may be sent again
// without asking.
const maxUnreadable = 1000

// end is where the stream ends: what the next publish must follow.
type end struct {
	seq      uint64 // the stream's last sequence: the fence
	gseq     uint64 // the last fact's number; equals seq unless the broker lost messages
	position uint64 // where the store has that fact
	prev     string // its id
}

// derive reads from the stream itself how far the facts have come, and makes
// sure that they are this store's.
func (r *Relay) derive(ctx context.Context) (end, error) {
	ctx, cancel := context.WithTimeout(ctx, r.cfg.AckTimeout)
	defer cancel()
	s, err := broker.EnsureStream(ctx, r.js, r.cfg.Stream)
	if err != nil {
		return end{}, brokerError(err)
	}
	last, m, err := lastMessage(ctx, s)
	if err != nil {
		return end{}, brokerError(err)
	}
	if m == nil {
		return r.begin(last, s.CachedInfo().Config.FirstSeq)
	}
	if m.Sequence < last {
		r.status.lost()
		r.log.ErrorContext(ctx, "the broker lost the end of the stream; sending it again",
			slog.Uint64("last", last), slog.Uint64("exists", m.Sequence))
	}
	return r.verify(ctx, last, m)
}

// begin is where an empty stream ends. One that has counted messages and has
// none is not new: whether they were delivered only the operator can say.
func (r *Relay) begin(last, firstSeq uint64) (end, error) {
	if unused := max(firstSeq, 1) - 1; last != unused && !r.cfg.RepublishAll {
		return end{}, ErrEmptied.Because(fmt.Errorf("last sequence %d, no message to be read", last))
	}
	return end{seq: last, prev: message.Genesis}, nil
}

// verify finds the last message's fact in the store.
func (r *Relay) verify(ctx context.Context, last uint64, m *jetstream.RawStreamMsg) (end, error) {
	n, err := message.Parse(m.Header, m.Data)
	if err != nil {
		return end{}, ErrUnreadable.Because(fmt.Errorf("sequence %d: %w", m.Sequence, err))
	}
	head, err := r.cfg.Source.Head(ctx)
	if err != nil {
		return end{}, fmt.Errorf("relay: store: %w", err)
	}
	r.status.head(head)
	stored, ok, err := r.cfg.Source.At(ctx, n.Position)
	switch at := fmt.Errorf("fact %s, gseq %d, position %d, store ends at %d", n.ID, n.Gseq, n.Position, head); {
	case err != nil:
		return end{}, fmt.Errorf("relay: store: %w", err)
	case n.Position > head:
		return end{}, ErrBehind.Because(at)
	case !ok:
		return end{}, ErrGone.Because(at)
	case stored.ID != n.ID:
		return end{}, ErrForeign.Because(at)
	}
	return end{seq: last, gseq: n.Gseq, position: n.Position, prev: n.ID.String()}, nil
}

// lastMessage returns the stream's last sequence and the last message that
// exists, nil if none does. They differ when the broker has lost its tail, or
// for a moment when somebody publishes in between, so a difference counts only
// when the leader gives the same answer twice.
func lastMessage(ctx context.Context, s jetstream.Stream) (uint64, *jetstream.RawStreamMsg, error) {
	for seen := [2]uint64{}; ; {
		info, err := s.Info(ctx)
		if err != nil {
			return 0, nil, err
		}
		last, exists := info.State.LastSeq, uint64(0)
		m, err := s.GetLastMsgForSubject(ctx, message.Subjects)
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			m, err = lastReadable(ctx, s, info.State)
		}
		switch {
		case errors.Is(err, jetstream.ErrMsgNotFound):
			m = nil
		case err != nil:
			return 0, nil, err
		default:
			exists = m.Sequence
		}
		if exists >= last {
			return exists, m, nil
		}
		answer := [2]uint64{last, exists}
		if answer == seen {
			return last, m, nil
		}
		seen = answer
	}
}

// lastReadable looks for the last message that can still be read. When only the
// very last one is damaged, the broker says that there is none at all.
func lastReadable(ctx context.Context, s jetstream.Stream, state jetstream.StreamState) (*jetstream.RawStreamMsg, error) {
	for back := range min(state.Msgs, maxUnreadable) {
		m, err := s.GetMsg(ctx, state.LastSeq-back)
		if !errors.Is(err, jetstream.ErrMsgNotFound) {
			return m, err
		}
	}
	return nil, jetstream.ErrMsgNotFound
}

// brokerError tells a broker that did not answer from one that answered badly;
// what halts passes through.
func brokerError(err error) error {
	for _, silence := range []error{
		nats.ErrTimeout, nats.ErrNoResponders, context.DeadlineExceeded,
		jetstream.ErrNoStreamResponse, jetstream.ErrJetStreamNotEnabled, jetstream.ErrJetStreamNotEnabledForAccount,
	} {
		if errors.Is(err, silence) {
			return fmt.Errorf("%w: %w", errSilent, err)
		}
	}
	return fmt.Errorf("relay: broker: %w", err)
}
