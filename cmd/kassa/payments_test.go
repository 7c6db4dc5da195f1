package main

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/stripe/stripe-go/v85/webhook"

	v1 "kassa/services/api/v1"
	"kassa/services/payments/stripe/stripetest"
)

// TestAPurchaseIsPaidThroughStripe takes the real binary to a local Stripe: people
// buy, are declined, give seats back and are refunded; a bank takes a payment back;
// Stripe tells of all of it, twice; and the books agree.
func TestAPurchaseIsPaidThroughStripe(t *testing.T) {
	bank := stripetest.Start(t, stripetest.Config{})
	p := startAs(t, real(t, "KASSA_STRIPE_KEY="+stripetest.Key, "KASSA_STRIPE_WEBHOOK_SECRET="+stripetest.Secret), t.TempDir(),
		"--payments", "stripe", "--stripe-url", bank.URL())
	for _, kind := range []string{"catalogue", "directory"} {
		out, code := p.kassa(p.token(""), "import", kind, "../../services/demo/"+kind+".json")
		require.Equal(t, 0, code, out)
	}
	const anna = "anna@contoso.example"
	require.Eventually(t, func() bool { // until she is in the directory
		_, code := p.kassa("", "token", "--as", anna)
		return code == 0
	}, time.Minute, 50*time.Millisecond)

	buy := []string{"checkout", "--product", powerBIPro, "--seats", "2", "--market", "US", "--card"}
	bought := as[v1.Submitted](p, anna, append(buy, "pm_card_visa")...)
	assert.Equal(t, "completed", bought.Status)
	for card, says := range map[string]string{
		"pm_card_chargeCustomerFail":            "card_declined",
		"pm_card_visa_chargeDeclined":           "card_refused",
		"pm_card_authenticationRequired":        "authentication_required",
		"pm_card_authenticationRequiredOnSetup": "card_unconfirmed",
		"tok_visa":                              "card_unknown",
		"4242424242424242":                      "card_number_not_accepted",
	} {
		out, code := p.kassa(p.token(anna), append(buy, card)...)
		assert.Equal(t, exitRefused, code, out)
		assert.Contains(t, out, says)
	}
	more := as[v1.Subscription](p, anna, "subscriptions", "seats", "add", "--subscription", string(bought.SubscriptionID), "--by", "1", "--card", "pm_lost_answers")
	assert.EqualValues(t, 3, more.Quantity)
	cancelled := as[v1.Subscription](p, anna, "subscriptions", "cancel", "--subscription", string(bought.SubscriptionID), "--reason", "not_needed")
	assert.Equal(t, bought.Total.Minor+more.Charged.Minor, cancelled.Refund.Minor)

	disputed := as[v1.Submitted](p, anna, append(buy, "pm_card_mastercard")...)
	_, err := bank.Dispute(p.newest(bank), "fraudulent", "needs_response")
	require.NoError(t, err)
	for range 2 {
		p.told(bank.Events())
	}
	assert.Equal(t, "disabled", find(t, as[v1.Products](p, anna, "purchases"), disputed).Status, "long before the books are read again")
	out, code := p.kassa(p.token(""), "ledger", "take-back", "pi_1")
	assert.Equal(t, exitRefused, code, out)
	assert.Contains(t, out, "bank_is_real")
	require.Eventually(t, func() bool { // bills are written a moment later
		out, code = p.kassa(p.token(""), "ledger", "verify")
		return code == 0
	}, time.Minute, 50*time.Millisecond, "%s", out)
	assert.Contains(t, out, "6 transactions at the gateway: equal", "three charges, two refunds, one dispute")
}

// newest is the id of the payment that Stripe took last.
func (p *program) newest(bank *stripetest.Server) (id string) {
	p.Helper()
	for _, e := range bank.Events() {
		if _, rest, paid := bytes.Cut(e, []byte(`"id":"pi_`)); paid && bytes.Contains(e, []byte("payment_intent.succeeded")) {
			id = "pi_" + strings.SplitN(string(rest), `"`, 2)[0]
		}
	}
	return id
}

// told sends Stripe's webhooks.
func (p *program) told(events [][]byte) {
	p.Helper()
	for _, e := range events {
		signed := webhook.GenerateTestSignedPayload(&webhook.UnsignedPayload{Payload: e, Secret: stripetest.Secret})
		r, err := http.NewRequestWithContext(p.Context(), http.MethodPost, p.url+"/v1/webhooks/stripe", bytes.NewReader(e))
		require.NoError(p, err)
		r.Header.Set("Stripe-Signature", signed.Header)
		r.Header.Set("Content-Type", "application/json")
		a, err := http.DefaultClient.Do(r)
		require.NoError(p, err)
		require.NoError(p, a.Body.Close())
		require.Equal(p, http.StatusOK, a.StatusCode, "%s", e)
	}
}

func TestServeRefusesToPlayWithMoney(t *testing.T) {
	for _, c := range []struct {
		key, secret, says string
		flags             []string
	}{
		{"", "", "Set KASSA_STRIPE_KEY", []string{"--payments", "stripe"}},
		{"pk_test_1", "", "Set KASSA_STRIPE_KEY", []string{"--payments", "stripe"}},
		{"sk_test_1", "secret", "KASSA_STRIPE_WEBHOOK_SECRET", []string{"--payments", "stripe"}},
		{"sk_live_1", "", "A live key goes to Stripe alone", []string{"--payments", "stripe", "--stripe-url", "http://127.0.0.1:1"}},
		{"sk_test_1", "", "https://HOST", []string{"--payments", "stripe", "--stripe-url", "http://stripe.example"}},
		{"sk_test_1", "", "--demo pays with the simulator's cards", []string{"--payments", "stripe", "--demo"}},
		{"rk_live_1", "", "whoever reaches Kassa may be anybody", []string{"--payments", "stripe", "--dev-identity-on-any-address"}},
		{"", "", "add --payments stripe", []string{"--stripe-url", "http://127.0.0.1:1"}},
		{"", "", "must be one of", []string{"--payments", "cash"}},
	} {
		t.Run(fmt.Sprint(c.key, c.flags), func(t *testing.T) {
			var out, errs bytes.Buffer
			env := map[string]string{"KASSA_STRIPE_KEY": c.key, "KASSA_STRIPE_WEBHOOK_SECRET": c.secret}
			args := append([]string{"serve", "--data", t.TempDir(), "--listen", "127.0.0.1:0"}, c.flags...)
			assert.Equal(t, exitFailed, run(t.Context(), args, func(name string) string { return env[name] }, &out, &errs))
			assert.Contains(t, errs.String(), c.says)
			assert.NotContains(t, errs.String(), "_1", "the key itself is not told")
		})
	}
}
