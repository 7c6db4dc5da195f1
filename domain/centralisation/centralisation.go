// Package centralisation decides how an organisation takes over what its people
// bought of one product by themselves: who needs a licence of the organisation's
// own, where it comes from, and who is then asked to cancel (R45-R47, R35).
//
//	              ┌──── RanOut ─────┐
//	              ▼                 │
//	Plan ─▶ seats needed ─ Choose ─▶ assigning ─ Reassign ─▶ asking ─ Ask ─▶ awaiting answers ─ Close ─▶ closed
//	          │   ▲  │                  ▲              └─────── keep ───────────────────────────────────▶ closed
//	          │   │  └ Order ─▶ buying ─┘ Buy
//	          │   └─ Refuse ──────┘
//	          └ Withdraw ─▶ withdrawn
//
// A person has the organisation's licence before their purchaser is asked
// anything: target before source. Who bought keeps what they bought until they
// cancel it themselves, and they may say no.
//
// Its stream is "centralisation-<id>", and the id is the tenant, the product and
// a number, so that of each product one is open at a time. It must never count
// seats: the subscription does. Nor may it fetch a price or look people up: that
// arrives inside the command.
package centralisation

import "kassa/domain"

// Decider is this package's only door.
var Decider = domain.Decider[State, Command, Event]{
	Decide: func(s State, c Command) ([]Event, error) { return c.decide(s) },
	Evolve: func(s State, e Event) State { return e.evolve(s) },
}

// Stream names the stream a centralisation lives in.
func Stream(id domain.CentralisationID) string { return "centralisation-" + string(id) }
