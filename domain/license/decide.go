package license

import (
	"time"

	"kassa/domain"
)

// Command is sealed; each command carries its own rule.
type Command interface{ decide(State) ([]Event, error) }

// Refusals this aggregate can give.
var (
	ErrOtherTenant = &domain.Error{Kind: domain.Forbidden, Code: "other_tenant", Message: "Licences can be assigned only to people in the organisation that has the subscription. Choose someone there."}
	ErrUnknown     = &domain.Error{Kind: domain.NotFound, Code: "license_unknown", Message: "This person has never had a licence of this subscription. Check whom you mean."}
)

// Assign gives a person the product. Their seat has been reserved.
type Assign struct {
	Subscription       domain.SubscriptionID
	Product            domain.ProductID
	Assignee           domain.PersonID
	AssigneeTenant     domain.TenantID
	SubscriptionTenant domain.TenantID
	Via                Via
	At                 time.Time
}

func (c Assign) decide(s State) ([]Event, error) {
	switch {
	case c.AssigneeTenant == "" || c.AssigneeTenant != c.SubscriptionTenant:
		return nil, ErrOtherTenant
	case s.Assigned:
		return nil, nil
	}
	return []Event{Assigned{
		Subscription: c.Subscription, Product: c.Product, Assignee: c.Assignee,
		AssigneeTenant: c.AssigneeTenant, Via: c.Via, At: c.At,
	}}, nil
}

// Move takes it back from somebody who has one of another subscription by now.
type Move struct {
	To    domain.SubscriptionID
	Batch string // of everybody who is moved for the same reason
	At    time.Time
}

func (c Move) decide(s State) ([]Event, error) {
	taken, err := Unassign{Cause: Moved, At: c.At}.decide(s)
	if err != nil || len(taken) == 0 {
		return nil, err
	}
	moved := MovedTo{From: s.Subscription, To: c.To, Assignee: s.Assignee, Batch: c.Batch, At: c.At}
	return append([]Event{moved}, taken...), nil
}

// Unassign takes it back from whoever has it. The seat is released afterwards.
type Unassign struct {
	Cause Cause
	At    time.Time
}

func (c Unassign) decide(s State) ([]Event, error) {
	switch {
	case s.Subscription == "":
		return nil, ErrUnknown
	case !s.Assigned:
		return nil, nil
	}
	return []Event{Unassigned{Subscription: s.Subscription, Assignee: s.Assignee, Cause: c.Cause, At: c.At}}, nil
}

// Suspend ends the use of a licence without taking it back.
type Suspend struct {
	Cause Cause
	At    time.Time
}

func (c Suspend) decide(s State) ([]Event, error) {
	switch {
	case s.Subscription == "":
		return nil, ErrUnknown
	case !s.Assigned, s.Suspended:
		return nil, nil
	}
	return []Event{Suspended{Subscription: s.Subscription, Assignee: s.Assignee, Cause: c.Cause, At: c.At}}, nil
}

// Restore ends a suspension.
type Restore struct {
	Cause Cause
	At    time.Time
}

func (c Restore) decide(s State) ([]Event, error) {
	switch {
	case s.Subscription == "":
		return nil, ErrUnknown
	case !s.Suspended:
		return nil, nil
	}
	return []Event{Restored{Subscription: s.Subscription, Assignee: s.Assignee, Cause: c.Cause, At: c.At}}, nil
}
