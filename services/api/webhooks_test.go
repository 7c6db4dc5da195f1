package api_test

import (
	"math/rand/v2"
	"net/http"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/stripe/stripe-go/v85"
	"github.com/stripe/stripe-go/v85/webhook"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/subscription"
	v1 "kassa/services/api/v1"
	"kassa/services/payments/gatewaytest"
	"kassa/services/payments/stripe/stripetest"
)

// newHouseOnStripe is a house with a local Stripe, which tells of what happens.
func newHouseOnStripe(t *testing.T) (*house, *stripetest.Server) {
	h := newHouseOn(t, gatewaytest.Stripe)
	return h, h.gateway.Books.(*gatewaytest.OnStripe).Bank
}

// hear sends a webhook as somebody with a secret did at some time.
func (h *house) hear(payload []byte, secret string, at time.Time) answer {
	h.Helper()
	signed := webhook.GenerateTestSignedPayload(&webhook.UnsignedPayload{Payload: payload, Secret: secret, Timestamp: at})
	return h.ask("", "POST", "/v1/webhooks/stripe", string(signed.Payload), "Stripe-Signature", signed.Header, "Content-Type", "application/json; charset=utf-8")
}

// told sends a webhook as Stripe does.
func (h *house) told(payload []byte) string {
	h.Helper()
	return is[v1.WebhookReceipt](h.hear(payload, stripetest.Secret, time.Now()), 200).Outcome
}

func event(t *testing.T, kind string, about map[string]any) []byte {
	t.Helper()
	payload, err := json.Marshal(map[string]any{"id": "evt_1", "object": "event", "api_version": stripe.APIVersion, "type": kind, "data": map[string]any{"object": about}})
	require.NoError(t, err)
	return payload
}

func about(key string) map[string]any {
	return map[string]any{"id": "pi_1", "object": "payment_intent", "metadata": map[string]any{"kassa_key": key}}
}

func unwell(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }

// The answer is lost, and so is that to the question what became of it.
func TestAWebhookSettlesAPurchaseAtOnce(t *testing.T) {
	h, bank := newHouseOnStripe(t)
	is[v1.Submitted](h.order(buyer, is[v1.Purchase](h.ask(buyer, "POST", "/v1/purchases", `{"productId":"CFQ7TTC0H9MP","quantity":1,"market":"US"}`), 201), "tok_timeout", "1"), 200)
	quoted := is[v1.Purchase](h.ask(buyer, "POST", "/v1/purchases", `{"productId":"CFQ7TTC0H9MP","quantity":2,"market":"US"}`), 201)
	bank.Instead(nil, nil, nil, unwell)
	waits := is[v1.Submitted](h.order(buyer, quoted, "tok_timeout", "2"), 202)
	assert.NotEqual(t, "completed", waits.Status)
	events := bank.Events()
	assert.Equal(t, "followed", h.told(events[len(events)-1]))
	assert.Equal(t, "completed", is[v1.Purchase](h.ask(buyer, "GET", "/v1/purchases/"+string(quoted.PurchaseID), ""), 200).Status)
	h.audited()
}

func TestAWebhookSettlesASubscriptionAtOnce(t *testing.T) {
	h, bank := newHouseOnStripe(t)
	id, change := h.bought()
	h.gateway.cut = true
	assert.True(t, is[v1.Subscription](change("seats", `{"delta":1}`, "1"), 202).Pending)
	asked, err := h.Server.Subscriptions.(*commands.Subscriptions).Settle(t.Context(), id)
	require.Error(t, err)
	key := subscription.ChargeKey(id, asked.State.Pending)

	before := h.head()
	h.hear(event(t, "payment_intent.succeeded", about(key)), stripetest.Secret, time.Now()).problem(503, "payment_unavailable")
	assert.Equal(t, before, h.head(), "that Stripe cannot be asked is no answer")
	_, err = h.gateway.Books.Charge(t.Context(), key, "tok_visa", asked.State.Pending.Amount) // it had left before the line was cut
	require.NoError(t, err)
	h.gateway.cut = false
	events := bank.Events()
	assert.Equal(t, "followed", h.told(events[len(events)-1]))
	assert.EqualValues(t, 3, is[v1.Subscription](change("seats", `{"delta":1}`, "1"), 200).Quantity)
	h.audited()
}

// Stripe signs it, and it is not so: what counts is what Stripe answers.
func TestAWebhookIsNotBelieved(t *testing.T) {
	h, _ := newHouseOnStripe(t)
	quoted := is[v1.Purchase](h.ask(buyer, "POST", "/v1/purchases", `{"productId":"CFQ7TTC0H9MP","quantity":2,"market":"US"}`), 201)
	h.order(buyer, quoted, "tok_declined", "1").problem(402, "card_declined")
	before := h.head()
	for _, attempt := range []string{"/1", "/2"} {
		assert.Equal(t, "followed", h.told(event(t, "payment_intent.succeeded", about(string(quoted.PurchaseID)+attempt))))
	}
	assert.Equal(t, "followed", h.told(event(t, "payment_intent.succeeded", about("00000000-0000-4000-8000-000000000000/1"))), "nobody's")
	assert.Equal(t, "ignored", h.told(event(t, "charge.dispute.created", map[string]any{"id": "dp_1", "object": "dispute", "metadata": map[string]any{}})))
	assert.Equal(t, before, h.head())
}

func TestAWebhookOfSomebodyElsesIsRefused(t *testing.T) {
	h, bank := newHouseOnStripe(t)
	h.bought()
	before, asked := h.head(), len(bank.Requests())
	payload := bank.Events()[0]
	h.hear(payload, "whsec_other", time.Now()).problem(400, "webhook_signature_invalid")
	h.hear(payload, stripetest.Secret, time.Now().Add(-6*time.Minute)).problem(400, "webhook_signature_invalid")
	h.ask("", "POST", "/v1/webhooks/stripe", string(payload)).problem(400, "webhook_signature_invalid")
	h.ask("operator", "POST", "/v1/webhooks/stripe", string(payload), "Stripe-Signature", "t=1,v1=00").problem(400, "webhook_signature_invalid")
	h.hear([]byte("no json"), stripetest.Secret, time.Now()).problem(400, "webhook_signature_invalid")
	assert.Equal(t, before, h.head(), "nothing is recorded")
	assert.Len(t, bank.Requests(), asked, "and nothing asked")
	h.Webhooks = nil
	h.hear(payload, stripetest.Secret, time.Now()).problem(404, "route_unknown")
}

func TestAWebhookThatIsNotForKassaIsIgnored(t *testing.T) {
	h, _ := newHouseOnStripe(t)
	before := h.head()
	for kind, about := range map[string]map[string]any{
		"payment_intent.succeeded":   {"id": "pi_1", "object": "payment_intent", "metadata": map[string]any{"order": "7"}},
		"payment_intent.processing":  about("../../purchase"),
		"customer.created":           {"id": "cus_1", "object": "customer"},
		"invented.by.stripe.in_2031": about("00000000-0000-4000-8000-000000000000/1"),
	} {
		assert.Equal(t, "ignored", h.told(event(t, kind, about)), kind)
	}
	assert.Equal(t, before, h.head())
}

// Everything that Stripe told of a life, three times over and in no order: it is
// as it was without.
func TestWebhooksThatAreRepeatedAndOutOfOrderChangeNothing(t *testing.T) {
	h, bank := newHouseOnStripe(t)
	id, change := h.bought()
	change("seats", `{"delta":1,"card":"tok_expired"}`, "1").problem(402, "expired_card")
	is[v1.Subscription](change("seats", `{"delta":1,"card":"tok_timeout"}`, "2"), 200)
	is[v1.Subscription](change("seats/remove", `{"delta":1,"when":"now"}`, "3"), 200)
	is[v1.Card](h.card(id, "tok_declined"), 200)
	h.passes(time.Date(2026, 4, 10, 11, 0, 0, 0, time.UTC))
	h.audited()
	before, charges := h.head(), len(h.allCharges())
	var kinds []string
	for range 3 {
		events := bank.Events()
		rand.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
		for _, e := range events {
			assert.Equal(t, "followed", h.told(e))
			var of struct{ Type string }
			require.NoError(t, json.Unmarshal(e, &of, json.MatchCaseInsensitiveNames(true)))
			kinds = append(kinds, of.Type)
		}
	}
	for _, kind := range []string{"payment_intent.succeeded", "payment_intent.payment_failed", "refund.created"} {
		assert.Contains(t, kinds, kind)
	}
	assert.Equal(t, before, h.head())
	assert.Len(t, h.allCharges(), charges)
	h.audited()
}

func (h *house) allCharges() (all []domain.Charge) {
	h.Helper()
	for c, err := range h.gateway.Charges(h.Context()) {
		require.NoError(h, err)
		all = append(all, c)
	}
	return all
}

// A webhook tells at once what the books would show a minute later, and either
// is heard once.
func TestAChargebackIsHeardOfByWebhook(t *testing.T) {
	h, bank := newHouseOnStripe(t)
	h.bought()
	_, err := bank.Dispute(h.charged().ID, "fraudulent", "warning_needs_response")
	require.NoError(t, err)
	asks := bank.Events()
	before := h.head()
	assert.Equal(t, "ignored", h.told(asks[len(asks)-1]), "an inquiry takes nothing")
	assert.Equal(t, before, h.head())

	bank.Settle("needs_response")
	taken := bank.Events()
	for range 2 {
		assert.Equal(t, "followed", h.told(taken[len(taken)-1]))
	}
	assert.Equal(t, "charged_back", h.invoiced()[0].Status)
	assert.Equal(t, []string{"payment_charged_back"}, h.toldBuyer())
	heard := h.head()
	for d, err := range h.gateway.Disputes(t.Context()) {
		require.NoError(t, err)
		_, err := h.Server.Subscriptions.(*commands.Subscriptions).ChargeBack(t.Context(), d)
		require.NoError(t, err)
	}
	assert.Equal(t, heard, h.head(), "the books tell the same, once")
	h.audited()
}
