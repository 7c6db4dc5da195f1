package subscription

import (
	"time"

	"kassa/domain"
)

// These structs are the storage format, too.
type (
	// RecurringBillingTurnedOff says that no term follows this one. Nobody loses
	// anything before its end.
	RecurringBillingTurnedOff struct {
		EffectiveEnd time.Time `json:"effectiveEnd"`
		At           time.Time `json:"at"`
	}
	// RecurringBillingTurnedOn says that one does.
	RecurringBillingTurnedOn struct {
		RenewsAt time.Time `json:"renewsAt"`
		At       time.Time `json:"at"`
		NoticeAt time.Time `json:"noticeAt,omitzero"` // as of a Period; zero: there will be none for this term any more
	}
	// Period is a term that follows an earlier one, and its price.
	Period struct {
		Number        int          `json:"termNumber"` // the purchase's own is 1
		Start         time.Time    `json:"start"`
		End           time.Time    `json:"end"`                   // first instant not covered
		UnitPrice     domain.Money `json:"unitPrice"`             // of a payment
		PriceStream   string       `json:"priceStream,omitempty"` // empty: none is published, the last term's holds on
		PriceRevision int64        `json:"priceRevision"`
		Quantity      int64        `json:"quantity"`
		Charge        domain.Money `json:"charge"`

		Tax domain.TaxSplit `json:"tax,omitzero"` // in Charge; zero: the bill says
		// NoticeAt is when the price of the term after this is looked at, and told if
		// it is another; zero: it is not, and whatever holds then is charged.
		NoticeAt time.Time `json:"noticeAt,omitzero"`
		// PaidUntil is what Charge covers, where more payments follow in the term.
		PaidUntil time.Time `json:"paidUntil,omitzero"`
	}
	// RenewalRequested asks for the next term when one ends.
	RenewalRequested struct {
		Period
	}
	// RenewalDeclined says that the card was not charged for it.
	RenewalDeclined struct {
		Number    int       `json:"termNumber"`
		Code      string    `json:"code"` // the gateway's reason: card_declined, expired_card
		Retriable bool      `json:"retriable"`
		At        time.Time `json:"at"`
	}
	// Renewed begins it. It has its own days to cancel in.
	Renewed struct {
		Period
		CancellationUntil time.Time `json:"cancellationAllowedUntil"`
		Reference         string    `json:"reference,omitempty"` // the gateway's id of the charge; empty: nothing to charge, or by agreement
	}
	// ReactivationRequested asks for a term after the last one ended. The
	// calendar starts anew on its first day.
	ReactivationRequested struct {
		Reactivation ChangeID `json:"reactivation"`
		Period
		AnchorDay int            `json:"anchorDay"`
		Checks    []domain.Check `json:"checks,omitempty"` // why it is allowed; none: nobody asks for more than was bought
	}
	// ReactivationRefused says that a rule forbids another term (R20, R41). The
	// failed check is among Checks.
	ReactivationRefused struct {
		Reactivation ChangeID       `json:"reactivation"`
		Code         string         `json:"code"`
		Rule         string         `json:"rule"`
		MessageKey   string         `json:"messageKey"`
		CanRequest   bool           `json:"canRequestLicense"` // a licence may be asked for instead
		Checks       []domain.Check `json:"checks"`
		At           time.Time      `json:"at"`
	}
	// ReactivationDeclined says that the card was not charged for it.
	ReactivationDeclined struct {
		Reactivation ChangeID  `json:"reactivation"`
		Code         string    `json:"code"` // the gateway's reason: card_declined, expired_card
		Retriable    bool      `json:"retriable"`
		At           time.Time `json:"at"`
	}
	// Reactivated begins it, with recurring billing on.
	Reactivated struct {
		Reactivation ChangeID `json:"reactivation"`
		Period
		AnchorDay         int       `json:"anchorDay"`
		RecurringBilling  bool      `json:"recurringBilling"`
		CancellationUntil time.Time `json:"cancellationAllowedUntil"`
		Reference         string    `json:"reference,omitempty"` // the gateway's id of the charge; empty: nothing to charge, or by agreement
	}
	// Cancelled ends a subscription within days of its start or renewal (R32), or
	// at any time by support (R58). What the person wrote about it is kept elsewhere: here is its id.
	Cancelled struct {
		Cancellation ChangeID     `json:"cancellation"`
		By           CancelledBy  `json:"by"`
		Reason       Reason       `json:"reason"`
		Feedback     FeedbackID   `json:"feedbackId,omitempty"`
		InsideWindow bool         `json:"insideWindow"`
		Refund       domain.Money `json:"refund"` // all lines together
		RefundRule   RefundRule   `json:"refundRule"`
		Days         int64        `json:"days"` // of the term, refunded
		OfDays       int64        `json:"ofDays"`
		Lines        []RefundLine `json:"lines"` // newest batch first
		AccessEndsAt time.Time    `json:"accessEndsAt"`
		At           time.Time    `json:"at"`
	}
	// RefundIssued says that the gateway paid back a line of a removal or a
	// cancellation.
	RefundIssued struct {
		Of        RefundID     `json:"of"`
		Amount    domain.Money `json:"amount"`
		Reference string       `json:"reference"` // the gateway's id of the refund
		At        time.Time    `json:"at"`
	}
	// RefundFailed says that the gateway will never pay such a line back. Whoever
	// runs Kassa pays it back by other means.
	RefundFailed struct {
		Of     RefundID     `json:"of"`
		Amount domain.Money `json:"amount"`
		Code   string       `json:"code"` // the gateway's reason
		At     time.Time    `json:"at"`
	}
	// Expired ends a term that no other follows. Everything works on for Grace.
	// At is when it was due, not when it was noticed; so with the next two.
	Expired struct {
		Cause  EndCause  `json:"cause"`
		At     time.Time `json:"at"`
		NextAt time.Time `json:"nextAt"` // disabled
	}
	// Disabled ends everybody's access. The organisation still has its data.
	Disabled struct {
		Cause  EndCause  `json:"cause"`
		At     time.Time `json:"at"`
		NextAt time.Time `json:"nextAt"` // deleted
	}
	// Deleted is the last fact of a subscription, for ever: only a bank can still
	// say something about its payments.
	Deleted struct {
		Cause EndCause  `json:"cause"`
		At    time.Time `json:"at"`
	}
)

// EndCause says why a subscription comes to its end.
type EndCause string

// Why a subscription ends.
const (
	EndBillingOff EndCause = "recurring_billing_off"
	EndPayment    EndCause = "payment" // the next term was not paid
	EndCancelled  EndCause = "cancelled"
	EndTakeover   EndCause = "takeover" // an administrator took control
)

// CancelledBy says in which capacity somebody cancelled.
type CancelledBy string

// Who may cancel. They are stored: append only.
const (
	ByPurchaser CancelledBy = "purchaser" // R32
	ByAdmin     CancelledBy = "admin"     // what the organisation bought
	BySupport   CancelledBy = "support"   // on an administrator's request (R58)
	ByTakeover  CancelledBy = "admin_takeover"
)

// Reason is a word from a list: what people write may hold personal data, which
// a fact must not.
type Reason string

// Reasons to cancel.
const (
	TooExpensive     Reason = "too_expensive"
	NotNeeded        Reason = "not_needed"
	MissingFeatures  Reason = "missing_features"
	TechnicalTrouble Reason = "technical_problems"
	OtherProduct     Reason = "other_product"
	Centralised      Reason = "centralised" // the organisation bought the licences (R47)
	OtherReason      Reason = "other"
	PurchaserLeft    Reason = "purchaser_left" // R57, R58
)

// FeedbackID leads to what a person wrote when they cancelled.
type FeedbackID string

func (RecurringBillingTurnedOff) EventType() string {
	return "subscription.recurring_billing_turned_off.v1"
}
func (RecurringBillingTurnedOn) EventType() string {
	return "subscription.recurring_billing_turned_on.v1"
}
func (RenewalRequested) EventType() string      { return "subscription.renewal_requested.v1" }
func (RenewalDeclined) EventType() string       { return "subscription.renewal_declined.v1" }
func (Renewed) EventType() string               { return "subscription.renewed.v1" }
func (ReactivationRequested) EventType() string { return "subscription.reactivation_requested.v1" }
func (ReactivationRefused) EventType() string   { return "subscription.reactivation_refused.v1" }
func (ReactivationDeclined) EventType() string  { return "subscription.reactivation_declined.v1" }
func (Reactivated) EventType() string           { return "subscription.reactivated.v1" }
func (Cancelled) EventType() string             { return "subscription.cancelled.v1" }
func (RefundIssued) EventType() string          { return "subscription.refund_issued.v1" }
func (RefundFailed) EventType() string          { return "subscription.refund_failed.v1" }
func (Expired) EventType() string               { return "subscription.expired.v1" }
func (Disabled) EventType() string              { return "subscription.disabled.v1" }
func (Deleted) EventType() string               { return "subscription.deleted.v1" }
