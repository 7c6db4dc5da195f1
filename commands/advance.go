package commands

import (
	"context"
	"time"

	"github.com/google/uuid"

	"kassa/domain"
	"kassa/domain/subscription"
	"kassa/eventstore"
)

// Advance takes the next step that time has brought to a subscription by an
// instant: it renews, converts, expires, disables or deletes it. A charge that is under
// way, the renewal's own included, is settled first and last. Call it until its
// outcome wrote nothing.
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
	out, err = s.step(ctx, current, due)
	if err != nil || out.State.Pending.Kind == "" {
		return out, err
	}
	settled, err := s.Settle(ctx, id)
	settled.Wrote = true // a step was taken, whoever settled it
	return settled, err
}

func (s *Subscriptions) step(ctx context.Context, h life, due subscription.Due) (Outcome[subscription.State], error) {
	return proceed(ctx, s.Log, subscription.Decider, h, timed(h.state, due),
		func(state subscription.State) ([]subscription.Event, error) {
			zone, err := billingZone(state)
			if err != nil {
				return nil, err
			}
			step := subscription.Advance{Due: due, Zone: zone, At: due.At}
			switch due.Step {
			case subscription.Renew:
				step.Price, err = s.price(ctx, state, due.At)
			case subscription.ToPaid:
				step.Verdict, err = s.convertible(ctx, state, due.At)
			}
			if err != nil {
				return nil, err
			}
			return subscription.Decider.Decide(state, step)
		})
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
