package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"kassa/domain"
	v1 "kassa/services/api/v1"
	"kassa/services/payments"
)

// webhooks reads what a gateway says of itself, and refuses what others say in
// its name.
type webhooks interface {
	Hint(ctx context.Context, payload []byte, signature string) (payments.Hint, error)
}

type (
	webhookInput struct {
		Signature string `header:"Stripe-Signature"`
		RawBody   []byte `contentType:"application/json"`
	}
	webhookOutput struct{ Body v1.WebhookReceipt }
)

// registerWebhooks registers what the gateway alone may ask for: it signs, so it
// needs no token, and no page tells people of it.
func (s *Server) registerWebhooks(api huma.API) {
	public(s, api, huma.Operation{
		OperationID: "hear-stripe", Method: http.MethodPost, Path: "/v1/webhooks/stripe", Hidden: true, SkipValidateBody: true,
	}, s.hear)
}

// hear takes a webhook as a hint to do now what Kassa would do a little later by
// itself. Whatever it says, the gateway is asked what became of it, and each step
// is taken once however often it is heard of: one that is repeated, late or lost
// changes nothing.
func (s *Server) hear(ctx context.Context, in *webhookInput) (*webhookOutput, error) {
	if s.Webhooks == nil {
		return nil, errRouteUnknown
	}
	hint, err := s.Webhooks.Hint(ctx, in.RawBody, in.Signature)
	if err != nil {
		return nil, err
	}
	id, _, _ := strings.Cut(hint.Key, "/") // of a purchase, or of a subscription
	if uuid.Validate(id) != nil {
		return &webhookOutput{v1.WebhookReceipt{Outcome: "ignored"}}, nil
	}
	if err := s.follow(ctx, id, hint.Dispute); err != nil && domain.KindOf(err) != domain.NotFound {
		return nil, err
	}
	return &webhookOutput{v1.WebhookReceipt{Outcome: "followed"}}, nil
}

// follow settles whatever waits for the gateway under an id.
func (s *Server) follow(ctx context.Context, id string, taken *domain.Dispute) error {
	if taken != nil {
		_, err := s.Subscriptions.ChargeBack(ctx, *taken)
		return err
	}
	if _, err := s.Fulfilment.Pump(ctx, domain.PurchaseID(id)); err != nil {
		return err
	}
	_, err := s.Subscriptions.Settle(ctx, domain.SubscriptionID(id))
	return err
}
