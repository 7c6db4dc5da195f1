// Package user decides what is known of a person in a directory. Names and
// addresses are sealed before they come here; it must never see one in the
// clear. Its stream is "user-<tenant>-<person>".
package user

import "kassa/domain"

// Decider is this package's only door.
var Decider = domain.Decider[State, Command, Event]{
	Decide: func(s State, c Command) ([]Event, error) { return c.decide(s) },
	Evolve: func(s State, e Event) State { return e.evolve(s) },
}

// Stream names the stream of a person in a directory.
func Stream(t domain.TenantID, p domain.PersonID) string {
	return "user-" + string(t) + "-" + string(p)
}
