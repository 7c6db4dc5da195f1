package main

import (
	"reflect"
	"slices"
	"strings"

	"github.com/google/uuid"

	"kassa/domain/purchase"
	"kassa/eventstore"
	"kassa/eventstore/message"
)

// trades reports whether a fact is about buying, rather than about the town.
func trades(f eventstore.Fact) bool {
	return slices.ContainsFunc([]string{"purchase-", "subscription-", "license-"}, func(prefix string) bool {
		return strings.HasPrefix(f.Stream, prefix)
	})
}

// storeIsSound: no id twice, every stream dense from 0, positions increasing.
func storeIsSound(e evidence, broken func(string, ...any)) {
	if !slices.ContainsFunc(e.facts, trades) {
		broken("nothing was bought")
	}
	seen, next, position := map[uuid.UUID]bool{}, map[string]eventstore.Revision{}, uint64(0)
	for _, f := range e.facts {
		if seen[f.ID] {
			broken("the id %s is there again at %d", f.ID, f.Position)
		}
		if f.Revision != next[f.Stream] {
			broken("%s has the revision %d after %d", f.Stream, f.Revision, next[f.Stream]-1)
		}
		if f.Position <= position {
			broken("position %d follows %d", f.Position, position)
		}
		seen[f.ID], next[f.Stream], position = true, f.Revision+1, f.Position
	}
}

// streamIsStore: the same facts, byte for byte, in the same order, numbered
// without a gap, each naming the one before it.
func streamIsStore(e evidence, broken func(string, ...any)) {
	if len(e.messages) != len(e.facts) {
		broken("%d messages for %d facts", len(e.messages), len(e.facts))
	}
	if n := uint64(len(e.facts)); e.state.Msgs != n || e.state.FirstSeq != 1 || e.state.LastSeq != n {
		broken("the broker keeps %d messages, %d to %d, for %d facts", e.state.Msgs, e.state.FirstSeq, e.state.LastSeq, n)
	}
	prev := message.Genesis
	for i := range min(len(e.messages), len(e.facts)) {
		m, f := e.messages[i], e.facts[i]
		if m.sequence != uint64(i+1) || m.Gseq != uint64(i+1) {
			broken("message %d is numbered %d and kept as %d", i+1, m.Gseq, m.sequence)
		}
		if m.Prev != prev {
			broken("message %d says it follows %s, which is %s", i+1, m.Prev, prev)
		}
		if !reflect.DeepEqual(m.Record, f.Record) {
			broken("message %d is %+v, the fact is %+v", i+1, m.Record, f.Record)
		}
		prev = f.ID.String()
	}
}

func viewsAreFolds(e evidence, broken func(string, ...any)) {
	if len(e.reports) == 0 || len(e.reports) != len(e.views) {
		broken("%d of %d views were verified", len(e.reports), len(e.views))
	}
	last := e.facts[len(e.facts)-1].Position
	for _, r := range e.reports {
		if !r.Compared || !r.Equal || r.Parked > 0 || r.Position != last {
			broken("%s at %d of %d: compared %t, equal %t, parked %d: %v", r.View, r.Position, last, r.Compared, r.Equal, r.Parked, r.Differences)
		}
	}
}

// endsAreFinal: a purchase that was completed or refused has no later fact.
func endsAreFinal(e evidence, broken func(string, ...any)) {
	ended := map[string]string{}
	for _, f := range e.facts {
		_, card := f.Event.(purchase.PaymentMethodAttached) // what pays from then on may be replaced (R31)
		if by := ended[f.Stream]; by != "" && !card {
			broken("%s follows %s in %s", f.Type, by, f.Stream)
		}
		switch f.Event.(type) {
		case purchase.Completed, purchase.Refused:
			ended[f.Stream] = f.Type
		}
	}
}

func nobodyCried(e evidence, broken func(string, ...any)) {
	for _, line := range e.cries {
		broken("%s", line)
	}
}

func stopsCleanly(e evidence, broken func(string, ...any)) {
	if e.stopped != nil {
		broken("kassa ended with: %v", e.stopped)
	}
}
