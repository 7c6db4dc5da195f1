package views

import (
	"context"
	"math"
	"time"

	"kassa/domain"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
	"kassa/eventstore"
	"kassa/projections"
)

// RefusalsView answers an administrator: who wanted to buy what, or more of what
// they have, and which rule said no? (R20, R41) What a checkout is about is kept
// until it ends, and then with the subscription that it led to.
var RefusalsView = projections.Projection{
	Name: "refusals", Version: 2,
	Tables: []projections.Table{
		{Name: "checkouts", Key: []string{"purchase"}, DDL: checkoutsTable},
		{Name: "bought", Key: []string{"subscription"}, DDL: boughtTable},
		{Name: "refusals", Key: []string{"position"}, DDL: refusalsTable},
	},
	On: projections.Hears(
		projections.On(checkoutStarted),
		projections.On(checkoutRefused),
		projections.On(checkoutBought),
		later(subscription.ForAddition, func(e subscription.SeatAdditionRefused) denial { return denial{e.Code, e.Rule, e.At} }),
		later(subscription.ForConversion, func(e subscription.ConversionRefused) denial { return denial{e.Code, e.Rule, e.At} }),
		later(subscription.ForReactivation, func(e subscription.ReactivationRefused) denial { return denial{e.Code, e.Rule, e.At} }),
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
	boughtTable = `CREATE TABLE bought (
		subscription TEXT PRIMARY KEY,
		purchase     TEXT NOT NULL,
		tenant       TEXT NOT NULL,
		order_number TEXT NOT NULL,
		product      TEXT NOT NULL,
		channel      TEXT NOT NULL,
		market       TEXT NOT NULL
	)`
	refusalsTable = `CREATE TABLE refusals (
		position     BIGINT PRIMARY KEY,
		purchase     TEXT   NOT NULL,
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
	CREATE INDEX refusals_by_tenant ON refusals (tenant, position)`
)

func checkoutStarted(tx *projections.Tx, e purchase.Started, _ eventstore.Fact) error {
	return tx.Exec(`INSERT INTO checkouts (purchase, tenant, order_number, product, channel, market) VALUES ($1, $2, $3, $4, $5, $6)`,
		e.Purchase, e.Tenant, e.OrderNumber, e.Product, e.Channel, e.Market)
}

func checkoutRefused(tx *projections.Tx, e purchase.Refused, f eventstore.Fact) error {
	if err := refused(tx, f, `checkouts WHERE purchase`, string(e.Stage), denial{e.Code, e.Rule, e.At}); err != nil {
		return err
	}
	return tx.Change(`DELETE FROM checkouts WHERE purchase = $1`, idOf(f))
}

func checkoutBought(tx *projections.Tx, e subscription.Provisioned, _ eventstore.Fact) error {
	err := tx.Change(`INSERT INTO bought (subscription, purchase, tenant, order_number, product, channel, market)
		SELECT $2, purchase, tenant, order_number, product, channel, market FROM checkouts WHERE purchase = $1`, e.Purchase, e.Subscription)
	if err != nil {
		return err
	}
	return tx.Change(`DELETE FROM checkouts WHERE purchase = $1`, e.Purchase)
}

// denial is what a refusal says, whatever it is of.
type denial struct {
	code, rule string
	at         time.Time
}

// later hears that a rule forbids more of what was bought.
func later[E domain.Event](what subscription.ChargeKind, denied func(E) denial) projections.Handlers {
	return projections.On(func(tx *projections.Tx, e E, f eventstore.Fact) error {
		return refused(tx, f, `bought WHERE subscription`, string(what), denied(e))
	})
}

// refused adds a refusal of what the row tells that belongs to the fact's stream.
func refused(tx *projections.Tx, f eventstore.Fact, row, stage string, d denial) error {
	return tx.Change(`INSERT INTO refusals (position, purchase, tenant, order_number, product, channel, market, person, at, stage, code, rule)
		SELECT $2, purchase, tenant, order_number, product, channel, market, $3, $4, $5, $6, $7 FROM `+row+` = $1`,
		idOf(f), f.Position, f.Meta.Actor.Person, micros(d.at), stage, d.code, d.rule)
}

// Refusal is one purchase, or more of one, that a rule refused.
type Refusal struct {
	Purchase    domain.PurchaseID
	OrderNumber string
	Person      domain.PersonID
	Product     domain.ProductID // the current id at the time
	Channel     domain.Channel
	Market      string
	At          time.Time
	Stage       string // a purchase.Stage; of more of what was bought a subscription.ChargeKind
	Code        string
	Rule        string
	Position    uint64
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
	args := []any{string(tenant), f.Code, after.sort, most + 1}
	products := ``
	if len(f.Products) > 0 {
		products = ` AND product IN (` + list(len(args), len(f.Products)) + `)`
	}
	for _, p := range f.Products {
		args = append(args, string(p))
	}
	var found []Refusal
	err := q.each(`SELECT position, purchase, order_number, person, product, channel, market, at, stage, code, rule FROM refusals
		WHERE tenant = $1 AND ($2 = '' OR code = $2) AND position < $3`+products+`
		ORDER BY position DESC LIMIT $4`, args, func(scan func(...any) error) error {
		var r Refusal
		var at int64
		err := scan(&r.Position, &r.Purchase, &r.OrderNumber, &r.Person, &r.Product, &r.Channel, &r.Market, &at, &r.Stage, &r.Code, &r.Rule)
		r.At = instant(at)
		found = append(found, r)
		return err
	})
	return cut(found, most, func(r Refusal) cursor { return cursor{sort: int64(r.Position)} }), err
}
