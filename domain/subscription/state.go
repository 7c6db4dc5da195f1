package subscription

import (
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
	Taken        int64 // seats that people hold

	latest *seat
}

// seat is what was last said of a person's seat, before that of another's, and
// so on to the first. A list can grow from an older state without touching it,
// at the same small cost however many seats there are.
type seat struct {
	person domain.PersonID
	held   bool
	before *seat
}

// Holds says whether a person has a seat.
func (s State) Holds(p domain.PersonID) bool {
	for said := s.latest; said != nil; said = said.before {
		if said.person == p {
			return said.held
		}
	}
	return false
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

// Only who holds no seat reserves one, and only who holds one releases it: that
// is decided before the fact, so counting needs no search.
func (e SeatReserved) evolve(s State) State {
	s.Taken++
	s.latest = &seat{person: e.Person, held: true, before: s.latest}
	return s
}

func (e SeatReleased) evolve(s State) State {
	s.Taken--
	s.latest = &seat{person: e.Person, before: s.latest}
	return s
}
