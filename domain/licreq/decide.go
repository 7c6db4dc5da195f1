package licreq

import (
	"slices"
	"time"

	"kassa/domain"
)

// Command is sealed; each command carries its own rule.
type Command interface{ decide(State) ([]Event, error) }

// Refusals this aggregate can give.
var (
	ErrUnknown      = &domain.Error{Kind: domain.NotFound, Code: "license_request_unknown", Message: "There is no such licence request. Check its id."}
	ErrMayBuy       = domain.Refuse("license_request_not_needed", "You may buy this product by yourself, so there is nothing to ask for. Buy it.")
	ErrOwnProcess   = domain.Refuse("own_request_process", "Your organisation has its own way to ask for licences. Do as its message says.")
	ErrAlreadyAsked = &domain.Error{Kind: domain.Conflict, Code: "license_already_requested", Message: "You have asked for this product already, and nobody has answered yet. Wait for the answer."}
	ErrReason       = &domain.Error{Kind: domain.Invalid, Code: "request_reason_invalid", Message: "Give the reason as needed_for_work, collaboration, replacement, trying_out or other."}
	ErrNobody       = &domain.Error{Kind: domain.Invalid, Code: "request_for_nobody", Message: "Say whom the licences are for."}
	ErrTooMany      = &domain.Error{Kind: domain.Invalid, Code: "request_for_too_many", Message: "A licence request names at most 20 people. Name fewer, or make another later."}
	ErrAnswered     = &domain.Error{Kind: domain.Conflict, Code: "license_request_answered", Message: "Somebody has answered this licence request already. Look at it again."}
	ErrExpired      = domain.Refuse("license_request_expired", "This licence request is more than twelve months old. Ask again if the licences are still wanted.")
	ErrNotAsked     = &domain.Error{Kind: domain.Invalid, Code: "request_not_for_person", Message: "The licence request does not ask for one of these people. Choose among those it names."}
	ErrNotCentral   = domain.Refuse("subscription_not_central", "A person bought this subscription for themselves. Choose one that the organisation bought.")
	ErrOtherProduct = domain.Refuse("subscription_of_other_product", "This subscription is of another product than the one asked for. Choose one of the same product.")
	ErrDenial       = &domain.Error{Kind: domain.Invalid, Code: "denial_reason_invalid", Message: "Give the reason as not_needed, too_expensive, other_product, not_allowed or other."}
)

// Ask makes a request. Whether its requester may buy has been judged now.
type Ask struct {
	Request    ID
	Tenant     domain.TenantID
	Product    domain.ProductID // the current id
	AskedFor   domain.ProductID
	Requester  domain.PersonID
	For        []domain.PersonID // active people of the tenant
	Reason     Reason
	OwnProcess bool // the organisation takes requests in its own way
	Verdict    domain.Verdict
	At         time.Time
}

func (c Ask) decide(s State) ([]Event, error) {
	people := once(c.For)
	failed, refused := c.Verdict.Refusal()
	switch {
	case s.Status == StatusPending && c.At.Before(s.ExpiresAt):
		return nil, ErrAlreadyAsked
	case s.Status != StatusNone:
		return nil, ErrAnswered
	case c.OwnProcess:
		return nil, ErrOwnProcess
	case len(people) == 0:
		return nil, ErrNobody
	case len(people) > MaxPeople:
		return nil, ErrTooMany
	case !slices.Contains(reasons, c.Reason):
		return nil, ErrReason
	case !refused:
		return nil, ErrMayBuy
	case !domain.CanRequestLicense(failed.Code):
		return nil, domain.Refusal(failed.Code)
	}
	return []Event{Requested{
		Request: c.Request, Tenant: c.Tenant, Product: c.Product, AskedFor: c.AskedFor, Requester: c.Requester, For: people,
		Reason: c.Reason, Refusal: failed.Code, Checks: c.Verdict.Checks, ExpiresAt: c.At.UTC().AddDate(1, 0, 0), At: c.At,
	}}, nil
}

// Share shows a pending request to an active person of the tenant.
type Share struct {
	With domain.PersonID
	At   time.Time
}

func (c Share) decide(s State) ([]Event, error) {
	if err := s.answerable(c.At); err != nil {
		return nil, err
	}
	switch {
	case s.Shows(c.With):
		return nil, nil
	case len(s.SharedWith) == MaxPeople:
		return nil, ErrTooMany
	}
	return []Event{Shared(c)}, nil
}

// Approve gives licences to all that a request asks for, or to some.
type Approve struct {
	For          []domain.PersonID // empty: all
	Subscription domain.SubscriptionID
	Channel      domain.Channel     // of the subscription
	Of           []domain.ProductID // every id of the subscription's product
	At           time.Time
}

func (c Approve) decide(s State) ([]Event, error) {
	if err := s.answerable(c.At); err != nil {
		return nil, err
	}
	people := once(c.For)
	for _, p := range s.People {
		if len(c.For) == 0 {
			people = append(people, p.ID)
		}
	}
	for _, p := range people {
		if s.person(p).ID == "" {
			return nil, ErrNotAsked
		}
	}
	switch {
	case c.Channel != domain.Central:
		return nil, ErrNotCentral
	case !slices.Contains(c.Of, s.Product):
		return nil, ErrOtherProduct
	case len(people) < len(s.People):
		return []Event{PartlyApproved{For: people, Subscription: c.Subscription, At: c.At}}, nil
	}
	return []Event{Approved{For: people, Subscription: c.Subscription, At: c.At}}, nil
}

// Deny gives none.
type Deny struct {
	Reason Denial
	At     time.Time
}

func (c Deny) decide(s State) ([]Event, error) {
	if err := s.answerable(c.At); err != nil {
		return nil, err
	}
	if !slices.Contains(denials, c.Reason) {
		return nil, ErrDenial
	}
	return []Event{Denied(c)}, nil
}

// answerable says whether somebody may still answer. Time may be ahead of the
// fact that says so.
func (s State) answerable(at time.Time) error {
	switch {
	case s.Status == StatusNone:
		return ErrUnknown
	case s.Status == StatusExpired, s.Status == StatusPending && !at.Before(s.ExpiresAt):
		return ErrExpired
	case s.Status != StatusPending:
		return ErrAnswered
	}
	return nil
}

// Give says that an approved person got their licence.
type Give struct {
	Person domain.PersonID
	At     time.Time
}

func (c Give) decide(s State) ([]Event, error) {
	if s.person(c.Person).Standing != Waiting {
		return nil, nil
	}
	return []Event{Given{Person: c.Person, Subscription: s.Subscription, At: c.At}}, nil
}

// Miss says that there was no seat for an approved person. They go on waiting.
type Miss struct {
	Person domain.PersonID
	At     time.Time
}

func (c Miss) decide(s State) ([]Event, error) {
	if p := s.person(c.Person); p.Standing != Waiting || p.Code == NoSeat {
		return nil, nil
	}
	return []Event{SeatMissed(c)}, nil
}

// Fail says that an approved person cannot have the licence, and why.
type Fail struct {
	Person domain.PersonID
	Code   string
	At     time.Time
}

func (c Fail) decide(s State) ([]Event, error) {
	if s.person(c.Person).Standing != Waiting {
		return nil, nil
	}
	return []Event{NotGiven(c)}, nil
}

// Expire ends what is twelve months old.
type Expire struct{ At time.Time }

func (c Expire) decide(s State) ([]Event, error) {
	switch {
	case s.Status == StatusNone:
		return nil, ErrUnknown
	case s.over(), c.At.Before(s.ExpiresAt):
		return nil, nil
	}
	return []Event{Expired{At: s.ExpiresAt}}, nil
}
