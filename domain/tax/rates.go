package tax

import (
	"time"

	"kassa/domain"
)

// Standard is the standard rate on electronic services by market, as far as
// Kassa's seller is registered there. A market that is missing is not taxed: in
// the United States the tax depends on the buyer's state, which Kassa does not
// ask for. In Canada it is the federal one, for the same reason.
//
// Prices are stated with the tax, except in Canada and India: there, software for
// work is priced without, and the tax comes on top at checkout.
func Standard() Table {
	rule := func(market, from string, r domain.TaxRule) Rule {
		day, err := time.Parse(time.DateOnly, from)
		if err != nil {
			panic(err) // a literal below
		}
		return Rule{Market: market, TaxRule: r, From: day}
	}
	vat := func(market string, rate int64, from string) Rule {
		return rule(market, from, domain.TaxRule{Kind: domain.VAT, Rate: rate})
	}
	gst := func(market string, rate int64, from string) Rule {
		return rule(market, from, domain.TaxRule{Kind: domain.GST, Rate: rate})
	}
	onTop := func(r Rule) Rule {
		r.Exclusive = true
		return r
	}
	return Table{
		vat("AT", 2000, "1995-01-01"), vat("BE", 2100, "1996-01-01"), vat("BG", 2000, "2007-01-01"), vat("CY", 1900, "2014-01-13"),
		vat("CZ", 2100, "2013-01-01"), vat("DE", 1900, "2007-01-01"), vat("DE", 1600, "2020-07-01"), vat("DE", 1900, "2021-01-01"),
		vat("DK", 2500, "1992-01-01"), vat("EE", 2000, "2009-07-01"), vat("EE", 2200, "2024-01-01"), vat("EE", 2400, "2025-07-01"),
		vat("ES", 2100, "2012-09-01"), vat("FI", 2400, "2013-01-01"), vat("FI", 2550, "2024-09-01"), vat("FR", 2000, "2014-01-01"),
		vat("GB", 2000, "2011-01-04"), vat("GR", 2400, "2016-06-01"), vat("HR", 2500, "2012-03-01"), vat("HU", 2700, "2012-01-01"),
		vat("IE", 2300, "2012-01-01"), vat("IT", 2200, "2013-10-01"), vat("LT", 2100, "2009-09-01"), vat("LU", 1700, "2015-01-01"),
		vat("LU", 1600, "2023-01-01"), vat("LU", 1700, "2024-01-01"), vat("LV", 2100, "2012-07-01"), vat("MT", 1800, "2004-01-01"),
		vat("NL", 2100, "2012-10-01"), vat("NO", 2500, "2005-01-01"), vat("PL", 2300, "2011-01-01"), vat("PT", 2300, "2011-01-01"),
		vat("RO", 1900, "2017-01-01"), vat("RO", 2100, "2025-08-01"), vat("SE", 2500, "1990-07-01"), vat("SI", 2200, "2013-07-01"),
		vat("SK", 2000, "2011-01-01"), vat("SK", 2300, "2025-01-01"), vat("CH", 770, "2018-01-01"), vat("CH", 810, "2024-01-01"),
		gst("JP", 1000, "2019-10-01"), gst("AU", 1000, "2000-07-01"), gst("NZ", 1500, "2010-10-01"),
		onTop(gst("CA", 500, "2008-01-01")), onTop(gst("IN", 1800, "2017-07-01")),
	}
}
