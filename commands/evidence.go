package commands

import (
	"context"
	"fmt"
	"time"

	"kassa/domain"
	"kassa/domain/eligibility"
	"kassa/domain/price"
	"kassa/domain/product"
	"kassa/domain/tenant"
	"kassa/domain/tenantpolicy"
	"kassa/domain/trial"
	"kassa/domain/user"
)

// read folds a stream without deciding anything.
func read[S, C any, E domain.Event](ctx context.Context, l Log, d domain.Decider[S, C, E], stream string) (Outcome[S], error) {
	h, err := load(ctx, l, d, stream)
	return h.outcome(), err
}

// judgement is a verdict and what else was learnt on the way to it.
type judgement struct {
	verdict     domain.Verdict
	product     domain.ProductID // the current id
	maxQuantity int64
	trialDays   int64
	guest       bool
}

// terms are on what a product is to be had.
type terms struct {
	channel            domain.Channel
	market             string // ISO 3166-1 alpha-2
	kind               domain.PurchaseKind
	needsPaymentMethod bool // of a trial
}

// gather reads the streams that decide whether who may buy, and judges them.
// It fails only where no verdict can be given.
func gather(ctx context.Context, l Log, who Principal, asked domain.ProductID, on terms, at time.Time) (judgement, error) {
	id, offer, err := findProduct(ctx, l, asked)
	if err != nil {
		return judgement{}, err
	}
	org, err := load(ctx, l, tenant.Decider, tenant.Stream(who.Tenant))
	if err != nil {
		return judgement{}, err
	}
	person, err := load(ctx, l, user.Decider, user.Stream(who.home(), who.Person))
	if err != nil {
		return judgement{}, err
	}
	policy, err := load(ctx, l, tenantpolicy.Decider, tenantpolicy.Stream(who.Tenant))
	if err != nil {
		return judgement{}, err
	}
	tried, err := load(ctx, l, trial.Decider, trial.Stream(who.Tenant, who.Person))
	if err != nil {
		return judgement{}, err
	}
	e := eligibility.Evidence{
		Channel: on.channel, Market: on.market, Kind: on.kind, NeedsPaymentMethod: on.needsPaymentMethod, At: at,
		Tenant: eligibility.Tenant{
			Source: org.source(), Known: org.state.Known, Kind: org.state.Kind,
			Managed: org.state.Managed, ProductBlocked: org.state.Blocks(id, offer.state.OldIDs...),
		},
		Person: eligibility.Person{
			Source: person.source(), Known: person.state.Known, Guest: guest(who, person.state),
			Enabled: person.state.Enabled, Synced: person.state.Synced, Roles: who.Roles,
			Trials: eligibility.Trials{Source: tried.source(), Used: tried.state.Used(id, offer.state.OldIDs...) != ""},
		},
		Product: sold(offer, on.market, at),
		Policy:  allows(policy, id, offer.state.OldIDs),
	}
	j := judgement{verdict: eligibility.Judge(e), product: id, maxQuantity: offer.state.MaxQuantity, trialDays: offer.state.Trial().Days}
	if on.kind == domain.Trial {
		j.maxQuantity = offer.state.Trial().Seats
	}
	if failed, refused := j.verdict.Refusal(); refused && failed.Code == domain.ErrCannotVerify.Code {
		return j, domain.ErrCannotVerify // not a verdict: worth another try
	}
	j.guest = e.Person.Guest != nil && *e.Person.Guest
	return j, nil
}

// sold is what the catalogue says of a product.
func sold(offer history[product.State, product.Event], market string, at time.Time) eligibility.Product {
	s := offer.state
	return eligibility.Product{
		Source: offer.source(), Listed: s.Listed, SelfServiceEligible: s.SelfServiceEligible, SaleEnds: s.SaleEnds,
		MarketExcluded: s.ExcludedIn(market, at), TrialWithPayment: s.Trial().WithPaymentMethod, TrialWithoutPayment: s.Trial().WithoutPaymentMethod,
	}
}

// allows is what a tenant's policy says of a product.
func allows(policy history[tenantpolicy.State, tenantpolicy.Event], id domain.ProductID, older []domain.ProductID) eligibility.Policy {
	value, own := policy.state.Value(id, older...)
	return eligibility.Policy{Source: policy.source(), Value: value, Own: own}
}

// guest joins what the token and the directory say. Either may call somebody a
// guest; where neither can tell, nobody guesses (R19, R21).
func guest(who Principal, known user.State) *bool {
	if known.Known && (who.Guest == nil || known.Guest) {
		return &known.Guest
	}
	return who.Guest
}

// source says where evidence was read, and how far.
func (h history[S, E]) source() eligibility.Source {
	return eligibility.Source{Stream: h.stream, Revision: int64(h.revision())}
}

// aliasHops bounds how many times an id may have been replaced.
const aliasHops = 8

// findProduct follows older ids to the product that replaced them.
func findProduct(ctx context.Context, l Log, asked domain.ProductID) (domain.ProductID, history[product.State, product.Event], error) {
	id := asked
	if !id.Valid() {
		return id, history[product.State, product.Event]{}, product.ErrUnknown
	}
	for range aliasHops {
		h, err := load(ctx, l, product.Decider, product.Stream(id))
		switch {
		case err != nil:
			return id, h, err
		case h.state.ReplacedBy != "":
			id = h.state.ReplacedBy
		case !h.state.Listed:
			return id, h, product.ErrUnknown
		default:
			return id, h, nil
		}
	}
	return id, history[product.State, product.Event]{}, fmt.Errorf("product %s was replaced more than %d times", asked, aliasHops)
}

// findPrice reads what a product costs in a channel and market, where a term is
// paid so often.
func findPrice(ctx context.Context, l Log, id domain.ProductID, channel domain.Channel, market string, frequency domain.Term) (history[price.State, price.Event], error) {
	return load(ctx, l, price.Decider, price.StreamPaid(id, channel, market, frequency))
}
