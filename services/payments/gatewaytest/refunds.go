package gatewaytest

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	"kassa/services/payments"
)

func dollars(minor int64) domain.Money { return domain.Money{Minor: minor, Currency: "USD"} }

// paid is the gateway's id of a new charge of ten dollars.
func (s suite) paid(t *testing.T, token string) string {
	t.Helper()
	key := newKey()
	c, err := s.Charge(t.Context(), key, token, tenDollars)
	if errors.Is(err, payments.ErrTimeout) {
		c, _, err = s.Lookup(t.Context(), key)
	}
	require.NoError(t, err)
	return c.ID
}

func (s suite) refunds(t *testing.T) {
	charge := s.paid(t, s.tokens.Succeeds)
	for _, part := range []int64{300, 700} {
		key := newKey()
		r, err := s.Refund(t.Context(), key, charge, dollars(part))
		require.NoError(t, err)
		assert.Equal(t, domain.Refund{ID: r.ID, Key: key, Charge: charge, Amount: dollars(part), At: r.At}, r)
		assert.NotEmpty(t, r.ID)
		assert.NotEqual(t, charge, r.ID)
		assert.False(t, r.At.IsZero())
		s.findsRefund(t, key, r)
	}
	_, ok, err := s.LookupRefund(t.Context(), newKey())
	require.NoError(t, err)
	assert.False(t, ok)
}

func (s suite) refundsOnce(t *testing.T) {
	charge, key := s.paid(t, s.tokens.Succeeds), newKey()
	var made [8]domain.Refund
	var errs [len(made)]error
	var wg sync.WaitGroup
	for i := range made {
		wg.Go(func() { made[i], errs[i] = s.Refund(t.Context(), key, charge, tenDollars) })
	}
	wg.Wait()
	for i := range made {
		require.NoError(t, errs[i], "the whole charge is refunded, and not once more")
		assert.Equal(t, made[0], made[i])
	}
	again, err := s.Refund(t.Context(), key, charge, tenDollars)
	require.NoError(t, err)
	assert.Equal(t, made[0], again)
}

func (s suite) refundReused(t *testing.T) {
	charge, key := s.paid(t, s.tokens.Succeeds), newKey()
	first, err := s.Refund(t.Context(), key, charge, dollars(300))
	require.NoError(t, err)
	for name, body := range map[string]struct {
		charge string
		amount domain.Money
	}{
		"amount":   {charge, dollars(301)},
		"currency": {charge, domain.Money{Minor: 300, Currency: "EUR"}},
		"charge":   {s.paid(t, s.tokens.Succeeds), dollars(300)},
	} {
		_, err := s.Refund(t.Context(), key, body.charge, body.amount)
		assert.ErrorIs(t, err, payments.ErrRefundKeyReused, "another %s", name)
	}
	s.findsRefund(t, key, first)
}

func (s suite) refundsNoMore(t *testing.T) {
	charge := s.paid(t, s.tokens.Succeeds)
	for _, step := range []struct {
		amount domain.Money
		want   error
	}{
		{dollars(1001), payments.ErrRefundTooLarge},
		{domain.Money{Minor: 1, Currency: "EUR"}, payments.ErrRefundTooLarge},
		{dollars(400), nil},
		{dollars(601), payments.ErrRefundTooLarge},
		{dollars(600), nil},
		{dollars(1), payments.ErrRefundTooLarge},
	} {
		key := newKey()
		_, err := s.Refund(t.Context(), key, charge, step.amount)
		require.ErrorIs(t, err, step.want, step.amount)
		_, made, err := s.LookupRefund(t.Context(), key)
		require.NoError(t, err)
		assert.Equal(t, step.want == nil, made)
	}
}

// Eight quarters of one charge: four are refunded.
func (s suite) refundsNoMoreAtATime(t *testing.T) {
	charge := s.paid(t, s.tokens.Succeeds)
	var errs [8]error
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() { _, errs[i] = s.Refund(t.Context(), newKey(), charge, dollars(250)) })
	}
	wg.Wait()
	made := 0
	for _, err := range errs {
		if err == nil {
			made++
		} else {
			assert.ErrorIs(t, err, payments.ErrRefundTooLarge)
		}
	}
	assert.Equal(t, 4, made)
}

func (s suite) refundsWhatWasPaid(t *testing.T) {
	_, err := s.Refund(t.Context(), newKey(), "ch_nobody_has_this", tenDollars)
	require.ErrorIs(t, err, payments.ErrChargeUnknown)
	for token := range s.tokens.Declines {
		c, err := s.Charge(t.Context(), newKey(), token, tenDollars)
		require.NoError(t, err)
		_, err = s.Refund(t.Context(), newKey(), c.ID, tenDollars)
		assert.ErrorIs(t, err, payments.ErrChargeUnknown, "%s was declined", token)
	}
}

func (s suite) refundTimesOut(t *testing.T) {
	charge := s.paid(t, s.tokens.TimesOut)
	for name, ask := range map[string]func(key string) (domain.Refund, error){
		"by looking it up": func(key string) (domain.Refund, error) {
			r, ok, err := s.LookupRefund(t.Context(), key)
			if err == nil && !ok {
				err = errors.New("not found")
			}
			return r, err
		},
		"by refunding again with its key": func(key string) (domain.Refund, error) {
			return s.Refund(t.Context(), key, charge, dollars(400))
		},
	} {
		t.Run(name, func(t *testing.T) {
			key := newKey()
			_, err := s.Refund(t.Context(), key, charge, dollars(400))
			require.ErrorIs(t, err, payments.ErrRefundTimeout)
			require.Equal(t, domain.Unavailable, domain.KindOf(err))
			r, err := ask(key)
			require.NoError(t, err)
			s.findsRefund(t, key, r)
		})
	}
}

func (s suite) badRefunds(t *testing.T) {
	charge, key := s.paid(t, s.tokens.Succeeds), newKey()
	for _, c := range []struct {
		key    string
		amount domain.Money
		want   error
	}{
		{"", tenDollars, payments.ErrKey},
		{fmt.Sprintf("%256d", 1), tenDollars, payments.ErrKey},
		{key, dollars(0), payments.ErrAmount},
		{key, dollars(-5), payments.ErrAmount},
		{key, domain.Money{Minor: 1000, Currency: "XYZ"}, payments.ErrAmount},
		{key, domain.Money{Minor: 1000}, payments.ErrAmount},
	} {
		_, err := s.Refund(t.Context(), c.key, charge, c.amount)
		assert.ErrorIs(t, err, c.want)
	}
	_, ok, err := s.LookupRefund(t.Context(), key)
	require.NoError(t, err)
	assert.False(t, ok)
}

func (s suite) findsRefund(t *testing.T, key string, want domain.Refund) {
	t.Helper()
	got, ok, err := s.LookupRefund(t.Context(), key)
	require.NoError(t, err)
	require.True(t, ok)
	assert.Equal(t, want, got)
}
