package commands

import (
	"cmp"
	"context"

	"kassa/domain"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
)

// AddSeats asks for more seats of a subscription, for what is left of its term.
type AddSeats struct {
	Subscription domain.SubscriptionID
	Quantity     int64  // the new total, or 0
	Delta        int64  // how many more, or 0
	Card         string // the gateway's token, or the id of a card of the caller's, to pay with from now on; empty: the one on file
}

// RemoveSeats asks for fewer.
type RemoveSeats struct {
	Subscription domain.SubscriptionID
	Quantity     int64 // the new total, or 0
	Delta        int64 // how many fewer, or 0
	When         When
}

// When says from when on there shall be fewer seats.
type When string

// Immediately refunds what has not begun, within days of paying for it;
// AtRenewal lets the next term begin with fewer seats.
const (
	Immediately When = "now"
	AtRenewal   When = "renewal"
)

// CancelScheduledChange keeps the next term as this one is.
type CancelScheduledChange struct {
	Subscription domain.SubscriptionID
	Change       subscription.ChangeID // empty: whatever is scheduled
}

// Refusals of a request for more or fewer seats.
var (
	ErrSeatsAmbiguous = &domain.Error{
		Kind: domain.Invalid, Code: "seats_ambiguous",
		Message: "Say either how many licences there shall be, or how many more or fewer. Leave the other one out.",
	}
	ErrNoIncrease = &domain.Error{
		Kind: domain.Invalid, Code: "not_an_increase",
		Message: "That is not more licences than there are. Give a larger number.",
	}
	ErrWhenUnknown = &domain.Error{
		Kind: domain.Invalid, Code: "when_unknown",
		Message: "Say when to remove the licences: now or renewal.",
	}
)

// AddSeats buys more seats (R27): whether that is allowed is judged as when
// buying (R41), and a refusal is recorded and returned beside the outcome that
// holds it (R20). Where the outcome's State is Pending, Settle charges it.
func (s *Subscriptions) AddSeats(ctx context.Context, r Request, c AddSeats) (Outcome[subscription.State], error) {
	if (c.Quantity == 0) == (c.Delta == 0) {
		return Outcome[subscription.State]{}, ErrSeatsAmbiguous
	}
	id := ChangeID(r.ID)
	out, err := s.change(ctx, r, change{c.Subscription, c.Card, func(ctx context.Context, state subscription.State, m moment) (subscription.Command, error) {
		delta := c.Delta
		if c.Quantity != 0 {
			delta = c.Quantity - state.Quantity
		}
		if c.Quantity != 0 && delta < 1 {
			return nil, ErrNoIncrease
		}
		bought, err := read(ctx, s.Log, purchase.Decider, purchase.Stream(state.Purchase))
		if err != nil {
			return nil, err
		}
		e, err := gather(ctx, s.Log, r.Who, state.Product, terms{channel: state.Channel, market: bought.State.Market}, m.at)
		return subscription.AddSeats{
			Addition: id, Delta: delta, MaxQuantity: e.maxQuantity, Verdict: e.verdict,
			Tax: ruleOf(s.Taxes, bought.State.Market, m.at), Zone: m.zone, At: m.at,
		}, err
	}})
	if err != nil {
		return out, err
	}
	return out, out.State.Refusal(id)
}

// RemoveSeats gives seats back: now, for a refund that Settle makes, or from the
// next term on.
func (s *Subscriptions) RemoveSeats(ctx context.Context, r Request, c RemoveSeats) (Outcome[subscription.State], error) {
	switch {
	case (c.Quantity == 0) == (c.Delta == 0):
		return Outcome[subscription.State]{}, ErrSeatsAmbiguous
	case c.When != Immediately && c.When != AtRenewal:
		return Outcome[subscription.State]{}, ErrWhenUnknown
	}
	return s.change(ctx, r, change{subscription: c.Subscription, command: func(_ context.Context, state subscription.State, m moment) (subscription.Command, error) {
		delta := c.Delta
		if c.Quantity != 0 {
			delta = state.Quantity - c.Quantity
		}
		switch {
		case c.Quantity != 0 && delta < 1:
			return nil, subscription.ErrNoReduction
		case c.When == Immediately:
			return subscription.RemoveSeats{Removal: ChangeID(r.ID), Delta: delta, Zone: m.zone, At: m.at}, nil
		}
		return subscription.ScheduleReduction{Change: ChangeID(r.ID), Quantity: state.Quantity - delta, At: m.at}, nil
	}})
}

// CancelScheduledChange withdraws a reduction before the next term begins.
func (s *Subscriptions) CancelScheduledChange(ctx context.Context, r Request, c CancelScheduledChange) (Outcome[subscription.State], error) {
	return s.change(ctx, r, change{subscription: c.Subscription, command: func(_ context.Context, state subscription.State, m moment) (subscription.Command, error) {
		return subscription.CancelScheduledChange{Change: cmp.Or(c.Change, state.Scheduled.Change), At: m.at}, nil
	}})
}
