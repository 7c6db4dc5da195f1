package views

import (
	"context"
	"math"
	"time"

	"kassa/domain"
	"kassa/projections"
)

// Bill is one charge or refund of a subscription, as its payer sees it.
type Bill struct {
	ID           string
	OrderNumber  string
	Subscription domain.SubscriptionID
	Product      domain.ProductID
	ProductName  string
	Transaction  string // what a bill calls it, such as "Renew"
	Status       BillStatus
	At           time.Time // when it was asked for
	Quantity     int64
	From, To     time.Time    // the term; equal where it is only what is left of one
	Amount       domain.Money // less than zero: paid back
	CardBrand    string       // of the card that paid, or was asked to
	CardLast4    string
}

// BillFilter narrows a list of bills. Empty fields let everything through.
type BillFilter struct {
	Status BillStatus
	Next   string // from the page before
	Limit  int    // at most MaxLimit; DefaultLimit if 0
}

// Bills asks it.
type Bills struct{ table }

// NewBills asks the live rows of p.
func NewBills(p *projections.Projector) Bills {
	return Bills{table{p, BillsView.Name}}
}

// List returns what a person of a tenant was charged and paid back, newest first.
func (v Bills) List(ctx context.Context, tenant domain.TenantID, payer domain.PersonID, f BillFilter) (page Page[Bill], err error) {
	after, err := readCursor(f.Next, cursor{sort: math.MaxInt64})
	if err != nil {
		return page, err
	}
	most := limit(f.Limit)
	asOf, err := v.ask(ctx, func(q query) error {
		page = Page[Bill]{}
		var found []Bill
		err := q.each(billsQuery, []any{string(tenant), string(payer), string(f.Status), after.sort, after.id, most + 1}, func(scan func(...any) error) error {
			var b Bill
			var at, from, to int64
			err := scan(&b.ID, &b.OrderNumber, &b.Subscription, &b.Product, &b.ProductName, &b.Transaction, &b.Status,
				&at, &b.Quantity, &from, &to, &b.Amount.Minor, &b.Amount.Currency, &b.CardBrand, &b.CardLast4)
			b.At, b.From, b.To = instant(at), instant(from), instant(to)
			found = append(found, b)
			return err
		})
		page = cut(found, most, func(b Bill) cursor { return cursor{micros(b.At), b.ID} })
		return err
	})
	page.AsOf = asOf
	return page, err
}

// A charge is paid with the card that was on file when it was asked for; a refund
// goes back to the card of its charge, c.
const billsQuery = `SELECT b.subscription || '/' || b.bill, p.order_number, b.subscription, p.product, COALESCE(n.name, p.product),
		b.transaction_type, b.status, b.at, b.quantity, b.from_at, b.to_at, b.minor, b.currency, COALESCE(k.brand, ''), COALESCE(k.last4, '')
	FROM payers p JOIN bills b ON b.subscription = p.subscription
		LEFT JOIN products n ON n.product = p.product
		LEFT JOIN bills c ON b.minor < 0 AND c.minor > 0 AND c.subscription = b.subscription
			AND CASE b.reference WHEN '' THEN c.bill = 'purchase' ELSE c.reference = b.reference END
		LEFT JOIN cards k ON k.purchase = p.purchase AND k.position =
			(SELECT MAX(position) FROM cards WHERE purchase = p.purchase AND position < COALESCE(c.asked, b.asked))
	WHERE p.tenant = $1 AND p.payer = $2 AND ($3 = '' OR b.status = $3) AND (b.at, b.subscription || '/' || b.bill) < ($4, $5)
	ORDER BY b.at DESC, b.subscription || '/' || b.bill DESC LIMIT $6`
