package subscription

import (
	"time"

	"kassa/domain"
)

// These structs are the storage format, too.
type (
	// DunningStarted says what is done about a term that was not paid, and when;
	// all of it is worked out here, once. While it lasts, paying settles it (R30).
	DunningStarted struct {
		Kind       DunningKind   `json:"kind"`
		Number     int           `json:"termNumber"`
		Code       string        `json:"code"`  // the gateway's reason
		Steps      []DunningStep `json:"steps"` // in order, before DisabledAt
		DisabledAt time.Time     `json:"disabledAt"`
		At         time.Time     `json:"at"`
		NextAt     time.Time     `json:"nextAt"`           // the first step
		Payment    int           `json:"payment,omitzero"` // of the term, that was not made; 0: the term was not paid
	}
	// DunningStepReached says that one step has been taken and did not lead to a
	// payment.
	DunningStepReached struct {
		Step    Dun       `json:"step"`
		Number  int       `json:"termNumber"`
		At      time.Time `json:"at"`               // when it was due
		NextAt  time.Time `json:"nextAt"`           // the next step, or the end
		Payment int       `json:"payment,omitzero"` // as of DunningStarted
	}
	// Suspended takes everybody's access, until Resumed gives it back or the
	// subscription is disabled.
	Suspended struct {
		Cause SuspensionCause `json:"cause"`
		At    time.Time       `json:"at"`
	}
	// Resumed says that what it was suspended for is paid.
	Resumed struct {
		At time.Time `json:"at"`
	}
	// ChargedBack says that the bank took a payment back on the payer's word. It
	// ends everybody's access within a day: at once.
	ChargedBack struct {
		Dispute   string       `json:"dispute"` // the gateway's id
		Reference string       `json:"charge"`  // the gateway's id of the charge
		Paid      string       `json:"paid"`    // what that had paid for, as its bill is named: "term/2"
		Amount    domain.Money `json:"amount"`
		Reason    string       `json:"reason"` // the gateway's word
		At        time.Time    `json:"at"`
	}
)

// DunningKind says how patient dunning is.
type DunningKind string

// Kinds of dunning.
const (
	RegularDunning     DunningKind = "regular"     // the same card may work later
	AcceleratedDunning DunningKind = "accelerated" // it never will: stolen, expired, fraud
)

// Dun is a kind of dunning step.
type Dun string

// Kinds of steps. They are stored: append only.
const (
	DunRetry   Dun = "retry"   // the card on file is charged again
	DunRemind  Dun = "remind"  // whoever pays is reminded
	DunSuspend Dun = "suspend" // nobody has access before it is paid
)

// DunningStep is a step and when it is due. It is part of the storage format.
type DunningStep struct {
	Step Dun       `json:"step"`
	At   time.Time `json:"at"`
}

// SuspensionCause says why access was taken.
type SuspensionCause string

// SuspendedUnpaid is the only cause so far: dunning came that far.
const SuspendedUnpaid SuspensionCause = "dunning"

// EndChargeback ends a subscription whose payment the bank took back.
const EndChargeback EndCause = "chargeback"

func (DunningStarted) EventType() string     { return "subscription.dunning_started.v1" }
func (DunningStepReached) EventType() string { return "subscription.dunning_step_reached.v1" }
func (Suspended) EventType() string          { return "subscription.suspended.v1" }
func (Resumed) EventType() string            { return "subscription.resumed.v1" }
func (ChargedBack) EventType() string        { return "subscription.charged_back.v1" }
