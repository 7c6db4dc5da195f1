package commands

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"kassa/domain"
	"kassa/eventstore"
)

// Principal is who asks, as a validated token says; see Partners.Admit for who
// asks on behalf of another organisation.
type Principal struct {
	Tenant domain.TenantID // whose affairs these are
	Person domain.PersonID
	Guest  *bool    // nil: the token does not say, so ask the directory; never read as "no"
	Roles  []string // directory role template ids

	Partner  domain.TenantID   // whose person acts on behalf of Tenant; empty: Tenant's own
	Relation domain.RelationID // under which they do
	Until    time.Time         // when that ends
}

// Is reports whether p is that person of its tenant, which nobody of a partner
// is, whatever their id.
func (p Principal) Is(person domain.PersonID) bool { return p.Partner == "" && p.Person == person }

// home is the directory that the person is in.
func (p Principal) home() domain.TenantID { return cmp.Or(p.Partner, p.Tenant) }

// causeOf is who caused a fact, as they were then.
func causeOf(m eventstore.Meta) Principal {
	who := Principal{Tenant: m.Tenant, Person: m.Actor.Person, Roles: m.Actor.Roles}
	if m.Actor.Kind == domain.ActorPartner {
		who.Partner, who.Relation = m.Actor.Tenant, m.Actor.Relation
	}
	return who
}

// Has reports whether p holds any of roles.
func (p Principal) Has(roles ...string) bool {
	return slices.ContainsFunc(roles, func(r string) bool { return slices.Contains(p.Roles, r) })
}

// RoleOperator is the application role of whoever runs Kassa: it may import a
// catalogue and a directory, and rebuild views. It is no directory role, but a
// UUID like one: tokens carry nothing else.
const RoleOperator = "7c0f4e0a-51b4-4e7c-9d5e-2a6b0f3c9e11"

// RoleSupport is the application role of the vendor's support, which belongs to
// no tenant: it decides about cancellations that an organisation asks for (R58)
// and looks after support cases (R51).
const RoleSupport = "3f6b2c9d-7a10-4f0c-8a55-61d0e4b7c212"

// Request is the envelope of a command: who asks, and which intent it is.
type Request struct {
	Who         Principal
	ID          uuid.UUID // the command's id; never zero
	Digest      string    // of the body: tells a retry from a reused id
	Correlation uuid.UUID
	Revision    *eventstore.Revision // what the caller last saw of the aggregate; nil: whatever it is by now
}

// namespace derives command ids; see CommandID and follow.
var namespace = uuid.MustParse("5b0a3c1e-8f0d-4d0e-9d55-0b7c4f1f6a11")

// CommandID turns a caller's idempotency key into a command id that no other
// person, and no other kind of command, can share.
func CommandID(who Principal, verb, key string) uuid.UUID {
	tenant := string(who.Tenant)
	if who.Partner != "" {
		tenant = string(who.Partner) + "/for/" + tenant
	}
	return uuid.NewSHA1(namespace, []byte(tenant+"/"+string(who.Person)+"/"+verb+"/"+key))
}

// isID says whether text from outside can be the id of a person, a purchase or a
// subscription. Nothing else becomes the name of a stream: those stand in errors
// and logs, and a store refuses some.
func isID[ID ~string](text ID) bool {
	id, err := uuid.Parse(string(text))
	return err == nil && id.String() == string(text)
}

// derive names the intent that follows from cause, so that a redelivery repeats
// nothing.
func derive(cause uuid.UUID, step string) uuid.UUID {
	return uuid.NewSHA1(cause, []byte(step))
}

// Part is the nth of several intents that one request is made of. Repeating the
// request repeats each of them, and all belong to one conversation.
func (r Request) Part(n int) Request {
	r.ID = derive(r.ID, "part/"+strconv.Itoa(n))
	return r
}

// meta is what goes with the facts of r. Whatever its capacity, who acts on
// behalf of another organisation is recorded as a partner (R55).
func (r Request) meta(kind domain.ActorKind, at time.Time) eventstore.Meta {
	actor := domain.Actor{Kind: kind, Tenant: r.Who.home(), Person: r.Who.Person, Roles: r.Who.Roles}
	if r.Who.Partner != "" {
		actor.Kind, actor.OnBehalfOf, actor.Relation = domain.ActorPartner, r.Who.Tenant, r.Who.Relation
	}
	return eventstore.Meta{
		Tenant: r.Who.Tenant, Actor: actor,
		Command: r.ID, Request: r.Digest, Correlation: r.Correlation, Causation: r.ID, At: at,
	}
}

// forTenant is the meta of what somebody who belongs elsewhere does for a tenant.
func forTenant(m eventstore.Meta, tenant domain.TenantID) eventstore.Meta {
	if m.Tenant != tenant {
		m.Tenant, m.Actor.OnBehalfOf = tenant, tenant
	}
	return m
}

// follow is the meta of a step that Kassa itself takes because of a fact. The
// actor stays whoever caused that fact.
func follow(cause eventstore.Meta, fact uuid.UUID, step string, at time.Time) eventstore.Meta {
	cause.Command, cause.Request = derive(fact, step), ""
	cause.Causation, cause.At = fact, at
	return cause
}
