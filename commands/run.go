package commands

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/google/uuid"

	"kassa/domain"
	"kassa/eventstore"
)

// store is the part of an event store that commands use.
type store interface {
	Read(ctx context.Context, stream string) ([]eventstore.Record, error)
	Append(ctx context.Context, stream string, expected eventstore.Revision, drafts []eventstore.Draft) (eventstore.Written, error)
}

// Log is the history that commands are decided on and written to.
type Log struct {
	Store store
	Codec *eventstore.Codec

	only *eventstore.Revision // decide on this revision of the stream or not at all
}

// insisting is the log for a caller who decided by what they saw at revision.
func (l Log) insisting(revision *eventstore.Revision) Log {
	l.only = revision
	return l
}

// Outcome is what a command came to.
type Outcome[S any] struct {
	State    S
	Position uint64              // of the last fact it rests on: read your own writes from there
	Revision eventstore.Revision // of that fact in its stream
	Last     uuid.UUID           // that fact's id, from which follow-up commands derive theirs
	Wrote    bool                // the command left facts, now or when it was first carried out
}

// ErrReused refuses a command id that was used for something else before.
var ErrReused = &domain.Error{
	Kind: domain.Refused, Code: "idempotency_key_reused",
	Message: "This idempotency key was used for a different request before. Use a new key for a new request.",
}

// ErrStale refuses a command that rests on what is no longer so.
var ErrStale = &domain.Error{
	Kind: domain.Conflict, Code: "stale_revision",
	Message: "Someone changed this after you last saw it. Look again, then repeat your change if it is still wanted.",
}

// attempts bounds how often a decision is made again after losing a race. Each
// round somebody else has won, so the system as a whole moves on.
const attempts = 16

// pause lets others finish before the next attempt: up to 1 ms after the first
// lost race and twice as long after each more, to 256 ms. Without it, most of
// fifty people who change one stream at once would lose sixteen times.
func pause(ctx context.Context, lost int) {
	select {
	case <-ctx.Done():
	case <-time.After(rand.N(time.Millisecond << min(lost, 8))):
	}
}

// run is the whole write path: read, fold, decide, append at the revision that
// was decided on; on conflict again from the top, because the new facts may
// change the decision. decide is not asked when the command was carried out
// before.
func run[S, C any, E domain.Event](ctx context.Context, l Log, d domain.Decider[S, C, E], stream string, meta eventstore.Meta, decide func(S) ([]E, error)) (Outcome[S], error) {
	h, err := load(ctx, l, d, stream)
	if err != nil {
		return Outcome[S]{}, err
	}
	return proceed(ctx, l, d, h, meta, decide)
}

// proceed is run for a caller who has just read the stream. What they read may
// be old: then the append conflicts, and the stream is read again.
func proceed[S, C any, E domain.Event](ctx context.Context, l Log, d domain.Decider[S, C, E], h history[S, E], meta eventstore.Meta, decide func(S) ([]E, error)) (Outcome[S], error) {
	out, _, err := extend(ctx, l, d, h, meta, decide)
	return out, err
}

// extend is proceed for a caller who goes on from there: it also returns the
// history with what was written, so that it need not be read again.
func extend[S, C any, E domain.Event](ctx context.Context, l Log, d domain.Decider[S, C, E], h history[S, E], meta eventstore.Meta, decide func(S) ([]E, error)) (Outcome[S], history[S, E], error) {
	for lost := range attempts {
		if lost > 0 {
			pause(ctx, lost-1)
			var err error
			if h, err = load(ctx, l, d, h.stream); err != nil {
				return Outcome[S]{}, h, err
			}
		}
		if out, done, err := h.carriedOut(d, meta); done || err != nil {
			return out, h, err
		}
		out := h.outcome()
		if l.only != nil && *l.only != out.Revision {
			return out, h, ErrStale
		}
		events, err := decide(out.State)
		if err != nil || len(events) == 0 {
			return out, h, err
		}
		drafts, err := eventstore.Drafts(h.stream, meta, facts(events)...)
		if err != nil {
			return out, h, err
		}
		written, err := l.Store.Append(ctx, h.stream, h.revision(), drafts)
		switch {
		case err == nil:
			h = h.with(d, meta, drafts, events, written)
			out := h.outcome()
			out.Wrote = true
			return out, h, nil
		case !errors.Is(err, eventstore.ErrConflict):
			return out, h, fmt.Errorf("append %s: %w", h.stream, err)
		}
	}
	return Outcome[S]{}, h, eventstore.ErrConflict
}

// history is a stream as read, folded.
type history[S any, E domain.Event] struct {
	stream string
	facts  []eventstore.Fact
	events []E
	state  S
}

func load[S, C any, E domain.Event](ctx context.Context, l Log, d domain.Decider[S, C, E], stream string) (history[S, E], error) {
	h := history[S, E]{stream: stream}
	records, err := l.Store.Read(ctx, stream)
	if err != nil {
		return h, fmt.Errorf("read %s: %w", stream, err)
	}
	h.facts, h.events = make([]eventstore.Fact, len(records)), make([]E, len(records))
	for i, r := range records {
		f, err := l.Codec.Decode(r)
		if err != nil {
			return h, err
		}
		e, ok := f.Event.(E)
		if !ok {
			return h, fmt.Errorf("stream %s holds a foreign event %s", stream, r.Type)
		}
		h.facts[i], h.events[i] = f, e
	}
	h.state = d.Fold(h.state, h.events...)
	return h, nil
}

// with is h and what was just appended to it. All of that counts as being where
// its last fact is: nothing of another stream lies in between.
func (h history[S, E]) with(d interface{ Fold(S, ...E) S }, meta eventstore.Meta, drafts []eventstore.Draft, events []E, written eventstore.Written) history[S, E] {
	h.facts, h.events = slices.Clip(h.facts), append(slices.Clip(h.events), events...)
	for i, e := range events {
		h.facts = append(h.facts, eventstore.Fact{Meta: meta, Event: e, Record: eventstore.Record{
			ID: drafts[i].ID, Stream: h.stream, Type: drafts[i].Type, Data: drafts[i].Data, Metadata: drafts[i].Metadata,
			Revision: written.Revision - eventstore.Revision(len(events)-1-i), Position: written.Position,
		}})
	}
	h.state = d.Fold(h.state, events...)
	return h
}

// carriedOut finds the first result of a command that left facts here before:
// the state as it was then, whatever happened since.
func (h history[S, E]) carriedOut(d interface{ Fold(S, ...E) S }, meta eventstore.Meta) (Outcome[S], bool, error) {
	for i := len(h.facts) - 1; i >= 0; i-- {
		f := h.facts[i]
		if f.Meta.Command != meta.Command {
			continue
		}
		if f.Meta.Request != meta.Request {
			return Outcome[S]{}, true, ErrReused
		}
		out := h.upTo(d, i)
		out.Wrote = true
		return out, true, nil
	}
	return Outcome[S]{}, false, nil
}

// upTo is what the stream said when its ith fact was the last.
func (h history[S, E]) upTo(d interface{ Fold(S, ...E) S }, i int) Outcome[S] {
	var zero S
	f := h.facts[i]
	return Outcome[S]{State: d.Fold(zero, h.events[:i+1]...), Position: f.Position, Revision: f.Revision, Last: f.ID}
}

// asOf is the history as it stood at an instant of business time.
func (h history[S, E]) asOf(d interface{ Fold(S, ...E) S }, at time.Time) history[S, E] {
	n := 0
	for n < len(h.facts) && !h.facts[n].Meta.At.After(at) {
		n++
	}
	return h.first(d, n)
}

// ever is after every position of history.
const ever = math.MaxUint64

// before is the history as it stood before a position.
func (h history[S, E]) before(d interface{ Fold(S, ...E) S }, position uint64) history[S, E] {
	n := 0
	for n < len(h.facts) && h.facts[n].Position < position {
		n++
	}
	return h.first(d, n)
}

// first is the history when it had n facts.
func (h history[S, E]) first(d interface{ Fold(S, ...E) S }, n int) history[S, E] {
	var zero S
	return history[S, E]{stream: h.stream, facts: h.facts[:n], events: h.events[:n], state: d.Fold(zero, h.events[:n]...)}
}

// latest is the last fact whose event is wanted, zero where there is none.
func (h history[S, E]) latest(wanted func(E) bool) (last eventstore.Fact) {
	for i, e := range slices.Backward(h.events) {
		if wanted(e) {
			return h.facts[i]
		}
	}
	return last
}

func (h history[S, E]) revision() eventstore.Revision {
	return eventstore.Revision(len(h.facts)) - 1
}

func (h history[S, E]) outcome() Outcome[S] {
	out := Outcome[S]{State: h.state, Revision: h.revision()}
	if n := len(h.facts); n > 0 {
		out.Position, out.Last = h.facts[n-1].Position, h.facts[n-1].ID
	}
	return out
}

func facts[E domain.Event](events []E) []domain.Event {
	out := make([]domain.Event, len(events))
	for i, e := range events {
		out[i] = e
	}
	return out
}

// now is the business time of a command: UTC, in the microseconds that events
// are stored with.
func now(clock func() time.Time) time.Time { return clock().UTC().Truncate(time.Microsecond) }
