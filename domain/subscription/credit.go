package subscription

import (
	"slices"
	"time"

	"kassa/domain"
)

// Credit gives back some of what was paid for a bill because the vendor's
// support says so, not the calendar. The rest of the subscription stays as it is.
type Credit struct {
	Credit ChangeID
	Bill   string       // as the bill is named: "term/2"
	Charge string       // the gateway's id of what was paid for it; empty: nothing was
	Paid   domain.Money // by that charge
	Back   int64        // of it, that was paid back, taken back or is owed until now
	Amount domain.Money
	Tax    domain.TaxSplit // of Paid; zero: the bill says
	Reason CreditReason
	At     time.Time
}

func (c Credit) decide(s State) ([]Event, error) {
	switch {
	case s.Subscription == "":
		return nil, ErrUnknown
	case c.Credit == "", c.Bill == "":
		return nil, ErrRequest
	case slices.Contains(s.credits, c.Credit):
		return nil, nil
	case !slices.Contains(creditReasons, c.Reason):
		return nil, ErrCreditReason
	case s.Ended == StatusDeleted:
		return nil, ErrDeleted
	case c.Charge == "":
		return nil, ErrNotPaid
	case c.Amount.Minor < 1 || c.Amount.Currency != c.Paid.Currency:
		return nil, ErrCreditAmount
	case c.Amount.Minor > c.Paid.Minor-c.Back:
		return nil, ErrCreditTooLarge
	}
	return []Event{Credited{
		Credit: c.Credit, Bill: c.Bill, Refund: RefundID(string(c.Credit) + "/1"), Amount: c.Amount, Charge: c.Charge, Reason: c.Reason, At: c.At,
		Tax: back(c.Tax, c.Back, c.Amount),
	}}, nil
}

// Credited says that support gives some of a payment back. It is owed until
// RefundIssued.
type Credited struct {
	Credit ChangeID     `json:"credit"`
	Bill   string       `json:"bill"` // as the bill is named: "term/2"
	Refund RefundID     `json:"refund"`
	Amount domain.Money `json:"amount"`
	Charge string       `json:"charge"` // the gateway's id of what was paid
	Reason CreditReason `json:"reason"`
	At     time.Time    `json:"at"`

	Tax domain.TaxSplit `json:"tax,omitzero"` // in Amount; zero: the bill says
}

// EventType is its stored name.
func (Credited) EventType() string { return "subscription.credited.v1" }

// CreditReason is a word from a list, like every Reason.
type CreditReason string

// Why support gives money back. They are stored: append only.
const (
	Goodwill     CreditReason = "goodwill"
	Outage       CreditReason = "outage"
	BillingError CreditReason = "billing_error"
)

var creditReasons = []CreditReason{Goodwill, Outage, BillingError}

func (e Credited) evolve(s State) State {
	s.credits = append(slices.Clip(s.credits), e.Credit)
	s.Owed = append(slices.Clip(s.Owed), Owed{Refund: e.Refund, Amount: e.Amount, Charge: e.Charge})
	s.Batches = slices.Clone(s.Batches)
	left := e.Amount.Minor
	for i, b := range s.Batches { // one instalment pays for several
		if b.paidBy(e) {
			back := min(left, b.Paid.Minor-b.Back)
			s.Batches[i].Back, left = b.Back+back, left-back
		}
	}
	return s
}

// paidBy says whether a credit is for what b was paid with.
func (b Batch) paidBy(e Credited) bool {
	if b.Charge == "" {
		return b.Addition == "" && e.Bill == "term/1"
	}
	return b.Charge == e.Charge
}
