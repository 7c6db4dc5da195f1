package views

import (
	"context"
	"time"

	"kassa/domain"
	"kassa/domain/subscription"
)

// UserOf is somebody who holds a licence of a subscription.
type UserOf struct {
	Purchaser    domain.PersonID
	Subscription domain.SubscriptionID
	Product      domain.ProductID
	ProductName  string // the current one; the id while the catalogue does not know it
	Channel      domain.Channel
	User         domain.PersonID
	Since        time.Time
}

// Users lists everybody who holds a licence of what a tenant has, by purchaser,
// then by subscription: of one product, or of some subscriptions, or, where both
// are left empty, of everything.
func (v YourProducts) Users(ctx context.Context, tenant domain.TenantID, product domain.ProductID, only []domain.SubscriptionID) (users []UserOf, asOf uint64, err error) {
	where, args := `i.tenant = $1 AND ($2 = '' OR i.product = $2) AND i.ended <> $3`, []any{string(tenant), string(product), string(subscription.StatusDeleted)}
	if len(only) > 0 {
		where += ` AND i.subscription IN (` + list(len(args), len(only)) + `)`
	}
	for _, id := range only {
		args = append(args, string(id))
	}
	asOf, err = v.ask(ctx, func(q query) error {
		users = nil
		return q.each(`SELECT i.purchaser, i.subscription, i.product, COALESCE(p.name, i.product), i.channel, l.person, l.assigned_at
			FROM items i JOIN licences l ON l.subscription = i.subscription LEFT JOIN products p ON p.product = i.product
			WHERE `+where+` ORDER BY i.purchaser, i.start_at, i.subscription, l.person`, args,
			func(scan func(...any) error) error {
				var u UserOf
				var since int64
				err := scan(&u.Purchaser, &u.Subscription, &u.Product, &u.ProductName, &u.Channel, &u.User, &since)
				u.Since = instant(since)
				users = append(users, u)
				return err
			})
	})
	return users, asOf, err
}

// ProductTotal is what a tenant has of one product, all purchases together.
type ProductTotal struct {
	Product       domain.ProductID
	ProductName   string
	Subscriptions int64
	Quantity      int64 // seats bought
	Assigned      int64 // of them in use
}

// Totals adds up what a tenant has of each product that is of use: not what is
// disabled or deleted.
func (v YourProducts) Totals(ctx context.Context, tenant domain.TenantID) (totals []ProductTotal, asOf uint64, err error) {
	asOf, err = v.ask(ctx, func(q query) error {
		totals = nil
		return q.each(`SELECT i.product, COALESCE(p.name, i.product), COUNT(*), SUM(i.quantity),
				SUM((SELECT COUNT(*) FROM seats s WHERE s.subscription = i.subscription))
			FROM items i LEFT JOIN products p ON p.product = i.product
			WHERE i.tenant = $1 AND i.ended NOT IN ('disabled', 'deleted')
			GROUP BY i.product, p.name ORDER BY 2, 1`, []any{string(tenant)},
			func(scan func(...any) error) error {
				var t ProductTotal
				err := scan(&t.Product, &t.ProductName, &t.Subscriptions, &t.Quantity, &t.Assigned)
				totals = append(totals, t)
				return err
			})
	})
	return totals, asOf, err
}
