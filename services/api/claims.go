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
	claimInput struct {
		Writing
		Body v1.ClaimLicense
	}
	claimOutput struct {
		Position uint64 `header:"Kassa-Position"`
		Body     v1.Claim
	}
)

func (s *Server) registerClaims(api huma.API) {
	signed(s, api, huma.Operation{
		OperationID: "claim-license", Method: http.MethodPost, Path: "/v1/licenses/claim", Tags: []string{"Auto-claim"},
		Summary:     "Open a product, and get a licence of it",
		Description: "For whoever is signed in, where their organisation has turned auto-claim on for the product. Who has a licence already is told of which subscription, and nothing is recorded. A refusal is recorded.",
	}, s.claimLicense)
}

// claimLicense hands the command what the view knows of where a seat may come
// from; the command looks each up.
func (s *Server) claimLicense(ctx context.Context, who commands.Principal, in *claimInput) (*claimOutput, error) {
	r, err := in.request(who, "license.claim", in.Body)
	if err != nil {
		return nil, err
	}
	if err := s.caughtUp(ctx, Reading{}, views.YourProductsView.Name); err != nil {
		return nil, err
	}
	sources, _, err := views.NewYourProducts(s.Projector).Sources(ctx, who.Tenant, who.Person)
	if err != nil {
		return nil, err
	}
	c := commands.ClaimLicense{Product: in.Body.ProductID}
	for _, source := range sources {
		c.Known = append(c.Known, commands.KnownSubscription{ID: source.Subscription, Product: source.Product})
	}
	out, err := s.AutoClaims.Claim(ctx, r, c)
	if err != nil {
		return nil, claimRefused(out, err)
	}
	return &claimOutput{out.Position, v1.Claim{
		SubscriptionID: out.State.Subscription, ProductID: out.State.Product, AlreadyHeld: out.Already, Position: out.Position,
	}}, nil
}

// claimRefused adds the position of a recorded refusal.
func claimRefused(out commands.Claim, err error) error {
	if out.State.Refusal() == nil {
		return err
	}
	p := problemOf(err)
	p.Position = out.Position
	return p
}
