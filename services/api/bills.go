package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kassa/commands"
	"kassa/projections/views"
	v1 "kassa/services/api/v1"
)

type (
	billsInput struct {
		Reading
		Paging
		Status string `query:"status" enum:"pending,paid,declined,open,closed,failed" doc:"Only these. open is what can still be paid."`
	}
	billsOutput struct{ Body v1.Bills }
	cardOutput  struct {
		Position uint64 `header:"Kassa-Position"`
		Body     v1.Card
	}
)

func (s *Server) registerBills(api huma.API) {
	group := []string{"Bills"}
	signed(s, api, huma.Operation{
		OperationID: "list-bills", Method: http.MethodGet, Path: "/v1/bills", Tags: group,
		Summary:     "Your own bills",
		Description: "What the caller was charged and paid back, newest first, and what is still to be paid (R29). Nobody sees another's, administrators neither (R36).",
	}, s.listBills)
	signed(s, api, huma.Operation{
		OperationID: "pay-term", Method: http.MethodPost, Path: "/v1/subscriptions/{id}/pay", Tags: group,
		Responses:   map[string]*huma.Response{"202": {Description: "The payment gateway has not answered yet."}},
		Summary:     "Pay for a term whose card was declined",
		Description: "The same days at the same price, charged now, as long as everything still works (R30). " + whileDeclined + whileUnknown,
	}, s.payTerm)
	signed(s, api, huma.Operation{
		OperationID: "replace-card", Method: http.MethodPut, Path: "/v1/subscriptions/{id}/card", Tags: group,
		Summary:     "Pay with another card from now on",
		Description: "For everything that the subscription costs from now on (R31). A term that is not paid is asked for with it at once.",
	}, s.replaceCard)
}

func (s *Server) listBills(ctx context.Context, who commands.Principal, in *billsInput) (*billsOutput, error) {
	if err := s.caughtUp(ctx, in.Reading, views.BillsView.Name); err != nil {
		return nil, err
	}
	filter := views.BillFilter{Status: views.BillStatus(in.Status), Next: in.After, Limit: in.Limit}
	page, err := views.NewBills(s.Projector).List(ctx, who.Tenant, who.Person, filter)
	if err != nil {
		return nil, err
	}
	body := v1.Bills{AsOf: v1.AsOf{Position: page.AsOf}, Next: page.Next}
	for _, b := range page.Items {
		body.Items = append(body.Items, billOf(b))
	}
	return &billsOutput{body}, nil
}

func billOf(b views.Bill) v1.Bill {
	bill := v1.Bill{
		BillID: b.ID, OrderNumber: b.OrderNumber, SubscriptionID: b.Subscription, ProductID: b.Product, ProductName: b.ProductName,
		Transaction: b.Transaction, Status: string(b.Status), At: b.At, Quantity: b.Quantity, Amount: b.Amount,
	}
	if !b.From.Equal(b.To) {
		bill.PeriodStart, bill.PeriodEnd = &b.From, &b.To
	}
	if b.CardLast4 != "" {
		bill.Card = &v1.CardFace{Brand: b.CardBrand, Last4: b.CardLast4}
	}
	return bill
}

func (s *Server) payTerm(ctx context.Context, who commands.Principal, in *changeInput[v1.PayTerm]) (*subscriptionOutput, error) {
	return change(ctx, s, who, in.Writing, "subscription.pay", s.Subscriptions.Pay, commands.PayTerm{Subscription: in.ID, Card: in.Body.Card})
}

func (s *Server) replaceCard(ctx context.Context, who commands.Principal, in *changeInput[v1.ReplaceCard]) (*cardOutput, error) {
	c := commands.ReplaceCard{Subscription: in.ID, Card: in.Body.Card}
	r, err := in.request(who, "subscription.replace_card", c)
	if err != nil {
		return nil, err
	}
	out, err := s.Subscriptions.ReplaceCard(ctx, r, c)
	if err != nil {
		return nil, err
	}
	card, position := out.State.Card, out.Position
	paid, err := s.Subscriptions.Settle(ctx, in.ID)
	if err == nil { // else a process finishes it
		position = max(position, paid.Position)
	}
	return &cardOutput{Position: position, Body: v1.Card{
		SubscriptionID: in.ID, CardFace: v1.CardFace{Brand: card.Brand, Last4: card.Last4},
		ExpMonth: card.ExpMonth, ExpYear: card.ExpYear, Position: position,
	}}, nil
}
