// Package license decides what may happen to one person's licence of one
// subscription. Its stream is "license-<subscription>-<person>", so that one
// seat a person holds by identity. It must never count seats: the subscription
// does.
package license

import "kassa/domain"

// Decider is this package's only door.
var Decider = domain.Decider[State, Command, Event]{
	Decide: func(s State, c Command) ([]Event, error) { return c.decide(s) },
	Evolve: func(s State, e Event) State { return e.evolve(s) },
}

// Stream names the stream of what one person holds of one subscription.
func Stream(s domain.SubscriptionID, p domain.PersonID) string {
	return "license-" + string(s) + "-" + string(p)
}
