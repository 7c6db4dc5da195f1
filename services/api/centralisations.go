package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/centralisation"
	"kassa/domain/subscription"
	"kassa/projections/views"
	v1 "kassa/services/api/v1"
)

type centralised = commands.Outcome[centralisation.State]

type centralisations interface {
	Preview(ctx context.Context, who commands.Principal, p commands.PlanCentralisation) (centralisation.Plan, centralisation.Planned, error)
	Start(ctx context.Context, r commands.Request, p commands.PlanCentralisation) (centralised, error)
	Buy(ctx context.Context, r commands.Request, b commands.BuyCentral) (centralised, error)
	Purchase(ctx context.Context, id domain.CentralisationID) (centralised, error)
	Choose(ctx context.Context, r commands.Request, t commands.ChooseTarget) (centralised, error)
	Close(ctx context.Context, r commands.Request, id domain.CentralisationID) (centralised, error)
	Withdraw(ctx context.Context, r commands.Request, id domain.CentralisationID) (centralised, error)
}

type (
	startCentralisationInput struct {
		Writing
		Body v1.StartCentralisation
	}
	centralisationInput struct {
		Writing
		ID domain.CentralisationID `path:"id" doc:"The centralisation."`
	}
	buyCentralInput struct {
		Writing
		ID   domain.CentralisationID `path:"id" doc:"The centralisation."`
		Body v1.BuyCentralSeats
	}
	chooseTargetInput struct {
		Writing
		ID   domain.CentralisationID `path:"id" doc:"The centralisation."`
		Body v1.ChooseTarget
	}
	centralisedOutput struct {
		Position uint64 `header:"Kassa-Position"`
		Body     v1.Centralised
	}
)

func (s *Server) registerCentralisations(api huma.API) {
	group := []string{"Centralisation"}
	signed(s, api, huma.Operation{
		OperationID: "start-centralisation", Method: http.MethodPost, Path: "/v1/centralisations", Tags: group, DefaultStatus: http.StatusCreated,
		Summary:     "Take over what people bought by themselves",
		Description: "Plans it, with the seats needed and what it saves (R35). Then buy the seats, or choose a subscription that has some: people get their licences, and after that their purchasers are asked to cancel (R47). One is open for each product. For global administrators.",
	}, s.startCentralisation)
	signed(s, api, huma.Operation{
		OperationID: "buy-central-seats", Method: http.MethodPost, Path: "/v1/centralisations/{id}/buy", Tags: group,
		Summary:     "Buy the seats that are missing",
		Description: "One for each person who still needs a licence, at the agreement's price (R46). Kassa then assigns them by itself. For global and billing administrators.",
	}, s.buyCentralSeats)
	signed(s, api, huma.Operation{
		OperationID: "choose-central-subscription", Method: http.MethodPost, Path: "/v1/centralisations/{id}/target", Tags: group,
		Summary:     "Use seats that the organisation has",
		Description: "People get licences of this subscription (R45) until it has no more. For global administrators.",
	}, s.chooseTarget)
	signed(s, api, huma.Operation{
		OperationID: "close-centralisation", Method: http.MethodPost, Path: "/v1/centralisations/{id}/close", Tags: group,
		Summary:     "Wait for no more answers",
		Description: "A centralisation closes by itself once every purchaser has answered. For global administrators.",
	}, s.closeCentralisation)
	signed(s, api, huma.Operation{
		OperationID: "withdraw-centralisation", Method: http.MethodPost, Path: "/v1/centralisations/{id}/withdraw", Tags: group,
		Summary:     "Call it off before anybody is asked to cancel",
		Description: "Licences that people got stay with them. For global administrators.",
	}, s.withdrawCentralisation)
	s.registerCentralisationLists(api, group)
}

func (s *Server) startCentralisation(ctx context.Context, who commands.Principal, in *startCentralisationInput) (*centralisedOutput, error) {
	r, err := in.request(who, "centralisation.start", in.Body)
	if err != nil {
		return nil, err
	}
	plan, err := s.evidence(ctx, who, Reading{}, in.Body)
	if err != nil {
		return nil, err
	}
	return centralisedOf(s.Centralising.Start(ctx, r, plan))
}

// buyCentralSeats orders and tries to buy at once, to tell what came of it; what
// has to wait, Kassa goes on with by itself.
func (s *Server) buyCentralSeats(ctx context.Context, who commands.Principal, in *buyCentralInput) (*centralisedOutput, error) {
	c := commands.BuyCentral{Centralisation: in.ID}
	if in.Body.AcceptTerms {
		c.Terms, c.PrivacyNotice = currentTerms, currentTerms
	}
	r, err := in.request(who, "centralisation.buy", c)
	if err != nil {
		return nil, err
	}
	ordered, err := s.Centralising.Buy(ctx, r, c)
	if err != nil {
		return nil, err
	}
	then, err := s.Centralising.Purchase(ctx, in.ID)
	switch {
	case domain.KindOf(err) == domain.Unavailable:
		return centralisedOf(ordered, nil)
	case err == nil && then.State.Refused != "" && then.State.Status() == centralisation.StatusSeatsNeeded:
		return nil, toldAs(then.State.Refused)
	}
	return centralisedOf(then, err)
}

func (s *Server) chooseTarget(ctx context.Context, who commands.Principal, in *chooseTargetInput) (*centralisedOutput, error) {
	c := commands.ChooseTarget{Centralisation: in.ID, Subscription: in.Body.SubscriptionID}
	r, err := in.request(who, "centralisation.choose", c)
	if err != nil {
		return nil, err
	}
	return centralisedOf(s.Centralising.Choose(ctx, r, c))
}

func (s *Server) closeCentralisation(ctx context.Context, who commands.Principal, in *centralisationInput) (*centralisedOutput, error) {
	r, err := in.request(who, "centralisation.close", in.ID)
	if err != nil {
		return nil, err
	}
	return centralisedOf(s.Centralising.Close(ctx, r, in.ID))
}

func (s *Server) withdrawCentralisation(ctx context.Context, who commands.Principal, in *centralisationInput) (*centralisedOutput, error) {
	r, err := in.request(who, "centralisation.withdraw", in.ID)
	if err != nil {
		return nil, err
	}
	return centralisedOf(s.Centralising.Withdraw(ctx, r, in.ID))
}

func centralisedOf(out centralised, err error) (*centralisedOutput, error) {
	if err != nil {
		return nil, err
	}
	state := out.State
	return &centralisedOutput{Position: out.Position, Body: v1.Centralised{
		CentralisationID: state.Centralisation, Status: string(state.Status()), Target: state.Target,
		Remaining: state.Remaining(), Position: out.Position,
	}}, nil
}

// evidence lists the subscriptions that a plan is made from, as a view shows
// them: the command looks at each again.
func (s *Server) evidence(ctx context.Context, who commands.Principal, r Reading, in v1.StartCentralisation) (commands.PlanCentralisation, error) {
	plan := commands.PlanCentralisation{Product: in.ProductID, Market: in.Market, Keep: in.Keep, Sources: in.Subscriptions}
	if err := s.caughtUp(ctx, r, views.YourProductsView.Name, views.CatalogueView.Name, views.DirectoryView.Name); err != nil {
		return plan, err
	}
	products, err := s.idsOf(ctx, in.ProductID)
	if err != nil {
		return plan, err
	}
	everything := len(in.Subscriptions) == 0
	for _, product := range products {
		f := views.Filter{Product: product, Limit: views.MaxLimit}
		for more := true; more; more = f.Next != "" {
			page, err := views.NewYourProducts(s.Projector).List(ctx, who.Tenant, f, s.Now())
			if err != nil {
				return plan, err
			}
			addEvidence(&plan, page, everything)
			f.Next = page.Next
		}
	}
	if everything {
		slices.Reverse(plan.Sources) // oldest first
	}
	return plan, nil
}

func addEvidence(plan *commands.PlanCentralisation, page views.Page[views.Item], everything bool) {
	plan.AsOf = page.AsOf
	for _, item := range page.Items {
		switch usable := item.Status.Running() || item.Status == subscription.StatusExpired; {
		case usable && item.Channel == domain.Central:
			plan.Pools = append(plan.Pools, item.Subscription)
		case usable && everything:
			plan.Sources = append(plan.Sources, item.Subscription)
		}
	}
}
