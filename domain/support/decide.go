package support

import (
	"slices"
	"time"

	"kassa/domain"
)

// Command is sealed; each command carries its own rule.
type Command interface{ decide(State) ([]Event, error) }

// Refusals this aggregate can give.
var (
	ErrUnknown    = &domain.Error{Kind: domain.NotFound, Code: "support_case_unknown", Message: "There is no such support case. Check its id."}
	ErrClosed     = &domain.Error{Kind: domain.Conflict, Code: "support_case_closed", Message: "This support case is closed. Open another one."}
	ErrTopic      = &domain.Error{Kind: domain.Invalid, Code: "support_topic_unknown", Message: "Give the topic as access, billing, how_to, technical or other."}
	ErrResolution = &domain.Error{Kind: domain.Invalid, Code: "support_resolution_unknown", Message: "Give the resolution as solved, worked_around, no_fault, duplicate or withdrawn."}
	ErrPremier    = domain.Refuse("premier_not_for_self_service", "Help with what a person bought by themselves never uses a Premier incident of the organisation. Open the case without one.")
)

var (
	topics      = []Topic{Access, Billing, HowTo, Technical, OtherTopic}
	resolutions = []Resolution{Solved, WorkedAround, NoFault, Duplicate, Withdrawn}
)

// Open asks for help. A Premier incident, where it pays for that, has been
// charged to the tenant.
type Open struct {
	Case         domain.CaseID
	Subscription domain.SubscriptionID
	Tenant       domain.TenantID
	By           domain.PersonID
	Topic        Topic
	Channel      domain.Channel // of the subscription
	Premier      bool
	At           time.Time
}

// Check refuses what can never be opened, before anything is charged for it.
func (c Open) Check() error {
	switch {
	case !slices.Contains(topics, c.Topic):
		return ErrTopic
	case c.Premier && c.Channel != domain.Central:
		return ErrPremier
	}
	return nil
}

func (c Open) decide(s State) ([]Event, error) {
	if s.Status != StatusNone {
		return nil, nil
	}
	if err := c.Check(); err != nil {
		return nil, err
	}
	opened := SupportCaseOpened{
		Case: c.Case, Subscription: c.Subscription, Tenant: c.Tenant, By: c.By, Topic: c.Topic, Channel: c.Channel,
		SupportedBy: VendorStandard, Entitlement: Standard, IncidentCharge: NoIncident, At: c.At,
	}
	if c.Channel == domain.Central {
		opened.SupportedBy = Organisation
	}
	if c.Premier {
		opened.IncidentCharge = PremierIncident
	}
	return []Event{opened}, nil
}

// Escalate passes a case on.
type Escalate struct {
	By domain.PersonID
	At time.Time
}

func (c Escalate) decide(s State) ([]Event, error) {
	switch s.Status {
	case StatusNone:
		return nil, ErrUnknown
	case StatusEscalated:
		return nil, nil
	case StatusClosed:
		return nil, ErrClosed
	}
	return []Event{CaseEscalated(c)}, nil
}

// Close ends a case.
type Close struct {
	By         domain.PersonID
	Resolution Resolution
	At         time.Time
}

func (c Close) decide(s State) ([]Event, error) {
	switch {
	case s.Status == StatusNone:
		return nil, ErrUnknown
	case !slices.Contains(resolutions, c.Resolution):
		return nil, ErrResolution
	case s.Status == StatusClosed && s.Resolution == c.Resolution:
		return nil, nil
	case s.Status == StatusClosed:
		return nil, ErrClosed
	}
	return []Event{CaseClosed(c)}, nil
}
