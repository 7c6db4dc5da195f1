// Package gatewaytest is what every card gateway must do, as tests. A gateway
// that passes may stand behind Kassa's checkout. What only one gateway can do,
// its latency or its crash, is tested beside that gateway.
package gatewaytest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"kassa/domain"
	"kassa/services/payments"
)

// Gateway is what Kassa asks of one.
type Gateway interface {
	Card(ctx context.Context, owner, token string) (domain.Card, error)
	Charge(ctx context.Context, key, token string, amount domain.Money) (domain.Charge, error)
	Lookup(ctx context.Context, key string) (domain.Charge, bool, error)
	Refund(ctx context.Context, key, charge string, amount domain.Money) (domain.Refund, error)
	LookupRefund(ctx context.Context, key string) (domain.Refund, bool, error)
}

// Tokens are the gateway's well-known test cards, as somebody hands them in.
type Tokens struct {
	Succeeds, AlsoSucceeds string
	Declines               map[string]Decline // by token
	TimesOut               string             // charges and refunds, but loses the first answers
}

// Decline is how a charge of a test card fails.
type Decline struct {
	Code      string
	Retriable bool
}

// Run holds a gateway to the contract. Keys are new in every run, so a gateway
// with a memory may be used again. What is charged is the token that a card has
// once it is on file.
func Run(t *testing.T, g Gateway, tokens Tokens) {
	s := suite{g, keep(t, g, tokens)}
	t.Run("a token tells of its card", s.card)
	t.Run("a charge succeeds and can be found", s.succeeds)
	t.Run("a decline is a result", s.declines)
	t.Run("a key is charged once", s.once)
	t.Run("a key is charged once however many ask at a time", s.concurrently)
	t.Run("a key with another body is refused", s.reused)
	t.Run("a lost answer is found again", s.timesOut)
	t.Run("a key nobody used is not found", s.unknownKey)
	t.Run("bad requests are refused and leave no trace", s.badRequests)
	t.Run("a card number is never a token (R13)", s.cardNumbers)
	t.Run("a charge is refunded and the refund can be found", s.refunds)
	t.Run("a refund's key is refunded once", s.refundsOnce)
	t.Run("a refund's key with another body is refused", s.refundReused)
	t.Run("never more is refunded than was paid", s.refundsNoMore)
	t.Run("nor by many at a time", s.refundsNoMoreAtATime)
	t.Run("only what was paid is refunded", s.refundsWhatWasPaid)
	t.Run("a refund's lost answer is found again", s.refundTimesOut)
	t.Run("bad refunds are refused and leave no trace", s.badRefunds)
}

type suite struct {
	Gateway
	tokens Tokens
}

// keep puts all the cards on file.
func keep(t *testing.T, g Gateway, tokens Tokens) Tokens {
	on := func(token string) string {
		c, err := g.Card(t.Context(), owner, token)
		require.NoError(t, err, token)
		return c.Token
	}
	kept := Tokens{Succeeds: on(tokens.Succeeds), AlsoSucceeds: on(tokens.AlsoSucceeds), TimesOut: on(tokens.TimesOut), Declines: map[string]Decline{}}
	for token, how := range tokens.Declines {
		kept.Declines[on(token)] = how
	}
	return kept
}

// owner is whose cards they are.
const owner = "anna"

var tenDollars = domain.Money{Minor: 1000, Currency: "USD"}

func newKey() string { return uuid.NewString() + "/1" }

func (s suite) card(t *testing.T) {
	c, err := s.Card(t.Context(), owner, s.tokens.Succeeds)
	require.NoError(t, err)
	assert.NotEmpty(t, c.Token)
	assert.NotEmpty(t, c.Brand)
	assert.Regexp(t, `^\d{4}$`, c.Last4)
	assert.Contains(t, []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, c.ExpMonth)
	assert.Greater(t, c.ExpYear, 2025)
	assert.Equal(t, s.tokens.Succeeds, c.Token, "a card that is on file stays as it is")

	_, err = s.Card(t.Context(), owner, "tok_nobody_has_this")
	assert.ErrorIs(t, err, payments.ErrCardUnknown)
}

func (s suite) succeeds(t *testing.T) {
	key := newKey()
	c, err := s.Charge(t.Context(), key, s.tokens.Succeeds, tenDollars)
	require.NoError(t, err)
	assert.Equal(t, domain.ChargeSucceeded, c.Status)
	assert.Equal(t, key, c.Key)
	assert.Equal(t, tenDollars, c.Amount)
	assert.NotEmpty(t, c.ID)
	assert.False(t, c.At.IsZero())
	assert.Empty(t, c.DeclineCode)
	s.finds(t, key, c)
}

func (s suite) declines(t *testing.T) {
	for token, want := range s.tokens.Declines {
		t.Run(want.Code, func(t *testing.T) {
			key := newKey()
			c, err := s.Charge(t.Context(), key, token, tenDollars)
			require.NoError(t, err)
			assert.Equal(t, domain.ChargeDeclined, c.Status)
			assert.Equal(t, want, Decline{c.DeclineCode, c.Retriable})
			s.finds(t, key, c)

			again, err := s.Charge(t.Context(), key, token, tenDollars)
			require.NoError(t, err)
			assert.Equal(t, c, again)
		})
	}
}

func (s suite) once(t *testing.T) {
	key := newKey()
	first, err := s.Charge(t.Context(), key, s.tokens.Succeeds, tenDollars)
	require.NoError(t, err)
	again, err := s.Charge(t.Context(), key, s.tokens.Succeeds, tenDollars)
	require.NoError(t, err)
	assert.Equal(t, first, again)

	other, err := s.Charge(t.Context(), newKey(), s.tokens.Succeeds, tenDollars)
	require.NoError(t, err)
	assert.NotEqual(t, first.ID, other.ID, "another key is another charge")
}

func (s suite) concurrently(t *testing.T) {
	key, charges := newKey(), make([]domain.Charge, 8)
	g, ctx := errgroup.WithContext(t.Context())
	for i := range charges {
		g.Go(func() (err error) {
			charges[i], err = s.Charge(ctx, key, s.tokens.Succeeds, tenDollars)
			return err
		})
	}
	require.NoError(t, g.Wait())
	for _, c := range charges {
		assert.Equal(t, charges[0], c)
	}
}

func (s suite) reused(t *testing.T) {
	key := newKey()
	first, err := s.Charge(t.Context(), key, s.tokens.Succeeds, tenDollars)
	require.NoError(t, err)
	for name, body := range map[string]struct {
		token  string
		amount domain.Money
	}{
		"amount":   {s.tokens.Succeeds, domain.Money{Minor: 1001, Currency: "USD"}},
		"currency": {s.tokens.Succeeds, domain.Money{Minor: 1000, Currency: "EUR"}},
		"card":     {s.tokens.AlsoSucceeds, tenDollars},
	} {
		_, err := s.Charge(t.Context(), key, body.token, body.amount)
		assert.ErrorIs(t, err, payments.ErrKeyReused, "another %s", name)
	}
	s.finds(t, key, first)
}

func (s suite) timesOut(t *testing.T) {
	for name, ask := range map[string]func(key string) (domain.Charge, error){
		"by looking it up": func(key string) (domain.Charge, error) {
			c, ok, err := s.Lookup(t.Context(), key)
			if err == nil && !ok {
				err = errors.New("not found")
			}
			return c, err
		},
		"by charging again with its key": func(key string) (domain.Charge, error) {
			return s.Charge(t.Context(), key, s.tokens.TimesOut, tenDollars)
		},
	} {
		t.Run(name, func(t *testing.T) {
			key := newKey()
			_, err := s.Charge(t.Context(), key, s.tokens.TimesOut, tenDollars)
			require.ErrorIs(t, err, payments.ErrTimeout)
			require.Equal(t, domain.Unavailable, domain.KindOf(err))
			c, err := ask(key)
			require.NoError(t, err)
			assert.Equal(t, domain.ChargeSucceeded, c.Status)
			s.finds(t, key, c)
		})
	}
}

func (s suite) unknownKey(t *testing.T) {
	_, ok, err := s.Lookup(t.Context(), newKey())
	require.NoError(t, err)
	assert.False(t, ok)
}

func (s suite) badRequests(t *testing.T) {
	key := newKey()
	for _, c := range []struct {
		key, token string
		amount     domain.Money
		want       error
	}{
		{"", s.tokens.Succeeds, tenDollars, payments.ErrKey},
		{fmt.Sprintf("%256d", 1), s.tokens.Succeeds, tenDollars, payments.ErrKey},
		{key, "tok_nobody_has_this", tenDollars, payments.ErrCardUnknown},
		{key, "", tenDollars, payments.ErrCardUnknown},
		{key, s.tokens.Succeeds, domain.Money{Minor: 0, Currency: "USD"}, payments.ErrAmount},
		{key, s.tokens.Succeeds, domain.Money{Minor: -5, Currency: "USD"}, payments.ErrAmount},
		{key, s.tokens.Succeeds, domain.Money{Minor: 1000, Currency: "XYZ"}, payments.ErrAmount},
		{key, s.tokens.Succeeds, domain.Money{Minor: 1000}, payments.ErrAmount},
	} {
		_, err := s.Charge(t.Context(), c.key, c.token, c.amount)
		assert.ErrorIs(t, err, c.want)
	}
	_, ok, err := s.Lookup(t.Context(), key)
	require.NoError(t, err)
	assert.False(t, ok)
}

func (s suite) cardNumbers(t *testing.T) {
	key := newKey()
	for _, number := range []string{"4242424242424242", "4242 4242 4242 4242", "3782-822463-10005"} {
		_, err := s.Card(t.Context(), owner, number)
		require.ErrorIs(t, err, payments.ErrCardNumber)
		assert.NotContains(t, err.Error(), number)
		_, err = s.Charge(t.Context(), key, number, tenDollars)
		require.ErrorIs(t, err, payments.ErrCardNumber)
		assert.NotContains(t, err.Error(), number)
	}
	_, ok, err := s.Lookup(t.Context(), key)
	require.NoError(t, err)
	assert.False(t, ok)
}

func (s suite) finds(t *testing.T, key string, want domain.Charge) {
	t.Helper()
	got, ok, err := s.Lookup(t.Context(), key)
	require.NoError(t, err)
	require.True(t, ok)
	assert.Equal(t, want, got)
}
