// Package product decides what is in the catalogue: products, their older ids
// and the markets they are kept out of (R04-R06). Its stream is "product-<id>".
// It must never know a price.
package product

import "kassa/domain"

// Decider is this package's only door.
var Decider = domain.Decider[State, Command, Event]{
	Decide: func(s State, c Command) ([]Event, error) { return c.decide(s) },
	Evolve: func(s State, e Event) State { return e.evolve(s) },
}

// Stream names the stream a product lives in.
func Stream(id domain.ProductID) string { return "product-" + string(id) }
