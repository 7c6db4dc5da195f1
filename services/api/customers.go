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

func (s *Server) registerCustomers(api huma.API) {
	signed(s, api, huma.Operation{
		OperationID: "list-customers", Method: http.MethodGet, Path: "/v1/customers", Tags: []string{"Partners"},
		Summary:     "Organisations that let yours in",
		Description: "Every relation that your organisation has or had as a partner, the oldest first. For its members.",
	}, s.listCustomers)
}

func (s *Server) listCustomers(ctx context.Context, who commands.Principal, in *delegationsInput) (*delegationsOutput, error) {
	if err := s.Partners.Staff(ctx, who); err != nil {
		return nil, err
	}
	if err := s.caughtUp(ctx, in.Reading, views.DelegationsView.Name, views.DirectoryView.Name); err != nil {
		return nil, err
	}
	page, err := views.NewDelegations(s.Projector).Customers(ctx, who.Tenant, in.After, in.Limit, s.Now())
	if err != nil {
		return nil, err
	}
	return s.delegations(ctx, page)
}

// delegations shows a page with the names of both sides.
func (s *Server) delegations(ctx context.Context, page views.Page[views.Delegation]) (*delegationsOutput, error) {
	var tenants []domain.TenantID
	for _, d := range page.Items {
		tenants = append(tenants, d.Customer, d.Partner)
	}
	names, err := views.NewDirectory(s.Projector).TenantNames(ctx, tenants...)
	if err != nil {
		return nil, err
	}
	body := v1.Delegations{Next: page.Next, AsOf: v1.AsOf{Position: page.AsOf}}
	for _, d := range page.Items {
		shown := v1.Delegation{
			RelationID: d.Relation, CustomerTenantID: d.Customer, CustomerName: names[d.Customer],
			PartnerTenantID: d.Partner, PartnerName: names[d.Partner], Kind: string(d.Kind), Roles: d.Roles,
			GrantedAt: d.GrantedAt, ExpiresAt: d.ExpiresAt, Status: string(d.Status),
		}
		if !d.EndedAt.IsZero() {
			shown.EndedAt = &d.EndedAt
		}
		body.Items = append(body.Items, shown)
	}
	return &delegationsOutput{body}, nil
}
