package views

import (
	"context"
	"math"
	"time"

	"kassa/domain"
	"kassa/domain/access"
	"kassa/eventstore"
	"kassa/projections"
)

// PartnerAccessView answers an administrator: what has a partner asked for on our
// behalf, who of them and when? (R54) It outlives the relation.
var PartnerAccessView = projections.Projection{
	Name: "partner_access", Version: 1,
	Tables: []projections.Table{{
		Name: "accesses", Key: []string{"position"},
		DDL: `CREATE TABLE accesses (
			position  BIGINT PRIMARY KEY,
			customer  TEXT   NOT NULL,
			partner   TEXT   NOT NULL,
			person    TEXT   NOT NULL,
			relation  TEXT   NOT NULL,
			operation TEXT   NOT NULL,
			subject   TEXT   NOT NULL,
			at        BIGINT NOT NULL
		);
		CREATE INDEX accesses_by_partner ON accesses (customer, partner, position)`,
	}},
	On: projections.Hears(projections.On(func(tx *projections.Tx, e access.Recorded, f eventstore.Fact) error {
		return tx.Exec(`INSERT INTO accesses (position, customer, partner, person, relation, operation, subject, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			f.Position, e.Customer, e.Partner, e.Person, e.Relation, e.Operation, e.Subject, micros(e.At))
	})),
}

// Access is one request of a partner's person.
type Access struct {
	Person    domain.PersonID // of the partner
	Relation  domain.RelationID
	Operation string // the API's id of it
	Subject   string // id of the one thing it was about; empty: a list, or nothing
	At        time.Time
	Position  uint64
}

// Accesses asks it.
type Accesses struct{ table }

// NewAccesses asks the live rows of p.
func NewAccesses(p *projections.Projector) Accesses {
	return Accesses{table{p, PartnerAccessView.Name}}
}

// List returns what a partner asked for on a customer's behalf, newest first.
func (v Accesses) List(ctx context.Context, customer, partner domain.TenantID, next string, most int) (page Page[Access], err error) {
	before, err := readCursor(next, cursor{sort: math.MaxInt64})
	if err != nil {
		return page, err
	}
	most = limit(most)
	var found []Access
	asOf, err := v.ask(ctx, func(q query) error {
		found = nil
		return q.each(`SELECT person, relation, operation, subject, at, position FROM accesses
			WHERE customer = $1 AND partner = $2 AND position < $3 ORDER BY position DESC LIMIT $4`,
			[]any{string(customer), string(partner), before.sort, most + 1}, func(scan func(...any) error) error {
				var a Access
				var at int64
				err := scan(&a.Person, &a.Relation, &a.Operation, &a.Subject, &at, &a.Position)
				a.At = instant(at)
				found = append(found, a)
				return err
			})
	})
	page = cut(found, most, func(a Access) cursor { return cursor{sort: int64(a.Position)} })
	page.AsOf = asOf
	return page, err
}
