package price

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
	// Published states a price per seat and payment, in one channel and market, from
	// an instant on (R33, R35). Existing terms keep theirs (R36).
	Published struct {
		Product   domain.ProductID `json:"productId"`
		Channel   domain.Channel   `json:"channel"`
		Market    string           `json:"market"`
		Amount    domain.Money     `json:"amount"`
		Term      domain.Term      `json:"term"`
		ValidFrom time.Time        `json:"validFrom"`
		Frequency domain.Term      `json:"frequency,omitempty"` // of payments within the term; empty: one pays for all of it
	}
	// Withdrawn ends an offer from an instant on.
	Withdrawn struct {
		Product   domain.ProductID `json:"productId"`
		Channel   domain.Channel   `json:"channel"`
		Market    string           `json:"market"`
		From      time.Time        `json:"from"`
		Frequency domain.Term      `json:"frequency,omitempty"` // of payments, as of Published
	}
)

func (Published) EventType() string { return "price.published.v1" }
func (Withdrawn) EventType() string { return "price.withdrawn.v1" }
