package views

import (
	"context"
	"database/sql"

	"kassa/domain"
	"kassa/domain/license"
	"kassa/domain/subscription"
	"kassa/eventstore"
	"kassa/projections"
)

// AccessView is which subscriptions have licences that do not say what their
// subscription says: usable ones of what is disabled, suspended ones of what is
// not, any of what is deleted. services/fulfilment lets them follow. Licences are
// counted, so that finding them costs the same however many there are; sums come
// out the same in any order.
var AccessView = projections.Projection{
	Name: "access", Version: 2,
	Tables: []projections.Table{
		{Name: "access", Key: []string{"subscription"}, DDL: `CREATE TABLE access (
			subscription TEXT    PRIMARY KEY,
			ended        TEXT    NOT NULL DEFAULT '', -- disabled or deleted
			since        BIGINT  NOT NULL DEFAULT 0,  -- when that became so
			usable       INTEGER NOT NULL DEFAULT 0,  -- licences
			suspended    INTEGER NOT NULL DEFAULT 0
		);
		CREATE INDEX access_differs ON access (since, subscription) WHERE ` + accessDiffers},
		{Name: "licences", Key: []string{"subscription", "person"}, DDL: `CREATE TABLE licences (
			subscription TEXT    NOT NULL,
			person       TEXT    NOT NULL,
			suspended    INTEGER NOT NULL DEFAULT 0,
			PRIMARY KEY (subscription, person)
		)`},
	},
	On: projections.Hears(
		accessEnds[subscription.Suspended](subscription.StatusDisabled),
		accessEnds[subscription.Disabled](subscription.StatusDisabled),
		accessEnds[subscription.Reactivated](subscription.StatusNone),
		accessEnds[subscription.Deleted](subscription.StatusDeleted),
		projections.On(accessAssigned),
		projections.On(accessUnassigned),
		projections.On(func(tx *projections.Tx, e license.Suspended, _ eventstore.Fact) error {
			return accessSuspended(tx, e.Subscription, e.Assignee, 1)
		}),
		projections.On(func(tx *projections.Tx, e license.Restored, _ eventstore.Fact) error {
			return accessSuspended(tx, e.Subscription, e.Assignee, 0)
		}),
	),
}

// accessDiffers is the condition of the index and of the query that it is for.
const accessDiffers = `(ended = '' AND suspended > 0) OR (ended = 'disabled' AND usable > 0) OR (ended = 'deleted' AND usable + suspended > 0)`

func accessEnds[E domain.Event](ended subscription.Status) projections.Handlers {
	return projections.On(func(tx *projections.Tx, _ E, f eventstore.Fact) error {
		return tx.Exec(`INSERT INTO access (subscription, ended, since) VALUES ($1, $2, $3)
			ON CONFLICT (subscription) DO UPDATE SET ended = excluded.ended, since = excluded.since`, idOf(f), ended, micros(f.Meta.At))
	})
}

// accessCounts adds to how many licences of a subscription there are.
func accessCounts(tx *projections.Tx, s domain.SubscriptionID, usable, suspended int) error {
	return tx.Exec(`INSERT INTO access (subscription, usable, suspended) VALUES ($1, $2, $3)
		ON CONFLICT (subscription) DO UPDATE SET usable = usable + excluded.usable, suspended = suspended + excluded.suspended`, s, usable, suspended)
}

func accessAssigned(tx *projections.Tx, e license.Assigned, _ eventstore.Fact) error {
	if err := tx.Exec(`INSERT INTO licences (subscription, person) VALUES ($1, $2)`, e.Subscription, e.Assignee); err != nil {
		return err
	}
	return accessCounts(tx, e.Subscription, 1, 0)
}

func accessUnassigned(tx *projections.Tx, e license.Unassigned, _ eventstore.Fact) error {
	var suspended int
	where := []any{e.Subscription, e.Assignee}
	if _, err := tx.Get(`SELECT suspended FROM licences WHERE subscription = $1 AND person = $2`, where, &suspended); err != nil {
		return err
	}
	if err := tx.Change(`DELETE FROM licences WHERE subscription = $1 AND person = $2`, where...); err != nil {
		return err
	}
	return accessCounts(tx, e.Subscription, suspended-1, -suspended)
}

// accessSuspended hears what is only ever said of a licence that it changes.
func accessSuspended(tx *projections.Tx, s domain.SubscriptionID, p domain.PersonID, suspended int) error {
	err := tx.Change(`UPDATE licences SET suspended = $3 WHERE subscription = $1 AND person = $2`, s, p, suspended)
	if err != nil {
		return err
	}
	return accessCounts(tx, s, 1-2*suspended, 2*suspended-1)
}

// AccessDiffers lists at most limit of the subscriptions that have licences which
// do not follow them, the longest first. It spans all tenants: it is for Kassa
// itself, never for a person.
func AccessDiffers(ctx context.Context, p *projections.Projector, limit int) (waiting []domain.SubscriptionID, asOf uint64, err error) {
	asOf, err = p.Read(ctx, AccessView.Name, func(tx *sql.Tx) error {
		waiting = nil
		return query{ctx, tx}.each(accessQuery, []any{limit}, func(scan func(...any) error) error {
			var id domain.SubscriptionID
			err := scan(&id)
			waiting = append(waiting, id)
			return err
		})
	})
	return waiting, asOf, err
}

const accessQuery = `SELECT subscription FROM access WHERE ` + accessDiffers + ` ORDER BY since, subscription LIMIT $1`
