package user

import (
	"slices"

	"kassa/domain"
)

// Command is sealed; each command carries its own rule.
type Command interface{ decide(State) ([]Event, error) }

// Refusals this aggregate can give.
var (
	ErrUnknown = &domain.Error{Kind: domain.NotFound, Code: "user_unknown", Message: "There is no such person in this organisation. Check whom you mean."}
	ErrInvalid = &domain.Error{Kind: domain.Invalid, Code: "user_invalid", Message: "A person needs an id and an organisation. Give both."}
)

// Observe is what the directory says now. Nothing is recorded unless it differs
// from what it said last; the sealed name and mail are compared by their
// indexes, since sealing the same text twice gives different bytes.
type Observe Observed

func (c Observe) decide(s State) ([]Event, error) {
	next := Observed(c).evolve(s)
	switch {
	case c.Person == "" || c.Tenant == "":
		return nil, ErrInvalid
	case same(s, next):
		return nil, nil
	}
	return []Event{Observed(c)}, nil
}

func same(a, b State) bool {
	return a.Known == b.Known && a.Tenant == b.Tenant && a.Person == b.Person && a.Guest == b.Guest && a.Enabled == b.Enabled && a.Synced == b.Synced &&
		a.usageLocation == b.usageLocation && a.mailIndex == b.mailIndex && a.profileIndex == b.profileIndex
}

// Disable closes the account (R22).
type Disable struct{}

func (Disable) decide(s State) ([]Event, error) {
	switch {
	case !s.Known:
		return nil, ErrUnknown
	case !s.Enabled:
		return nil, nil
	}
	return []Event{Disabled{}}, nil
}

// Enable opens it again.
type Enable struct{}

func (Enable) decide(s State) ([]Event, error) {
	switch {
	case !s.Known:
		return nil, ErrUnknown
	case s.Enabled:
		return nil, nil
	}
	return []Event{Enabled{}}, nil
}

// SetRoles replaces the person's directory roles, in any order.
type SetRoles struct{ Roles []string }

func (c SetRoles) decide(s State) ([]Event, error) {
	roles := slices.Compact(slices.Sorted(slices.Values(c.Roles)))
	switch {
	case !s.Known:
		return nil, ErrUnknown
	case slices.Equal(roles, s.Roles):
		return nil, nil
	}
	return []Event{RolesChanged{Roles: roles}}, nil
}
