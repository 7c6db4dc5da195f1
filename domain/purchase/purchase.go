// Package purchase decides what may happen to one checkout and its order, from
// the first question to the subscription:
//
//	Open ──▶ refused
//	  └────▶ quoted ──Submit──▶ submitted ──Charged──▶ completed
//	            └─▶ refused      │    ▲
//	                        Declined  Submit (next attempt, judged again)
//	                             ▼    │
//	                            declined ──▶ refused
//
// Its stream is "purchase-<id>". It must never know a rule of eligibility: a
// verdict arrives inside the command.
package purchase

import (
	"strconv"

	"kassa/domain"
)

// Decider is this package's only door.
var Decider = domain.Decider[State, Command, Event]{
	Decide: func(s State, c Command) ([]Event, error) { return c.decide(s) },
	Evolve: func(s State, e Event) State { return e.evolve(s) },
}

// Stream names the stream a purchase lives in.
func Stream(id domain.PurchaseID) string { return "purchase-" + string(id) }

// PaymentKey is the gateway's idempotency key for one attempt to pay: however
// often it is sent, the card is charged once.
func PaymentKey(id domain.PurchaseID, attempt int) string {
	return string(id) + "/" + strconv.Itoa(attempt)
}
