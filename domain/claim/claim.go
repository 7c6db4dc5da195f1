// Package claim decides what becomes of somebody's claim to a licence of a
// product that they opened (auto-claim).
//
//	Start ─┬ (refused at once)
//	       └ started ─┬ Grant ─▶ granted
//	                  └ Refuse ▶ refused
//
// Its stream is "claim-<id>". It says which subscriptions a seat may come from,
// and in which order; whether there is one, the subscription decides.
package claim

import "kassa/domain"

// Decider is this package's only door.
var Decider = domain.Decider[State, Command, Event]{
	Decide: func(s State, c Command) ([]Event, error) { return c.decide(s) },
	Evolve: func(s State, e Event) State { return e.evolve(s) },
}

// ID names a claim. It is a UUID in its canonical form.
type ID string

// Stream names the stream a claim lives in.
func Stream(id ID) string { return "claim-" + string(id) }
