package stripe

import (
	"context"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/stripe/stripe-go/v85/webhook"

	"kassa/services/payments"
)

// about is what is read of an event: what it is about, never what it says of it.
type about struct {
	Object   string            `json:"object"`
	ID       string            `json:"id"`
	Metadata map[string]string `json:"metadata"`
}

// Hint reads a webhook. What Stripe did not sign within the last five minutes is
// payments.ErrSignature. An event of a kind that Kassa does not follow, or about
// what others do with the account, is an empty hint.
func (g *Gateway) Hint(ctx context.Context, payload []byte, signature string) (payments.Hint, error) {
	if err := webhook.ValidatePayload(payload, signature, g.secret); err != nil || g.secret == "" {
		return payments.Hint{}, payments.ErrSignature.Because(err)
	}
	var event struct {
		Type string `json:"type"`
		Data struct {
			Object about `json:"object"`
		} `json:"data"`
	}
	if err := json.Unmarshal(payload, &event); err != nil {
		return payments.Hint{}, payments.ErrSignature.Because(err)
	}
	switch of, _, _ := strings.Cut(event.Type, "."); {
	case of == "payment_intent", of == "refund":
		return payments.Hint{Key: event.Data.Object.Metadata[ourKey]}, nil
	case strings.HasPrefix(event.Type, "charge.dispute."):
		d, stands, err := g.dispute(ctx, event.Data.Object.ID)
		if err != nil || !stands {
			return payments.Hint{}, err
		}
		return payments.Hint{Key: d.Key, Dispute: &d}, nil
	}
	return payments.Hint{}, nil
}
