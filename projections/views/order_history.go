package views

import (
	"kassa/domain"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
	"kassa/eventstore"
	"kassa/projections"
)

// OrderHistoryView answers: what happened to this order, when, by whom and why?
// It hears every fact of a purchase, its subscription and that one's licences,
// also of a checkout that was refused. Entries are only ever added.
var OrderHistoryView = projections.Projection{
	Name: "order_history", Version: 5,
	Tables: []projections.Table{
		{Name: "orders", Key: []string{"tenant", "order_number"}, DDL: ordersTable},
		{Name: "subscriptions", Key: []string{"subscription"}, DDL: orderSubscriptionsTable},
		{Name: "entries", Key: []string{"position"}, DDL: entriesTable},
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
		line(describeSuspended),
		line(describeRestored),
		line(describePurchaserMarkedAsLeft),
		line(describePurchaserReturned),
		seatLines(),
		termLines(),
		trialLines(),
		endLines(),
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
	// folded before the subscription that leads to the order. What an order came
	// to before and after is asked too; stored is what the fact itself states.
	entriesTable = `CREATE TABLE entries (
		position         BIGINT PRIMARY KEY,
		about            TEXT   NOT NULL, -- the purchase's stream, or the subscription's
		stream           TEXT   NOT NULL,
		revision         BIGINT NOT NULL,
		event            TEXT   NOT NULL,
		type             TEXT   NOT NULL,
		recorded_at      BIGINT NOT NULL,
		business_at      BIGINT NOT NULL,
		actor_kind       TEXT   NOT NULL,
		actor_tenant     TEXT   NOT NULL,
		actor_person     TEXT   NOT NULL,
		command          TEXT   NOT NULL,
		correlation      TEXT   NOT NULL,
		causation        TEXT   NOT NULL,
		transaction_type TEXT   NOT NULL,
		code             TEXT   NOT NULL,
		summary          TEXT   NOT NULL,
		person           TEXT   NOT NULL, -- whose licence it is about; empty: nobody's
		quantity         BIGINT,
		minor            BIGINT,
		currency         TEXT
	);
	CREATE INDEX entries_by_order ON entries (about, position)`
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

// record adds an entry.
func record(tx *projections.Tx, f eventstore.Fact, d description) error {
	about := f.Stream
	if d.subscription != "" {
		about = subscription.Stream(d.subscription)
	}
	var minor *int64
	var currency *string
	if d.money != nil {
		minor, currency = &d.money.Minor, &d.money.Currency
	}
	return tx.Exec(`INSERT INTO entries (position, about, stream, revision, event, type, recorded_at, business_at,
			actor_kind, actor_tenant, actor_person, command, correlation, causation, transaction_type, code, summary, person, quantity, minor, currency)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)`,
		f.Position, about, f.Stream, int64(f.Revision), f.ID.String(), f.Type, micros(f.At), micros(f.Meta.At),
		string(f.Meta.Actor.Kind), string(f.Meta.Actor.Tenant), string(f.Meta.Actor.Person),
		f.Meta.Command.String(), f.Meta.Correlation.String(), f.Meta.Causation.String(), d.transaction, d.code, d.summary,
		string(d.person), d.quantity, minor, currency)
}
