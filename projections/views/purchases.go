package views

import (
	"context"
	"time"

	"kassa/domain"
	"kassa/projections"
)

// PurchasesView answers a purchaser: what did I buy, and who holds its licences?
// It is the limited view of R15 and R26: nothing of another purchaser.
var PurchasesView = items("purchases", 4, `
	CREATE INDEX items_by_purchaser ON items (tenant, purchaser, start_at, subscription)`)

// Purchases asks it.
type Purchases struct{ table }

// NewPurchases asks the live rows of p.
func NewPurchases(p *projections.Projector) Purchases {
	return Purchases{table{p, PurchasesView.Name}}
}

// List returns what one person of a tenant bought, newest first.
// Filter.Purchaser can only narrow that to nothing. at is now.
func (v Purchases) List(ctx context.Context, tenant domain.TenantID, purchaser domain.PersonID, f Filter, at time.Time) (page Page[Item], err error) {
	asOf, err := v.ask(ctx, func(q query) (err error) {
		page, err = q.itemsWhere(`i.tenant = $1 AND i.purchaser = $2`, []any{string(tenant), string(purchaser)}, f, at)
		return err
	})
	page.AsOf = asOf
	return page, err
}

// Get returns one subscription that the person bought, or
// subscription.ErrUnknown, also where somebody else bought it.
func (v Purchases) Get(ctx context.Context, tenant domain.TenantID, purchaser domain.PersonID, id domain.SubscriptionID, at time.Time) (item Item, asOf uint64, err error) {
	asOf, err = v.ask(ctx, func(q query) (err error) {
		item, err = only(q.itemsWhere(`i.tenant = $1 AND i.purchaser = $2 AND i.subscription = $3`,
			[]any{string(tenant), string(purchaser), string(id)}, Filter{}, at))
		return err
	})
	return item, asOf, err
}
