package subscription

import (
	"time"

	"kassa/domain"
)

// These structs are the storage format, too.
type (
	// ControlTaken says that an administrator ends what a person bought by
	// themselves, once: from now on its purchaser changes nothing. What has to
	// follow, for each person who holds a seat and for the card, follows by
	// itself.
	ControlTaken struct {
		Takeover ChangeID              `json:"takeover"`
		Admin    domain.PersonID       `json:"adminOid"`
		Option   TakeoverOption        `json:"option"`
		Target   domain.SubscriptionID `json:"targetSubscriptionId,omitempty"` // to move people to
		Reason   Reason                `json:"reason"`
		At       time.Time             `json:"at"`
	}
	// MoveGivenUp says that whoever has not been moved to the target loses their
	// licence instead of waiting for a seat there.
	MoveGivenUp struct {
		Takeover ChangeID        `json:"takeover"`
		Admin    domain.PersonID `json:"adminOid"`
		At       time.Time       `json:"at"`
	}
)

// TakeoverOption says what becomes of the people who hold seats.
type TakeoverOption string

// What becomes of them. They are stored: append only.
const (
	TakeoverMove   TakeoverOption = "move"   // each gets a licence of another subscription first
	TakeoverCancel TakeoverOption = "cancel" // each loses their licence
)

func (ControlTaken) EventType() string { return "subscription.control_taken.v1" }
func (MoveGivenUp) EventType() string  { return "subscription.move_given_up.v1" }

func (e ControlTaken) evolve(s State) State {
	s.Takeover = Takeover{ID: e.Takeover, Admin: e.Admin, Option: e.Option, Target: e.Target, Reason: e.Reason, At: e.At}
	return s
}

func (e MoveGivenUp) evolve(s State) State {
	s.Takeover.Option, s.Takeover.givenUp = TakeoverCancel, true
	return s
}
