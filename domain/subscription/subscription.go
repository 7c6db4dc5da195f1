// Package subscription decides what may happen to bought seats: their term, how
// many there are and who holds one.
//
//	             ┌ Renew ┐
//	             ▼       │
//	Provision ─▶ active ─┴ Expire ─▶ expired ─ Disable ─▶ disabled ─ Delete ─▶ deleted
//	              │ ▲                   │                  ▲  │
//	              │ └─── Reactivate ────┴──────────────────│──┘
//	              └───── Cancel ───────────────────────────┘
//
//	Announce, before Renew: what the next term costs, told before it is charged.
//
//	StartTrial ─▶ trial ─ ToPaid, Convert ─▶ active      ExtendTrial: once, before its end
//	                └──── Expire ─▶ expired ─ Convert ─▶ active
//
// A term may be paid in instalments, one step each: Bill. One that is declined
// expires the subscription as an unpaid renewal does, until it is paid.
//
// More seats, an instalment, a renewal, a conversion and a reactivation each ask for a charge
// first. One is pending at a time, and Charged or Declined settles it, whatever
// it is for.
// Time comes in as Advance, for the step that State.Due names.
//
// Its stream is "subscription-<id>". Seat capacity is decided here and nowhere
// else. It must never decide who may ask, nor fetch a price or a verdict: they
// arrive inside the command.
package subscription

import "kassa/domain"

// Decider is this package's only door.
var Decider = domain.Decider[State, Command, Event]{
	Decide: func(s State, c Command) ([]Event, error) { return c.decide(s) },
	Evolve: func(s State, e Event) State { return e.evolve(s) },
}

// Stream names the stream a subscription lives in.
func Stream(id domain.SubscriptionID) string { return "subscription-" + string(id) }
