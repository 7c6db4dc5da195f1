package cancelreq

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
	// CancellationRequested asks for a subscription to be cancelled (R47, R58).
	// The next facts of its stream are about it, until the next one is requested.
	CancellationRequested struct {
		Number       int                   `json:"number"`
		To           To                    `json:"to"`
		Subscription domain.SubscriptionID `json:"subscriptionId"`
		Tenant       domain.TenantID       `json:"tenantId"`
		Purchaser    domain.PersonID       `json:"purchaserOid"`
		By           domain.PersonID       `json:"byOid"`
		Reason       Reason                `json:"reason"`
		ExpiresAt    time.Time             `json:"expiresAt"` // unless it is answered before
		At           time.Time             `json:"at"`
	}
	// RequestAccepted says yes. What follows is done by later steps.
	RequestAccepted struct {
		By domain.PersonID `json:"byOid"`
		At time.Time       `json:"at"`
	}
	// RequestDeclined says no.
	RequestDeclined struct {
		By     domain.PersonID `json:"byOid"`
		Reason DeclineReason   `json:"reason"`
		At     time.Time       `json:"at"`
	}
	// RequestWithdrawn takes it back before it was answered.
	RequestWithdrawn struct {
		By domain.PersonID `json:"byOid"`
		At time.Time       `json:"at"`
	}
	// RequestExpired closes it without an answer, or without the answer's effect.
	RequestExpired struct {
		Cause ExpiryCause `json:"cause"`
		At    time.Time   `json:"at"`
	}
	// RequestExecuted says what the purchaser's yes came to (R47).
	RequestExecuted struct {
		Effect Effect    `json:"effect"`
		At     time.Time `json:"at"`
	}
	// SupportCancellationExecuted says that support has cancelled the
	// subscription (R58).
	SupportCancellationExecuted struct {
		Subscription domain.SubscriptionID `json:"subscriptionId"`
		By           domain.PersonID       `json:"byOid"`
		Reason       Reason                `json:"reason"`
		At           time.Time             `json:"at"`
	}
)

// Reason is a word from a list: what people write may hold personal data, which
// a fact must not. Each is a reason to cancel a subscription, too.
type Reason string

// Reasons to ask.
const (
	Centralised   Reason = "centralised"    // the organisation has bought the licences (R47)
	PurchaserLeft Reason = "purchaser_left" // R57, R58
	NotNeeded     Reason = "not_needed"
	TooExpensive  Reason = "too_expensive"
	OtherReason   Reason = "other"
)

// DeclineReason is a word from a list as well.
type DeclineReason string

// Reasons to say no.
const (
	StillNeeded   DeclineReason = "still_needed"
	CancelsLater  DeclineReason = "cancels_later"
	AskPurchaser  DeclineReason = "ask_purchaser" // who is there, and can cancel by themselves
	NotVerified   DeclineReason = "not_verified"  // support could not establish that the organisation asks
	OtherObstacle DeclineReason = "other"
)

// ExpiryCause says why a request was closed without its effect.
type ExpiryCause string

// Why a request expires.
const (
	Unanswered        ExpiryCause = "unanswered"
	SubscriptionEnded ExpiryCause = "subscription_ended" // by somebody else's doing, so nothing is left to ask for
)

// Effect is what a purchaser's yes came to.
type Effect string

// Effects.
const (
	Cancelled           Effect = "cancelled"             // at once, with a refund: within days of its start or renewal
	RecurringBillingOff Effect = "recurring_billing_off" // it ends with its term
)

func (CancellationRequested) EventType() string { return "cancelreq.cancellation_requested.v1" }
func (RequestAccepted) EventType() string       { return "cancelreq.request_accepted.v1" }
func (RequestDeclined) EventType() string       { return "cancelreq.request_declined.v1" }
func (RequestWithdrawn) EventType() string      { return "cancelreq.request_withdrawn.v1" }
func (RequestExpired) EventType() string        { return "cancelreq.request_expired.v1" }
func (RequestExecuted) EventType() string       { return "cancelreq.request_executed.v1" }
func (SupportCancellationExecuted) EventType() string {
	return "cancelreq.support_cancellation_executed.v1"
}
