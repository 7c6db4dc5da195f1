package main

import (
	"fmt"
	"os"
	"time"

	"github.com/go-json-experiment/json"

	"kassa/domain"
	"kassa/domain/tax"
)

// taxRow is a rule as a file states it.
type taxRow struct {
	Market    string         `json:"market"`
	Kind      domain.TaxKind `json:"kind"`
	Rate      int64          `json:"rate"`      // in basis points
	Exclusive bool           `json:"exclusive"` // prices are stated without it
	From      string         `json:"from"`      // a day, in UTC
}

// readTaxes reads a table that takes the place of the standard one; without a
// file it is that.
func readTaxes(file string) (tax.Table, error) {
	if file == "" {
		return tax.Standard(), nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var rows []taxRow
	if err := json.Unmarshal(text, &rows, json.RejectUnknownMembers(true)); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	table := tax.Table{}
	for n, row := range rows {
		rule, err := row.rule()
		if err != nil {
			return nil, fmt.Errorf("%s: rule %d: %w", file, n+1, err)
		}
		table = append(table, rule)
	}
	return table, nil
}

func (r taxRow) rule() (tax.Rule, error) {
	from, err := time.Parse(time.DateOnly, r.From)
	switch {
	case err != nil:
		return tax.Rule{}, err
	case !domain.KnownMarket(r.Market):
		return tax.Rule{}, domain.ErrMarketUnknown
	case r.Kind != domain.VAT && r.Kind != domain.GST && r.Kind != domain.NoTax:
		return tax.Rule{}, fmt.Errorf("kind %q: give vat, gst or none", r.Kind)
	case r.Rate < 0 || r.Rate > 10_000 || r.Kind == domain.NoTax && r.Rate != 0:
		return tax.Rule{}, fmt.Errorf("rate %d: give hundredths of a percent, at most 10000", r.Rate)
	}
	return tax.Rule{Market: r.Market, From: from, TaxRule: domain.TaxRule{Kind: r.Kind, Rate: r.Rate, Exclusive: r.Exclusive}}, nil
}
