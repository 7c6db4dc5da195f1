package views

import (
	"context"

	"kassa/domain"
	"kassa/domain/invoice"
	"kassa/eventstore"
	"kassa/projections"
)

// LedgerView is the double-entry ledger of what people are billed: each fact of
// a bill that moves money posts entries that add up to zero.
var LedgerView = projections.Projection{
	Name: "ledger", Version: 2,
	Tables: []projections.Table{
		{Name: "ledger_bills", Key: []string{"bill"}, DDL: `CREATE TABLE ledger_bills (
			bill   TEXT    PRIMARY KEY,
			tenant TEXT    NOT NULL,
			payer  TEXT    NOT NULL
		)`},
		{Name: "entries", Key: []string{"bill", "revision", "account"}, DDL: `CREATE TABLE entries (
			bill      TEXT   NOT NULL,
			revision  BIGINT NOT NULL, -- of the fact, in the bill's stream
			account   TEXT   NOT NULL,
			minor     BIGINT NOT NULL, -- above zero: debit; below: credit
			currency  TEXT   NOT NULL,
			reference TEXT   NOT NULL, -- the gateway's, of cash
			at        BIGINT NOT NULL,
			PRIMARY KEY (bill, revision, account)
		);
		CREATE INDEX entries_of_cash ON entries (reference) WHERE account = 'cash'`},
	},
	On: projections.Hears(
		projections.On(func(tx *projections.Tx, e invoice.Issued, f eventstore.Fact) error {
			if err := tx.Exec(`INSERT INTO ledger_bills (bill, tenant, payer) VALUES ($1, $2, $3)`, idOf(f), e.Tenant, e.Payer); err != nil {
				return err
			}
			earned := Revenue
			if e.Kind == invoice.CreditNote {
				earned = Refunds
			}
			return post(tx, f, "", entry{Receivable, e.Total, 1}, entry{earned, e.Net, -1}, entry{Tax, e.Tax, -1})
		}),
		projections.On(func(tx *projections.Tx, e invoice.Paid, f eventstore.Fact) error {
			return post(tx, f, e.Reference, entry{Cash, e.Amount, 1}, entry{Receivable, e.Amount, -1})
		}),
		projections.On(func(tx *projections.Tx, e invoice.ChargedBack, f eventstore.Fact) error {
			return post(tx, f, e.Reference, entry{Chargebacks, e.Amount, 1}, entry{Cash, e.Amount, -1})
		}),
		projections.On(func(tx *projections.Tx, e invoice.WrittenOff, f eventstore.Fact) error {
			return post(tx, f, "", entry{WriteOff, e.Amount, 1}, entry{Receivable, e.Amount, -1})
		}),
	),
}

// Account is where an entry is posted.
type Account string

// Accounts.
const (
	Receivable  Account = "receivable"  // billed and not paid
	Revenue     Account = "revenue"     // without tax
	Tax         Account = "tax"         // owed to the state
	Cash        Account = "cash"        // at the gateway
	Refunds     Account = "refunds"     // credited, without tax
	WriteOff    Account = "write_off"   // that nobody will pay
	Chargebacks Account = "chargebacks" // that banks took back
)

// entry is an amount and its side: 1 is debit, -1 is credit.
type entry struct {
	account Account
	amount  domain.Money
	side    int64
}

func post(tx *projections.Tx, f eventstore.Fact, reference string, entries ...entry) error {
	for _, e := range entries {
		if e.amount.Minor == 0 {
			continue
		}
		of := reference
		if e.account != Cash {
			of = ""
		}
		err := tx.Exec(`INSERT INTO entries (bill, revision, account, minor, currency, reference, at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			idOf(f), int64(f.Revision), string(e.account), e.side*e.amount.Minor, e.amount.Currency, of, micros(f.Meta.At))
		if err != nil {
			return err
		}
	}
	return nil
}

// Balance is what an account comes to in a currency: above zero is debit.
type Balance struct {
	Account Account
	Amount  domain.Money
}

// CashEntry is a line that the gateway must have, too.
type CashEntry struct {
	Bill      domain.InvoiceID
	Reference string       // the gateway's id of the charge or the refund
	Amount    domain.Money // below zero: paid back
}

// Ledger asks it. It spans all tenants: it is for whoever runs Kassa.
type Ledger struct{ table }

// NewLedger asks the live rows of p.
func NewLedger(p *projections.Projector) Ledger { return Ledger{table{p, LedgerView.Name}} }

// Balances lists every account by currency: of all, of one tenant, or of one
// payer in it.
func (v Ledger) Balances(ctx context.Context, tenant domain.TenantID, payer domain.PersonID) (all []Balance, asOf uint64, err error) {
	asOf, err = v.ask(ctx, func(q query) error {
		all = nil
		return q.each(`SELECT account, currency, sum(minor) FROM entries JOIN ledger_bills USING (bill)
			WHERE ($1 = '' OR tenant = $1) AND ($2 = '' OR payer = $2) GROUP BY currency, account ORDER BY currency, account`, []any{string(tenant), string(payer)}, func(scan func(...any) error) error {
			var b Balance
			err := scan(&b.Account, &b.Amount.Currency, &b.Amount.Minor)
			all = append(all, b)
			return err
		})
	})
	return all, asOf, err
}

// Audit is what a ledger is held against.
type Audit struct {
	Entries    int64
	Unbalanced []domain.InvoiceID // bills with a fact whose entries do not add up to zero
	Open       map[domain.InvoiceID]domain.Money
	Cash       []CashEntry
	AsOf       uint64
}

// Audit reads everything that must agree with something else, at one instant.
func (v Ledger) Audit(ctx context.Context) (a Audit, err error) {
	asOf, err := v.ask(ctx, func(q query) error {
		a = Audit{Open: map[domain.InvoiceID]domain.Money{}}
		err := q.each(`SELECT count(*) FROM entries`, nil, func(scan func(...any) error) error { return scan(&a.Entries) })
		if err != nil {
			return err
		}
		err = q.each(`SELECT DISTINCT bill FROM (SELECT bill FROM entries GROUP BY bill, revision, currency HAVING sum(minor) <> 0) AS b ORDER BY bill`, nil,
			func(scan func(...any) error) error {
				a.Unbalanced = append(a.Unbalanced, "")
				return scan(&a.Unbalanced[len(a.Unbalanced)-1])
			})
		if err != nil {
			return err
		}
		err = q.each(`SELECT bill, sum(minor), min(currency) FROM entries WHERE account = 'receivable' GROUP BY bill HAVING sum(minor) <> 0`, nil,
			func(scan func(...any) error) error {
				var bill domain.InvoiceID
				var owed domain.Money
				err := scan(&bill, &owed.Minor, &owed.Currency)
				a.Open[bill] = owed
				return err
			})
		if err != nil {
			return err
		}
		return q.each(`SELECT bill, reference, minor, currency FROM entries WHERE account = 'cash' ORDER BY bill, revision`, nil,
			func(scan func(...any) error) error {
				var c CashEntry
				err := scan(&c.Bill, &c.Reference, &c.Amount.Minor, &c.Amount.Currency)
				a.Cash = append(a.Cash, c)
				return err
			})
	})
	a.AsOf = asOf
	return a, err
}
