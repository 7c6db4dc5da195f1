package tenant

import (
	"iter"
	"maps"
	"slices"
	"time"

	"kassa/domain"
)

// Command is sealed; each command carries its own rule.
type Command interface{ decide(State) ([]Event, error) }

// Refusals this aggregate can give.
var (
	ErrUnknown     = &domain.Error{Kind: domain.NotFound, Code: "tenant_not_registered", Message: "There is no such organisation here. Register it first."}
	ErrKind        = &domain.Error{Kind: domain.Invalid, Code: "tenant_kind_invalid", Message: "Give the kind as commercial, education, nonprofit, gcc, gcch or dod."}
	ErrIncidents   = &domain.Error{Kind: domain.Invalid, Code: "premier_incidents_invalid", Message: "Give the number of Premier incidents that the contract grants: zero or more."}
	ErrNoPremier   = domain.Refuse("premier_incidents_used_up", "The organisation has no Premier incident left, or no Premier contract. Open the case without one.")
	ErrIncidentFor = &domain.Error{Kind: domain.Internal, Code: "premier_incident_for_self_service", Message: "A Premier incident pays only for what the organisation bought itself. Contact support."}
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

// RecordPremierContract states how many incidents the tenant's Premier contract
// grants, in all. Those that were charged stay charged.
type RecordPremierContract struct{ Incidents int64 }

func (c RecordPremierContract) decide(s State) ([]Event, error) {
	switch {
	case !s.Known:
		return nil, ErrUnknown
	case c.Incidents < 0:
		return nil, ErrIncidents
	case c.Incidents == s.incidents:
		return nil, nil
	}
	return []Event{PremierContractRecorded{Incidents: c.Incidents, Previous: s.incidents}}, nil
}

// ChargePremierIncident takes an incident for a support case. Here, and only
// here, is decided whether one is left, and that none is taken for what a person
// bought by themselves (R52).
type ChargePremierIncident struct {
	Case         domain.CaseID
	Subscription domain.SubscriptionID
	Channel      domain.Channel // of the subscription
	Topic        string
	At           time.Time
}

func (c ChargePremierIncident) decide(s State) ([]Event, error) {
	switch {
	case !s.Known:
		return nil, ErrUnknown
	case c.Channel != domain.Central:
		return nil, ErrIncidentFor
	case s.charged[c.Case]:
		return nil, nil
	case s.IncidentsLeft() == 0:
		return nil, ErrNoPremier
	}
	return []Event{PremierIncidentCharged{Case: c.Case, Subscription: c.Subscription, Topic: c.Topic, At: c.At}}, nil
}
