package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kassa/commands"
	"kassa/domain"
	"kassa/projections/views"
	v1 "kassa/services/api/v1"
	"kassa/services/vault"
)

type (
	subscriptionDetailInput struct {
		Reading
		ID domain.SubscriptionID `path:"id" doc:"The subscription."`
	}
	subscriptionDetailOutput struct{ Body v1.SubscriptionDetail }
)

func (s *Server) registerSubscriptionDetail(api huma.API) {
	signed(s, api, huma.Operation{
		OperationID: "show-subscription", Method: http.MethodGet, Path: "/v1/subscriptions/{id}", Tags: []string{"Products"},
		Summary:     "Everything about a subscription",
		Description: "What the lists show, and who pays (R36), what the next term costs (R34), who owns the data (R44), which policies apply (R43) and where to learn to use it (R53). For administrators and the purchaser; to others it does not exist.",
	}, s.showSubscription)
}

func (s *Server) showSubscription(ctx context.Context, who commands.Principal, in *subscriptionDetailInput) (*subscriptionDetailOutput, error) {
	err := s.caughtUp(ctx, in.Reading, views.YourProductsView.Name, views.PurchasesView.Name, views.DirectoryView.Name, views.CatalogueView.Name)
	if err != nil {
		return nil, err
	}
	item, asOf, err := s.itemFor(ctx, who, in.ID)
	if err != nil {
		return nil, err
	}
	people, err := s.openPeople(ctx, who, append(item.AssignedUsers, item.Purchaser)...)
	if err != nil {
		return nil, err
	}
	terms, err := s.Subscriptions.Terms(ctx, who.Tenant, in.ID)
	if err != nil {
		return nil, err
	}
	entry, _, err := views.NewCatalogue(s.Projector).Product(ctx, item.Product, s.Now())
	if err != nil {
		return nil, err
	}
	next, err := s.nextTerm(ctx, item)
	if err != nil {
		return nil, err
	}
	cancelled, err := s.cancelled(ctx, who, in.ID)
	if err != nil {
		return nil, err
	}
	policies, err := s.applied(ctx, who, item.Product)
	return &subscriptionDetailOutput{v1.SubscriptionDetail{
		Product: productOf(item, people), PayerID: terms.Payer, DataOwner: terms.DataOwner, Support: terms.Support, NextTerm: next, Cancelled: cancelled,
		ProductURL: entry.ProductURL, TrainingURLs: entry.TrainingURLs, Policies: policies, AsOf: v1.AsOf{Position: asOf},
	}}, err
}

// nextTerm is nil where nothing follows.
func (s *Server) nextTerm(ctx context.Context, i views.Item) (*v1.NextTerm, error) {
	next, ok, err := s.Subscriptions.NextTerm(ctx, i.Subscription)
	if err != nil || !ok {
		return nil, err
	}
	return &v1.NextTerm{
		StartDate: next.Start, Quantity: next.Quantity, UnitPrice: next.UnitPrice, PriceChanges: next.UnitPrice != i.UnitPrice,
		Net: next.Tax.Net, Tax: next.Tax.Tax, Total: next.Tax.Total,
	}, nil
}

// cancelled is how a subscription was cancelled, nil if it was not. What was
// written about it is none of a partner's business.
func (s *Server) cancelled(ctx context.Context, who commands.Principal, id domain.SubscriptionID) (*v1.Cancelled, error) {
	c, yes, err := s.Subscriptions.Cancellation(ctx, who.Tenant, id)
	if err != nil || !yes {
		return nil, err
	}
	shown := &v1.Cancelled{At: c.At, By: string(c.By), Reason: string(c.Reason)}
	if len(c.Words) == 0 || who.Partner != "" {
		return shown, nil
	}
	opened, err := s.Vault.OpenAll(ctx, []vault.Sealed{{Tenant: c.Who.Tenant, Person: c.Who.Person, Field: c.Field, Bytes: c.Words}})
	if err != nil {
		return nil, err
	}
	shown.Feedback = opened[0].Text
	return shown, damaged(opened[0].Err)
}

// itemFor is a subscription as the caller may see it: the organisation's to its
// administrators, their own to everybody.
func (s *Server) itemFor(ctx context.Context, who commands.Principal, id domain.SubscriptionID) (views.Item, uint64, error) {
	if who.Has(admins...) {
		return views.NewYourProducts(s.Projector).Get(ctx, who.Tenant, id, s.Now())
	}
	return views.NewPurchases(s.Projector).Get(ctx, who.Tenant, who.Person, id, s.Now())
}

// applied are the policies that hold for a product; they are administrators' to
// see.
func (s *Server) applied(ctx context.Context, who commands.Principal, product domain.ProductID) ([]v1.AppliedPolicy, error) {
	if !who.Has(admins...) {
		return nil, nil
	}
	g, err := s.Policies.Governing(ctx, who, product)
	if err != nil {
		return nil, err
	}
	governance := v1.AppliedPolicy{Policy: "governance", Value: "allowed"}
	if g.Blocked {
		governance = v1.AppliedPolicy{Policy: "governance", Value: "blocked", Own: true}
	}
	return []v1.AppliedPolicy{governance, {Policy: "AllowSelfServicePurchase", Value: string(g.Purchase), Own: g.Own}}, nil
}
