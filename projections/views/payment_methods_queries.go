package views

import (
	"context"
	"time"

	"github.com/google/uuid"

	"kassa/domain"
	"kassa/projections"
)

// PaymentMethod is one of a person's cards.
type PaymentMethod struct {
	ID                domain.PaymentMethodID
	Brand, Last4      string
	ExpMonth, ExpYear int
	Country           string
	Default           bool
	Expired           bool // as of the time asked with
	AddedAt           time.Time
	Pays              []PaidWith
}

// PaidWith is a subscription that is paid with a card.
type PaidWith struct {
	Subscription domain.SubscriptionID
	Product      domain.ProductID
	ProductName  string
	Renews       bool
}

// PaymentMethods asks it.
type PaymentMethods struct{ table }

// NewPaymentMethods asks the live rows of p.
func NewPaymentMethods(p *projections.Projector) PaymentMethods {
	return PaymentMethods{table{p, PaymentMethodsView.Name}}
}

// List returns the cards that a person has as of an instant, the default first
// and then the newest, each with what it pays for.
func (v PaymentMethods) List(ctx context.Context, tenant domain.TenantID, person domain.PersonID, at time.Time) (page Page[PaymentMethod], err error) {
	asOf, err := v.ask(ctx, func(q query) error {
		page = Page[PaymentMethod]{}
		of, tokens := []any{string(tenant), string(person)}, map[string]int{}
		err := q.each(`SELECT method, token, brand, last4, exp_month, exp_year, country, is_default, expired, added_at, expires_at FROM methods
			WHERE tenant = $1 AND person = $2 AND gone = 0 ORDER BY is_default DESC, added_at DESC, method`, of, func(scan func(...any) error) error {
			var m PaymentMethod
			var token string
			var added, expires int64
			err := scan(&m.ID, &token, &m.Brand, &m.Last4, &m.ExpMonth, &m.ExpYear, &m.Country, &m.Default, &m.Expired, &added, &expires)
			m.AddedAt, m.Expired = instant(added), m.Expired || expires != 0 && micros(at) >= expires
			tokens[token] = len(page.Items)
			page.Items = append(page.Items, m)
			return err
		})
		if err != nil {
			return err
		}
		return q.each(`SELECT o.token, p.subscription, p.product, COALESCE(n.name, p.product), p.renews OR p.unpaid
			FROM orders o JOIN paid p ON p.subscription = o.subscription LEFT JOIN products n ON n.product = p.product
			WHERE o.tenant = $1 AND o.person = $2 AND o.token <> '' AND p.deleted = 0 ORDER BY p.subscription`, of, func(scan func(...any) error) error {
			var token string
			var p PaidWith
			err := scan(&token, &p.Subscription, &p.Product, &p.ProductName, &p.Renews)
			if i, listed := tokens[token]; listed {
				page.Items[i].Pays = append(page.Items[i].Pays, p)
			}
			return err
		})
	})
	page.AsOf = asOf
	return page, err
}

// Paid lists what a person pays for with a card, or has ordered so, and is not
// deleted.
func (v PaymentMethods) Paid(ctx context.Context, tenant domain.TenantID, person domain.PersonID) (ids []domain.SubscriptionID, err error) {
	_, err = v.ask(ctx, func(q query) error {
		ids = nil
		return q.subscriptions(&ids, `SELECT o.subscription FROM orders o LEFT JOIN paid p ON p.subscription = o.subscription
			WHERE o.tenant = $1 AND o.person = $2 AND o.token <> '' AND o.subscription <> '' AND COALESCE(p.deleted, 0) = 0
			ORDER BY o.subscription`, Leaver{tenant, person})
	})
	return ids, err
}

// UnlistedCard is a card that an order was paid with and that is on no list.
type UnlistedCard struct {
	Purchase domain.PurchaseID
	Fact     uuid.UUID // that attached it
}

// Unlisted lists at most limit of them, the first used first. It spans all
// tenants, like what follows here: it is for Kassa itself, never for a person.
func (v PaymentMethods) Unlisted(ctx context.Context, limit int) (found []UnlistedCard, asOf uint64, err error) {
	asOf, err = v.ask(ctx, func(q query) error {
		found = nil
		return q.each(unlistedQuery, []any{limit}, func(scan func(...any) error) error {
			var c UnlistedCard
			err := scan(&c.Purchase, &c.Fact)
			found = append(found, c)
			return err
		})
	})
	return found, asOf, err
}

const unlistedQuery = `SELECT purchase, fact FROM tokens WHERE ` + methodUnlisted + ` ORDER BY used LIMIT $1`

// CardOwner is somebody who has cards.
type CardOwner struct {
	Tenant domain.TenantID
	Person domain.PersonID
}

// Moving lists at most limit of the people of whom something still pays with a
// card that is gone, while they have another; or was not paid before a card took
// the place of the one that failed, and has not been asked for since.
func (v PaymentMethods) Moving(ctx context.Context, limit int) (found []CardOwner, asOf uint64, err error) {
	asOf, err = v.ask(ctx, func(q query) error {
		found = nil
		return q.each(movingQuery, []any{limit}, func(scan func(...any) error) error {
			var o CardOwner
			err := scan(&o.Tenant, &o.Person)
			found = append(found, o)
			return err
		})
	})
	return found, asOf, err
}

const movingQuery = `SELECT o.tenant, o.person FROM tokens t
		JOIN orders o ON o.tenant = t.tenant AND o.person = t.person AND o.token = t.token AND o.position < t.gone
		JOIN paid p ON p.subscription = o.subscription AND p.deleted = 0
	WHERE t.gone > t.listed AND EXISTS (SELECT 1 FROM methods m WHERE m.tenant = t.tenant AND m.person = t.person AND m.is_default = 1)
	UNION
	SELECT o.tenant, o.person FROM paid p JOIN orders o ON o.purchase = p.purchase AND o.token <> '' AND o.position > p.declined
	WHERE ` + methodUnpaid + ` LIMIT $1`

// Expiring is a card whose month is over, and of which no fact says so yet.
type Expiring struct {
	CardOwner
	Method domain.PaymentMethodID
	At     time.Time
}

// Expired lists at most limit of them as of an instant, the longest over first.
func (v PaymentMethods) Expired(ctx context.Context, by time.Time, limit int) (found []Expiring, asOf uint64, err error) {
	asOf, err = v.ask(ctx, func(q query) error {
		found = nil
		return q.each(expiredQuery, []any{micros(by), limit}, func(scan func(...any) error) error {
			var e Expiring
			var at int64
			err := scan(&e.Tenant, &e.Person, &e.Method, &at)
			e.At = instant(at)
			found = append(found, e)
			return err
		})
	})
	return found, asOf, err
}

const expiredQuery = `SELECT tenant, person, method, expires_at FROM methods
	WHERE ` + methodGood + ` AND expires_at <= $1 ORDER BY expires_at, method LIMIT $2`
