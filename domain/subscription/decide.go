package subscription

import (
	"cmp"
	"time"

	"kassa/domain"
)

// Command is sealed; each command carries its own rule.
type Command interface{ decide(State) ([]Event, error) }

// What every subscription has, whoever asks.
const (
	OwnedByTenant   = "tenant"   // its data, whoever pays (R44)
	StandardSupport = "standard" // from the vendor (R51)
)

// Refusals this aggregate can give.
var (
	ErrUnknown   = &domain.Error{Kind: domain.NotFound, Code: "subscription_unknown", Message: "There is no such subscription. Check its id."}
	ErrEnded     = domain.Refuse("subscription_ended", "This subscription has ended, so its licences cannot be assigned. Buy a new one.")
	ErrNoSeat    = &domain.Error{Kind: domain.Conflict, Code: "no_seat", Message: "Every licence of this subscription is assigned. Unassign one or buy more."}
	ErrPayer     = &domain.Error{Kind: domain.Internal, Code: "payer_not_purchaser", Message: "Whoever buys by themselves pays, and the organisation pays for the rest. Contact support."}
	ErrDataOwner = &domain.Error{Kind: domain.Internal, Code: "data_owner_not_tenant", Message: "The organisation owns the data. Contact support."}
	ErrMalformed = &domain.Error{Kind: domain.Internal, Code: "subscription_malformed", Message: "A subscription needs an id, at least one seat and a term that ends after it starts. Contact support."}
)

// Provision creates the subscription of a completed purchase (R14). DataOwner
// and Support may be left empty: there is one right answer to each.
type Provision Provisioned

func (c Provision) decide(s State) ([]Event, error) {
	payer := domain.PersonID("") // the organisation
	if c.Channel == domain.SelfService {
		payer = c.Purchaser
	}
	c.DataOwner = cmp.Or(c.DataOwner, OwnedByTenant)
	c.Support = cmp.Or(c.Support, StandardSupport)
	switch {
	case s.Subscription != "":
		return nil, nil
	case c.Payer != payer, c.Purchaser == "":
		return nil, ErrPayer
	case c.DataOwner != OwnedByTenant:
		return nil, ErrDataOwner
	case c.Subscription == "", c.Quantity < 1, !c.End.After(c.Start), c.Support != StandardSupport:
		return nil, ErrMalformed
	}
	return []Event{Provisioned(c)}, nil
}

// Reserve takes a seat for a person, ahead of their licence.
type Reserve struct {
	Person domain.PersonID
	At     time.Time
}

func (c Reserve) decide(s State) ([]Event, error) {
	switch {
	case s.Subscription == "":
		return nil, ErrUnknown
	case s.Holds(c.Person):
		return nil, nil
	case s.Status(c.At) == StatusDisabled:
		return nil, ErrEnded
	case s.Taken >= s.Quantity:
		return nil, ErrNoSeat
	}
	return []Event{SeatReserved(c)}, nil
}

// Release gives a person's seat back, at any time.
type Release struct {
	Person domain.PersonID
	At     time.Time
}

func (c Release) decide(s State) ([]Event, error) {
	switch {
	case s.Subscription == "":
		return nil, ErrUnknown
	case !s.Holds(c.Person):
		return nil, nil
	}
	return []Event{SeatReleased(c)}, nil
}
