package views

import (
	"context"
	"database/sql"
	"math"
	"strings"
	"time"

	"kassa/domain"
	"kassa/domain/centralisation"
	"kassa/projections"
)

// Centralisation is one as people see it.
type Centralisation struct {
	Centralisation domain.CentralisationID
	Product        domain.ProductID
	Market         string
	Keep           bool
	Status         centralisation.Status
	Subscriptions  int64 // bought by people themselves
	Covered        int64 // people who had a licence of the organisation's before
	SeatsNeeded    int64
	SeatsAvailable int64
	SeatsToBuy     int64
	Savings        centralisation.Savings // as planned; once closed, as it came
	StartedAt      time.Time
	EndedAt        time.Time             // zero: it has not
	Target         domain.SubscriptionID // whose licences people get; empty: none yet
	Bought         int64                 // seats
	Assigned       int64
	Skipped        int64
	Refused        string // why there are no seats
	Outcome        centralisation.Outcome
	Asked          int64 // purchasers, by subscription
	NotAsked       int64
	Answered       map[centralisation.Answer]int64
}

// CentralisedUser is somebody who needs a licence. Without a Target nobody has
// seen to them yet; with a Code they could not get one.
type CentralisedUser struct {
	Person        domain.PersonID
	Subscriptions []domain.SubscriptionID
	Target        domain.SubscriptionID
	Code          string
}

// CentralisedPurchase is a subscription whose purchaser is to be asked.
type CentralisedPurchase struct {
	Subscription domain.SubscriptionID
	Purchaser    domain.PersonID
	Seats, Users int64
	Yearly       domain.Money
	Request      centralisation.RequestID // empty: not asked yet; or not at all, if Code says why
	Code         string
	Answer       centralisation.Answer
}

// Centralisations asks about them.
type Centralisations struct{ table }

// NewCentralisations asks the live rows of p.
func NewCentralisations(p *projections.Projector) Centralisations {
	return Centralisations{table{p, CentralisationsView.Name}}
}

// List returns a tenant's centralisations, newest first.
func (v Centralisations) List(ctx context.Context, tenant domain.TenantID, next string, size int) (page Page[Centralisation], err error) {
	after, err := readCursor(next, cursor{sort: math.MaxInt64})
	if err != nil {
		return page, err
	}
	asOf, err := v.ask(ctx, func(q query) error {
		found, err := q.centralisations(`tenant = $1 AND (started_at, centralisation) < ($2, $3)`, limit(size)+1, string(tenant), after.sort, after.id)
		page = cut(found, limit(size), func(c Centralisation) cursor { return cursor{micros(c.StartedAt), string(c.Centralisation)} })
		return err
	})
	page.AsOf = asOf
	return page, err
}

// Get returns one of the tenant, or centralisation.ErrUnknown.
func (v Centralisations) Get(ctx context.Context, tenant domain.TenantID, id domain.CentralisationID) (one Centralisation, asOf uint64, err error) {
	asOf, err = v.ask(ctx, func(q query) (err error) {
		one, err = q.centralisation(tenant, id)
		return err
	})
	return one, asOf, err
}

func (q query) centralisation(tenant domain.TenantID, id domain.CentralisationID) (Centralisation, error) {
	found, err := q.centralisations(`tenant = $1 AND centralisation = $2`, 1, string(tenant), string(id))
	if err == nil && len(found) == 0 {
		err = centralisation.ErrUnknown
	}
	if err != nil {
		return Centralisation{}, err
	}
	return found[0], nil
}

func (q query) centralisations(where string, most int, args ...any) (found []Centralisation, err error) {
	err = q.each(`SELECT centralisation, product, market, keep, status, subscriptions, covered, needed, available, to_buy,
			self_service, central, saved, currency, unknown, started_at, ended_at, target, bought, assigned, skipped, refused, outcome
		FROM centralisations WHERE `+where+` ORDER BY started_at DESC, centralisation DESC LIMIT `+list(len(args), 1),
		append(args, most), func(scan func(...any) error) error {
			var c Centralisation
			var started, ended int64
			err := scan(&c.Centralisation, &c.Product, &c.Market, &c.Keep, &c.Status, &c.Subscriptions, &c.Covered, &c.SeatsNeeded, &c.SeatsAvailable, &c.SeatsToBuy,
				&c.Savings.SelfService.Minor, &c.Savings.Central.Minor, &c.Savings.Saved.Minor, &c.Savings.Saved.Currency, &c.Savings.Unknown,
				&started, &ended, &c.Target, &c.Bought, &c.Assigned, &c.Skipped, &c.Refused, &c.Outcome)
			c.Savings.SelfService.Currency, c.Savings.Central.Currency = c.Savings.Saved.Currency, c.Savings.Saved.Currency
			c.StartedAt = instant(started)
			if ended != 0 {
				c.EndedAt = instant(ended)
			}
			found = append(found, c)
			return err
		})
	for i := range found {
		if err == nil {
			err = q.answers(&found[i])
		}
	}
	return found, err
}

// answers counts what purchasers have said.
func (q query) answers(c *Centralisation) error {
	c.Answered = map[centralisation.Answer]int64{}
	return q.each(`SELECT request <> '', code <> '', answer, COUNT(*) FROM centralised_purchases
		WHERE centralisation = $1 GROUP BY 1, 2, 3`, []any{string(c.Centralisation)}, func(scan func(...any) error) error {
		var asked, not bool
		var answer centralisation.Answer
		var n int64
		err := scan(&asked, &not, &answer, &n)
		switch {
		case asked:
			c.Asked += n
		case not:
			c.NotAsked += n
		}
		if answer != centralisation.Unanswered {
			c.Answered[answer] += n
		}
		return err
	})
}

// Users lists who needs a licence, in the order in which they get one.
func (v Centralisations) Users(ctx context.Context, tenant domain.TenantID, id domain.CentralisationID, next string, size int) (page Page[CentralisedUser], err error) {
	after, err := readCursor(next, cursor{})
	if err != nil {
		return page, err
	}
	most, last := limit(size), after.sort
	asOf, err := v.ask(ctx, func(q query) error {
		if _, err := q.centralisation(tenant, id); err != nil {
			return err
		}
		var found []CentralisedUser
		err := q.each(`SELECT person, subscriptions, target, code FROM centralised_users
			WHERE centralisation = $1 AND place > $2 ORDER BY place LIMIT $3`, []any{string(id), last, most + 1}, func(scan func(...any) error) error {
			var u CentralisedUser
			var held string
			err := scan(&u.Person, &held, &u.Target, &u.Code)
			for id := range strings.FieldsSeq(held) {
				u.Subscriptions = append(u.Subscriptions, domain.SubscriptionID(id))
			}
			found = append(found, u)
			return err
		})
		page = cut(found, most, func(CentralisedUser) cursor { return cursor{sort: last + int64(most)} })
		return err
	})
	page.AsOf = asOf
	return page, err
}

// Purchases lists what people bought by themselves, with each purchaser's answer.
func (v Centralisations) Purchases(ctx context.Context, tenant domain.TenantID, id domain.CentralisationID, next string, size int) (page Page[CentralisedPurchase], err error) {
	after, err := readCursor(next, cursor{})
	if err != nil {
		return page, err
	}
	most := limit(size)
	asOf, err := v.ask(ctx, func(q query) error {
		if _, err := q.centralisation(tenant, id); err != nil {
			return err
		}
		var found []CentralisedPurchase
		err := q.each(`SELECT subscription, purchaser, seats, users, yearly, currency, request, code, answer FROM centralised_purchases
			WHERE centralisation = $1 AND subscription > $2 ORDER BY subscription LIMIT $3`, []any{string(id), after.id, most + 1}, func(scan func(...any) error) error {
			var p CentralisedPurchase
			err := scan(&p.Subscription, &p.Purchaser, &p.Seats, &p.Users, &p.Yearly.Minor, &p.Yearly.Currency, &p.Request, &p.Code, &p.Answer)
			found = append(found, p)
			return err
		})
		page = cut(found, most, func(p CentralisedPurchase) cursor { return cursor{id: string(p.Subscription)} })
		return err
	})
	page.AsOf = asOf
	return page, err
}

// CentralisationsWaiting lists at most limit of those that wait for a step of
// Kassa itself, oldest first: what is not bought, assigned or asked yet, what has
// an answer that was not noted, and what waits for no more answers. It spans all
// tenants: it is for Kassa itself, never for a person.
func CentralisationsWaiting(ctx context.Context, p *projections.Projector, limit int) (waiting []domain.CentralisationID, asOf uint64, err error) {
	asOf, err = p.Read(ctx, CentralisationsView.Name, func(tx *sql.Tx) error {
		waiting = nil
		return query{ctx, tx}.each(waitingQuery, []any{limit}, func(scan func(...any) error) error {
			var id domain.CentralisationID
			err := scan(&id)
			waiting = append(waiting, id)
			return err
		})
	})
	return waiting, asOf, err
}

const waitingQuery = `SELECT c.centralisation FROM centralisations c
	WHERE c.status IN ('buying', 'assigning', 'asking', 'awaiting_answers') AND (c.status <> 'awaiting_answers'
		OR NOT EXISTS (SELECT 1 FROM centralised_purchases p WHERE p.centralisation = c.centralisation AND p.request <> '' AND p.answer = '')
		OR EXISTS (SELECT 1 FROM centralised_purchases p JOIN purchaser_requests r ON r.request = p.request
			WHERE p.centralisation = c.centralisation AND p.request <> '' AND p.answer = '' AND NOT r.open))
	ORDER BY c.started_at LIMIT $1`
