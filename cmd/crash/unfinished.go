package main

import (
	"maps"
	"slices"
	"strings"

	"kassa/domain"
	"kassa/domain/invoice"
	"kassa/domain/license"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
	"kassa/eventstore"
)

// unfinished is what Kassa itself owes a next step: a submitted purchase, a paid
// one without its subscription, a seat without its licence, a licence taken back
// whose seat is not, or not suspended with its subscription, seats that are not
// paid, a refund that is not made, and money without its bill. It is kept by
// hearing every fact in order.
type unfinished struct {
	waits    map[string]bool
	licences map[domain.SubscriptionID]map[string]bool // the streams of those that people have
	disabled map[domain.SubscriptionID]bool
}

func newUnfinished() unfinished {
	return unfinished{map[string]bool{}, map[domain.SubscriptionID]map[string]bool{}, map[domain.SubscriptionID]bool{}}
}

// left names what waits.
func (u unfinished) left() []string { return slices.Sorted(maps.Keys(u.waits)) }

func (u unfinished) hear(f eventstore.Fact) {
	switch e := f.Event.(type) {
	case purchase.Submitted:
		u.waits[f.Stream] = true
	case purchase.PaymentDeclined:
		delete(u.waits, f.Stream)
	case license.Event:
		u.license(f.Stream, e)
	case subscription.Event:
		u.subscription(f.Stream, domain.SubscriptionID(strings.TrimPrefix(f.Stream, "subscription-")), e)
	case invoice.Paid:
		delete(u.waits, f.Stream)
	case invoice.Refunded:
		delete(u.waits, "credited "+string(e.CreditNote))
	}
}

func (u unfinished) subscription(stream string, id domain.SubscriptionID, e subscription.Event) {
	switch e := e.(type) {
	case subscription.Provisioned:
		delete(u.waits, purchase.Stream(e.Purchase))
		u.bill(id, invoice.OfTerm(1))
		u.licences[id] = map[string]bool{}
	case subscription.SeatAdditionRequested:
		u.waits[stream] = true
	case subscription.SeatsAdded:
		delete(u.waits, stream)
		u.bill(id, invoice.OfAddition(string(e.Addition)))
	case subscription.SeatAdditionDeclined:
		delete(u.waits, stream)
	case subscription.SeatsRemoved:
		u.owe(e.Lines)
	case subscription.Cancelled:
		u.owe(e.Lines)
	case subscription.RefundIssued:
		delete(u.waits, string(e.Of))
		note := invoice.OfRefund(string(e.Of))
		u.bill(id, note)
		u.waits["credited "+string(invoice.ID(id, note))] = true
	case subscription.Disabled:
		u.disabled[id] = true
		for licence := range u.licences[id] {
			u.waits[suspended+licence] = true
		}
	case subscription.SeatReserved:
		u.waits[license.Stream(id, e.Person)] = true
	case subscription.SeatReleased:
		delete(u.waits, license.Stream(id, e.Person))
	}
}

// suspended begins the name of a licence whose subscription is disabled.
const suspended = "suspended "

func (u unfinished) license(stream string, e license.Event) {
	switch e := e.(type) {
	case license.Assigned:
		delete(u.waits, stream)
		u.licences[e.Subscription][stream] = true
		if u.disabled[e.Subscription] {
			u.waits[suspended+stream] = true
		}
	case license.Unassigned:
		u.waits[stream] = true
		delete(u.licences[e.Subscription], stream)
		delete(u.waits, suspended+stream)
	case license.Suspended:
		delete(u.waits, suspended+stream)
	}
}

// bill waits for a bill to be paid.
func (u unfinished) bill(id domain.SubscriptionID, of invoice.Of) {
	u.waits[invoice.Stream(invoice.ID(id, of))] = true
}

func (u unfinished) owe(lines []subscription.RefundLine) {
	for _, l := range lines {
		if l.Amount.Minor != 0 {
			u.waits[string(l.Refund)] = true
		}
	}
}
