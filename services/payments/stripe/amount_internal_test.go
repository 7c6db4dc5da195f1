package stripe

import (
	"testing"

	"github.com/bojanz/currency"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"kassa/domain"
	"kassa/services/payments"
)

func TestStripeCountsSomeCurrenciesItsOwnWay(t *testing.T) {
	for code, theirs := range map[string]int64{
		"USD": 120, "SEK": 120, "JPY": 120, "KRW": 120, "KWD": 120, "BHD": 120, "ISK": 12_000, "UGX": 12_000,
	} {
		sum, err := minor(domain.Money{Minor: 120, Currency: code})
		require.NoError(t, err, code)
		assert.Equal(t, theirs, sum, code)
	}
}

// What is moved comes back as it went, in every currency there is; what does not
// is refused.
func TestNoAmountIsChangedOnTheWay(t *testing.T) {
	codes := currency.GetCurrencyCodes()
	rapid.Check(t, func(t *rapid.T) {
		m := domain.Money{Minor: rapid.Int64Range(1, 99_999_999).Draw(t, "minor"), Currency: rapid.SampledFrom(codes).Draw(t, "currency")}
		sum, err := minor(m)
		if err != nil {
			assert.ErrorIs(t, err, payments.ErrAmountNotTaken)
			return
		}
		assert.Equal(t, m, money(sum, m.Currency))
		if digits(m.Currency) == 3 {
			assert.Zero(t, sum%tens)
		}
	})
}
