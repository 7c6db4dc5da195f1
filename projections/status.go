package projections

import (
	"maps"
	"slices"
)

// Status is how a view fares, for /readyz, metrics and the operator.
type Status struct {
	View        string
	Version     int
	Generation  int64
	Position    uint64 // of the last fact in its rows
	GSeq        uint64
	Lag         uint64 // facts known to exist and not yet in its rows
	Parked      int    // facts set aside
	Quarantined []string
	Poison      string // why the first parked fact could not be applied
	State       State
	Source      string // where facts last came from: "stream" or "store"
	Error       string // why it is failing or halted, or the store cannot be followed
}

// Status answers from memory.
func (p *Projector) Status() []Status {
	p.mu.Lock()
	source, broken := p.source, p.broken
	p.mu.Unlock()
	newest := p.newest.Load()
	all := make([]Status, len(p.views))
	for i, v := range p.views {
		now, err := v.look(), broken
		at := now.live.at.Load()
		all[i] = Status{
			View: v.Name, Version: v.Version, Generation: now.live.number,
			Position: at.position, GSeq: at.gseq, Lag: newest - min(newest, at.gseq),
			Parked: at.parked, Quarantined: slices.Sorted(maps.Keys(at.quarantined)), Poison: at.poison,
			State: now.state, Source: source,
		}
		if now.why != nil {
			err = now.why
		}
		if err != nil {
			all[i].Error = err.Error()
		}
	}
	return all
}
