package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/product"
	"kassa/projections/views"
	v1 "kassa/services/api/v1"
)

type (
	refusalsInput struct {
		Reading
		Paging
		Code    string           `query:"code" doc:"Only refusals by this check." example:"policy_disabled"`
		Product domain.ProductID `query:"product" doc:"Only of this product, by its id or an older one." example:"CFQ7TTC0H9MP"`
	}
	refusalsOutput struct{ Body v1.Refusals }
)

func (s *Server) registerRefusals(api huma.API) {
	signed(s, api, huma.Operation{
		OperationID: "list-refusals", Method: http.MethodGet, Path: "/v1/refusals", Tags: []string{"Policies"},
		Summary:     "Purchases that a rule refused",
		Description: "Who wanted to buy what, and which rule said no (R20), newest first. For global and billing administrators and global readers.",
	}, s.listRefusals)
}

func (s *Server) listRefusals(ctx context.Context, who commands.Principal, in *refusalsInput) (*refusalsOutput, error) {
	if !who.Has(admins...) {
		return nil, errNotAdmin
	}
	if err := s.caughtUp(ctx, in.Reading, views.RefusalsView.Name, views.CatalogueView.Name, views.DirectoryView.Name); err != nil {
		return nil, err
	}
	products, err := s.idsOf(ctx, in.Product)
	if err != nil {
		return nil, err
	}
	page, err := views.NewRefusals(s.Projector).List(ctx, who.Tenant, views.RefusalFilter{Code: in.Code, Products: products, Next: in.After, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	var ids []domain.PersonID
	for _, r := range page.Items {
		ids = append(ids, r.Person)
	}
	people, err := s.openPeople(ctx, who, ids...)
	if err != nil {
		return nil, err
	}
	body := v1.Refusals{AsOf: v1.AsOf{Position: page.AsOf}, Next: page.Next}
	for _, r := range page.Items {
		body.Items = append(body.Items, v1.Refusal{
			At: r.At, PurchaseID: r.Purchase, OrderNumber: r.OrderNumber, Person: people.show(r.Person), ProductID: r.Product,
			Channel: r.Channel, Market: r.Market, Code: r.Code, Rule: r.Rule, Stage: r.Stage,
		})
	}
	return &refusalsOutput{body}, nil
}

// idsOf are all ids of a product, since facts keep the one that was current
// then. A product that is in no catalogue has only the one that was given.
func (s *Server) idsOf(ctx context.Context, id domain.ProductID) ([]domain.ProductID, error) {
	if id == "" {
		return nil, nil
	}
	p, _, err := views.NewCatalogue(s.Projector).Product(ctx, id, s.Now())
	if errors.Is(err, product.ErrUnknown) {
		return []domain.ProductID{id}, nil
	}
	return append(p.OldIDs, p.Product), err
}
