package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/license"
	"kassa/projections/views"
	v1 "kassa/services/api/v1"
)

type (
	eligibilityInput struct {
		Reading
		Product            domain.ProductID    `query:"product" required:"true" doc:"The product's id, or an older one of it." example:"CFQ7TTC0H9MP"`
		Market             string              `query:"market" required:"true" doc:"Country of the billing address, ISO 3166-1 alpha-2." example:"SE"`
		Channel            domain.Channel      `query:"channel" default:"self-service" enum:"self-service,central" doc:"Under which arrangement it would be bought."`
		Kind               domain.PurchaseKind `query:"kind" default:"paid" enum:"paid,trial" doc:"Whether it would be bought, or tried first."`
		NeedsPaymentMethod bool                `query:"needsPaymentMethod" doc:"Of a trial: whether it becomes paid by itself."`
		User               string              `query:"user" doc:"Mail address or directory object id of somebody else in the organisation; for global and billing administrators. Left out, the caller." example:"omar@contoso.example"`
	}
	eligibilityOutput struct{ Body v1.Eligibility }
)

func (s *Server) registerEligibility(api huma.API) {
	signed(s, api, huma.Operation{
		OperationID: "explain-eligibility", Method: http.MethodGet, Path: "/v1/eligibility", Tags: []string{"Purchases"},
		Summary:     "Ask whether a person may buy or try a product, and why",
		Description: "The verdict that a checkout would be given now: every check with its evidence, where that was read and how far. Nothing is recorded by asking.",
	}, s.explainEligibility)
}

func (s *Server) explainEligibility(ctx context.Context, who commands.Principal, in *eligibilityInput) (*eligibilityOutput, error) {
	person, err := s.subject(ctx, who, in)
	if err != nil {
		return nil, err
	}
	out, err := s.Purchases.Explain(ctx, who, commands.ExplainEligibility{
		Person: person, Product: in.Product, Channel: in.Channel, Market: in.Market, Kind: in.Kind, NeedsPaymentMethod: in.NeedsPaymentMethod,
	})
	if err != nil {
		return nil, err
	}
	people, err := s.openPeople(ctx, who, person)
	if err != nil {
		return nil, err
	}
	body := v1.Eligibility{ProductID: out.Product, AskedFor: in.Product, Channel: in.Channel, Kind: in.Kind, Market: in.Market, User: people.show(person), At: out.At}
	for _, c := range out.Verdict.Checks {
		body.Checks = append(body.Checks, v1.Check(c))
	}
	failed, refused := out.Verdict.Refusal()
	if body.Eligible = !refused; refused {
		body.Refusal = problemOf(domain.Refusal(failed.Code))
		body.Refusal.Rule, body.Refusal.MessageKey = failed.Rule, domain.MessageKey(failed.Code)
		body.Refusal.CanRequestLicense = domain.CanRequestLicense(failed.Code)
	}
	return &eligibilityOutput{body}, nil
}

// subject is whom the question is about. Whoever may only ask about themselves
// learns nothing of who else there is.
func (s *Server) subject(ctx context.Context, who commands.Principal, in *eligibilityInput) (domain.PersonID, error) {
	if in.User == "" {
		return who.Person, nil
	}
	if err := s.caughtUp(ctx, in.Reading, views.DirectoryView.Name); err != nil {
		return "", err
	}
	person, err := s.findPerson(ctx, who, in.User)
	if denied := commands.MayExplain(who, person); denied != nil {
		return "", denied
	}
	if errors.Is(err, license.ErrOtherTenant) { // which speaks of licences
		err = views.ErrPersonUnknown
	}
	return person, err
}
