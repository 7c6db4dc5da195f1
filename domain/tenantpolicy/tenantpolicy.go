// Package tenantpolicy decides what a tenant allows its people to buy by
// themselves, product by product (R03, R41). Its stream is
// "tenantpolicy-<tenant>". It must never undo a purchase: a policy has effect
// forward only.
package tenantpolicy

import "kassa/domain"

// Decider is this package's only door.
var Decider = domain.Decider[State, Command, Event]{
	Decide: func(s State, c Command) ([]Event, error) { return c.decide(s) },
	Evolve: func(s State, e Event) State { return e.evolve(s) },
}

// Stream names the stream of a tenant's policies.
func Stream(id domain.TenantID) string { return "tenantpolicy-" + string(id) }
