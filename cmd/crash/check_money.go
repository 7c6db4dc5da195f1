package main

import (
	"cmp"
	"fmt"
	"maps"
	"strconv"
	"strings"

	"kassa/domain"
	"kassa/domain/invoice"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
)

// books are the gateway's lines that no fact has accounted for yet, by key.
type books struct {
	charges map[string]domain.Charge
	refunds map[string]domain.Refund
	broken  func(string, ...any)
}

// chargesMatch holds the gateway's books against the history, line by line: a
// charge that succeeded is a completed purchase, or seats added, of that amount;
// one that was declined is a recorded decline; a refund is one that was owed; and
// there are no others.
func chargesMatch(e evidence, broken func(string, ...any)) {
	b := books{map[string]domain.Charge{}, map[string]domain.Refund{}, broken}
	for _, c := range e.charges {
		if _, twice := b.charges[c.Key]; twice {
			broken("the gateway has %s twice", c.Key)
		}
		b.charges[c.Key] = c
	}
	for _, r := range e.refunds {
		if _, twice := b.refunds[r.Key]; twice {
			broken("the gateway has the refund %s twice", r.Key)
		}
		b.refunds[r.Key] = r
	}
	paid, free := map[domain.PurchaseID]bool{}, map[domain.PurchaseID]bool{}
	for _, f := range e.facts {
		sub, of := domain.SubscriptionID(strings.TrimPrefix(f.Stream, "subscription-")), domain.PurchaseID(strings.TrimPrefix(f.Stream, "purchase-"))
		switch fact := f.Event.(type) {
		case purchase.Started:
			free[of] = fact.Channel == domain.Central // by agreement
		case purchase.PaymentAuthorised:
			if paid[of] {
				broken("purchase %s was charged twice", of)
			}
			paid[of] = true
			b.charged(purchase.PaymentKey(of, fact.Attempt), fact.Reference, fact.Amount)
		case purchase.PaymentDeclined:
			b.declined(purchase.PaymentKey(of, fact.Attempt), fact.Code)
		case purchase.Completed:
			if !paid[of] && !free[of] && fact.Price.Minor != 0 {
				broken("purchase %s is completed and was never charged", of)
			}
		case subscription.SeatsAdded:
			b.charged(keyOf(sub, subscription.ForAddition, fact.Addition), fact.Reference, fact.Charge)
		case subscription.SeatAdditionDeclined:
			b.declined(keyOf(sub, subscription.ForAddition, fact.Addition), fact.Code)
		case subscription.Renewed:
			b.charged(renewal(sub, fact.Number), fact.Reference, fact.Charge)
		case subscription.RenewalDeclined:
			b.declined(renewal(sub, fact.Number), fact.Code)
		case subscription.InstalmentPaid:
			b.charged(instalment(sub, fact.Again, fact.Number, fact.Payment), fact.Reference, fact.Charge)
		case subscription.InstalmentDeclined:
			b.declined(instalment(sub, fact.Again, fact.Number, fact.Payment), fact.Code)
		case subscription.Reactivated:
			b.charged(keyOf(sub, subscription.ForReactivation, fact.Reactivation), fact.Reference, fact.Charge)
		case subscription.ReactivationDeclined:
			b.declined(keyOf(sub, subscription.ForReactivation, fact.Reactivation), fact.Code)
		case subscription.TrialConverted:
			b.charged(keyOf(sub, subscription.ForConversion, cmp.Or(fact.Conversion, "end")), fact.Reference, fact.Charge)
		case subscription.ConversionDeclined:
			b.declined(keyOf(sub, subscription.ForConversion, cmp.Or(fact.Conversion, "end")), fact.Code)
		case subscription.RefundIssued:
			b.refunded(subscription.RefundKey(sub, fact.Of), fact.Reference, fact.Amount)
		}
	}
	b.rest()
}

func keyOf(id domain.SubscriptionID, kind subscription.ChargeKind, of subscription.ChangeID) string {
	return subscription.ChargeKey(id, subscription.Pending{Kind: kind, ID: string(of)})
}

func renewal(id domain.SubscriptionID, number int) string {
	return keyOf(id, subscription.ForRenewal, subscription.ChangeID(strconv.Itoa(number)))
}

func instalment(id domain.SubscriptionID, again subscription.ChangeID, number, payment int) string {
	return keyOf(id, subscription.ForInstalment, cmp.Or(again, subscription.ChangeID(fmt.Sprintf("%d-%d", number, payment))))
}

// charged holds a payment against its line; what was had by agreement has none.
func (b books) charged(key, reference string, amount domain.Money) {
	if _, known := b.charges[key]; reference == "" && !known {
		return
	}
	if c := b.charges[key]; c.Status != domain.ChargeSucceeded || c.ID != reference || c.Amount != amount {
		b.broken("%s was charged as %s over %v; the gateway has %+v", key, reference, amount, c)
	}
	delete(b.charges, key)
}

func (b books) declined(key, code string) {
	if c := b.charges[key]; c.Status != domain.ChargeDeclined || c.DeclineCode != code {
		b.broken("%s was declined as %s; the gateway has %+v", key, code, c)
	}
	delete(b.charges, key)
}

func (b books) refunded(key, reference string, amount domain.Money) {
	if r := b.refunds[key]; r.ID != reference || r.Amount != amount {
		b.broken("%s was refunded as %s over %v; the gateway has %+v", key, reference, amount, r)
	}
	delete(b.refunds, key)
}

// rest is what no fact accounts for.
func (b books) rest() {
	for key, c := range b.charges {
		b.broken("charge %s of %s is in no history: %+v", c.ID, key, c)
	}
	for key, r := range b.refunds {
		b.broken("refund %s of %s is in no history: %+v", r.ID, key, r)
	}
}

// billsMatch holds bills against the gateway's books: each charge is paid on one
// bill, each refund is credited by one note and noted on the bill that was paid,
// and numbers have no gap.
func billsMatch(e evidence, broken func(string, ...any)) {
	charges, refunds := map[string]domain.Money{}, map[string]domain.Money{}
	for _, c := range e.charges {
		if c.Status == domain.ChargeSucceeded {
			charges[c.ID] = c.Amount
		}
	}
	for _, r := range e.refunds {
		refunds[r.ID] = r.Amount
	}
	numbered, kinds, credited := numbersOf(e, broken), map[string]invoice.Issued{}, maps.Clone(refunds)
	for _, f := range e.facts {
		switch fact := f.Event.(type) {
		case invoice.Issued:
			if !numbered[fact.Number] {
				broken("%s has the number %s, which nobody gave or somebody else has", f.Stream, fact.Number)
			}
			delete(numbered, fact.Number)
			kinds[f.Stream] = fact
		case invoice.Paid:
			amount, books := fact.Amount, charges
			if kinds[f.Stream].Kind == invoice.CreditNote {
				amount.Minor, books = -amount.Minor, refunds
			}
			if books[fact.Reference] != amount {
				broken("%s is paid by %s with %v; the gateway has %v", f.Stream, fact.Reference, amount, books[fact.Reference])
			}
			delete(books, fact.Reference)
		case invoice.Refunded:
			if credited[fact.Reference] != fact.Amount {
				broken("%s is credited %v for %s; the gateway has %v", f.Stream, fact.Amount, fact.Reference, credited[fact.Reference])
			}
			delete(credited, fact.Reference)
		}
	}
	for number := range numbered {
		broken("no bill has the number %s", number)
	}
	for what, left := range map[string]map[string]domain.Money{"charge": charges, "refund": refunds, "credit for": credited} {
		for reference, amount := range left {
			broken("the %s %s of %v is on no bill", what, reference, amount)
		}
	}
}

// numbersOf are the numbers given, each of which must be the next.
func numbersOf(e evidence, broken func(string, ...any)) map[string]bool {
	given, last := map[string]bool{}, map[string]int64{}
	for _, f := range e.facts {
		fact, ok := f.Event.(invoice.Numbered)
		if !ok {
			continue
		}
		if fact.First != last[f.Stream]+1 {
			broken("%s goes on with %d after %d", f.Stream, fact.First, last[f.Stream])
		}
		for i := range fact.Entries {
			given[invoice.Number(fact.Seller, fact.Year, fact.First+int64(i))] = true
		}
		last[f.Stream] = fact.Last()
	}
	return given
}

// ledgerAgrees: Kassa's own proof finds nothing.
func ledgerAgrees(e evidence, broken func(string, ...any)) {
	if !e.ledger.Equal {
		broken("%d differences: %+v", len(e.ledger.Differences), e.ledger.Differences)
	}
}
