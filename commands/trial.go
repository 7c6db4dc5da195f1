package commands

import (
	"context"
	"time"

	"kassa/domain"
	"kassa/domain/eligibility"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
	"kassa/domain/tenantpolicy"
	"kassa/domain/trial"
)

// ExtendTrial asks for more time to try.
type ExtendTrial struct {
	Subscription domain.SubscriptionID
}

// ConvertTrial asks to buy what is being tried.
type ConvertTrial struct {
	Subscription domain.SubscriptionID
	Card         string // the gateway's token, or the id of a card of the caller's, to pay with from now on; empty: the one on file
}

// ExtendTrial gives a trial thirty more days, once, in the fifteen days before
// its end.
func (s *Subscriptions) ExtendTrial(ctx context.Context, r Request, c ExtendTrial) (Outcome[subscription.State], error) {
	return s.change(ctx, r, change{subscription: c.Subscription, command: func(_ context.Context, _ subscription.State, m moment) (subscription.Command, error) {
		return subscription.ExtendTrial{Extension: ChangeID(r.ID), At: m.at}, nil
	}})
}

// ConvertTrial asks for the first term that is paid, at the price that checkout
// displayed. Whether that is allowed is judged as when buying (R41), and a
// refusal is recorded and returned beside the outcome that holds it (R20). The
// term begins once Settle has charged it.
func (s *Subscriptions) ConvertTrial(ctx context.Context, r Request, c ConvertTrial) (Outcome[subscription.State], error) {
	id := ChangeID(r.ID)
	out, err := s.change(ctx, r, change{c.Subscription, c.Card, func(ctx context.Context, state subscription.State, m moment) (subscription.Command, error) {
		tried, err := read(ctx, s.Log, purchase.Decider, purchase.Stream(state.Purchase))
		if err != nil {
			return nil, err
		}
		e, err := gather(ctx, s.Log, r.Who, state.Product, terms{channel: state.Channel, market: tried.State.Market}, m.at)
		return subscription.Convert{
			Conversion: id, Card: c.Card != "" || tried.State.Card.Token != "", Verdict: e.verdict,
			Tax: ruleOf(s.Taxes, tried.State.Market, m.at), Zone: m.zone, At: m.at,
		}, err
	}})
	if err != nil {
		return out, err
	}
	return out, out.State.Unconvertible(id)
}

// convertible judges whether a trial that ends becomes paid: by the policy as it
// was then, however late that is asked.
func (s *Subscriptions) convertible(ctx context.Context, state subscription.State, at time.Time) (domain.Verdict, error) {
	id, offer, err := findProduct(ctx, s.Log, state.Product)
	if err != nil {
		return domain.Verdict{}, err
	}
	policy, err := load(ctx, s.Log, tenantpolicy.Decider, tenantpolicy.Stream(state.Tenant))
	if err != nil {
		return domain.Verdict{}, err
	}
	return eligibility.Conversion(allows(policy.asOf(tenantpolicy.Decider, at), id, offer.state.OldIDs)), nil
}

// beginTrial ends the order of a trial. Who has tried what is settled in one
// stream of the person's: of two orders at once, the second is refused.
func (p *Purchases) beginTrial(ctx context.Context, h history[purchase.State, purchase.Event]) (Outcome[purchase.State], error) {
	submitted, s := h.facts[len(h.facts)-1], h.state
	_, offer, err := findProduct(ctx, p.Log, s.Product)
	if err != nil {
		return h.outcome(), err
	}
	stream, meta := trial.Stream(s.Tenant, s.Person), follow(submitted.Meta, submitted.ID, "try", now(p.Now))
	tried, err := run(ctx, p.Log, trial.Decider, stream, meta, func(t trial.State) ([]trial.Event, error) {
		return trial.Decider.Decide(t, trial.Take{
			Taken: trial.Taken{Tenant: s.Tenant, Person: s.Person, Product: s.Product, Purchase: s.Purchase, At: meta.At},
			Older: offer.state.OldIDs,
		})
	})
	if err != nil {
		return h.outcome(), err
	}
	verdict := eligibility.FirstTrial(eligibility.Trials{
		Source: eligibility.Source{Stream: stream, Revision: int64(tried.Revision)},
		Used:   tried.State.Used(s.Product, offer.state.OldIDs...) != s.Purchase,
	})
	meta = follow(submitted.Meta, submitted.ID, "settle", meta.At)
	return run(ctx, p.Log, purchase.Decider, h.stream, meta, func(s purchase.State) ([]purchase.Event, error) {
		return purchase.Decider.Decide(s, purchase.BeginTrial{Verdict: verdict, At: meta.At})
	})
}

// trialOf says what a trial's subscription begins with: nothing is paid before
// its end, and then what checkout displayed (R34, R36).
func trialOf(h history[purchase.State, purchase.Event], p subscription.Provision) subscription.StartTrial {
	quote := purchase.QuoteIssued{}
	for _, e := range h.events {
		if q, ok := e.(purchase.QuoteIssued); ok {
			quote = q
		}
	}
	p.End = p.Start.Add(time.Duration(quote.Trial.Days) * 24 * time.Hour)
	return subscription.StartTrial{
		Provision: p, NeedsPaymentMethod: h.state.NeedsPaymentMethod,
		Then: subscription.Price{Unit: quote.Trial.UnitPrice, Term: quote.Term, Frequency: quote.Commitment.Frequency, Stream: quote.PriceStream, Revision: quote.PriceRevision},
	}
}
