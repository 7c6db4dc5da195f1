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

// Takeover is how an administrator took control of a subscription. Of its users,
// those who still hold a seat have not been moved, or lost their licence, yet.
type Takeover struct {
	Option subscription.TakeoverOption // what happens to the users now
	By     domain.PersonID
	At     time.Time
	Target domain.SubscriptionID // of a move, also of one that was given up
	Users  int64                 // who held a seat when control was taken
}

func itemTaken() projections.Handlers {
	return projections.Hears(
		projections.On(func(tx *projections.Tx, e subscription.ControlTaken, f eventstore.Fact) error {
			return tx.Change(`UPDATE items SET takeover = $2, taken_by = $3, taken_at = $4, taken_target = $5,
					taken_users = (SELECT COUNT(*) FROM seats WHERE seats.subscription = items.subscription)
				WHERE subscription = $1`, idOf(f), e.Option, e.Admin, micros(e.At), e.Target)
		}),
		item(`takeover = $2`, func(subscription.MoveGivenUp) []any { return []any{subscription.TakeoverCancel} }),
	)
}

// Takeovers lists at most limit takeovers that are not finished, the oldest
// first, but not those whose users all wait for a seat of the target. asOf is
// the position in history of the list. It spans all tenants: it is for Kassa
// itself, never for a person.
func Takeovers(ctx context.Context, p *projections.Projector, limit int) (waiting []domain.SubscriptionID, asOf uint64, err error) {
	asOf, err = p.Read(ctx, YourProductsView.Name, func(tx *sql.Tx) error {
		waiting = nil
		return query{ctx, tx}.each(takeoversQuery, []any{limit}, func(scan func(...any) error) error {
			var id domain.SubscriptionID
			err := scan(&id)
			waiting = append(waiting, id)
			return err
		})
	})
	return waiting, asOf, err
}

const takeoversQuery = `SELECT i.subscription FROM items i LEFT JOIN items t ON t.subscription = i.taken_target
	WHERE i.takeover <> '' AND i.ended <> 'deleted' AND NOT (i.takeover = 'move'
		AND EXISTS (SELECT 1 FROM seats s WHERE s.subscription = i.subscription)
		AND t.quantity <= (SELECT COUNT(*) FROM seats s WHERE s.subscription = t.subscription)
		AND NOT EXISTS (SELECT 1 FROM seats s JOIN seats h ON h.person = s.person
			WHERE s.subscription = i.subscription AND h.subscription = t.subscription))
	ORDER BY i.taken_at LIMIT $1`
