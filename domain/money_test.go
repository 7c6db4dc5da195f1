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

func TestShareIsRoundedHalfUp(t *testing.T) {
	for _, c := range []struct{ amount, part, whole, want int64 }{
		{3_000, 14, 28, 1_500},
		{12_000, 184, 366, 6_033}, // 6032.78
		{3_750, 11, 31, 1_331},    // 1330.645
		{5_000, 27, 30, 4_500},
		{1, 1, 2, 1}, // exactly a half
		{3, 1, 6, 1},
		{5, 1, 11, 0},
		{-1, 1, 2, -1}, // a credit rounds as its charge did
		{100, 0, 28, 0},
		{100, 28, 28, 100},
		{100, 29, 28, 100}, // never above the whole
		{100, -1, 28, 0},
		{100, 1, 0, 0},
		{math.MaxInt64, math.MaxInt64 - 1, math.MaxInt64, math.MaxInt64 - 1},
		{math.MinInt64, 1, 1, math.MinInt64},
	} {
		got := domain.Money{Minor: c.amount, Currency: "SEK"}.Share(c.part, c.whole)
		assert.Equal(t, domain.Money{Minor: c.want, Currency: "SEK"}, got, "%d × %d/%d", c.amount, c.part, c.whole)
	}
}

// Whatever the amount and however it is divided over consecutive periods, none
// costs less than nothing, each is within one minor unit of its exact price, and
// they add up to the whole. Amounts are minor units: of a currency with no
// decimals they are small, of one with three large.
func TestSharesAddUpToTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := domain.Money{Minor: rapid.OneOf(rapid.Int64Range(0, 50), rapid.Int64Min(0)).Draw(t, "minor"), Currency: "KWD"}
		days := rapid.SliceOfN(rapid.Int64Range(0, 366), 1, 12).Draw(t, "days")
		var of, passed, sum int64
		for _, d := range days {
			of += d
		}
		for _, d := range days {
			before, after := whole.Share(passed, of), whole.Share(passed+d, of)
			part := after.Minor - before.Minor
			require.GreaterOrEqual(t, part, int64(0))
			if of > 0 {
				exact := new(big.Rat).Mul(new(big.Rat).SetInt64(whole.Minor), big.NewRat(d, of))
				off := exact.Sub(exact, new(big.Rat).SetInt64(part))
				require.LessOrEqual(t, off.Abs(off).Cmp(big.NewRat(1, 1)), 0, "%d of %d days", d, of)
			}
			passed, sum = passed+d, sum+part
		}
		if of > 0 {
			require.Equal(t, whole.Minor, sum)
		}
	})
}

// A share is the nearest whole minor unit to the exact one.
func TestShareIsExactToHalfAUnit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		amount := edges.Draw(t, "amount")
		whole := rapid.Int64Min(1).Draw(t, "whole")
		part := rapid.Int64Range(0, whole).Draw(t, "part")
		got := domain.Money{Minor: amount, Currency: "JPY"}.Share(part, whole)
		exact := new(big.Rat).Mul(new(big.Rat).SetInt64(amount), new(big.Rat).SetFrac64(part, whole))
		off := exact.Sub(new(big.Rat).SetInt64(got.Minor), exact)
		if amount < 0 {
			off.Neg(off)
		}
		require.Positive(t, off.Cmp(big.NewRat(-1, 2)), "too little")
		require.LessOrEqual(t, off.Cmp(big.NewRat(1, 2)), 0, "too much")
		require.Equal(t, "JPY", got.Currency)
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
