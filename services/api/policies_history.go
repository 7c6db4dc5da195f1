package api

import (
	"context"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"kassa/commands"
	"kassa/domain"
	"kassa/projections/views"
	v1 "kassa/services/api/v1"
)

type (
	policyHistoryInput  struct{ Paging }
	policyHistoryOutput struct{ Body v1.PolicyHistory }
)

func (s *Server) registerPolicyHistory(api huma.API) {
	signed(s, api, huma.Operation{
		OperationID: "list-policy-changes", Method: http.MethodGet, Path: "/v1/policies/history", Tags: []string{"Policies"},
		Summary:     "Every change of the policies",
		Description: "Who, when, from what to what, oldest first. For global and billing administrators and global readers. It is read from history itself, so it is never behind.",
	}, s.listPolicyChanges)
}

func (s *Server) listPolicyChanges(ctx context.Context, who commands.Principal, in *policyHistoryInput) (*policyHistoryOutput, error) {
	changes, err := s.Policies.History(ctx, who)
	if err != nil {
		return nil, err
	}
	first, err := in.from(len(changes))
	if err != nil {
		return nil, err
	}
	body := v1.PolicyHistory{}
	if n := len(changes); n > 0 {
		body.AsOf.Position = changes[n-1].Fact.Position
	}
	end := min(first+in.Limit, len(changes))
	if end < len(changes) {
		body.Next = strconv.Itoa(end)
	}
	if body.Items, err = s.policyChanges(ctx, who, changes[first:end]); err != nil {
		return nil, err
	}
	return &policyHistoryOutput{body}, nil
}

// from is where a page of a stream begins: at as many facts as came before.
func (p Paging) from(facts int) (int, error) {
	if p.After == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(p.After)
	if err != nil || n < 0 || n > facts {
		return 0, views.ErrCursor
	}
	return n, nil
}

func (s *Server) policyChanges(ctx context.Context, who commands.Principal, changes []commands.PolicyChange) ([]v1.PolicyChange, error) {
	var ids []domain.PersonID
	for _, c := range changes {
		if c.Fact.Meta.Actor.Tenant == who.Tenant {
			ids = append(ids, c.Fact.Meta.Actor.Person)
		}
	}
	people, err := s.openPeople(ctx, who, ids...)
	if err != nil {
		return nil, err
	}
	var items []v1.PolicyChange
	for _, c := range changes {
		items = append(items, policyChangeOf(c, people))
	}
	return items, nil
}

func policyChangeOf(c commands.PolicyChange, people people) v1.PolicyChange {
	f := c.Fact
	var process *v1.RequestProcess
	if c.Process != nil {
		process = new(v1.RequestProcess(*c.Process))
	}
	return v1.PolicyChange{
		RequestProcess: process,
		ProductID:      c.Product, AskedFor: c.AskedFor, OfferType: string(c.OfferType), Before: c.Before, After: c.After,
		At: c.At, RecordedAt: f.At, By: people.show(f.Meta.Actor.Person), ByKind: string(f.Meta.Actor.Kind),
		EventID: f.ID.String(), CommandID: f.Meta.Command.String(), CorrelationID: f.Meta.Correlation.String(),
		Position: f.Position, Revision: int64(f.Revision),
	}
}
