package views

import (
	"context"
	"strings"
	"time"

	"kassa/domain"
	"kassa/domain/partner"
	"kassa/eventstore"
	"kassa/projections"
)

// DelegationsView answers: which partners has an organisation had, and which
// customers has a partner had? (R54) Whether somebody may act now is never asked
// here, but of the stream itself.
var DelegationsView = projections.Projection{
	Name: "delegations", Version: 1,
	Tables: []projections.Table{{
		Name: "delegations", Key: []string{"relation"},
		DDL: `CREATE TABLE delegations (
			relation   TEXT   PRIMARY KEY,
			customer   TEXT   NOT NULL,
			partner    TEXT   NOT NULL,
			kind       TEXT   NOT NULL,
			roles      TEXT   NOT NULL, -- separated by spaces
			granted_at BIGINT NOT NULL,
			granted_by TEXT   NOT NULL,
			expires_at BIGINT NOT NULL,
			ended_at   BIGINT, -- once a fact says so
			ending     TEXT   NOT NULL DEFAULT ''
		);
		CREATE INDEX delegations_by_customer ON delegations (customer, granted_at, relation);
		CREATE INDEX delegations_by_partner ON delegations (partner, granted_at, relation);
		CREATE INDEX delegations_open ON delegations (expires_at) WHERE ended_at IS NULL`,
	}},
	On: projections.Hears(
		projections.On(delegationGranted),
		projections.On(func(tx *projections.Tx, e partner.DelegationExpired, _ eventstore.Fact) error {
			return delegationEnded(tx, e.Relation, DelegationExpired, e.At)
		}),
		projections.On(func(tx *projections.Tx, e partner.DelegationRevoked, _ eventstore.Fact) error {
			return delegationEnded(tx, e.Relation, DelegationRevoked, e.At)
		}),
	),
}

func delegationGranted(tx *projections.Tx, e partner.DelegationGranted, f eventstore.Fact) error {
	return tx.Exec(`INSERT INTO delegations (relation, customer, partner, kind, roles, granted_at, granted_by, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		e.Relation, e.Customer, e.Partner, e.Kind, strings.Join(e.Roles, " "), micros(e.GrantedAt), f.Meta.Actor.Person, micros(e.ExpiresAt))
}

func delegationEnded(tx *projections.Tx, id domain.RelationID, ending DelegationStatus, at time.Time) error {
	return tx.Change(`UPDATE delegations SET ended_at = $2, ending = $3 WHERE relation = $1`, id, micros(at), ending)
}

// DelegationStatus is how a relation stands.
type DelegationStatus string

// Statuses of a relation.
const (
	DelegationActive  DelegationStatus = "active"
	DelegationExpired DelegationStatus = "expired"
	DelegationRevoked DelegationStatus = "revoked"
)

// Delegation is one relation there is or was.
type Delegation struct {
	Relation             domain.RelationID
	Customer, Partner    domain.TenantID
	Kind                 partner.Kind
	Roles                []string // template ids
	GrantedAt, ExpiresAt time.Time
	GrantedBy            domain.PersonID // of the customer
	EndedAt              time.Time       // zero: it has not ended
	Status               DelegationStatus
}

// Delegations asks it.
type Delegations struct{ table }

// NewDelegations asks the live rows of p.
func NewDelegations(p *projections.Projector) Delegations {
	return Delegations{table{p, DelegationsView.Name}}
}

// Partners lists the relations that a customer has granted, as they stand at an
// instant, the oldest first.
func (v Delegations) Partners(ctx context.Context, customer domain.TenantID, next string, most int, at time.Time) (Page[Delegation], error) {
	return v.list(ctx, `customer = $1`, customer, next, most, at)
}

// Customers lists the relations that a partner was granted, likewise.
func (v Delegations) Customers(ctx context.Context, of domain.TenantID, next string, most int, at time.Time) (Page[Delegation], error) {
	return v.list(ctx, `partner = $1`, of, next, most, at)
}

func (v Delegations) list(ctx context.Context, where string, tenant domain.TenantID, next string, most int, at time.Time) (page Page[Delegation], err error) {
	after, err := readCursor(next, cursor{})
	if err != nil {
		return page, err
	}
	most = limit(most)
	asOf, err := v.ask(ctx, func(q query) error {
		found, err := q.delegations(where+` AND (granted_at, relation) > ($2, $3) ORDER BY granted_at, relation LIMIT $4`,
			[]any{string(tenant), after.sort, after.id, most + 1}, at)
		page = cut(found, most, func(d Delegation) cursor { return cursor{micros(d.GrantedAt), string(d.Relation)} })
		return err
	})
	page.AsOf = asOf
	return page, err
}

// Lapsed lists at most limit of the relations that have come to their end by an
// instant and of which no fact says so yet, the longest over first. It spans all
// tenants: it is for Kassa itself, never for a person.
func (v Delegations) Lapsed(ctx context.Context, by time.Time, limit int) (found []Delegation, asOf uint64, err error) {
	asOf, err = v.ask(ctx, func(q query) (err error) {
		found, err = q.delegations(`ended_at IS NULL AND expires_at <= $1 ORDER BY expires_at LIMIT $2`, []any{micros(by), limit}, by)
		return err
	})
	return found, asOf, err
}

func (q query) delegations(where string, args []any, at time.Time) (found []Delegation, err error) {
	err = q.each(`SELECT relation, customer, partner, kind, roles, granted_at, granted_by, expires_at, ended_at, ending FROM delegations WHERE `+where, args,
		func(scan func(...any) error) error {
			var d Delegation
			var roles string
			var granted, expires int64
			var ended *int64
			err := scan(&d.Relation, &d.Customer, &d.Partner, &d.Kind, &roles, &granted, &d.GrantedBy, &expires, &ended, &d.Status)
			d.Roles, d.GrantedAt, d.ExpiresAt = strings.Fields(roles), instant(granted), instant(expires)
			switch {
			case ended != nil:
				d.EndedAt = instant(*ended)
			case at.Before(d.ExpiresAt):
				d.Status = DelegationActive
			default:
				d.EndedAt, d.Status = d.ExpiresAt, DelegationExpired
			}
			found = append(found, d)
			return err
		})
	return found, err
}
