package partner

import (
	"slices"
	"time"

	"kassa/domain"
)

// State is the latest relation between a customer and a partner.
type State struct {
	Relation             domain.RelationID // empty: there never was one
	Kind                 Kind
	Roles                []string // template ids, sorted
	GrantedAt, ExpiresAt time.Time

	ended error // why it holds no more, once a fact says so
}

// Holds says whether the partner may act at an instant: nil, or ErrUnknown,
// ErrRevoked or ErrExpired. At ExpiresAt it holds no more.
func (s State) Holds(at time.Time) error {
	switch {
	case s.Relation == "":
		return ErrUnknown
	case s.ended != nil:
		return s.ended
	case !at.Before(s.ExpiresAt):
		return ErrExpired
	}
	return nil
}

// Reading are the roles with which the partner's people look at the customer's
// affairs. An admin agent sees what a billing administrator sees (R54); beyond
// that nobody has more than was granted.
func (s State) Reading() []string {
	if s.Kind == DAP {
		return []string{domain.RoleBillingAdmin}
	}
	return slices.Clone(s.Roles)
}

// Acting are the roles with which they change something: those granted, of
// which that of an admin agent allows nothing (R55).
func (s State) Acting() []string { return slices.Clone(s.Roles) }

func (e DelegationGranted) evolve(State) State {
	return State{Relation: e.Relation, Kind: e.Kind, Roles: e.Roles, GrantedAt: e.GrantedAt, ExpiresAt: e.ExpiresAt}
}

func (e DelegationExpired) evolve(s State) State { s.ended = ErrExpired; return s }
func (e DelegationRevoked) evolve(s State) State { s.ended = ErrRevoked; return s }
