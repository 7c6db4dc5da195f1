package views

import (
	"time"

	"kassa/domain"
	"kassa/domain/subscription"
)

// Item is one subscription as people see it, with the seven columns of R38.
type Item struct {
	Subscription      domain.SubscriptionID
	Purchase          domain.PurchaseID
	Product           domain.ProductID
	ProductName       string // the current one; the id while the catalogue does not know it
	Family            string
	Purchaser         domain.PersonID
	PurchaserLeft     bool      // the directory has deleted them
	OrphanedAt        time.Time // when they left a subscription of their own; zero: they did not (R57)
	Channel           domain.Channel
	Kind              domain.PurchaseKind
	Quantity          int64 // subscriptions purchased
	Assigned          int64 // seats taken
	Available         int64
	UnitPrice         domain.Money
	PurchasePrice     domain.Money // what was paid first, whatever it costs today; of a trial nothing, of a term in instalments the first
	Term              domain.Term
	Start             time.Time
	ExpiryDate        time.Time   // the first instant that is not covered
	Frequency         domain.Term // of payments; empty: a term is paid at once
	Payment           int         // of the term, the latest; from 1
	PaidUntil         time.Time   // by that; the next, if any, is due then
	CancellationUntil time.Time
	RecurringBilling  bool
	Status            subscription.Status // at the time that was asked for
	AssignedUsers     []domain.PersonID   // sorted
	SuspendedUsers    []domain.PersonID   // those of them who cannot use it while it is disabled
	OrderNumbers      []string            // oldest first; see OrderHistory
	Takeover          Takeover            // by an administrator; zero: nobody took control
}

// PaymentsLeft is how many payments of the current term are still to be made, one
// that was declined included. What ends the subscription ends them.
func (i Item) PaymentsLeft() int {
	ended := i.Status == subscription.StatusDisabled || i.Status == subscription.StatusDeleted
	if i.Kind == domain.Trial || i.Takeover.Option != "" || ended {
		return 0
	}
	return i.Term.Payments(i.Frequency) - i.Payment
}

// itemsWhere reads items, in the order that f asks for. where narrows to what the
// asker may see and uses the first parameters; at is the time whose status is
// shown. What is deleted has no seats, though no fact releases them.
func (q query) itemsWhere(where string, args []any, f Filter, at time.Time) (Page[Item], error) {
	c := clause{where, args}
	f.narrow(&c, at)
	by := f.Sort.key()
	if err := by.after(&c, f.Next); err != nil {
		return Page[Item]{}, err
	}
	most := limit(f.Limit)
	var found []Item
	err := q.each(`SELECT i.subscription, i.purchase, i.product, `+itemName+`, COALESCE(p.family, ''), i.purchaser,
			EXISTS (SELECT 1 FROM leavers l WHERE l.stream = 'user-' || i.tenant || '-' || i.purchaser), i.orphaned_at,
			i.channel, i.kind, i.quantity, (SELECT COUNT(*) FROM seats s WHERE s.subscription = i.subscription AND i.ended <> 'deleted'),
			i.unit_minor, i.unit_currency, i.price_minor, i.price_currency, i.term, i.start_at, i.end_at, i.frequency, i.payment, i.paid_until, i.cancellation_until, i.recurring, i.ended,
			i.takeover, i.taken_by, i.taken_at, i.taken_target, i.taken_users
		FROM items i LEFT JOIN products p ON p.product = i.product
		WHERE `+c.text+by.order()+` LIMIT `+list(len(c.args), 1), append(c.args, most+1),
		func(scan func(...any) error) error {
			item, err := scanItem(scan, at)
			found = append(found, item)
			return err
		})
	if err != nil {
		return Page[Item]{}, err
	}
	page := cut(found, most, by.cursor)
	return page, q.details(page.Items)
}

func scanItem(scan func(...any) error, at time.Time) (i Item, err error) {
	var start, end, paid, until, orphaned, taken int64
	var ended subscription.Status
	err = scan(&i.Subscription, &i.Purchase, &i.Product, &i.ProductName, &i.Family, &i.Purchaser, &i.PurchaserLeft, &orphaned,
		&i.Channel, &i.Kind, &i.Quantity, &i.Assigned,
		&i.UnitPrice.Minor, &i.UnitPrice.Currency, &i.PurchasePrice.Minor, &i.PurchasePrice.Currency,
		&i.Term, &start, &end, &i.Frequency, &i.Payment, &paid, &until, &i.RecurringBilling, &ended,
		&i.Takeover.Option, &i.Takeover.By, &taken, &i.Takeover.Target, &i.Takeover.Users)
	i.Start, i.ExpiryDate, i.PaidUntil, i.CancellationUntil = instant(start), instant(end), instant(paid), instant(until)
	if i.Takeover.Option != "" {
		i.Takeover.At = instant(taken)
	}
	if orphaned > 0 {
		i.OrphanedAt = instant(orphaned)
	}
	i.Available = i.Quantity - i.Assigned
	i.Status = statusOf(i.Kind, i.ExpiryDate, i.PaidUntil, ended, at)
	return i, err
}

// statusOf says of a row what subscription.State.Status says of a state.
func statusOf(kind domain.PurchaseKind, end, paid time.Time, ended subscription.Status, at time.Time) subscription.Status {
	trial := subscription.Trial{On: kind == domain.Trial}
	return subscription.State{Subscription: "some", End: end, PaidUntil: paid, Ended: ended, Trial: trial}.Status(at)
}

// details adds who holds a licence and which orders led here.
func (q query) details(items []Item) error {
	if len(items) == 0 {
		return nil
	}
	place := make(map[domain.SubscriptionID]*Item, len(items))
	ids := make([]any, len(items))
	for i := range items {
		place[items[i].Subscription], ids[i] = &items[i], string(items[i].Subscription)
	}
	var of domain.SubscriptionID
	in := ` WHERE subscription IN (` + list(0, len(ids)) + `)`
	err := q.each(`SELECT subscription, person, suspended FROM licences`+in+` ORDER BY subscription, person`, ids, func(scan func(...any) error) error {
		var person domain.PersonID
		var suspended bool
		err := scan(&of, &person, &suspended)
		if err == nil {
			place[of].AssignedUsers = append(place[of].AssignedUsers, person)
		}
		if suspended {
			place[of].SuspendedUsers = append(place[of].SuspendedUsers, person)
		}
		return err
	})
	if err != nil {
		return err
	}
	return q.each(`SELECT subscription, order_number FROM item_orders`+in+` ORDER BY ordered_at, order_number`, ids, func(scan func(...any) error) error {
		var number string
		err := scan(&of, &number)
		if err == nil {
			place[of].OrderNumbers = append(place[of].OrderNumbers, number)
		}
		return err
	})
}

// only is the one item of a page, or ErrUnknown.
func only(p Page[Item], err error) (Item, error) {
	if err == nil && len(p.Items) == 0 {
		err = subscription.ErrUnknown
	}
	if err != nil {
		return Item{}, err
	}
	return p.Items[0], nil
}
