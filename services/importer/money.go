package importer

import (
	"regexp"
	"strings"

	"github.com/bojanz/currency"

	"kassa/domain"
)

const (
	// maxQuantity and maxAmount are such that no total overflows 64 bits.
	maxQuantity = 1_000_000
	maxAmount   = 1_000_000_000_000 // in minor units
)

// decimal leaves out signs, exponents and separators: "1,000" means one thing
// in one country and another in the next.
var decimal = regexp.MustCompile(`^[0-9]{1,15}(\.[0-9]{1,8})?$`)

// money converts decimal text exactly; what has no exact minor unit is refused.
func (r row) money(amount, code string) domain.Money {
	number := r.matched(amount, "amount_invalid", "This must be an amount such as 9.99: digits, and a point before decimals.", decimal.MatchString)
	unit := r.matched(code, "currency_unknown", "This must be an ISO 4217 currency in capitals, such as SEK.", domain.KnownCurrency)
	if number == "" || unit == "" {
		return domain.Money{}
	}
	digits, ok := currency.GetDigits(unit)
	if !ok {
		r.fail(code, "currency_unknown", "The decimals of this currency are not known.")
		return domain.Money{}
	}
	if _, decimals, _ := strings.Cut(number, "."); len(decimals) > int(digits) {
		r.fail(amount, "amount_too_precise", "%s has %d decimals.", unit, digits)
		return domain.Money{}
	}
	exact, err := currency.NewAmount(number, unit)
	if err != nil {
		r.fail(amount, "amount_invalid", "This is not an amount.")
		return domain.Money{}
	}
	minor, err := exact.Int64()
	if err != nil || minor < 1 || minor > maxAmount {
		r.fail(amount, "amount_out_of_range", "A price is more than nothing and less than a billion.")
		return domain.Money{}
	}
	return domain.Money{Minor: minor, Currency: unit}
}
