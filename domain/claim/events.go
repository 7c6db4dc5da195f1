package claim

import (
	"time"

	"kassa/domain"
)

// Event is sealed: only this file's types satisfy it.
type Event interface {
	domain.Event
	evolve(State) State
}

// These structs are the storage format. Add optional fields freely; for
// anything else declare a new version and an upcaster.
type (
	// Started says that somebody opened a product without a licence of it.
	Started struct {
		Claim    ID                      `json:"claimId"`
		Tenant   domain.TenantID         `json:"tenantId"`
		Person   domain.PersonID         `json:"oid"`
		Product  domain.ProductID        `json:"productId"` // the current id
		AskedFor domain.ProductID        `json:"askedFor"`  // the id that was opened; an older alias perhaps
		From     []domain.SubscriptionID `json:"from"`      // where a seat may come from, in order; none where it was refused at once
		At       time.Time               `json:"at"`
	}
	// Granted says that they have a licence now.
	Granted struct {
		Subscription domain.SubscriptionID `json:"subscriptionId"`
		Product      domain.ProductID      `json:"productId"` // of the subscription; the one opened, or another of the policy
		At           time.Time             `json:"at"`
	}
	// Refused says that they got none, and why.
	Refused struct {
		Code string    `json:"code"`
		At   time.Time `json:"at"`
	}
)

func (Started) EventType() string { return "claim.started.v1" }
func (Granted) EventType() string { return "claim.granted.v1" }
func (Refused) EventType() string { return "claim.refused.v1" }
