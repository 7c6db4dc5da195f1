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
	meInput  struct{ Reading }
	meOutput struct{ Body v1.Me }
)

func (s *Server) registerMe(api huma.API) {
	signed(s, api, huma.Operation{
		OperationID: "who-am-i", Method: http.MethodGet, Path: "/v1/me", Tags: []string{"Purchases"},
		Summary:     "Who you are here, and what you may see",
		Description: "Whoever bought something gets the Admin tile in the app launcher, and behind it the limited view of their own purchases (R15, R25); administrators see the organisation's.",
	}, s.whoAmI)
}

// Sections of the admin center: a purchaser's limited view has the first, an
// administrator's has the others as well.
var (
	ownSections   = []string{"purchases", "bills", "invoices", "notices", "support/cases"}
	adminSections = []string{"products", "policies", "refusals", "orphaned", "last-assignees", "centralisations"}
)

func (s *Server) whoAmI(ctx context.Context, who commands.Principal, in *meInput) (*meOutput, error) {
	if err := s.caughtUp(ctx, in.Reading, views.PurchasesView.Name, views.DirectoryView.Name); err != nil {
		return nil, err
	}
	bought, err := views.NewPurchases(s.Projector).List(ctx, who.Tenant, who.Person, views.Filter{Limit: 1}, s.Now())
	if err != nil {
		return nil, err
	}
	people, err := s.openPeople(ctx, who, who.Person)
	if err != nil {
		return nil, err
	}
	me := v1.Me{TenantID: who.Tenant, Person: people.show(who.Person), Roles: who.Roles, View: "none", AsOf: v1.AsOf{Position: bought.AsOf}}
	if len(bought.Items) > 0 {
		me.View, me.Sections = "limited", ownSections
	}
	if who.Has(admins...) {
		me.View, me.Sections = "full", append(me.Sections[:len(me.Sections):len(me.Sections)], adminSections...)
	}
	me.AdminTile = me.View != "none"
	return &meOutput{me}, nil
}
