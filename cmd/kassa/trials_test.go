package main

import (
	"testing"

	"github.com/stretchr/testify/assert"

	v1 "kassa/services/api/v1"
)

// Trying a product, and buying it after all, from the command line; where the
// policy allows only trials without a payment method, not that (R41).
func TestR41_TrialsFromTheCommandLine(t *testing.T) {
	p := start(t, t.TempDir(), "--demo")
	const anna, omar, bill = "anna@contoso.example", "omar@contoso.example", "bill@contoso.example"
	refused := func(as, code string, args ...string) {
		t.Helper()
		out, exit := p.kassa(p.token(as), args...)
		assert.Equal(t, exitRefused, exit, out)
		assert.Contains(t, out, code)
	}
	explained := as[v1.Eligibility](p, anna, "eligibility", "explain", "--product", visioPlan1, "--market", "US", "--trial")
	assert.True(t, explained.Eligible)

	tried := as[v1.Submitted](p, anna, "checkout", "--product", visioPlan1, "--seats", "2", "--market", "US", "--trial")
	assert.Zero(t, tried.Total.Minor)
	subscription := string(tried.SubscriptionID)
	assert.Equal(t, "trial", find(t, as[v1.Products](p, bill, "products", "--kind", "trial"), tried).Status)
	refused(anna, "trial_used", "checkout", "--product", visioPlan1, "--seats", "1", "--market", "US", "--trial", "--card", "tok_visa")
	refused(anna, "trial_extension_too_early", "subscriptions", "extend-trial", "--subscription", subscription)
	refused(anna, "card_missing", "subscriptions", "convert", "--subscription", subscription)

	as[v1.PolicySet](p, bill, "policy", "set", visioPlan1, "OnlyTrialsWithoutPaymentMethod")
	refused(anna, "policy_trials_only", "subscriptions", "convert", "--subscription", subscription, "--card", "tok_visa")
	refused(omar, "policy_trials_only", "checkout", "--product", visioPlan1, "--seats", "1", "--market", "US", "--trial", "--card", "tok_visa")
	as[v1.Submitted](p, omar, "checkout", "--product", visioPlan1, "--seats", "1", "--market", "US", "--trial")

	as[v1.PolicySet](p, bill, "policy", "set", visioPlan1, "Enabled")
	paid := as[v1.Subscription](p, anna, "subscriptions", "convert", "--subscription", subscription, "--card", "tok_visa")
	assert.Equal(t, "active", paid.Status)
	assert.NotNil(t, paid.Charged)
}
