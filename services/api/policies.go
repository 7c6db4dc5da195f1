package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/tenantpolicy"
	"kassa/projections/views"
	v1 "kassa/services/api/v1"
)

type policies interface {
	Set(ctx context.Context, r commands.Request, c commands.SetPolicy) (commands.Outcome[tenantpolicy.State], error)
	SetOfferType(ctx context.Context, r commands.Request, c commands.SetOfferType) (commands.Outcome[tenantpolicy.State], error)
	SetDefault(ctx context.Context, r commands.Request, value domain.PolicyValue) (commands.Outcome[tenantpolicy.State], error)
	History(ctx context.Context, who commands.Principal) ([]commands.PolicyChange, error)
	Get(ctx context.Context, who commands.Principal) (commands.Outcome[tenantpolicy.State], error)
	SetRequestProcess(ctx context.Context, r commands.Request, process tenantpolicy.RequestProcess) (commands.Outcome[tenantpolicy.State], error)
	RequestProcess(ctx context.Context, who commands.Principal) (tenantpolicy.RequestProcess, error)
	Governing(ctx context.Context, who commands.Principal, product domain.ProductID) (commands.Governing, error)
}

type (
	policiesInput  struct{ Reading }
	policiesOutput struct {
		ETag string `header:"ETag"`
		Body v1.Policies
	}
	policyInput struct {
		Reading
		Product domain.ProductID `path:"product" doc:"The product's id, or an older one of it."`
	}
	policyOutput struct {
		ETag string `header:"ETag"`
		Body v1.ProductPolicy
	}
	setPolicyInput struct {
		Writing
		Matching
		Product domain.ProductID `path:"product" doc:"The product's id, or an older one of it."`
		Body    v1.SetPolicy
	}
	offerTypeInput struct {
		OfferType tenantpolicy.OfferType `path:"offertype" doc:"The kind of third-party offers, exactly as listed."`
	}
	offerTypeOutput struct {
		ETag string `header:"ETag"`
		Body v1.OfferTypePolicy
	}
	setOfferTypeInput struct {
		Writing
		Matching
		OfferType tenantpolicy.OfferType `path:"offertype" doc:"The kind of third-party offers, exactly as listed."`
		Body      v1.SetPolicy
	}
	setDefaultInput struct {
		Writing
		Matching
		Body v1.SetDefaultPolicy
	}
	setPolicyOutput struct {
		Position uint64 `header:"Kassa-Position"`
		ETag     string `header:"ETag"`
		Body     v1.PolicySet
	}
)

func (s *Server) registerPolicies(api huma.API) {
	group := []string{"Policies"}
	signed(s, api, huma.Operation{
		OperationID: "list-policies", Method: http.MethodGet, Path: "/v1/policies", Tags: group,
		Summary:     "What your people may buy by themselves",
		Description: "For global and billing administrators and global readers (R03, R41).",
	}, s.listPolicies)
	signed(s, api, huma.Operation{
		OperationID: "get-policy", Method: http.MethodGet, Path: "/v1/policies/{product}", Tags: group,
		Summary: "What holds for one product",
	}, s.getPolicy)
	signed(s, api, huma.Operation{
		OperationID: "set-policy", Method: http.MethodPut, Path: "/v1/policies/{product}", Tags: group,
		Summary:     "Set one product's policy",
		Description: "For global and billing administrators. It holds from now on; nothing bought before is touched.",
	}, s.setPolicy)
	signed(s, api, huma.Operation{
		OperationID: "set-default-policy", Method: http.MethodPut, Path: "/v1/policies", Tags: group,
		Summary:     "Set what holds for every product without a policy of its own",
		Description: "For global and billing administrators. Products that the vendor adds later are covered too.",
	}, s.setDefaultPolicy)
	signed(s, api, huma.Operation{
		OperationID: "get-offer-type-policy", Method: http.MethodGet, Path: "/v1/policies/offer-types/{offertype}", Tags: group,
		Summary: "What holds for one kind of third-party offers",
	}, s.getOfferTypePolicy)
	signed(s, api, huma.Operation{
		OperationID: "set-offer-type-policy", Method: http.MethodPut, Path: "/v1/policies/offer-types/{offertype}", Tags: group,
		Summary:     "Set the policy of one kind of third-party offers",
		Description: "For global and billing administrators. Enabled or Disabled: offers have no trials of their own.",
	}, s.setOfferTypePolicy)
}

func (s *Server) listPolicies(ctx context.Context, who commands.Principal, in *policiesInput) (*policiesOutput, error) {
	out, err := s.Policies.Get(ctx, who)
	if err != nil {
		return nil, err
	}
	if err := s.caughtUp(ctx, in.Reading, views.CatalogueView.Name); err != nil {
		return nil, err
	}
	products, _, err := views.NewCatalogue(s.Projector).Products(ctx, s.Now())
	if err != nil {
		return nil, err
	}
	body := v1.Policies{PolicyID: v1.PolicyID, Default: out.State.Default(), Position: out.Position, Revision: int64(out.Revision)}
	for _, p := range products {
		body.Items = append(body.Items, policyOf(out.State, p))
	}
	for _, o := range tenantpolicy.OfferTypes() {
		body.OfferTypes = append(body.OfferTypes, offerTypeOf(out.State, o))
	}
	if p := out.State.Process; p != (tenantpolicy.RequestProcess{}) {
		body.RequestProcess = new(v1.RequestProcess(p))
	}
	return &policiesOutput{etag(out.Revision), body}, nil
}

func (s *Server) getPolicy(ctx context.Context, who commands.Principal, in *policyInput) (*policyOutput, error) {
	out, err := s.Policies.Get(ctx, who)
	if err != nil {
		return nil, err
	}
	if err := s.caughtUp(ctx, in.Reading, views.CatalogueView.Name); err != nil {
		return nil, err
	}
	p, _, err := views.NewCatalogue(s.Projector).Product(ctx, in.Product, s.Now())
	if err != nil {
		return nil, err
	}
	return &policyOutput{etag(out.Revision), policyOf(out.State, p)}, nil
}

func (s *Server) setPolicy(ctx context.Context, who commands.Principal, in *setPolicyInput) (*setPolicyOutput, error) {
	c := commands.SetPolicy{Product: in.Product, Value: in.Body.Value}
	r, err := in.request(who, "policy.set", c)
	if err != nil {
		return nil, err
	}
	if r.Revision, err = in.revision(); err != nil {
		return nil, err
	}
	out, err := s.Policies.Set(ctx, r, c)
	if err != nil {
		return nil, err
	}
	return &setPolicyOutput{Position: out.Position, ETag: etag(out.Revision), Body: v1.PolicySet{
		ProductID: in.Product, Value: in.Body.Value, Own: true, Position: out.Position, Revision: int64(out.Revision),
	}}, nil
}

func (s *Server) setDefaultPolicy(ctx context.Context, who commands.Principal, in *setDefaultInput) (*setPolicyOutput, error) {
	r, err := in.request(who, "policy.default", in.Body.Default)
	if err != nil {
		return nil, err
	}
	if r.Revision, err = in.revision(); err != nil {
		return nil, err
	}
	out, err := s.Policies.SetDefault(ctx, r, in.Body.Default)
	if err != nil {
		return nil, err
	}
	return &setPolicyOutput{Position: out.Position, ETag: etag(out.Revision), Body: v1.PolicySet{
		Value: in.Body.Default, Position: out.Position, Revision: int64(out.Revision),
	}}, nil
}

func (s *Server) getOfferTypePolicy(ctx context.Context, who commands.Principal, in *offerTypeInput) (*offerTypeOutput, error) {
	out, err := s.Policies.Get(ctx, who)
	if err == nil && in.OfferType.Name() == "" {
		err = tenantpolicy.ErrOfferTypeUnknown
	}
	if err != nil {
		return nil, err
	}
	return &offerTypeOutput{etag(out.Revision), offerTypeOf(out.State, in.OfferType)}, nil
}

func (s *Server) setOfferTypePolicy(ctx context.Context, who commands.Principal, in *setOfferTypeInput) (*setPolicyOutput, error) {
	c := commands.SetOfferType{OfferType: in.OfferType, Value: in.Body.Value}
	r, err := in.request(who, "policy.offer_type", c)
	if err != nil {
		return nil, err
	}
	if r.Revision, err = in.revision(); err != nil {
		return nil, err
	}
	out, err := s.Policies.SetOfferType(ctx, r, c)
	if err != nil {
		return nil, err
	}
	return &setPolicyOutput{Position: out.Position, ETag: etag(out.Revision), Body: v1.PolicySet{
		OfferType: string(in.OfferType), Value: in.Body.Value, Own: true, Position: out.Position, Revision: int64(out.Revision),
	}}, nil
}

func offerTypeOf(s tenantpolicy.State, o tenantpolicy.OfferType) v1.OfferTypePolicy {
	value, own := s.OfferType(o)
	return v1.OfferTypePolicy{OfferType: string(o), Name: o.Name(), Value: value, Own: own}
}
