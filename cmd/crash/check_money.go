package main

import (
	"strings"

	"kassa/domain"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
)

// books are the gateway's lines that no fact has accounted for yet, by key.
type books struct {
	charges map[string]domain.Charge
	refunds map[string]domain.Refund
	broken  func(string, ...any)
}

// chargesMatch holds the gateway's books against the history, line by line: a
// charge that succeeded is a completed purchase, or seats added, of that amount;
// one that was declined is a recorded decline; a refund is one that was owed; and
// there are no others.
func chargesMatch(e evidence, broken func(string, ...any)) {
	b := books{map[string]domain.Charge{}, map[string]domain.Refund{}, broken}
	for _, c := range e.charges {
		if _, twice := b.charges[c.Key]; twice {
			broken("the gateway has %s twice", c.Key)
		}
		b.charges[c.Key] = c
	}
	for _, r := range e.refunds {
		if _, twice := b.refunds[r.Key]; twice {
			broken("the gateway has the refund %s twice", r.Key)
		}
		b.refunds[r.Key] = r
	}
	paid := map[domain.PurchaseID]bool{}
	for _, f := range e.facts {
		sub, of := domain.SubscriptionID(strings.TrimPrefix(f.Stream, "subscription-")), domain.PurchaseID(strings.TrimPrefix(f.Stream, "purchase-"))
		switch fact := f.Event.(type) {
		case purchase.PaymentAuthorised:
			if paid[of] {
				broken("purchase %s was charged twice", of)
			}
			paid[of] = true
			b.charged(purchase.PaymentKey(of, fact.Attempt), fact.Reference, fact.Amount)
		case purchase.PaymentDeclined:
			b.declined(purchase.PaymentKey(of, fact.Attempt), fact.Code)
		case purchase.Completed:
			if !paid[of] {
				broken("purchase %s is completed and was never charged", of)
			}
		case subscription.SeatsAdded:
			b.charged(addition(sub, fact.Addition), fact.Reference, fact.Charge)
		case subscription.SeatAdditionDeclined:
			b.declined(addition(sub, fact.Addition), fact.Code)
		case subscription.RefundIssued:
			b.refunded(subscription.RefundKey(sub, fact.Of), fact.Reference, fact.Amount)
		}
	}
	b.rest()
}

func addition(id domain.SubscriptionID, of subscription.ChangeID) string {
	return subscription.ChargeKey(id, subscription.Pending{Kind: subscription.ForAddition, ID: string(of)})
}

func (b books) charged(key, reference string, amount domain.Money) {
	if c := b.charges[key]; c.Status != domain.ChargeSucceeded || c.ID != reference || c.Amount != amount {
		b.broken("%s was charged as %s over %v; the gateway has %+v", key, reference, amount, c)
	}
	delete(b.charges, key)
}

func (b books) declined(key, code string) {
	if c := b.charges[key]; c.Status != domain.ChargeDeclined || c.DeclineCode != code {
		b.broken("%s was declined as %s; the gateway has %+v", key, code, c)
	}
	delete(b.charges, key)
}

func (b books) refunded(key, reference string, amount domain.Money) {
	if r := b.refunds[key]; r.ID != reference || r.Amount != amount {
		b.broken("%s was refunded as %s over %v; the gateway has %+v", key, reference, amount, r)
	}
	delete(b.refunds, key)
}

// rest is what no fact accounts for.
func (b books) rest() {
	for key, c := range b.charges {
		b.broken("charge %s of %s is in no history: %+v", c.ID, key, c)
	}
	for key, r := range b.refunds {
		b.broken("refund %s of %s is in no history: %+v", r.ID, key, r)
	}
}
