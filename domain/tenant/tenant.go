// Package tenant decides what is known of a directory: its kind, whether it is
// managed, what its governance keeps out (R07, R08, R19, R42) and what is left of
// its Premier contract (R52). Its stream is "tenant-<id>". What the tenant lets people buy is tenantpolicy.
package tenant

import "kassa/domain"

// Decider is this package's only door.
var Decider = domain.Decider[State, Command, Event]{
	Decide: func(s State, c Command) ([]Event, error) { return c.decide(s) },
	Evolve: func(s State, e Event) State { return e.evolve(s) },
}

// Stream names the stream a tenant lives in.
func Stream(id domain.TenantID) string { return "tenant-" + string(id) }
