package views

import (
	"context"
	"time"

	"kassa/domain"
	"kassa/domain/claim"
	"kassa/eventstore"
	"kassa/projections"
)

// ClaimsView answers an administrator: how many people got a licence by opening
// a product, how many did not, and why? Claims without an end were cut off;
// Kassa finishes them.
var ClaimsView = projections.Projection{
	Name: "claims", Version: 1,
	Tables: []projections.Table{{
		Name: "claims", Key: []string{"claim"},
		DDL: `CREATE TABLE claims (
			claim   TEXT   PRIMARY KEY,
			tenant  TEXT   NOT NULL,
			product TEXT   NOT NULL, -- that was opened
			at      BIGINT NOT NULL,
			status  TEXT   NOT NULL,
			code    TEXT   NOT NULL DEFAULT ''
		);
		CREATE INDEX claims_by_tenant ON claims (tenant, at);
		CREATE INDEX claims_started ON claims (at) WHERE status = 'started'`,
	}},
	On: projections.Hears(
		projections.On(func(tx *projections.Tx, e claim.Started, _ eventstore.Fact) error {
			return tx.Exec(`INSERT INTO claims (claim, tenant, product, at, status) VALUES ($1, $2, $3, $4, $5)`,
				e.Claim, e.Tenant, e.Product, micros(e.At), claim.StatusStarted)
		}),
		projections.On(func(tx *projections.Tx, _ claim.Granted, f eventstore.Fact) error {
			return claimEnded(tx, f, claim.StatusGranted, ``)
		}),
		projections.On(func(tx *projections.Tx, e claim.Refused, f eventstore.Fact) error {
			return claimEnded(tx, f, claim.StatusRefused, e.Code)
		}),
	),
}

func claimEnded(tx *projections.Tx, f eventstore.Fact, status claim.Status, code string) error {
	return tx.Change(`UPDATE claims SET status = $2, code = $3 WHERE claim = $1`, idOf(f), status, code)
}

// ClaimCount is how many claims of a product ended alike.
type ClaimCount struct {
	Product domain.ProductID // that was opened, by its current id at the time
	Status  claim.Status     // granted or refused
	Code    string           // why they were refused
	Claims  int64
}

// Claims asks the view.
type Claims struct{ table }

// NewClaims asks the live rows of p.
func NewClaims(p *projections.Projector) Claims { return Claims{table{p, ClaimsView.Name}} }

// Count counts a tenant's claims since an instant, by product and end.
func (v Claims) Count(ctx context.Context, tenant domain.TenantID, since time.Time) (counts []ClaimCount, asOf uint64, err error) {
	asOf, err = v.ask(ctx, func(q query) error {
		counts = nil
		return q.each(`SELECT product, status, code, COUNT(*) FROM claims WHERE tenant = $1 AND at >= $2 AND status <> 'started'
			GROUP BY product, status, code ORDER BY product, status, code`, []any{string(tenant), micros(since)},
			func(scan func(...any) error) error {
				var c ClaimCount
				err := scan(&c.Product, &c.Status, &c.Code, &c.Claims)
				counts = append(counts, c)
				return err
			})
	})
	return counts, asOf, err
}

// ClaimsToFinish lists at most limit of the claims that were started before an
// instant and have no end, oldest first. It spans all tenants: it is for Kassa
// itself, never for a person.
func ClaimsToFinish(ctx context.Context, p *projections.Projector, before time.Time, limit int) (open []claim.ID, asOf uint64, err error) {
	asOf, err = NewClaims(p).ask(ctx, func(q query) error {
		open = nil
		return q.each(`SELECT claim FROM claims WHERE status = 'started' AND at < $1 ORDER BY at LIMIT $2`, []any{micros(before), limit},
			func(scan func(...any) error) error {
				var id claim.ID
				err := scan(&id)
				open = append(open, id)
				return err
			})
	})
	return open, asOf, err
}
