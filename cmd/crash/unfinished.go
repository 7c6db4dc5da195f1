package main

import (
	"maps"
	"slices"
	"strings"
	"time"

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
	payers   map[domain.SubscriptionID]bool      // whose people pay, and not an agreement
	declined map[domain.SubscriptionID]time.Time // when the term begins that was asked for last
}

func newUnfinished() unfinished {
	return unfinished{map[string]bool{}, map[domain.SubscriptionID]map[string]bool{}, map[domain.SubscriptionID]bool{}, map[domain.SubscriptionID]bool{}, map[domain.SubscriptionID]time.Time{}}
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
		u.payers[id] = e.Payer != ""
		u.bill(id, invoice.OfTerm(1), e.Price)
		u.licences[id] = map[string]bool{}
	case subscription.SeatAdditionRequested:
		u.waits[stream] = true
	case subscription.SeatsAdded:
		delete(u.waits, stream)
		u.bill(id, invoice.OfAddition(string(e.Addition)), e.Charge)
	case subscription.SeatAdditionDeclined:
		delete(u.waits, stream)
	case subscription.SeatsRemoved:
		u.owe(e.Lines)
	case subscription.Cancelled:
		u.owe(e.Lines)
	case subscription.Credited:
		u.waits[string(e.Refund)] = true
	case subscription.RefundIssued:
		delete(u.waits, string(e.Of))
		note := invoice.OfRefund(string(e.Of))
		u.bill(id, note, e.Amount)
		u.waits["credited "+string(invoice.ID(id, note))] = true
	case subscription.RefundFailed:
		delete(u.waits, string(e.Of))
	case subscription.Suspended:
		u.loses(id)
	case subscription.Deleted:
		u.disabled[id] = true
		for licence := range u.licences[id] {
			delete(u.waits, suspended+licence)
		}
	case subscription.Disabled:
		u.loses(id)
	case subscription.SeatReserved:
		u.waits[license.Stream(id, e.Person)] = true
	case subscription.SeatReleased:
		delete(u.waits, license.Stream(id, e.Person))
	default:
		u.term(stream, id, e)
	}
}

// term hears what is asked for, paid and declined when a term ends.
func (u unfinished) term(stream string, id domain.SubscriptionID, e subscription.Event) {
	switch e := e.(type) {
	case subscription.RenewalRequested:
		u.waits[stream] = true
		u.declined[id] = e.Start
	case subscription.ReactivationRequested, subscription.ConversionRequested, subscription.InstalmentRequested:
		u.waits[stream] = true
	case subscription.RenewalDeclined, subscription.ReactivationDeclined, subscription.ConversionDeclined, subscription.InstalmentDeclined:
		delete(u.waits, stream)
	case subscription.InstalmentPaid:
		delete(u.waits, stream)
		u.bill(id, invoice.OfInstalment(e.Number, e.Payment), e.Charge)
		u.regains(id)
	case subscription.Renewed:
		delete(u.waits, stream)
		u.bill(id, invoice.OfTerm(e.Number), e.Charge)
	case subscription.TrialConverted:
		delete(u.waits, stream)
		u.bill(id, invoice.OfTerm(e.Number), e.Charge)
	case subscription.Reactivated:
		delete(u.waits, stream)
		of := invoice.OfReactivation(string(e.Reactivation))
		if u.declined[id].Equal(e.Start) {
			of = invoice.OfTerm(e.Number)
		}
		u.bill(id, of, e.Charge)
		u.regains(id)
	}
}

// loses waits for the licences of what is disabled, or suspended, to be so.
func (u unfinished) loses(id domain.SubscriptionID) {
	if u.disabled[id] {
		return
	}
	u.disabled[id] = true
	for licence := range u.licences[id] {
		u.waits[suspended+licence] = true
	}
}

// regains no longer waits for that.
func (u unfinished) regains(id domain.SubscriptionID) {
	u.disabled[id] = false
	for licence := range u.licences[id] {
		delete(u.waits, suspended+licence)
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
		if e.Cause != license.SubscriptionEnded { // then no seat is released
			u.waits[stream] = true
		}
		delete(u.licences[e.Subscription], stream)
		delete(u.waits, suspended+stream)
	case license.Suspended:
		delete(u.waits, suspended+stream)
	}
}

// bill waits for a bill to be paid.
func (u unfinished) bill(id domain.SubscriptionID, of invoice.Of, amount domain.Money) {
	if amount.Minor == 0 || !u.payers[id] {
		return
	}
	u.waits[invoice.Stream(invoice.ID(id, of))] = true
}

func (u unfinished) owe(lines []subscription.RefundLine) {
	for _, l := range lines {
		if l.Amount.Minor != 0 {
			u.waits[string(l.Refund)] = true
		}
	}
}
