package commands

import (
	"context"

	"kassa/domain"
	"kassa/domain/invoice"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
)

// CreditBill gives back some of what was paid for a bill.
type CreditBill struct {
	Bill   invoice.Entry
	Amount domain.Money
	Reason subscription.CreditReason
}

// Credit gives some of a payment back to the card that made it. Settle pays it.
// Never more than was paid, whatever else was paid back, taken back or is owed:
// whoever changes the subscription meanwhile makes it ErrStale.
func (s *Subscriptions) Credit(ctx context.Context, r Request, c CreditBill) (Outcome[subscription.State], error) {
	if !r.Who.Has(RoleSupport) {
		return Outcome[subscription.State]{}, ErrNotSupport
	}
	h, err := s.load(ctx, c.Bill.Subscription)
	if err != nil {
		return h.outcome(), err
	}
	bought, err := read(ctx, s.Log, purchase.Decider, purchase.Stream(h.state.Purchase))
	if err != nil {
		return h.outcome(), err
	}
	at, revision := now(s.Now), h.revision()
	credit := subscription.Credit{Credit: ChangeID(r.ID), Bill: string(c.Bill.Of), Amount: c.Amount, Reason: c.Reason, At: at}
	for charge, p := range payments(h, bought.State) {
		if p.of == c.Bill.Of && p.amount.Minor > 0 { // a credit note is paid the other way
			credit.Charge, credit.Paid, credit.Tax, credit.Back = charge, p.amount, p.tax, p.back
		}
	}
	meta := forTenant(r.meta(domain.ActorSupport, at), h.state.Tenant)
	return proceed(ctx, s.insisting(&revision), subscription.Decider, h, meta, func(state subscription.State) ([]subscription.Event, error) {
		return subscription.Decider.Decide(state, credit)
	})
}
