package domain_test

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"kassa/domain"
)

// Either the exact result, or a refusal where int64 has no room for it.
func exact(t require.TestingT, want *big.Int, got domain.Money, err error) {
	if !want.IsInt64() {
		require.ErrorIs(t, err, domain.ErrAmountTooLarge)
		return
	}
	require.NoError(t, err)
	require.Equal(t, domain.Money{Minor: want.Int64(), Currency: "SEK"}, got)
}

// edges draws amounts near the ends of int64 as often as small ones.
var edges = rapid.OneOf(
	rapid.Int64(),
	rapid.Int64Range(-1<<32, 1<<32),
	rapid.SampledFrom([]int64{0, 1, -1, math.MaxInt64, math.MinInt64, math.MaxInt64 / 2, math.MinInt64 / 2, 1 << 31, -1 << 31}),
)

func TestTimesIsExactOrRefused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, n := edges.Draw(t, "amount"), edges.Draw(t, "times")
		got, err := domain.Money{Minor: a, Currency: "SEK"}.Times(n)
		exact(t, new(big.Int).Mul(big.NewInt(a), big.NewInt(n)), got, err)
	})
}

func TestPlusIsExactOrRefused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := edges.Draw(t, "a"), edges.Draw(t, "b")
		got, err := domain.Money{Minor: a, Currency: "SEK"}.Plus(domain.Money{Minor: b, Currency: "SEK"})
		exact(t, new(big.Int).Add(big.NewInt(a), big.NewInt(b)), got, err)
	})
}

func TestCurrenciesAreNeverMixed(t *testing.T) {
	_, err := domain.Money{Minor: 1, Currency: "SEK"}.Plus(domain.Money{Minor: 1, Currency: "EUR"})
	assert.ErrorIs(t, err, domain.ErrCurrencyMismatch)
}

func TestKnownCurrency(t *testing.T) {
	for _, code := range []string{"AED", "EUR", "JPY", "KWD", "SEK", "USD", "ZWG"} {
		assert.True(t, domain.KnownCurrency(code), code)
	}
	for _, code := range []string{"", "sek", "SE", "SEKK", "XXX", "KR ", "ABC"} {
		assert.False(t, domain.KnownCurrency(code), code)
	}
}
