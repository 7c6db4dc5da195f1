// Package price decides what a product costs in one channel and market (R33,
// R35). Its stream is "price-<product>-<channel>-<market>", with "-P1M" behind
// it for a year that is paid in months: a product may have both prices. It must
// never touch what was bought: a purchase keeps the price of its quote (R36).
package price

import "kassa/domain"

// Decider is this package's only door.
var Decider = domain.Decider[State, Command, Event]{
	Decide: func(s State, c Command) ([]Event, error) { return c.decide(s) },
	Evolve: func(s State, e Event) State { return e.evolve(s) },
}

// Stream names the stream of a product's price in one channel and market, where
// a term is paid at once.
func Stream(p domain.ProductID, c domain.Channel, market string) string {
	return "price-" + string(p) + "-" + string(c) + "-" + market
}

// StreamPaid names that of its price for a term that is paid so often.
func StreamPaid(p domain.ProductID, c domain.Channel, market string, frequency domain.Term) string {
	if frequency == "" {
		return Stream(p, c, market)
	}
	return Stream(p, c, market) + "-" + string(frequency)
}
