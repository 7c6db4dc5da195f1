package views

import (
	"strings"

	"kassa/domain"
	"kassa/domain/license"
	"kassa/domain/product"
	"kassa/domain/subscription"
	"kassa/eventstore"
	"kassa/projections"
)

// items is what the administrator's and the purchaser's view have in common:
// one row for each subscription, and beside it what other streams say of it.
// They are two views because they are shown to different people.
func items(name string, version int, index string) projections.Projection {
	return projections.Projection{
		Name: name, Version: version,
		Tables: []projections.Table{
			{Name: "items", Key: []string{"subscription"}, DDL: itemsTable + index},
			{Name: "seats", Key: []string{"subscription", "person"}, DDL: seatsTable},
			{Name: "licences", Key: []string{"subscription", "person"}, DDL: licencesTable},
			{Name: "item_orders", Key: []string{"subscription", "order_number"}, DDL: itemOrdersTable},
			{Name: "products", Key: []string{"product"}, DDL: itemProductsTable},
			{Name: "leavers", Key: []string{"stream"}, DDL: itemLeaversTable},
		},
		On: projections.Hears(
			projections.On(provisioned),
			projections.On(seatReserved),
			projections.On(seatReleased),
			projections.On(licenceAssigned),
			projections.On(licenceUnassigned),
			projections.On(licenceSuspended),
			projections.On(licenceRestored),
			projections.On(productListed),
			projections.On(productRenamed),
			itemLife(),
			itemTaken(),
			purchaserLeaves(),
		),
	}
}

const (
	itemsTable = `CREATE TABLE items (
		subscription       TEXT    PRIMARY KEY,
		tenant             TEXT    NOT NULL,
		purchase           TEXT    NOT NULL,
		product            TEXT    NOT NULL,
		purchaser          TEXT    NOT NULL,
		channel            TEXT    NOT NULL,
		kind               TEXT    NOT NULL,
		quantity           BIGINT  NOT NULL,
		unit_minor         BIGINT  NOT NULL,
		unit_currency      TEXT    NOT NULL,
		price_minor        BIGINT  NOT NULL,
		price_currency     TEXT    NOT NULL,
		term               TEXT    NOT NULL,
		start_at           BIGINT  NOT NULL,
		end_at             BIGINT  NOT NULL,
		frequency          TEXT    NOT NULL, -- of payments; empty: a term is paid at once
		paid_until         BIGINT  NOT NULL,
		payment            BIGINT  NOT NULL, -- of the term, the latest
		cancellation_until BIGINT  NOT NULL,
		recurring          BOOLEAN NOT NULL,
		ended              TEXT    NOT NULL DEFAULT '', -- expired, disabled or deleted, once a fact says so
		takeover           TEXT    NOT NULL DEFAULT '', -- move or cancel, once an administrator has taken control
		taken_by           TEXT    NOT NULL DEFAULT '',
		taken_at           BIGINT  NOT NULL DEFAULT 0,
		taken_target       TEXT    NOT NULL DEFAULT '', -- of a move
		taken_users        BIGINT  NOT NULL DEFAULT 0,  -- who held a seat then
		orphaned_at        BIGINT  NOT NULL DEFAULT 0   -- when the purchaser left; 0: they have not
	);`
	// Seats and licences carry no tenant: they are only ever reached through an
	// item, which does.
	seatsTable = `CREATE TABLE seats (
		subscription TEXT NOT NULL,
		person       TEXT NOT NULL,
		PRIMARY KEY (subscription, person)
	)`
	licencesTable = `CREATE TABLE licences (
		subscription TEXT    NOT NULL,
		person       TEXT    NOT NULL,
		assigned_at  BIGINT  NOT NULL,
		suspended    BOOLEAN NOT NULL DEFAULT FALSE,
		PRIMARY KEY (subscription, person)
	)`
	itemOrdersTable = `CREATE TABLE item_orders (
		subscription TEXT   NOT NULL,
		order_number TEXT   NOT NULL,
		ordered_at   BIGINT NOT NULL,
		PRIMARY KEY (subscription, order_number)
	)`
	itemProductsTable = `CREATE TABLE products (
		product TEXT PRIMARY KEY,
		name    TEXT NOT NULL,
		family  TEXT NOT NULL
	)`
)

func provisioned(tx *projections.Tx, e subscription.Provisioned, f eventstore.Fact) error {
	if err := itemProvisioned(tx, e, f); err != nil {
		return err
	}
	return tx.Exec(`INSERT INTO item_orders (subscription, order_number, ordered_at) VALUES ($1, $2, $3)`,
		e.Subscription, e.OrderNumber, micros(e.Start))
}

func itemProvisioned(tx *projections.Tx, e subscription.Provisioned, _ eventstore.Fact) error {
	return tx.Exec(`INSERT INTO items (subscription, tenant, purchase, product, purchaser, channel, kind, quantity,
			unit_minor, unit_currency, price_minor, price_currency, term, start_at, end_at, cancellation_until, recurring, frequency, paid_until, payment)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, 1)`,
		e.Subscription, e.Tenant, e.Purchase, e.Product, e.Purchaser, e.Channel, domain.Paid, e.Quantity,
		e.UnitPrice.Minor, e.UnitPrice.Currency, e.Price.Minor, e.Price.Currency, e.Term,
		micros(e.Start), micros(e.End), micros(e.CancellationUntil), e.RecurringBilling, e.Frequency, micros(e.First().Paid()))
}

func seatReserved(tx *projections.Tx, e subscription.SeatReserved, f eventstore.Fact) error {
	return tx.Exec(`INSERT INTO seats (subscription, person) VALUES ($1, $2)`, idOf(f), e.Person)
}

func seatReleased(tx *projections.Tx, e subscription.SeatReleased, f eventstore.Fact) error {
	return tx.Change(`DELETE FROM seats WHERE subscription = $1 AND person = $2`, idOf(f), e.Person)
}

func licenceAssigned(tx *projections.Tx, e license.Assigned, _ eventstore.Fact) error {
	return tx.Exec(`INSERT INTO licences (subscription, person, assigned_at) VALUES ($1, $2, $3)`,
		e.Subscription, e.Assignee, micros(e.At))
}

func licenceUnassigned(tx *projections.Tx, e license.Unassigned, _ eventstore.Fact) error {
	return tx.Change(`DELETE FROM licences WHERE subscription = $1 AND person = $2`, e.Subscription, e.Assignee)
}

func licenceSuspended(tx *projections.Tx, e license.Suspended, _ eventstore.Fact) error {
	return setSuspended(tx, e.Subscription, e.Assignee, true)
}

func licenceRestored(tx *projections.Tx, e license.Restored, _ eventstore.Fact) error {
	return setSuspended(tx, e.Subscription, e.Assignee, false)
}

func setSuspended(tx *projections.Tx, s domain.SubscriptionID, p domain.PersonID, suspended bool) error {
	return tx.Change(`UPDATE licences SET suspended = $3 WHERE subscription = $1 AND person = $2`, s, p, suspended)
}

func productListed(tx *projections.Tx, e product.Listed, _ eventstore.Fact) error {
	return tx.Exec(`INSERT INTO products (product, name, family) VALUES ($1, $2, $3)
		ON CONFLICT (product) DO UPDATE SET name = excluded.name, family = excluded.family`, e.Product, e.Name, e.Family)
}

func productRenamed(tx *projections.Tx, e product.Renamed, f eventstore.Fact) error {
	return tx.Change(`UPDATE products SET name = $2 WHERE product = $1`, idOf(f), e.Name)
}

// idOf is the aggregate's id: what follows the kind in the name of its stream.
func idOf(f eventstore.Fact) string {
	_, id, _ := strings.Cut(f.Stream, "-")
	return id
}
