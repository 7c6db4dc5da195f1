package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kassa/commands"
	"kassa/domain"
	v1 "kassa/services/api/v1"
)

type (
	setPoliciesInput struct {
		Writing
		Body []v1.SetProductPolicy `minItems:"1" maxItems:"100"`
	}
	setPoliciesOutput struct {
		Position uint64 `header:"Kassa-Position"`
		Body     v1.PolicyResults
	}
)

func (s *Server) registerPoliciesBulk(api huma.API) {
	signed(s, api, huma.Operation{
		OperationID: "set-policies", Method: http.MethodPut, Path: "/v1/policies/products", Tags: []string{"Policies"},
		Summary:     "Set the policies of many products",
		Description: "For global and billing administrators. Up to 100 products, in order, each by itself: an item has a result or an error, and an error stops nothing else. Repeated with the same Idempotency-Key, what was done is not done again and what failed is tried again.",
	}, s.setPolicies)
}

func (s *Server) setPolicies(ctx context.Context, who commands.Principal, in *setPoliciesInput) (*setPoliciesOutput, error) {
	r, err := in.request(who, "policy.set_many", in.Body)
	if err != nil {
		return nil, err
	}
	out := &setPoliciesOutput{}
	for i, item := range in.Body {
		set, err := s.Policies.Set(ctx, r.Part(i), commands.SetPolicy(item))
		if domain.KindOf(err) == domain.Forbidden {
			return nil, err // whoever may not set one may set none
		}
		result := v1.PolicyResult{ProductID: item.Product, Value: item.Value}
		if err != nil {
			result.Error = s.problem(ctx, "set-policies", err)
		} else {
			result.Set = &v1.PolicySet{ProductID: item.Product, Value: item.Value, Own: true, Position: set.Position, Revision: int64(set.Revision)}
			out.Position = max(out.Position, set.Position)
		}
		out.Body.Items = append(out.Body.Items, result)
	}
	out.Body.Position = out.Position
	return out, nil
}
