package tenant

import (
	"iter"
	"maps"
	"slices"

	"kassa/domain"
)

// Command is sealed; each command carries its own rule.
type Command interface{ decide(State) ([]Event, error) }

// Refusals this aggregate can give.
var (
	ErrUnknown = &domain.Error{Kind: domain.NotFound, Code: "tenant_not_registered", Message: "There is no such organisation here. Register it first."}
	ErrKind    = &domain.Error{Kind: domain.Invalid, Code: "tenant_kind_invalid", Message: "Give the kind as commercial, education, nonprofit, gcc, gcch or dod."}
)

// Register makes a directory known, or brings what is known up to date.
type Register Registered

func (c Register) decide(s State) ([]Event, error) {
	switch {
	case c.Tenant == "":
		return nil, ErrUnknown
	case !c.Kind.Known():
		return nil, ErrKind
	case !domain.KnownMarket(c.Country):
		return nil, domain.ErrMarketUnknown
	case !s.Known:
		return []Event{Registered(c)}, nil
	}
	var events []Event
	if c.Kind != s.Kind {
		events = append(events, KindChanged{Kind: c.Kind, Previous: s.Kind})
	}
	if c.Managed != s.Managed {
		events = append(events, managed(c.Managed))
	}
	if c.Name != s.name || c.Country != s.Country || c.Zone != s.Zone || !slices.Equal(c.Domains, s.domains) {
		events = append(events, Registered(c))
	}
	return events, nil
}

func managed(is bool) Event {
	if is {
		return BecameManaged{}
	}
	return BecameUnmanaged{}
}

// SetBlocked states everything that governance keeps out of the tenant (R42).
// What it kept out before is let in again.
type SetBlocked struct{ Products []domain.ProductID }

func (c SetBlocked) decide(s State) ([]Event, error) {
	if !s.Known {
		return nil, ErrUnknown
	}
	var events []Event
	for _, id := range sortedOnce(slices.Values(c.Products)) {
		if !s.Blocked[id] {
			events = append(events, GovernanceProductBlocked{Product: id})
		}
	}
	for _, id := range sortedOnce(maps.Keys(s.Blocked)) {
		if !slices.Contains(c.Products, id) {
			events = append(events, GovernanceProductAllowed{Product: id})
		}
	}
	return events, nil
}

func sortedOnce(ids iter.Seq[domain.ProductID]) []domain.ProductID {
	return slices.Compact(slices.Sorted(ids))
}
