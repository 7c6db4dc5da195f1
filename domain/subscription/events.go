package subscription

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
	// Provisioned gives a purchase its subscription (R14). Payer is the
	// purchaser when self-service and never changes (R36); the data belongs to
	// the tenant whoever pays (R44).
	Provisioned struct {
		Subscription      domain.SubscriptionID `json:"subscriptionId"`
		Purchase          domain.PurchaseID     `json:"purchaseId"`
		OrderNumber       string                `json:"orderNumber"`
		Tenant            domain.TenantID       `json:"tenantId"`
		Product           domain.ProductID      `json:"productId"`
		Channel           domain.Channel        `json:"channel"`
		Purchaser         domain.PersonID       `json:"purchaserOid"`
		Payer             domain.PersonID       `json:"payerOid,omitempty"` // empty: the organisation pays
		DataOwner         string                `json:"dataOwner"`          // always "tenant" (R44)
		Support           string                `json:"support"`            // "standard" (R51)
		Quantity          int64                 `json:"quantity"`
		UnitPrice         domain.Money          `json:"unitPrice"` // of a payment
		Price             domain.Money          `json:"purchasePrice"`
		Term              domain.Term           `json:"term"`
		Start             time.Time             `json:"start"`
		End               time.Time             `json:"end"` // the expiry date: first instant not covered
		AnchorDay         int                   `json:"anchorDay"`
		Zone              string                `json:"zone"` // IANA; pinned for the billing calendar
		RecurringBilling  bool                  `json:"recurringBilling"`
		CancellationUntil time.Time             `json:"cancellationAllowedUntil"`
		Tax               domain.TaxSplit       `json:"tax,omitzero"`        // in Price; zero: the bill says
		NoticeAt          time.Time             `json:"noticeAt,omitzero"`   // see Period
		Frequency         domain.Term           `json:"frequency,omitempty"` // of payments within the term; empty: one paid for all of it
		PaidUntil         time.Time             `json:"paidUntil,omitzero"`  // with Frequency: what the first one covers
	}
	// SeatReserved takes one seat for a person. Here, and only here, "assigned
	// ≤ owned" is decided.
	SeatReserved struct {
		Person domain.PersonID `json:"userOid"`
		Via    string          `json:"via,omitempty"` // how the licence that follows is got; empty: as the channel says
		At     time.Time       `json:"at"`
	}
	// SeatReleased gives it back.
	SeatReleased struct {
		Person domain.PersonID `json:"userOid"`
		At     time.Time       `json:"at"`
	}
	// SeatAdditionRequested asks for more seats of the same subscription, for
	// what is left of what is paid (R27): so many of its days.
	SeatAdditionRequested struct {
		Addition  ChangeID       `json:"addition"`
		Delta     int64          `json:"delta"`
		Quantity  int64          `json:"quantity"`  // once they are paid
		UnitPrice domain.Money   `json:"unitPrice"` // of a whole payment
		Charge    domain.Money   `json:"charge"`
		Days      int64          `json:"days"`
		OfDays    int64          `json:"ofDays"`
		Checks    []domain.Check `json:"checks"` // why it is allowed (R27)
		At        time.Time      `json:"at"`

		Tax domain.TaxSplit `json:"tax,omitzero"` // in Charge; zero: the bill says
	}
	// SeatAdditionRefused says that a rule forbids more seats (R20, R27). The
	// failed check is among Checks.
	SeatAdditionRefused struct {
		Addition   ChangeID       `json:"addition"`
		Delta      int64          `json:"delta"`
		Code       string         `json:"code"`
		Rule       string         `json:"rule"`
		MessageKey string         `json:"messageKey"`
		CanRequest bool           `json:"canRequestLicense"` // a licence may be asked for instead
		Checks     []domain.Check `json:"checks"`
		At         time.Time      `json:"at"`
	}
	// SeatAdditionDeclined says that the card was not charged for more seats.
	SeatAdditionDeclined struct {
		Addition  ChangeID  `json:"addition"`
		Code      string    `json:"code"` // the gateway's reason: card_declined, expired_card
		Retriable bool      `json:"retriable"`
		At        time.Time `json:"at"`
	}
	// SeatsAdded says that more seats are paid, and can be assigned.
	SeatsAdded struct {
		Addition       ChangeID     `json:"addition"`
		Delta          int64        `json:"delta"`
		Quantity       int64        `json:"quantity"` // from now on
		Charge         domain.Money `json:"charge"`
		Days           int64        `json:"days"`
		OfDays         int64        `json:"ofDays"`
		From           time.Time    `json:"from"`                // when they were asked for: the first day charged
		ReducibleUntil time.Time    `json:"reducibleUntil"`      // their own days to change one's mind in
		Reference      string       `json:"reference,omitempty"` // the gateway's id of the charge; empty: nothing to charge, or by agreement
		At             time.Time    `json:"at"`

		Tax domain.TaxSplit `json:"tax,omitzero"` // in Charge; zero: the bill says
	}
	// SeatsRemoved gives seats back within days of paying for them.
	SeatsRemoved struct {
		Removal  ChangeID     `json:"removal"`
		Delta    int64        `json:"delta"`    // how many fewer
		Quantity int64        `json:"quantity"` // from now on
		Refund   domain.Money `json:"refund"`   // all lines together
		Lines    []RefundLine `json:"lines"`    // newest batch first
		At       time.Time    `json:"at"`
	}
	// SeatReductionScheduled says that the next term will have fewer seats.
	SeatReductionScheduled struct {
		Change      ChangeID  `json:"change"`
		Quantity    int64     `json:"quantity"` // then
		EffectiveAt time.Time `json:"effectiveAt"`
		At          time.Time `json:"at"`
	}
	// ScheduledChangeCancelled says that it will not.
	ScheduledChangeCancelled struct {
		Change ChangeID    `json:"change"`
		Cause  ChangeCause `json:"cause"`
		At     time.Time   `json:"at"`
	}
)

// ChangeID names one thing that somebody asked of a subscription. The caller
// derives it from their command, so that a retry finds what it led to.
type ChangeID string

// ChangeCause says why a scheduled change was cancelled.
type ChangeCause string

// Why a scheduled change is cancelled.
const (
	ChangeWithdrawn   ChangeCause = "withdrawn"             // somebody asked for it
	ChangeReplaced    ChangeCause = "replaced"              // by a later one
	ChangeOvertaken   ChangeCause = "overtaken"             // no more seats are left than it would leave
	ChangeBillingOff  ChangeCause = "recurring_billing_off" // no term follows
	ChangeCancelled   ChangeCause = "cancelled"             // the subscription was
	ChangeTermExpired ChangeCause = "expired"               // the next term was not paid
	ChangeTakenOver   ChangeCause = "control_taken"         // an administrator ends the subscription
	ChangeChargedBack ChangeCause = "charged_back"          // the bank took a payment back
)

// RefundLine is what one batch of seats is refunded: so many of the days that
// were paid for. It is part of the storage format.
type RefundLine struct {
	Refund   RefundID     `json:"refund"`
	Addition ChangeID     `json:"addition,omitempty"` // which batch; empty: the seats that the term began with
	Payment  int          `json:"payment,omitzero"`   // of the term, that paid for it; 0: its own
	Seats    int64        `json:"seats"`
	Rule     RefundRule   `json:"refundRule"`
	Days     int64        `json:"days"`
	OfDays   int64        `json:"ofDays"`
	Amount   domain.Money `json:"amount"`
	Charge   string       `json:"charge,omitempty"` // the gateway's id of what was paid; empty: the purchase's, or by agreement

	Tax domain.TaxSplit `json:"tax,omitzero"` // in Amount; zero: the bill says
}

// RefundID names one payment back.
type RefundID string

// RefundRule names the rule that a refund was worked out by.
type RefundRule string

// Refund rules.
const (
	RefundInFull RefundRule = "full_within_24_hours"
	RefundByDays RefundRule = "days_started_are_charged"
	NoRefund     RefundRule = "none_after_the_window" // R58: support cancels later than the purchaser could
)

func (Provisioned) EventType() string            { return "subscription.provisioned.v1" }
func (SeatReserved) EventType() string           { return "subscription.seat_reserved.v1" }
func (SeatReleased) EventType() string           { return "subscription.seat_released.v1" }
func (SeatAdditionRequested) EventType() string  { return "subscription.seat_addition_requested.v1" }
func (SeatAdditionRefused) EventType() string    { return "subscription.seat_addition_refused.v1" }
func (SeatAdditionDeclined) EventType() string   { return "subscription.seat_addition_declined.v1" }
func (SeatsAdded) EventType() string             { return "subscription.seats_added.v1" }
func (SeatsRemoved) EventType() string           { return "subscription.seats_removed.v1" }
func (SeatReductionScheduled) EventType() string { return "subscription.seat_reduction_scheduled.v1" }
func (ScheduledChangeCancelled) EventType() string {
	return "subscription.scheduled_change_cancelled.v1"
}
