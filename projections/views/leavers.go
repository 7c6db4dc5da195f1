package views

import (
	"context"
	"database/sql"
	"strings"

	"kassa/domain"
	"kassa/domain/license"
	"kassa/domain/subscription"
	"kassa/domain/user"
	"kassa/eventstore"
	"kassa/projections"
)

// LeaversView is who has left their organisation and still holds licences, or
// has bought what is not marked yet; and who is back while what they bought is
// marked still (R57). services/leavers works it off. What a person holds and
// bought is counted beside whether they are gone, so that finding who waits costs
// the same however many people ever left; sums come out the same in any order.
var LeaversView = projections.Projection{
	Name: "leavers", Version: 1,
	Tables: []projections.Table{
		{Name: "leavers", Key: []string{"tenant", "person"}, DDL: `CREATE TABLE leavers (
			tenant   TEXT    NOT NULL,
			person   TEXT    NOT NULL,
			gone     INTEGER NOT NULL DEFAULT 0, -- 1: the directory has deleted them
			since    BIGINT  NOT NULL DEFAULT 0, -- when they left, or came back
			held     INTEGER NOT NULL DEFAULT 0, -- licences
			bought   INTEGER NOT NULL DEFAULT 0, -- by themselves, and not marked
			orphaned INTEGER NOT NULL DEFAULT 0, -- and marked
			PRIMARY KEY (tenant, person)
		);
		CREATE INDEX leavers_waiting ON leavers (since, tenant, person) WHERE ` + leaverWaits},
		{Name: "held", Key: []string{"subscription", "person"}, DDL: `CREATE TABLE held (
			subscription TEXT NOT NULL,
			person       TEXT NOT NULL,
			tenant       TEXT NOT NULL,
			PRIMARY KEY (subscription, person)
		);
		CREATE INDEX held_by_person ON held (tenant, person, subscription)`},
		{Name: "bought", Key: []string{"subscription"}, DDL: `CREATE TABLE bought (
			subscription TEXT    PRIMARY KEY,
			tenant       TEXT    NOT NULL,
			person       TEXT    NOT NULL,
			orphaned     INTEGER NOT NULL DEFAULT 0
		);
		CREATE INDEX bought_by_person ON bought (tenant, person, subscription)`},
	},
	On: projections.Hears(
		projections.On(func(tx *projections.Tx, _ user.Deleted, f eventstore.Fact) error { return leaves(tx, f, 1) }),
		projections.On(func(tx *projections.Tx, _ user.Restored, f eventstore.Fact) error { return leaves(tx, f, 0) }),
		projections.On(leaverAssigned),
		projections.On(leaverUnassigned),
		projections.On(leaverBought),
		projections.On(func(tx *projections.Tx, _ subscription.PurchaserMarkedAsLeft, f eventstore.Fact) error {
			return leaverMarked(tx, f, 1)
		}),
		projections.On(func(tx *projections.Tx, _ subscription.PurchaserReturned, f eventstore.Fact) error {
			return leaverMarked(tx, f, 0)
		}),
		projections.On(leaverPurchaseEnds),
	),
}

// leaverWaits is the condition of the index and of the query that it is for.
const leaverWaits = `(gone = 1 AND (held > 0 OR bought > 0)) OR (gone = 0 AND orphaned > 0)`

func leaves(tx *projections.Tx, f eventstore.Fact, gone int) error {
	person := strings.TrimPrefix(f.Stream, user.Stream(f.Meta.Tenant, ""))
	return tx.Exec(`INSERT INTO leavers (tenant, person, gone, since) VALUES ($1, $2, $3, $4)
		ON CONFLICT (tenant, person) DO UPDATE SET gone = excluded.gone, since = excluded.since`,
		f.Meta.Tenant, person, gone, micros(f.Meta.At))
}

// leaverCounts adds to what one person holds and bought.
func leaverCounts(tx *projections.Tx, tenant, person string, held, bought, orphaned int) error {
	return tx.Exec(`INSERT INTO leavers (tenant, person, held, bought, orphaned) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (tenant, person) DO UPDATE SET held = held + excluded.held, bought = bought + excluded.bought,
			orphaned = orphaned + excluded.orphaned`, tenant, person, held, bought, orphaned)
}

func leaverAssigned(tx *projections.Tx, e license.Assigned, _ eventstore.Fact) error {
	err := tx.Exec(`INSERT INTO held (subscription, person, tenant) VALUES ($1, $2, $3)`, e.Subscription, e.Assignee, e.AssigneeTenant)
	if err != nil {
		return err
	}
	return leaverCounts(tx, string(e.AssigneeTenant), string(e.Assignee), 1, 0, 0)
}

func leaverUnassigned(tx *projections.Tx, e license.Unassigned, _ eventstore.Fact) error {
	var tenant string
	where := []any{e.Subscription, e.Assignee}
	if _, err := tx.Get(`SELECT tenant FROM held WHERE subscription = $1 AND person = $2`, where, &tenant); err != nil {
		return err
	}
	if err := tx.Change(`DELETE FROM held WHERE subscription = $1 AND person = $2`, where...); err != nil {
		return err
	}
	return leaverCounts(tx, tenant, string(e.Assignee), -1, 0, 0)
}

func leaverBought(tx *projections.Tx, e subscription.Provisioned, _ eventstore.Fact) error {
	if e.Channel != domain.SelfService {
		return nil
	}
	err := tx.Exec(`INSERT INTO bought (subscription, tenant, person) VALUES ($1, $2, $3)`, e.Subscription, e.Tenant, e.Purchaser)
	if err != nil {
		return err
	}
	return leaverCounts(tx, string(e.Tenant), string(e.Purchaser), 0, 1, 0)
}

func leaverMarked(tx *projections.Tx, f eventstore.Fact, orphaned int) error {
	was, _, err := leaverPurchase(tx, f)
	if err != nil {
		return err
	}
	if err := tx.Change(`UPDATE bought SET orphaned = $2 WHERE subscription = $1`, idOf(f), orphaned); err != nil {
		return err
	}
	return leaverCounts(tx, was.tenant, was.person, 0, was.orphaned-orphaned, orphaned-was.orphaned)
}

// leaverPurchaseEnds forgets what is deleted: it is nobody's any more.
func leaverPurchaseEnds(tx *projections.Tx, _ subscription.Deleted, f eventstore.Fact) error {
	was, found, err := leaverPurchase(tx, f)
	if err != nil || !found { // the organisation bought it
		return err
	}
	if err := tx.Exec(`DELETE FROM bought WHERE subscription = $1`, idOf(f)); err != nil {
		return err
	}
	return leaverCounts(tx, was.tenant, was.person, 0, was.orphaned-1, -was.orphaned)
}

// purchaseRow is what one person bought by themselves.
type purchaseRow struct {
	tenant, person string
	orphaned       int
}

func leaverPurchase(tx *projections.Tx, f eventstore.Fact) (r purchaseRow, found bool, err error) {
	found, err = tx.Get(`SELECT tenant, person, orphaned FROM bought WHERE subscription = $1`, []any{idOf(f)}, &r.tenant, &r.person, &r.orphaned)
	return r, found, err
}

// Leaver is somebody who left, or is back, and whose things do not say so yet.
type Leaver struct {
	Tenant domain.TenantID
	Person domain.PersonID
}

// Belongings are what one person holds licences of, and what they bought by
// themselves and is not deleted.
type Belongings struct {
	Held, Bought []domain.SubscriptionID
}

// Leavers lists at most limit of who waits, the longest first. It spans all
// tenants: it is for Kassa itself, never for a person.
func Leavers(ctx context.Context, p *projections.Projector, limit int) (waiting []Leaver, asOf uint64, err error) {
	asOf, err = p.Read(ctx, LeaversView.Name, func(tx *sql.Tx) error {
		waiting = nil
		return query{ctx, tx}.each(leaversQuery, []any{limit}, func(scan func(...any) error) error {
			var l Leaver
			err := scan(&l.Tenant, &l.Person)
			waiting = append(waiting, l)
			return err
		})
	})
	return waiting, asOf, err
}

const leaversQuery = `SELECT tenant, person FROM leavers WHERE ` + leaverWaits + ` ORDER BY since, tenant, person LIMIT $1`

// BelongingsOf lists what one person holds and bought.
func BelongingsOf(ctx context.Context, p *projections.Projector, l Leaver) (b Belongings, err error) {
	_, err = p.Read(ctx, LeaversView.Name, func(tx *sql.Tx) error {
		b = Belongings{}
		q := query{ctx, tx}
		if err := q.subscriptions(&b.Held, `SELECT subscription FROM held WHERE tenant = $1 AND person = $2 ORDER BY subscription`, l); err != nil {
			return err
		}
		return q.subscriptions(&b.Bought, `SELECT subscription FROM bought WHERE tenant = $1 AND person = $2 ORDER BY subscription`, l)
	})
	return b, err
}

func (q query) subscriptions(into *[]domain.SubscriptionID, sql string, of Leaver) error {
	return q.each(sql, []any{string(of.Tenant), string(of.Person)}, func(scan func(...any) error) error {
		var id domain.SubscriptionID
		err := scan(&id)
		*into = append(*into, id)
		return err
	})
}
