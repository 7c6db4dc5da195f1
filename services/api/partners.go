package api

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/partner"
	"kassa/projections/views"
	v1 "kassa/services/api/v1"
)

type partners interface {
	Grant(ctx context.Context, r commands.Request, c commands.GrantDelegation) (commands.Outcome[partner.State], error)
	Revoke(ctx context.Context, r commands.Request, of domain.TenantID) (commands.Outcome[partner.State], error)
	Get(ctx context.Context, customer, of domain.TenantID) (commands.Outcome[partner.State], error)
	Admit(ctx context.Context, who commands.Principal, v commands.Visit) (commands.Principal, error)
	Still(ctx context.Context, who commands.Principal) error
	Staff(ctx context.Context, who commands.Principal) error
}

type (
	grantInput struct {
		Writing
		Body v1.GrantDelegation
	}
	revokeInput struct {
		Writing
		Partner domain.TenantID `path:"partner" doc:"The partner's tenant id."`
	}
	delegationsInput struct {
		Reading
		Paging
	}
	accessInput struct {
		Reading
		Paging
		Partner domain.TenantID `path:"partner" doc:"The partner's tenant id."`
	}
	delegationOutput struct {
		Position uint64 `header:"Kassa-Position"`
		Body     v1.DelegationChanged
	}
	delegationsOutput struct{ Body v1.Delegations }
	accessOutput      struct{ Body v1.Accesses }
)

func (s *Server) registerPartners(api huma.API) {
	group := []string{"Partners"}
	signed(s, api, huma.Operation{
		OperationID: "grant-delegation", Method: http.MethodPost, Path: "/v1/partners", Tags: group, DefaultStatus: http.StatusCreated,
		Summary:     "Let a partner in",
		Description: "Its people may then act for your organisation, by the header Kassa-On-Behalf-Of, until the relation ends (R54, R55). For the organisation's own global administrators.",
	}, s.grantDelegation)
	signed(s, api, huma.Operation{
		OperationID: "revoke-delegation", Method: http.MethodDelete, Path: "/v1/partners/{partner}", Tags: group,
		Summary:     "Shut a partner out",
		Description: "At once. What it looked at and did stays on record. For the organisation's own global administrators.",
	}, s.revokeDelegation)
	signed(s, api, huma.Operation{
		OperationID: "list-partners", Method: http.MethodGet, Path: "/v1/partners", Tags: group,
		Summary:     "Your organisation's partners",
		Description: "Every relation there is or was, the oldest first. For global and billing administrators and global readers.",
	}, s.listPartners)
	signed(s, api, huma.Operation{
		OperationID: "list-partner-access", Method: http.MethodGet, Path: "/v1/partners/{partner}/access", Tags: group,
		Summary:     "What a partner asked for on your behalf",
		Description: "Who, when, under which relation, newest first, also of relations that are over (R54). Each was recorded before it was answered. For global and billing administrators and global readers.",
	}, s.listPartnerAccess)
}

func (s *Server) grantDelegation(ctx context.Context, who commands.Principal, in *grantInput) (*delegationOutput, error) {
	r, err := in.request(who, "partner.grant", in.Body)
	if err != nil {
		return nil, err
	}
	of, err := s.findTenant(ctx, in.Body.Partner)
	if err != nil {
		return nil, err
	}
	out, err := s.Partners.Grant(ctx, r, commands.GrantDelegation{
		Partner: of, Kind: partner.Kind(in.Body.Kind), Roles: in.Body.Roles, ExpiresAt: in.Body.ExpiresAt,
	})
	if err != nil {
		return nil, err
	}
	return delegationOf(of, out, s.Now()), nil
}

func (s *Server) revokeDelegation(ctx context.Context, who commands.Principal, in *revokeInput) (*delegationOutput, error) {
	r, err := in.request(who, "partner.revoke", in.Partner)
	if err != nil {
		return nil, err
	}
	out, err := s.Partners.Revoke(ctx, r, in.Partner)
	if err != nil {
		return nil, err
	}
	return delegationOf(in.Partner, out, s.Now()), nil
}

// findTenant turns what a caller typed, a domain or a tenant id, into an id.
func (s *Server) findTenant(ctx context.Context, typed string) (domain.TenantID, error) {
	if !strings.Contains(typed, ".") {
		return domain.TenantID(typed), nil
	}
	tenant, known, err := s.tenantOf(ctx, typed)
	if err == nil && !known {
		err = commands.ErrPartnerTenantUnknown
	}
	return tenant, err
}

func delegationOf(of domain.TenantID, out commands.Outcome[partner.State], at time.Time) *delegationOutput {
	s := out.State
	status := views.DelegationActive
	switch err := s.Holds(at); {
	case errors.Is(err, partner.ErrRevoked):
		status = views.DelegationRevoked
	case err != nil:
		status = views.DelegationExpired
	}
	return &delegationOutput{Position: out.Position, Body: v1.DelegationChanged{
		RelationID: s.Relation, PartnerTenantID: of, Kind: string(s.Kind), Roles: s.Roles,
		GrantedAt: s.GrantedAt, ExpiresAt: s.ExpiresAt, Status: string(status), Position: out.Position,
	}}
}

func (s *Server) listPartners(ctx context.Context, who commands.Principal, in *delegationsInput) (*delegationsOutput, error) {
	if !who.Has(admins...) {
		return nil, errNotAdmin
	}
	if err := s.caughtUp(ctx, in.Reading, views.DelegationsView.Name, views.DirectoryView.Name); err != nil {
		return nil, err
	}
	page, err := views.NewDelegations(s.Projector).Partners(ctx, who.Tenant, in.After, in.Limit, s.Now())
	if err != nil {
		return nil, err
	}
	return s.delegations(ctx, page)
}

// listPartnerAccess shows everything that was let in before it is asked, since
// those requests have no answer of their own to take a position from.
func (s *Server) listPartnerAccess(ctx context.Context, who commands.Principal, in *accessInput) (*accessOutput, error) {
	if !who.Has(admins...) {
		return nil, errNotAdmin
	}
	relation, err := s.Partners.Get(ctx, who.Tenant, in.Partner)
	if err == nil && relation.State.Relation == "" {
		err = partner.ErrNone
	}
	if err == nil && in.Position == 0 {
		in.Position, err = s.History.Head(ctx)
	}
	if err != nil {
		return nil, err
	}
	if err := s.caughtUp(ctx, in.Reading, views.PartnerAccessView.Name); err != nil {
		return nil, err
	}
	page, err := views.NewAccesses(s.Projector).List(ctx, who.Tenant, in.Partner, in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	names, err := views.NewDirectory(s.Projector).TenantNames(ctx, in.Partner)
	if err != nil {
		return nil, err
	}
	body := v1.Accesses{PartnerTenantID: in.Partner, PartnerName: names[in.Partner], Next: page.Next, AsOf: v1.AsOf{Position: page.AsOf}}
	for _, a := range page.Items {
		body.Items = append(body.Items, v1.Access{
			At: a.At, PersonID: a.Person, RelationID: a.Relation, Operation: a.Operation, Subject: a.Subject, Position: a.Position,
		})
	}
	return &accessOutput{body}, nil
}
