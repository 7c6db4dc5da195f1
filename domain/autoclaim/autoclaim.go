// Package autoclaim decides whether a tenant lets its people take a licence by
// opening a product, and of which products: a primary one, and others in order
// for when it has no seat left. Its stream is "autoclaim-<tenant>". It is off
// until an administrator says otherwise. It must never take a licence back, nor
// decide who gets one: see claim.
package autoclaim

import "kassa/domain"

// Decider is this package's only door.
var Decider = domain.Decider[State, Command, Event]{
	Decide: func(s State, c Command) ([]Event, error) { return c.decide(s) },
	Evolve: func(s State, e Event) State { return e.evolve(s) },
}

// Stream names the stream of a tenant's auto-claim policy.
func Stream(id domain.TenantID) string { return "autoclaim-" + string(id) }

// MaxBackups is how many products may follow the primary one.
const MaxBackups = 4
