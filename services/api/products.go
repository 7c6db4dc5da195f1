package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/subscription"
	"kassa/projections/views"
	v1 "kassa/services/api/v1"
)

// admins see what everybody in their organisation has bought (R37, R48).
var admins = []string{domain.RoleGlobalAdmin, domain.RoleBillingAdmin, domain.RoleGlobalReader}

var errNotAdmin = &domain.Error{
	Kind: domain.Forbidden, Code: "not_admin",
	Message: "Only a global or billing administrator or a global reader may see this. Look at your own purchases, or ask one of them.",
}

type (
	// Paging is exported only because huma reads no other embedded fields.
	Paging struct {
		After string `query:"after" doc:"The next of the page before."`
		Limit int    `query:"limit" default:"50" minimum:"1" maximum:"500" doc:"Items on a page."`
	}
	productsInput struct {
		Reading
		Paging
		Kinds
		Orphaned bool   `query:"orphaned" doc:"Only what somebody who left had bought by themselves (R57)."`
		Channel  string `query:"channel" default:"all" enum:"central,all,self-service" doc:"Central procurement only, or together with what people bought by themselves (R49), or only that."`
	}
	// Kinds is exported for the same reason.
	Kinds struct {
		Kind string `query:"kind" default:"all" enum:"all,paid,trial" doc:"What is paid, or self-service trials, or both."`
	}
	ownInput struct {
		Reading
		Paging
		Kinds
	}
	productsOutput struct{ Body v1.Products }
)

func (s *Server) registerProducts(api huma.API) {
	signed(s, api, huma.Operation{
		OperationID: "list-products", Method: http.MethodGet, Path: "/v1/products", Tags: []string{"Products"},
		Summary:     "Your organisation's products",
		Description: "Everything bought in the organisation, by whom, until when, for how much and who uses it (R37, R38). For global and billing administrators and global readers (R48).",
	}, s.listProducts)
	signed(s, api, huma.Operation{
		OperationID: "list-purchases", Method: http.MethodGet, Path: "/v1/purchases", Tags: []string{"Purchases"},
		Summary:     "Your own purchases",
		Description: "The purchaser's limited view: what the caller bought, and nothing of anybody else (R15, R26).",
	}, s.listPurchases)
}

func (s *Server) listProducts(ctx context.Context, who commands.Principal, in *productsInput) (*productsOutput, error) {
	if !who.Has(admins...) {
		return nil, errNotAdmin
	}
	if err := s.caughtUp(ctx, in.Reading, views.YourProductsView.Name, views.DirectoryView.Name); err != nil {
		return nil, err
	}
	page, err := views.NewYourProducts(s.Projector).List(ctx, who.Tenant, in.filter(), s.Now())
	if err != nil {
		return nil, err
	}
	return s.products(ctx, who, page)
}

func (in *productsInput) filter() views.Filter {
	f := views.Filter{Kind: in.kind(), Orphaned: in.Orphaned, Next: in.After, Limit: in.Limit}
	if in.Channel != "all" {
		f.Channel = domain.Channel(in.Channel)
	}
	return f
}

// kind is what to list, empty for everything.
func (in Kinds) kind() domain.PurchaseKind {
	if in.Kind == "all" {
		return ""
	}
	return domain.PurchaseKind(in.Kind)
}

func (s *Server) listPurchases(ctx context.Context, who commands.Principal, in *ownInput) (*productsOutput, error) {
	if err := s.caughtUp(ctx, in.Reading, views.PurchasesView.Name, views.DirectoryView.Name); err != nil {
		return nil, err
	}
	page, err := views.NewPurchases(s.Projector).List(ctx, who.Tenant, who.Person, views.Filter{Kind: in.kind(), Next: in.After, Limit: in.Limit}, s.Now())
	if err != nil {
		return nil, err
	}
	return s.products(ctx, who, page)
}

// products shows a page with the names of everybody on it.
func (s *Server) products(ctx context.Context, who commands.Principal, page views.Page[views.Item]) (*productsOutput, error) {
	var ids []domain.PersonID
	for _, item := range page.Items {
		ids = append(append(ids, item.Purchaser), item.AssignedUsers...)
		if item.Takeover.By != "" {
			ids = append(ids, item.Takeover.By)
		}
	}
	people, err := s.openPeople(ctx, who, ids...)
	if err != nil {
		return nil, err
	}
	body := v1.Products{AsOf: v1.AsOf{Position: page.AsOf}, Next: page.Next}
	for _, item := range page.Items {
		body.Items = append(body.Items, productOf(item, people))
	}
	return &productsOutput{body}, nil
}

func productOf(i views.Item, people people) v1.Product {
	p := v1.Product{
		SubscriptionID: i.Subscription, ProductID: i.Product, ProductName: i.ProductName, Family: i.Family, Channel: i.Channel, Kind: i.Kind,
		PurchaserID: i.Purchaser, PurchaserName: people.show(i.Purchaser).Name,
		PurchaserState: purchaserState(i), Orphaned: !i.OrphanedAt.IsZero(),
		Quantity: i.Quantity, Assigned: i.Assigned, Available: i.Available, Status: string(i.Status),
		StartDate: i.Start, ExpiryDate: i.ExpiryDate, CancellationAllowedUntil: i.CancellationUntil, RecurringBilling: i.RecurringBilling,
		Term: i.Term, UnitPrice: i.UnitPrice, PurchasePrice: i.PurchasePrice, OrderNumbers: i.OrderNumbers,
	}
	if i.Frequency != "" {
		p.Instalments = instalmentsOf(i)
	}
	if t := i.Takeover; t.By != "" {
		p.TakenOver = &v1.TakenOver{
			By: people.show(t.By), At: t.At, Option: string(t.Option), Target: t.Target,
			Users: t.Users, Remaining: i.Assigned, Finished: i.Status == subscription.StatusDeleted,
		}
	}
	for _, id := range i.AssignedUsers {
		p.AssignedUsers = append(p.AssignedUsers, people.show(id))
	}
	for _, id := range i.SuspendedUsers {
		p.SuspendedUsers = append(p.SuspendedUsers, people.show(id))
	}
	return p
}

func instalmentsOf(i views.Item) *v1.Instalments {
	left := i.PaymentsLeft()
	each := domain.Money{Minor: i.UnitPrice.Minor * i.Quantity, Currency: i.UnitPrice.Currency} // it was charged before, so it fits
	p := &v1.Instalments{
		Frequency: i.Frequency, Payments: i.Term.Payments(i.Frequency), Paid: i.Payment,
		Remaining: domain.Money{Minor: each.Minor * int64(left), Currency: each.Currency},
	}
	if left > 0 {
		p.NextPaymentAt, p.NextPayment = &i.PaidUntil, &each
	}
	return p
}

func purchaserState(i views.Item) string {
	if i.PurchaserLeft {
		return "left"
	}
	return "active"
}
