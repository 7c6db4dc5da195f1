package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kassa/domain"
	"kassa/domain/tenantpolicy"
	"kassa/projections/views"
	v1 "kassa/services/api/v1"
)

type (
	pricesInput struct {
		Reading
		Market string `query:"market" required:"true" doc:"Country of the billing address, ISO 3166-1 alpha-2." example:"SE"`
	}
	pricesOutput struct{ Body v1.Prices }
)

func (s *Server) registerPrices(api huma.API) {
	public(s, api, huma.Operation{
		OperationID: "list-prices", Method: http.MethodGet, Path: "/v1/prices", Tags: []string{"Prices"},
		Summary:     "The public price list",
		Description: "What a person can buy by themselves in a market now, and for how much (R33). Prices under an organisation's agreement may differ (R35).",
	}, s.listPrices)
}

func (s *Server) listPrices(ctx context.Context, in *pricesInput) (*pricesOutput, error) {
	if !domain.KnownMarket(in.Market) {
		return nil, domain.ErrMarketUnknown
	}
	if err := s.caughtUp(ctx, in.Reading, views.CatalogueView.Name); err != nil {
		return nil, err
	}
	prices, asOf, err := views.NewCatalogue(s.Projector).PublicPrices(ctx, in.Market, s.Now())
	if err != nil {
		return nil, err
	}
	body := v1.Prices{AsOf: v1.AsOf{Position: asOf}}
	for _, p := range prices {
		body.Items = append(body.Items, v1.Price{
			ProductID: p.Product, ProductName: p.ProductName, Family: p.Family, Channel: p.Channel,
			Market: p.Market, UnitPrice: p.Amount, Term: p.Term,
		})
	}
	return &pricesOutput{body}, nil
}

// policyOf is what holds for a product, whichever of its ids it was set under.
func policyOf(s tenantpolicy.State, p views.Product) v1.ProductPolicy {
	value, own := s.Value(p.Product, p.OldIDs...)
	return v1.ProductPolicy{ProductID: p.Product, ProductName: p.Name, Value: value, Own: own}
}
