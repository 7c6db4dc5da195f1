package subscription

import (
	"maps"
	"time"

	"kassa/domain"
)

// Grace is how long seats stay usable and assignable after the term's end.
const Grace = 30 * 24 * time.Hour

// Status is where a subscription stands at some instant.
type Status string

// Statuses. Their texts are part of the public API.
const (
	StatusNone     Status = ""
	StatusActive   Status = "active"
	StatusExpired  Status = "expired"  // within Grace: everything still works
	StatusDisabled Status = "disabled" // nobody has access, nothing can be assigned
)

// State keeps only what a later decision reads: here, and in commands that ask
// whose subscription it is (R23, R24).
type State struct {
	Subscription domain.SubscriptionID
	Tenant       domain.TenantID
	Product      domain.ProductID
	Channel      domain.Channel
	Purchaser    domain.PersonID
	Quantity     int64
	End          time.Time
	Seats        map[domain.PersonID]bool // who holds one
}

// Status derives from the calendar: no fact is recorded when a term ends.
func (s State) Status(at time.Time) Status {
	switch {
	case s.Subscription == "":
		return StatusNone
	case at.Before(s.End):
		return StatusActive
	case at.Before(s.End.Add(Grace)):
		return StatusExpired
	}
	return StatusDisabled
}

func (e Provisioned) evolve(s State) State {
	s.Subscription, s.Tenant, s.Product, s.Channel = e.Subscription, e.Tenant, e.Product, e.Channel
	s.Purchaser, s.Quantity, s.End = e.Purchaser, e.Quantity, e.End
	return s
}

func (e SeatReserved) evolve(s State) State {
	seats := make(map[domain.PersonID]bool, len(s.Seats)+1)
	maps.Copy(seats, s.Seats)
	seats[e.Person] = true
	s.Seats = seats
	return s
}

func (e SeatReleased) evolve(s State) State {
	s.Seats = maps.Clone(s.Seats)
	delete(s.Seats, e.Person)
	return s
}
