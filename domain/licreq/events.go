package licreq

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
	// Requested asks for licences. Why its requester may not buy is among Checks.
	Requested struct {
		Request   ID                `json:"requestId"`
		Tenant    domain.TenantID   `json:"tenantId"`
		Product   domain.ProductID  `json:"productId"` // the current id
		AskedFor  domain.ProductID  `json:"askedFor"`  // the id the requester gave; an older alias perhaps
		Requester domain.PersonID   `json:"requesterOid"`
		For       []domain.PersonID `json:"forOids"` // colleagues, the requester perhaps among them
		Reason    Reason            `json:"reason"`
		Refusal   string            `json:"refusal"` // the check that keeps the requester from buying
		Checks    []domain.Check    `json:"checks"`
		ExpiresAt time.Time         `json:"expiresAt"`
		At        time.Time         `json:"at"`
	}
	// Shared shows it to a colleague too.
	Shared struct {
		With domain.PersonID `json:"withOid"`
		At   time.Time       `json:"at"`
	}
	// Approved says that everybody it asks for is to get a licence of a central
	// subscription.
	Approved struct {
		For          []domain.PersonID     `json:"forOids"`
		Subscription domain.SubscriptionID `json:"subscriptionId"`
		At           time.Time             `json:"at"`
	}
	// PartlyApproved says so of some of them. The others get none.
	PartlyApproved struct {
		For          []domain.PersonID     `json:"forOids"`
		Subscription domain.SubscriptionID `json:"subscriptionId"`
		At           time.Time             `json:"at"`
	}
	// Denied says that nobody gets one.
	Denied struct {
		Reason Denial    `json:"reason"`
		At     time.Time `json:"at"`
	}
	// SeatMissed says that all seats are taken, so that an approved person waits
	// for one.
	SeatMissed struct {
		Person domain.PersonID `json:"userOid"`
		At     time.Time       `json:"at"`
	}
	// Given says that an approved person has their licence.
	Given struct {
		Person       domain.PersonID       `json:"userOid"`
		Subscription domain.SubscriptionID `json:"subscriptionId"`
		At           time.Time             `json:"at"`
	}
	// NotGiven says that an approved person cannot have it, and why.
	NotGiven struct {
		Person domain.PersonID `json:"userOid"`
		Code   string          `json:"code"`
		At     time.Time       `json:"at"`
	}
	// Expired ends a request that nobody answered, or the wait of those whom it
	// brought no licence.
	Expired struct {
		At time.Time `json:"at"` // twelve months after it was made, whenever that was noticed
	}
)

func (Requested) EventType() string      { return "licreq.requested.v1" }
func (Shared) EventType() string         { return "licreq.shared.v1" }
func (Approved) EventType() string       { return "licreq.approved.v1" }
func (PartlyApproved) EventType() string { return "licreq.partly_approved.v1" }
func (Denied) EventType() string         { return "licreq.denied.v1" }
func (SeatMissed) EventType() string     { return "licreq.seat_missed.v1" }
func (Given) EventType() string          { return "licreq.given.v1" }
func (NotGiven) EventType() string       { return "licreq.not_given.v1" }
func (Expired) EventType() string        { return "licreq.expired.v1" }
