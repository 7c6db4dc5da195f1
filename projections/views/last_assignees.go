package views

import (
	"context"
	"math"
	"time"

	"kassa/domain"
	"kassa/domain/subscription"
	"kassa/eventstore"
	"kassa/projections"
)

// LastAssigneesView answers an administrator: who used what was cancelled, and
// who of them has nothing in its place yet? (R59) Whoever held a seat when a
// subscription ended stays on the list, also after the seat is given back. Seats
// and ends are told by the subscription's own facts, in their order.
var LastAssigneesView = projections.Projection{
	Name: "last_assignees", Version: 1,
	Tables: []projections.Table{
		{Name: "seat_subscriptions", Key: []string{"subscription"}, DDL: seatSubscriptionsTable},
		{Name: "seat_holders", Key: []string{"subscription", "person"}, DDL: seatHoldersTable},
	},
	On: projections.Hears(
		projections.On(func(tx *projections.Tx, e subscription.Provisioned, f eventstore.Fact) error {
			return tx.Exec(`INSERT INTO seat_subscriptions (subscription, tenant, product, channel, purchaser) VALUES ($1, $2, $3, $4, $5)`,
				idOf(f), e.Tenant, e.Product, e.Channel, e.Purchaser)
		}),
		projections.On(seatTaken),
		projections.On(seatGivenBack),
		projections.On(func(tx *projections.Tx, e subscription.Cancelled, f eventstore.Fact) error {
			return seatsEnd(tx, f, string(e.By), e.At)
		}),
		projections.On(func(tx *projections.Tx, e subscription.Disabled, f eventstore.Fact) error {
			return seatsEnd(tx, f, "", e.At)
		}),
		projections.On(func(tx *projections.Tx, e subscription.Deleted, f eventstore.Fact) error {
			return seatsEnd(tx, f, "", e.At)
		}),
		projections.On(seatsReturn),
	),
}

const (
	seatSubscriptionsTable = `CREATE TABLE seat_subscriptions (
		subscription TEXT   PRIMARY KEY,
		tenant       TEXT   NOT NULL,
		product      TEXT   NOT NULL,
		channel      TEXT   NOT NULL,
		purchaser    TEXT   NOT NULL,
		ended_at     BIGINT NOT NULL DEFAULT 0, -- 0: it has not
		ended_by     TEXT   NOT NULL DEFAULT '' -- purchaser, admin, support …; empty: nobody, its time
	);
	CREATE INDEX seat_subscriptions_ended ON seat_subscriptions (tenant, channel, ended_at) WHERE ended_at > 0;
	CREATE INDEX seat_subscriptions_by_product ON seat_subscriptions (tenant, product) WHERE ended_at = 0`
	seatHoldersTable = `CREATE TABLE seat_holders (
		subscription TEXT    NOT NULL,
		person       TEXT    NOT NULL,
		last         INTEGER NOT NULL DEFAULT 0, -- 1: held a seat when the subscription ended
		holds        INTEGER NOT NULL DEFAULT 1,
		PRIMARY KEY (subscription, person)
	)`
)

func seatTaken(tx *projections.Tx, e subscription.SeatReserved, f eventstore.Fact) error {
	return tx.Exec(`INSERT INTO seat_holders (subscription, person) VALUES ($1, $2)
		ON CONFLICT (subscription, person) DO UPDATE SET holds = 1`, idOf(f), e.Person)
}

func seatGivenBack(tx *projections.Tx, e subscription.SeatReleased, f eventstore.Fact) error {
	err := tx.Change(`UPDATE seat_holders SET holds = 0 WHERE subscription = $1 AND person = $2`, idOf(f), e.Person)
	if err != nil {
		return err
	}
	return forget(tx, f)
}

// seatsEnd keeps who holds a seat when a subscription ends; only the first end
// counts, as a cancellation is followed by others.
func seatsEnd(tx *projections.Tx, f eventstore.Fact, by string, at time.Time) error {
	err := tx.Exec(`UPDATE seat_holders SET last = holds WHERE subscription = $1
		AND (SELECT ended_at FROM seat_subscriptions WHERE subscription = $1) = 0`, idOf(f))
	if err != nil {
		return err
	}
	return tx.Exec(`UPDATE seat_subscriptions SET ended_at = $2, ended_by = $3 WHERE subscription = $1 AND ended_at = 0`, idOf(f), micros(at), by)
}

// seatsReturn clears the list of a subscription that begins anew.
func seatsReturn(tx *projections.Tx, _ subscription.Reactivated, f eventstore.Fact) error {
	if err := tx.Change(`UPDATE seat_subscriptions SET ended_at = 0, ended_by = '' WHERE subscription = $1`, idOf(f)); err != nil {
		return err
	}
	if err := tx.Exec(`UPDATE seat_holders SET last = 0 WHERE subscription = $1`, idOf(f)); err != nil {
		return err
	}
	return forget(tx, f)
}

// forget drops who neither holds a seat nor was the last to.
func forget(tx *projections.Tx, f eventstore.Fact) error {
	return tx.Exec(`DELETE FROM seat_holders WHERE subscription = $1 AND last = 0 AND holds = 0`, idOf(f))
}

// LastAssignee is somebody who held a seat of a subscription when it ended.
type LastAssignee struct {
	Subscription domain.SubscriptionID
	Product      domain.ProductID
	Channel      domain.Channel
	Purchaser    domain.PersonID
	Person       domain.PersonID
	EndedAt      time.Time
	EndedBy      subscription.CancelledBy // empty: nobody cancelled it, its time was over
	Covered      bool                     // holds a seat of the same product in another subscription
}

// LastAssigneeFilter narrows the list. Empty fields let everything through.
type LastAssigneeFilter struct {
	Open  bool   // only people who are not covered
	Next  string // from the page before
	Limit int    // at most MaxLimit; DefaultLimit if 0
}

// LastAssignees asks the view.
type LastAssignees struct{ table }

// NewLastAssignees asks the live rows of p.
func NewLastAssignees(p *projections.Projector) LastAssignees {
	return LastAssignees{table{p, LastAssigneesView.Name}}
}

// List returns the last assignees of what people of a tenant bought by
// themselves, the latest end first.
func (v LastAssignees) List(ctx context.Context, tenant domain.TenantID, f LastAssigneeFilter) (Page[LastAssignee], error) {
	return v.list(ctx, `s.tenant = $1 AND s.channel = $2`, []any{string(tenant), string(domain.SelfService)}, f)
}

// Of returns the last assignees of one subscription of a tenant, or
// subscription.ErrUnknown. There are none while it has not ended.
func (v LastAssignees) Of(ctx context.Context, tenant domain.TenantID, id domain.SubscriptionID, f LastAssigneeFilter) (Page[LastAssignee], error) {
	known := false
	_, err := v.ask(ctx, func(q query) error {
		return q.each(`SELECT 1 FROM seat_subscriptions WHERE tenant = $1 AND subscription = $2`, []any{string(tenant), string(id)}, func(scan func(...any) error) error {
			var one int
			known = true
			return scan(&one)
		})
	})
	switch {
	case err != nil:
		return Page[LastAssignee]{}, err
	case !known:
		return Page[LastAssignee]{}, subscription.ErrUnknown
	}
	return v.list(ctx, `s.tenant = $1 AND s.subscription = $2`, []any{string(tenant), string(id)}, f)
}

func (v LastAssignees) list(ctx context.Context, where string, args []any, f LastAssigneeFilter) (page Page[LastAssignee], err error) {
	after, err := readCursor(f.Next, cursor{sort: math.MaxInt64})
	if err != nil {
		return page, err
	}
	most := limit(f.Limit)
	var found []LastAssignee
	asOf, err := v.ask(ctx, func(q query) error {
		found = nil
		return q.each(`SELECT subscription, product, channel, purchaser, person, ended_at, ended_by, covered FROM (
				SELECT s.subscription, s.product, s.channel, s.purchaser, h.person, s.ended_at, s.ended_by, EXISTS (
					SELECT 1 FROM seat_subscriptions t JOIN seat_holders g ON g.subscription = t.subscription
					WHERE t.tenant = s.tenant AND t.product = s.product AND t.ended_at = 0 AND g.person = h.person AND g.holds = 1
				) AS covered
				FROM seat_subscriptions s JOIN seat_holders h ON h.subscription = s.subscription
				WHERE `+where+` AND s.ended_at > 0 AND h.last = 1
			) AS l
			WHERE NOT ($3 AND covered) AND (ended_at, subscription || '/' || person) < ($4, $5)
			ORDER BY ended_at DESC, subscription || '/' || person DESC LIMIT $6`,
			append(args, f.Open, after.sort, after.id, most+1), func(scan func(...any) error) error {
				var l LastAssignee
				var ended int64
				err := scan(&l.Subscription, &l.Product, &l.Channel, &l.Purchaser, &l.Person, &ended, &l.EndedBy, &l.Covered)
				l.EndedAt = instant(ended)
				found = append(found, l)
				return err
			})
	})
	page = cut(found, most, func(l LastAssignee) cursor {
		return cursor{micros(l.EndedAt), string(l.Subscription) + "/" + string(l.Person)}
	})
	page.AsOf = asOf
	return page, err
}
