// Package price decides what a product costs in one channel and market (R33,
// R35). Its stream is "price-<product>-<channel>-<market>". It must never touch
// what was bought: a purchase keeps the price of its quote (R36).
package price

import "kassa/domain"

// Decider is this package's only door.
var Decider = domain.Decider[State, Command, Event]{
	Decide: func(s State, c Command) ([]Event, error) { return c.decide(s) },
	Evolve: func(s State, e Event) State { return e.evolve(s) },
}

// Stream names the stream of a product's price in one channel and market.
func Stream(p domain.ProductID, c domain.Channel, market string) string {
	return "price-" + string(p) + "-" + string(c) + "-" + market
}
