package views

import (
	"context"
	"math"
	"time"

	"kassa/domain"
	"kassa/domain/purchase"
	"kassa/eventstore"
	"kassa/projections"
)

// RefusalsView answers an administrator: who wanted to buy what, and which rule
// said no? (R20, R41) What a checkout is about is kept only until it ends.
var RefusalsView = projections.Projection{
	Name: "refusals", Version: 1,
	Tables: []projections.Table{
		{Name: "checkouts", Key: []string{"purchase"}, DDL: checkoutsTable},
		{Name: "refusals", Key: []string{"purchase"}, DDL: refusalsTable},
	},
	On: projections.Hears(
		projections.On(checkoutStarted),
		projections.On(checkoutRefused),
		projections.On(checkoutCompleted),
	),
}

const (
	checkoutsTable = `CREATE TABLE checkouts (
		purchase     TEXT PRIMARY KEY,
		tenant       TEXT NOT NULL,
		order_number TEXT NOT NULL,
		product      TEXT NOT NULL,
		channel      TEXT NOT NULL,
		market       TEXT NOT NULL
	)`
	refusalsTable = `CREATE TABLE refusals (
		purchase     TEXT   PRIMARY KEY,
		tenant       TEXT   NOT NULL,
		order_number TEXT   NOT NULL,
		product      TEXT   NOT NULL,
		channel      TEXT   NOT NULL,
		market       TEXT   NOT NULL,
		person       TEXT   NOT NULL,
		at           BIGINT NOT NULL,
		stage        TEXT   NOT NULL,
		code         TEXT   NOT NULL,
		rule         TEXT   NOT NULL
	);
	CREATE INDEX refusals_by_tenant ON refusals (tenant, at, purchase)`
)

func checkoutStarted(tx *projections.Tx, e purchase.Started, _ eventstore.Fact) error {
	return tx.Exec(`INSERT INTO checkouts (purchase, tenant, order_number, product, channel, market) VALUES ($1, $2, $3, $4, $5, $6)`,
		e.Purchase, e.Tenant, e.OrderNumber, e.Product, e.Channel, e.Market)
}

func checkoutRefused(tx *projections.Tx, e purchase.Refused, f eventstore.Fact) error {
	err := tx.Change(`INSERT INTO refusals (purchase, tenant, order_number, product, channel, market, person, at, stage, code, rule)
		SELECT purchase, tenant, order_number, product, channel, market, $2, $3, $4, $5, $6 FROM checkouts WHERE purchase = $1`,
		idOf(f), f.Meta.Actor.Person, micros(e.At), e.Stage, e.Code, e.Rule)
	if err != nil {
		return err
	}
	return endCheckout(tx, f)
}

func checkoutCompleted(tx *projections.Tx, _ purchase.Completed, f eventstore.Fact) error {
	return endCheckout(tx, f)
}

func endCheckout(tx *projections.Tx, f eventstore.Fact) error {
	return tx.Change(`DELETE FROM checkouts WHERE purchase = $1`, idOf(f))
}

// Refusal is one purchase that a rule refused.
type Refusal struct {
	Purchase    domain.PurchaseID
	OrderNumber string
	Person      domain.PersonID
	Product     domain.ProductID // the current id at the time
	Channel     domain.Channel
	Market      string
	At          time.Time
	Stage       purchase.Stage
	Code        string
	Rule        string
}

// RefusalFilter narrows a list of refusals. Empty fields let everything through.
type RefusalFilter struct {
	Code     string
	Products []domain.ProductID // any of these: a product's id and its older ones
	Next     string             // from the page before
	Limit    int                // at most MaxLimit; DefaultLimit if 0
}

// Refusals asks it.
type Refusals struct{ table }

// NewRefusals asks the live rows of p.
func NewRefusals(p *projections.Projector) Refusals {
	return Refusals{table{p, RefusalsView.Name}}
}

// List returns a tenant's refusals, newest first.
func (v Refusals) List(ctx context.Context, tenant domain.TenantID, f RefusalFilter) (page Page[Refusal], err error) {
	after, err := readCursor(f.Next, cursor{sort: math.MaxInt64})
	if err != nil {
		return page, err
	}
	asOf, err := v.ask(ctx, func(q query) (err error) {
		page, err = q.refusals(tenant, f, after)
		return err
	})
	page.AsOf = asOf
	return page, err
}

func (q query) refusals(tenant domain.TenantID, f RefusalFilter, after cursor) (Page[Refusal], error) {
	most := limit(f.Limit)
	args := []any{string(tenant), f.Code, after.sort, after.id, most + 1}
	products := ``
	if len(f.Products) > 0 {
		products = ` AND product IN (` + list(len(args), len(f.Products)) + `)`
	}
	for _, p := range f.Products {
		args = append(args, string(p))
	}
	var found []Refusal
	err := q.each(`SELECT purchase, order_number, person, product, channel, market, at, stage, code, rule FROM refusals
		WHERE tenant = $1 AND ($2 = '' OR code = $2) AND (at, purchase) < ($3, $4)`+products+`
		ORDER BY at DESC, purchase DESC LIMIT $5`, args, func(scan func(...any) error) error {
		var r Refusal
		var at int64
		err := scan(&r.Purchase, &r.OrderNumber, &r.Person, &r.Product, &r.Channel, &r.Market, &at, &r.Stage, &r.Code, &r.Rule)
		r.At = instant(at)
		found = append(found, r)
		return err
	})
	return cut(found, most, func(r Refusal) cursor { return cursor{micros(r.At), string(r.Purchase)} }), err
}
