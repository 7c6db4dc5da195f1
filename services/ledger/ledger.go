// Package ledger proves that the money adds up: the double-entry ledger to zero,
// its receivables to the bills that are open, and its cash to the gateway's own
// books, transaction by transaction. It only compares; it must never correct
// anything.
package ledger

import (
	"cmp"
	"context"
	"iter"
	"maps"
	"slices"

	"kassa/domain"
	"kassa/projections/views"
)

// entries is the ledger, bills what is still to be paid, and books the gateway's.
type entries interface {
	Audit(ctx context.Context) (views.Audit, error)
}

type bills interface {
	Open(ctx context.Context) (map[domain.InvoiceID]domain.Money, uint64, error)
}

type books interface {
	Charges(ctx context.Context) iter.Seq2[domain.Charge, error]
	Refunds(ctx context.Context) iter.Seq2[domain.Refund, error]
	Disputes(ctx context.Context) iter.Seq2[domain.Dispute, error]
}

// Ledger is what is held against what.
type Ledger struct {
	Entries entries
	Bills   bills
	Books   books
}

// Kind says what does not agree.
type Kind string

// Kinds of differences.
const (
	Unbalanced   Kind = "unbalanced"      // the entries of a fact do not add up to zero
	Receivable   Kind = "receivable"      // what is owed by the ledger is not what the bill says
	NotInLedger  Kind = "not_in_ledger"   // the gateway moved money that no bill tells of
	NotAtGateway Kind = "not_at_gateway"  // a bill tells of money that the gateway did not move
	OtherAmount  Kind = "amounts_differ"  // both know of it, with different amounts
	Twice        Kind = "twice_in_ledger" // two entries for one transaction
)

// Difference is one thing that does not agree.
type Difference struct {
	Kind      Kind
	Bill      domain.InvoiceID // where a bill is known
	Reference string           // the gateway's, where there is one
	Ledger    domain.Money     // what Kassa says
	Other     domain.Money     // what the bill or the gateway says
}

// Report is what a comparison came to.
type Report struct {
	Entries      int64
	Transactions int // at the gateway: charges that succeeded, refunds and disputes
	Differences  []Difference
	Position     uint64 // that the ledger is as of
}

// Verify compares everything. What was charged a moment ago and is not billed
// yet is a difference, too: ask again.
func (l Ledger) Verify(ctx context.Context) (Report, error) {
	audit, err := l.Entries.Audit(ctx)
	if err != nil {
		return Report{}, err
	}
	open, _, err := l.Bills.Open(ctx)
	if err != nil {
		return Report{}, err
	}
	moved, err := l.moved(ctx) // last: nothing is billed before it was moved
	if err != nil {
		return Report{}, err
	}
	r := Report{Entries: audit.Entries, Transactions: len(moved), Position: audit.AsOf}
	for _, bill := range audit.Unbalanced {
		r.Differences = append(r.Differences, Difference{Kind: Unbalanced, Bill: bill})
	}
	r.Differences = append(r.Differences, receivables(audit.Open, open)...)
	r.Differences = append(r.Differences, cash(audit.Cash, moved)...)
	return r, nil
}

// moved is the gateway's books by reference; what it paid back, or a bank took back, is below zero.
func (l Ledger) moved(ctx context.Context) (map[string]domain.Money, error) {
	all := map[string]domain.Money{}
	for c, err := range l.Books.Charges(ctx) {
		if err != nil {
			return nil, err
		}
		if c.Status == domain.ChargeSucceeded {
			all[c.ID] = c.Amount
		}
	}
	for r, err := range l.Books.Refunds(ctx) {
		if err != nil {
			return nil, err
		}
		all[r.ID] = domain.Money{Minor: -r.Amount.Minor, Currency: r.Amount.Currency}
	}
	for d, err := range l.Books.Disputes(ctx) {
		if err != nil {
			return nil, err
		}
		all[d.ID] = domain.Money{Minor: -d.Amount.Minor, Currency: d.Amount.Currency}
	}
	return all, nil
}

func receivables(ledger, open map[domain.InvoiceID]domain.Money) (differ []Difference) {
	bills := maps.Clone(open)
	maps.Copy(bills, ledger)
	for _, bill := range slices.Sorted(maps.Keys(bills)) {
		if ledger[bill] != open[bill] {
			differ = append(differ, Difference{Kind: Receivable, Bill: bill, Ledger: ledger[bill], Other: open[bill]})
		}
	}
	return differ
}

func cash(entries []views.CashEntry, moved map[string]domain.Money) (differ []Difference) {
	seen := map[string]bool{}
	for _, e := range entries {
		at, known := moved[e.Reference]
		d := Difference{Bill: e.Bill, Reference: e.Reference, Ledger: e.Amount, Other: at}
		switch {
		case seen[e.Reference]:
			d.Kind = Twice
		case !known:
			d.Kind = NotAtGateway
		case at != e.Amount:
			d.Kind = OtherAmount
		}
		if seen[e.Reference] = true; d.Kind != "" {
			differ = append(differ, d)
		}
	}
	for reference, amount := range moved {
		if !seen[reference] {
			differ = append(differ, Difference{Kind: NotInLedger, Reference: reference, Other: amount})
		}
	}
	slices.SortStableFunc(differ, func(a, b Difference) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Reference, b.Reference))
	})
	return differ
}
