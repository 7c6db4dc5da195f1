package licreq

import (
	"slices"
	"time"

	"kassa/domain"
)

// Status is where a request stands.
type Status string

// Statuses. Their texts are part of the public API.
const (
	StatusNone           Status = ""
	StatusPending        Status = "pending"
	StatusApproved       Status = "approved"
	StatusPartlyApproved Status = "partly_approved"
	StatusDenied         Status = "denied"
	StatusExpired        Status = "expired"
)

// Standing is where a person stands whom a request asks for.
type Standing string

// Standings. Their texts are part of the public API.
const (
	Asked     Standing = "asked"      // there is no answer, or not the hoped-for one
	Waiting   Standing = "waiting"    // approved, and without a licence so far
	HasIt     Standing = "given"      // approved, and given one
	HasItNot  Standing = "not_given"  // approved, but they could not have it
	NotChosen Standing = "not_chosen" // others were approved
)

// NoSeat is the Code of somebody who waits for a seat.
const NoSeat = "no_seat"

// State keeps what a later decision reads, what its next step needs, and how
// each person stands.
type State struct {
	Request      ID
	Tenant       domain.TenantID
	Product      domain.ProductID
	Requester    domain.PersonID
	People       []Person // that it asks for
	SharedWith   []domain.PersonID
	Status       Status
	Subscription domain.SubscriptionID // that the approved get a seat of
	ExpiresAt    time.Time
}

// Person is somebody for whom a licence is asked.
type Person struct {
	ID       domain.PersonID
	Standing Standing
	Code     string // why they wait, or were not given one
}

// Shows says whether a person may look at the request without being an
// administrator.
func (s State) Shows(p domain.PersonID) bool {
	return p == s.Requester || slices.Contains(s.SharedWith, p)
}

// Waiting are the approved who have no licence so far.
func (s State) Waiting() (people []domain.PersonID) {
	for _, p := range s.People {
		if p.Standing == Waiting {
			people = append(people, p.ID)
		}
	}
	return people
}

// over says whether time changes nothing any more.
func (s State) over() bool { return s.Status != StatusPending && len(s.Waiting()) == 0 }

// person is whom it asks for by that id, or nobody.
func (s State) person(id domain.PersonID) Person {
	for _, p := range s.People {
		if p.ID == id {
			return p
		}
	}
	return Person{}
}

// now is the state in which each person stands as told.
func (s State) now(stand func(Person) Person) State {
	people := make([]Person, len(s.People))
	for i, p := range s.People {
		people[i] = stand(p)
	}
	s.People = people
	return s
}

// one is the state in which one person stands so.
func (s State) one(id domain.PersonID, standing Standing, code string) State {
	return s.now(func(p Person) Person {
		if p.ID == id {
			p.Standing, p.Code = standing, code
		}
		return p
	})
}

func (s State) approved(status Status, people []domain.PersonID, id domain.SubscriptionID) State {
	s.Status, s.Subscription = status, id
	return s.now(func(p Person) Person {
		p.Standing = NotChosen
		if slices.Contains(people, p.ID) {
			p.Standing = Waiting
		}
		return p
	})
}

func (e Requested) evolve(State) State {
	s := State{
		Request: e.Request, Tenant: e.Tenant, Product: e.Product, Requester: e.Requester,
		Status: StatusPending, ExpiresAt: e.ExpiresAt,
	}
	for _, p := range e.For {
		s.People = append(s.People, Person{ID: p, Standing: Asked})
	}
	return s
}

func (e Shared) evolve(s State) State {
	s.SharedWith = append(slices.Clip(s.SharedWith), e.With)
	return s
}

func (e Approved) evolve(s State) State { return s.approved(StatusApproved, e.For, e.Subscription) }
func (e PartlyApproved) evolve(s State) State {
	return s.approved(StatusPartlyApproved, e.For, e.Subscription)
}
func (e Denied) evolve(s State) State     { s.Status = StatusDenied; return s }
func (e SeatMissed) evolve(s State) State { return s.one(e.Person, Waiting, NoSeat) }
func (e Given) evolve(s State) State      { return s.one(e.Person, HasIt, "") }
func (e NotGiven) evolve(s State) State   { return s.one(e.Person, HasItNot, e.Code) }

// An answer stays what it was, whoever got nothing by it.
func (e Expired) evolve(s State) State {
	if s.Status == StatusPending {
		s.Status = StatusExpired
	}
	return s.now(func(p Person) Person {
		if p.Standing == Waiting {
			p.Standing, p.Code = HasItNot, ErrExpired.Code
		}
		return p
	})
}
