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

var errNotAssigner = &domain.Error{
	Kind: domain.Forbidden, Code: "not_assigner",
	Message: "Only administrators who buy or assign the organisation's licences may see this. Ask one of them.",
}

type (
	lastAssigneesInput struct {
		Reading
		Paging
		Open bool `query:"open" doc:"Only people who have no other licence of the product yet."`
	}
	lastAssigneesOfInput struct {
		Reading
		Paging
		ID   domain.SubscriptionID `path:"id" doc:"The subscription."`
		Open bool                  `query:"open" doc:"Only people who have no other licence of the product yet."`
	}
	lastAssigneesOutput struct{ Body v1.LastAssignees }
)

func (s *Server) registerLastAssignees(api huma.API) {
	group := []string{"Licences"}
	signed(s, api, huma.Operation{
		OperationID: "list-last-assignees", Method: http.MethodGet, Path: "/v1/last-assignees", Tags: group,
		Summary:     "Who used what was cancelled",
		Description: "Whoever held a seat of a self-service subscription when it ended, by whomever, and whether they have a licence of the same product again: a work list for assigning central licences (R59). For global, billing, license and user administrators and global readers.",
	}, s.listLastAssignees)
	signed(s, api, huma.Operation{
		OperationID: "list-last-assignees-of-subscription", Method: http.MethodGet, Path: "/v1/subscriptions/{id}/last-assignees", Tags: group,
		Summary:     "Who used one subscription when it ended",
		Description: "None while it has not ended (R59).",
	}, s.listLastAssigneesOf)
}

func (s *Server) listLastAssignees(ctx context.Context, who commands.Principal, in *lastAssigneesInput) (*lastAssigneesOutput, error) {
	return s.lastAssignees(ctx, who, in.Reading, func(v views.LastAssignees) (views.Page[views.LastAssignee], error) {
		return v.List(ctx, who.Tenant, views.LastAssigneeFilter{Open: in.Open, Next: in.After, Limit: in.Limit})
	})
}

func (s *Server) listLastAssigneesOf(ctx context.Context, who commands.Principal, in *lastAssigneesOfInput) (*lastAssigneesOutput, error) {
	return s.lastAssignees(ctx, who, in.Reading, func(v views.LastAssignees) (views.Page[views.LastAssignee], error) {
		return v.Of(ctx, who.Tenant, in.ID, views.LastAssigneeFilter{Open: in.Open, Next: in.After, Limit: in.Limit})
	})
}

func (s *Server) lastAssignees(ctx context.Context, who commands.Principal, r Reading, ask func(views.LastAssignees) (views.Page[views.LastAssignee], error)) (*lastAssigneesOutput, error) {
	if !who.Has(addressReaders...) {
		return nil, errNotAssigner
	}
	if err := s.caughtUp(ctx, r, views.LastAssigneesView.Name, views.DirectoryView.Name); err != nil {
		return nil, err
	}
	page, err := ask(views.NewLastAssignees(s.Projector))
	if err != nil {
		return nil, err
	}
	var ids []domain.PersonID
	for _, l := range page.Items {
		ids = append(ids, l.Person, l.Purchaser)
	}
	people, err := s.openPeople(ctx, who, ids...)
	if err != nil {
		return nil, err
	}
	body := v1.LastAssignees{AsOf: v1.AsOf{Position: page.AsOf}, Next: page.Next}
	for _, l := range page.Items {
		body.Items = append(body.Items, v1.LastAssignee{
			Person: people.show(l.Person), SubscriptionID: l.Subscription, ProductID: l.Product, Purchaser: people.show(l.Purchaser),
			EndedAt: l.EndedAt, EndedBy: string(l.EndedBy), Covered: l.Covered,
		})
	}
	return &lastAssigneesOutput{body}, nil
}
