package centralisation

import (
	"time"

	"kassa/domain"
)

// Order buys a seat for everybody who still needs one, under the organisation's
// agreement (R46).
type Order struct {
	Terms         string // version agreed to
	PrivacyNotice string // version shown
	At            time.Time
}

func (c Order) decide(s State) ([]Event, error) {
	if err := s.needsSeats(); err != nil {
		return nil, err
	}
	return []Event{CentralPurchaseOrdered{Seats: s.Remaining(), Terms: c.Terms, PrivacyNotice: c.PrivacyNotice, At: c.At}}, nil
}

// Choose gives people licences of what the organisation has already (R45).
type Choose CentralSubscriptionChosen

func (c Choose) decide(s State) ([]Event, error) {
	if s.Target == c.Subscription && s.Target != "" && s.Status() == StatusAssigning {
		return nil, nil
	}
	if err := s.needsSeats(); err != nil {
		return nil, err
	}
	return []Event{CentralSubscriptionChosen(c)}, nil
}

func (s State) needsSeats() error {
	switch s.Status() {
	case StatusNone:
		return ErrUnknown
	case StatusSeatsNeeded:
		return nil
	case StatusBuying:
		return ErrBuying
	case StatusAssigning:
		return ErrHasTarget
	case StatusClosed, StatusWithdrawn:
		return ErrOver
	}
	return ErrNoNeed
}

// The commands below are steps of Kassa itself. Two may try the same one: the
// second finds that it was taken and records nothing.

// Bought says what an order came to.
type Bought struct {
	Purchase     domain.PurchaseID
	Subscription domain.SubscriptionID
	Seats        int64
	Offer        Offer // that they were bought at
	At           time.Time
}

func (c Bought) decide(s State) ([]Event, error) {
	if !s.buying {
		return nil, nil
	}
	yearly, err := c.Offer.Yearly(c.Seats)
	if err == nil && s.Central.Currency != "" {
		yearly, err = yearly.Plus(s.Central)
	}
	if err != nil {
		return nil, err
	}
	return []Event{CentralSeatsBought{
		Purchase: c.Purchase, Subscription: c.Subscription, Seats: c.Seats,
		UnitPrice: c.Offer.UnitPrice, Term: c.Offer.Term, Yearly: yearly, At: c.At,
	}}, nil
}

// Refuse says that an order cannot be carried out.
type Refuse CentralPurchaseRefused

func (c Refuse) decide(s State) ([]Event, error) {
	if !s.buying {
		return nil, nil
	}
	return []Event{CentralPurchaseRefused(c)}, nil
}

// RanOut says that the target has no more to give.
type RanOut SeatsRanOut

func (c RanOut) decide(s State) ([]Event, error) {
	if s.Status() != StatusAssigning || s.Target != c.Subscription {
		return nil, nil
	}
	return []Event{SeatsRanOut(c)}, nil
}

// Reassign says what became of the next people of the list.
type Reassign struct {
	Target domain.SubscriptionID
	Users  []Reassigned
	At     time.Time
}

func (c Reassign) decide(s State) ([]Event, error) {
	if len(c.Users) == 0 || s.Status() != StatusAssigning || s.Target != c.Target {
		return nil, nil
	}
	next := s.NextUsers(len(c.Users))
	if c.Users[0].Person != next[0] {
		return nil, nil // somebody else was faster
	}
	for i, u := range c.Users {
		if i >= len(next) || u.Person != next[i] {
			return nil, ErrStep
		}
	}
	return []Event{UsersReassigned{
		Subscription: c.Target, Users: c.Users, Remaining: s.Remaining() - int64(len(c.Users)), At: c.At,
	}}, nil
}

// Ask says which of the next purchasers of the list were asked to cancel. None
// is before everybody has been seen to.
type Ask struct {
	Asked []Asked
	At    time.Time
}

func (c Ask) decide(s State) ([]Event, error) {
	if len(c.Asked) == 0 || s.Status() != StatusAsking {
		return nil, nil
	}
	next := s.NextSources(len(c.Asked))
	if c.Asked[0].Subscription != next[0].Subscription {
		return nil, nil
	}
	for i, a := range c.Asked {
		if i >= len(next) || a.Subscription != next[i].Subscription || (a.Request == "") == (a.Code == "") {
			return nil, ErrStep
		}
	}
	remaining := int64(len(s.Sources) - len(s.Asked) - len(c.Asked))
	return []Event{PurchasersAskedToCancel{Asked: c.Asked, Remaining: remaining, At: c.At}}, nil
}

// Answers says what purchasers answered.
type Answers PurchasersAnswered

func (c Answers) decide(s State) ([]Event, error) {
	if !s.Open() {
		return nil, nil
	}
	waiting := map[RequestID]bool{}
	for _, id := range s.Outstanding() {
		waiting[id] = true
	}
	var fresh []Answered
	for _, a := range c.Answers {
		if waiting[a.Request] && a.Answer != Unanswered {
			fresh = append(fresh, a)
			waiting[a.Request] = false
		}
	}
	if len(fresh) == 0 {
		return nil, nil
	}
	return []Event{PurchasersAnswered{Answers: fresh, At: c.At}}, nil
}
