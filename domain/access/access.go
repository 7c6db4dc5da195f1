// Package access decides what is kept of a partner's looking at a customer's
// affairs (R54): a fact for each request that was let in, written before it is
// answered, and kept after the relation is over. Each has a stream of its own,
// "access-<customer>-<partner>-<visit>", so that writing one costs the same
// however many there are.
//
// It must never hold what was seen, nor anything a person typed.
package access

import (
	"time"

	"kassa/domain"
)

// Decider is this package's only door.
var Decider = domain.Decider[State, Command, Event]{
	Decide: func(s State, c Command) ([]Event, error) { return c.decide(s) },
	Evolve: func(s State, e Event) State { return e.evolve(s) },
}

// Stream names the stream of one request.
func Stream(customer, partner domain.TenantID, visit string) string {
	return "access-" + string(customer) + "-" + string(partner) + "-" + visit
}

// State is whether the request has been recorded.
type State struct{ recorded bool }

// Event is sealed.
type Event interface {
	domain.Event
	evolve(State) State
}

// Recorded says that a partner's person asked for something on behalf of a
// customer and was let in. Whether their roles then allowed it is another
// matter: what they changed is a fact of its own, by the same actor.
//
// It is the storage format. Add optional fields freely; for anything else
// declare a new version and an upcaster.
type Recorded struct {
	Customer  domain.TenantID   `json:"customerTid"`
	Partner   domain.TenantID   `json:"partnerTid"`
	Person    domain.PersonID   `json:"oid"`
	Relation  domain.RelationID `json:"relationId"`
	Operation string            `json:"operation"`         // the API's id of it: "list-products"
	Subject   string            `json:"subject,omitempty"` // id of the one thing it is about
	At        time.Time         `json:"at"`
}

// EventType implements domain.Event.
func (Recorded) EventType() string { return "access.recorded.v1" }

func (Recorded) evolve(State) State { return State{recorded: true} }

// Command is sealed.
type Command interface{ decide(State) ([]Event, error) }

// Record keeps that somebody was let in.
type Record Recorded

func (c Record) decide(s State) ([]Event, error) {
	if s.recorded {
		return nil, nil
	}
	return []Event{Recorded(c)}, nil
}
