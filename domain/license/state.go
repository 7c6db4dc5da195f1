package license

import "kassa/domain"

// State keeps only what a later decision reads.
type State struct {
	Assigned     bool // also while it is suspended
	Suspended    bool
	Subscription domain.SubscriptionID // empty: nothing was ever assigned
	Assignee     domain.PersonID
}

func (e Assigned) evolve(State) State {
	return State{Assigned: true, Subscription: e.Subscription, Assignee: e.Assignee}
}

func (MovedTo) evolve(s State) State { return s }

func (e Unassigned) evolve(s State) State { s.Assigned, s.Suspended = false, false; return s }
func (e Suspended) evolve(s State) State  { s.Suspended = true; return s }
func (e Restored) evolve(s State) State   { s.Suspended = false; return s }
