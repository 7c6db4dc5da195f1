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
	case c.Subscription == "", c.Quantity < 1, !c.End.After(c.Start), c.Support != StandardSupport,
		c.Term.Payments(c.Frequency) == 0, !c.PaidUntil.IsZero() && !c.PaidUntil.Before(c.End):
		return nil, ErrMalformed
	}
	return []Event{Provisioned(c)}, nil
}

// Reserve takes a seat for a person, ahead of their licence.
type Reserve struct {
	Person domain.PersonID
	Via    string // how the licence is got; empty: as the channel says
	At     time.Time
}

func (c Reserve) decide(s State) ([]Event, error) {
	switch {
	case s.Subscription == "":
		return nil, ErrUnknown
	case s.Holds(c.Person):
		return nil, nil
	case s.Takeover.ID != "":
		return nil, ErrControlTaken
	case s.Suspended != "":
		return nil, ErrSuspended
	case !s.usable(c.At):
		return nil, ErrEnded
	case s.Taken >= s.capacity():
		return nil, ErrNoSeat
	}
	return []Event{SeatReserved(c)}, nil
}

// Release gives a person's seat back, at any time but after the last fact.
type Release struct {
	Person domain.PersonID
	At     time.Time
}

func (c Release) decide(s State) ([]Event, error) {
	switch {
	case s.Subscription == "":
		return nil, ErrUnknown
	case !s.Holds(c.Person), s.Ended == StatusDeleted:
		return nil, nil
	}
	return []Event{SeatReleased(c)}, nil
}
