package views

import (
	"context"
	"math"
	"time"

	"kassa/domain"
	"kassa/domain/product"
	"kassa/domain/subscription"
	"kassa/eventstore"
	"kassa/projections"
)

// CapacityView answers: how much storage do the licences of an organisation
// add, and where does it come from? (R39) Its subscriptions are followed as
// those of YourProductsView are; what one licence adds is the product's own row.
var CapacityView = projections.Projection{
	Name: "capacity", Version: 3,
	Tables: []projections.Table{
		{Name: "items", Key: []string{"subscription"}, DDL: itemsTable + `
			CREATE INDEX items_by_tenant ON items (tenant, start_at, subscription)`},
		{Name: "products", Key: []string{"product"}, DDL: `CREATE TABLE products (
			product     TEXT   PRIMARY KEY,
			name        TEXT   NOT NULL,
			database_mb BIGINT NOT NULL DEFAULT 0,
			file_mb     BIGINT NOT NULL DEFAULT 0
		)`},
	},
	On: projections.Hears(
		projections.On(itemProvisioned),
		itemLife(),
		projections.On(func(tx *projections.Tx, e product.Listed, _ eventstore.Fact) error {
			return tx.Exec(`INSERT INTO products (product, name) VALUES ($1, $2)
				ON CONFLICT (product) DO UPDATE SET name = excluded.name`, e.Product, e.Name)
		}),
		projections.On(productRenamed),
		projections.On(func(tx *projections.Tx, e product.CapacitySet, f eventstore.Fact) error {
			return tx.Change(`UPDATE products SET database_mb = $2, file_mb = $3 WHERE product = $1`, idOf(f), e.DatabaseMB, e.FileMB)
		}),
	),
}

// Source is a subscription whose licences add storage, and how much.
type Source struct {
	Subscription domain.SubscriptionID
	Product      domain.ProductID
	ProductName  string
	Channel      domain.Channel
	Purchaser    domain.PersonID
	Quantity     int64
	Start        time.Time
	Status       subscription.Status // at the time that was asked for
	product.Capacity
}

// TenantCapacity is a part of a tenant's sources, and what all of them add up to.
type TenantCapacity struct {
	Page[Source]
	Total       product.Capacity
	SelfService product.Capacity // of Total, what people bought by themselves
}

// Capacity asks it.
type Capacity struct{ table }

// NewCapacity asks the live rows of p.
func NewCapacity(p *projections.Projector) Capacity {
	return Capacity{table{p, CapacityView.Name}}
}

// List returns a tenant's sources at an instant, newest first, or those that
// f.Purchaser bought; the totals are the tenant's either way. A subscription
// counts while its licences can be used.
func (v Capacity) List(ctx context.Context, tenant domain.TenantID, f Filter, at time.Time) (c TenantCapacity, err error) {
	after, err := readCursor(f.Next, cursor{sort: math.MaxInt64})
	if err != nil {
		return c, err
	}
	asOf, err := v.ask(ctx, func(q query) (err error) {
		if c.Page, err = q.sources(tenant, f, after, at); err != nil {
			return err
		}
		c.Total, c.SelfService, err = q.totals(tenant, at)
		return err
	})
	c.AsOf = asOf
	return c, err
}

// usable are the subscriptions of tenant $1 that add storage at $2; it says of
// the rows what subscription.State.Status says of a state.
const usable = ` FROM items i JOIN products p ON p.product = i.product
	WHERE i.tenant = $1 AND i.ended NOT IN ('disabled', 'deleted') AND CASE i.ended WHEN '' THEN i.end_at ELSE i.paid_until END > $2 AND p.database_mb + p.file_mb > 0`

func ended(at time.Time) int64 { return micros(at.Add(-subscription.Grace)) }

func (q query) sources(tenant domain.TenantID, f Filter, after cursor, at time.Time) (Page[Source], error) {
	most := limit(f.Limit)
	var found []Source
	err := q.each(`SELECT i.subscription, i.product, p.name, i.channel, i.purchaser, i.quantity, i.start_at, i.kind, i.end_at, i.paid_until, i.ended,
			i.quantity * p.database_mb, i.quantity * p.file_mb`+usable+`
			AND ($3 = '' OR i.channel = $3) AND ($4 = '' OR i.purchaser = $4)
			AND (i.start_at, i.subscription) < ($5, $6)
		ORDER BY i.start_at DESC, i.subscription DESC LIMIT $7`,
		[]any{string(tenant), ended(at), string(f.Channel), string(f.Purchaser), after.sort, after.id, most + 1},
		func(scan func(...any) error) error {
			var s Source
			var start, end, paid int64
			var kind domain.PurchaseKind
			var stage subscription.Status
			err := scan(&s.Subscription, &s.Product, &s.ProductName, &s.Channel, &s.Purchaser, &s.Quantity, &start, &kind, &end, &paid, &stage, &s.DatabaseMB, &s.FileMB)
			s.Start = instant(start)
			s.Status = statusOf(kind, instant(end), instant(paid), stage, at)
			found = append(found, s)
			return err
		})
	return cut(found, most, func(s Source) cursor { return cursor{micros(s.Start), string(s.Subscription)} }), err
}

func (q query) totals(tenant domain.TenantID, at time.Time) (all, selfService product.Capacity, err error) {
	err = q.each(`SELECT i.channel, SUM(i.quantity * p.database_mb), SUM(i.quantity * p.file_mb)`+usable+` GROUP BY i.channel`,
		[]any{string(tenant), ended(at)}, func(scan func(...any) error) error {
			var channel domain.Channel
			var some product.Capacity
			err := scan(&channel, &some.DatabaseMB, &some.FileMB)
			all = product.Capacity{DatabaseMB: all.DatabaseMB + some.DatabaseMB, FileMB: all.FileMB + some.FileMB}
			if channel == domain.SelfService {
				selfService = some
			}
			return err
		})
	return all, selfService, err
}
