package views

import (
	"context"
	"database/sql"
	"time"

	"kassa/domain"
	"kassa/projections"
)

// Seat is one person's seat of one subscription.
type Seat struct {
	Subscription domain.SubscriptionID
	Person       domain.PersonID
}

// Backlog is what has waited for its next step since before some instant.
type Backlog struct {
	Purchases     []domain.PurchaseID
	Subscriptions []domain.SubscriptionID // for a charge or a refund
	Seats         []Seat
}

// Waiting lists the oldest of what has waited since before, at most limit of
// each kind. It spans all tenants: it is for Kassa itself, never for a person.
func Waiting(ctx context.Context, p *projections.Projector, before time.Time, limit int) (b Backlog, err error) {
	_, err = p.Read(ctx, UnfinishedView.Name, func(tx *sql.Tx) error {
		oldest := func(query string, scan func(*sql.Rows) error) error {
			rows, err := tx.QueryContext(ctx, query+` AND since < $1 ORDER BY since LIMIT $2`, before.UnixMicro(), limit)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				if err := scan(rows); err != nil {
					return err
				}
			}
			return rows.Err()
		}
		return b.read(oldest)
	})
	return b, err
}

func (b *Backlog) read(oldest func(query string, scan func(*sql.Rows) error) error) error {
	err := oldest(`SELECT purchase FROM unfinished_purchases WHERE step <> '' AND provisioned = 0`, func(rows *sql.Rows) error {
		b.Purchases = append(b.Purchases, "")
		return rows.Scan(&b.Purchases[len(b.Purchases)-1])
	})
	if err != nil {
		return err
	}
	err = oldest(`SELECT subscription FROM unfinished_subscriptions WHERE (charge > 0 OR refunds > 0)`, func(rows *sql.Rows) error {
		b.Subscriptions = append(b.Subscriptions, "")
		return rows.Scan(&b.Subscriptions[len(b.Subscriptions)-1])
	})
	if err != nil {
		return err
	}
	return oldest(`SELECT subscription, person FROM unfinished_licenses WHERE seat <> license`, func(rows *sql.Rows) error {
		b.Seats = append(b.Seats, Seat{})
		return rows.Scan(&b.Seats[len(b.Seats)-1].Subscription, &b.Seats[len(b.Seats)-1].Person)
	})
}
