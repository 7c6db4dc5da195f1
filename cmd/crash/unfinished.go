package main

import (
	"strings"

	"kassa/domain/license"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
	"kassa/eventstore"
)

// unfinished is what Kassa itself owes a next step: a submitted purchase, a paid
// one without its subscription, a seat without its licence, a licence taken back
// whose seat is not, seats that are not paid, a refund that is not made. It is
// kept by hearing every fact in order.
type unfinished map[string]bool

func (u unfinished) hear(f eventstore.Fact) {
	switch e := f.Event.(type) {
	case purchase.Submitted:
		u[f.Stream] = true
	case purchase.PaymentDeclined:
		delete(u, f.Stream)
	case subscription.Provisioned:
		delete(u, purchase.Stream(e.Purchase))
	case subscription.SeatAdditionRequested:
		u[f.Stream] = true
	case subscription.SeatsAdded, subscription.SeatAdditionDeclined:
		delete(u, f.Stream)
	case subscription.SeatsRemoved:
		u.owe(e.Lines)
	case subscription.Cancelled:
		u.owe(e.Lines)
	case subscription.RefundIssued:
		delete(u, string(e.Of))
	case subscription.SeatReserved:
		u[seatOf(f.Stream, string(e.Person))] = true
	case subscription.SeatReleased:
		delete(u, seatOf(f.Stream, string(e.Person)))
	case license.Assigned:
		delete(u, f.Stream)
	case license.Unassigned:
		u[f.Stream] = true
	}
}

func (u unfinished) owe(lines []subscription.RefundLine) {
	for _, l := range lines {
		if l.Amount.Minor != 0 {
			u[string(l.Refund)] = true
		}
	}
}

// seatOf names a seat by the stream of its licence.
func seatOf(stream, person string) string {
	return "license-" + strings.TrimPrefix(stream, "subscription-") + "-" + person
}
