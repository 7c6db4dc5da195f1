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
		UnitPrice         domain.Money          `json:"unitPrice"`
		Price             domain.Money          `json:"purchasePrice"`
		Term              domain.Term           `json:"term"`
		Start             time.Time             `json:"start"`
		End               time.Time             `json:"end"` // the expiry date: first instant not covered
		AnchorDay         int                   `json:"anchorDay"`
		Zone              string                `json:"zone"` // IANA; pinned for the billing calendar
		RecurringBilling  bool                  `json:"recurringBilling"`
		CancellationUntil time.Time             `json:"cancellationAllowedUntil"`
	}
	// SeatReserved takes one seat for a person. Here, and only here, "assigned
	// ≤ owned" is decided.
	SeatReserved struct {
		Person domain.PersonID `json:"userOid"`
		At     time.Time       `json:"at"`
	}
	// SeatReleased gives it back.
	SeatReleased struct {
		Person domain.PersonID `json:"userOid"`
		At     time.Time       `json:"at"`
	}
)

func (Provisioned) EventType() string  { return "subscription.provisioned.v1" }
func (SeatReserved) EventType() string { return "subscription.seat_reserved.v1" }
func (SeatReleased) EventType() string { return "subscription.seat_released.v1" }
