package commands

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/google/uuid"

	"kassa/domain"
	"kassa/domain/centralisation"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
)

// Centralisations carries out what administrators ask about taking over what
// people bought by themselves (R45-R47). What that leads to is done by the steps
// Purchase, Assign, Ask, Follow and Finish, which Kassa takes itself in the name
// of whoever started it.
//
// A global administrator runs a centralisation, because it gives licences and
// speaks to purchasers. A billing administrator may buy what it needs.
type Centralisations struct {
	Log
	Purchases *Purchases
	Licenses  *Licenses
	Requests  *CancellationRequests
	Now       func() time.Time
}

// PlanCentralisation is what to plan. Sources and Pools come from a view, which
// may be a little old: they are looked at again, and what is no longer so is
// left out.
type PlanCentralisation struct {
	Product domain.ProductID        // its id, or an older one
	Market  string                  // whose agreement price counts; empty: the organisation's country
	Keep    bool                    // nobody is asked to cancel (R45)
	Sources []domain.SubscriptionID // that people bought by themselves
	Pools   []domain.SubscriptionID // that the organisation has
	AsOf    uint64                  // the position of that view
}

// BuyCentral is an administrator's consent to buy what is missing.
type BuyCentral struct {
	Centralisation domain.CentralisationID
	Terms          string // version agreed to
	PrivacyNotice  string // version shown
}

// ChooseTarget names what the organisation has already.
type ChooseTarget struct {
	Centralisation domain.CentralisationID
	Subscription   domain.SubscriptionID
}

// Refusals of a centralisation by who asks, or for what.
var (
	ErrNotCentraliser = &domain.Error{
		Kind: domain.Forbidden, Code: "not_centraliser",
		Message: "Only a global administrator may centralise what people bought by themselves. Ask one of them.",
	}
	ErrNotCentralisationReader = &domain.Error{
		Kind: domain.Forbidden, Code: "not_centralisation_reader",
		Message: "Only a global or billing administrator or a global reader may see what a centralisation would save. Ask one of them.",
	}
	ErrNotTarget = domain.Refuse("not_a_target",
		"That is not a subscription to this product which the organisation bought. Choose one, or buy seats.")
	ErrNotSource = domain.Refuse("not_a_source",
		"That is not a subscription to this product which somebody bought by themselves. Leave it out.")
)

var centralisers = []string{domain.RoleGlobalAdmin}

type centralised = Outcome[centralisation.State]

// CentralisationID names the nth centralisation of a product in a tenant. There
// is no nth before the one before it has ended, so of each product one is open
// at a time, whoever asks and however many at once.
func CentralisationID(tenant domain.TenantID, product domain.ProductID, n int) domain.CentralisationID {
	name := "centralisation/" + string(tenant) + "/" + string(product) + "/" + strconv.Itoa(n)
	return domain.CentralisationID(uuid.NewSHA1(namespace, []byte(name)).String())
}

// Preview says what a centralisation would come to, and records nothing.
func (c *Centralisations) Preview(ctx context.Context, who Principal, p PlanCentralisation) (centralisation.Plan, centralisation.Planned, error) {
	if !who.Has(policyReaders...) {
		return centralisation.Plan{}, centralisation.Planned{}, ErrNotCentralisationReader
	}
	plan, err := c.plan(ctx, who, p, now(c.Now))
	if err != nil {
		return plan, centralisation.Planned{}, err
	}
	worth, err := plan.Worth()
	return plan, worth, err
}

// Start plans a centralisation and opens it.
func (c *Centralisations) Start(ctx context.Context, r Request, p PlanCentralisation) (centralised, error) {
	if !r.Who.Has(centralisers...) {
		return centralised{}, ErrNotCentraliser
	}
	product, _, err := findProduct(ctx, c.Log, p.Product)
	if err != nil {
		return centralised{}, err
	}
	at := now(c.Now)
	for n := 1; ; n++ {
		id := CentralisationID(r.Who.Tenant, product, n)
		out, err := run(ctx, c.Log, centralisation.Decider, centralisation.Stream(id), r.meta(domain.ActorAdmin, at),
			func(s centralisation.State) ([]centralisation.Event, error) {
				if s.Centralisation != "" {
					return centralisation.Decider.Decide(s, centralisation.Plan{})
				}
				plan, err := c.plan(ctx, r.Who, p, at)
				if err != nil {
					return nil, err
				}
				plan.Centralisation = id
				return centralisation.Decider.Decide(s, plan)
			})
		if !errors.Is(err, centralisation.ErrOver) {
			return out, err
		}
	}
}

// Get returns one of the caller's organisation.
func (c *Centralisations) Get(ctx context.Context, who Principal, id domain.CentralisationID) (centralised, error) {
	if !isID(id) {
		return centralised{}, centralisation.ErrUnknown
	}
	out, err := c.Load(ctx, id)
	if err == nil && (out.State.Tenant == "" || out.State.Tenant != who.Tenant) {
		return centralised{}, centralisation.ErrUnknown
	}
	return out, err
}

// Load returns one as it stands, whoever's it is: for Kassa itself.
func (c *Centralisations) Load(ctx context.Context, id domain.CentralisationID) (centralised, error) {
	return read(ctx, c.Log, centralisation.Decider, centralisation.Stream(id))
}

// Buy orders a seat for everybody who still needs one, under the organisation's
// agreement (R46).
func (c *Centralisations) Buy(ctx context.Context, r Request, b BuyCentral) (centralised, error) {
	if b.Terms == "" || b.PrivacyNotice == "" {
		return centralised{}, purchase.ErrTerms
	}
	return c.change(ctx, r, b.Centralisation, centralBuyers, ErrNotCentralBuyer,
		centralisation.Order{Terms: b.Terms, PrivacyNotice: b.PrivacyNotice, At: now(c.Now)})
}

// Choose has people get licences of what the organisation has already (R45).
func (c *Centralisations) Choose(ctx context.Context, r Request, t ChooseTarget) (centralised, error) {
	out, err := c.Get(ctx, r.Who, t.Centralisation)
	if err != nil {
		return out, err
	}
	at := now(c.Now)
	if err := c.mayBeTarget(ctx, out.State, t.Subscription, at); err != nil {
		return centralised{}, err
	}
	return c.change(ctx, r, t.Centralisation, centralisers, ErrNotCentraliser,
		centralisation.Choose{Subscription: t.Subscription, At: at})
}

// Close ends a centralisation without waiting for the answers that are missing.
func (c *Centralisations) Close(ctx context.Context, r Request, id domain.CentralisationID) (centralised, error) {
	return c.change(ctx, r, id, centralisers, ErrNotCentraliser, centralisation.Close{Early: true, At: now(c.Now)})
}

// Withdraw ends a centralisation before anybody was asked to cancel.
func (c *Centralisations) Withdraw(ctx context.Context, r Request, id domain.CentralisationID) (centralised, error) {
	return c.change(ctx, r, id, centralisers, ErrNotCentraliser, centralisation.Withdraw{At: now(c.Now)})
}

func (c *Centralisations) change(ctx context.Context, r Request, id domain.CentralisationID, roles []string, denied error, command centralisation.Command) (centralised, error) {
	if _, err := c.Get(ctx, r.Who, id); err != nil {
		return centralised{}, err
	}
	if !r.Who.Has(roles...) {
		return centralised{}, denied
	}
	return run(ctx, c.Log, centralisation.Decider, centralisation.Stream(id), r.meta(domain.ActorAdmin, now(c.Now)),
		func(s centralisation.State) ([]centralisation.Event, error) {
			return centralisation.Decider.Decide(s, command)
		})
}

func (c *Centralisations) mayBeTarget(ctx context.Context, s centralisation.State, id domain.SubscriptionID, at time.Time) error {
	if !isID(id) {
		return subscription.ErrUnknown
	}
	target, err := read(ctx, c.Log, subscription.Decider, subscription.Stream(id))
	if err != nil {
		return err
	}
	_, offer, err := findProduct(ctx, c.Log, s.Product)
	switch {
	case err != nil:
		return err
	case target.State.Tenant == "" || target.State.Tenant != s.Tenant:
		return subscription.ErrUnknown
	case target.State.Channel != domain.Central || !sells(s.Product, offer.state.OldIDs, target.State.Product):
		return ErrNotTarget
	case target.State.Status(at) == subscription.StatusDisabled || target.State.Status(at) == subscription.StatusDeleted:
		return subscription.ErrEnded
	}
	return nil
}
