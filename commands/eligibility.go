package commands

import (
	"context"
	"time"

	"kassa/domain"
	"kassa/domain/user"
)

// ErrNotEligibilityAdmin: what may be bought is for the person themselves to ask
// and for those who set the rules.
var ErrNotEligibilityAdmin = &domain.Error{
	Kind: domain.Forbidden, Code: "not_eligibility_admin",
	Message: "Only a global or billing administrator may ask what somebody else can buy. Ask about yourself, or ask one of them.",
}

// ExplainEligibility asks what a checkout would be told now.
type ExplainEligibility struct {
	Person  domain.PersonID
	Product domain.ProductID // its id, or an older one
	Channel domain.Channel
	Market  string              // ISO 3166-1 alpha-2, of the billing address
	Kind    domain.PurchaseKind // empty: paid

	NeedsPaymentMethod bool // of a trial
}

// Explanation is a verdict that nobody has acted on.
type Explanation struct {
	Product domain.ProductID // the current id
	Verdict domain.Verdict
	At      time.Time
}

// MayExplain says whether who may ask what person can buy: themselves, or
// anybody in the tenant if they set its rules (R41).
func MayExplain(who Principal, person domain.PersonID) error {
	if who.Is(person) || who.Has(policyWriters...) {
		return nil
	}
	return ErrNotEligibilityAdmin
}

// Explain judges as a checkout would and records nothing: every check with its
// evidence, and the revision of what it rests on (R18-R22, R41).
func (p *Purchases) Explain(ctx context.Context, who Principal, c ExplainEligibility) (Explanation, error) {
	switch err := MayExplain(who, c.Person); {
	case err != nil:
		return Explanation{}, err
	case !c.Channel.Known():
		return Explanation{}, domain.ErrChannelUnknown
	case !domain.KnownMarket(c.Market):
		return Explanation{}, domain.ErrMarketUnknown
	case !kindKnown(c.Kind, c.NeedsPaymentMethod):
		return Explanation{}, ErrKindUnknown
	}
	buyer, err := p.buyer(ctx, who, c.Person)
	if err != nil {
		return Explanation{}, err
	}
	at := now(p.Now)
	j, err := gather(ctx, p.Log, buyer, c.Product, terms{c.Channel, c.Market, c.Kind, c.NeedsPaymentMethod}, at)
	return Explanation{Product: j.product, Verdict: j.verdict, At: at}, err
}

// buyer is whom a verdict is about: the caller as their token says, anybody else
// as the directory does.
func (p *Purchases) buyer(ctx context.Context, who Principal, person domain.PersonID) (Principal, error) {
	if who.Is(person) {
		return who, nil
	}
	known, err := load(ctx, p.Log, user.Decider, user.Stream(who.Tenant, person))
	return Principal{Tenant: who.Tenant, Person: person, Roles: known.state.Roles}, err
}
