package invoice

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
	// Issued is a bill as it was sent. It never changes: what was wrong about it
	// is put right by a credit note.
	Issued struct {
		Invoice      domain.InvoiceID      `json:"invoiceId"`
		Number       string                `json:"number"`
		Kind         Kind                  `json:"kind"`
		Credits      domain.InvoiceID      `json:"credits,omitempty"` // a credit note: of which bill
		Tenant       domain.TenantID       `json:"tenantId"`
		Payer        domain.PersonID       `json:"payerOid"` // who bought (R36)
		Purchase     domain.PurchaseID     `json:"purchaseId"`
		OrderNumber  string                `json:"orderNumber"`
		Subscription domain.SubscriptionID `json:"subscriptionId"`
		Market       string                `json:"market"` // whose tax it is
		Lines        []Line                `json:"lines"`
		Net          domain.Money          `json:"net"`
		Tax          domain.Money          `json:"tax"`
		Total        domain.Money          `json:"total"` // a credit note's are below zero
		At           time.Time             `json:"at"`
		DueAt        time.Time             `json:"dueAt"`
		AsOf         int64                 `json:"asOf"` // the revision of the subscription that it follows
	}
	// Paid says that the card was charged for all of it.
	Paid struct {
		Amount    domain.Money `json:"amount"`
		Reference string       `json:"reference"` // the gateway's id of the charge
		At        time.Time    `json:"at"`
		AsOf      int64        `json:"asOf"`
	}
	// PaymentFailed says that it was not.
	PaymentFailed struct {
		Attempt   int       `json:"attempt"` // from 1
		Code      string    `json:"code"`    // the gateway's reason
		Retriable bool      `json:"retriable"`
		At        time.Time `json:"at"`
		AsOf      int64     `json:"asOf"`
	}
	// Refunded says that some of what was paid for it went back to the card that
	// paid it.
	Refunded struct {
		CreditNote domain.InvoiceID `json:"creditNote"`
		Amount     domain.Money     `json:"amount"`
		Reference  string           `json:"reference"` // the gateway's id of the refund
		At         time.Time        `json:"at"`
		AsOf       int64            `json:"asOf"`
	}
	// ChargedBack says that the bank took the payment back, or what was left of it.
	ChargedBack struct {
		Amount    domain.Money `json:"amount"`
		Reference string       `json:"reference"` // the gateway's id of the dispute
		Reason    string       `json:"reason"`    // the gateway's word
		At        time.Time    `json:"at"`
		AsOf      int64        `json:"asOf"`
	}
	// WrittenOff says that nobody will pay it.
	WrittenOff struct {
		Amount domain.Money `json:"amount"`
		At     time.Time    `json:"at"`
		AsOf   int64        `json:"asOf"`
	}
)

// Kind says which way money goes.
type Kind string

// Kinds of bills.
const (
	Invoice    Kind = "invoice"
	CreditNote Kind = "credit_note"
)

// Transaction says what a line is for, in the words of an order's history.
type Transaction string

// Transactions. They are stored: append only.
const (
	Purchase       Transaction = "Purchase"
	Renew          Transaction = "Renew"
	ReEnable       Transaction = "Re-enable"
	AddQuantity    Transaction = "Add quantity"
	RemoveQuantity Transaction = "Remove quantity"
	Cancel         Transaction = "Cancel"
	Convert        Transaction = "Convert"
	Credit         Transaction = "Credit" // support gave some of it back
	MonthlyPayment Transaction = "Monthly payment"
)

// Line is one thing that is billed. It is part of the storage format.
type Line struct {
	Transaction Transaction      `json:"transactionType"`
	Product     domain.ProductID `json:"productId"`
	From        time.Time        `json:"serviceFrom"`
	To          time.Time        `json:"serviceTo"` // first instant not covered
	Quantity    int64            `json:"quantity"`
	UnitPrice   domain.Money     `json:"unitPrice"` // of a whole payment, as it is shown in its market
	Days        int64            `json:"days,omitempty"`
	OfDays      int64            `json:"ofDays,omitempty"` // with Days: the part of what is paid
	domain.TaxSplit
}

func (Issued) EventType() string        { return "invoice.issued.v1" }
func (Paid) EventType() string          { return "invoice.paid.v1" }
func (PaymentFailed) EventType() string { return "invoice.payment_failed.v1" }
func (Refunded) EventType() string      { return "invoice.refunded.v1" }
func (ChargedBack) EventType() string   { return "invoice.charged_back.v1" }
func (WrittenOff) EventType() string    { return "invoice.written_off.v1" }
