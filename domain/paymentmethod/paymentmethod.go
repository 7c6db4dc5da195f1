// Package paymentmethod decides which cards a person has, and which of them
// pays where they name none:
//
//	added ──▶ expired (and good again once its details say so)
//	  └─────▶ replaced by another ──▶ │ gone: nothing is charged to it
//	  └─────▶ removed ──────────────▶ │
//
// Its stream, "paymentmethod-<tenant>-<person>", is all of one person's cards,
// so that one is the default, and of two removals of the last two one is
// refused. What a card pays for is the subscription's; it must never be known
// here but as a word inside a command.
package paymentmethod

import "kassa/domain"

// Decider is this package's only door.
var Decider = domain.Decider[State, Command, Event]{
	Decide: func(s State, c Command) ([]Event, error) { return c.decide(s) },
	Evolve: func(s State, e Event) State { return e.evolve(s) },
}

// Stream names the stream of a person's cards.
func Stream(t domain.TenantID, p domain.PersonID) string {
	return "paymentmethod-" + string(t) + "-" + string(p)
}
