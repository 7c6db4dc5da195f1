package purchase

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
// anything else declare a new version and an upcaster.
type (
	// Started opens a checkout. Channel is fixed for life (R01).
	Started struct {
		Purchase    domain.PurchaseID `json:"purchaseId"`
		OrderNumber string            `json:"orderNumber"`
		Tenant      domain.TenantID   `json:"tenantId"`
		Product     domain.ProductID  `json:"productId"`
		AskedFor    domain.ProductID  `json:"askedFor"` // the id the buyer gave; an older alias perhaps
		Channel     domain.Channel    `json:"channel"`
		EntryPoint  domain.EntryPoint `json:"entryPoint"`
		Market      string            `json:"market"` // ISO 3166-1 alpha-2
		At          time.Time         `json:"at"`

		Kind               domain.PurchaseKind `json:"kind,omitempty"`              // "trial"; empty: paid
		NeedsPaymentMethod bool                `json:"needsPaymentMethod,omitzero"` // of a trial that becomes paid by itself
	}
	// TenantResolved says which directory the buyer's e-mail domain led to (R10).
	TenantResolved struct {
		Tenant domain.TenantID `json:"tenantId"`
	}
	// PurchaserAuthenticated says who signed in (R11).
	PurchaserAuthenticated struct {
		Person domain.PersonID `json:"oid"`
		Tenant domain.TenantID `json:"tid"`
		Guest  bool            `json:"guest"`
	}
	// EligibilityConfirmed keeps a passed verdict whole. It is recorded at the
	// start and again at submission (R41).
	EligibilityConfirmed struct {
		Stage  Stage          `json:"stage"`
		Checks []domain.Check `json:"checks"`
	}
	// Refused ends a checkout by a rule (R20). The failed check is among Checks.
	Refused struct {
		Stage      Stage          `json:"stage"`
		Code       string         `json:"code"`
		Rule       string         `json:"rule"`
		MessageKey string         `json:"messageKey"`
		CanRequest bool           `json:"canRequestLicense"` // a licence may be asked for instead
		Checks     []domain.Check `json:"checks"`
		At         time.Time      `json:"at"`
	}
	// QuantityChosen says how many seats were asked for (R12).
	QuantityChosen struct {
		Quantity int64 `json:"quantity"`
	}
	// QuoteIssued freezes the price that checkout displays (R34, R36).
	QuoteIssued struct {
		UnitPrice     domain.Money `json:"unitPrice"`
		Quantity      int64        `json:"quantity"`
		Net           domain.Money `json:"net"`
		Tax           domain.Money `json:"tax"`
		Total         domain.Money `json:"total"`
		Term          domain.Term  `json:"term"`
		PriceStream   string       `json:"priceStream"`
		PriceRevision int64        `json:"priceRevision"`
		ValidUntil    time.Time    `json:"validUntil"`
		Trial         TrialQuote   `json:"trial,omitzero"`      // zero: this is no trial
		Commitment    Commitment   `json:"commitment,omitzero"` // zero: Total pays for the whole term

		domain.TaxRule // by which Tax was worked out; zero: it was not, and the bill says what it is
	}
	// TermsAccepted names the versions of the documents the buyer agreed to.
	TermsAccepted struct {
		Terms         string `json:"termsVersion"`
		PrivacyNotice string `json:"privacyNoticeVersion"`
	}
	// PaymentMethodAttached keeps what a gateway tells of a card, never its
	// number (R13, R16).
	PaymentMethodAttached struct {
		Kind     PaymentKind `json:"kind"`
		Token    string      `json:"token"` // the gateway's, useless without its secret
		Brand    string      `json:"brand"`
		Last4    string      `json:"last4"`
		ExpMonth int         `json:"expMonth"`
		ExpYear  int         `json:"expYear"`
	}
	// Submitted is the order. Attempt counts submissions from 1; with the
	// purchase's id it is the gateway's idempotency key.
	Submitted struct {
		OrderNumber string       `json:"orderNumber"`
		Attempt     int          `json:"attempt"`
		Total       domain.Money `json:"total"`
		// Subscription is what the order leads to once it is paid.
		Subscription domain.SubscriptionID `json:"subscriptionId,omitempty"`
		At           time.Time             `json:"at"`
	}
	// PaymentAuthorised says that the gateway charged the card.
	PaymentAuthorised struct {
		Attempt   int          `json:"attempt"`
		Amount    domain.Money `json:"amount"`
		Reference string       `json:"reference"` // the gateway's id of the charge
		At        time.Time    `json:"at"`
	}
	// PaymentDeclined says that it did not. Another card may be attached.
	PaymentDeclined struct {
		Attempt   int       `json:"attempt"`
		Code      string    `json:"code"` // the gateway's reason: card_declined, expired_card
		Retriable bool      `json:"retriable"`
		At        time.Time `json:"at"`
	}
	// Completed ends a checkout with a subscription. Exactly once.
	Completed struct {
		Subscription domain.SubscriptionID `json:"subscriptionId"`
		OrderNumber  string                `json:"orderNumber"`
		UnitPrice    domain.Money          `json:"unitPrice"`
		Price        domain.Money          `json:"purchasePrice"` // what was paid, for ever (R38): of a term in instalments the first
		Quantity     int64                 `json:"quantity"`
		At           time.Time             `json:"at"`
		Kind         domain.PurchaseKind   `json:"kind,omitempty"` // "trial"; empty: paid
	}
)

// TrialQuote is how long nothing is paid, and what each term costs from then on
// if the trial is converted (R34, R36). It is part of the storage format.
type TrialQuote struct {
	Days      int64        `json:"days"`
	UnitPrice domain.Money `json:"unitPrice"`
	Total     domain.Money `json:"total"`

	Tax domain.TaxSplit `json:"tax,omitzero"` // in Total, if the rate stays what it is
}

// Commitment is what a term comes to that is paid in instalments: Total of the
// quote now, and as much for each payment that follows. It is part of the storage
// format.
type Commitment struct {
	Frequency domain.Term  `json:"frequency"`
	Payments  int          `json:"payments"` // the first included
	Total     domain.Money `json:"total"`    // of all of them
}

// Stage is when a verdict was given.
type Stage string

// Stages of a checkout at which eligibility is judged (R41).
const (
	AtStart  Stage = "start"
	AtSubmit Stage = "submit"
)

// PaymentKind is data, so that it can widen; R16 allows one kind today.
type PaymentKind string

// CreditCard is the only kind a person may pay with (R16). Agreement is how an
// organisation pays for central purchases.
const (
	CreditCard PaymentKind = "credit_card"
	Agreement  PaymentKind = "agreement"
)

func (Started) EventType() string                { return "purchase.started.v1" }
func (TenantResolved) EventType() string         { return "purchase.tenant_resolved.v1" }
func (PurchaserAuthenticated) EventType() string { return "purchase.purchaser_authenticated.v1" }
func (EligibilityConfirmed) EventType() string   { return "purchase.eligibility_confirmed.v1" }
func (Refused) EventType() string                { return "purchase.refused.v1" }
func (QuantityChosen) EventType() string         { return "purchase.quantity_chosen.v1" }
func (QuoteIssued) EventType() string            { return "purchase.quote_issued.v1" }
func (TermsAccepted) EventType() string          { return "purchase.terms_accepted.v1" }
func (PaymentMethodAttached) EventType() string  { return "purchase.payment_method_attached.v1" }
func (Submitted) EventType() string              { return "purchase.submitted.v1" }
func (PaymentAuthorised) EventType() string      { return "purchase.payment_authorised.v1" }
func (PaymentDeclined) EventType() string        { return "purchase.payment_declined.v1" }
func (Completed) EventType() string              { return "purchase.completed.v1" }
