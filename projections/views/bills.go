package views

import (
	"time"

	"kassa/domain"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
	"kassa/eventstore"
	"kassa/projections"
)

// BillsView answers whoever pays: what was I charged and paid back, for what,
// and what is still to be paid? (R29, R30) One row for each charge that was asked
// for and each refund. What an organisation pays by agreement is nobody's here.
//
// Which card paid is asked, not stored: cards are facts of the purchase.
var BillsView = projections.Projection{
	Name: "bills", Version: 3,
	Tables: []projections.Table{
		{Name: "payers", Key: []string{"subscription"}, DDL: payersTable},
		{Name: "bills", Key: []string{"subscription", "bill"}, DDL: billsTable},
		{Name: "cards", Key: []string{"purchase", "position"}, DDL: cardsTable},
		{Name: "products", Key: []string{"product"}, DDL: itemProductsTable},
	},
	On: projections.Hears(
		projections.On(billsBegin),
		projections.On(cardAttached),
		billCharges(),
		billRefunds(),
		projections.On(productListed),
		projections.On(productRenamed),
	),
}

const (
	payersTable = `CREATE TABLE payers (
		subscription TEXT PRIMARY KEY,
		tenant       TEXT NOT NULL,
		payer        TEXT NOT NULL, -- empty: the organisation
		purchase     TEXT NOT NULL,
		order_number TEXT NOT NULL,
		product      TEXT NOT NULL
	);
	CREATE INDEX payers_by_person ON payers (tenant, payer)`
	billsTable = `CREATE TABLE bills (
		subscription TEXT   NOT NULL,
		bill         TEXT   NOT NULL, -- what it is for: purchase, addition/…, term/…, instalment/…, reactivation/…, conversion/…, refund/…
		asked        BIGINT NOT NULL, -- position of the fact that asked for it
		at           BIGINT NOT NULL,
		transaction_type TEXT NOT NULL,
		status       TEXT   NOT NULL,
		quantity     BIGINT NOT NULL,
		from_at      BIGINT NOT NULL,
		to_at        BIGINT NOT NULL,
		minor        BIGINT NOT NULL, -- less than zero: paid back
		currency     TEXT   NOT NULL,
		reference    TEXT   NOT NULL DEFAULT '', -- the gateway's, of a charge; of a refund, that of the charge it is paid back from
		PRIMARY KEY (subscription, bill)
	)`
	cardsTable = `CREATE TABLE cards (
		purchase TEXT   NOT NULL,
		position BIGINT NOT NULL,
		brand    TEXT   NOT NULL,
		last4    TEXT   NOT NULL,
		PRIMARY KEY (purchase, position)
	)`
)

// BillStatus says what became of a charge or a refund.
type BillStatus string

// Statuses of a bill. Their texts are part of the public API.
const (
	BillPending  BillStatus = "pending"  // the gateway has not answered yet
	BillPaid     BillStatus = "paid"     // charged, or paid back
	BillDeclined BillStatus = "declined" // not charged, and nothing came of it
	BillOpen     BillStatus = "open"     // not charged, and can still be paid
	BillClosed   BillStatus = "closed"   // was open; a later bill took its place, or it is too late
	BillFailed   BillStatus = "failed"   // could not be paid back to the card
)

// bill is a row as the fact that asks for it states it.
type bill struct {
	id, transaction, reference string
	status                     BillStatus
	quantity                   int64
	from, to                   time.Time
	amount                     domain.Money
}

func (b bill) insert(tx *projections.Tx, f eventstore.Fact) error {
	if b.amount.Minor == 0 {
		return nil
	}
	return tx.Exec(`INSERT INTO bills (subscription, bill, asked, at, transaction_type, status, quantity, from_at, to_at, minor, currency, reference)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		idOf(f), b.id, f.Position, micros(f.Meta.At), b.transaction, string(b.status), b.quantity, micros(b.from), micros(b.to),
		b.amount.Minor, b.amount.Currency, b.reference)
}

// settled says what became of a bill; there is none where nothing was to pay.
func settled(tx *projections.Tx, f eventstore.Fact, id string, status BillStatus, reference string) error {
	return tx.Exec(`UPDATE bills SET status = $3, reference = $4 WHERE subscription = $1 AND bill = $2`, idOf(f), id, string(status), reference)
}

// closeOpen ends the wait for what was not paid.
func closeOpen(tx *projections.Tx, f eventstore.Fact) error {
	return tx.Exec(`UPDATE bills SET status = $2 WHERE subscription = $1 AND status = $3`, idOf(f), string(BillClosed), string(BillOpen))
}

func billsBegin(tx *projections.Tx, e subscription.Provisioned, f eventstore.Fact) error {
	err := tx.Exec(`INSERT INTO payers (subscription, tenant, payer, purchase, order_number, product) VALUES ($1, $2, $3, $4, $5, $6)`,
		e.Subscription, e.Tenant, e.Payer, e.Purchase, e.OrderNumber, e.Product)
	if err != nil {
		return err
	}
	return bill{id: "purchase", transaction: "Purchase", status: BillPaid, quantity: e.Quantity, from: e.Start, to: e.First().Paid(), amount: e.Price}.insert(tx, f)
}

func cardAttached(tx *projections.Tx, e purchase.PaymentMethodAttached, f eventstore.Fact) error {
	return tx.Exec(`INSERT INTO cards (purchase, position, brand, last4) VALUES ($1, $2, $3, $4)`, idOf(f), f.Position, e.Brand, e.Last4)
}
