package commands

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"kassa/domain"
	"kassa/domain/invoice"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
	"kassa/eventstore"
)

// ErrNotCharged says that nothing was bought, or nothing yet, with a charge that
// a bank took back.
var ErrNotCharged = &domain.Error{
	Kind: domain.NotFound, Code: "charge_not_billed", Message: "Nothing is known that this payment was for, or not yet. Try again later, or ask the payment service.",
}

// ChargeBack records that a bank took a payment back, once for each dispute, and
// ends everybody's access.
func (s *Subscriptions) ChargeBack(ctx context.Context, d domain.Dispute) (Outcome[subscription.State], error) {
	id, err := s.paidBy(ctx, d)
	if err != nil {
		return Outcome[subscription.State]{}, err
	}
	h, err := s.load(ctx, id)
	if err != nil {
		return h.outcome(), err
	}
	bought, err := read(ctx, s.Log, purchase.Decider, purchase.Stream(h.state.Purchase))
	if err != nil {
		return h.outcome(), err
	}
	paid, err := paidFor(h, bought.State, d.Charge)
	if err != nil {
		return h.outcome(), err
	}
	command := uuid.NewSHA1(namespace, []byte("chargeback/"+d.ID))
	meta := eventstore.Meta{
		Tenant: h.state.Tenant, Actor: domain.Actor{Kind: domain.ActorSystem},
		Command: command, Correlation: command, Causation: command, At: now(s.Now),
	}
	return proceed(ctx, s.Log, subscription.Decider, h, meta, func(state subscription.State) ([]subscription.Event, error) {
		return subscription.Decider.Decide(state, subscription.ChargeBack{
			Dispute: d.ID, Reference: d.Charge, Paid: string(paid), Amount: d.Amount, Reason: d.Reason, At: meta.At,
		})
	})
}

// paidBy is the subscription that a charge was for. Its key says so, or names the
// purchase that it came of.
func (s *Subscriptions) paidBy(ctx context.Context, d domain.Dispute) (domain.SubscriptionID, error) {
	id, _, _ := strings.Cut(d.Key, "/")
	h, err := s.load(ctx, domain.SubscriptionID(id))
	if err != nil || h.state.Subscription != "" {
		return h.state.Subscription, err
	}
	bought, err := read(ctx, s.Log, purchase.Decider, purchase.Stream(domain.PurchaseID(id)))
	if err == nil && bought.State.Reference != d.Charge {
		err = ErrNotCharged
	}
	return bought.State.Subscription, err
}

// paidFor is what a charge paid for, as its bill is named.
func paidFor(h life, bought purchase.State, charge string) (invoice.Of, error) {
	p, ok := payments(h, bought)[charge]
	if !ok {
		return "", ErrNotCharged
	}
	return p.of, nil
}

// payments is everything that was charged for a subscription, by the gateway's
// id.
func payments(h life, bought purchase.State) map[string]*payment {
	bills := biller{purchase: bought}
	for n, f := range h.facts {
		bills.hear(f, h.events[n])
	}
	return bills.paid
}
