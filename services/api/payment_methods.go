package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/paymentmethod"
	"kassa/projections/views"
	v1 "kassa/services/api/v1"
)

type paymentMethods interface {
	Add(ctx context.Context, r commands.Request, c commands.AddCard) (commands.Cards, error)
	Replace(ctx context.Context, r commands.Request, c commands.ReplaceMethod) (commands.Cards, error)
	Change(ctx context.Context, r commands.Request, c commands.ChangeCard) (commands.Cards, error)
	SetDefault(ctx context.Context, r commands.Request, method domain.PaymentMethodID) (commands.Cards, error)
	Remove(ctx context.Context, r commands.Request, method domain.PaymentMethodID) (commands.Cards, error)
	Move(ctx context.Context, of commands.Payer) (commands.Moved, error)
}

type (
	methodsInput       struct{ Reading }
	methodsOutput      struct{ Body v1.PaymentMethods }
	methodInput[B any] struct {
		Writing
		ID   domain.PaymentMethodID `path:"id" doc:"The card, by the id that the list names."`
		Body B
	}
	methodPath struct {
		Writing
		ID domain.PaymentMethodID `path:"id" doc:"The card, by the id that the list names."`
	}
	addMethodInput struct {
		Writing
		Body v1.AddPaymentMethod
	}
	methodOutput struct {
		Position uint64 `header:"Kassa-Position"`
		Body     v1.PaymentMethodChanged
	}
)

func (s *Server) registerPaymentMethods(api huma.API) {
	group := []string{"Payment methods"}
	signed(s, api, huma.Operation{
		OperationID: "list-payment-methods", Method: http.MethodGet, Path: "/v1/payment-methods", Tags: group,
		Summary:     "Your own cards",
		Description: "The default first, each with what it pays for. A card that something was bought with is on the list a moment later. Nobody sees another's, administrators and partners neither (R36).",
	}, s.listPaymentMethods)
	signed(s, api, huma.Operation{
		OperationID: "add-payment-method", Method: http.MethodPost, Path: "/v1/payment-methods", Tags: group, DefaultStatus: http.StatusCreated,
		Summary:     "Add a card",
		Description: "By the payment gateway's token (R13). A card that is on the list already is brought up to date, and there once.",
	}, s.addPaymentMethod)
	signed(s, api, huma.Operation{
		OperationID: "change-payment-method", Method: http.MethodPatch, Path: "/v1/payment-methods/{id}", Tags: group,
		Summary:     "Say until when a card is good, and where its bills go",
		Description: "After the bank has sent a new one of the same number. The number itself never changes: replace the card instead.",
	}, s.changePaymentMethod)
	signed(s, api, huma.Operation{
		OperationID: "replace-payment-method", Method: http.MethodPost, Path: "/v1/payment-methods/{id}/replace", Tags: group,
		Summary:     "Have another card take its place",
		Description: "For every subscription that it pays for. A term that was declined is asked for with the new card at once (R31); see the bills for what came of that.",
	}, s.replacePaymentMethod)
	signed(s, api, huma.Operation{
		OperationID: "set-default-payment-method", Method: http.MethodPut, Path: "/v1/payment-methods/{id}/default", Tags: group,
		Summary:     "Pay with this card where none is named",
		Description: "What other cards pay for stays with them.",
	}, s.setDefaultPaymentMethod)
	signed(s, api, huma.Operation{
		OperationID: "remove-payment-method", Method: http.MethodDelete, Path: "/v1/payment-methods/{id}", Tags: group,
		Summary:     "Remove a card",
		Description: "What it pays for goes over to the default. The only card that can pay for something that renews stays.",
	}, s.removePaymentMethod)
}

func (s *Server) listPaymentMethods(ctx context.Context, who commands.Principal, in *methodsInput) (*methodsOutput, error) {
	if err := s.caughtUp(ctx, in.Reading, views.PaymentMethodsView.Name); err != nil {
		return nil, err
	}
	page, err := views.NewPaymentMethods(s.Projector).List(ctx, who.Tenant, who.Person, s.Now())
	if err != nil {
		return nil, err
	}
	body := v1.PaymentMethods{AsOf: v1.AsOf{Position: page.AsOf}}
	for _, m := range page.Items {
		shown := v1.PaymentMethod{
			PaymentMethodID: m.ID, Kind: string(paymentmethod.CreditCard), CardFace: v1.CardFace{Brand: m.Brand, Last4: m.Last4},
			ExpMonth: m.ExpMonth, ExpYear: m.ExpYear, BillingCountry: m.Country, Default: m.Default, Expired: m.Expired, AddedAt: m.AddedAt,
		}
		for _, p := range m.Pays {
			shown.Pays = append(shown.Pays, v1.PaidWith{SubscriptionID: p.Subscription, ProductID: p.Product, ProductName: p.ProductName, Renews: p.Renews})
		}
		body.Items = append(body.Items, shown)
	}
	return &methodsOutput{body}, nil
}

func (s *Server) addPaymentMethod(ctx context.Context, who commands.Principal, in *addMethodInput) (*methodOutput, error) {
	return changeMethod(ctx, s, who, in.Writing, "payment_method.add", s.PaymentMethods.Add, commands.AddCard{
		Card: in.Body.Card, Country: in.Body.BillingCountry, Default: in.Body.Default,
	})
}

func (s *Server) changePaymentMethod(ctx context.Context, who commands.Principal, in *methodInput[v1.ChangePaymentMethod]) (*methodOutput, error) {
	return changeMethod(ctx, s, who, in.Writing, "payment_method.change", s.PaymentMethods.Change, commands.ChangeCard{
		Method: in.ID, ExpMonth: in.Body.ExpMonth, ExpYear: in.Body.ExpYear, Country: in.Body.BillingCountry,
	})
}

func (s *Server) replacePaymentMethod(ctx context.Context, who commands.Principal, in *methodInput[v1.ReplacePaymentMethod]) (*methodOutput, error) {
	return changeMethod(ctx, s, who, in.Writing, "payment_method.replace", s.PaymentMethods.Replace, commands.ReplaceMethod{
		Method: in.ID, Card: in.Body.Card,
	})
}

func (s *Server) setDefaultPaymentMethod(ctx context.Context, who commands.Principal, in *methodPath) (*methodOutput, error) {
	return changeMethod(ctx, s, who, in.Writing, "payment_method.set_default", s.PaymentMethods.SetDefault, in.ID)
}

func (s *Server) removePaymentMethod(ctx context.Context, who commands.Principal, in *methodPath) (*methodOutput, error) {
	return changeMethod(ctx, s, who, in.Writing, "payment_method.remove", s.PaymentMethods.Remove, in.ID)
}

// changeMethod carries a command out and, where a card is gone, has what it paid
// for follow. What cannot follow now is left to a process.
func changeMethod[C any](ctx context.Context, s *Server, who commands.Principal, w Writing, verb string,
	do func(context.Context, commands.Request, C) (commands.Cards, error), c C,
) (*methodOutput, error) {
	r, err := w.request(who, verb, c)
	if err != nil {
		return nil, err
	}
	out, err := do(ctx, r, c)
	if err != nil {
		return nil, err
	}
	card, _ := out.State.Find(out.Method)
	body := v1.PaymentMethodChanged{
		PaymentMethodID: card.ID, Status: string(card.Status), CardFace: v1.CardFace{Brand: card.Brand, Last4: card.Last4},
		ExpMonth: card.ExpMonth, ExpYear: card.ExpYear, BillingCountry: card.Country, Default: out.State.Default == card.ID, Position: out.Position,
	}
	if card.Status != paymentmethod.Listed {
		instead, _ := out.State.StandIn(card.ID)
		body.ReplacedBy = instead.ID
		moved, err := s.PaymentMethods.Move(ctx, commands.Payer{Tenant: who.Tenant, Person: who.Person})
		if err != nil && domain.KindOf(err) != domain.Unavailable {
			s.Log.WarnContext(ctx, "what a card paid for follows later", "error", err)
		}
		body.Moved, body.Position = moved.Subscriptions, max(out.Position, moved.Position)
	}
	return &methodOutput{Position: body.Position, Body: body}, nil
}
