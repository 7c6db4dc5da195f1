package centralisation

import (
	"cmp"
	"errors"

	"kassa/domain"
)

// Savings compares two prices of the same thing (R35): what people pay by
// themselves in a year, and what the seats to buy instead would cost in one.
// They are compared by the year because their terms may differ. It is part of
// the storage format.
type Savings struct {
	SelfService domain.Money `json:"selfService,omitzero"`
	Central     domain.Money `json:"central,omitzero"`  // of the seats to buy, at the agreement's price
	Saved       domain.Money `json:"saved,omitzero"`    // less than nothing: it costs more
	Unknown     Reason       `json:"unknown,omitempty"` // why there is no comparison
}

// Reason says why savings are unknown.
type Reason string

// Reasons.
const (
	CurrenciesDiffer Reason = "currencies_differ"
	NoCentralPrice   Reason = "no_central_price"
)

// Offer is what a seat costs for a term; zero where nothing is offered.
type Offer struct {
	UnitPrice domain.Money
	Term      domain.Term
}

// termsInYear is how often a term begins in a year.
var termsInYear = map[domain.Term]int64{domain.Monthly: 12, domain.Yearly: 1}

// Yearly is what seats cost in a year.
func (o Offer) Yearly(seats int64) (domain.Money, error) {
	terms, known := termsInYear[o.Term]
	if !known {
		return domain.Money{}, domain.ErrTermUnknown
	}
	each, err := o.UnitPrice.Times(terms)
	if err != nil {
		return domain.Money{}, err
	}
	return each.Times(seats)
}

// Compare works out what giving subscriptions up saves where others have to be
// bought for so much a year; nothing, without a currency, where none are.
func Compare(given []Source, central domain.Money) (Savings, error) {
	s := Savings{Central: central}
	var err error
	for _, g := range given {
		switch {
		case s.SelfService.Currency == "":
			s.SelfService = g.Yearly
		case err == nil:
			s.SelfService, err = s.SelfService.Plus(g.Yearly)
		}
	}
	s.SelfService.Currency = cmp.Or(s.SelfService.Currency, central.Currency)
	s.Central.Currency = cmp.Or(central.Currency, s.SelfService.Currency)
	if err == nil {
		s.Saved, err = s.SelfService.Plus(domain.Money{Minor: -s.Central.Minor, Currency: s.Central.Currency})
	}
	if errors.Is(err, domain.ErrCurrencyMismatch) {
		return Savings{Unknown: CurrenciesDiffer}, nil
	}
	return s, err
}
