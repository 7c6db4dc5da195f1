package commands

import (
	"context"
	"errors"

	"kassa/domain"
	"kassa/domain/paymentmethod"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
	"kassa/eventstore"
)

// ReplaceCard names another card to pay for a subscription with, from now on.
type ReplaceCard struct {
	Subscription domain.SubscriptionID
	Card         string // the gateway's token, or the id of a card of the caller's; empty: their default
}

// ReplaceCard puts another card on file (R31). Only who pays may: an agreement
// has no card. A charge that is under way still goes to the card it was asked of;
// what is open is asked for again, and Settle charges it.
func (s *Subscriptions) ReplaceCard(ctx context.Context, r Request, c ReplaceCard) (Outcome[purchase.State], error) {
	kind, err := capacity(ctx, s.Log, r.Who, c.Subscription, centralBuyers, ErrNotSubscriptionAdmin)
	if err != nil {
		return Outcome[purchase.State]{}, err
	}
	h, err := s.load(ctx, c.Subscription)
	if err != nil {
		return Outcome[purchase.State]{}, err
	}
	meta := r.meta(kind, now(s.Now))
	out, err := s.replace(ctx, r.Who, h.state.Purchase, c.Card, meta)
	if err != nil {
		return out, err
	}
	return out, s.retry(ctx, c.Subscription, follow(meta, out.Last, "pay", meta.At))
}

// retry asks for a term that was not paid with the card that is now on file
// (R31). Whoever is too late, or pays already, changes nothing.
func (s *Subscriptions) retry(ctx context.Context, id domain.SubscriptionID, meta eventstore.Meta) error {
	pay := subscription.Pay{Payment: ChangeID(meta.Command), At: meta.At}
	_, err := run(ctx, s.Log, subscription.Decider, subscription.Stream(id), meta, func(state subscription.State) ([]subscription.Event, error) {
		return subscription.Decider.Decide(state, pay)
	})
	for _, none := range []error{subscription.ErrNothingToPay, subscription.ErrChargePending, subscription.ErrControlTaken, subscription.ErrSeatsAssigned} {
		if errors.Is(err, none) {
			return nil
		}
	}
	return err
}

// attach puts another card on file, ahead of what it shall pay.
func (s *Subscriptions) attach(ctx context.Context, who Principal, id domain.PurchaseID, card string, meta eventstore.Meta) error {
	_, err := s.replace(ctx, who, id, card, meta)
	return err
}

func (s *Subscriptions) replace(ctx context.Context, who Principal, id domain.PurchaseID, given string, meta eventstore.Meta) (Outcome[purchase.State], error) {
	return run(ctx, s.Log, purchase.Decider, purchase.Stream(id), meta, func(p purchase.State) ([]purchase.Event, error) {
		if p.Channel == domain.Central {
			return nil, purchase.ErrPaymentKind
		}
		card, err := chosen(ctx, s.Log, s.Gateway, who, given, meta.At)
		if err != nil {
			return nil, err
		}
		anew, err := s.removed(ctx, id)
		if err != nil {
			return nil, err
		}
		return purchase.Decider.Decide(p, purchase.ReplaceCard{Card: card, Anew: anew})
	})
}

// removed says whether the card on file is one that its owner has removed since.
func (s *Subscriptions) removed(ctx context.Context, id domain.PurchaseID) (bool, error) {
	h, err := load(ctx, s.Log, purchase.Decider, purchase.Stream(id))
	if err != nil {
		return false, err
	}
	_, left, err := cardOnFile(h).standsIn(ctx, s.Log, ever)
	if errors.Is(err, paymentmethod.ErrGone) {
		err = nil
	}
	return left.Event != nil, err
}

// bought is the purchase behind a subscription as it stood at a position. What
// was asked for there is charged to the card of that time, however late, and
// whichever card has been put on file since.
func (s *Subscriptions) bought(ctx context.Context, state subscription.State, position uint64) (purchase.State, error) {
	h, err := load(ctx, s.Log, purchase.Decider, purchase.Stream(state.Purchase))
	if err != nil {
		return purchase.State{}, err
	}
	return h.before(purchase.Decider, position).state, nil
}
