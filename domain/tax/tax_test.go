package tax_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"kassa/domain"
	"kassa/domain/tax"
)

func TestTheRateIsThatOfTheDay(t *testing.T) {
	for _, c := range []struct {
		market, day string
		rate        int64
	}{
		{"SE", "2026-03-01", 2500}, {"US", "2026-03-01", 0}, {"KW", "2026-03-01", 0},
		{"DE", "2020-06-30", 1900}, {"DE", "2020-07-01", 1600}, {"DE", "2020-12-31", 1600}, {"DE", "2021-01-01", 1900},
		{"FI", "2024-08-31", 2400}, {"FI", "2024-09-01", 2550}, {"SE", "1980-01-01", 0},
	} {
		at, err := time.Parse(time.DateOnly, c.day)
		assert.NoError(t, err)
		assert.Equal(t, c.rate, tax.Standard().At(c.market, at).Rate, "%s on %s", c.market, c.day)
	}
}

func TestWhatWasPaidIsSplit(t *testing.T) {
	for _, c := range []struct {
		rate             int64
		paid, net, taxed domain.Money
	}{
		{2500, domain.Money{Minor: 125_00, Currency: "SEK"}, domain.Money{Minor: 100_00, Currency: "SEK"}, domain.Money{Minor: 25_00, Currency: "SEK"}},
		{2500, domain.Money{Minor: 99_99, Currency: "SEK"}, domain.Money{Minor: 79_99, Currency: "SEK"}, domain.Money{Minor: 20_00, Currency: "SEK"}},
		{1000, domain.Money{Minor: 1331, Currency: "JPY"}, domain.Money{Minor: 1210, Currency: "JPY"}, domain.Money{Minor: 121, Currency: "JPY"}},
		{0, domain.Money{Minor: 9_99, Currency: "USD"}, domain.Money{Minor: 9_99, Currency: "USD"}, domain.Money{Currency: "USD"}},
	} {
		s := domain.TaxRule{Kind: domain.VAT, Rate: c.rate}.Of(c.paid)
		assert.Equal(t, domain.TaxSplit{Kind: domain.VAT, Rate: c.rate, Net: c.net, Tax: c.taxed, Total: c.paid}, s)
	}
}

func TestThePartsAddUpToWhatWasPaid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		paid := domain.Money{Minor: rapid.Int64Range(-1<<53, 1<<53).Draw(t, "paid"), Currency: "SEK"}
		s := domain.TaxRule{Rate: rapid.Int64Range(0, 5000).Draw(t, "rate")}.Of(paid)
		assert.Equal(t, paid.Minor, s.Net.Minor+s.Tax.Minor)
		assert.False(t, s.Tax.Minor != 0 && (s.Tax.Minor < 0) != (paid.Minor < 0), "the tax has the sign of what was paid")
		credited := domain.TaxRule{Rate: s.Rate}.Of(domain.Money{Minor: -paid.Minor, Currency: "SEK"})
		assert.Equal(t, -s.Tax.Minor, credited.Tax.Minor, "a credit takes back exactly the tax")
	})
}
