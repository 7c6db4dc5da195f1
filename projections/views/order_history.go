package views

import (
	"strings"

	"kassa/domain"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
	"kassa/eventstore"
	"kassa/projections"
)

// OrderHistoryView answers: what happened to this order, when, by whom and why?
// It hears every fact of a purchase, its subscription and that one's licences,
// also of a checkout that was refused. Lines are only ever added.
var OrderHistoryView = projections.Projection{
	Name: "order_history", Version: 1,
	Tables: []projections.Table{
		{Name: "orders", Key: []string{"tenant", "order_number"}, DDL: ordersTable},
		{Name: "subscriptions", Key: []string{"subscription"}, DDL: orderSubscriptionsTable},
		{Name: "entries", Key: []string{"stream", "revision"}, DDL: entriesTable},
		{Name: "amounts", Key: []string{"stream"}, DDL: amountsTable},
	},
	On: projections.Hears(
		projections.On(orderStarted),
		projections.On(orderProvisioned),
		line(describeTenantResolved),
		line(describePurchaserAuthenticated),
		line(describeEligibilityConfirmed),
		line(describeRefused),
		line(describeQuantityChosen),
		line(describeQuoteIssued),
		line(describeTermsAccepted),
		line(describePaymentMethodAttached),
		line(describeSubmitted),
		line(describePaymentAuthorised),
		line(describePaymentDeclined),
		line(describeCompleted),
		line(describeSeatReserved),
		line(describeSeatReleased),
		line(describeAssigned),
		line(describeUnassigned),
	),
}

const (
	ordersTable = `CREATE TABLE orders (
		tenant       TEXT NOT NULL,
		order_number TEXT NOT NULL,
		purchase     TEXT NOT NULL,
		PRIMARY KEY (tenant, order_number)
	)`
	orderSubscriptionsTable = `CREATE TABLE subscriptions (
		subscription TEXT PRIMARY KEY,
		purchase     TEXT NOT NULL
	);
	CREATE INDEX subscriptions_by_purchase ON subscriptions (purchase)`
	// Which order an entry belongs to is asked, not stored: a licence may be
	// folded before the subscription that leads to the order.
	entriesTable = `CREATE TABLE entries (
		stream          TEXT   NOT NULL,
		revision        BIGINT NOT NULL,
		position        BIGINT NOT NULL,
		purchase        TEXT   NOT NULL, -- or empty
		subscription    TEXT   NOT NULL, -- or empty
		event           TEXT   NOT NULL,
		type            TEXT   NOT NULL,
		recorded_at     BIGINT NOT NULL,
		business_at     BIGINT NOT NULL,
		actor_kind      TEXT   NOT NULL,
		actor_tenant    TEXT   NOT NULL,
		actor_person    TEXT   NOT NULL,
		command         TEXT   NOT NULL,
		correlation     TEXT   NOT NULL,
		causation       TEXT   NOT NULL,
		transaction_type TEXT  NOT NULL,
		code            TEXT   NOT NULL,
		summary         TEXT   NOT NULL,
		quantity_before BIGINT,
		quantity_after  BIGINT,
		minor_before    BIGINT,
		minor_after     BIGINT,
		currency        TEXT   NOT NULL,
		PRIMARY KEY (stream, revision)
	);
	CREATE INDEX entries_by_purchase ON entries (purchase, position);
	CREATE INDEX entries_by_subscription ON entries (subscription, position)`
	amountsTable = `CREATE TABLE amounts (
		stream   TEXT PRIMARY KEY,
		quantity BIGINT,
		minor    BIGINT,
		currency TEXT NOT NULL
	)`
)

func orderStarted(tx *projections.Tx, e purchase.Started, f eventstore.Fact) error {
	err := tx.Exec(`INSERT INTO orders (tenant, order_number, purchase) VALUES ($1, $2, $3)`, e.Tenant, e.OrderNumber, e.Purchase)
	if err != nil {
		return err
	}
	return record(tx, f, describeStarted(e))
}

func orderProvisioned(tx *projections.Tx, e subscription.Provisioned, f eventstore.Fact) error {
	err := tx.Exec(`INSERT INTO subscriptions (subscription, purchase) VALUES ($1, $2)`, e.Subscription, e.Purchase)
	if err != nil {
		return err
	}
	return record(tx, f, describeProvisioned(e))
}

// line hears a fact that only adds an entry.
func line[E domain.Event](describe func(E) description) projections.Handlers {
	return projections.On(func(tx *projections.Tx, e E, f eventstore.Fact) error { return record(tx, f, describe(e)) })
}

// amount is what an order comes to so far, by one stream's own account.
type amount struct {
	quantity, minor *int64
	currency        string
}

// record adds an entry, with what the stream's quantity and money were before
// and are after it.
func record(tx *projections.Tx, f eventstore.Fact, d description) error {
	before, err := amountOf(tx, f.Stream)
	if err != nil {
		return err
	}
	after := d.changes(before)
	if after != before {
		err := tx.Exec(`INSERT INTO amounts (stream, quantity, minor, currency) VALUES ($1, $2, $3, $4)
			ON CONFLICT (stream) DO UPDATE SET quantity = excluded.quantity, minor = excluded.minor, currency = excluded.currency`,
			f.Stream, after.quantity, after.minor, after.currency)
		if err != nil {
			return err
		}
	}
	of, about := streamOf(f, d)
	return tx.Exec(`INSERT INTO entries (stream, revision, position, purchase, subscription, event, type, recorded_at, business_at,
			actor_kind, actor_tenant, actor_person, command, correlation, causation, transaction_type, code, summary,
			quantity_before, quantity_after, minor_before, minor_after, currency)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)`,
		f.Stream, int64(f.Revision), f.Position, of, about, f.ID.String(), f.Type, micros(f.At), micros(f.Meta.At),
		f.Meta.Actor.Kind, f.Meta.Actor.Tenant, f.Meta.Actor.Person,
		f.Meta.Command.String(), f.Meta.Correlation.String(), f.Meta.Causation.String(), d.transaction, d.code, d.summary,
		before.quantity, after.quantity, before.minor, after.minor, after.currency)
}

func amountOf(tx *projections.Tx, stream string) (a amount, err error) {
	_, err = tx.Get(`SELECT quantity, minor, currency FROM amounts WHERE stream = $1`, []any{stream}, &a.quantity, &a.minor, &a.currency)
	return a, err
}

// streamOf says which purchase or which subscription an entry is of.
func streamOf(f eventstore.Fact, d description) (of, about string) {
	switch kind, id, _ := strings.Cut(f.Stream, "-"); kind {
	case "purchase":
		return id, ""
	case "subscription":
		return "", id
	}
	return "", string(d.subscription)
}
