package stripe

import (
	"slices"
	"strings"

	"github.com/bojanz/currency"

	"kassa/domain"
	"kassa/services/payments"
)

// What Stripe counts a currency in, where that is not hundredths. It counts a
// króna and a shilling (UGX) in hundredths that are always 00, and thousandths in
// steps of ten.
var (
	wholes      = []string{"BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"}
	thousandths = []string{"BHD", "JOD", "KWD", "OMR", "TND"}
)

// tens is the step in which thousandths are taken.
const tens = 10

func digits(code string) int {
	switch {
	case slices.Contains(wholes, code):
		return 0
	case slices.Contains(thousandths, code):
		return 3
	}
	return 2
}

// minor is an amount as Stripe counts it. What Stripe cannot move to the last
// unit is refused: another amount than the one in the books is never moved.
func minor(m domain.Money) (int64, error) {
	ours, known := currency.GetDigits(m.Currency)
	if !known || m.Minor <= 0 {
		return 0, payments.ErrAmount
	}
	theirs := digits(m.Currency)
	switch shift := theirs - int(ours); {
	case theirs == 3 && m.Minor%tens != 0, shift < 0 && m.Minor%power(-shift) != 0:
		return 0, payments.ErrAmountNotTaken
	case shift < 0:
		return m.Minor / power(-shift), nil
	default:
		return m.Minor * power(shift), nil
	}
}

// money is an amount as we count it.
func money(minor int64, code string) domain.Money {
	m := domain.Money{Minor: minor, Currency: strings.ToUpper(code)}
	ours, _ := currency.GetDigits(m.Currency)
	if shift := digits(m.Currency) - int(ours); shift < 0 {
		m.Minor *= power(-shift)
	} else {
		m.Minor /= power(shift)
	}
	return m
}

func power(digits int) int64 {
	p := int64(1)
	for range digits {
		p *= 10
	}
	return p
}
