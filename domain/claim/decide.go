package claim

import (
	"slices"
	"time"

	"kassa/domain"
)

// Command is sealed; each command carries its own rule.
type Command interface{ decide(State) ([]Event, error) }

// Refusals of a claim, beside those that judge a buyer too.
var (
	ErrOff        = domain.Refuse("auto_claim_off", "Your organisation gives nobody a licence for opening a product. Ask for one, or contact your IT admin.")
	ErrNotCovered = domain.Refuse("auto_claim_not_covered", "Your organisation gives nobody a licence for opening this product. Ask for one, or contact your IT admin.")
	ErrNoSeat     = &domain.Error{Kind: domain.Conflict, Code: "auto_claim_no_seat", Message: "All of your organisation's licences of this product are taken. Contact your IT admin."}
	ErrGuest      = domain.Refuse("auto_claim_guest", "You are a guest in this organisation, and guests get no licence for opening a product. Sign in to your own organisation instead.")

	refusals = []*domain.Error{ErrOff, ErrNotCovered, ErrNoSeat, ErrGuest}
)

// MaxSources is how many subscriptions a claim looks for a seat in.
const MaxSources = 50

// Start opens a claim of somebody who has no licence of what auto-claim gives.
type Start struct {
	Claim    ID
	Tenant   domain.TenantID
	Product  domain.ProductID // the current id
	AskedFor domain.ProductID
	Person   Person
	Policy   Policy
	Sources  []Source // of the tenant, as far as they are known
	At       time.Time
}

// Person is who claims, as the tenant's directory knows them.
type Person struct {
	ID      domain.PersonID
	Known   bool
	Guest   bool
	Enabled bool
}

// Policy is what the tenant gives to whoever opens it.
type Policy struct {
	On       bool
	Products []domain.ProductID // by their current ids, the primary one first
	Blocked  bool               // governance keeps the product that was opened out (R42)
}

// Source is a subscription that a seat might come from.
type Source struct {
	Subscription domain.SubscriptionID
	Channel      domain.Channel
	Product      domain.ProductID // by its current id
}

func (c Start) decide(s State) ([]Event, error) {
	if s.Status != StatusNone {
		return nil, nil
	}
	started := Started{Claim: c.Claim, Tenant: c.Tenant, Person: c.Person.ID, Product: c.Product, AskedFor: c.AskedFor, At: c.At}
	refusal := c.refusal()
	if refusal == nil {
		started.From = c.sources()
	}
	if refusal == nil && len(started.From) == 0 {
		refusal = ErrNoSeat
	}
	if refusal != nil {
		return []Event{started, Refused{Code: refusal.Code, At: c.At}}, nil
	}
	return []Event{started}, nil
}

// refusal is why the claim comes to nothing wherever there are seats.
func (c Start) refusal() *domain.Error {
	switch {
	case !c.Person.Known:
		return domain.ErrPersonUnknown
	case c.Person.Guest:
		return ErrGuest
	case !c.Person.Enabled:
		return domain.ErrAccountDisabled
	case !c.Policy.On:
		return ErrOff
	case !slices.Contains(c.Policy.Products, c.Product):
		return ErrNotCovered
	case c.Policy.Blocked:
		return domain.ErrProductBlocked
	}
	return nil
}

// sources are the organisation's own subscriptions of the policy's products, in
// the policy's order.
func (c Start) sources() []domain.SubscriptionID {
	var from []domain.SubscriptionID
	for _, p := range c.Policy.Products {
		for _, s := range c.Sources {
			if s.Product == p && s.Channel == domain.Central && len(from) < MaxSources {
				from = append(from, s.Subscription)
			}
		}
	}
	return from
}

// Grant says that the person has a licence now, whatever was said before.
type Grant struct {
	Subscription domain.SubscriptionID
	Product      domain.ProductID
	At           time.Time
}

func (c Grant) decide(s State) ([]Event, error) {
	if s.Status == StatusNone || s.Status == StatusGranted {
		return nil, nil
	}
	return []Event{Granted(c)}, nil
}

// Refuse says that nothing could be had from anywhere.
type Refuse struct {
	Code string
	At   time.Time
}

func (c Refuse) decide(s State) ([]Event, error) {
	if s.Status != StatusStarted {
		return nil, nil
	}
	return []Event{Refused(c)}, nil
}
