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
	// Suspended ends its use for as long as its subscription is disabled. The
	// person keeps it, and their seat.
	Suspended struct {
		Subscription domain.SubscriptionID `json:"subscriptionId"`
		Assignee     domain.PersonID       `json:"assigneeOid"`
		Cause        Cause                 `json:"cause"`
		At           time.Time             `json:"at"` // since when, not when it was noticed; so with Restored
	}
	// Restored ends a suspension.
	Restored struct {
		Subscription domain.SubscriptionID `json:"subscriptionId"`
		Assignee     domain.PersonID       `json:"assigneeOid"`
		Cause        Cause                 `json:"cause"`
		At           time.Time             `json:"at"`
	}
	// MovedTo says that the person has a licence of another subscription in the
	// place of this one, which is taken back with the same write.
	MovedTo struct {
		From     domain.SubscriptionID `json:"fromSubscriptionId"`
		To       domain.SubscriptionID `json:"toSubscriptionId"`
		Assignee domain.PersonID       `json:"assigneeOid"`
		Batch    string                `json:"batchId"` // of everybody who is moved for the same reason
		At       time.Time             `json:"at"`
	}
)

// Via says in which capacity a licence was assigned.
type Via string

// Ways to get a licence.
const (
	ByPurchaser Via = "purchaser"  // R24, R28
	ByAdmin     Via = "admin"      // central subscriptions
	ByMove      Via = "move"       // in the place of one of another subscription
	ByAutoClaim Via = "auto_claim" // by signing in to the product
	ByRequest   Via = "request"    // the person asked and somebody said yes
)

// Cause says why a licence was taken back, suspended or restored.
type Cause string

// Why a licence is taken back. They are stored: append only.
const (
	Manual            Cause = "manual"             // somebody asked for it
	UserLeft          Cause = "user_left"          // the directory deleted the person (R57)
	Moved             Cause = "moved"              // they have one of another subscription instead
	SubscriptionEnded Cause = "subscription_ended" // its subscription is deleted
	Takeover          Cause = "takeover"           // an administrator took control of the subscription
)

// Why it is suspended, and restored. They are stored: append only.
const (
	SubscriptionDisabled    Cause = "subscription_disabled"
	SubscriptionReactivated Cause = "subscription_reactivated"
	SubscriptionSuspended   Cause = "subscription_suspended" // until it is paid
)

func (Assigned) EventType() string   { return "license.assigned.v1" }
func (Unassigned) EventType() string { return "license.unassigned.v1" }
func (MovedTo) EventType() string    { return "license.moved.v1" }
func (Suspended) EventType() string  { return "license.suspended.v1" }
func (Restored) EventType() string   { return "license.restored.v1" }
