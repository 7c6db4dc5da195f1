package tenant

import (
	"maps"
	"slices"

	"kassa/domain"
)

// State keeps only what a later decision reads: here, or when somebody buys.
type State struct {
	Known   bool // has been registered
	Kind    domain.TenantKind
	Managed bool
	Country string                    // ISO 3166-1 alpha-2
	Zone    string                    // IANA, of the billing calendar
	Blocked map[domain.ProductID]bool // what governance keeps out (R42)

	name      string
	domains   []string
	incidents int64                  // that the Premier contract grants
	charged   map[domain.CaseID]bool // the cases that took one
}

// IncidentsLeft is how many more cases the Premier contract pays for.
func (s State) IncidentsLeft() int64 { return max(0, s.incidents-int64(len(s.charged))) }

// Blocks says whether governance keeps a product out, by its current id or an
// older one (R42).
func (s State) Blocks(p domain.ProductID, older ...domain.ProductID) bool {
	return s.Blocked[p] || slices.ContainsFunc(older, func(id domain.ProductID) bool { return s.Blocked[id] })
}

func (e Registered) evolve(s State) State {
	s.Known, s.Kind, s.Managed, s.Country, s.Zone = true, e.Kind, e.Managed, e.Country, e.Zone
	s.name, s.domains = e.Name, e.Domains
	return s
}

func (e KindChanged) evolve(s State) State     { s.Kind = e.Kind; return s }
func (e BecameManaged) evolve(s State) State   { s.Managed = true; return s }
func (e BecameUnmanaged) evolve(s State) State { s.Managed = false; return s }

func (e GovernanceProductBlocked) evolve(s State) State {
	blocked := make(map[domain.ProductID]bool, len(s.Blocked)+1)
	maps.Copy(blocked, s.Blocked)
	blocked[e.Product] = true
	s.Blocked = blocked
	return s
}

func (e GovernanceProductAllowed) evolve(s State) State {
	s.Blocked = maps.Clone(s.Blocked)
	delete(s.Blocked, e.Product)
	return s
}

func (e PremierContractRecorded) evolve(s State) State { s.incidents = e.Incidents; return s }

func (e PremierIncidentCharged) evolve(s State) State {
	charged := make(map[domain.CaseID]bool, len(s.charged)+1)
	maps.Copy(charged, s.charged)
	charged[e.Case] = true
	s.charged = charged
	return s
}
