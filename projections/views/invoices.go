package views

import (
	"context"
	"math"
	"time"

	"github.com/go-json-experiment/json"

	"kassa/domain"
	"kassa/domain/invoice"
	"kassa/domain/subscription"
	"kassa/eventstore"
	"kassa/projections"
)

// InvoicesView answers whoever pays: the bills they were sent, and where each
// stands (R29). A bill is kept as it was issued.
var InvoicesView = projections.Projection{
	Name: "invoices", Version: 3,
	Tables: []projections.Table{{
		Name: "invoices", Key: []string{"invoice"},
		DDL: `CREATE TABLE invoices (
			invoice  TEXT   PRIMARY KEY,
			number   TEXT   NOT NULL UNIQUE,
			tenant   TEXT   NOT NULL,
			payer    TEXT   NOT NULL,
			at       BIGINT NOT NULL,
			issued   TEXT   NOT NULL, -- the fact, as JSON
			status   TEXT   NOT NULL,
			refunded BIGINT NOT NULL DEFAULT 0,
			attempts BIGINT NOT NULL DEFAULT 0, -- to pay it, that failed
			failure  TEXT   NOT NULL DEFAULT '', -- why the last one did
			paid_at  BIGINT NOT NULL DEFAULT 0
		);
		CREATE INDEX invoices_by_payer ON invoices (tenant, payer, at, number)`,
	}, {
		Name: "dunning", Key: []string{"invoice"}, // its subscription says so, sooner or later than its own facts
		DDL: `CREATE TABLE dunning (
			invoice     TEXT   PRIMARY KEY,
			kind        TEXT   NOT NULL,
			next_at     BIGINT NOT NULL,
			disabled_at BIGINT NOT NULL
		)`,
	}},
	On: projections.Hears(
		projections.On(func(tx *projections.Tx, e invoice.Issued, f eventstore.Fact) error {
			issued, err := json.Marshal(e)
			if err != nil {
				return err
			}
			return tx.Exec(`INSERT INTO invoices (invoice, number, tenant, payer, at, issued, status) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
				idOf(f), e.Number, e.Tenant, e.Payer, micros(e.At), string(issued), string(invoice.StatusOpen))
		}),
		projections.On(func(tx *projections.Tx, e invoice.Paid, f eventstore.Fact) error {
			return tx.Change(`UPDATE invoices SET status = $2, paid_at = $3 WHERE invoice = $1`, idOf(f), string(invoice.StatusPaid), micros(e.At))
		}),
		projections.On(func(tx *projections.Tx, e invoice.PaymentFailed, f eventstore.Fact) error {
			return tx.Change(`UPDATE invoices SET attempts = $2, failure = $3 WHERE invoice = $1`, idOf(f), e.Attempt, e.Code)
		}),
		projections.On(func(tx *projections.Tx, e invoice.Refunded, f eventstore.Fact) error {
			return tx.Change(`UPDATE invoices SET refunded = refunded + $2, status = $3 WHERE invoice = $1`, idOf(f), e.Amount.Minor, string(invoice.StatusPartlyRefunded))
		}),
		projections.On(func(tx *projections.Tx, _ invoice.ChargedBack, f eventstore.Fact) error {
			return tx.Change(`UPDATE invoices SET status = $2 WHERE invoice = $1`, idOf(f), string(invoice.StatusChargedBack))
		}),
		projections.On(func(tx *projections.Tx, e subscription.DunningStarted, f eventstore.Fact) error {
			return tx.Exec(`INSERT INTO dunning (invoice, kind, next_at, disabled_at) VALUES ($1, $2, $3, $4)
				ON CONFLICT (invoice) DO UPDATE SET kind = excluded.kind, next_at = excluded.next_at, disabled_at = excluded.disabled_at`,
				dunned(f, e.Number, e.Payment), string(e.Kind), micros(e.NextAt), micros(e.DisabledAt))
		}),
		projections.On(func(tx *projections.Tx, e subscription.DunningStepReached, f eventstore.Fact) error {
			return tx.Change(`UPDATE dunning SET next_at = $2 WHERE invoice = $1`, dunned(f, e.Number, e.Payment), micros(e.NextAt))
		}),
		projections.On(func(tx *projections.Tx, _ invoice.WrittenOff, f eventstore.Fact) error {
			return tx.Change(`UPDATE invoices SET status = $2 WHERE invoice = $1`, idOf(f), string(invoice.StatusWrittenOff))
		}),
	),
}

// Invoice is a bill as it was issued, and where it stands.
type Invoice struct {
	invoice.Issued
	Status   invoice.Status
	Refunded domain.Money
	Attempts int
	Failure  string    // why the last attempt to pay it failed
	PaidAt   time.Time // zero: it is not
	Dunning  *Dunning  // while it is open
}

// Dunning is what is done about a bill that was not paid.
type Dunning struct {
	Kind       subscription.DunningKind
	NextAt     time.Time // the next try, reminder or end
	DisabledAt time.Time // everybody loses access for good
}

func dunned(f eventstore.Fact, term, payment int) domain.InvoiceID {
	return invoice.ID(domain.SubscriptionID(idOf(f)), invoice.OfPayment(term, payment))
}

// InvoiceFilter narrows a list of bills. Empty fields let everything through.
type InvoiceFilter struct {
	From, Until time.Time // issued at or after, and before
	Next        string    // from the page before
	Limit       int       // at most MaxLimit; DefaultLimit if 0
}

// Invoices asks it.
type Invoices struct{ table }

// NewInvoices asks the live rows of p.
func NewInvoices(p *projections.Projector) Invoices { return Invoices{table{p, InvoicesView.Name}} }

const invoiceColumns = `SELECT number, at, issued, status, refunded, attempts, failure, paid_at,
	coalesce(kind, ''), coalesce(next_at, 0), coalesce(disabled_at, 0) FROM invoices LEFT JOIN dunning USING (invoice)`

// List returns the bills of one payer, newest first.
func (v Invoices) List(ctx context.Context, tenant domain.TenantID, payer domain.PersonID, f InvoiceFilter) (page Page[Invoice], err error) {
	after, err := readCursor(f.Next, cursor{sort: math.MaxInt64})
	if err != nil {
		return page, err
	}
	until := int64(math.MaxInt64)
	if !f.Until.IsZero() {
		until = micros(f.Until)
	}
	from := int64(math.MinInt64)
	if !f.From.IsZero() {
		from = micros(f.From)
	}
	most := limit(f.Limit)
	asOf, err := v.ask(ctx, func(q query) error {
		found, err := q.invoices(invoiceColumns+` WHERE tenant = $1 AND payer = $2 AND at >= $3 AND at < $4 AND (at, number) < ($5, $6)
			ORDER BY at DESC, number DESC LIMIT $7`, string(tenant), string(payer), from, until, after.sort, after.id, most+1)
		page = cut(found, most, func(i Invoice) cursor { return cursor{micros(i.At), i.Number} })
		return err
	})
	page.AsOf = asOf
	return page, err
}

// Get returns one bill of a payer by its number, or invoice.ErrUnknown.
func (v Invoices) Get(ctx context.Context, tenant domain.TenantID, payer domain.PersonID, number string) (found Invoice, asOf uint64, err error) {
	asOf, err = v.ask(ctx, func(q query) (err error) {
		found, err = q.invoice(` WHERE tenant = $1 AND payer = $2 AND number = $3`, string(tenant), string(payer), number)
		return err
	})
	return found, asOf, err
}

// Any returns one bill of anybody's by its number, or invoice.ErrUnknown: for the
// vendor's support.
func (v Invoices) Any(ctx context.Context, number string) (found Invoice, err error) {
	_, err = v.ask(ctx, func(q query) (err error) {
		found, err = q.invoice(` WHERE number = $1`, number)
		return err
	})
	return found, err
}

// Number is what a bill is called by; empty where there is no such bill.
func (v Invoices) Number(ctx context.Context, id domain.InvoiceID) (number string, err error) {
	_, err = v.ask(ctx, func(q query) error {
		return q.each(`SELECT number FROM invoices WHERE invoice = $1`, []any{string(id)}, func(scan func(...any) error) error { return scan(&number) })
	})
	return number, err
}

// Open returns every bill that is open, of all tenants, with what is owed: for
// whoever holds the ledger against it.
func (v Invoices) Open(ctx context.Context) (owed map[domain.InvoiceID]domain.Money, asOf uint64, err error) {
	asOf, err = v.ask(ctx, func(q query) error {
		owed = map[domain.InvoiceID]domain.Money{}
		all, err := q.invoices(invoiceColumns+` WHERE status = $1`, string(invoice.StatusOpen))
		for _, i := range all {
			owed[i.Issued.Invoice] = i.Total
		}
		return err
	})
	return owed, asOf, err
}

// invoice is the only one that there can be, or invoice.ErrUnknown.
func (q query) invoice(where string, args ...any) (found Invoice, err error) {
	all, err := q.invoices(invoiceColumns+where, args...)
	switch {
	case err != nil:
		return found, err
	case len(all) == 0:
		return found, invoice.ErrUnknown
	}
	return all[0], nil
}

func (q query) invoices(sql string, args ...any) (all []Invoice, err error) {
	err = q.each(sql, args, func(scan func(...any) error) error {
		var i Invoice
		var number, issued string
		var at, refunded, paidAt, nextAt, disabledAt int64
		var kind subscription.DunningKind
		if err := scan(&number, &at, &issued, &i.Status, &refunded, &i.Attempts, &i.Failure, &paidAt, &kind, &nextAt, &disabledAt); err != nil {
			return err
		}
		if kind != "" && i.Status == invoice.StatusOpen {
			i.Dunning = &Dunning{Kind: kind, NextAt: instant(nextAt), DisabledAt: instant(disabledAt)}
		}
		if err := json.Unmarshal([]byte(issued), &i.Issued); err != nil {
			return err
		}
		i.Refunded = domain.Money{Minor: refunded, Currency: i.Total.Currency}
		if i.Refunded == i.Total && refunded != 0 {
			i.Status = invoice.StatusRefunded
		}
		if paidAt != 0 {
			i.PaidAt = instant(paidAt)
		}
		all = append(all, i)
		return nil
	})
	return all, err
}
