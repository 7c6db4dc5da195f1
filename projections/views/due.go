package views

import (
	"context"
	"database/sql"
	"time"

	"kassa/domain"
	"kassa/domain/subscription"
	"kassa/eventstore"
	"kassa/projections"
)

// DueView is when time changes each subscription next: the next payment of its
// term, its renewal or its end, then the ends of the stages that follow. Before a
// renewal, what it costs is announced. Of a trial it is its conversion or its end.
// services/scheduler works it off. A
// renewal that is being paid stays due until it is known what came of that.
var DueView = projections.Projection{
	Name: "due", Version: 4,
	Tables: []projections.Table{{
		Name: "due", Key: []string{"subscription"},
		DDL: `CREATE TABLE due (
			subscription TEXT   PRIMARY KEY,
			at           BIGINT NOT NULL, -- microseconds since 1970
			paid_until   BIGINT NOT NULL
		);
		CREATE INDEX due_in_order ON due (at, subscription)`,
	}},
	On: projections.Hears(
		paysUntil(func(e subscription.Provisioned) (time.Time, time.Time) { return e.First().Paid(), e.NoticeAt }),
		paysUntil(func(e subscription.InstalmentPaid) (time.Time, time.Time) { return e.Paid(), e.NoticeAt }),
		paysUntil(func(e subscription.Renewed) (time.Time, time.Time) { return e.Paid(), e.NoticeAt }),
		paysUntil(func(e subscription.Reactivated) (time.Time, time.Time) { return e.Paid(), e.NoticeAt }),
		paysUntil(func(e subscription.TrialConverted) (time.Time, time.Time) { return e.Paid(), e.NoticeAt }),
		paysUntil(func(e subscription.TrialExtended) (time.Time, time.Time) { return e.End, time.Time{} }),
		paidFirst(func(e subscription.PriceChangeAnnounced) time.Time { return e.EffectiveAt }),
		paidFirst(func(e subscription.RenewalPriceKept) time.Time { return e.EffectiveAt }),
		projections.On(func(tx *projections.Tx, _ subscription.RecurringBillingTurnedOff, f eventstore.Fact) error {
			// Nothing is announced before what is paid for ends. What has ended is further on.
			return tx.Exec(`UPDATE due SET at = paid_until WHERE subscription = $1 AND at < paid_until`, idOf(f))
		}),
		paidFirst(func(e subscription.RecurringBillingTurnedOn) time.Time { return first(e.NoticeAt, e.RenewsAt) }),
		due(func(e subscription.Expired) time.Time { return e.NextAt }),
		due(func(e subscription.DunningStarted) time.Time { return e.NextAt }),
		due(func(e subscription.DunningStepReached) time.Time { return e.NextAt }),
		due(func(e subscription.Disabled) time.Time { return e.NextAt }),
		projections.On(func(tx *projections.Tx, _ subscription.Deleted, f eventstore.Fact) error {
			return tx.Change(`DELETE FROM due WHERE subscription = $1`, idOf(f))
		}),
	),
}

// first is when a term is looked at first: when the next one's price is
// announced, or at its end.
func first(notice, end time.Time) time.Time {
	if notice.IsZero() {
		return end
	}
	return notice
}

// due hears a fact that says when time comes back to its subscription.
func due[E domain.Event](at func(E) time.Time) projections.Handlers {
	return projections.On(func(tx *projections.Tx, e E, f eventstore.Fact) error {
		return tx.Change(`UPDATE due SET at = $2 WHERE subscription = $1`, idOf(f), micros(at(e)))
	})
}

// paysUntil hears a payment: what it pays for ends then, and before that there may
// be something to announce.
func paysUntil[E domain.Event](until func(E) (paid, notice time.Time)) projections.Handlers {
	return projections.On(func(tx *projections.Tx, e E, f eventstore.Fact) error {
		paid, notice := until(e)
		at := paid
		if !notice.IsZero() && notice.Before(paid) {
			at = notice
		}
		return tx.Exec(`INSERT INTO due (subscription, at, paid_until) VALUES ($1, $2, $3)
			ON CONFLICT (subscription) DO UPDATE SET at = excluded.at, paid_until = excluded.paid_until`, idOf(f), micros(at), micros(paid))
	})
}

// paidFirst hears when time comes back unless another payment is due before.
func paidFirst[E domain.Event](at func(E) time.Time) projections.Handlers {
	return projections.On(func(tx *projections.Tx, e E, f eventstore.Fact) error {
		return tx.Change(`UPDATE due SET at = CASE WHEN paid_until < $2 THEN paid_until ELSE $2 END WHERE subscription = $1`, idOf(f), micros(at(e)))
	})
}

// Due is a subscription and when time changes it next, or should have.
type Due struct {
	Subscription domain.SubscriptionID
	At           time.Time
}

// Agenda is what is due by some instant, the longest overdue first.
type Agenda struct {
	Due  []Due
	Next time.Time // when the first thing after these is due; zero: nothing is, ever
	AsOf uint64    // the position in history that this is as of
}

// DueBy lists at most limit of what is due by until, after a row of the list
// before; a zero Due is before the first. What it costs depends on how much it
// lists, never on how many subscriptions there are. It spans all tenants: it is
// for Kassa itself, never for a person.
func DueBy(ctx context.Context, p *projections.Projector, until time.Time, after Due, limit int) (a Agenda, err error) {
	from := int64(-1 << 63)
	if !after.At.IsZero() {
		from = micros(after.At)
	}
	a.AsOf, err = p.Read(ctx, DueView.Name, func(tx *sql.Tx) error {
		a.Due, a.Next = nil, time.Time{}
		rows, err := tx.QueryContext(ctx, dueQuery, from, string(after.Subscription), limit+1)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var d Due
			var at int64
			if err := rows.Scan(&d.Subscription, &at); err != nil {
				return err
			}
			if d.At = instant(at); d.At.After(until) || len(a.Due) == limit {
				a.Next = d.At
				break
			}
			a.Due = append(a.Due, d)
		}
		return rows.Err()
	})
	return a, err
}

// The instant of until is no condition of it: the row at which reading stops is
// the one that is due next.
const dueQuery = `SELECT subscription, at FROM due
	WHERE (at, subscription) > ($1, $2) ORDER BY at, subscription LIMIT $3`

// CountDue is how much is due by until, over all tenants. What it costs depends
// on how much that is, never on how many subscriptions there are.
func CountDue(ctx context.Context, p *projections.Projector, until time.Time) (n int64, asOf uint64, err error) {
	asOf, err = p.Read(ctx, DueView.Name, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, countDueQuery, micros(until)).Scan(&n)
	})
	return n, asOf, err
}

const countDueQuery = `SELECT count(*) FROM due WHERE at <= $1`
