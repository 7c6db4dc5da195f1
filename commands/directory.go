package commands

import (
	"context"
	"encoding/hex"
	"time"

	"kassa/domain"
	"kassa/domain/tenant"
	"kassa/domain/user"
)

// sealer hides personal data in a way that deleting one key undoes for ever.
type sealer interface {
	Seal(ctx context.Context, tid domain.TenantID, oid domain.PersonID, field, plain string) ([]byte, error)
	MailIndex(ctx context.Context, tid domain.TenantID, mail string) (string, error)
}

// Directory carries out what a directory says of its tenants and people.
type Directory struct {
	Log
	Sealer sealer
	Now    func() time.Time
}

// Organisation is a tenant as its directory states it.
type Organisation struct {
	Tenant  tenant.Register
	Blocked []domain.ProductID // by its governance (R42)
}

// Person is somebody as a directory states them. Name and Mail are sealed
// before they reach an event.
type Person struct {
	Tenant        domain.TenantID
	Person        domain.PersonID
	Name, Mail    string
	Guest         bool
	Enabled       bool
	Synced        bool
	UsageLocation string
	Roles         []string // template ids
}

// PutTenant brings a tenant to what its directory states.
func (d *Directory) PutTenant(ctx context.Context, r Request, o Organisation) (Applied, error) {
	var total Applied
	if !r.Who.Has(RoleOperator) {
		return total, ErrNotOperator
	}
	cmds := []tenant.Command{o.Tenant}
	for _, id := range o.Blocked {
		cmds = append(cmds, tenant.BlockProduct{Product: id})
	}
	meta := r.meta(domain.ActorSystem, now(d.Now))
	meta.Tenant = o.Tenant.Tenant
	for _, cmd := range cmds {
		applied, err := apply(ctx, d.Log, tenant.Decider, tenant.Stream(o.Tenant.Tenant), meta, cmd)
		if err != nil {
			return total, err
		}
		total.add(applied)
	}
	return total, nil
}

// PutPerson brings a person to what their directory states.
func (d *Directory) PutPerson(ctx context.Context, r Request, p Person) (Applied, error) {
	var total Applied
	if !r.Who.Has(RoleOperator) {
		return total, ErrNotOperator
	}
	observe, err := d.observe(ctx, p)
	if err != nil {
		return total, err
	}
	account := user.Command(user.Enable{})
	if !p.Enabled {
		account = user.Disable{}
	}
	meta := r.meta(domain.ActorSystem, now(d.Now))
	meta.Tenant = p.Tenant
	for _, cmd := range []user.Command{observe, account, user.SetRoles{Roles: p.Roles}} {
		applied, err := apply(ctx, d.Log, user.Decider, user.Stream(p.Tenant, p.Person), meta, cmd)
		if err != nil {
			return total, err
		}
		total.add(applied)
	}
	return total, nil
}

// observe seals what is personal. Sealing twice gives different bytes, so a
// keyed digest tells whether anything changed.
func (d *Directory) observe(ctx context.Context, p Person) (user.Observe, error) {
	o := user.Observe{
		Tenant: p.Tenant, Person: p.Person, Guest: p.Guest, Enabled: p.Enabled, Synced: p.Synced, UsageLocation: p.UsageLocation,
	}
	var err error
	if o.Name, err = d.Sealer.Seal(ctx, p.Tenant, p.Person, "name", p.Name); err != nil {
		return o, err
	}
	if o.Mail, err = d.Sealer.Seal(ctx, p.Tenant, p.Person, "mail", p.Mail); err != nil {
		return o, err
	}
	if o.MailIndex, err = d.Sealer.MailIndex(ctx, p.Tenant, p.Mail); err != nil {
		return o, err
	}
	// The index folds case, which matters in a name: hence the hexadecimal form.
	o.ProfileIndex, err = d.Sealer.MailIndex(ctx, p.Tenant, hex.EncodeToString([]byte(p.Name+"\x00"+p.Mail)))
	return o, err
}
