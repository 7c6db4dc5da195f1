package license

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
	// Assigned gives a person the product. The stream's name is the
	// subscription and the person, so nobody holds two seats of one
	// subscription.
	Assigned struct {
		Subscription   domain.SubscriptionID `json:"subscriptionId"`
		Product        domain.ProductID      `json:"productId"`
		Assignee       domain.PersonID       `json:"assigneeOid"`
		AssigneeTenant domain.TenantID       `json:"assigneeTid"` // the subscription's own (R23)
		Via            Via                   `json:"via"`
		At             time.Time             `json:"at"`
	}
	// Unassigned takes it back; the seat is released by a later step.
	Unassigned struct {
		Subscription domain.SubscriptionID `json:"subscriptionId"`
		Assignee     domain.PersonID       `json:"assigneeOid"`
		Cause        Cause                 `json:"cause"`
		At           time.Time             `json:"at"`
	}
)

// Via says in which capacity a licence was assigned.
type Via string

// Ways to get a licence.
const (
	ByPurchaser Via = "purchaser" // R24, R28
	ByAdmin     Via = "admin"     // central subscriptions
)

// Cause says why a licence was taken back.
type Cause string

// Manual means that somebody asked for it.
const Manual Cause = "manual"

func (Assigned) EventType() string   { return "license.assigned.v1" }
func (Unassigned) EventType() string { return "license.unassigned.v1" }
