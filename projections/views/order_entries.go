package views

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/google/uuid"

	"kassa/domain"
	"kassa/eventstore"
	"kassa/projections"
)

// ErrOrderUnknown: the tenant has no such order.
var ErrOrderUnknown = &domain.Error{Kind: domain.NotFound, Code: "order_unknown", Message: "There is no such order. Check its number."}

// Entry is one fact of an order. Quantity and money are the stream's own before
// and after the fact, nil as long as none has been stated.
type Entry struct {
	OrderNumber    string
	Type           string
	Transaction    string    // what a bill calls it, such as "Purchase"; empty for what is not billed
	At             time.Time // when the store recorded it
	BusinessTime   time.Time // when it happened
	By             domain.Actor
	Command        uuid.UUID // what was asked for
	Correlation    uuid.UUID
	Causation      uuid.UUID // what led to it
	Code           string    // of a refusal, a decline or a cancellation
	Summary        string
	Person         domain.PersonID // whose licence it is about; empty: nobody's
	QuantityBefore *int64
	QuantityAfter  *int64
	MoneyBefore    *domain.Money
	MoneyAfter     *domain.Money
	EventID        uuid.UUID
	Stream         string
	Revision       eventstore.Revision
	Position       uint64
}

// Order is everything that happened to one order, in order.
type Order struct {
	Number    string
	Purchase  domain.PurchaseID
	Purchaser domain.PersonID // who started it
	Entries   []Entry
	AsOf      uint64
}

// OrderHistory asks the order history.
type OrderHistory struct{ table }

// NewOrderHistory asks the live rows of p.
func NewOrderHistory(p *projections.Projector) OrderHistory {
	return OrderHistory{table{p, OrderHistoryView.Name}}
}

// Show returns every fact of a tenant's order by its number, or ErrOrderUnknown.
func (v OrderHistory) Show(ctx context.Context, tenant domain.TenantID, number string) (o Order, err error) {
	o.AsOf, err = v.ask(ctx, func(q query) (err error) {
		o, err = q.order(tenant, number, o)
		return err
	})
	return o, err
}

func (q query) order(tenant domain.TenantID, number string, o Order) (Order, error) {
	o.Number = number
	err := q.tx.QueryRowContext(q.ctx, `SELECT o.purchase, COALESCE(e.actor_person, '') FROM orders o
		LEFT JOIN entries e ON e.about = 'purchase-' || o.purchase AND e.revision = 0
		WHERE o.tenant = $1 AND o.order_number = $2`, string(tenant), number).Scan(&o.Purchase, &o.Purchaser)
	if errors.Is(err, sql.ErrNoRows) {
		return o, ErrOrderUnknown
	}
	if err != nil {
		return o, err
	}
	so := map[string]Entry{} // the last entry of each stream
	err = q.each(`SELECT type, transaction_type, recorded_at, business_at, actor_kind, actor_tenant, actor_person, command, correlation, causation,
			code, summary, person, quantity, minor, currency, event, stream, revision, position
		FROM entries WHERE about = 'purchase-' || $1
			OR about IN (SELECT 'subscription-' || subscription FROM subscriptions WHERE purchase = $1)
		ORDER BY position`, []any{string(o.Purchase)}, func(scan func(...any) error) error {
		e, err := scanEntry(scan)
		e.OrderNumber = number
		e = e.after(so[e.Stream])
		so[e.Stream] = e
		o.Entries = append(o.Entries, e)
		return err
	})
	return o, err
}

// after takes over what the entry before it in its stream came to.
func (e Entry) after(before Entry) Entry {
	e.QuantityBefore, e.MoneyBefore = before.QuantityAfter, before.MoneyAfter
	if e.QuantityAfter == nil {
		e.QuantityAfter = e.QuantityBefore
	}
	if e.MoneyAfter == nil {
		e.MoneyAfter = e.MoneyBefore
	}
	return e
}

func scanEntry(scan func(...any) error) (e Entry, err error) {
	var recorded, business int64
	var minor *int64
	var currency *string
	err = scan(&e.Type, &e.Transaction, &recorded, &business, &e.By.Kind, &e.By.Tenant, &e.By.Person, &e.Command, &e.Correlation, &e.Causation,
		&e.Code, &e.Summary, &e.Person, &e.QuantityAfter, &minor, &currency, &e.EventID, &e.Stream, &e.Revision, &e.Position)
	e.At, e.BusinessTime = instant(recorded), instant(business)
	if minor != nil && currency != nil {
		e.MoneyAfter = &domain.Money{Minor: *minor, Currency: *currency}
	}
	return e, err
}
