// Package tax says how each market taxes what is sold there, and whether prices
// are stated there with the tax or without. It is a table of rules with validity
// dates; a table that knows more may take its place. It must never know who buys,
// nor what: amounts are split where they are decided, once, by the rule of that
// instant, and stored with what they were made for.
package tax

import (
	"time"

	"kassa/domain"
)

// Rule is the tax of a market from a day on.
type Rule struct {
	Market string // ISO 3166-1 alpha-2
	domain.TaxRule
	From time.Time
}

// Table is rules in any order.
type Table []Rule

// At is the rule of a market that holds at an instant: the latest that has
// begun. Where there is none, nothing is taxed.
func (t Table) At(market string, at time.Time) domain.TaxRule {
	held := Rule{TaxRule: domain.TaxRule{Kind: domain.NoTax}}
	for _, r := range t {
		if r.Market == market && !r.From.After(at) && !r.From.Before(held.From) {
			held = r
		}
	}
	return held.TaxRule
}
