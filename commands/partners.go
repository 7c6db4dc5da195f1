package commands

import (
	"context"
	"time"

	"github.com/google/uuid"

	"kassa/domain"
	"kassa/domain/access"
	"kassa/domain/partner"
	"kassa/domain/tenant"
	"kassa/domain/user"
	"kassa/eventstore"
)

// Partners carries out what an organisation decides about its partners, and
// lets their people in (R54, R55).
type Partners struct {
	Log
	Now func() time.Time
}

// Refusals by who asks.
var (
	ErrNotDelegator = &domain.Error{
		Kind: domain.Forbidden, Code: "not_delegator",
		Message: "Only the organisation's own global administrator may grant a partner a relation or revoke it. Ask one of them.",
	}
	ErrNotPartnerStaff = &domain.Error{
		Kind: domain.Forbidden, Code: "not_partner_staff",
		Message: "Only a member of the partner's own directory with an open account may act on behalf of a customer. Ask your administrator.",
	}
	ErrPartnerTenantUnknown = &domain.Error{
		Kind: domain.NotFound, Code: "partner_tenant_unknown",
		Message: "No organisation is known by this. Check the partner's tenant id or domain.",
	}
)

// GrantDelegation is what a customer lets a partner do, and until when.
type GrantDelegation struct {
	Partner   domain.TenantID
	Kind      partner.Kind
	Roles     []string // template ids; none for a DAP relation
	ExpiresAt time.Time
}

// Grant begins a relation with a partner.
func (p *Partners) Grant(ctx context.Context, r Request, c GrantDelegation) (Outcome[partner.State], error) {
	if err := mayDelegate(r.Who); err != nil {
		return Outcome[partner.State]{}, err
	}
	if err := p.known(ctx, c.Partner); err != nil {
		return Outcome[partner.State]{}, err
	}
	at := now(p.Now)
	return p.decide(ctx, r.meta(domain.ActorAdmin, at), r.Who.Tenant, c.Partner, partner.Grant{
		Relation: domain.RelationID(derive(r.ID, "relation").String()), Customer: r.Who.Tenant, Partner: c.Partner,
		Kind: c.Kind, Roles: c.Roles, ExpiresAt: c.ExpiresAt.UTC().Truncate(time.Microsecond), At: at,
	})
}

// Revoke ends the relation with a partner at once.
func (p *Partners) Revoke(ctx context.Context, r Request, of domain.TenantID) (Outcome[partner.State], error) {
	if err := mayDelegate(r.Who); err != nil {
		return Outcome[partner.State]{}, err
	}
	if !isID(of) {
		return Outcome[partner.State]{}, partner.ErrNone
	}
	at := now(p.Now)
	return p.decide(ctx, r.meta(domain.ActorAdmin, at), r.Who.Tenant, of, partner.Revoke{At: at})
}

// Lapse is a relation that has come to its end.
type Lapse struct {
	Customer, Partner domain.TenantID
	At                time.Time // when it ended
}

// Expire records that a relation has come to its end. The command's id comes
// from the stream and that instant, so whoever comes second changes nothing.
func (p *Partners) Expire(ctx context.Context, l Lapse) (Outcome[partner.State], error) {
	if now(p.Now).Before(l.At) {
		return Outcome[partner.State]{}, nil
	}
	id := uuid.NewSHA1(namespace, []byte(partner.Stream(l.Customer, l.Partner)+"/expire/"+l.At.UTC().Format(time.RFC3339Nano)))
	meta := eventstore.Meta{
		Tenant: l.Customer, Actor: domain.Actor{Kind: domain.ActorSystem}, Command: id, Correlation: id, Causation: id, At: l.At,
	}
	return p.decide(ctx, meta, l.Customer, l.Partner, partner.Expire{At: l.At})
}

// Get returns the latest relation between a customer and a partner; the zero
// State where there never was one.
func (p *Partners) Get(ctx context.Context, customer, of domain.TenantID) (Outcome[partner.State], error) {
	if !isID(customer) || !isID(of) {
		return Outcome[partner.State]{}, nil
	}
	return read(ctx, p.Log, partner.Decider, partner.Stream(customer, of))
}

// Visit is what somebody asks for on behalf of a customer.
type Visit struct {
	Customer  domain.TenantID
	Operation string // the API's id of it
	Subject   string // id of the one thing it is about; empty: a list, or nothing
	Acts      bool   // it changes something
}

// Admit lets a partner's person in: the result is who they are to the customer,
// with the roles of the relation and none of their own. That they came is
// recorded before; if it cannot be, they are not let in (R54).
func (p *Partners) Admit(ctx context.Context, who Principal, v Visit) (Principal, error) {
	out, err := p.Get(ctx, v.Customer, who.Tenant)
	if err != nil {
		return Principal{}, err
	}
	at := now(p.Now)
	if err := out.State.Holds(at); err != nil {
		return Principal{}, err
	}
	if err := p.Staff(ctx, who); err != nil {
		return Principal{}, err
	}
	acting := Principal{
		Tenant: v.Customer, Person: who.Person, Guest: who.Guest, Roles: out.State.Acting(),
		Partner: who.Tenant, Relation: out.State.Relation, Until: out.State.ExpiresAt,
	}
	if err := p.record(ctx, acting, v, at); err != nil {
		return Principal{}, err
	}
	if !v.Acts {
		acting.Roles = out.State.Reading()
	}
	return acting, nil
}

// Still says whether a partner's person who was let in may stay.
func (p *Partners) Still(ctx context.Context, who Principal) error {
	out, err := p.Get(ctx, who.Tenant, who.Partner)
	switch {
	case err != nil:
		return err
	case out.State.Relation != who.Relation:
		return partner.ErrRevoked // and granted anew: that is for another visit
	}
	return out.State.Holds(now(p.Now))
}

// Staff refuses guests of an organisation and people who have left it, from
// being its hands as a partner: a token outlives an account.
func (p *Partners) Staff(ctx context.Context, who Principal) error {
	known, err := read(ctx, p.Log, user.Decider, user.Stream(who.Tenant, who.Person))
	if err != nil {
		return err
	}
	if g := guest(who, known.State); !known.State.Known || !known.State.Enabled || g == nil || *g {
		return ErrNotPartnerStaff
	}
	return nil
}

func (p *Partners) record(ctx context.Context, who Principal, v Visit, at time.Time) error {
	r := Request{Who: who, ID: uuid.New()}
	r.Correlation = r.ID
	_, err := run(ctx, p.Log, access.Decider, access.Stream(who.Tenant, who.Partner, r.ID.String()), r.meta(domain.ActorPartner, at),
		func(s access.State) ([]access.Event, error) {
			return access.Decider.Decide(s, access.Record{
				Customer: who.Tenant, Partner: who.Partner, Person: who.Person, Relation: who.Relation,
				Operation: v.Operation, Subject: v.Subject, At: at,
			})
		})
	return err
}

// mayDelegate refuses partners too, whatever they were granted: nobody passes a
// relation on, or makes their own longer.
func mayDelegate(who Principal) error {
	if who.Partner != "" || !who.Has(domain.RoleGlobalAdmin) {
		return ErrNotDelegator
	}
	return nil
}

func (p *Partners) known(ctx context.Context, id domain.TenantID) error {
	if !isID(id) {
		return ErrPartnerTenantUnknown
	}
	org, err := read(ctx, p.Log, tenant.Decider, tenant.Stream(id))
	if err == nil && !org.State.Known {
		err = ErrPartnerTenantUnknown
	}
	return err
}

func (p *Partners) decide(ctx context.Context, meta eventstore.Meta, customer, of domain.TenantID, c partner.Command) (Outcome[partner.State], error) {
	return run(ctx, p.Log, partner.Decider, partner.Stream(customer, of), meta, func(s partner.State) ([]partner.Event, error) {
		return partner.Decider.Decide(s, c)
	})
}
