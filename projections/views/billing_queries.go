package views

import (
	"context"

	"kassa/domain"
	"kassa/domain/invoice"
	"kassa/eventstore"
	"kassa/projections"
)

// Billing asks it. It spans all tenants: it is for Kassa itself, never for a
// person.
type Billing struct{ table }

// NewBilling asks the live rows of p.
func NewBilling(p *projections.Projector) Billing { return Billing{table{p, BillingView.Name}} }

// Unnumbered is bills of one year that have no number, and where the register
// stood that gives it to them.
type Unnumbered struct {
	Year     int
	Revision eventstore.Revision // of the register; NoStream: it is empty
	Last     int64               // number given
	Bills    []invoice.Entry     // in the order of the facts that ask for them; none: nothing waits
}

// Unnumbered lists at most limit of the oldest year's.
func (v Billing) Unnumbered(ctx context.Context, seller string, limit int) (u Unnumbered, asOf uint64, err error) {
	asOf, err = v.ask(ctx, func(q query) error {
		u = Unnumbered{Revision: eventstore.NoStream}
		err := q.each(`SELECT subscription, what, year FROM bills_to_write
			WHERE number = 0 AND asked >= 0 AND year = (SELECT min(year) FROM bills_to_write WHERE number = 0 AND asked >= 0)
			ORDER BY first LIMIT $1`, []any{limit}, func(scan func(...any) error) error {
			var e invoice.Entry
			err := scan(&e.Subscription, &e.Of, &u.Year)
			u.Bills = append(u.Bills, e)
			return err
		})
		if err != nil {
			return err
		}
		return q.each(`SELECT revision, last FROM invoice_registers WHERE seller = $1 AND year = $2`, []any{seller, u.Year}, func(scan func(...any) error) error {
			return scan(&u.Revision, &u.Last)
		})
	})
	return u, asOf, err
}

// Behind is a bill that has a number and does not follow all facts yet.
type Behind struct {
	invoice.Entry
	Year   int
	Number int64
	Begun  bool // there are facts of it
}

// Behind lists at most limit of them, the oldest first.
func (v Billing) Behind(ctx context.Context, limit int) (bills []Behind, asOf uint64, err error) {
	asOf, err = v.ask(ctx, func(q query) error {
		bills = nil
		return q.each(`SELECT subscription, what, year, number, told >= 0 FROM bills_to_write
			WHERE number > 0 AND told < asked ORDER BY first LIMIT $1`, []any{limit}, func(scan func(...any) error) error {
			var b Behind
			err := scan(&b.Subscription, &b.Of, &b.Year, &b.Number, &b.Begun)
			bills = append(bills, b)
			return err
		})
	})
	return bills, asOf, err
}

// BillsLeft is how many bills are not what the facts say yet.
type BillsLeft struct {
	Unnumbered int64
	Behind     int64 // of those that have a number
}

// Left counts them. What it costs depends on how many those are, never on how
// many bills there are.
func (v Billing) Left(ctx context.Context) (l BillsLeft, asOf uint64, err error) {
	asOf, err = v.ask(ctx, func(q query) error {
		return q.each(leftQuery, nil, func(scan func(...any) error) error { return scan(&l.Unnumbered, &l.Behind) })
	})
	return l, asOf, err
}

// Each count is read from the index of what is counted alone.
const leftQuery = `SELECT (SELECT count(*) FROM bills_to_write WHERE number = 0 AND asked >= 0),
	(SELECT count(*) FROM bills_to_write WHERE number > 0 AND told < asked)`

// Entry is what a bill is for, or invoice.ErrUnknown.
func (v Billing) Entry(ctx context.Context, bill domain.InvoiceID) (e invoice.Entry, err error) {
	_, err = v.ask(ctx, func(q query) error {
		return q.each(`SELECT subscription, what FROM bills_to_write WHERE bill = $1`, []any{string(bill)}, func(scan func(...any) error) error {
			return scan(&e.Subscription, &e.Of)
		})
	})
	if err == nil && e.Of == "" {
		err = invoice.ErrUnknown
	}
	return e, err
}
