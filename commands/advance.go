package commands

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"kassa/domain"
	"kassa/domain/subscription"
	"kassa/eventstore"
)

// Advance takes the next step that time has brought to a subscription by an
// instant: it announces what the next term costs, renews, converts, expires,
// disables or deletes it. A charge that is under way, the renewal's own included,
// is settled first and last. Call it until its outcome wrote nothing.
//
// The step's command id comes from the stream and from when the step is due, and
// what it records is as of then: several schedulers, repeats and a long stop
// lead to one history. The next step is the outcome's State.Due.
func (s *Subscriptions) Advance(ctx context.Context, id domain.SubscriptionID, at time.Time) (Outcome[subscription.State], error) {
	current, err := s.load(ctx, id)
	if err != nil {
		return current.outcome(), err
	}
	out := current.outcome()
	if current.state.Pending.Kind != "" {
		if out, err = s.settle(ctx, current); err != nil {
			return out, err
		}
		if current, err = s.load(ctx, id); err != nil {
			return current.outcome(), err
		}
	}
	due, ok := current.state.Due()
	if !ok || at.Before(due.At) {
		return out, nil
	}
	out, current, err = s.step(ctx, current, due)
	if err != nil || out.State.Pending.Kind == "" {
		return out, err
	}
	settled, err := s.settleAll(ctx, current)
	settled.Wrote = true // a step was taken, whoever settled it
	return settled, err
}

func (s *Subscriptions) step(ctx context.Context, h life, due subscription.Due) (Outcome[subscription.State], life, error) {
	return extend(ctx, s.Log, subscription.Decider, h, timed(h.state, due),
		func(state subscription.State) ([]subscription.Event, error) {
			zone, err := billingZone(state)
			if err != nil {
				return nil, err
			}
			step, err := s.gather(ctx, state, due)
			if err != nil {
				return nil, err
			}
			step.Due, step.Zone, step.At = due, zone, due.At
			return subscription.Decider.Decide(state, step)
		})
}

// gather looks up what a step is decided on: as it was when the step was due,
// however late that is asked.
func (s *Subscriptions) gather(ctx context.Context, state subscription.State, due subscription.Due) (step subscription.Advance, err error) {
	if !slices.Contains([]subscription.Step{subscription.Bill, subscription.Renew, subscription.ToPaid, subscription.Announce}, due.Step) {
		return step, nil
	}
	market, err := s.market(ctx, state)
	if err != nil {
		return step, err
	}
	step.Tax = ruleOf(s.Taxes, market, due.At)
	switch due.Step {
	case subscription.Bill: // at the price of its term
		return step, nil
	case subscription.ToPaid:
		step.Verdict, err = s.convertible(ctx, state, due.At)
		return step, err
	}
	step.Price, err = s.price(ctx, state, market, state.End, due.At)
	return step, err
}

// timed is the meta of a step that nobody asked for.
func timed(s subscription.State, due subscription.Due) eventstore.Meta {
	name := subscription.Stream(s.Subscription) + "/" + string(due.Step) + "/" + due.At.UTC().Format(time.RFC3339Nano)
	id := uuid.NewSHA1(namespace, []byte(name))
	return eventstore.Meta{
		Tenant: s.Tenant, Actor: domain.Actor{Kind: domain.ActorSystem},
		Command: id, Correlation: id, Causation: id, At: due.At,
	}
}
