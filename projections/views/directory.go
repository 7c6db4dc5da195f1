package views

import (
	"strings"

	"github.com/go-json-experiment/json"

	"kassa/domain"
	"kassa/domain/tenant"
	"kassa/domain/user"
	"kassa/eventstore"
	"kassa/projections"
)

// DirectoryView answers: whose domain is this, who has this address, what is
// this person called? Names and addresses lie here as they came, sealed with a
// key of each person, and cannot be read here.
var DirectoryView = projections.Projection{
	Name: "directory", Version: 2,
	Tables: []projections.Table{
		{Name: "tenants", Key: []string{"tenant"}, DDL: tenantsTable},
		{Name: "tenant_domains", Key: []string{"domain", "tenant"}, DDL: tenantDomainsTable},
		{Name: "people", Key: []string{"stream"}, DDL: peopleTable},
	},
	On: projections.Hears(
		projections.On(tenantRegistered),
		projections.On(tenantKindChanged),
		projections.On(func(tx *projections.Tx, _ tenant.BecameManaged, f eventstore.Fact) error {
			return setManaged(tx, f, true)
		}),
		projections.On(func(tx *projections.Tx, _ tenant.BecameUnmanaged, f eventstore.Fact) error {
			return setManaged(tx, f, false)
		}),
		projections.On(personObserved),
		projections.On(func(tx *projections.Tx, _ user.Disabled, f eventstore.Fact) error {
			return setEnabled(tx, f, false)
		}),
		projections.On(func(tx *projections.Tx, _ user.Enabled, f eventstore.Fact) error {
			return setEnabled(tx, f, true)
		}),
		projections.On(personRolesChanged),
		projections.On(func(tx *projections.Tx, _ user.Deleted, f eventstore.Fact) error {
			return setDeleted(tx, f, true)
		}),
		projections.On(func(tx *projections.Tx, _ user.Restored, f eventstore.Fact) error {
			return setDeleted(tx, f, false)
		}),
	),
}

const (
	tenantsTable = `CREATE TABLE tenants (
		tenant  TEXT    PRIMARY KEY,
		name    TEXT    NOT NULL,
		kind    TEXT    NOT NULL,
		managed BOOLEAN NOT NULL,
		country TEXT    NOT NULL,
		zone    TEXT    NOT NULL
	)`
	// Two tenants may claim one domain; whoever asks is told the same one always.
	tenantDomainsTable = `CREATE TABLE tenant_domains (
		domain TEXT NOT NULL,
		tenant TEXT NOT NULL,
		PRIMARY KEY (domain, tenant)
	);
	CREATE INDEX tenant_domains_by_tenant ON tenant_domains (tenant)`
	// A person is keyed by their stream, because what follows the first
	// observation does not repeat who it is about.
	peopleTable = `CREATE TABLE people (
		stream     TEXT    PRIMARY KEY,
		tenant     TEXT    NOT NULL,
		person     TEXT    NOT NULL,
		guest      BOOLEAN NOT NULL,
		enabled    BOOLEAN NOT NULL,
		synced     BOOLEAN NOT NULL,
		location   TEXT    NOT NULL,
		roles      TEXT    NOT NULL, -- template ids, as JSON
		name       BYTEA,            -- sealed
		mail       BYTEA,            -- sealed
		mail_index TEXT    NOT NULL,
		deleted    BOOLEAN NOT NULL DEFAULT FALSE
	);
	CREATE UNIQUE INDEX people_by_id ON people (tenant, person);
	CREATE INDEX people_by_mail ON people (tenant, mail_index)`
)

func tenantRegistered(tx *projections.Tx, e tenant.Registered, _ eventstore.Fact) error {
	err := tx.Exec(`INSERT INTO tenants (tenant, name, kind, managed, country, zone) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (tenant) DO UPDATE SET name = excluded.name, kind = excluded.kind, managed = excluded.managed,
			country = excluded.country, zone = excluded.zone`, e.Tenant, e.Name, e.Kind, e.Managed, e.Country, e.Zone)
	if err != nil {
		return err
	}
	if err := tx.Exec(`DELETE FROM tenant_domains WHERE tenant = $1`, e.Tenant); err != nil {
		return err
	}
	for _, d := range e.Domains {
		err := tx.Exec(`INSERT INTO tenant_domains (domain, tenant) VALUES ($1, $2) ON CONFLICT DO NOTHING`, strings.ToLower(d), e.Tenant)
		if err != nil {
			return err
		}
	}
	return nil
}

func tenantKindChanged(tx *projections.Tx, e tenant.KindChanged, f eventstore.Fact) error {
	return tx.Change(`UPDATE tenants SET kind = $2 WHERE tenant = $1`, idOf(f), e.Kind)
}

func setManaged(tx *projections.Tx, f eventstore.Fact, managed bool) error {
	return tx.Change(`UPDATE tenants SET managed = $2 WHERE tenant = $1`, idOf(f), managed)
}

// personObserved leaves the roles alone: they are told by another fact.
func personObserved(tx *projections.Tx, e user.Observed, f eventstore.Fact) error {
	return tx.Exec(`INSERT INTO people (stream, tenant, person, guest, enabled, synced, location, roles, name, mail, mail_index)
		VALUES ($1, $2, $3, $4, $5, $6, $7, '[]', $8, $9, $10)
		ON CONFLICT (stream) DO UPDATE SET guest = excluded.guest, enabled = excluded.enabled, synced = excluded.synced,
			location = excluded.location, name = excluded.name, mail = excluded.mail, mail_index = excluded.mail_index`,
		f.Stream, e.Tenant, e.Person, e.Guest, e.Enabled, e.Synced, e.UsageLocation, e.Name, e.Mail, e.MailIndex)
}

func setEnabled(tx *projections.Tx, f eventstore.Fact, enabled bool) error {
	return tx.Change(`UPDATE people SET enabled = $2 WHERE stream = $1`, f.Stream, enabled)
}

// setDeleted keeps the row: what the person did goes on having a name.
func setDeleted(tx *projections.Tx, f eventstore.Fact, deleted bool) error {
	return tx.Change(`UPDATE people SET deleted = $2 WHERE stream = $1`, f.Stream, deleted)
}

func personRolesChanged(tx *projections.Tx, e user.RolesChanged, f eventstore.Fact) error {
	roles, err := json.Marshal(e.Roles)
	if err != nil {
		return err
	}
	return tx.Change(`UPDATE people SET roles = $2 WHERE stream = $1`, f.Stream, string(roles))
}

// Tenant is a directory as it is known.
type Tenant struct {
	Tenant  domain.TenantID
	Name    string // of the organisation
	Domains []string
	Kind    domain.TenantKind
	Managed bool
	Country string
	Zone    string
}

// Person is somebody in a directory, with their name and address sealed.
type Person struct {
	Tenant        domain.TenantID
	Person        domain.PersonID
	Guest         bool
	Enabled       bool
	Synced        bool
	UsageLocation string
	Roles         []string // directory role template ids
	Deleted       bool     // from the directory; they may be restored
	Sealed        Sealed
}

// Sealed is what only the holder of a person's key can read.
type Sealed struct {
	Name, Mail []byte
}
