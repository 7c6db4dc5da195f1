// Package support decides about support cases: who looks after one, what it is
// entitled to and what it costs.
//
//	Open ─▶ open ─ Escalate ─▶ escalated ─ Close ─▶ closed
//	         └───────────── Close ───────────────────┘
//
// Its stream is "support-<case>". What a person bought by themselves is looked
// after by the vendor (R50), with standard support (R51), and never costs the
// organisation a Premier incident (R52). How many of those are left is decided
// by the tenant's own stream, before the case is opened; it must never be known
// here.
package support

import "kassa/domain"

// Decider is this package's only door.
var Decider = domain.Decider[State, Command, Event]{
	Decide: func(s State, c Command) ([]Event, error) { return c.decide(s) },
	Evolve: func(s State, e Event) State { return e.evolve(s) },
}

// Stream names the stream a case lives in.
func Stream(id domain.CaseID) string { return "support-" + string(id) }
