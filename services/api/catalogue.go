package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/price"
	"kassa/domain/tenantpolicy"
	"kassa/projections/views"
	v1 "kassa/services/api/v1"
)

type catalogue interface {
	PublishPrice(ctx context.Context, r commands.Request, p price.Publish) (commands.Outcome[price.State], error)
	WithdrawPrice(ctx context.Context, r commands.Request, w price.Withdraw) (commands.Outcome[price.State], error)
}

type (
	pricesInput struct {
		Reading
		Market string `query:"market" required:"true" doc:"Country of the billing address, ISO 3166-1 alpha-2." example:"SE"`
	}
	pricesOutput      struct{ Body v1.Prices }
	publishPriceInput struct {
		Writing
		Body v1.PublishPrice
	}
	withdrawPriceInput struct {
		Writing
		Body v1.WithdrawPrice
	}
	pricedOutput struct {
		Position uint64 `header:"Kassa-Position"`
		Body     v1.Priced
	}
)

func (s *Server) registerPrices(api huma.API) {
	public(s, api, huma.Operation{
		OperationID: "list-prices", Method: http.MethodGet, Path: "/v1/prices", Tags: []string{"Prices"},
		Summary:     "The public price list",
		Description: "What a person can buy by themselves in a market now, and for how much, with the tax or without as is the custom there (R33). Prices under an organisation's agreement may differ (R35).",
	}, s.listPrices)
	signed(s, api, huma.Operation{
		OperationID: "publish-price", Method: http.MethodPost, Path: "/v1/prices", Tags: []string{"Prices"},
		Summary:     "State what a product costs from some instant on",
		Description: "For operators. Terms that have begun keep their price (R36). Whoever pays is told 30 days before a year ends and 7 before a month does; published later than that, a higher price waits for the renewal after.",
	}, s.publishPrice)
	signed(s, api, huma.Operation{
		OperationID: "withdraw-price", Method: http.MethodPost, Path: "/v1/prices/withdraw", Tags: []string{"Prices"},
		Summary:     "Sell a product no more from some instant on",
		Description: "For operators, in one channel and market. What was bought goes on at the price that was agreed to.",
	}, s.withdrawPrice)
}

func (s *Server) publishPrice(ctx context.Context, who commands.Principal, in *publishPriceInput) (*pricedOutput, error) {
	r, err := in.request(who, "price.publish", in.Body)
	if err != nil {
		return nil, err
	}
	b := in.Body
	out, err := s.Catalogue.PublishPrice(ctx, r, price.Publish{
		Product: b.ProductID, Channel: b.Channel, Market: b.Market, Amount: b.UnitPrice, Term: b.Term, ValidFrom: b.ValidFrom.UTC(), Frequency: b.Frequency,
	})
	return pricedOf(out, err)
}

func (s *Server) withdrawPrice(ctx context.Context, who commands.Principal, in *withdrawPriceInput) (*pricedOutput, error) {
	r, err := in.request(who, "price.withdraw", in.Body)
	if err != nil {
		return nil, err
	}
	b := in.Body
	out, err := s.Catalogue.WithdrawPrice(ctx, r, price.Withdraw{Product: b.ProductID, Channel: b.Channel, Market: b.Market, From: b.From.UTC(), Frequency: b.Frequency})
	return pricedOf(out, err)
}

func pricedOf(out commands.Outcome[price.State], err error) (*pricedOutput, error) {
	if err != nil {
		return nil, err
	}
	return &pricedOutput{Position: out.Position, Body: v1.Priced{Changed: out.Wrote, Position: out.Position}}, nil
}

func (s *Server) listPrices(ctx context.Context, in *pricesInput) (*pricesOutput, error) {
	if !domain.KnownMarket(in.Market) {
		return nil, domain.ErrMarketUnknown
	}
	if err := s.caughtUp(ctx, in.Reading, views.CatalogueView.Name); err != nil {
		return nil, err
	}
	at := s.Now()
	prices, asOf, err := views.NewCatalogue(s.Projector).PublicPrices(ctx, in.Market, at)
	if err != nil {
		return nil, err
	}
	body := v1.Prices{AsOf: v1.AsOf{Position: asOf}}
	for _, p := range prices {
		body.Items = append(body.Items, v1.Price{
			ProductID: p.Product, ProductName: p.ProductName, Family: p.Family, Channel: p.Channel,
			Market: p.Market, UnitPrice: p.Amount, Term: p.Term, Frequency: p.Frequency, Tax: taxOf(s.Purchases.Tax(in.Market, at)),
		})
	}
	return &pricesOutput{body}, nil
}

// policyOf is what holds for a product, whichever of its ids it was set under.
func policyOf(s tenantpolicy.State, p views.Product) v1.ProductPolicy {
	value, own := s.Value(p.Product, p.OldIDs...)
	return v1.ProductPolicy{ProductID: p.Product, ProductName: p.Name, Value: value, Own: own}
}
