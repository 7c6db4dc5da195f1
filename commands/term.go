package commands

import (
	"context"
	"time"

	"kassa/domain"
	"kassa/domain/price"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
)

// SetRecurringBilling says whether another term follows the current one.
type SetRecurringBilling struct {
	Subscription domain.SubscriptionID
	On           bool
}

// CancelSubscription ends a subscription within days of its start or renewal.
type CancelSubscription struct {
	Subscription domain.SubscriptionID
	Reason       subscription.Reason
	Words        string // anything else that the person wants to say; sealed before it reaches an event
}

// ReactivateSubscription asks for a new term after the last one ended.
type ReactivateSubscription struct {
	Subscription domain.SubscriptionID
	Card         string // the gateway's token, or the id of a card of the caller's, to pay with from now on; empty: the one on file
}

// PayTerm pays for a term whose renewal was declined.
type PayTerm struct {
	Subscription domain.SubscriptionID
	Card         string // the gateway's token, or the id of a card of the caller's, to pay with from now on; empty: the one on file
}

// SetRecurringBilling turns recurring billing on or off. Nobody loses anything
// before the term ends.
func (s *Subscriptions) SetRecurringBilling(ctx context.Context, r Request, c SetRecurringBilling) (Outcome[subscription.State], error) {
	return s.change(ctx, r, change{subscription: c.Subscription, command: func(_ context.Context, _ subscription.State, m moment) (subscription.Command, error) {
		return subscription.TurnRecurringBilling{On: c.On, At: m.at}, nil
	}})
}

// Reactivate asks for a new term that begins now, at the price in force now.
// Whether that is allowed is judged as when buying (R41), and a refusal is
// recorded and returned beside the outcome that holds it (R20). The term begins
// once Settle has charged it.
func (s *Subscriptions) Reactivate(ctx context.Context, r Request, c ReactivateSubscription) (Outcome[subscription.State], error) {
	id := ChangeID(r.ID)
	out, err := s.change(ctx, r, change{c.Subscription, c.Card, func(ctx context.Context, state subscription.State, m moment) (subscription.Command, error) {
		market, err := s.market(ctx, state)
		if err != nil {
			return nil, err
		}
		price, err := s.price(ctx, state, market, m.at, m.at)
		if err != nil {
			return nil, err
		}
		e, err := gather(ctx, s.Log, r.Who, state.Product, terms{channel: state.Channel, market: market}, m.at)
		return subscription.Reactivate{
			Reactivation: id, Price: price, Verdict: e.verdict, Tax: ruleOf(s.Taxes, market, m.at), Zone: m.zone, At: m.at,
		}, err
	}})
	if err != nil {
		return out, err
	}
	return out, out.State.Unrevivable(id)
}

// Pay asks for the term that was not paid (R30): the same days at the same price.
// It begins once Settle has charged it.
func (s *Subscriptions) Pay(ctx context.Context, r Request, c PayTerm) (Outcome[subscription.State], error) {
	return s.change(ctx, r, change{c.Subscription, c.Card, func(_ context.Context, _ subscription.State, m moment) (subscription.Command, error) {
		return subscription.Pay{Payment: ChangeID(r.ID), At: m.at}, nil
	}})
}

// market is where a subscription was bought.
func (s *Subscriptions) market(ctx context.Context, state subscription.State) (string, error) {
	bought, err := read(ctx, s.Log, purchase.Decider, purchase.Stream(state.Purchase))
	return bought.State.Market, err
}

// price is what a subscription's product costs at an instant, in the channel and
// market that it was bought in, by what had been published by then; zero where it
// is not sold there any more.
func (s *Subscriptions) price(ctx context.Context, state subscription.State, market string, at, published time.Time) (subscription.Price, error) {
	product, _, err := findProduct(ctx, s.Log, state.Product)
	if err != nil {
		return subscription.Price{}, err
	}
	prices, err := findPrice(ctx, s.Log, product, state.Channel, market, state.Frequency)
	if err != nil {
		return subscription.Price{}, err
	}
	tag, revision, ok := prices.asOf(price.Decider, published).state.At(at)
	if !ok {
		return subscription.Price{}, nil
	}
	return subscription.Price{Unit: tag.Amount, Term: tag.Term, Frequency: tag.Frequency, Stream: prices.stream, Revision: revision}, nil
}
