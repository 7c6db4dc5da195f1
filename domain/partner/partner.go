// Package partner decides on whose behalf a partner may act: a customer grants a
// relation with roles and an end, at most two years away, and may revoke it at
// any time (R54, R55). Nothing renews it. Its stream is
// "partner-<customer>-<partner>"; one relation holds at a time, and the stream
// keeps all there were.
//
// It must never be asked whether a relation holds without an instant: whether
// the fact that it expired was recorded in time decides nothing.
package partner

import "kassa/domain"

// Decider is this package's only door.
var Decider = domain.Decider[State, Command, Event]{
	Decide: func(s State, c Command) ([]Event, error) { return c.decide(s) },
	Evolve: func(s State, e Event) State { return e.evolve(s) },
}

// Stream names the stream of a customer's relations with a partner.
func Stream(customer, partner domain.TenantID) string {
	return "partner-" + string(customer) + "-" + string(partner)
}
