// Package projectiontest makes up histories for tests of read models: facts as
// the aggregates would have recorded them, in a store in memory. It decides
// nothing, so it can also be told to record what no aggregate would.
package projectiontest

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	"kassa/eventstore"
	"kassa/eventstore/memory"
	"kassa/eventstore/message"
)

// Noon is when histories begin; every fact is a second later than the last.
var Noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// namespace makes every id of a history a function of the order in which it was
// asked for, so that two histories told alike are alike.
var namespace = uuid.MustParse("5f0c1c86-2f3d-4f6c-8f86-0d9c8b8c3c01")

// Shop is a history being told.
type Shop struct {
	memory.Store
	ID    uuid.UUID // of the history
	Codec *eventstore.Codec
	Facts int // recorded so far

	t     testing.TB
	ids   int
	ticks int
	ends  map[string]eventstore.Revision
}

// New begins a history with its own name as the first fact.
func New(t testing.TB) *Shop { return Named(t, "history") }

// Named begins another one.
func Named(t testing.TB, name string) *Shop {
	s := &Shop{ID: uuid.NewSHA1(namespace, []byte(name)), Codec: eventstore.Schema(), t: t, ends: map[string]eventstore.Revision{}}
	s.Store.Now = func() time.Time { return s.now() }
	s.Record(eventstore.IdentityStream, domain.Actor{Kind: domain.ActorSystem}, eventstore.Identified{ID: s.ID})
	return s
}

// NewID is a UUID that no other call returns.
func (s *Shop) NewID() string {
	s.ids++
	return uuid.NewSHA1(namespace, fmt.Append(nil, s.ids)).String()
}

func (s *Shop) now() time.Time { return Noon.Add(time.Duration(s.ticks) * time.Second) }

// Record appends facts to a stream and returns the position of the last.
func (s *Shop) Record(stream string, by domain.Actor, events ...domain.Event) uint64 {
	s.t.Helper()
	s.ticks++
	command := uuid.MustParse(s.NewID())
	drafts, err := eventstore.Drafts(stream, eventstore.Meta{
		Tenant: by.Tenant, Actor: by, Command: command, Correlation: command, Causation: command, At: s.now(),
	}, events...)
	require.NoError(s.t, err)
	expected, found := s.ends[stream]
	if !found {
		expected = eventstore.NoStream
	}
	w, err := s.Append(s.t.Context(), stream, expected, drafts)
	require.NoError(s.t, err)
	s.ends[stream] = w.Revision
	s.Facts += len(events)
	return w.Position
}

// Published is the whole history as the relay publishes it.
func (s *Shop) Published() []message.Numbered {
	s.t.Helper()
	records, err := s.ReadAll(s.t.Context(), 0, 1<<30)
	require.NoError(s.t, err)
	prev := message.Genesis
	facts := make([]message.Numbered, len(records))
	for i, r := range records {
		facts[i] = message.Numbered{Record: r, Gseq: uint64(i + 1), Prev: prev}
		prev = r.ID.String()
	}
	return facts
}

// End is the position of the last fact.
func (s *Shop) End() uint64 {
	s.t.Helper()
	end, err := s.Head(s.t.Context())
	require.NoError(s.t, err)
	return end
}
