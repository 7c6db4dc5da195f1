// Package relay carries every fact from the event store to the stream KASSA,
// once and in order. It keeps no state of its own: where it is, it reads from
// the stream's last message, and the next publish says which message it expects
// to follow, so any number of relays may run and only one of them gets in.
//
//	derive ──► follow the store ──► publish one batch, wait for its ack ─┐
//	  ▲              ▲                        │ acked                    │
//	  │              └────────────────────────┘                          │
//	  └── someone was here, no answer, not reachable: pause, look again ◄┤
//	  halt: anything it would have to guess about ◄──────────────────────┘
//
// Never more than one publish is un-acknowledged, or the fence is none: while a
// rival's message makes the first of two fail, it lets the second in, and a
// fact is skipped for good. And Nats-Expected-Last-Msg-Id must never be sent:
// one mismatch leaves a replicated stream of nats-server 2.15 without a leader.
//
// No fact is changed, filtered or skipped here; what one means is not known.
package relay

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"log/slog"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"kassa/eventstore"
	"kassa/services/broker"
)

// source is the event store as the relay sees it.
type source interface {
	Follow(ctx context.Context, after uint64) iter.Seq2[eventstore.Delivery, error]
	At(ctx context.Context, position uint64) (eventstore.Record, bool, error)
	Head(ctx context.Context) (uint64, error)
}

// Config says from where to where. Source, Conn and Stream are required.
type Config struct {
	Source source
	Conn   *nats.Conn    // must not buffer while it is disconnected, see broker.Connect
	Stream broker.Stream // names the source, so that another's facts are never mixed in
	// Restart revives a broker that has stopped answering, as the embedded one
	// does after its disk was full. nil: somebody else will.
	Restart func(context.Context) error
	// RepublishAll is the operator's answer to ErrEmptied: send every fact again.
	RepublishAll bool
	AckTimeout   time.Duration // how long a publish may take; 0: 5 s
	Log          *slog.Logger  // nil: discard
}

// Relay is made by New and run once.
type Relay struct {
	cfg    Config
	log    *slog.Logger
	js     jetstream.JetStream
	status board

	known  uint64 // the stream's last sequence when it was last looked at
	stuck  int    // sessions in a row during which the stream did not grow, whoever published
	silent int    // of these, the last ones that the broker did not answer
}

// unanswered is how many sessions in a row may go unanswered before the broker
// is restarted.
const unanswered = 3

// New returns a relay that has not started.
func New(cfg Config) *Relay {
	cfg.AckTimeout = cmp.Or(cfg.AckTimeout, 5*time.Second)
	return &Relay{cfg: cfg, log: cmp.Or(cfg.Log, slog.New(slog.DiscardHandler))}
}

// Run relays until ctx is done, which is no error. Any other return is a halt:
// the error says what a person must do, and running again will not help before.
func (r *Relay) Run(ctx context.Context) error {
	js, err := jetstream.New(r.cfg.Conn)
	if err != nil {
		return err
	}
	r.js = js
	pause := &backoff.ExponentialBackOff{
		InitialInterval: 20 * time.Millisecond, MaxInterval: 2 * time.Second, Multiplier: 2, RandomizationFactor: 0.5,
	}
	for {
		err := r.session(ctx)
		switch {
		case ctx.Err() != nil:
			r.status.stop(Stopped, nil)
			return nil
		case halts(err):
			r.status.stop(Halted, err)
			r.log.ErrorContext(ctx, "relay halted", slog.Any("error", err))
			return err
		}
		if r.stuck == 0 {
			pause.Reset()
		}
		r.recover(ctx, err)
		wait(ctx, pause.NextBackOff())
	}
}

// session derives where the stream ends and publishes from there until
// something goes wrong. It never returns nil.
func (r *Relay) session(ctx context.Context) error {
	r.status.enter(Deriving)
	end, err := r.derive(ctx)
	if err != nil {
		return err
	}
	r.status.derived(end)
	if end.seq != r.known {
		r.known, r.stuck = end.seq, 0 // a rival's progress is progress: do not fall asleep behind it
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for f := follow(ctx, r.cfg.Source, end.position); ; {
		ready := f.ready()
		if ready == 0 {
			r.status.enter(Idle)
		}
		b, err := f.take(ctx, r.limit(ready))
		if err != nil {
			return err
		}
		r.status.taken(b)
		if end, err = r.publish(ctx, end, b.records); err != nil {
			return err
		}
		r.status.published(end, b)
		if len(b.records) > 0 {
			r.known, r.stuck, r.silent = end.seq, 0, 0
		}
		if len(b.records) == maxBatch {
			r.lookAhead(ctx)
		}
	}
}

// lookAhead keeps the lag honest while there is more to publish than is read
// ahead. Its failure is no news: the feed will report it.
func (r *Relay) lookAhead(ctx context.Context) {
	if head, err := r.cfg.Source.Head(ctx); err == nil {
		r.status.head(head)
	}
}

// limit is how many facts are published at once while that many are ready. A
// few go one by one, which costs a sync each: for an atomic batch the broker
// makes a directory, syncs about four times and removes it again. After failures
// it is one as well: the answer to a single publish names what is wrong, a
// batch's only says that it failed.
func (r *Relay) limit(ready int) int {
	if ready < worthBatching || r.stuck > 2 {
		return 1
	}
	return maxBatch
}

// recover takes note of a session that ended, and asks for a restart of a
// broker that has not answered for too long.
func (r *Relay) recover(ctx context.Context, err error) {
	r.stuck++
	r.status.failed(err)
	r.log.WarnContext(ctx, "relay looks again", slog.Any("error", err), slog.Int("attempt", r.stuck))
	if r.silent++; !errors.Is(err, errSilent) {
		r.silent = 0
	}
	if r.silent < unanswered || r.cfg.Restart == nil {
		return
	}
	r.silent = 0
	r.log.WarnContext(ctx, "relay restarts the broker")
	if err := r.cfg.Restart(ctx); err != nil {
		r.log.ErrorContext(ctx, "broker did not restart", slog.Any("error", err))
	}
}

func wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
