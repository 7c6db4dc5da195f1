package views

import (
	"kassa/domain"
	"kassa/domain/paymentmethod"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
	"kassa/eventstore"
	"kassa/projections"
)

// PaymentMethodsView answers a person: which cards do I have, and what does each
// pay for? (R31) services/paymentmethods works off what it shows to be left to
// do: cards that were paid with and are on no list, what still pays with a card
// that is gone, and months that are over.
//
// What is known of a person's card by its token comes from several streams. It is
// positions of which the last counts, so it comes out the same in any order.
var PaymentMethodsView = projections.Projection{
	Name: "payment_methods", Version: 2,
	Tables: []projections.Table{
		{Name: "methods", Key: []string{"method"}, DDL: methodsTable},
		{Name: "tokens", Key: []string{"tenant", "person", "token"}, DDL: methodTokensTable},
		{Name: "orders", Key: []string{"purchase"}, DDL: methodOrdersTable},
		{Name: "paid", Key: []string{"subscription"}, DDL: methodPaidTable},
		{Name: "products", Key: []string{"product"}, DDL: itemProductsTable},
	},
	On: projections.Hears(
		projections.On(methodAdded),
		projections.On(methodChanged),
		projections.On(methodDefault),
		projections.On(func(tx *projections.Tx, e paymentmethod.CardExpired, _ eventstore.Fact) error {
			return tx.Change(`UPDATE methods SET expired = 1 WHERE method = $1`, e.Card)
		}),
		projections.On(func(tx *projections.Tx, e paymentmethod.CardReplaced, f eventstore.Fact) error {
			return methodGone(tx, e.Card, f)
		}),
		projections.On(func(tx *projections.Tx, e paymentmethod.CardRemoved, f eventstore.Fact) error {
			return methodGone(tx, e.Card, f)
		}),
		projections.On(methodOrderStarted),
		projections.On(methodOrderedBy),
		projections.On(methodUsed),
		projections.On(func(tx *projections.Tx, e purchase.Submitted, f eventstore.Fact) error {
			return methodOrdered(tx, f, e.Subscription)
		}),
		projections.On(func(tx *projections.Tx, _ purchase.PaymentDeclined, f eventstore.Fact) error {
			return methodOrdered(tx, f, "")
		}),
		projections.On(func(tx *projections.Tx, _ purchase.Refused, f eventstore.Fact) error {
			return methodOrdered(tx, f, "")
		}),
		projections.On(methodOrderCompleted),
		methodPays(),
		projections.On(productListed),
		projections.On(productRenamed),
	),
}

const (
	methodsTable = `CREATE TABLE methods (
		method     TEXT    PRIMARY KEY,
		stream     TEXT    NOT NULL,
		tenant     TEXT    NOT NULL,
		person     TEXT    NOT NULL,
		token      TEXT    NOT NULL,
		brand      TEXT    NOT NULL,
		last4      TEXT    NOT NULL,
		exp_month  INTEGER NOT NULL,
		exp_year   INTEGER NOT NULL,
		country    TEXT    NOT NULL,
		added_at   BIGINT  NOT NULL,
		expires_at BIGINT  NOT NULL, -- 0: nobody knows
		expired    INTEGER NOT NULL DEFAULT 0,
		is_default INTEGER NOT NULL DEFAULT 0,
		gone       INTEGER NOT NULL DEFAULT 0 -- 1: it was replaced or removed
	);
	CREATE INDEX methods_by_person ON methods (tenant, person);
	CREATE INDEX methods_of_stream ON methods (stream);
	CREATE INDEX methods_good ON methods (expires_at, method) WHERE ` + methodGood
	methodTokensTable = `CREATE TABLE tokens (
		tenant   TEXT   NOT NULL,
		person   TEXT   NOT NULL,
		token    TEXT   NOT NULL,
		listed   BIGINT NOT NULL DEFAULT 0, -- position of the last fact by which it came on the list
		gone     BIGINT NOT NULL DEFAULT 0, -- and of that by which it left it
		used     BIGINT NOT NULL DEFAULT 0, -- and of that by which an order was paid with it
		purchase TEXT   NOT NULL DEFAULT '', -- which order
		fact     TEXT   NOT NULL DEFAULT '', -- and which fact
		PRIMARY KEY (tenant, person, token)
	);
	CREATE INDEX tokens_unlisted ON tokens (used) WHERE ` + methodUnlisted + `;
	CREATE INDEX tokens_gone ON tokens (gone) WHERE gone > listed`
	methodOrdersTable = `CREATE TABLE orders (
		purchase     TEXT    PRIMARY KEY,
		tenant       TEXT    NOT NULL,
		person       TEXT    NOT NULL DEFAULT '',
		subscription TEXT    NOT NULL DEFAULT '', -- while it is ordered, and for good once it is paid
		completed    INTEGER NOT NULL DEFAULT 0,
		token        TEXT    NOT NULL DEFAULT '', -- of the card on file, if the person gave it themselves
		position     BIGINT  NOT NULL DEFAULT 0,  -- of the fact that put it there
		fact         TEXT    NOT NULL DEFAULT '',
		good         INTEGER NOT NULL DEFAULT 0   -- 1: it had not expired then
	);
	CREATE INDEX orders_by_card ON orders (tenant, person, token)`
	methodPaidTable = `CREATE TABLE paid (
		subscription TEXT    PRIMARY KEY,
		purchase     TEXT    NOT NULL,
		product      TEXT    NOT NULL,
		renews       INTEGER NOT NULL,
		unpaid       INTEGER NOT NULL DEFAULT 0, -- 1: a term, or a month of one, was declined, and can still be paid
		declined     BIGINT  NOT NULL DEFAULT 0, -- position of the fact that says so last; 0: it is being asked for
		deleted      INTEGER NOT NULL DEFAULT 0
	);
	CREATE INDEX paid_declined ON paid (declined) WHERE ` + methodUnpaid
)

// Conditions of indexes, and of the queries that they are for.
const (
	methodGood     = `gone = 0 AND expired = 0 AND expires_at > 0`
	methodUnlisted = `used > gone AND listed <= gone`
	methodUnpaid   = `unpaid = 1 AND declined > 0`
)

func expiresAt(month, year int) int64 {
	at := domain.Card{ExpMonth: month, ExpYear: year}.ExpiresAt()
	if at.IsZero() {
		return 0
	}
	return micros(at)
}

func methodAdded(tx *projections.Tx, e paymentmethod.CardAdded, f eventstore.Fact) error {
	err := tx.Exec(`INSERT INTO methods (method, stream, tenant, person, token, brand, last4, exp_month, exp_year, country, added_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		e.Card, f.Stream, e.Tenant, e.Person, e.Token, e.Brand, e.Last4, e.ExpMonth, e.ExpYear, e.Country, micros(e.At), expiresAt(e.ExpMonth, e.ExpYear))
	if err != nil {
		return err
	}
	return tx.Exec(`INSERT INTO tokens (tenant, person, token, listed) VALUES ($1, $2, $3, $4)
		ON CONFLICT (tenant, person, token) DO UPDATE SET listed = MAX(listed, excluded.listed)`, e.Tenant, e.Person, e.Token, f.Position)
}

func methodChanged(tx *projections.Tx, e paymentmethod.CardDetailsChanged, _ eventstore.Fact) error {
	return tx.Change(`UPDATE methods SET exp_month = $2, exp_year = $3, country = $4, expires_at = $5, expired = 0 WHERE method = $1`,
		e.Card, e.ExpMonth, e.ExpYear, e.Country, expiresAt(e.ExpMonth, e.ExpYear))
}

func methodDefault(tx *projections.Tx, e paymentmethod.CardSetAsDefault, f eventstore.Fact) error {
	return tx.Change(`UPDATE methods SET is_default = CASE method WHEN $2 THEN 1 ELSE 0 END WHERE stream = $1`, f.Stream, e.Card)
}

func methodGone(tx *projections.Tx, id domain.PaymentMethodID, f eventstore.Fact) error {
	if err := tx.Change(`UPDATE methods SET gone = 1, is_default = 0 WHERE method = $1`, id); err != nil {
		return err
	}
	return tx.Exec(`INSERT INTO tokens (tenant, person, token, gone) SELECT tenant, person, token, $2 FROM methods WHERE method = $1
		ON CONFLICT (tenant, person, token) DO UPDATE SET gone = MAX(gone, excluded.gone)`, id, f.Position)
}

func methodOrderStarted(tx *projections.Tx, e purchase.Started, _ eventstore.Fact) error {
	return tx.Exec(`INSERT INTO orders (purchase, tenant) VALUES ($1, $2)`, e.Purchase, e.Tenant)
}

func methodOrderedBy(tx *projections.Tx, e purchase.PurchaserAuthenticated, f eventstore.Fact) error {
	return tx.Change(`UPDATE orders SET person = $2 WHERE purchase = $1`, idOf(f), e.Person)
}

// methodUsed puts a card on file. That of an administrator who took control is on
// nobody's list.
func methodUsed(tx *projections.Tx, e purchase.PaymentMethodAttached, f eventstore.Fact) error {
	expires := expiresAt(e.ExpMonth, e.ExpYear)
	err := tx.Change(`UPDATE orders SET token = CASE person WHEN $2 THEN $3 ELSE '' END, position = $4, fact = $5, good = $6 WHERE purchase = $1`,
		idOf(f), f.Meta.Actor.Person, e.Token, f.Position, f.ID.String(), expires == 0 || expires > micros(f.Meta.At))
	if err != nil {
		return err
	}
	return methodPaidWith(tx, f)
}

// methodOrdered says what an order leads to; nothing, once it came to nothing.
func methodOrdered(tx *projections.Tx, f eventstore.Fact, to domain.SubscriptionID) error {
	return tx.Change(`UPDATE orders SET subscription = $2 WHERE purchase = $1`, idOf(f), to)
}

// methodOrderCompleted says that the last card worked; those before were declined.
func methodOrderCompleted(tx *projections.Tx, e purchase.Completed, f eventstore.Fact) error {
	if err := tx.Change(`UPDATE orders SET completed = 1, subscription = $2 WHERE purchase = $1`, idOf(f), e.Subscription); err != nil {
		return err
	}
	return methodPaidWith(tx, f)
}

// methodPaidWith says that an order was completed with the card on file, or that
// it was put there since.
func methodPaidWith(tx *projections.Tx, f eventstore.Fact) error {
	return tx.Exec(`INSERT INTO tokens (tenant, person, token, used, purchase, fact)
		SELECT tenant, person, token, position, purchase, fact FROM orders WHERE purchase = $1 AND completed = 1 AND token <> '' AND good = 1
		ON CONFLICT (tenant, person, token) DO UPDATE SET used = excluded.used, purchase = excluded.purchase, fact = excluded.fact
			WHERE excluded.used > used`, idOf(f))
}

// methodPays hears whether a subscription will be charged again, and what of it
// was declined.
func methodPays() projections.Handlers {
	return projections.Hears(
		projections.On(func(tx *projections.Tx, e subscription.Provisioned, _ eventstore.Fact) error {
			return tx.Exec(`INSERT INTO paid (subscription, purchase, product, renews) VALUES ($1, $2, $3, $4)`,
				e.Subscription, e.Purchase, e.Product, e.RecurringBilling)
		}),
		sets[subscription.RecurringBillingTurnedOn](`renews = 1`),
		sets[subscription.RecurringBillingTurnedOff](`renews = 0`),
		sets[subscription.Renewed](`unpaid = 0`),
		sets[subscription.Reactivated](`renews = 1, unpaid = 0`),
		sets[subscription.TrialConverted](`renews = 1`),
		sets[subscription.TrialEnded](`renews = 0`),
		sets[subscription.ControlTaken](`renews = 0, unpaid = 0`),
		sets[subscription.Cancelled](`renews = 0, unpaid = 0`),
		sets[subscription.Disabled](`renews = 0, unpaid = 0`),
		sets[subscription.Deleted](`deleted = 1`),
		sets[subscription.ReactivationRequested](`declined = 0`),
		sets[subscription.InstalmentRequested](`declined = 0`),
		sets[subscription.InstalmentPaid](`unpaid = 0`),
		projections.On(func(tx *projections.Tx, _ subscription.RenewalDeclined, f eventstore.Fact) error {
			return methodFailed(tx, f)
		}),
		projections.On(func(tx *projections.Tx, _ subscription.InstalmentDeclined, f eventstore.Fact) error {
			return methodFailed(tx, f)
		}),
		projections.On(func(tx *projections.Tx, _ subscription.ReactivationDeclined, f eventstore.Fact) error {
			return tx.Change(`UPDATE paid SET declined = $2 WHERE subscription = $1`, idOf(f), f.Position)
		}),
	)
}

// methodFailed says that a term, or a month of one, was declined.
func methodFailed(tx *projections.Tx, f eventstore.Fact) error {
	return tx.Change(`UPDATE paid SET unpaid = 1, declined = $2 WHERE subscription = $1`, idOf(f), f.Position)
}

// sets hears a fact that changes the same columns whatever it says.
func sets[E domain.Event](columns string) projections.Handlers {
	return projections.On(func(tx *projections.Tx, _ E, f eventstore.Fact) error {
		return tx.Change(`UPDATE paid SET `+columns+` WHERE subscription = $1`, idOf(f))
	})
}
