package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kassa/commands"
	"kassa/domain/subscription"
	"kassa/projections/views"
	v1 "kassa/services/api/v1"
)

type creditInput struct {
	Reading
	Writing
	Body v1.CreditBill
}

func (s *Server) registerCredits(api huma.API) {
	signed(s, api, huma.Operation{
		OperationID: "credit-bill", Method: http.MethodPost, Path: "/v1/support/credits", Tags: []string{"Support"},
		Summary:     "Give back some of what was paid for a bill",
		Description: "To the card that was charged, never more than was paid and is not paid back otherwise. A credit note follows. For the vendor's support.",
		Responses:   map[string]*huma.Response{"202": {Description: "The payment gateway has not answered yet."}},
	}, s.creditBill)
}

func (s *Server) creditBill(ctx context.Context, who commands.Principal, in *creditInput) (*subscriptionOutput, error) {
	if !who.Has(commands.RoleSupport) {
		return nil, commands.ErrNotSupport
	}
	if err := s.caughtUp(ctx, in.Reading, views.InvoicesView.Name, views.BillingView.Name); err != nil {
		return nil, err
	}
	paid, err := views.NewInvoices(s.Projector).Any(ctx, in.Body.Number)
	if err != nil {
		return nil, err
	}
	bill, err := views.NewBilling(s.Projector).Entry(ctx, paid.Issued.Invoice)
	if err != nil {
		return nil, err
	}
	return change(ctx, s, who, in.Writing, "subscription.credit", s.Subscriptions.Credit, commands.CreditBill{
		Bill: bill, Amount: in.Body.Amount, Reason: subscription.CreditReason(in.Body.Reason),
	})
}
