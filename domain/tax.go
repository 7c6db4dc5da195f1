package domain

// TaxKind says which tax is in an amount.
type TaxKind string

// Taxes. They are stored: append only.
const (
	VAT   TaxKind = "vat"
	GST   TaxKind = "gst"
	NoTax TaxKind = "none" // not taxed, or not by this seller
)

// TaxSplit is an amount that was paid, with the tax in it. It is part of the
// storage format.
type TaxSplit struct {
	Kind  TaxKind `json:"taxKind"`
	Rate  int64   `json:"taxRate"` // of the amount without tax, in basis points: 2500 is 25 %
	Net   Money   `json:"net"`
	Tax   Money   `json:"tax"`
	Total Money   `json:"total"` // what was paid: net and tax, to the cent
}
