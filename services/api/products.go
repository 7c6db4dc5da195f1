package api

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/license"
	"kassa/domain/subscription"
	"kassa/projections"
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
		Narrowed
	}
	// Channels is exported for the same reason.
	Channels struct {
		Channel string `query:"channel" default:"all" enum:"central,all,self-service" doc:"Central procurement only, or together with what people bought by themselves (R49), or only that."`
	}
	// Narrowed says what to list, and in which order. It is exported for the same
	// reason.
	Narrowed struct {
		Channels
		Orphaned       bool      `query:"orphaned" doc:"Only what somebody who left had bought by themselves (R57)."`
		Status         string    `query:"status" enum:"active,trial,expired,suspended,disabled,deleted" doc:"Only what has this status now."`
		Product        string    `query:"product" doc:"Only this product."`
		Purchaser      string    `query:"purchaser" doc:"Only what this person bought: mail address or directory object id."`
		ExpiringBefore time.Time `query:"expiringBefore" doc:"Only what is paid until some time before this."`
		AsOf           string    `query:"asOf" doc:"As it was known at a position of history, or at a time (RFC 3339), with the statuses of then. This reads the history up to there." example:"2026-12-31T23:59:59Z"`
		Sort           string    `query:"sort" default:"-start" enum:"start,-start,expiry,-expiry,quantity,-quantity,product,-product" doc:"By this; with a minus, the largest or latest first."`
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
	exportInput    struct {
		Reading
		Kinds
		Narrowed
	}
)

func (s *Server) registerProducts(api huma.API) {
	signed(s, api, huma.Operation{
		OperationID: "list-products", Method: http.MethodGet, Path: "/v1/products", Tags: []string{"Products"},
		Summary:     "Your organisation's products",
		Description: "Everything bought in the organisation, by whom, until when, for how much and who uses it (R37, R38). For global and billing administrators and global readers (R48).",
	}, s.listProducts)
	signed(s, api, huma.Operation{
		OperationID: "export-products", Method: http.MethodGet, Path: "/v1/products.csv", Tags: []string{"Products"},
		Summary:     "The same as a table for a spreadsheet",
		Description: "One line for each subscription, with a heading. Text that a spreadsheet would take for a formula begins with an apostrophe.",
		Responses:   csvResponse(),
	}, s.exportProducts)
	signed(s, api, huma.Operation{
		OperationID: "list-purchases", Method: http.MethodGet, Path: "/v1/purchases", Tags: []string{"Purchases"},
		Summary:     "Your own purchases",
		Description: "The purchaser's limited view: what the caller bought, and nothing of anybody else (R15, R26).",
	}, s.listPurchases)
}

func (s *Server) listProducts(ctx context.Context, who commands.Principal, in *productsInput) (*productsOutput, error) {
	list, f, err := s.chosen(ctx, who, in.Reading, in.Kinds, in.Narrowed)
	if err != nil {
		return nil, err
	}
	f.Next, f.Limit = in.After, in.Limit
	page, err := list.List(ctx, who.Tenant, f, s.Now())
	if err != nil {
		return nil, err
	}
	return s.products(ctx, who, page)
}

// chosen is what an administrator asks to see, and of when, once the views can
// show it.
func (s *Server) chosen(ctx context.Context, who commands.Principal, r Reading, k Kinds, n Narrowed) (list views.YourProducts, f views.Filter, err error) {
	if !who.Has(admins...) {
		return list, f, errNotAdmin
	}
	if err := s.caughtUp(ctx, r, views.YourProductsView.Name, views.DirectoryView.Name); err != nil {
		return list, f, err
	}
	then, err := momentOf(n.AsOf)
	if err != nil {
		return list, f, err
	}
	f = views.Filter{
		Kind: k.kind(), Orphaned: n.Orphaned, Status: subscription.Status(n.Status), Product: domain.ProductID(n.Product),
		ExpiringBefore: n.ExpiringBefore, Sort: views.Sort(n.Sort), Channel: n.channel(),
	}
	list = views.NewYourProducts(s.Projector).AsOf(then)
	if n.Purchaser == "" {
		return list, f, nil
	}
	f.Purchaser, err = s.findPerson(ctx, who, n.Purchaser)
	if errors.Is(err, license.ErrOtherTenant) { // which speaks of licences
		err = views.ErrPersonUnknown
	}
	return list, f, err
}

var errAsOf = &domain.Error{
	Kind: domain.Invalid, Code: "as_of_invalid",
	Message: "Give a position of history or a time such as 2026-12-31T23:59:59Z, to see the list as it was then.",
}

// momentOf is what somebody who asks for the past means; zero: they do not.
func momentOf(asOf string) (m projections.Moment, err error) {
	if asOf == "" {
		return m, nil
	}
	if m.Position, err = strconv.ParseUint(asOf, 10, 64); err == nil && m.Position > 0 {
		return m, nil
	}
	if m.Time, err = time.Parse(time.RFC3339, asOf); err != nil {
		return m, errAsOf
	}
	return m, nil
}

// channel is what to list, empty for everything.
func (in Channels) channel() domain.Channel {
	if in.Channel == "all" {
		return ""
	}
	return domain.Channel(in.Channel)
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
