package tenant

import (
	"maps"

	"kassa/domain"
)

// State keeps only what a later decision reads: here, or when somebody buys.
type State struct {
	Registered Registered // as kept up to date since; zero: unknown
	blocked    map[domain.ProductID]bool
}

// Known says whether the directory has been registered.
func (s State) Known() bool { return s.Registered.Tenant != "" }

// Blocks says whether the tenant's governance keeps p out (R42).
func (s State) Blocks(p domain.ProductID) bool { return s.blocked[p] }

func (e Registered) evolve(s State) State      { s.Registered = e; return s }
func (e KindChanged) evolve(s State) State     { s.Registered.Kind = e.Kind; return s }
func (e BecameManaged) evolve(s State) State   { s.Registered.Managed = true; return s }
func (e BecameUnmanaged) evolve(s State) State { s.Registered.Managed = false; return s }

func (e GovernanceProductBlocked) evolve(s State) State {
	blocked := make(map[domain.ProductID]bool, len(s.blocked)+1)
	maps.Copy(blocked, s.blocked)
	blocked[e.Product] = true
	s.blocked = blocked
	return s
}

func (e GovernanceProductAllowed) evolve(s State) State {
	s.blocked = maps.Clone(s.blocked)
	delete(s.blocked, e.Product)
	return s
}
