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
	guest       bool
}

// gather reads the streams that decide whether who may buy, and judges them.
// It fails only where no verdict can be given.
func gather(ctx context.Context, l Log, who Principal, asked domain.ProductID, channel domain.Channel, market string, at time.Time) (judgement, error) {
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
	value, own := policy.state.Value(id, offer.state.OldIDs...)
	e := eligibility.Evidence{
		Channel: channel, Market: market, At: at,
		Tenant: eligibility.Tenant{
			Source: org.source(), Known: org.state.Known, Kind: org.state.Kind,
			Managed: org.state.Managed, ProductBlocked: org.state.Blocks(id, offer.state.OldIDs...),
		},
		Person: eligibility.Person{
			Source: person.source(), Known: person.state.Known, Guest: guest(who, person.state),
			Enabled: person.state.Enabled, Synced: person.state.Synced, Roles: who.Roles,
		},
		Product: eligibility.Product{
			Source: offer.source(), Listed: offer.state.Listed, SelfServiceEligible: offer.state.SelfServiceEligible,
			SaleEnds: offer.state.SaleEnds, MarketExcluded: offer.state.ExcludedIn(market, at),
		},
		Policy: eligibility.Policy{Source: policy.source(), Value: value, Own: own},
	}
	j := judgement{verdict: eligibility.Judge(e), product: id, maxQuantity: offer.state.MaxQuantity}
	if failed, refused := j.verdict.Refusal(); refused && failed.Code == domain.ErrCannotVerify.Code {
		return j, domain.ErrCannotVerify // not a verdict: worth another try
	}
	j.guest = e.Person.Guest != nil && *e.Person.Guest
	return j, nil
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

// findPrice reads what a product costs in a channel and market.
func findPrice(ctx context.Context, l Log, id domain.ProductID, channel domain.Channel, market string) (history[price.State, price.Event], error) {
	return load(ctx, l, price.Decider, price.Stream(id, channel, market))
}
