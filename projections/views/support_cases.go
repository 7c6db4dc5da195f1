package views

import (
	"context"
	"math"

	"kassa/domain"
	"kassa/domain/support"
	"kassa/domain/tenant"
	"kassa/eventstore"
	"kassa/projections"
)

// SupportCasesView answers whoever opened a support case, or looks after it: how
// does it stand, and what did it cost? (R50-R52) What a tenant's Premier contract
// grants, and which cases took of it, are the tenant's own facts, in tables of
// their own.
var SupportCasesView = projections.Projection{
	Name: "support_cases", Version: 1,
	Tables: []projections.Table{
		{Name: "support_cases", Key: []string{"id"}, DDL: supportCasesTable},
		{Name: "premier_contracts", Key: []string{"tenant"}, DDL: `CREATE TABLE premier_contracts (
			tenant    TEXT   PRIMARY KEY,
			incidents BIGINT NOT NULL -- that it grants, in all
		)`},
		{Name: "premier_charges", Key: []string{"id"}, DDL: `CREATE TABLE premier_charges (
			id         TEXT   PRIMARY KEY, -- of the case
			tenant     TEXT   NOT NULL,
			charged_at BIGINT NOT NULL
		);
		CREATE INDEX premier_charges_by_tenant ON premier_charges (tenant)`},
	},
	On: projections.Hears(
		projections.On(supportCaseOpened),
		projections.On(func(tx *projections.Tx, _ support.CaseEscalated, f eventstore.Fact) error {
			return tx.Change(`UPDATE support_cases SET status = 'escalated' WHERE id = $1`, idOf(f))
		}),
		projections.On(func(tx *projections.Tx, e support.CaseClosed, f eventstore.Fact) error {
			return tx.Change(`UPDATE support_cases SET status = 'closed', resolution = $2 WHERE id = $1`, idOf(f), e.Resolution)
		}),
		projections.On(func(tx *projections.Tx, e tenant.PremierContractRecorded, f eventstore.Fact) error {
			return tx.Exec(`INSERT INTO premier_contracts (tenant, incidents) VALUES ($1, $2)
				ON CONFLICT (tenant) DO UPDATE SET incidents = excluded.incidents`, idOf(f), e.Incidents)
		}),
		projections.On(func(tx *projections.Tx, e tenant.PremierIncidentCharged, f eventstore.Fact) error {
			return tx.Exec(`INSERT INTO premier_charges (id, tenant, charged_at) VALUES ($1, $2, $3)`, e.Case, idOf(f), micros(e.At))
		}),
	),
}

const supportCasesTable = `CREATE TABLE support_cases (
	id              TEXT   PRIMARY KEY,
	tenant          TEXT   NOT NULL,
	subscription    TEXT   NOT NULL,
	opened_by       TEXT   NOT NULL,
	topic           TEXT   NOT NULL,
	channel         TEXT   NOT NULL,
	supported_by    TEXT   NOT NULL,
	entitlement     TEXT   NOT NULL,
	incident_charge TEXT   NOT NULL,
	opened_at       BIGINT NOT NULL,
	status          TEXT   NOT NULL,
	resolution      TEXT   NOT NULL DEFAULT ''
);
CREATE INDEX support_cases_by_tenant ON support_cases (tenant, opened_at, id);
CREATE INDEX support_cases_in_order ON support_cases (opened_at, id)`

func supportCaseOpened(tx *projections.Tx, e support.SupportCaseOpened, _ eventstore.Fact) error {
	return tx.Exec(`INSERT INTO support_cases (id, tenant, subscription, opened_by, topic, channel, supported_by, entitlement, incident_charge, opened_at, status)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'open')`,
		e.Case, e.Tenant, e.Subscription, e.By, e.Topic, e.Channel, e.SupportedBy, e.Entitlement, e.IncidentCharge, micros(e.At))
}

// SupportCaseFilter narrows a list of cases. Empty fields let everything through.
type SupportCaseFilter struct {
	Status support.Status
	Next   string // from the page before
	Limit  int    // at most MaxLimit; DefaultLimit if 0
}

// SupportCases asks the view.
type SupportCases struct{ table }

// NewSupportCases asks the live rows of p.
func NewSupportCases(p *projections.Projector) SupportCases {
	return SupportCases{table{p, SupportCasesView.Name}}
}

// OpenedBy returns the cases that one person of a tenant opened, newest first.
func (v SupportCases) OpenedBy(ctx context.Context, tenant domain.TenantID, person domain.PersonID, f SupportCaseFilter) (Page[support.State], error) {
	return v.list(ctx, `tenant = $1 AND opened_by = $2`, []any{string(tenant), string(person)}, f)
}

// Queue returns those that an organisation looks after itself, and those that the
// person who asks has opened: never what others asked the vendor about (R50).
func (v SupportCases) Queue(ctx context.Context, tenant domain.TenantID, person domain.PersonID, f SupportCaseFilter) (Page[support.State], error) {
	return v.list(ctx, `tenant = $1 AND (supported_by = 'organisation' OR opened_by = $2)`, []any{string(tenant), string(person)}, f)
}

// All returns the cases of all tenants. It is for the vendor's support.
func (v SupportCases) All(ctx context.Context, f SupportCaseFilter) (Page[support.State], error) {
	return v.list(ctx, `id <> ''`, nil, f)
}

func (v SupportCases) list(ctx context.Context, where string, args []any, f SupportCaseFilter) (page Page[support.State], err error) {
	after, err := readCursor(f.Next, cursor{sort: math.MaxInt64})
	if err != nil {
		return page, err
	}
	most, n := limit(f.Limit), len(args)
	p := func(i int) string { return list(n+i-1, 1) }
	var found []support.State
	asOf, err := v.ask(ctx, func(q query) error {
		found = nil
		return q.each(`SELECT id, tenant, subscription, opened_by, topic, channel, supported_by, entitlement, incident_charge, opened_at, status, resolution
			FROM support_cases WHERE `+where+` AND (`+p(1)+` = '' OR status = `+p(1)+`) AND (opened_at, id) < (`+p(2)+`, `+p(3)+`)
			ORDER BY opened_at DESC, id DESC LIMIT `+p(4),
			append(args, string(f.Status), after.sort, after.id, most+1), func(scan func(...any) error) error {
				var c support.State
				var opened int64
				err := scan(&c.Case, &c.Tenant, &c.Subscription, &c.By, &c.Topic, &c.Channel, &c.SupportedBy, &c.Entitlement, &c.IncidentCharge, &opened, &c.Status, &c.Resolution)
				c.OpenedAt = instant(opened)
				found = append(found, c)
				return err
			})
	})
	page = cut(found, most, func(c support.State) cursor { return cursor{micros(c.OpenedAt), string(c.Case)} })
	page.AsOf = asOf
	return page, err
}

// Premier is what a tenant's Premier contract grants, and how much of that is
// used.
type Premier struct {
	Incidents int64
	Charged   int64
	AsOf      uint64
}

// Premier returns a tenant's contract; zero if there is none.
func (v SupportCases) Premier(ctx context.Context, tenant domain.TenantID) (p Premier, err error) {
	p.AsOf, err = v.ask(ctx, func(q query) error {
		return q.each(`SELECT COALESCE((SELECT incidents FROM premier_contracts WHERE tenant = $1), 0),
			(SELECT COUNT(*) FROM premier_charges WHERE tenant = $1)`, []any{string(tenant)}, func(scan func(...any) error) error {
			return scan(&p.Incidents, &p.Charged)
		})
	})
	return p, err
}

// UnopenedCase is a case that a Premier incident was charged for.
type UnopenedCase struct {
	Tenant domain.TenantID
	Case   domain.CaseID
}

// UnopenedCases lists at most limit cases that were paid for with an incident and
// are not open yet, oldest first. It spans all tenants: it is for Kassa itself,
// never for a person.
func UnopenedCases(ctx context.Context, p *projections.Projector, limit int) (waiting []UnopenedCase, asOf uint64, err error) {
	asOf, err = table{p, SupportCasesView.Name}.ask(ctx, func(q query) error {
		waiting = nil
		return q.each(`SELECT c.tenant, c.id FROM premier_charges c LEFT JOIN support_cases k ON k.id = c.id
			WHERE k.id IS NULL ORDER BY c.charged_at LIMIT $1`, []any{limit}, func(scan func(...any) error) error {
			var u UnopenedCase
			err := scan(&u.Tenant, &u.Case)
			waiting = append(waiting, u)
			return err
		})
	})
	return waiting, asOf, err
}
