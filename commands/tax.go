package commands

import (
	"time"

	"kassa/domain"
	"kassa/domain/tax"
)

// taxes says how a market taxes what is sold there at an instant, and whether its
// prices are stated with the tax.
type taxes interface {
	At(market string, at time.Time) domain.TaxRule
}

// ruleOf asks the taxes that somebody was given, or the standard ones.
func ruleOf(t taxes, market string, at time.Time) domain.TaxRule {
	if t == nil {
		t = tax.Standard()
	}
	return t.At(market, at)
}

// Tax is how a market taxes what is bought there at an instant.
func (p *Purchases) Tax(market string, at time.Time) domain.TaxRule {
	return ruleOf(p.Taxes, market, at)
}
