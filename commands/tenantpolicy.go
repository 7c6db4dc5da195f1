package commands

import (
	"context"
	"time"

	"kassa/domain"
	"kassa/domain/tenant"
	"kassa/domain/tenantpolicy"
	"kassa/eventstore"
)

// Policies carries out what administrators decide about self-service purchase
// (R03, R41).
type Policies struct {
	Log
	Now func() time.Time
}

// SetPolicy sets one product's policy, by its current id or an older one.
type SetPolicy struct {
	Product domain.ProductID
	Value   domain.PolicyValue
}

// Set changes what the tenant allows of a product, from now on.
func (p *Policies) Set(ctx context.Context, r Request, c SetPolicy) (Outcome[tenantpolicy.State], error) {
	if !r.Who.Has(policyWriters...) {
		return Outcome[tenantpolicy.State]{}, ErrNotPolicyAdmin
	}
	current, offer, err := findProduct(ctx, p.Log, c.Product)
	if err != nil {
		return Outcome[tenantpolicy.State]{}, err
	}
	return p.decide(ctx, r, func(at time.Time) tenantpolicy.Command {
		return tenantpolicy.SetProduct{Product: current, Older: offer.state.OldIDs, AskedFor: c.Product, Value: c.Value, At: at}
	})
}

// SetOfferType sets the policy of a kind of third-party offers.
type SetOfferType struct {
	OfferType tenantpolicy.OfferType
	Value     domain.PolicyValue
}

// SetOfferType changes what the tenant allows of third-party offers, from now on.
func (p *Policies) SetOfferType(ctx context.Context, r Request, c SetOfferType) (Outcome[tenantpolicy.State], error) {
	if !r.Who.Has(policyWriters...) {
		return Outcome[tenantpolicy.State]{}, ErrNotPolicyAdmin
	}
	return p.decide(ctx, r, func(at time.Time) tenantpolicy.Command {
		return tenantpolicy.SetOfferType{OfferType: c.OfferType, Value: c.Value, At: at}
	})
}

// SetDefault changes what holds for every product without a policy of its own.
func (p *Policies) SetDefault(ctx context.Context, r Request, value domain.PolicyValue) (Outcome[tenantpolicy.State], error) {
	if !r.Who.Has(policyWriters...) {
		return Outcome[tenantpolicy.State]{}, ErrNotPolicyAdmin
	}
	return p.decide(ctx, r, func(at time.Time) tenantpolicy.Command {
		return tenantpolicy.SetDefault{Value: value, At: at}
	})
}

// SetRequestProcess tells people of the organisation's own way to ask for
// licences, and keeps no requests while there is one; the zero process ends it.
func (p *Policies) SetRequestProcess(ctx context.Context, r Request, process tenantpolicy.RequestProcess) (Outcome[tenantpolicy.State], error) {
	if !r.Who.Has(policyWriters...) {
		return Outcome[tenantpolicy.State]{}, ErrNotPolicyAdmin
	}
	return p.decide(ctx, r, func(at time.Time) tenantpolicy.Command {
		if process == (tenantpolicy.RequestProcess{}) {
			return tenantpolicy.EndRequestProcess{At: at}
		}
		return tenantpolicy.SetRequestProcess{Process: process, At: at}
	})
}

// RequestProcess returns the caller's organisation's own way to ask for
// licences, for everybody to read; zero: there is none.
func (p *Policies) RequestProcess(ctx context.Context, who Principal) (tenantpolicy.RequestProcess, error) {
	out, err := read(ctx, p.Log, tenantpolicy.Decider, tenantpolicy.Stream(who.Tenant))
	return out.State.Process, err
}

// Get returns the caller's tenant's policies.
func (p *Policies) Get(ctx context.Context, who Principal) (Outcome[tenantpolicy.State], error) {
	if !who.Has(policyReaders...) {
		return Outcome[tenantpolicy.State]{}, ErrNotPolicyReader
	}
	return read(ctx, p.Log, tenantpolicy.Decider, tenantpolicy.Stream(who.Tenant))
}

// Governing is what a tenant's policies say of a product, in whichever channel it
// was bought (R40, R43).
type Governing struct {
	Purchase domain.PolicyValue // whether people may buy it by themselves
	Own      bool               // that is set for the product, and not the tenant's default
	Blocked  bool               // governance keeps it out: neither bought nor assigned (R42)
}

// Governing returns what the caller's tenant's policies say of a product.
func (p *Policies) Governing(ctx context.Context, who Principal, product domain.ProductID) (g Governing, err error) {
	policies, err := p.Get(ctx, who)
	if err != nil {
		return g, err
	}
	current, offer, err := findProduct(ctx, p.Log, product)
	if err != nil {
		return g, err
	}
	org, err := read(ctx, p.Log, tenant.Decider, tenant.Stream(who.Tenant))
	g.Purchase, g.Own = policies.State.Value(current, offer.state.OldIDs...)
	g.Blocked = org.State.Blocks(current, offer.state.OldIDs...)
	return g, err
}

// PolicyChange is one change of a tenant's policies, and the fact that says so.
type PolicyChange struct {
	tenantpolicy.Change
	Fact eventstore.Fact
}

// History returns every change there ever was to the caller's tenant's
// policies, in order: who, when, from what to what (R03).
func (p *Policies) History(ctx context.Context, who Principal) ([]PolicyChange, error) {
	if !who.Has(policyReaders...) {
		return nil, ErrNotPolicyReader
	}
	h, err := load(ctx, p.Log, tenantpolicy.Decider, tenantpolicy.Stream(who.Tenant))
	if err != nil {
		return nil, err
	}
	changes := make([]PolicyChange, len(h.events))
	for i, e := range h.events {
		changes[i] = PolicyChange{Change: e.Change(), Fact: h.facts[i]}
	}
	return changes, nil
}

func (p *Policies) decide(ctx context.Context, r Request, command func(time.Time) tenantpolicy.Command) (Outcome[tenantpolicy.State], error) {
	at := now(p.Now)
	return run(ctx, p.Log.insisting(r.Revision), tenantpolicy.Decider, tenantpolicy.Stream(r.Who.Tenant), r.meta(domain.ActorAdmin, at),
		func(s tenantpolicy.State) ([]tenantpolicy.Event, error) {
			return tenantpolicy.Decider.Decide(s, command(at))
		})
}
