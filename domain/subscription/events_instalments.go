package subscription

import "time"

// These structs are the storage format, too.
type (
	// Instalment is a part of a term that is paid by itself: for all seats that
	// there are when it begins. The first is paid with the term.
	Instalment struct {
		Period      // the number is the term's
		Payment int `json:"payment"` // from 2
	}
	// InstalmentRequested asks for it when the one before ends.
	InstalmentRequested struct {
		Again ChangeID `json:"again,omitempty"` // who asks once more, after a decline; empty: it is the first time
		Instalment
	}
	// InstalmentDeclined says that the card was not charged for it.
	InstalmentDeclined struct {
		Again     ChangeID  `json:"again,omitempty"`
		Number    int       `json:"termNumber"`
		Payment   int       `json:"payment"`
		Code      string    `json:"code"` // the gateway's reason: card_declined, expired_card
		Retriable bool      `json:"retriable"`
		At        time.Time `json:"at"`
	}
	// InstalmentPaid says that it was; whatever was done about its being unpaid is
	// over.
	InstalmentPaid struct {
		Again ChangeID `json:"again,omitempty"`
		Instalment
		Reference string `json:"reference,omitempty"` // the gateway's id of the charge; empty: nothing to charge, or by agreement
	}
)

func (InstalmentRequested) EventType() string { return "subscription.instalment_requested.v1" }
func (InstalmentDeclined) EventType() string  { return "subscription.instalment_declined.v1" }
func (InstalmentPaid) EventType() string      { return "subscription.instalment_paid.v1" }
