// Package tax says how much of what a buyer pays is tax. It is a table of rules
// with validity dates and one calculation; a table that knows more may take its
// place. It must never know who buys, nor round twice: the calculation is stored
// with the invoice line that it was made for, and is not made again.
package tax

import (
	"time"

	"kassa/domain"
)

// Rule is the tax of a market from a day on.
type Rule struct {
	Market string // ISO 3166-1 alpha-2
	Kind   domain.TaxKind
	Rate   int64 // of the price without tax, in basis points: 2500 is 25 %
	// Inclusive says that prices are shown with the tax in them, as buyers of that
	// market expect.
	Inclusive bool
	From      time.Time
}

// Table is rules in any order.
type Table []Rule

// At is the rule of a market that holds at an instant: the latest that has
// begun. Where there is none, nothing is taxed.
func (t Table) At(market string, at time.Time) Rule {
	held := Rule{Market: market, Kind: domain.NoTax}
	for _, r := range t {
		if r.Market == market && !r.From.After(at) && !r.From.Before(held.From) {
			held = r
		}
	}
	return held
}

// Of splits what was paid, rounded half up. The parts add up to the whole.
func (r Rule) Of(paid domain.Money) domain.TaxSplit {
	tax := paid.Share(r.Rate, 10_000+r.Rate)
	return domain.TaxSplit{
		Kind: r.Kind, Rate: r.Rate, Tax: tax, Total: paid,
		Net: domain.Money{Minor: paid.Minor - tax.Minor, Currency: paid.Currency},
	}
}
