package eventstore

import (
	"fmt"
	"maps"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/google/uuid"

	"kassa/domain"
)

// Codec turns events into bytes and back by their stored name. The zero value
// knows no event.
type Codec struct {
	decode map[string]func([]byte) (domain.Event, error)
}

// Register teaches c the event type E. The name comes from E's zero value, so
// it is written once, beside the struct. Registering a name twice panics: that
// is a programming error and the program should not start.
func Register[E domain.Event](c *Codec) {
	var zero E
	c.add(zero.EventType(), func(b []byte) (domain.Event, error) {
		var e E
		err := json.Unmarshal(b, &e)
		return e, err
	})
}

func (c *Codec) add(name string, f func([]byte) (domain.Event, error)) {
	if c.decode == nil {
		c.decode = map[string]func([]byte) (domain.Event, error){}
	}
	if _, dup := c.decode[name]; dup {
		panic(fmt.Sprintf("eventstore: event type %q registered twice", name))
	}
	c.decode[name] = f
}

// Types lists every name c can read, sorted.
func (c *Codec) Types() []string { return slices.Sorted(maps.Keys(c.decode)) }

// Decode reads a record. An unknown name is an error: skipping a fact silently
// would corrupt whatever is folded from it.
func (c *Codec) Decode(r Record) (Fact, error) {
	read, ok := c.decode[r.Type]
	if !ok {
		return Fact{}, fmt.Errorf("eventstore: %s@%d: unknown event type %q", r.Stream, r.Revision, r.Type)
	}
	e, err := read(r.Data)
	if err != nil {
		return Fact{}, fmt.Errorf("eventstore: %s@%d: read %s: %w", r.Stream, r.Revision, r.Type, err)
	}
	var m Meta
	if err := json.Unmarshal(r.Metadata, &m); err != nil {
		return Fact{}, fmt.Errorf("eventstore: %s@%d: read metadata: %w", r.Stream, r.Revision, err)
	}
	return Fact{Record: r, Meta: m, Event: e}, nil
}

// namespace makes event ids a function of the command.
var namespace = uuid.MustParse("0b3e7d8c-5a5e-4f0c-9a5d-2f6c1d7e4b90")

// EventID is the id of the nth event that a command causes in a stream. Bytes
// sent twice have it twice, so the store itself discards a second delivery. Data
// is part of it because a command that two processes carry out at once may be
// decided by different facts: were the ids the same, the slower process would
// take its own version for the stored one.
func EventID(stream string, command uuid.UUID, n int, data []byte) uuid.UUID {
	return uuid.NewSHA1(namespace, fmt.Appendf(nil, "%s/%s/%d/%s", stream, command, n, data))
}

// Drafts prepares events for stream. meta.Command must not be zero.
func Drafts(stream string, meta Meta, events ...domain.Event) ([]Draft, error) {
	if meta.Command == uuid.Nil {
		return nil, fmt.Errorf("eventstore: events for %s without a command id", stream)
	}
	m, err := json.Marshal(meta, json.Deterministic(true))
	if err != nil {
		return nil, fmt.Errorf("eventstore: write metadata: %w", err)
	}
	drafts := make([]Draft, len(events))
	for i, e := range events {
		data, err := json.Marshal(e, json.Deterministic(true))
		if err != nil {
			return nil, fmt.Errorf("eventstore: write %s: %w", e.EventType(), err)
		}
		drafts[i] = Draft{ID: EventID(stream, meta.Command, i, data), Type: e.EventType(), Data: data, Metadata: m}
	}
	return drafts, nil
}
