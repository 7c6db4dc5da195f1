package partner

import (
	"time"

	"kassa/domain"
)

// Event is sealed: only this file's types satisfy it.
type Event interface {
	domain.Event
	evolve(State) State
}

// Kind is how far a customer trusts a partner.
type Kind string

// Kinds. They are stored: append only.
const (
	DAP  Kind = "DAP"  // delegated administration privileges: sees what a billing administrator sees, changes nothing
	GDAP Kind = "GDAP" // granular: exactly the roles granted
)

// These structs are the storage format. Add optional fields freely; for
// anything else declare a new version and an upcaster.
type (
	// DelegationGranted lets a partner's people act for the customer until
	// ExpiresAt, with these roles.
	DelegationGranted struct {
		Relation  domain.RelationID `json:"relationId"`
		Customer  domain.TenantID   `json:"customerTid"`
		Partner   domain.TenantID   `json:"partnerTid"`
		Kind      Kind              `json:"kind"`
		Roles     []string          `json:"roles"` // template ids, sorted
		GrantedAt time.Time         `json:"grantedAt"`
		ExpiresAt time.Time         `json:"expiresAt"`
	}
	// DelegationExpired says that a relation has come to its end.
	DelegationExpired struct {
		Relation domain.RelationID `json:"relationId"`
		At       time.Time         `json:"at"` // when it ended, whenever that was recorded
	}
	// DelegationRevoked says that the customer ended a relation.
	DelegationRevoked struct {
		Relation domain.RelationID `json:"relationId"`
		At       time.Time         `json:"at"`
	}
)

func (DelegationGranted) EventType() string { return "partner.delegation_granted.v1" }
func (DelegationExpired) EventType() string { return "partner.delegation_expired.v1" }
func (DelegationRevoked) EventType() string { return "partner.delegation_revoked.v1" }
