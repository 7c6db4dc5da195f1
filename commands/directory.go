package commands

import (
	"context"
	"encoding/hex"
	"errors"
	"time"

	"kassa/domain"
	"kassa/domain/tenant"
	"kassa/domain/user"
	"kassa/eventstore"
)

// sealer hides personal data in a way that deleting one key undoes for ever.
type sealer interface {
	Enrol(ctx context.Context, tid domain.TenantID, oids []domain.PersonID) error
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
	Tenant           tenant.Register
	Blocked          []domain.ProductID // by its governance (R42)
	PremierIncidents int64              // that its Premier contract grants, in all (R52)
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
	Deleted       bool     // the directory has deleted them; nothing else of them counts then
}

// ErrZoneUnknown: terms cannot be counted in that zone.
var ErrZoneUnknown = &domain.Error{
	Kind: domain.Invalid, Code: "zone_unknown",
	Message: "The organisation's billing zone is not an IANA time zone such as Europe/Stockholm. Ask the operator to correct it.",
}

// PutTenant brings a tenant to what its directory states.
func (d *Directory) PutTenant(ctx context.Context, r Request, o Organisation) (Applied, error) {
	if !r.Who.Has(RoleOperator) {
		return Applied{}, ErrNotOperator
	}
	if _, err := zone(o.Tenant.Zone); err != nil {
		return Applied{}, err
	}
	return apply(ctx, d.Log, tenant.Decider, tenant.Stream(o.Tenant.Tenant), d.meta(r, o.Tenant.Tenant),
		[]tenant.Command{o.Tenant, tenant.SetBlocked{Products: o.Blocked}, tenant.RecordPremierContract{Incidents: o.PremierIncidents}})
}

// Enrol prepares for people who are about to be put. It may be left out, but
// without it each new one waits for the disk.
func (d *Directory) Enrol(ctx context.Context, r Request, people []Person) error {
	if !r.Who.Has(RoleOperator) {
		return ErrNotOperator
	}
	of := map[domain.TenantID][]domain.PersonID{}
	for _, p := range people {
		if !p.Deleted {
			of[p.Tenant] = append(of[p.Tenant], p.Person)
		}
	}
	for tid, oids := range of {
		if err := d.Sealer.Enrol(ctx, tid, oids); err != nil {
			return err
		}
	}
	return nil
}

// PutPerson brings a person to what their directory states. One who was deleted
// and is named again is restored; one who is deleted and was never known stays
// so.
func (d *Directory) PutPerson(ctx context.Context, r Request, p Person) (Applied, error) {
	switch {
	case !r.Who.Has(RoleOperator):
		return Applied{}, ErrNotOperator
	case p.Deleted:
		deleted, err := apply(ctx, d.Log, user.Decider, user.Stream(p.Tenant, p.Person), d.meta(r, p.Tenant), []user.Command{user.Delete{}})
		if errors.Is(err, user.ErrUnknown) {
			return Applied{}, nil
		}
		return deleted, err
	}
	observe, err := d.observe(ctx, p)
	if err != nil {
		return Applied{}, err
	}
	return apply(ctx, d.Log, user.Decider, user.Stream(p.Tenant, p.Person), d.meta(r, p.Tenant),
		[]user.Command{observe, user.SetRoles{Roles: p.Roles}})
}

func (d *Directory) meta(r Request, tid domain.TenantID) eventstore.Meta {
	m := r.meta(domain.ActorSystem, now(d.Now))
	m.Tenant = tid
	return m
}

// zone is where terms are counted. Names that mean another zone on another
// machine have no place in history.
func zone(name string) (*time.Location, error) {
	if name == "" || name == "Local" {
		return nil, ErrZoneUnknown
	}
	z, err := time.LoadLocation(name)
	if err != nil {
		return nil, ErrZoneUnknown.Because(err)
	}
	return z, nil
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
