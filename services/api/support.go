package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/support"
	"kassa/projections/views"
	v1 "kassa/services/api/v1"
)

type supportCases interface {
	Open(ctx context.Context, r commands.Request, c commands.OpenSupportCase) (handled, error)
	Escalate(ctx context.Context, r commands.Request, c commands.EscalateSupportCase) (handled, error)
	Close(ctx context.Context, r commands.Request, c commands.CloseSupportCase) (handled, error)
}

type handled = commands.Outcome[support.State]

// caseReaders see the cases that their organisation looks after itself.
var caseReaders = append([]string{domain.RoleServiceSupportAdmin}, admins...)

type (
	openCaseInput struct {
		Writing
		Body v1.OpenSupportCase
	}
	caseInput struct {
		Writing
		ID domain.CaseID `path:"id" doc:"The support case."`
	}
	closeCaseInput struct {
		Writing
		ID   domain.CaseID `path:"id" doc:"The support case."`
		Body v1.CloseSupportCase
	}
	caseOutput struct {
		Position uint64 `header:"Kassa-Position"`
		Body     v1.SupportCase
	}
	casesInput struct {
		Reading
		Paging
		Status string `query:"status" doc:"Only those that stand like this." enum:"open,escalated,closed"`
	}
	casesOutput   struct{ Body v1.SupportCases }
	premierInput  struct{ Reading }
	premierOutput struct{ Body v1.Premier }
)

func (s *Server) registerSupport(api huma.API) {
	group := []string{"Support"}
	signed(s, api, huma.Operation{
		OperationID: "open-support-case", Method: http.MethodPost, Path: "/v1/support/cases", Tags: group,
		Summary:     "Ask for help with a subscription",
		Description: "Who bought it by themselves has the vendor's standard support (R50, R51), which never costs the organisation a Premier incident (R52). About what the organisation bought, its global, billing and service support administrators ask, and an incident may pay.",
	}, s.openCase)
	signed(s, api, huma.Operation{
		OperationID: "list-support-cases", Method: http.MethodGet, Path: "/v1/support/cases", Tags: group,
		Summary:     "Support cases",
		Description: "Newest first. Everybody sees those they opened; administrators also those about what the organisation bought, and no others (R50). The vendor's support sees all.",
	}, s.listCases)
	signed(s, api, huma.Operation{
		OperationID: "escalate-support-case", Method: http.MethodPost, Path: "/v1/support/cases/{id}/escalate", Tags: group,
		Summary: "Pass a case on to somebody who knows more",
	}, s.escalateCase)
	signed(s, api, huma.Operation{
		OperationID: "close-support-case", Method: http.MethodPost, Path: "/v1/support/cases/{id}/close", Tags: group,
		Summary: "Close a case",
	}, s.closeCase)
	signed(s, api, huma.Operation{
		OperationID: "get-premier", Method: http.MethodGet, Path: "/v1/support/premier", Tags: group,
		Summary:     "What is left of the Premier contract",
		Description: "For administrators, the service support administrator included.",
	}, s.getPremier)
}

func (s *Server) openCase(ctx context.Context, who commands.Principal, in *openCaseInput) (*caseOutput, error) {
	return handle(ctx, s, who, in.Writing, "support.open", s.SupportCases.Open, commands.OpenSupportCase{
		Subscription: in.Body.SubscriptionID, Topic: support.Topic(in.Body.Topic), Premier: in.Body.Premier,
	})
}

func (s *Server) escalateCase(ctx context.Context, who commands.Principal, in *caseInput) (*caseOutput, error) {
	return handle(ctx, s, who, in.Writing, "support.escalate", s.SupportCases.Escalate, commands.EscalateSupportCase{Case: in.ID})
}

func (s *Server) closeCase(ctx context.Context, who commands.Principal, in *closeCaseInput) (*caseOutput, error) {
	return handle(ctx, s, who, in.Writing, "support.close", s.SupportCases.Close, commands.CloseSupportCase{
		Case: in.ID, Resolution: support.Resolution(in.Body.Resolution),
	})
}

func handle[C any](ctx context.Context, s *Server, who commands.Principal, w Writing, verb string,
	do func(context.Context, commands.Request, C) (handled, error), c C,
) (*caseOutput, error) {
	r, err := w.request(who, verb, c)
	if err != nil {
		return nil, err
	}
	out, err := do(ctx, r, c)
	if err != nil {
		return nil, err
	}
	shown, err := s.showCases(ctx, who, []support.State{out.State})
	if err != nil {
		return nil, err
	}
	shown[0].Position = out.Position
	return &caseOutput{out.Position, shown[0]}, nil
}

func (s *Server) listCases(ctx context.Context, who commands.Principal, in *casesInput) (*casesOutput, error) {
	if err := s.caughtUp(ctx, in.Reading, views.SupportCasesView.Name, views.DirectoryView.Name); err != nil {
		return nil, err
	}
	page, err := s.casesSeenBy(ctx, who, views.SupportCaseFilter{Status: support.Status(in.Status), Next: in.After, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	items, err := s.showCases(ctx, who, page.Items)
	if err != nil {
		return nil, err
	}
	return &casesOutput{v1.SupportCases{Items: items, AsOf: v1.AsOf{Position: page.AsOf}, Next: page.Next}}, nil
}

func (s *Server) casesSeenBy(ctx context.Context, who commands.Principal, f views.SupportCaseFilter) (views.Page[support.State], error) {
	cases := views.NewSupportCases(s.Projector)
	switch {
	case who.Has(commands.RoleSupport):
		return cases.All(ctx, f)
	case who.Has(caseReaders...):
		return cases.Queue(ctx, who.Tenant, who.Person, f)
	}
	return cases.OpenedBy(ctx, who.Tenant, who.Person, f)
}

func (s *Server) showCases(ctx context.Context, who commands.Principal, cases []support.State) ([]v1.SupportCase, error) {
	ids := map[domain.TenantID][]domain.PersonID{}
	for _, c := range cases {
		ids[c.Tenant] = append(ids[c.Tenant], c.By)
	}
	named, err := s.openTenants(ctx, who, ids)
	if err != nil {
		return nil, err
	}
	var shown []v1.SupportCase
	for _, c := range cases {
		shown = append(shown, v1.SupportCase{
			ID: c.Case, TenantID: c.Tenant, SubscriptionID: c.Subscription, OpenedBy: named[c.Tenant].show(c.By), Topic: string(c.Topic),
			Channel: c.Channel, SupportedBy: string(c.SupportedBy), Entitlement: string(c.Entitlement), IncidentCharge: string(c.IncidentCharge),
			Status: string(c.Status), Resolution: string(c.Resolution), OpenedAt: c.OpenedAt,
		})
	}
	return shown, nil
}

func (s *Server) getPremier(ctx context.Context, who commands.Principal, in *premierInput) (*premierOutput, error) {
	if !who.Has(caseReaders...) {
		return nil, errNotAdmin
	}
	if err := s.caughtUp(ctx, in.Reading, views.SupportCasesView.Name); err != nil {
		return nil, err
	}
	p, err := views.NewSupportCases(s.Projector).Premier(ctx, who.Tenant)
	if err != nil {
		return nil, err
	}
	return &premierOutput{v1.Premier{
		Incidents: p.Incidents, Charged: p.Charged, Left: max(0, p.Incidents-p.Charged), AsOf: v1.AsOf{Position: p.AsOf},
	}}, nil
}
