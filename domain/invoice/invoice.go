// Package invoice decides what a bill says and what becomes of it: the lines,
// their tax, whether it is paid, refunded or written off. A bill follows what
// was bought; it never decides whether somebody may buy, nor charges a card, nor
// works an amount out again: amounts arrive inside the command.
//
//	Issue ─▶ open ─ Pay ─▶ paid ─ Refund ─▶ partly refunded ─▶ refunded
//	          │ ▲ Fail                └─ ChargeBack ─▶ charged back
//	          └─┴─ WriteOff ─▶ written off
//
// Its stream is "invoice-<id>". A credit note is a bill of its own, paid out
// where it is issued. Numbers come from a Register, one for each seller and year.
package invoice

import (
	"fmt"
	"strconv"
	"strings"

	"kassa/domain"
)

// Decider is this package's door to a bill.
var Decider = domain.Decider[State, Command, Event]{
	Decide: func(s State, c Command) ([]Event, error) { return c.decide(s) },
	Evolve: func(s State, e Event) State { return e.evolve(s) },
}

// Stream names the stream a bill lives in.
func Stream(id domain.InvoiceID) string { return "invoice-" + string(id) }

// Number is what a bill is called by: "KASSA-2026-0000042". It has no gaps within
// a seller and a year.
func Number(seller string, year int, n int64) string {
	return fmt.Sprintf("%s-%04d-%07d", seller, year, n)
}

// Of says what of a subscription a bill is for. There is one bill for each.
type Of string

// OfTerm is a term, by its number from 1.
func OfTerm(number int) Of { return Of("term/" + strconv.Itoa(number)) }

// OfInstalment is a later payment of a term, by the number of both.
func OfInstalment(term, payment int) Of { return Of(fmt.Sprintf("instalment/%d-%d", term, payment)) }

// OfPayment is either: a term that is paid at once, or in a first payment, has no
// number of one.
func OfPayment(term, payment int) Of {
	if payment == 0 {
		return OfTerm(term)
	}
	return OfInstalment(term, payment)
}

// OfReactivation is a term that began after an earlier one had ended.
func OfReactivation(change string) Of { return Of("reactivation/" + change) }

// OfAddition is more seats.
func OfAddition(change string) Of { return Of("addition/" + change) }

// OfRefund is the credit note of a refund.
func OfRefund(refund string) Of { return Of("refund/" + refund) }

// ID is the bill of what is billed. It is worked out from what it is for, so that
// whoever bills it twice finds the first.
func ID(s domain.SubscriptionID, of Of) domain.InvoiceID {
	return domain.InvoiceID(string(s) + "-" + strings.ReplaceAll(string(of), "/", "-"))
}
