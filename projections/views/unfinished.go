package views

import (
	"context"
	"database/sql"
	"time"

	"kassa/domain"
	"kassa/domain/license"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
	"kassa/eventstore"
	"kassa/projections"
)

// UnfinishedView is what waits for a next step that Kassa itself takes: a submitted
// purchase for its payment, a paid one for its subscription, a seat for its
// licence. Each stream writes columns of its own, so its facts may come in any
// order among the others'. A crash leaves rows here; services/fulfilment works
// them off.
var UnfinishedView = projections.Projection{
	Name: "unfinished", Version: 1,
	Tables: []projections.Table{{
		Name: "unfinished_purchases", Key: []string{"purchase"},
		DDL: `CREATE TABLE unfinished_purchases (
			purchase    TEXT    PRIMARY KEY,
			step        TEXT    NOT NULL DEFAULT '', -- what the purchase waits for: settle, provision
			provisioned INTEGER NOT NULL DEFAULT 0,
			since       BIGINT  NOT NULL DEFAULT 0   -- microseconds since 1970
		);
		CREATE INDEX unfinished_purchases_due ON unfinished_purchases (since) WHERE step <> '' AND provisioned = 0`,
	}, {
		Name: "unfinished_licenses", Key: []string{"subscription", "person"},
		DDL: `CREATE TABLE unfinished_licenses (
			subscription TEXT    NOT NULL,
			person       TEXT    NOT NULL,
			seat         INTEGER NOT NULL DEFAULT 0, -- 1: a seat is reserved
			license      INTEGER NOT NULL DEFAULT 0, -- 1: the licence is assigned
			since        BIGINT  NOT NULL DEFAULT 0,
			PRIMARY KEY (subscription, person)
		);
		CREATE INDEX unfinished_licenses_due ON unfinished_licenses (since) WHERE seat <> license`,
	}},
	On: projections.Hears(
		projections.On(func(tx *projections.Tx, _ purchase.Submitted, f eventstore.Fact) error {
			return awaits(tx, f, "settle")
		}),
		projections.On(func(tx *projections.Tx, _ purchase.PaymentDeclined, f eventstore.Fact) error {
			return awaits(tx, f, "")
		}),
		projections.On(func(tx *projections.Tx, _ purchase.Completed, f eventstore.Fact) error {
			return awaits(tx, f, "provision")
		}),
		projections.On(func(tx *projections.Tx, e subscription.Provisioned, _ eventstore.Fact) error {
			return tx.Exec(`INSERT INTO unfinished_purchases (purchase, provisioned) VALUES ($1, 1)
				ON CONFLICT (purchase) DO UPDATE SET provisioned = 1`, string(e.Purchase))
		}),
		projections.On(func(tx *projections.Tx, e subscription.SeatReserved, f eventstore.Fact) error {
			return seat(tx, f, e.Person, 1)
		}),
		projections.On(func(tx *projections.Tx, e subscription.SeatReleased, f eventstore.Fact) error {
			return seat(tx, f, e.Person, 0)
		}),
		projections.On(func(tx *projections.Tx, e license.Assigned, _ eventstore.Fact) error {
			return held(tx, e.Subscription, e.Assignee, 1)
		}),
		projections.On(func(tx *projections.Tx, e license.Unassigned, _ eventstore.Fact) error {
			return held(tx, e.Subscription, e.Assignee, 0)
		}),
	),
}

func awaits(tx *projections.Tx, f eventstore.Fact, step string) error {
	return tx.Exec(`INSERT INTO unfinished_purchases (purchase, step, since) VALUES ($1, $2, $3)
		ON CONFLICT (purchase) DO UPDATE SET step = excluded.step, since = excluded.since`,
		f.Stream[len("purchase-"):], step, f.Meta.At.UnixMicro())
}

func seat(tx *projections.Tx, f eventstore.Fact, p domain.PersonID, reserved int) error {
	return tx.Exec(`INSERT INTO unfinished_licenses (subscription, person, seat, since) VALUES ($1, $2, $3, $4)
		ON CONFLICT (subscription, person) DO UPDATE SET seat = excluded.seat, since = excluded.since`,
		f.Stream[len("subscription-"):], string(p), reserved, f.Meta.At.UnixMicro())
}

func held(tx *projections.Tx, s domain.SubscriptionID, p domain.PersonID, assigned int) error {
	return tx.Exec(`INSERT INTO unfinished_licenses (subscription, person, license) VALUES ($1, $2, $3)
		ON CONFLICT (subscription, person) DO UPDATE SET license = excluded.license`,
		string(s), string(p), assigned)
}

// Seat is one person's seat of one subscription.
type Seat struct {
	Subscription domain.SubscriptionID
	Person       domain.PersonID
}

// Backlog is what has waited for its next step since before some instant.
type Backlog struct {
	Purchases []domain.PurchaseID
	Seats     []Seat
}

// Waiting lists the oldest of what has waited since before, at most limit of
// each kind. It spans all tenants: it is for Kassa itself, never for a person.
func Waiting(ctx context.Context, p *projections.Projector, before time.Time, limit int) (b Backlog, err error) {
	_, err = p.Read(ctx, UnfinishedView.Name, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT purchase FROM unfinished_purchases
			WHERE step <> '' AND provisioned = 0 AND since < $1 ORDER BY since LIMIT $2`, before.UnixMicro(), limit)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id domain.PurchaseID
			if err := rows.Scan(&id); err != nil {
				return err
			}
			b.Purchases = append(b.Purchases, id)
		}
		if err := rows.Err(); err != nil {
			return err
		}
		b.Seats, err = waitingSeats(ctx, tx, before, limit)
		return err
	})
	return b, err
}

func waitingSeats(ctx context.Context, tx *sql.Tx, before time.Time, limit int) ([]Seat, error) {
	rows, err := tx.QueryContext(ctx, `SELECT subscription, person FROM unfinished_licenses
		WHERE seat <> license AND since < $1 ORDER BY since LIMIT $2`, before.UnixMicro(), limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var seats []Seat
	for rows.Next() {
		var s Seat
		if err := rows.Scan(&s.Subscription, &s.Person); err != nil {
			return nil, err
		}
		seats = append(seats, s)
	}
	return seats, rows.Err()
}
