package views

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/go-json-experiment/json"

	"kassa/domain"
	"kassa/projections"
)

// Refusals of the directory.
var (
	// ErrTenantUnknown: no organisation has the id or the domain.
	ErrTenantUnknown = &domain.Error{Kind: domain.NotFound, Code: "tenant_unknown", Message: "No organisation is known by this. Check the address, or contact your IT admin."}
	// ErrPersonUnknown: nobody in the tenant has the id or the address.
	ErrPersonUnknown = &domain.Error{Kind: domain.NotFound, Code: "person_unknown", Message: "There is nobody with this address in the organisation. Check the spelling."}
)

// Directory asks the directory.
type Directory struct{ table }

// NewDirectory asks the live rows of p.
func NewDirectory(p *projections.Projector) Directory {
	return Directory{table{p, DirectoryView.Name}}
}

// TenantByDomain finds the organisation of an e-mail domain (R10), in any case,
// or ErrTenantUnknown.
func (v Directory) TenantByDomain(ctx context.Context, name string) (t Tenant, asOf uint64, err error) {
	return v.oneTenant(ctx, `tenant = (SELECT MIN(tenant) FROM tenant_domains WHERE domain = $1)`, strings.ToLower(name))
}

// Tenant returns an organisation, or ErrTenantUnknown.
func (v Directory) Tenant(ctx context.Context, tenant domain.TenantID) (t Tenant, asOf uint64, err error) {
	return v.oneTenant(ctx, `tenant = $1`, string(tenant))
}

// TenantNames returns what organisations are called. Who is not known is left out.
func (v Directory) TenantNames(ctx context.Context, tenants ...domain.TenantID) (map[domain.TenantID]string, error) {
	names := make(map[domain.TenantID]string, len(tenants))
	if len(tenants) == 0 {
		return names, nil
	}
	var args []any
	for _, t := range tenants {
		args = append(args, string(t))
	}
	_, err := v.ask(ctx, func(q query) error {
		return q.each(`SELECT tenant, name FROM tenants WHERE tenant IN (`+list(0, len(tenants))+`)`, args, func(scan func(...any) error) error {
			var id domain.TenantID
			var name string
			err := scan(&id, &name)
			names[id] = name
			return err
		})
	})
	return names, err
}

func (v Directory) oneTenant(ctx context.Context, where string, arg any) (t Tenant, asOf uint64, err error) {
	asOf, err = v.ask(ctx, func(q query) error {
		err := q.tx.QueryRowContext(q.ctx, `SELECT tenant, name, kind, managed, country, zone FROM tenants WHERE `+where, arg).
			Scan(&t.Tenant, &t.Name, &t.Kind, &t.Managed, &t.Country, &t.Zone)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrTenantUnknown
		}
		if err != nil {
			return err
		}
		return q.each(`SELECT domain FROM tenant_domains WHERE tenant = $1 ORDER BY domain`, []any{string(t.Tenant)}, func(scan func(...any) error) error {
			var d string
			err := scan(&d)
			t.Domains = append(t.Domains, d)
			return err
		})
	})
	return t, asOf, err
}

// PersonByMail finds a tenant's person by the keyed digest of their address, or
// ErrPersonUnknown. Somebody who was deleted is found where nobody else has the
// address now.
func (v Directory) PersonByMail(ctx context.Context, tenant domain.TenantID, mailIndex string) (Person, uint64, error) {
	return v.onePerson(ctx, `tenant = $1 AND mail_index = $2`, string(tenant), mailIndex)
}

// Person returns a tenant's person, or ErrPersonUnknown.
func (v Directory) Person(ctx context.Context, tenant domain.TenantID, person domain.PersonID) (Person, uint64, error) {
	return v.onePerson(ctx, `tenant = $1 AND person = $2`, string(tenant), string(person))
}

func (v Directory) onePerson(ctx context.Context, where string, args ...any) (Person, uint64, error) {
	var found []Person
	asOf, err := v.ask(ctx, func(q query) (err error) {
		found, err = q.people(where+` ORDER BY deleted, person LIMIT 1`, args)
		return err
	})
	if err == nil && len(found) == 0 {
		err = ErrPersonUnknown
	}
	if err != nil {
		return Person{}, asOf, err
	}
	return found[0], asOf, nil
}

// Sealed returns the sealed names and addresses of some of a tenant's people.
// Who is not known, or of another tenant, is left out.
func (v Directory) Sealed(ctx context.Context, tenant domain.TenantID, people []domain.PersonID) (sealed map[domain.PersonID]Sealed, asOf uint64, err error) {
	sealed = make(map[domain.PersonID]Sealed, len(people))
	args := []any{string(tenant)}
	for _, p := range people {
		args = append(args, string(p))
	}
	asOf, err = v.ask(ctx, func(q query) error {
		found, err := q.people(`tenant = $1 AND person IN (`+list(1, len(people))+`)`, args)
		for _, p := range found {
			sealed[p.Person] = p.Sealed
		}
		return err
	})
	return sealed, asOf, err
}

// People lists a tenant's people by their ids, most at a time; next is from the
// page before.
func (v Directory) People(ctx context.Context, tenant domain.TenantID, next string, most int) (page Page[Person], err error) {
	after, err := readCursor(next, cursor{})
	if err != nil {
		return page, err
	}
	most = limit(most)
	asOf, err := v.ask(ctx, func(q query) error {
		found, err := q.people(`tenant = $1 AND person > $2 ORDER BY person LIMIT $3`, []any{string(tenant), after.id, most + 1})
		page = cut(found, most, func(p Person) cursor { return cursor{id: string(p.Person)} })
		return err
	})
	page.AsOf = asOf
	return page, err
}

func (q query) people(where string, args []any) (found []Person, err error) {
	err = q.each(`SELECT tenant, person, guest, enabled, synced, location, roles, deleted, name, mail FROM people WHERE `+where, args, func(scan func(...any) error) error {
		var p Person
		var roles string
		err := scan(&p.Tenant, &p.Person, &p.Guest, &p.Enabled, &p.Synced, &p.UsageLocation, &roles, &p.Deleted, &p.Sealed.Name, &p.Sealed.Mail)
		if err == nil {
			err = json.Unmarshal([]byte(roles), &p.Roles)
		}
		found = append(found, p)
		return err
	})
	return found, err
}
