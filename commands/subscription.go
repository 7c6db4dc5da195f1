package commands

import (
	"context"
	"fmt"
	"time"

	"kassa/domain"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
	"kassa/domain/tenant"
)

// ErrProvisionDelayed: what was paid for cannot be given yet. Fulfilment tries
// again until it can.
var ErrProvisionDelayed = &domain.Error{
	Kind: domain.Unavailable, Code: "provision_delayed",
	Message: "The purchase is paid, but its subscription has to wait until your organisation's entry is corrected. Contact your IT admin.",
}

// Provision gives a completed purchase its subscription (R14). Whoever calls
// it, however often, there is one. Its billing calendar is pinned to the zone
// that the tenant has at the first call.
func (p *Purchases) Provision(ctx context.Context, id domain.PurchaseID) (Outcome[subscription.State], error) {
	var none Outcome[subscription.State]
	h, err := load(ctx, p.Log, purchase.Decider, purchase.Stream(id))
	if err != nil || h.state.Status != purchase.StatusCompleted {
		return none, err
	}
	completed := h.latest(func(e purchase.Event) bool { _, ok := e.(purchase.Completed); return ok })
	org, err := read(ctx, p.Log, tenant.Decider, tenant.Stream(h.state.Tenant))
	if err != nil {
		return none, err
	}
	counted, err := zone(org.State.Zone)
	if err != nil {
		return none, ErrProvisionDelayed.Because(fmt.Errorf("tenant %s: %w", h.state.Tenant, err))
	}
	provision := provisioning(h.state, counted)
	command := subscription.Command(provision)
	if h.state.Kind == domain.Trial {
		command = trialOf(h, provision)
	}
	return run(ctx, p.Log, subscription.Decider, subscription.Stream(provision.Subscription),
		follow(completed.Meta, completed.ID, "provision", now(p.Now)),
		func(s subscription.State) ([]subscription.Event, error) {
			return subscription.Decider.Decide(s, command)
		})
}

// provisioning says what was bought: the facts of the purchase, counted in zone.
func provisioning(s purchase.State, zone *time.Location) subscription.Provision {
	start := s.CompletedAt
	anchor := start.In(zone).Day()
	p := subscription.Provision{
		Subscription: s.Subscription, Purchase: s.Purchase, OrderNumber: s.OrderNumber, Tenant: s.Tenant,
		Product: s.Product, Channel: s.Channel, Purchaser: s.Person,
		Quantity: s.Quantity, UnitPrice: s.Unit, Price: s.Total, Tax: s.Split(), Term: s.Term,
		Start: start, End: s.Term.End(start, anchor, zone), AnchorDay: anchor, Zone: zone.String(),
		RecurringBilling: true, CancellationUntil: domain.CancellationUntil(start), Frequency: s.Commitment.Frequency,
	}
	if p.Frequency != "" {
		p.PaidUntil = p.Frequency.End(start, anchor, zone)
	}
	if s.Channel == domain.SelfService {
		p.Payer = s.Person // R36
	}
	if s.Kind != domain.Trial {
		p.NoticeAt = subscription.NoticeAt(s.Channel, s.Term, p.End)
	}
	return p
}
