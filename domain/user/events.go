package user

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
	// Observed is what the directory says of a person, whenever it changed.
	// Name and mail are sealed with a key of that person alone; deleting the
	// key erases them everywhere.
	Observed struct {
		Tenant        domain.TenantID `json:"tid"`
		Person        domain.PersonID `json:"oid"`
		Guest         bool            `json:"guest"`
		Enabled       bool            `json:"enabled"`
		Synced        bool            `json:"synced"` // from an on-premises directory (R22)
		UsageLocation string          `json:"usageLocation,omitempty"`
		Name          []byte          `json:"name"`                   // sealed
		Mail          []byte          `json:"mail"`                   // sealed
		MailIndex     string          `json:"mailIndex"`              // keyed digest, to find a person by address
		ProfileIndex  string          `json:"profileIndex,omitempty"` // keyed digest of name and mail, to see that they changed
	}
	// Disabled closes the account (R22).
	Disabled struct{}
	// Enabled opens it again.
	Enabled struct{}
	// RolesChanged replaces the person's directory roles by template id.
	RolesChanged struct {
		Roles []string `json:"roles"`
	}
	// Deleted says that the directory has deleted the person (R57). What they
	// hold and what they bought follows in streams of their own.
	Deleted struct{}
	// Restored says that the directory has brought them back.
	Restored struct{}
	// FeedbackGiven keeps what the person wrote when they cancelled. It is sealed
	// like their name, and erased with it.
	FeedbackGiven struct {
		Feedback string    `json:"feedbackId"` // as the cancellation names it
		Words    []byte    `json:"words"`      // sealed
		At       time.Time `json:"at"`
	}
)

func (Observed) EventType() string      { return "user.observed.v1" }
func (Disabled) EventType() string      { return "user.disabled.v1" }
func (Enabled) EventType() string       { return "user.enabled.v1" }
func (RolesChanged) EventType() string  { return "user.roles_changed.v1" }
func (Deleted) EventType() string       { return "user.deleted.v1" }
func (Restored) EventType() string      { return "user.restored.v1" }
func (FeedbackGiven) EventType() string { return "user.feedback_given.v1" }
