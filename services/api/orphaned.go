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

type (
	orphanedInput struct {
		Reading
		Paging
	}
	orphanedOutput struct{ Body v1.Orphans }
)

func (s *Server) registerOrphaned(api huma.API) {
	signed(s, api, huma.Operation{
		OperationID: "list-orphaned", Method: http.MethodGet, Path: "/v1/orphaned", Tags: []string{"Products"},
		Summary:     "What people left behind",
		Description: "Self-service subscriptions whose purchaser has left: who uses them, when the purchaser's card is charged next, and what can be done (R57-R59). They go on until somebody does. For global and billing administrators and global readers.",
	}, s.listOrphaned)
}

func (s *Server) listOrphaned(ctx context.Context, who commands.Principal, in *orphanedInput) (*orphanedOutput, error) {
	if !who.Has(admins...) {
		return nil, errNotAdmin
	}
	if err := s.caughtUp(ctx, in.Reading, views.YourProductsView.Name, views.DirectoryView.Name); err != nil {
		return nil, err
	}
	page, err := views.NewYourProducts(s.Projector).Orphaned(ctx, who.Tenant, views.Filter{Next: in.After, Limit: in.Limit}, s.Now())
	if err != nil {
		return nil, err
	}
	var ids []domain.PersonID
	for _, item := range page.Items {
		ids = append(append(ids, item.Purchaser), item.AssignedUsers...)
	}
	people, err := s.openPeople(ctx, who, ids...)
	if err != nil {
		return nil, err
	}
	body := v1.Orphans{AsOf: v1.AsOf{Position: page.AsOf}, Next: page.Next}
	for _, item := range page.Items {
		orphan, err := orphanOf(item, people)
		if err != nil {
			return nil, err
		}
		body.Items = append(body.Items, orphan)
	}
	return &orphanedOutput{body}, nil
}

func orphanOf(i views.Item, people people) (v1.Orphan, error) {
	o := v1.Orphan{
		SubscriptionID: i.Subscription, ProductID: i.Product, ProductName: i.ProductName,
		Purchaser: people.show(i.Purchaser), LeftAt: i.OrphanedAt, Status: string(i.Status), Quantity: i.Quantity, Assigned: i.Assigned,
		ExpiryDate: i.ExpiryDate, RecurringBilling: i.RecurringBilling, Actions: orphanActions(i.Status, i.Takeover.By != ""),
	}
	for _, id := range i.AssignedUsers {
		o.AssignedUsers = append(o.AssignedUsers, people.show(id))
	}
	if i.Status != subscription.StatusActive || !i.RecurringBilling {
		return o, nil
	}
	o.NextRenewal = &i.ExpiryDate
	if i.Kind == domain.Trial { // which costs nothing yet
		return o, nil
	}
	price, err := i.UnitPrice.Times(i.Quantity)
	o.RenewalPrice = &price
	return o, err
}

// orphanActions is what can be done about a subscription as it stands. What is
// disabled costs nothing more and has no users to move; of what is taken, control
// cannot be taken again.
func orphanActions(status subscription.Status, taken bool) []v1.OrphanAction {
	switch {
	case taken:
	case status == subscription.StatusActive:
		return []v1.OrphanAction{v1.AskSupportToCancel, v1.TakeControl, v1.AssignCentralLicenses}
	case status == subscription.StatusExpired:
		return []v1.OrphanAction{v1.TakeControl, v1.AssignCentralLicenses}
	}
	return []v1.OrphanAction{v1.AssignCentralLicenses}
}
