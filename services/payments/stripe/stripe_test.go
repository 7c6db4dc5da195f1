package stripe_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	"kassa/domain/paymentmethod"
	"kassa/services/payments"
	"kassa/services/payments/gatewaytest"
	"kassa/services/payments/stripe"
	"kassa/services/payments/stripe/stripetest"
)

// world is a Stripe of a test's own, at a time of its own, and Kassa's way to it.
type world struct {
	*testing.T
	*stripe.Gateway
	stripe *stripetest.Server
	clock  time.Time
}

func newWorld(t *testing.T) *world {
	w := &world{T: t, clock: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)}
	w.stripe = stripetest.Start(t, stripetest.Config{Now: w.now, Page: 3}) // so that every list has pages
	w.Gateway = w.open()
	return w
}

func (w *world) now() time.Time { return w.clock }

// open is another process: it remembers nothing.
func (w *world) open() *stripe.Gateway {
	w.Helper()
	g, err := stripe.Open(stripe.Config{Key: stripetest.Key, URL: w.stripe.URL(), WebhookSecret: stripetest.Secret, Now: w.now})
	require.NoError(w, err)
	return g
}

func TestContract(t *testing.T) {
	gatewaytest.Run(t, newWorld(t).Gateway, gatewaytest.Tokens{
		Succeeds:     "pm_card_visa",
		AlsoSucceeds: "pm_card_mastercard",
		Declines: map[string]gatewaytest.Decline{
			"pm_card_chargeCustomerFail":     {Code: "card_declined", Retriable: true},
			"pm_later_expired":               {Code: "expired_card"},
			"pm_later_insufficient_funds":    {Code: "insufficient_funds", Retriable: true},
			"pm_later_processing_error":      {Code: "processing_error", Retriable: true},
			"pm_later_stolen":                {Code: "stolen_card"},
			"pm_card_authenticationRequired": {Code: "authentication_required", Retriable: true},
		},
		TimesOut: "pm_lost_answers",
	})
}

// card puts one on file.
func (w *world) card(name string) string {
	w.Helper()
	c, err := w.Card(w.Context(), "anna", name)
	require.NoError(w, err)
	return c.Token
}

func (w *world) asked(what string) (n int) {
	for _, r := range w.stripe.Requests() {
		if r == what {
			n++
		}
	}
	return n
}

var price = domain.Money{Minor: 4200, Currency: "SEK"}

// A day later Stripe has forgotten the idempotency key, and Kassa the process
// that asked.
func TestAKeyIsChargedOnceForEver(t *testing.T) {
	for _, later := range []time.Duration{0, time.Minute, 25 * time.Hour, 400 * 24 * time.Hour} {
		t.Run(later.String(), func(t *testing.T) {
			w := newWorld(t)
			token := w.card("pm_lost_answers")
			for range 5 { // so that the one that is looked for is not on the first page
				_, err := w.Charge(t.Context(), uuid.NewString()+"/1", token, price)
				require.ErrorIs(t, err, payments.ErrTimeout)
			}
			first := w.charges()[4]
			w.clock = w.clock.Add(later)
			again, err := w.open().Charge(t.Context(), first.Key, token, price)
			require.NoError(t, err)
			assert.Equal(t, first, again)
			assert.Len(t, w.charges(), 5)

			_, err = w.Refund(t.Context(), "r/1", first.ID, domain.Money{Minor: 200, Currency: "SEK"})
			require.ErrorIs(t, err, payments.ErrRefundTimeout)
			w.clock = w.clock.Add(later)
			refund, err := w.open().Refund(t.Context(), "r/1", first.ID, domain.Money{Minor: 200, Currency: "SEK"})
			require.NoError(t, err)
			found, ok, err := w.open().LookupRefund(t.Context(), "r/1")
			require.NoError(t, err)
			assert.True(t, ok)
			assert.Equal(t, refund, found)
		})
	}
}

func (w *world) charges() (all []domain.Charge) {
	w.Helper()
	for c, err := range w.Charges(w.Context()) {
		require.NoError(w, err)
		all = append(all, c)
	}
	return all
}

// Lists show what was just written; search does not, and is asked only for what
// is older than it can be behind.
func TestALookupReadsWhatWasJustWritten(t *testing.T) {
	const search = "GET /v1/payment_intents/search"
	for _, key := range []string{"p1/1", `it's \ "quoted"/1`} {
		w := newWorld(t)
		_, err := w.Charge(t.Context(), key, w.card("pm_lost_answers"), price)
		require.ErrorIs(t, err, payments.ErrTimeout)
		for _, g := range []*stripe.Gateway{w.Gateway, w.open()} {
			c, ok, err := g.Lookup(t.Context(), key)
			require.NoError(t, err)
			require.True(t, ok)
			assert.Equal(t, key, c.Key)
		}
		assert.Zero(t, w.asked(search))
		w.clock = w.clock.AddDate(0, 1, 0)
		_, ok, err := w.open().Lookup(t.Context(), key)
		require.NoError(t, err)
		assert.True(t, ok)
		assert.Equal(t, 1, w.asked(search))
	}
}

func TestACardIsKeptOnlyWithItsBanksConsent(t *testing.T) {
	w := newWorld(t)
	_, err := w.Card(t.Context(), "anna", "pm_card_visa_chargeDeclined")
	require.ErrorIs(t, err, payments.ErrCardRefused)
	_, err = w.Card(t.Context(), "anna", "pm_card_authenticationRequiredOnSetup")
	require.ErrorIs(t, err, payments.ErrCardUnconfirmed)
	_, err = w.Charge(t.Context(), "p1/1", "pm_card_visa", price)
	require.ErrorIs(t, err, payments.ErrCardUnknown, "it was never put on file")
	for _, token := range []string{"../customers", "pm_1?expand[]=customer", "pm_1/detach", strings.Repeat("a", 256)} {
		_, err = w.Card(t.Context(), "anna", token)
		assert.ErrorIs(t, err, payments.ErrCardUnknown, token)
	}
	assert.Empty(t, w.charges())
}

// A token is no secret: it is in history. From any process, for ever, the card
// behind it is that of whoever handed it in, and nobody's who only learned of it.
func TestR36_ACardIsItsOwnersAlone(t *testing.T) {
	w := newWorld(t)
	token := w.card("pm_card_visa")
	for _, g := range []*stripe.Gateway{w.Gateway, w.open()} {
		_, err := g.Card(t.Context(), "omar", token)
		require.ErrorIs(t, err, paymentmethod.ErrAnother)
		again, err := g.Card(t.Context(), "anna", token)
		require.NoError(t, err)
		assert.Equal(t, token, again.Token)
		w.clock = w.clock.AddDate(1, 0, 0)
	}
	omars, err := w.Card(t.Context(), "omar", "pm_card_visa")
	require.NoError(t, err, "a test card of Stripe's is a new one for each")
	assert.NotEqual(t, token, omars.Token)
}

func TestR13_ACardNumberIsNotEvenSent(t *testing.T) {
	w := newWorld(t)
	_, err := w.Card(t.Context(), "anna", "4000 0566 5566 5556")
	require.ErrorIs(t, err, payments.ErrCardNumber)
	_, err = w.Charge(t.Context(), "p1/1", "4000056655665556", price)
	require.ErrorIs(t, err, payments.ErrCardNumber)
	assert.Empty(t, w.stripe.Requests())
}

// What Stripe cannot move to the last unit is refused, and never rounded.
func TestAmountsAreMovedToTheLastUnitOrNotAtAll(t *testing.T) {
	w := newWorld(t)
	token := w.card("pm_card_visa")
	for _, c := range []struct {
		amount domain.Money
		want   error
	}{
		{domain.Money{Minor: 1250, Currency: "JPY"}, nil},
		{domain.Money{Minor: 9990, Currency: "KWD"}, nil},
		{domain.Money{Minor: 9999, Currency: "KWD"}, payments.ErrAmountNotTaken},
		{domain.Money{Minor: 500, Currency: "ISK"}, nil}, // 50000 at Stripe
		{domain.Money{Minor: 49, Currency: "USD"}, payments.ErrAmountNotTaken},
		{domain.Money{Minor: 100_000_000, Currency: "USD"}, payments.ErrAmountNotTaken},
	} {
		key := uuid.NewString()
		made, err := w.Charge(t.Context(), key, token, c.amount)
		require.ErrorIs(t, err, c.want, c.amount)
		_, found, err := w.Lookup(t.Context(), key)
		require.NoError(t, err)
		assert.Equal(t, c.want == nil, found, c.amount)
		if c.want == nil {
			assert.Equal(t, c.amount, made.Amount)
			half := domain.Money{Minor: c.amount.Minor/2 + 1, Currency: c.amount.Currency}
			_, err := w.Refund(t.Context(), key+"/refund", made.ID, half)
			assert.Equal(t, c.amount.Currency == "KWD", errors.Is(err, payments.ErrAmountNotTaken), half)
		}
	}
}

// The books are Kassa's alone, and show what others did with Kassa's payments.
func TestTheBooksAreOfWhatKassaAskedFor(t *testing.T) {
	w := newWorld(t)
	var paid []domain.Charge
	for range 4 {
		c, err := w.Charge(t.Context(), uuid.NewString(), w.card("pm_card_visa"), price)
		require.NoError(t, err)
		paid = append(paid, c)
	}
	w.stripe.Foreign()
	assert.Len(t, w.charges(), 4)

	byHand := w.stripe.Refund(paid[0].ID, 100, "succeeded")
	w.stripe.Refund(paid[0].ID, 50, "failed")
	var refunds []string
	for r, err := range w.Refunds(t.Context()) {
		require.NoError(t, err)
		refunds = append(refunds, r.ID)
		assert.Empty(t, r.Key)
	}
	assert.Equal(t, []string{byHand}, refunds)
}

func TestABankHasTheMoneyOrNot(t *testing.T) {
	w := newWorld(t)
	c, err := w.Charge(t.Context(), "p1/1", w.card("pm_card_visa"), price)
	require.NoError(t, err)
	id, err := w.stripe.Dispute(c.ID, "fraudulent", "warning_needs_response")
	require.NoError(t, err)
	for _, step := range []struct {
		status string
		taken  int
	}{{"warning_needs_response", 0}, {"needs_response", 1}, {"under_review", 1}, {"lost", 1}, {"won", 0}} {
		w.stripe.Settle(step.status)
		taken := 0
		for d, err := range w.Disputes(t.Context()) {
			require.NoError(t, err)
			assert.Equal(t, domain.Dispute{ID: id, Charge: c.ID, Key: "p1/1", Amount: price, Reason: "fraudulent", At: w.clock}, d)
			taken++
		}
		assert.Equal(t, step.taken, taken, step.status)
	}
	_, err = w.Refund(t.Context(), "r1", c.ID, price)
	require.ErrorIs(t, err, payments.ErrRefundTooLarge, "nothing is left of it")
}
