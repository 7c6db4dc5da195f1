package commands

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/google/uuid"

	"kassa/domain"
	"kassa/domain/licreq"
	"kassa/domain/subscription"
	"kassa/domain/tenant"
	"kassa/domain/tenantpolicy"
	"kassa/domain/user"
	"kassa/eventstore"
)

// LicenseRequests carries out what people ask who may not buy a product by
// themselves, and what administrators answer.
type LicenseRequests struct {
	Log
	Licenses *Licenses
	Now      func() time.Time
}

// AskForLicenses asks for licences of a product.
type AskForLicenses struct {
	Product domain.ProductID  // its id, or an older one
	Market  string            // ISO 3166-1 alpha-2, of the billing address that was given; empty: the organisation's country
	For     []domain.PersonID // of the same organisation; empty: the requester
	Reason  licreq.Reason
}

// ShareLicenseRequest shows a request to somebody.
type ShareLicenseRequest struct {
	Request licreq.ID
	With    domain.PersonID
}

// ApproveLicenseRequest gives people seats of one of the organisation's own
// subscriptions.
type ApproveLicenseRequest struct {
	Request      licreq.ID
	For          []domain.PersonID // empty: all that it asks for
	Subscription domain.SubscriptionID
}

// DenyLicenseRequest gives nobody any.
type DenyLicenseRequest struct {
	Request licreq.ID
	Reason  licreq.Denial
}

// ErrNotRequestAdmin: whoever gives licences answers requests for them.
var ErrNotRequestAdmin = &domain.Error{
	Kind: domain.Forbidden, Code: "not_request_admin",
	Message: "Only a global, license or user administrator may answer licence requests. Ask one of them.",
}

// MayAnswerLicenseRequests says whether who answers their organisation's
// requests, and so sees them all.
func MayAnswerLicenseRequests(who Principal) bool { return who.Has(licenseManagers...) }

type licenseRequest = Outcome[licreq.State]

// Ask makes a request. One person has one pending request of a product: its id
// is that of the person, the product and how many there were before, so that of
// two at once one becomes the request and the other is told of it.
func (l *LicenseRequests) Ask(ctx context.Context, r Request, c AskForLicenses) (licenseRequest, error) {
	product, _, err := findProduct(ctx, l.Log, c.Product)
	if err != nil {
		return licenseRequest{}, err
	}
	at := now(l.Now)
	for before := 0; ; before++ {
		id := licenseRequestID(r.Who, product, before)
		out, err := l.run(ctx, id, r.meta(domain.ActorPurchaser, at), func(s licreq.State) (licreq.Command, error) {
			if s.Status != licreq.StatusNone {
				return licreq.Ask{At: at}, nil
			}
			ask, err := l.ask(ctx, r.Who, c, at)
			ask.Request = id
			return ask, err
		})
		if !errors.Is(err, licreq.ErrAnswered) {
			return out, err
		}
	}
}

func licenseRequestID(who Principal, product domain.ProductID, before int) licreq.ID {
	name := "licreq/" + string(who.Tenant) + "/" + string(who.Person) + "/" + string(product) + "/" + strconv.Itoa(before)
	return licreq.ID(uuid.NewSHA1(namespace, []byte(name)).String())
}

// ask gathers what a request is decided on.
func (l *LicenseRequests) ask(ctx context.Context, who Principal, c AskForLicenses, at time.Time) (licreq.Ask, error) {
	ask := licreq.Ask{Tenant: who.Tenant, AskedFor: c.Product, Requester: who.Person, For: c.For, Reason: c.Reason, At: at}
	if len(ask.For) == 0 {
		ask.For = []domain.PersonID{who.Person}
	}
	market := c.Market
	if market == "" {
		org, err := read(ctx, l.Log, tenant.Decider, tenant.Stream(who.Tenant))
		if err != nil {
			return ask, err
		}
		market = org.State.Country
	}
	policy, err := read(ctx, l.Log, tenantpolicy.Decider, tenantpolicy.Stream(who.Tenant))
	if err != nil {
		return ask, err
	}
	ask.OwnProcess = policy.State.Process != tenantpolicy.RequestProcess{}
	j, err := gather(ctx, l.Log, who, c.Product, terms{channel: domain.SelfService, market: market}, at)
	if err != nil {
		return ask, err
	}
	ask.Product, ask.Verdict = j.product, j.verdict
	if _, refused := j.verdict.Refusal(); !refused || len(ask.For) > licreq.MaxPeople {
		return ask, nil // which is no reason to look anybody up
	}
	for _, p := range c.For {
		if err := activePerson(ctx, l.Log, who.Tenant, p); err != nil {
			return ask, err
		}
	}
	return ask, nil
}

// Share shows a pending request to a colleague too. Whoever may see it may
// share it.
func (l *LicenseRequests) Share(ctx context.Context, r Request, c ShareLicenseRequest) (licenseRequest, error) {
	seen, err := l.Get(ctx, r.Who, c.Request)
	if err != nil {
		return seen, err
	}
	kind := domain.ActorAdmin
	if seen.State.Shows(r.Who.Person) {
		kind = domain.ActorPurchaser
	}
	at := now(l.Now)
	return l.run(ctx, c.Request, r.meta(kind, at), func(licreq.State) (licreq.Command, error) {
		return licreq.Share{With: c.With, At: at}, activePerson(ctx, l.Log, r.Who.Tenant, c.With)
	})
}

// Approve says who gets a licence, and of which subscription. Fulfil then gives
// them.
func (l *LicenseRequests) Approve(ctx context.Context, r Request, c ApproveLicenseRequest) (licenseRequest, error) {
	at := now(l.Now)
	return l.answer(ctx, r, c.Request, at, func() (licreq.Command, error) {
		approve := licreq.Approve{For: c.For, Subscription: c.Subscription, At: at}
		if !isID(c.Subscription) {
			return approve, subscription.ErrUnknown
		}
		from, err := read(ctx, l.Log, subscription.Decider, subscription.Stream(c.Subscription))
		switch {
		case err != nil:
			return approve, err
		case from.State.Tenant == "" || from.State.Tenant != r.Who.Tenant:
			return approve, subscription.ErrUnknown
		case from.State.Status(at) != subscription.StatusActive && from.State.Status(at) != subscription.StatusExpired:
			return approve, subscription.ErrEnded
		}
		current, offer, err := findProduct(ctx, l.Log, from.State.Product)
		approve.Channel, approve.Of = from.State.Channel, append(offer.state.OldIDs, current)
		return approve, err
	})
}

// Deny says that nobody gets one.
func (l *LicenseRequests) Deny(ctx context.Context, r Request, c DenyLicenseRequest) (licenseRequest, error) {
	at := now(l.Now)
	return l.answer(ctx, r, c.Request, at, func() (licreq.Command, error) {
		return licreq.Deny{Reason: c.Reason, At: at}, nil
	})
}

func (l *LicenseRequests) answer(ctx context.Context, r Request, id licreq.ID, at time.Time, command func() (licreq.Command, error)) (licenseRequest, error) {
	if !MayAnswerLicenseRequests(r.Who) {
		return licenseRequest{}, ErrNotRequestAdmin
	}
	if seen, err := l.Get(ctx, r.Who, id); err != nil {
		return seen, err
	}
	return l.run(ctx, id, r.meta(domain.ActorAdmin, at), func(licreq.State) (licreq.Command, error) { return command() })
}

// Get returns a request that who may see: their own, one that was shared with
// them, or any of the organisation to those who answer them.
func (l *LicenseRequests) Get(ctx context.Context, who Principal, id licreq.ID) (licenseRequest, error) {
	if !isID(id) {
		return licenseRequest{}, licreq.ErrUnknown
	}
	out, err := read(ctx, l.Log, licreq.Decider, licreq.Stream(id))
	if err == nil && (out.State.Tenant != who.Tenant || !out.State.Shows(who.Person) && !MayAnswerLicenseRequests(who)) {
		return licenseRequest{}, licreq.ErrUnknown
	}
	return out, err
}

func (l *LicenseRequests) run(ctx context.Context, id licreq.ID, meta eventstore.Meta, command func(licreq.State) (licreq.Command, error)) (licenseRequest, error) {
	return run(ctx, l.Log, licreq.Decider, licreq.Stream(id), meta, func(s licreq.State) ([]licreq.Event, error) {
		c, err := command(s)
		if err != nil {
			return nil, err
		}
		return licreq.Decider.Decide(s, c)
	})
}

// activePerson refuses whom the tenant's directory does not know, or has closed
// out.
func activePerson(ctx context.Context, l Log, tid domain.TenantID, p domain.PersonID) error {
	if !isID(p) {
		return ErrAssigneeUnknown
	}
	person, err := read(ctx, l, user.Decider, user.Stream(tid, p))
	switch {
	case err != nil:
		return err
	case !person.State.Known, person.State.Deleted:
		return ErrAssigneeUnknown
	case !person.State.Enabled:
		return ErrAssigneeDisabled
	}
	return nil
}
