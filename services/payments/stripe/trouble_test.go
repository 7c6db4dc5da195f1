package stripe_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	"kassa/services/payments"
	"kassa/services/payments/stripe"
	"kassa/services/payments/stripe/stripetest"
)

func says(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

// What may be concluded from an answer that is none.
func TestTroubleOnTheWay(t *testing.T) {
	busy := says(409, `{"error":{"type":"idempotency_error","code":"idempotency_key_in_use"}}`)
	for name, c := range map[string]struct {
		answers []http.HandlerFunc
		charge  error
		refund  error
	}{
		"Stripe is ill":              {[]http.HandlerFunc{says(500, `{"error":{"type":"api_error"}}`)}, payments.ErrTimeout, payments.ErrRefundTimeout},
		"something else answers":     {[]http.HandlerFunc{says(502, "<html>")}, payments.ErrTimeout, payments.ErrRefundTimeout},
		"too much is asked":          {[]http.HandlerFunc{says(429, `{"error":{"code":"rate_limit"}}`)}, payments.ErrUnavailable, payments.ErrUnavailable},
		"the key was revoked":        {[]http.HandlerFunc{says(401, `{"error":{"type":"invalid_request_error"}}`)}, payments.ErrUnavailable, payments.ErrUnavailable},
		"the key may not do this":    {[]http.HandlerFunc{says(403, `{"error":{"type":"invalid_request_error"}}`)}, payments.ErrUnavailable, payments.ErrUnavailable},
		"another asks the same":      {[]http.HandlerFunc{busy, busy}, nil, nil},
		"another holds the object":   {[]http.HandlerFunc{says(429, `{"error":{"code":"lock_timeout"}}`)}, nil, nil},
		"it is not paid for certain": {[]http.HandlerFunc{says(200, `{"id":"pi_1","status":"processing","amount":4200,"currency":"sek"}`)}, payments.ErrTimeout, nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			token := w.card("pm_card_visa")
			paid, err := w.Charge(t.Context(), "p0/1", token, price)
			require.NoError(t, err)
			w.stripe.Instead(append([]http.HandlerFunc{nil, nil}, c.answers...)...) // its card, and its charges
			_, err = w.Charge(t.Context(), "p1/1", token, price)
			require.ErrorIs(t, err, c.charge)
			if c.refund != nil || c.charge == nil {
				w.stripe.Instead(append([]http.HandlerFunc{nil, nil}, c.answers...)...)
				_, err = w.Refund(t.Context(), "r1", paid.ID, price)
				require.ErrorIs(t, err, c.refund)
			}
			again, err := w.Charge(t.Context(), "p1/1", token, price)
			require.NoError(t, err)
			assert.Equal(t, domain.ChargeSucceeded, again.Status)
			refund, err := w.Refund(t.Context(), "r1", paid.ID, price)
			require.NoError(t, err)
			assert.Equal(t, price, refund.Amount)
			assert.Len(t, w.charges(), 2)
		})
	}
}

func TestWhoCannotBeAskedIsUnavailable(t *testing.T) {
	w := newWorld(t)
	token := w.card("pm_card_visa")
	paid, err := w.Charge(t.Context(), "p0/1", token, price)
	require.NoError(t, err)
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	nobody, err := stripe.Open(stripe.Config{Key: stripetest.Key, URL: closed.URL})
	require.NoError(t, err)
	ill := says(500, "")
	for name, ask := range map[string]func(g *stripe.Gateway) error{
		"card":   func(g *stripe.Gateway) error { _, err := g.Card(t.Context(), "anna", "pm_card_visa"); return err },
		"charge": func(g *stripe.Gateway) error { _, err := g.Charge(t.Context(), "p1/1", token, price); return err },
		"lookup": func(g *stripe.Gateway) error { _, _, err := g.Lookup(t.Context(), "p0/1"); return err },
		"refund": func(g *stripe.Gateway) error { _, err := g.Refund(t.Context(), "r1", paid.ID, price); return err },
		"refunds": func(g *stripe.Gateway) error {
			_, _, err := g.LookupRefund(t.Context(), "r1")
			return err
		},
		"charges": func(g *stripe.Gateway) error {
			for _, err := range g.Charges(t.Context()) {
				return err
			}
			return nil
		},
	} {
		assert.ErrorIs(t, ask(nobody), payments.ErrUnavailable, name)
		w.stripe.Instead(ill)
		assert.ErrorIs(t, ask(w.Gateway), payments.ErrUnavailable, name)
	}
	assert.Len(t, w.charges(), 1)
}

// The list behind which what was charged would stand cannot be read: nothing is
// charged then.
func TestNothingIsChargedBlindly(t *testing.T) {
	w := newWorld(t)
	token := w.card("pm_card_visa")
	w.stripe.Instead(nil, says(500, ""))
	_, err := w.Charge(t.Context(), "p1/1", token, price)
	require.ErrorIs(t, err, payments.ErrUnavailable)
	assert.Empty(t, w.charges())
}

func TestTheCallersPatienceEnds(t *testing.T) {
	w := newWorld(t)
	token := w.card("pm_card_visa")
	hangs := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	w.stripe.Instead(nil, nil, hangs)
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	_, err := w.Charge(ctx, "p1/1", token, price)
	require.ErrorIs(t, err, payments.ErrTimeout)
}

func TestAConfigurationThatWouldTellAStrangerIsRefused(t *testing.T) {
	for _, c := range []struct {
		cfg  stripe.Config
		want error
	}{
		{stripe.Config{Key: "sk_test_1"}, nil},
		{stripe.Config{Key: "rk_live_1", WebhookSecret: "whsec_1"}, nil},
		{stripe.Config{Key: "sk_test_1", URL: "http://[::1]:12111/"}, nil},
		{stripe.Config{Key: "sk_test_1", URL: "https://stripe.example"}, nil},
		{stripe.Config{}, stripe.ErrAccountKey},
		{stripe.Config{Key: "pk_test_1"}, stripe.ErrAccountKey},
		{stripe.Config{Key: "sk_test_"}, stripe.ErrAccountKey},
		{stripe.Config{Key: "sk_other_1"}, stripe.ErrAccountKey},
		{stripe.Config{Key: "sk_live_1", URL: "https://stripe.example"}, stripe.ErrLiveKey},
		{stripe.Config{Key: "rk_live_1", URL: "http://127.0.0.1:12111"}, stripe.ErrLiveKey},
		{stripe.Config{Key: "sk_test_1", URL: "http://stripe.example"}, stripe.ErrAddress},
		{stripe.Config{Key: "sk_test_1", URL: "127.0.0.1:12111"}, stripe.ErrAddress},
		{stripe.Config{Key: "sk_test_1", WebhookSecret: "sk_test_1"}, stripe.ErrSecret},
	} {
		_, err := stripe.Open(c.cfg)
		assert.ErrorIs(t, err, c.want, "%+v", c.cfg)
	}
}

// stripe-mock alone knows no state, but all of Stripe's description: it takes the
// requests that get to it, and its answers are read. What needs state gets to it
// through the local Stripe, in every other test.
func TestStripesOwnDescriptionTakesOurRequests(t *testing.T) {
	address, err := stripetest.Mock()
	require.NoError(t, err)
	g, err := stripe.Open(stripe.Config{Key: stripetest.Key, URL: address})
	require.NoError(t, err)
	_, err = g.Card(t.Context(), "anna", "pm_card_visa")
	require.ErrorIs(t, err, payments.ErrCardUnconfirmed, "its cards are never kept")
	_, err = g.Charge(t.Context(), "p1/1", "pm_card_visa", price)
	require.ErrorIs(t, err, payments.ErrCardUnknown, "so they cannot be charged")
	_, found, err := g.Lookup(t.Context(), "p1/1")
	require.NoError(t, err)
	assert.False(t, found)
	_, found, err = g.LookupRefund(t.Context(), "r1")
	require.NoError(t, err)
	assert.False(t, found)
	_, err = g.Refund(t.Context(), "r1", "pi_1", price)
	require.ErrorIs(t, err, payments.ErrChargeUnknown, "its payments are never paid")
	for range g.Charges(t.Context()) {
		assert.Fail(t, "its payments are not Kassa's")
	}
	for _, err := range g.Refunds(t.Context()) {
		require.NoError(t, err)
	}
	for _, err := range g.Disputes(t.Context()) {
		require.NoError(t, err)
	}
}
