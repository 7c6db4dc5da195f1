package commands

import (
	"context"
	"errors"
	"slices"
	"time"

	"kassa/domain"
	"kassa/domain/subscription"
	"kassa/eventstore"
)

// Settle charges what a subscription waits to be paid for and pays back what it
// owes, or learns what an earlier try to do so came to, and records it. The keys
// given to the gateway are the domain's: however often it is called, by however
// many, nothing is charged or refunded twice. An error leaves the rest to be
// settled by a later call.
func (s *Subscriptions) Settle(ctx context.Context, id domain.SubscriptionID) (Outcome[subscription.State], error) {
	h, err := s.load(ctx, id)
	if err != nil {
		return h.outcome(), err
	}
	return s.settleAll(ctx, h)
}

func (s *Subscriptions) settleAll(ctx context.Context, h life) (Outcome[subscription.State], error) {
	out, errs := h.outcome(), []error(nil)
	if h.state.Pending.Kind != "" {
		settled, err := s.settle(ctx, h)
		out, errs = later(out, settled, err), append(errs, err)
	}
	for _, owed := range h.state.Owed {
		repaid, err := s.repay(ctx, h, owed)
		out, errs = later(out, repaid, err), append(errs, err)
	}
	return out, errors.Join(errs...)
}

// Settlement returns a subscription as it stood when a charge was settled,
// whatever happened since, so that a repeated request is answered as the first
// was: its State is Settled by key. While it is not, ok is false and the outcome
// is how the subscription stands.
func (s *Subscriptions) Settlement(ctx context.Context, id domain.SubscriptionID, key string) (out Outcome[subscription.State], ok bool, err error) {
	h, err := s.load(ctx, id)
	if err != nil {
		return out, false, err
	}
	state := subscription.State{}
	for i, e := range h.events {
		state = subscription.Decider.Evolve(state, e)
		if key != "" && state.Settled.Key == key {
			return h.upTo(subscription.Decider, i), true, nil
		}
	}
	return h.outcome(), false, nil
}

// Repayment is the same for what a change owes: the outcome is that of the last
// payment back. While any of it is owed, ok is false.
func (s *Subscriptions) Repayment(ctx context.Context, id domain.SubscriptionID, of subscription.ChangeID) (out Outcome[subscription.State], ok bool, err error) {
	h, err := s.load(ctx, id)
	if err != nil {
		return out, false, err
	}
	state, owed := subscription.State{}, false
	for i, e := range h.events {
		state = subscription.Decider.Evolve(state, e)
		owes := state.OwedFor(of).Minor != 0
		if owed && !owes {
			return h.upTo(subscription.Decider, i), true, nil
		}
		owed = owes
	}
	return h.outcome(), false, nil
}

type life = history[subscription.State, subscription.Event]

func (s *Subscriptions) load(ctx context.Context, id domain.SubscriptionID) (life, error) {
	return load(ctx, s.Log, subscription.Decider, subscription.Stream(id))
}

// later is the outcome that rests on more facts; a step that failed rests on
// none.
func later(before, step Outcome[subscription.State], err error) Outcome[subscription.State] {
	if err != nil || step.Position < before.Position {
		return before
	}
	return step
}

// settle charges what h waits to be paid for.
func (s *Subscriptions) settle(ctx context.Context, h life) (Outcome[subscription.State], error) {
	asked, key := h.latest(asksForCharge), subscription.ChargeKey(h.state.Subscription, h.state.Pending)
	charge, err := s.chargeAs(ctx, h, key, asked.Position)
	if err != nil {
		return h.outcome(), err
	}
	var settled subscription.Command
	meta := follow(asked.Meta, asked.ID, "settle", s.settledAt(asked))
	if charge.Status == domain.ChargeDeclined {
		settled = subscription.Declined{Key: key, Code: charge.DeclineCode, Retriable: charge.Retriable, At: meta.At}
	} else {
		settled = subscription.Charged{Key: key, Amount: charge.Amount, Reference: charge.ID, At: meta.At}
	}
	return proceed(ctx, s.Log, subscription.Decider, h, meta, func(state subscription.State) ([]subscription.Event, error) {
		return subscription.Decider.Decide(state, settled)
	})
}

func asksForCharge(e subscription.Event) bool {
	switch e.(type) {
	case subscription.SeatAdditionRequested, subscription.RenewalRequested, subscription.ReactivationRequested, subscription.ConversionRequested,
		subscription.InstalmentRequested:
		return true
	}
	return false
}

// settledAt is the business time of a settlement. What time asked for, a renewal
// or an instalment, a retry of one or the conversion of a trial that ends, is
// settled as of its own time, like everything that time brings: a long stop leaves
// no trace.
func (s *Subscriptions) settledAt(asked eventstore.Fact) time.Time {
	switch e := asked.Event.(type) {
	case subscription.RenewalRequested:
		return asked.Meta.At
	case subscription.ReactivationRequested, subscription.InstalmentRequested:
		if asked.Meta.Actor.Kind == domain.ActorSystem {
			return asked.Meta.At
		}
	case subscription.ConversionRequested:
		if e.Conversion == "" {
			return asked.Meta.At
		}
	}
	return now(s.Now)
}

// repay pays one refund back that h owes.
func (s *Subscriptions) repay(ctx context.Context, h life, owed subscription.Owed) (Outcome[subscription.State], error) {
	cause := h.latest(func(e subscription.Event) bool { return owes(e, owed.Refund) })
	paid := owed.Charge
	if paid == "" {
		bought, err := s.bought(ctx, h.state, cause.Position)
		if err != nil {
			return h.outcome(), err
		}
		paid = bought.Reference
	}
	refund, refused, err := refund(ctx, s.Gateway, subscription.RefundKey(h.state.Subscription, owed.Refund), paid, owed.Amount)
	if err != nil {
		return h.outcome(), err
	}
	meta := follow(cause.Meta, cause.ID, "refund/"+string(owed.Refund), now(s.Now))
	return run(ctx, s.Log, subscription.Decider, h.stream, meta, func(state subscription.State) ([]subscription.Event, error) {
		if refused != "" {
			return subscription.Decider.Decide(state, subscription.RefundRefused{Of: owed.Refund, Code: refused, At: meta.At})
		}
		return subscription.Decider.Decide(state, subscription.Refunded{
			Of: owed.Refund, Amount: refund.Amount, Reference: refund.ID, At: meta.At,
		})
	})
}

// owes says whether a fact led to a refund.
func owes(e subscription.Event, id subscription.RefundID) bool {
	var lines []subscription.RefundLine
	switch e := e.(type) {
	case subscription.SeatsRemoved:
		lines = e.Lines
	case subscription.Cancelled:
		lines = e.Lines
	case subscription.Credited:
		return e.Refund == id
	}
	return slices.ContainsFunc(lines, func(l subscription.RefundLine) bool { return l.Refund == id })
}
