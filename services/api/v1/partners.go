package v1

import (
	"time"

	"kassa/domain"
)

// GrantDelegation lets a partner act for the caller's organisation.
type GrantDelegation struct {
	Partner   string    `json:"partner" doc:"The partner's tenant id, or one of its domains." example:"partner.example"`
	Kind      string    `json:"kind" enum:"DAP,GDAP" doc:"DAP sees what a billing administrator sees and changes nothing; GDAP has exactly the roles granted."`
	Roles     []string  `json:"roles,omitempty" maxItems:"20" doc:"Directory role template ids of a GDAP relation: global, billing, license or user administrator, global reader." example:"[\"f2ef992c-3afb-46b9-b7cf-a126ee74c451\"]"`
	ExpiresAt time.Time `json:"expiresAt" doc:"When it ends, at most two years from now. Nothing renews it."`
}

// DelegationChanged is a relation that was granted or revoked.
type DelegationChanged struct {
	RelationID      domain.RelationID `json:"relationId"`
	PartnerTenantID domain.TenantID   `json:"partnerTenantId"`
	Kind            string            `json:"kind"`
	Roles           []string          `json:"roles" doc:"Directory role template ids."`
	GrantedAt       time.Time         `json:"grantedAt"`
	ExpiresAt       time.Time         `json:"expiresAt"`
	Status          string            `json:"status" enum:"active,expired,revoked"`
	Position        uint64            `json:"position"`
}

// Delegation is a relation there is or was between a customer and a partner.
type Delegation struct {
	RelationID       domain.RelationID `json:"relationId"`
	CustomerTenantID domain.TenantID   `json:"customerTenantId"`
	CustomerName     string            `json:"customerName"`
	PartnerTenantID  domain.TenantID   `json:"partnerTenantId"`
	PartnerName      string            `json:"partnerName"`
	Kind             string            `json:"kind" enum:"DAP,GDAP"`
	Roles            []string          `json:"roles" doc:"Directory role template ids."`
	GrantedAt        time.Time         `json:"grantedAt"`
	ExpiresAt        time.Time         `json:"expiresAt"`
	EndedAt          *time.Time        `json:"endedAt,omitempty"`
	Status           string            `json:"status" enum:"active,expired,revoked"`
}

// Delegations is a page of them, the oldest first.
type Delegations struct {
	Items []Delegation `json:"items"`
	Next  string       `json:"next,omitempty" doc:"Send as after to get the next page."`
	AsOf  AsOf         `json:"asOf"`
}

// Access is one request that a partner's person was let in with.
type Access struct {
	At         time.Time         `json:"at"`
	PersonID   domain.PersonID   `json:"personId" doc:"Of the partner's directory."`
	RelationID domain.RelationID `json:"relationId"`
	Operation  string            `json:"operation" doc:"Its operationId here." example:"list-products"`
	Subject    string            `json:"subject,omitempty" doc:"Id of the one thing it was about."`
	Position   uint64            `json:"position"`
}

// Accesses is a page of them, the newest first.
type Accesses struct {
	PartnerTenantID domain.TenantID `json:"partnerTenantId"`
	PartnerName     string          `json:"partnerName"`
	Items           []Access        `json:"items"`
	Next            string          `json:"next,omitempty" doc:"Send as after to get the next page."`
	AsOf            AsOf            `json:"asOf"`
}
