package domain

// ActorKind says in which capacity somebody acted.
type ActorKind string

// Actor kinds; see "actor" in docs/events.md. They are stored: append only.
const (
	ActorPurchaser ActorKind = "purchaser" // a person acting for themselves
	ActorAdmin     ActorKind = "admin"     // a person acting by a directory role
	ActorPartner   ActorKind = "partner"   // a partner on behalf of a tenant (R54, R55)
	ActorSupport   ActorKind = "support"   // the vendor's support (R58)
	ActorSystem    ActorKind = "system"    // Kassa itself: a process manager, an import
)

// Actor is who caused a fact. It holds ids and role template ids only, never a
// name or an address.
type Actor struct {
	Kind   ActorKind `json:"kind"`
	Tenant TenantID  `json:"tid,omitempty"`
	Person PersonID  `json:"oid,omitempty"`
	Roles  []string  `json:"roles,omitempty"`
	// OnBehalfOf is the customer tenant when the actor's own tenant is another.
	OnBehalfOf TenantID `json:"onBehalfOf,omitempty"`
	// Relation is the delegation under which a partner acted.
	Relation RelationID `json:"relation,omitempty"`
}
