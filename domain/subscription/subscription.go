// Package subscription decides what may happen to bought seats: their term and
// who holds one. Its stream is "subscription-<id>". Seat capacity is decided
// here and nowhere else; who may ask for a seat is not.
package subscription

import "kassa/domain"

// Decider is this package's only door.
var Decider = domain.Decider[State, Command, Event]{
	Decide: func(s State, c Command) ([]Event, error) { return c.decide(s) },
	Evolve: func(s State, e Event) State { return e.evolve(s) },
}

// Stream names the stream a subscription lives in.
func Stream(id domain.SubscriptionID) string { return "subscription-" + string(id) }
