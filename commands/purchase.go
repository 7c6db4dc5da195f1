package commands

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"kassa/domain"
	"kassa/domain/purchase"
)

// Purchases carries out what people ask about buying.
type Purchases struct {
	Log
	Gateway gateway
	Taxes   taxes // nil: the standard ones
	Now     func() time.Time
}

// StartPurchase is what a buyer asks for; the price and the verdict are ours to
// find.
type StartPurchase struct {
	Product    domain.ProductID // its id, or an older one
	Quantity   int64            // seats
	Market     string           // ISO 3166-1 alpha-2, of the billing address
	Channel    domain.Channel
	EntryPoint domain.EntryPoint
	Email      string // optional: the address given before signing in (R10)
	Currency   string // optional: the currency the buyer expects, ISO 4217

	// A paid purchase says neither, so that its digest is what it always was.
	Kind               domain.PurchaseKind `json:",omitzero"` // empty: paid
	NeedsPaymentMethod bool                `json:",omitzero"` // of a trial: it becomes paid by itself when it ends

	Frequency domain.Term `json:",omitzero"` // of payments; empty: one pays for the whole term
}

// SubmitPurchase is the buyer's consent to a quote.
type SubmitPurchase struct {
	Purchase      domain.PurchaseID
	PaymentKind   purchase.PaymentKind // empty: a credit card for self-service, the agreement for central, and nothing for a trial that needs nothing
	Card          string               // the gateway's token, or the id of a card of the buyer's; empty: their default
	Terms         string               // version agreed to
	PrivacyNotice string               // version shown
}

// Refusals of a request that never becomes a checkout.
var (
	ErrEntryPointUnknown = &domain.Error{
		Kind: domain.Invalid, Code: "entry_point_unknown",
		Message: "The entry point must be website or in_app. Correct it.",
	}
	ErrKindUnknown = &domain.Error{
		Kind: domain.Invalid, Code: "purchase_kind_unknown",
		Message: "Give the kind as paid or trial; only a trial can need a payment method without being paid.",
	}
	ErrFrequencyUnavailable = domain.Refuse("frequency_unavailable",
		"This product is not sold in payments of that length in this market. Leave the frequency out to pay the whole term at once.")
	ErrCurrencyMismatch = domain.Refuse("currency_mismatch",
		"This product is not sold in that currency in this market. Leave the currency out, or choose another market.")
)

// PurchaseID names the checkout that a command opens, so that its retry finds it.
func PurchaseID(command uuid.UUID) domain.PurchaseID {
	return domain.PurchaseID(derive(command, "purchase").String())
}

// SubscriptionID names the subscription that a purchase leads to.
func SubscriptionID(id domain.PurchaseID) domain.SubscriptionID {
	return domain.SubscriptionID(uuid.NewSHA1(namespace, []byte("subscription/"+string(id))).String())
}

// Start opens a checkout: it judges the buyer and quotes a price (R09-R12,
// R19-R22, R34). A refusal by a rule is recorded, and returned as an error
// beside the outcome that holds it (R20).
func (p *Purchases) Start(ctx context.Context, r Request, c StartPurchase) (Outcome[purchase.State], error) {
	if err := c.check(r.Who); err != nil {
		return Outcome[purchase.State]{}, err
	}
	at, id := now(p.Now), PurchaseID(r.ID)
	out, err := run(ctx, p.Log, purchase.Decider, purchase.Stream(id), r.meta(c.capacity(), at),
		func(s purchase.State) ([]purchase.Event, error) {
			open, err := p.open(ctx, r.Who, c, at)
			if err != nil {
				return nil, err
			}
			open.Purchase, open.OrderNumber = id, domain.OrderNumber(id)
			return purchase.Decider.Decide(s, open)
		})
	if err != nil {
		return out, err
	}
	return out, out.State.Refusal()
}

// Submit orders what was quoted. The buyer is judged again: a policy may have
// changed since (R41). Charging the card is the next step, Settle.
func (p *Purchases) Submit(ctx context.Context, r Request, c SubmitPurchase) (Outcome[purchase.State], error) {
	at := now(p.Now)
	quoted, err := p.Get(ctx, r.Who, c.Purchase)
	if err != nil {
		return quoted, err
	}
	kind := domain.ActorPurchaser
	if quoted.State.Channel == domain.Central {
		kind = domain.ActorAdmin
	}
	out, err := run(ctx, p.Log, purchase.Decider, purchase.Stream(c.Purchase), r.meta(kind, at),
		func(s purchase.State) ([]purchase.Event, error) {
			submit, err := p.submit(ctx, r.Who, s, c, at)
			if err != nil {
				return nil, err
			}
			return purchase.Decider.Decide(s, submit)
		})
	if err != nil {
		return out, err
	}
	return out, out.State.Refusal()
}

// Load returns a checkout as it stands, whoever's it is: for Kassa itself.
func (p *Purchases) Load(ctx context.Context, id domain.PurchaseID) (Outcome[purchase.State], error) {
	return read(ctx, p.Log, purchase.Decider, purchase.Stream(id))
}

// Get returns one of the caller's own checkouts.
func (p *Purchases) Get(ctx context.Context, who Principal, id domain.PurchaseID) (Outcome[purchase.State], error) {
	if !isID(id) {
		return Outcome[purchase.State]{}, purchase.ErrUnknown
	}
	out, err := p.Load(ctx, id)
	if err == nil && !theirs(out.State, who) {
		return Outcome[purchase.State]{}, purchase.ErrUnknown
	}
	return out, err
}

// theirs says whether who started a checkout. A partner's person starts none
// but central ones, so another's is not theirs even if the two had one id.
func theirs(s purchase.State, who Principal) bool {
	return s.Tenant == who.Tenant && s.Person == who.Person && (who.Partner == "" || s.Channel == domain.Central)
}

// Declined returns a checkout as it stood when an attempt to pay was declined,
// so that a repeated submission is answered as the first was.
func (p *Purchases) Declined(ctx context.Context, id domain.PurchaseID, attempt int) (Outcome[purchase.State], error) {
	h, err := load(ctx, p.Log, purchase.Decider, purchase.Stream(id))
	if err != nil {
		return Outcome[purchase.State]{}, err
	}
	for i, e := range h.events {
		if declined, ok := e.(purchase.PaymentDeclined); ok && declined.Attempt == attempt {
			return h.upTo(purchase.Decider, i), nil
		}
	}
	return Outcome[purchase.State]{}, fmt.Errorf("attempt %d of purchase %s was not declined", attempt, id)
}

func (c StartPurchase) check(who Principal) error {
	switch {
	case !c.Channel.Known():
		return domain.ErrChannelUnknown
	case c.Channel != domain.Central && who.Partner != "":
		return ErrPartnerLooksOnly
	case c.Channel == domain.Central && !who.Has(centralBuyers...):
		return ErrNotCentralBuyer
	case !kindKnown(c.Kind, c.NeedsPaymentMethod):
		return ErrKindUnknown
	case domain.Yearly.Payments(c.Frequency) == 0:
		return domain.ErrFrequencyUnknown
	case c.EntryPoint != domain.Website && c.EntryPoint != domain.InApp:
		return ErrEntryPointUnknown
	case !domain.KnownMarket(c.Market):
		return domain.ErrMarketUnknown
	}
	return nil
}

// kindKnown says whether there is such a kind; only a trial needs a payment
// method without being paid.
func kindKnown(k domain.PurchaseKind, needsPaymentMethod bool) bool {
	return k == domain.Trial || (k == "" || k == domain.Paid) && !needsPaymentMethod
}

func (c StartPurchase) capacity() domain.ActorKind {
	if c.Channel == domain.Central {
		return domain.ActorAdmin
	}
	return domain.ActorPurchaser
}

// terms are those of which a verdict is given.
func (c StartPurchase) terms() terms {
	return terms{c.Channel, c.Market, c.Kind, c.NeedsPaymentMethod}
}

// open gathers what opening a checkout is decided on.
func (p *Purchases) open(ctx context.Context, who Principal, c StartPurchase, at time.Time) (purchase.Open, error) {
	var open purchase.Open
	e, err := gather(ctx, p.Log, who, c.Product, c.terms(), at)
	if err != nil {
		return open, err
	}
	open = purchase.Open{
		Tenant: who.Tenant, Product: e.product, AskedFor: c.Product, Channel: c.Channel, EntryPoint: c.EntryPoint,
		Market: c.Market, Person: who.Person, Home: who.home(), Guest: e.guest, Quantity: c.Quantity, MaxQuantity: e.maxQuantity,
		Verdict: e.verdict, At: at,
		Trial: purchase.Trial{Asked: c.Kind == domain.Trial, NeedsPaymentMethod: c.NeedsPaymentMethod, Days: e.trialDays},
		Tax:   p.Tax(c.Market, at),
	}
	if _, refused := e.verdict.Refusal(); refused {
		return open, nil
	}
	prices, err := findPrice(ctx, p.Log, e.product, c.Channel, c.Market, c.Frequency)
	if err != nil {
		return open, err
	}
	tag, revision, ok := prices.state.At(at)
	switch {
	case !ok && c.Frequency != "":
		return open, ErrFrequencyUnavailable
	case !ok:
		return open, purchase.ErrNoPrice
	case c.Currency != "" && c.Currency != tag.Amount.Currency:
		return open, ErrCurrencyMismatch
	}
	open.Unit, open.Term, open.Frequency = tag.Amount, tag.Term, tag.Frequency
	open.PriceStream, open.PriceRevision = prices.stream, revision
	return open, nil
}

// submit gathers what an order is decided on.
func (p *Purchases) submit(ctx context.Context, who Principal, s purchase.State, c SubmitPurchase, at time.Time) (purchase.Submit, error) {
	submit := purchase.Submit{
		Person: who.Person, Kind: c.PaymentKind, Terms: c.Terms, PrivacyNotice: c.PrivacyNotice,
		Subscription: SubscriptionID(s.Purchase), At: at,
	}
	switch {
	case submit.Kind == "" && s.Channel == domain.Central:
		submit.Kind = purchase.Agreement
	case submit.Kind == "" && (s.Kind != domain.Trial || s.NeedsPaymentMethod):
		submit.Kind = purchase.CreditCard
	}
	e, err := gather(ctx, p.Log, who, s.Product, terms{s.Channel, s.Market, s.Kind, s.NeedsPaymentMethod}, at)
	if err != nil {
		return submit, err
	}
	submit.Verdict = e.verdict
	if submit.Kind == purchase.CreditCard || c.Card != "" && submit.Kind == "" {
		if submit.Card, err = chosen(ctx, p.Log, p.Gateway, who, c.Card, at); err != nil {
			return submit, err
		}
	}
	return submit, nil
}

// Settle begins a submitted purchase's trial, or charges its card, or learns what an earlier try to
// do so came to, and records it. The key given to the gateway is the purchase
// and its attempt: a second call never charges twice.
func (p *Purchases) Settle(ctx context.Context, id domain.PurchaseID) (Outcome[purchase.State], error) {
	h, err := load(ctx, p.Log, purchase.Decider, purchase.Stream(id))
	if err != nil || h.state.Status != purchase.StatusSubmitted {
		return h.outcome(), err
	}
	if h.state.Kind == domain.Trial {
		return p.beginTrial(ctx, h)
	}
	charge, err := charge(ctx, p.Gateway, purchase.PaymentKey(id, h.state.Attempt), h.state.Card.Token, h.state.Total)
	if err != nil {
		return h.outcome(), err
	}
	submitted := h.facts[len(h.facts)-1] // nothing follows Submitted but its settlement
	meta := follow(submitted.Meta, submitted.ID, "settle", now(p.Now))
	return run(ctx, p.Log, purchase.Decider, purchase.Stream(id), meta, func(s purchase.State) ([]purchase.Event, error) {
		if charge.Status == domain.ChargeDeclined {
			return purchase.Decider.Decide(s, purchase.Declined{
				Attempt: h.state.Attempt, Code: charge.DeclineCode, Retriable: charge.Retriable, At: meta.At,
			})
		}
		return purchase.Decider.Decide(s, purchase.Charged{
			Attempt: h.state.Attempt, Amount: charge.Amount, Reference: charge.ID, Subscription: s.Subscription, At: meta.At,
		})
	})
}
