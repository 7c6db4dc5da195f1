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

func TestInSomeMarketsPricesAreStatedWithoutTax(t *testing.T) {
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for market, exclusive := range map[string]bool{"CA": true, "IN": true, "SE": false, "JP": false, "AU": false, "US": false} {
		assert.Equal(t, exclusive, tax.Standard().At(market, at).Exclusive, market)
	}
	ca := tax.Standard().At("CA", at)
	for _, c := range []struct{ stated, tax int64 }{{9_99, 50}, {10_00, 50}, {10_10, 51}, {1, 0}, {10, 1}, {0, 0}} { // rounded half up, to the cent
		s, err := ca.On(domain.Money{Minor: c.stated, Currency: "CAD"})
		assert.NoError(t, err)
		assert.Equal(t, domain.TaxSplit{
			Kind: domain.GST, Rate: 500, Exclusive: true, Net: domain.Money{Minor: c.stated, Currency: "CAD"},
			Tax: domain.Money{Minor: c.tax, Currency: "CAD"}, Total: domain.Money{Minor: c.stated + c.tax, Currency: "CAD"},
		}, s)
	}
	_, err := ca.On(domain.Money{Minor: 1<<63 - 1, Currency: "CAD"})
	assert.ErrorIs(t, err, domain.ErrAmountTooLarge)
}

// Whatever is paid, whatever of it goes back and in whatever parts: the parts of
// each amount add up to it, no part of the tax is below zero or beyond its
// amount, and all of them together are the tax that was paid.
func TestWhatGoesBackHasTheTaxThatWasPaid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rule := domain.TaxRule{Kind: domain.VAT, Rate: rapid.Int64Range(0, 10_000).Draw(t, "rate"), Exclusive: rapid.Bool().Draw(t, "exclusive")}
		stated := domain.Money{Minor: rapid.Int64Range(0, 1<<40).Draw(t, "stated"), Currency: rapid.SampledFrom([]string{"SEK", "JPY", "KWD"}).Draw(t, "currency")}
		s, err := rule.On(stated)
		assert.NoError(t, err)
		assert.Equal(t, s.Total.Minor, s.Net.Minor+s.Tax.Minor)
		if rule.Exclusive {
			assert.Equal(t, stated, s.Net)
		} else {
			assert.Equal(t, stated, s.Total)
		}
		var back, taxed int64
		for back < s.Total.Minor {
			part := rapid.Int64Range(0, s.Total.Minor-back).Draw(t, "part")
			if rapid.IntRange(0, 3).Draw(t, "rest") == 0 {
				part = s.Total.Minor - back
			}
			b := s.Back(back, domain.Money{Minor: part, Currency: stated.Currency})
			assert.Equal(t, part, b.Net.Minor+b.Tax.Minor)
			assert.Equal(t, part, b.Total.Minor)
			assert.True(t, b.Net.Minor >= 0 && b.Tax.Minor >= 0)
			n := b.Negative()
			assert.Equal(t, -part, n.Net.Minor+n.Tax.Minor)
			back, taxed = back+part, taxed+b.Tax.Minor
			assert.LessOrEqual(t, taxed, s.Tax.Minor)
		}
		assert.Equal(t, s.Tax.Minor, taxed)
	})
}
