package api

import (
	"cmp"
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/centralisation"
	"kassa/projections/views"
	v1 "kassa/services/api/v1"
)

type (
	previewCentralisationInput struct {
		Reading
		Product       domain.ProductID        `query:"product" required:"true" doc:"The product's id, or an older one of it." example:"CFQ7TTC0H9MP"`
		Market        string                  `query:"market" doc:"Whose agreement price counts, ISO 3166-1 alpha-2; left out: the organisation's country." example:"SE"`
		Keep          bool                    `query:"keep" doc:"Only give people licences; ask nobody to cancel (R45)."`
		Subscriptions []domain.SubscriptionID `query:"subscription,explode" maxItems:"1000" doc:"Only these; one that has ended stands for the people who used it last (R59). Left out: every one that people bought by themselves."`
	}
	previewCentralisationOutput struct{ Body v1.CentralisationPlan }
	centralisationsInput        struct {
		Reading
		Paging
	}
	centralisationsOutput struct{ Body v1.Centralisations }
	oneCentralisation     struct {
		Reading
		ID domain.CentralisationID `path:"id" doc:"The centralisation."`
	}
	oneCentralisationOutput struct{ Body v1.Centralisation }
	centralisationPartInput struct {
		Reading
		Paging
		ID domain.CentralisationID `path:"id" doc:"The centralisation."`
	}
	centralisedUsersOutput     struct{ Body v1.CentralisedUsers }
	centralisedPurchasesOutput struct{ Body v1.CentralisedPurchases }
)

func (s *Server) registerCentralisationLists(api huma.API, group []string) {
	signed(s, api, huma.Operation{
		OperationID: "preview-centralisation", Method: http.MethodGet, Path: "/v1/centralisations/preview", Tags: group,
		Summary:     "What taking over what people bought would come to",
		Description: "The seats needed, where they come from, and what it saves in a year (R35, R47). Records nothing. For global and billing administrators and global readers.",
	}, s.previewCentralisation)
	signed(s, api, huma.Operation{
		OperationID: "list-centralisations", Method: http.MethodGet, Path: "/v1/centralisations", Tags: group,
		Summary:     "Every centralisation, and how it stands",
		Description: "Newest first. For global and billing administrators and global readers.",
	}, s.listCentralisations)
	signed(s, api, huma.Operation{
		OperationID: "get-centralisation", Method: http.MethodGet, Path: "/v1/centralisations/{id}", Tags: group,
		Summary: "How one stands",
	}, s.getCentralisation)
	signed(s, api, huma.Operation{
		OperationID: "list-centralised-users", Method: http.MethodGet, Path: "/v1/centralisations/{id}/users", Tags: group,
		Summary: "Who gets a licence, and who cannot",
	}, s.listCentralisedUsers)
	signed(s, api, huma.Operation{
		OperationID: "list-centralised-purchases", Method: http.MethodGet, Path: "/v1/centralisations/{id}/purchases", Tags: group,
		Summary: "What people bought, and what each purchaser answered",
	}, s.listCentralisedPurchases)
}

func (s *Server) previewCentralisation(ctx context.Context, who commands.Principal, in *previewCentralisationInput) (*previewCentralisationOutput, error) {
	wanted, err := s.evidence(ctx, who, in.Reading, v1.StartCentralisation{
		ProductID: in.Product, Market: in.Market, Keep: in.Keep, Subscriptions: in.Subscriptions,
	})
	if err != nil {
		return nil, err
	}
	plan, worth, err := s.Centralising.Preview(ctx, who, wanted)
	if err != nil {
		return nil, err
	}
	people, err := s.openPeople(ctx, who, concerned(plan)...)
	if err != nil {
		return nil, err
	}
	body := v1.CentralisationPlan{
		ProductID: worth.Product, Market: worth.Market, Keep: worth.Keep, Subscriptions: worth.Subscriptions, Covered: worth.Covered,
		SeatsNeeded: worth.SeatsNeeded, SeatsAvailable: worth.SeatsAvailable, SeatsToBuy: worth.SeatsToBuy,
		Term: plan.Offer.Term, Savings: savingsOf(worth.Savings), AsOf: v1.AsOf{Position: worth.AsOf},
	}
	if plan.Offer.Term != "" {
		body.UnitPrice = &plan.Offer.UnitPrice
	}
	for _, p := range plan.Sources {
		body.Purchases = append(body.Purchases, v1.CentralisedPurchase{
			SubscriptionID: p.Subscription, Purchaser: people.show(p.Purchaser), Seats: p.Seats, Users: p.Users, Yearly: p.Yearly, Answer: "not_asked",
		})
	}
	for _, u := range plan.Users {
		body.Users = append(body.Users, v1.CentralisedUser{User: people.show(u.Person), SubscriptionIDs: u.Subscriptions, Result: "waiting"})
	}
	return &previewCentralisationOutput{body}, nil
}

// concerned is everybody in a plan.
func concerned(plan centralisation.Plan) (ids []domain.PersonID) {
	for _, p := range plan.Sources {
		ids = append(ids, p.Purchaser)
	}
	for _, u := range plan.Users {
		ids = append(ids, u.Person)
	}
	return ids
}

// maySeeCentralisations refuses who may not, and waits for what they have seen.
func (s *Server) maySeeCentralisations(ctx context.Context, who commands.Principal, r Reading) (views.Centralisations, error) {
	if !who.Has(admins...) {
		return views.Centralisations{}, errNotAdmin
	}
	return views.NewCentralisations(s.Projector), s.caughtUp(ctx, r, views.CentralisationsView.Name, views.DirectoryView.Name)
}

func (s *Server) listCentralisations(ctx context.Context, who commands.Principal, in *centralisationsInput) (*centralisationsOutput, error) {
	view, err := s.maySeeCentralisations(ctx, who, in.Reading)
	if err != nil {
		return nil, err
	}
	page, err := view.List(ctx, who.Tenant, in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	body := v1.Centralisations{AsOf: v1.AsOf{Position: page.AsOf}, Next: page.Next}
	for _, c := range page.Items {
		body.Items = append(body.Items, centralisationOf(c))
	}
	return &centralisationsOutput{body}, nil
}

func (s *Server) getCentralisation(ctx context.Context, who commands.Principal, in *oneCentralisation) (*oneCentralisationOutput, error) {
	view, err := s.maySeeCentralisations(ctx, who, in.Reading)
	if err != nil {
		return nil, err
	}
	one, _, err := view.Get(ctx, who.Tenant, in.ID)
	if err != nil {
		return nil, err
	}
	return &oneCentralisationOutput{centralisationOf(one)}, nil
}

func (s *Server) listCentralisedUsers(ctx context.Context, who commands.Principal, in *centralisationPartInput) (*centralisedUsersOutput, error) {
	view, err := s.maySeeCentralisations(ctx, who, in.Reading)
	if err != nil {
		return nil, err
	}
	page, err := view.Users(ctx, who.Tenant, in.ID, in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	var ids []domain.PersonID
	for _, u := range page.Items {
		ids = append(ids, u.Person)
	}
	people, err := s.openPeople(ctx, who, ids...)
	if err != nil {
		return nil, err
	}
	body := v1.CentralisedUsers{AsOf: v1.AsOf{Position: page.AsOf}, Next: page.Next}
	for _, u := range page.Items {
		shown := v1.CentralisedUser{User: people.show(u.Person), SubscriptionIDs: u.Subscriptions, Result: "waiting", Code: u.Code}
		switch {
		case u.Code != "":
			shown.Result = "skipped"
		case u.Target != "":
			shown.Result = "assigned"
		}
		body.Items = append(body.Items, shown)
	}
	return &centralisedUsersOutput{body}, nil
}

func (s *Server) listCentralisedPurchases(ctx context.Context, who commands.Principal, in *centralisationPartInput) (*centralisedPurchasesOutput, error) {
	view, err := s.maySeeCentralisations(ctx, who, in.Reading)
	if err != nil {
		return nil, err
	}
	page, err := view.Purchases(ctx, who.Tenant, in.ID, in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	var ids []domain.PersonID
	for _, p := range page.Items {
		ids = append(ids, p.Purchaser)
	}
	people, err := s.openPeople(ctx, who, ids...)
	if err != nil {
		return nil, err
	}
	body := v1.CentralisedPurchases{AsOf: v1.AsOf{Position: page.AsOf}, Next: page.Next}
	for _, p := range page.Items {
		shown := v1.CentralisedPurchase{
			SubscriptionID: p.Subscription, Purchaser: people.show(p.Purchaser), Seats: p.Seats, Users: p.Users,
			Yearly: p.Yearly, RequestID: string(p.Request), Answer: "not_asked", Code: p.Code,
		}
		if p.Request != "" {
			shown.Answer = cmp.Or(string(p.Answer), "awaited")
		}
		body.Items = append(body.Items, shown)
	}
	return &centralisedPurchasesOutput{body}, nil
}

func centralisationOf(c views.Centralisation) v1.Centralisation {
	shown := v1.Centralisation{
		CentralisationID: c.Centralisation, ProductID: c.Product, Market: c.Market, Keep: c.Keep,
		Status: string(c.Status), Outcome: string(c.Outcome), Subscriptions: c.Subscriptions, Covered: c.Covered,
		SeatsNeeded: c.SeatsNeeded, SeatsAvailable: c.SeatsAvailable, SeatsToBuy: c.SeatsToBuy, Bought: c.Bought,
		Target: c.Target, Refused: c.Refused, Assigned: c.Assigned, Skipped: c.Skipped, Savings: savingsOf(c.Savings), StartedAt: c.StartedAt,
		Answers: v1.PurchaserAnswers{
			Asked: c.Asked, NotAsked: c.NotAsked, Accepted: c.Answered[centralisation.Accepted], Declined: c.Answered[centralisation.Declined],
			Expired: c.Answered[centralisation.Expired], Withdrawn: c.Answered[centralisation.TakenBack],
		},
	}
	if !c.EndedAt.IsZero() {
		shown.EndedAt = &c.EndedAt
	}
	return shown
}

// savingsOf leaves out what is unknown. Where nothing costs anything, there is
// no currency to say that in.
func savingsOf(s centralisation.Savings) v1.Savings {
	if s.Unknown != "" || s.Saved.Currency == "" {
		return v1.Savings{Unknown: string(s.Unknown)}
	}
	return v1.Savings{SelfService: &s.SelfService, Central: &s.Central, Saved: &s.Saved}
}
