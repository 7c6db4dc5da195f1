package domain

// TaxKind says which tax is in an amount.
type TaxKind string

// Taxes. They are stored: append only.
const (
	VAT   TaxKind = "vat"
	GST   TaxKind = "gst"
	NoTax TaxKind = "none" // not taxed, or not by this seller
)

// TaxRule is how a market taxes what is sold at some instant. It is part of the
// storage format; the zero rule says nothing, as facts did that are older.
type TaxRule struct {
	Kind TaxKind `json:"taxKind,omitempty"`
	Rate int64   `json:"taxRate,omitzero"` // of the price without tax, in basis points: 2500 is 25 %
	// Exclusive says that prices are stated without the tax, which comes on top at
	// checkout. Else it is in them.
	Exclusive bool `json:"taxExclusive,omitzero"`
}

// TaxSplit is an amount to be paid, with the tax in it. It is part of the storage
// format.
type TaxSplit struct {
	Kind  TaxKind `json:"taxKind"`
	Rate  int64   `json:"taxRate"` // of the amount without tax, in basis points: 2500 is 25 %
	Net   Money   `json:"net"`
	Tax   Money   `json:"tax"`
	Total Money   `json:"total"` // what was paid: net and tax, to the cent

	Exclusive bool `json:"taxExclusive,omitzero"` // the price was stated without it
}

// On splits what comes of a price as it is stated: where that is without tax, the
// tax comes on top. It is rounded half up, once.
func (r TaxRule) On(stated Money) (TaxSplit, error) {
	if !r.Exclusive {
		return r.Of(stated), nil
	}
	tax := stated.Share(r.Rate, 10_000)
	total, err := stated.Plus(tax)
	return TaxSplit{Kind: r.Kind, Rate: r.Rate, Net: stated, Tax: tax, Total: total, Exclusive: true}, err
}

// Of splits what was paid, rounded half up. The parts add up to the whole.
func (r TaxRule) Of(paid Money) TaxSplit {
	return r.split(paid, paid.Share(r.Rate, 10_000+r.Rate))
}

func (r TaxRule) split(total, tax Money) TaxSplit {
	net := Money{Minor: total.Minor - tax.Minor, Currency: total.Currency}
	return TaxSplit{Kind: r.Kind, Rate: r.Rate, Net: net, Tax: tax, Total: total, Exclusive: r.Exclusive}
}

// Rule is the rule that an amount was split by.
func (s TaxSplit) Rule() TaxRule { return TaxRule{Kind: s.Kind, Rate: s.Rate, Exclusive: s.Exclusive} }

// Back is what giving back some of it gives back of its tax, once so much was
// given back before. However it is divided, no part has less than nothing or more
// than all of its tax, and all of it together has exactly the tax that was paid.
func (s TaxSplit) Back(before int64, amount Money) TaxSplit {
	until := s.Tax.Share(before, s.Total.Minor)
	after := s.Tax.Share(before+amount.Minor, s.Total.Minor)
	return s.Rule().split(amount, Money{Minor: after.Minor - until.Minor, Currency: amount.Currency})
}

// Negative is the same amount the other way, as a credit note has it.
func (s TaxSplit) Negative() TaxSplit {
	s.Net.Minor, s.Tax.Minor, s.Total.Minor = -s.Net.Minor, -s.Tax.Minor, -s.Total.Minor
	return s
}
