package autoclaim

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
	// PolicySet turns auto-claim on for these products, and for no others.
	PolicySet struct {
		Primary domain.ProductID   `json:"primary"` // by its current id, like the others
		Backups []domain.ProductID `json:"backups"` // in the order in which they are tried
		At      time.Time          `json:"at"`
	}
	// TurnedOff ends it. Whoever claimed a licence keeps it.
	TurnedOff struct {
		At time.Time `json:"at"`
	}
)

func (PolicySet) EventType() string { return "autoclaim.policy_set.v1" }
func (TurnedOff) EventType() string { return "autoclaim.turned_off.v1" }
