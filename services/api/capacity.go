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

// capacityReaders see where all of their organisation's storage comes from
// (R39). Everybody else sees what they bought themselves.
var capacityReaders = append([]string{domain.RolePowerPlatformAdmin}, admins...)

type (
	capacityInput struct {
		Reading
		Paging
		Channels
	}
	capacityOutput struct{ Body v1.Capacity }
)

func (s *Server) registerCapacity(api huma.API) {
	signed(s, api, huma.Operation{
		OperationID: "list-capacity", Method: http.MethodGet, Path: "/v1/capacity", Tags: []string{"Products"},
		Summary:     "Storage, by source",
		Description: "The subscriptions whose licences add to the organisation's storage, and how much (R39). For administrators, the Power Platform's included, all of them; for everybody else, their own purchases. The totals are the same for both.",
	}, s.listCapacity)
}

func (s *Server) listCapacity(ctx context.Context, who commands.Principal, in *capacityInput) (*capacityOutput, error) {
	if err := s.caughtUp(ctx, in.Reading, views.CapacityView.Name, views.DirectoryView.Name); err != nil {
		return nil, err
	}
	filter := views.Filter{Channel: in.channel(), Next: in.After, Limit: in.Limit}
	switch {
	case who.Has(capacityReaders...):
	case who.Partner != "": // who bought nothing here themselves
		return nil, errNotAdmin
	default:
		filter.Purchaser = who.Person
	}
	found, err := views.NewCapacity(s.Projector).List(ctx, who.Tenant, filter, s.Now())
	if err != nil {
		return nil, err
	}
	var ids []domain.PersonID
	for _, source := range found.Items {
		ids = append(ids, source.Purchaser)
	}
	people, err := s.openPeople(ctx, who, ids...)
	if err != nil {
		return nil, err
	}
	body := v1.Capacity{
		Total: v1.Storage(found.Total), SelfService: v1.Storage(found.SelfService),
		AsOf: v1.AsOf{Position: found.AsOf}, Next: found.Next,
	}
	for _, source := range found.Items {
		body.Items = append(body.Items, sourceOf(source, people))
	}
	return &capacityOutput{body}, nil
}

func sourceOf(s views.Source, people people) v1.CapacitySource {
	return v1.CapacitySource{
		SubscriptionID: s.Subscription, ProductID: s.Product, ProductName: s.ProductName, Channel: s.Channel,
		PurchaserID: s.Purchaser, PurchaserName: people.show(s.Purchaser).Name,
		Quantity: s.Quantity, Status: string(s.Status), Storage: v1.Storage(s.Capacity),
	}
}
