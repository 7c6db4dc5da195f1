package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kassa/commands"
	"kassa/domain"
	"kassa/projections/views"
	v1 "kassa/services/api/v1"
)

type (
	orderInput struct {
		Reading
		Number string `path:"number" doc:"The order number." example:"KA-7Q2M-0F4X-9TBC"`
	}
	orderOutput struct{ Body v1.Order }
)

func (s *Server) registerOrders(api huma.API) {
	signed(s, api, huma.Operation{
		OperationID: "show-order", Method: http.MethodGet, Path: "/v1/orders/{number}", Tags: []string{"Products"},
		Summary:     "The history of an order",
		Description: "Every fact of the order, in order: who, when, why, and quantity and money before and after. For administrators and for the purchaser; to others the order does not exist.",
	}, s.showOrder)
}

func (s *Server) showOrder(ctx context.Context, who commands.Principal, in *orderInput) (*orderOutput, error) {
	if err := s.caughtUp(ctx, in.Reading, views.OrderHistoryView.Name, views.DirectoryView.Name); err != nil {
		return nil, err
	}
	order, err := views.NewOrderHistory(s.Projector).Show(ctx, who.Tenant, in.Number)
	if err != nil {
		return nil, err
	}
	if !who.Is(order.Purchaser) && !who.Has(admins...) {
		return nil, views.ErrOrderUnknown
	}
	var actors []domain.Actor
	for _, e := range order.Entries {
		actors = append(actors, e.By)
		if e.Person != "" {
			actors = append(actors, domain.Actor{Tenant: who.Tenant, Person: e.Person})
		}
	}
	people, err := s.openActors(ctx, who, actors...)
	if err != nil {
		return nil, err
	}
	body := v1.Order{OrderNumber: order.Number, AsOf: v1.AsOf{Position: order.AsOf}}
	for _, e := range order.Entries {
		if who.Partner != "" && closedToPartners(e.Type) {
			e.Summary = cardHidden
		}
		body.Entries = append(body.Entries, entryOf(e, people))
	}
	return &orderOutput{body}, nil
}

func entryOf(e views.Entry, people people) v1.OrderEntry {
	by := "Kassa"
	switch {
	case e.By.Kind == domain.ActorSupport: // the vendor's, in nobody's directory
		by = "Support"
	case e.By.Person != "":
		by = people.show(e.By.Person).Name
	}
	entry := v1.OrderEntry{
		Type: e.Type, At: e.BusinessTime, RecordedAt: e.At, By: by, ByKind: string(e.By.Kind), Summary: e.Summary,
		Transaction: e.Transaction, Reason: e.Code,
		QuantityBefore: e.QuantityBefore, QuantityAfter: e.QuantityAfter, MoneyBefore: e.MoneyBefore, MoneyAfter: e.MoneyAfter,
		EventID: e.EventID.String(), Stream: e.Stream, Revision: int64(e.Revision), Position: e.Position,
		CommandID: e.Command.String(), CorrelationID: e.Correlation.String(), CausationID: e.Causation.String(),
	}
	if e.Person != "" {
		whose := people.show(e.Person)
		entry.Person = &whose
	}
	return entry
}
