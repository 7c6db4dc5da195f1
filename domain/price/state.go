package price

import (
	"slices"
	"time"
)

// State is the whole price list of one product, channel and market: which price
// holds depends on the day, and the day may be any.
type State struct{ entries []entry }

// entry holds from an instant on. Each event of the stream makes one, so its
// index is the event's revision.
type entry struct {
	from  time.Time
	price Published // zero: withdrawn
}

// At is the price that holds at t, with the revision of the event that says so:
// no two overlap, since a later one takes over at its first instant. ok is false
// where nothing is offered; revision is then the withdrawal's, or -1.
func (s State) At(t time.Time) (p Published, revision int64, ok bool) {
	held, revision := s.inForce(t)
	return held.price, revision, held.price != Published{}
}

// inForce is the entry with the latest first instant by t, and of two with the
// same instant the one recorded last.
func (s State) inForce(t time.Time) (entry, int64) {
	held, revision := entry{}, int64(-1)
	for i, e := range s.entries {
		if !e.from.After(t) && !e.from.Before(held.from) {
			held, revision = e, int64(i)
		}
	}
	return held, revision
}

func (s State) with(e entry) State {
	s.entries = append(slices.Clip(s.entries), e)
	return s
}

func (e Published) evolve(s State) State { return s.with(entry{from: e.ValidFrom, price: e}) }
func (e Withdrawn) evolve(s State) State { return s.with(entry{from: e.From}) }
