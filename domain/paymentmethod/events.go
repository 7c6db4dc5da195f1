package paymentmethod

import (
	"time"

	"kassa/domain"
)

// Event is sealed: only this file's types satisfy it, and each must say how it
// changes State (see state.go) or the package does not compile.
type Event interface {
	domain.Event
	evolve(State) State
}

// These structs are the storage format. Add optional fields freely; for
// anything else declare a new version and an upcaster. None has room for a
// number, a name or an address (R13).
type (
	// CardAdded keeps what a gateway tells of a card.
	CardAdded struct {
		Card     domain.PaymentMethodID `json:"paymentMethodId"`
		Tenant   domain.TenantID        `json:"tenantId"`
		Person   domain.PersonID        `json:"userOid"`
		Kind     Kind                   `json:"kind"`
		Token    string                 `json:"token"` // the gateway's, useless without its secret
		Brand    string                 `json:"brand"`
		Last4    string                 `json:"last4"`
		ExpMonth int                    `json:"expMonth"`
		ExpYear  int                    `json:"expYear"`
		Country  string                 `json:"billingCountry,omitempty"` // ISO 3166-1 alpha-2
		At       time.Time              `json:"at"`
	}
	// CardDetailsChanged says until when the card is good now, and where its
	// bills go.
	CardDetailsChanged struct {
		Card     domain.PaymentMethodID `json:"paymentMethodId"`
		ExpMonth int                    `json:"expMonth"`
		ExpYear  int                    `json:"expYear"`
		Country  string                 `json:"billingCountry,omitempty"`
		At       time.Time              `json:"at"`
	}
	// CardSetAsDefault makes the card the one that pays where none is named.
	CardSetAsDefault struct {
		Card domain.PaymentMethodID `json:"paymentMethodId"`
		At   time.Time              `json:"at"`
	}
	// CardExpired says that the month is over that the card is good until.
	CardExpired struct {
		Card     domain.PaymentMethodID  `json:"paymentMethodId"`
		ExpMonth int                     `json:"expMonth"`
		ExpYear  int                     `json:"expYear"`
		Renewing []domain.SubscriptionID `json:"renewing,omitempty"` // that it pays for, and that will be charged again
		At       time.Time               `json:"at"`
	}
	// CardReplaced says that another card takes its place wherever it pays.
	CardReplaced struct {
		Card domain.PaymentMethodID `json:"paymentMethodId"`
		By   domain.PaymentMethodID `json:"byPaymentMethodId"`
		At   time.Time              `json:"at"`
	}
	// CardRemoved says that it pays no more. The default does in its place.
	CardRemoved struct {
		Card domain.PaymentMethodID `json:"paymentMethodId"`
		At   time.Time              `json:"at"`
	}
)

// Kind is data, so that it can widen; R16 allows one kind today.
type Kind string

// CreditCard is the only kind a person may pay with (R16).
const CreditCard Kind = "credit_card"

func (CardAdded) EventType() string          { return "paymentmethod.card_added.v1" }
func (CardDetailsChanged) EventType() string { return "paymentmethod.card_details_changed.v1" }
func (CardSetAsDefault) EventType() string   { return "paymentmethod.card_set_as_default.v1" }
func (CardExpired) EventType() string        { return "paymentmethod.card_expired.v1" }
func (CardReplaced) EventType() string       { return "paymentmethod.card_replaced.v1" }
func (CardRemoved) EventType() string        { return "paymentmethod.card_removed.v1" }
