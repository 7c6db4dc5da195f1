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
// indexes, since sealing the same text twice gives different bytes. That an
// account was closed or opened is a fact of its own (R22), and so is that a
// deleted person is there again.
type Observe Observed

func (c Observe) decide(s State) ([]Event, error) {
	switch {
	case c.Person == "" || c.Tenant == "":
		return nil, ErrInvalid
	case !s.Known:
		return []Event{Observed(c)}, nil
	}
	var events []Event
	if s.Deleted {
		events = append(events, Restored{})
		s = Restored{}.evolve(s)
	}
	if c.Enabled != s.Enabled {
		events = append(events, account(c.Enabled))
		s = s.account(c.Enabled)
	}
	if !same(s, Observed(c).evolve(s)) {
		events = append(events, Observed(c))
	}
	return events, nil
}

func account(open bool) Event {
	if open {
		return Enabled{}
	}
	return Disabled{}
}

func same(a, b State) bool {
	return a.Tenant == b.Tenant && a.Person == b.Person && a.Guest == b.Guest && a.Enabled == b.Enabled && a.Synced == b.Synced &&
		a.usageLocation == b.usageLocation && a.mailIndex == b.mailIndex && a.profileIndex == b.profileIndex
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

// Delete says that the directory has deleted the person (R57).
type Delete struct{}

func (Delete) decide(s State) ([]Event, error) {
	switch {
	case !s.Known:
		return nil, ErrUnknown
	case s.Deleted:
		return nil, nil
	}
	return []Event{Deleted{}}, nil
}

// Restore says that the directory has brought the person back, as they were.
type Restore struct{}

func (Restore) decide(s State) ([]Event, error) {
	switch {
	case !s.Known:
		return nil, ErrUnknown
	case !s.Deleted:
		return nil, nil
	}
	return []Event{Restored{}}, nil
}

// GiveFeedback keeps what the person wrote, once.
type GiveFeedback FeedbackGiven

func (c GiveFeedback) decide(s State) ([]Event, error) {
	switch {
	case !s.Known:
		return nil, ErrUnknown
	case c.Feedback == "" || len(c.Words) == 0:
		return nil, ErrInvalid
	case c.Feedback == s.feedback:
		return nil, nil
	}
	return []Event{FeedbackGiven(c)}, nil
}
