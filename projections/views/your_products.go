package views

import (
	"context"
	"database/sql"
	"time"

	"kassa/domain"
	"kassa/domain/subscription"
	"kassa/projections"
)

// YourProductsView answers an administrator: what does my organisation have,
// who bought it, what did it cost, who uses it? (R37, R38)
var YourProductsView = items("your_products", 4, `
	CREATE INDEX items_by_tenant ON items (tenant, start_at, subscription);
	CREATE INDEX items_taken ON items (taken_at) WHERE takeover <> '' AND ended <> 'deleted';
	CREATE INDEX items_orphaned ON items (tenant, start_at, subscription) WHERE orphaned_at > 0`)

// YourProducts asks it.
type YourProducts struct {
	table
	past projections.Moment // zero: the live rows
}

// NewYourProducts asks the live rows of p.
func NewYourProducts(p *projections.Projector) YourProducts {
	return YourProducts{table: table{p, YourProductsView.Name}}
}

// AsOf lists the rows of a moment instead, with the statuses of that time.
func (v YourProducts) AsOf(m projections.Moment) YourProducts {
	v.past = m
	return v
}

// List returns a tenant's subscriptions. Filter.Channel says whether only what
// was bought centrally, only self-service, or, left empty, all of it (R49). at is
// now: a status depends on it.
func (v YourProducts) List(ctx context.Context, tenant domain.TenantID, f Filter, at time.Time) (page Page[Item], err error) {
	list := func(tx *sql.Tx, at time.Time) (err error) {
		page, err = query{ctx, tx}.itemsWhere(`i.tenant = $1`, []any{string(tenant)}, f, at)
		return err
	}
	var asOf uint64
	if v.past == (projections.Moment{}) {
		asOf, err = v.projector.Read(ctx, v.view, func(tx *sql.Tx) error { return list(tx, at) })
	} else {
		asOf, err = v.projector.ReadPast(ctx, v.view, v.past, list)
	}
	page.AsOf = asOf
	return page, err
}

// Orphaned returns what people who left had bought by themselves and is not
// deleted, newest first: there is something to do about each (R57-R59).
func (v YourProducts) Orphaned(ctx context.Context, tenant domain.TenantID, f Filter, at time.Time) (page Page[Item], err error) {
	f.Orphaned = true
	asOf, err := v.ask(ctx, func(q query) (err error) {
		page, err = q.itemsWhere(`i.tenant = $1 AND i.ended <> $2`, []any{string(tenant), string(subscription.StatusDeleted)}, f, at)
		return err
	})
	page.AsOf = asOf
	return page, err
}

// Get returns one subscription of the tenant, or subscription.ErrUnknown.
func (v YourProducts) Get(ctx context.Context, tenant domain.TenantID, id domain.SubscriptionID, at time.Time) (item Item, asOf uint64, err error) {
	asOf, err = v.ask(ctx, func(q query) (err error) {
		item, err = only(q.itemsWhere(`i.tenant = $1 AND i.subscription = $2`, []any{string(tenant), string(id)}, Filter{}, at))
		return err
	})
	return item, asOf, err
}

// SeatSource is a subscription that a person may have a seat of, or get one.
type SeatSource struct {
	Subscription domain.SubscriptionID
	Product      domain.ProductID // as it was called when it was bought
}

// Sources returns the tenant's own subscriptions and those in which a person has
// a seat, oldest first, at most MaxLimit; none that is over.
func (v YourProducts) Sources(ctx context.Context, tenant domain.TenantID, person domain.PersonID) (sources []SeatSource, asOf uint64, err error) {
	asOf, err = v.ask(ctx, func(q query) error {
		sources = nil
		return q.each(`SELECT subscription, product FROM items i WHERE tenant = $1 AND ended NOT IN ('disabled', 'deleted')
				AND (channel = $2 OR EXISTS (SELECT 1 FROM seats s WHERE s.subscription = i.subscription AND s.person = $3))
			ORDER BY start_at, subscription LIMIT $4`, []any{string(tenant), string(domain.Central), string(person), MaxLimit},
			func(scan func(...any) error) error {
				var s SeatSource
				err := scan(&s.Subscription, &s.Product)
				sources = append(sources, s)
				return err
			})
	})
	return sources, asOf, err
}
