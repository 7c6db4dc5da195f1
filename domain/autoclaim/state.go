package autoclaim

import (
	"slices"

	"kassa/domain"
)

// State is a tenant's policy.
type State struct {
	On       bool
	Products []domain.ProductID // the primary one first; also while it is off
}

func (e PolicySet) evolve(State) State {
	return State{On: true, Products: slices.Concat([]domain.ProductID{e.Primary}, e.Backups)}
}

func (e TurnedOff) evolve(s State) State { s.On = false; return s }
