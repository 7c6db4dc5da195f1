package commands

import (
	"cmp"
	"context"
	"slices"
	"time"

	"kassa/domain"
	"kassa/domain/centralisation"
	"kassa/domain/subscription"
	"kassa/domain/tenant"
)

// plan gathers what a centralisation is planned on, from the facts of every
// subscription that it names.
func (c *Centralisations) plan(ctx context.Context, who Principal, p PlanCentralisation, at time.Time) (centralisation.Plan, error) {
	if len(p.Sources) > centralisation.MaxSources {
		return centralisation.Plan{}, centralisation.ErrTooLarge
	}
	product, offer, err := findProduct(ctx, c.Log, p.Product)
	if err != nil {
		return centralisation.Plan{}, err
	}
	org, err := read(ctx, c.Log, tenant.Decider, tenant.Stream(who.Tenant))
	if err != nil {
		return centralisation.Plan{}, err
	}
	market := cmp.Or(p.Market, org.State.Country)
	if !domain.KnownMarket(market) {
		return centralisation.Plan{}, domain.ErrMarketUnknown
	}
	prices, err := findPrice(ctx, c.Log, product, domain.Central, market, "")
	if err != nil {
		return centralisation.Plan{}, err
	}
	survey := survey{log: c.Log, tenant: who.Tenant, product: product, older: offer.state.OldIDs, at: at,
		covered: map[domain.PersonID]bool{}, place: map[domain.PersonID]int{}}
	if err := survey.look(ctx, p); err != nil {
		return centralisation.Plan{}, err
	}
	plan := survey.plan
	plan.Tenant, plan.Product, plan.Market, plan.Keep, plan.AsOf, plan.At = who.Tenant, product, market, p.Keep, p.AsOf, at
	if tag, _, ok := prices.state.At(at); ok {
		plan.Offer = centralisation.Offer{UnitPrice: tag.Amount, Term: tag.Term}
	}
	return plan, nil
}

// survey looks through an organisation's subscriptions to one product.
type survey struct {
	log     Log
	tenant  domain.TenantID
	product domain.ProductID
	older   []domain.ProductID
	at      time.Time
	covered map[domain.PersonID]bool // who hold a licence of the organisation's
	place   map[domain.PersonID]int  // of everybody listed in plan.Users; -1: who needs none
	plan    centralisation.Plan
}

func (s *survey) look(ctx context.Context, p PlanCentralisation) error {
	for _, id := range p.Pools {
		if err := s.pool(ctx, id); err != nil {
			return err
		}
	}
	looked := map[domain.SubscriptionID]bool{}
	for _, id := range p.Sources {
		if looked[id] {
			continue
		}
		looked[id] = true
		h, err := s.read(ctx, id, domain.SelfService)
		if err != nil {
			return err
		}
		holders := lastHolders(h)
		for _, person := range holders {
			s.user(person, id)
		}
		if err := s.source(h.state, int64(len(holders))); err != nil {
			return err
		}
	}
	return nil
}

// user lists somebody once, whatever they hold, if they need a licence.
func (s *survey) user(person domain.PersonID, holds domain.SubscriptionID) {
	i, known := s.place[person]
	switch {
	case s.covered[person] && !known:
		s.place[person] = -1
		s.plan.Covered++
		return
	case s.covered[person]:
		return
	case !known:
		i = len(s.plan.Users)
		s.place[person] = i
		s.plan.Users = append(s.plan.Users, centralisation.User{Person: person})
	}
	s.plan.Users[i].Subscriptions = append(s.plan.Users[i].Subscriptions, holds)
}

// source lists a subscription with what it costs in a year: what a trial will
// cost, and nothing where no other term follows.
func (s *survey) source(state subscription.State, users int64) error {
	offer := centralisation.Offer{UnitPrice: state.UnitPrice, Term: cmp.Or(state.Frequency, state.Term)}
	if state.Trial.On {
		offer = centralisation.Offer{UnitPrice: state.Trial.Price.Unit, Term: cmp.Or(state.Frequency, state.Trial.Price.Term)}
	}
	renewed, usable := state.Quantity, s.usable(state)
	if !usable || !state.RecurringBilling {
		renewed = 0
	}
	yearly, err := offer.Yearly(renewed)
	s.plan.Sources = append(s.plan.Sources, centralisation.Source{
		Subscription: state.Subscription, Purchaser: state.Purchaser, Seats: state.Quantity, Users: users, Yearly: yearly, Ended: !usable,
	})
	return err
}

// pool counts what the organisation has itself: who holds it, and what is free.
func (s *survey) pool(ctx context.Context, id domain.SubscriptionID) error {
	h, err := s.read(ctx, id, domain.Central)
	if err != nil || !s.usable(h.state) {
		return err
	}
	s.plan.Available += max(0, h.state.Quantity-h.state.Taken)
	for _, person := range h.state.Holders() {
		s.covered[person] = true
	}
	return nil
}

func (s *survey) read(ctx context.Context, id domain.SubscriptionID, channel domain.Channel) (life, error) {
	if !isID(id) {
		return life{}, subscription.ErrUnknown
	}
	h, err := load(ctx, s.log, subscription.Decider, subscription.Stream(id))
	switch {
	case err != nil:
		return h, err
	case h.state.Tenant == "" || h.state.Tenant != s.tenant:
		return h, subscription.ErrUnknown
	case h.state.Channel != channel || !sells(s.product, s.older, h.state.Product):
		return h, ErrNotSource
	}
	return h, nil
}

func (s *survey) usable(state subscription.State) bool {
	status := state.Status(s.at)
	return status.Running() || status == subscription.StatusExpired
}

// lastHolders are the people who have a seat, or had one when the subscription
// ended (R59).
func lastHolders(h life) []domain.PersonID {
	if h.state.Ended != subscription.StatusDisabled && h.state.Ended != subscription.StatusDeleted {
		return h.state.Holders()
	}
	end := -1
	for i, e := range h.events {
		switch e.(type) {
		case subscription.Reactivated:
			end = -1
		case subscription.Cancelled, subscription.Disabled, subscription.Deleted:
			if end < 0 {
				end = i
			}
		}
	}
	return subscription.Decider.Fold(subscription.State{}, h.events[:max(end, 0)]...).Holders()
}

// sells says whether what was bought is a product, by its id or an older one.
func sells(product domain.ProductID, older []domain.ProductID, bought domain.ProductID) bool {
	return bought == product || slices.Contains(older, bought)
}
