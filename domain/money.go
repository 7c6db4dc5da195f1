package domain

import (
	"math/bits"
	"slices"
	"strings"
)

// Money is an exact amount in a currency's minor unit (cents, öre, whole yen).
// There is no float here and no arithmetic across currencies.
type Money struct {
	Minor    int64  `json:"minor"`
	Currency string `json:"currency"` // ISO 4217
}

// What can be wrong with an amount.
var (
	ErrAmountTooLarge   = &Error{Kind: Invalid, Code: "amount_too_large", Message: "The amount is larger than can be billed. Ask for less."}
	ErrCurrencyMismatch = &Error{Kind: Internal, Code: "currencies_differ", Message: "Amounts in two currencies cannot be added."}
	ErrCurrencyUnknown  = &Error{Kind: Invalid, Code: "currency_unknown", Message: "Give the currency as a three-letter ISO 4217 code, such as SEK."}
)

// Times is m, n times over. It fails with ErrAmountTooLarge rather than wrap.
func (m Money) Times(n int64) (Money, error) {
	high, low := bits.Mul64(magnitude(m.Minor), magnitude(n))
	negative := (m.Minor < 0) != (n < 0)
	if limit := uint64(1) << 63; high != 0 || low > limit || (low == limit && !negative) {
		return Money{}, ErrAmountTooLarge
	}
	product := int64(low)
	if negative {
		product = -product
	}
	return Money{Minor: product, Currency: m.Currency}, nil
}

// magnitude is |n|; unlike -n it has room for the least int64.
func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

// Plus is the sum of two amounts in one currency. It fails with
// ErrCurrencyMismatch, or ErrAmountTooLarge rather than wrap.
func (m Money) Plus(o Money) (Money, error) {
	sum := m.Minor + o.Minor
	switch {
	case m.Currency != o.Currency:
		return Money{}, ErrCurrencyMismatch
	case (sum > m.Minor) != (o.Minor > 0):
		return Money{}, ErrAmountTooLarge
	}
	return Money{Minor: sum, Currency: m.Currency}, nil
}

// Share is part/whole of m, rounded half up: away from zero, so that a charge
// and its refund round alike. It never exceeds m nor turns its sign: a part
// beyond the whole is all of it, and a part of nothing is nothing.
func (m Money) Share(part, whole int64) Money {
	if part <= 0 || whole <= 0 {
		return Money{Currency: m.Currency}
	}
	high, low := bits.Mul64(magnitude(m.Minor), uint64(min(part, whole)))
	share, rest := bits.Div64(high, low, uint64(whole))
	if rest >= uint64(whole)-rest {
		share++
	}
	if m.Minor < 0 {
		share = -share
	}
	return Money{Minor: int64(share), Currency: m.Currency}
}

// currencies is ISO 4217 as far as it is money that a card can be charged in.
var currencies = strings.Fields(`
	AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL
	BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP
	DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG
	HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD
	KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK
	MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR
	RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP
	SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV
	WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG`)

// KnownCurrency says whether code is a currency of ISO 4217, in capitals.
func KnownCurrency(code string) bool {
	_, found := slices.BinarySearch(currencies, code)
	return found
}
