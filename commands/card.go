package commands

import (
	"context"

	"kassa/domain"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
	"kassa/eventstore"
)

// attach puts another card on file (R31), ahead of what it shall pay.
func (s *Subscriptions) attach(ctx context.Context, id domain.PurchaseID, token string, meta eventstore.Meta) error {
	card, err := s.Gateway.Card(ctx, token)
	if err != nil {
		return err
	}
	_, err = run(ctx, s.Log, purchase.Decider, purchase.Stream(id), meta, func(p purchase.State) ([]purchase.Event, error) {
		return purchase.Decider.Decide(p, purchase.ReplaceCard{Card: card})
	})
	return err
}

// bought is the purchase behind a subscription as it stood at a position. What
// was asked for there is charged to the card of that time, however late, and
// whichever card has been put on file since.
func (s *Subscriptions) bought(ctx context.Context, state subscription.State, position uint64) (purchase.State, error) {
	h, err := load(ctx, s.Log, purchase.Decider, purchase.Stream(state.Purchase))
	if err != nil {
		return purchase.State{}, err
	}
	n := 0
	for n < len(h.facts) && h.facts[n].Position < position {
		n++
	}
	return purchase.Decider.Fold(purchase.State{}, h.events[:n]...), nil
}
