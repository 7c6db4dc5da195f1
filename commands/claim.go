package commands

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"kassa/domain"
	"kassa/domain/autoclaim"
	"kassa/domain/claim"
	"kassa/domain/subscription"
	"kassa/domain/tenant"
	"kassa/domain/user"
)

// ClaimLicense asks for a seat of a product that its caller has opened.
type ClaimLicense struct {
	Product domain.ProductID // its id, or an older one
	// Known are the subscriptions of the caller's tenant that are its own or in
	// which the caller has a seat, as far as a view can tell. Each is looked up
	// before it counts.
	Known []KnownSubscription
}

// KnownSubscription is a subscription that a view knows, and what it is of.
type KnownSubscription struct {
	ID      domain.SubscriptionID
	Product domain.ProductID
}

// Claim is what somebody has after they opened a product.
type Claim struct {
	Outcome[claim.State]
	Already bool // they had a licence before, so nothing is recorded
}

// ClaimID names the claim that a command makes, so that its retry finds it.
func ClaimID(command uuid.UUID) claim.ID { return claim.ID(derive(command, "claim").String()) }

// Claim gives a seat to whoever opened a product and has no licence of it, nor
// of what auto-claim gives in its place. A refusal is recorded, and returned as
// an error beside the outcome that holds it.
func (a *AutoClaims) Claim(ctx context.Context, r Request, c ClaimLicense) (Claim, error) {
	product, _, err := findProduct(ctx, a.Log, c.Product)
	if err != nil {
		return Claim{}, err
	}
	at, id := now(a.Now), ClaimID(r.ID)
	var had source
	started, err := run(ctx, a.Log, claim.Decider, claim.Stream(id), r.meta(domain.ActorPurchaser, at),
		func(s claim.State) ([]claim.Event, error) {
			start := claim.Start{Claim: id, Tenant: r.Who.Tenant, Product: product, AskedFor: c.Product, At: at}
			err := a.judge(ctx, r.Who, &start)
			if err == nil {
				had, err = a.sources(ctx, r.Who, c.Known, &start)
			}
			if err != nil || had.id != "" {
				return nil, err
			}
			return claim.Decider.Decide(s, start)
		})
	switch {
	case err != nil:
		return Claim{Outcome: started}, err
	case had.id != "":
		state := claim.State{Status: claim.StatusGranted, Subscription: had.id, Product: had.product}
		return Claim{Already: true, Outcome: Outcome[claim.State]{Position: had.position, State: state}}, nil
	}
	out, err := a.Finish(ctx, id)
	if err == nil {
		err = out.State.Refusal()
	}
	return Claim{Outcome: out}, err
}

// judge gathers who claims, and what their organisation gives.
func (a *AutoClaims) judge(ctx context.Context, who Principal, c *claim.Start) error {
	person, err := read(ctx, a.Log, user.Decider, user.Stream(who.Tenant, who.Person))
	if err != nil {
		return err
	}
	isGuest := guest(who, person.State)
	if isGuest == nil {
		return domain.ErrCannotVerify // never read as "no"
	}
	c.Person = claim.Person{ID: who.Person, Known: person.State.Known, Guest: *isGuest, Enabled: person.State.Enabled}
	policy, err := read(ctx, a.Log, autoclaim.Decider, autoclaim.Stream(who.Tenant))
	if err != nil {
		return err
	}
	c.Policy.On = policy.State.On
	for _, p := range policy.State.Products { // one may have been replaced since
		current, _, err := findProduct(ctx, a.Log, p)
		if err != nil {
			return err
		}
		c.Policy.Products = append(c.Policy.Products, current)
	}
	c.Policy.Blocked, err = a.blocked(ctx, who.Tenant, c.Product)
	return err
}

// blocked says whether a tenant's governance keeps a product out (R42).
func (a *AutoClaims) blocked(ctx context.Context, tid domain.TenantID, id domain.ProductID) (bool, error) {
	org, err := read(ctx, a.Log, tenant.Decider, tenant.Stream(tid))
	if err != nil {
		return false, err
	}
	_, offer, err := findProduct(ctx, a.Log, id)
	return org.State.Blocks(id, offer.state.OldIDs...), err
}

// source is a subscription as a claim sees it.
type source struct {
	id       domain.SubscriptionID
	channel  domain.Channel
	product  domain.ProductID // by its current id
	held     bool             // the person has a seat of it
	position uint64
}

// sources looks up where a seat may come from. If the person has one already,
// of what they opened or of what they would be given, it returns that.
func (a *AutoClaims) sources(ctx context.Context, who Principal, known []KnownSubscription, c *claim.Start) (had source, err error) {
	wanted := append(slices.Clip(c.Policy.Products), c.Product)
	for _, k := range known {
		current, _, err := findProduct(ctx, a.Log, k.Product)
		if err != nil {
			return had, err
		}
		if !slices.Contains(wanted, current) {
			continue
		}
		s, usable, err := a.source(ctx, k.ID, who, c.At)
		switch {
		case err != nil:
			return had, err
		case usable && s.held:
			return s, nil
		case usable:
			c.Sources = append(c.Sources, claim.Source{Subscription: k.ID, Channel: s.channel, Product: s.product})
		}
	}
	return had, nil
}

// source reads a subscription of the caller's tenant; usable is false of any
// other, and of one that has ended.
func (a *AutoClaims) source(ctx context.Context, id domain.SubscriptionID, who Principal, at time.Time) (s source, usable bool, err error) {
	out, err := read(ctx, a.Log, subscription.Decider, subscription.Stream(id))
	if err != nil || out.State.Tenant == "" || out.State.Tenant != who.Tenant {
		return s, false, err
	}
	product, _, err := findProduct(ctx, a.Log, out.State.Product)
	if err != nil {
		return s, false, err
	}
	status := out.State.Status(at)
	return source{id, out.State.Channel, product, out.State.Holds(who.Person), out.Position},
		status == subscription.StatusActive || status == subscription.StatusExpired, nil
}
