package v1

import (
	"time"

	"kassa/domain"
)

// Invoices is a page of the bills that the caller was sent (R29).
type Invoices struct {
	Items []Invoice `json:"items"`
	AsOf  AsOf      `json:"asOf"`
	Next  string    `json:"next" doc:"Give it as after to get the next page; empty on the last."`
}

// Invoice is a bill or a credit note. It never changes once it is issued; only
// where it stands does.
type Invoice struct {
	Number         string                `json:"number" example:"KASSA-2026-0000042"`
	Kind           string                `json:"kind" enum:"invoice,credit_note"`
	Credits        string                `json:"credits,omitempty" doc:"Of a credit note: the id of the bill that is credited."`
	InvoiceID      domain.InvoiceID      `json:"invoiceId"`
	Status         string                `json:"status" enum:"open,paid,partly_refunded,refunded,written_off,charged_back"`
	OrderNumber    string                `json:"orderNumber"`
	SubscriptionID domain.SubscriptionID `json:"subscriptionId"`
	Market         string                `json:"market" doc:"Whose tax it is."`
	IssuedAt       time.Time             `json:"issuedAt"`
	DueAt          time.Time             `json:"dueAt"`
	PaidAt         *time.Time            `json:"paidAt,omitempty"`
	Lines          []InvoiceLine         `json:"lines"`
	Net            domain.Money          `json:"net" doc:"Without tax. Below zero: credited."`
	Tax            domain.Money          `json:"tax"`
	Total          domain.Money          `json:"total"`
	Refunded       domain.Money          `json:"refunded" doc:"Paid back of it, by credit notes."`
	Attempts       int                   `json:"failedAttempts,omitempty" doc:"To pay it."`
	Failure        string                `json:"failure,omitempty" doc:"Why the last of them failed."`
	Dunning        *Dunning              `json:"dunning,omitempty" doc:"What is done about a bill that is not paid."`
}

// Dunning is what is done about a bill that is not paid (R30, R31).
type Dunning struct {
	Kind       string    `json:"kind" enum:"regular,accelerated" doc:"Regular: the card is tried again. Accelerated: it never will work."`
	NextAt     time.Time `json:"nextAt" doc:"The next try, reminder or end."`
	DisabledAt time.Time `json:"disabledAt" doc:"Everybody loses access then."`
}

// InvoiceLine is one thing that is billed.
type InvoiceLine struct {
	Transaction string           `json:"transactionType" example:"Purchase"`
	ProductID   domain.ProductID `json:"productId"`
	ServiceFrom time.Time        `json:"serviceFrom"`
	ServiceTo   time.Time        `json:"serviceTo" doc:"The first instant not covered."`
	Quantity    int64            `json:"quantity"`
	UnitPrice   domain.Money     `json:"unitPrice" doc:"Of a whole term; taxIncluded says whether with tax."`
	Days        int64            `json:"days,omitempty" doc:"Of the term, that are billed; left out: all."`
	OfDays      int64            `json:"ofDays,omitempty"`
	TaxKind     string           `json:"taxKind" enum:"vat,gst,none"`
	TaxRate     float64          `json:"taxRatePercent"`
	TaxIncluded bool             `json:"taxIncluded" doc:"Whether unitPrice has the tax in it. Else it came on top."`
	Net         domain.Money     `json:"net"`
	Tax         domain.Money     `json:"tax"`
	Total       domain.Money     `json:"total"`
}

// Balances is what each account of the ledger comes to.
type Balances struct {
	Items []Balance `json:"items"`
	AsOf  AsOf      `json:"asOf"`
}

// Balance is one account in one currency.
type Balance struct {
	Account string       `json:"account" enum:"receivable,revenue,tax,cash,refunds,write_off,chargebacks"`
	Amount  domain.Money `json:"amount" doc:"Above zero: debit; below: credit."`
}

// BillingRun is what is left of a run: what time brought by an instant and
// nobody has taken yet, and the bills that are not written to the end.
type BillingRun struct {
	AsOf
	Until      time.Time `json:"until" doc:"The instant."`
	Now        time.Time `json:"now" doc:"Business time."`
	Due        int64     `json:"due" doc:"Subscriptions whose renewal, conversion or end was due by then and is not taken."`
	Unnumbered int64     `json:"unnumbered" doc:"Bills without a number."`
	Behind     int64     `json:"behind" doc:"Bills with a number that do not say all that they have to."`
}

// Left is all of it.
func (r BillingRun) Left() int64 { return r.Due + r.Unnumbered + r.Behind }

// LedgerReport says whether the ledger, the bills and the gateway agree.
type LedgerReport struct {
	Equal        bool               `json:"equal"`
	Entries      int64              `json:"entries" doc:"In the ledger."`
	Transactions int                `json:"transactions" doc:"Charges and refunds in the gateway's books."`
	Position     uint64             `json:"position" doc:"That the ledger is as of."`
	Differences  []LedgerDifference `json:"differences"`
}

// LedgerDifference is one thing that does not agree.
type LedgerDifference struct {
	Kind      string           `json:"kind" enum:"unbalanced,receivable,not_in_ledger,not_at_gateway,amounts_differ,twice_in_ledger"`
	InvoiceID domain.InvoiceID `json:"invoiceId,omitempty"`
	Reference string           `json:"reference,omitempty" doc:"The gateway's."`
	Ledger    domain.Money     `json:"ledger" doc:"What Kassa says."`
	Other     domain.Money     `json:"other" doc:"What the bill, or the gateway, says."`
}

// Chargeback asks a simulated bank to take a payment back.
type Chargeback struct {
	Charge string `json:"charge" minLength:"1" maxLength:"255" doc:"The payment service's id of the payment."`
	Reason string `json:"reason" enum:"fraudulent,product_not_received,duplicate,general"`
}

// Dispute is a payment that a bank took back.
type Dispute struct {
	ID     string       `json:"id"`
	Charge string       `json:"charge"`
	Amount domain.Money `json:"amount"`
	Reason string       `json:"reason"`
	At     time.Time    `json:"at"`
}
