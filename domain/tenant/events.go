package tenant

import (
	"time"

	"kassa/domain"
)

// Event is sealed: only this file's types satisfy it.
type Event interface {
	domain.Event
	evolve(State) State
}

// These structs are the storage format. Add optional fields freely; for
// anything else declare a new version and an upcaster.
type (
	// Registered makes a directory known.
	Registered struct {
		Tenant  domain.TenantID   `json:"tenantId"`
		Name    string            `json:"name"` // of the organisation
		Domains []string          `json:"domains"`
		Kind    domain.TenantKind `json:"kind"`
		Managed bool              `json:"managed"` // has an administrator (R19)
		Country string            `json:"country"` // ISO 3166-1 alpha-2
		Zone    string            `json:"zone"`    // IANA, of the billing calendar
	}
	// KindChanged does not undo purchases.
	KindChanged struct {
		Kind     domain.TenantKind `json:"kind"`
		Previous domain.TenantKind `json:"previous"`
	}
	// BecameManaged says that the directory got an administrator.
	BecameManaged struct{}
	// BecameUnmanaged says that it lost its last one.
	BecameUnmanaged struct{}
	// GovernanceProductBlocked keeps a product out of the tenant whatever the
	// purchase policy says (R42).
	GovernanceProductBlocked struct {
		Product domain.ProductID `json:"productId"`
	}
	// GovernanceProductAllowed lets it in again.
	GovernanceProductAllowed struct {
		Product domain.ProductID `json:"productId"`
	}
	// PremierContractRecorded says how many incidents the tenant's Premier
	// contract grants, in all; none: it has no contract any more.
	PremierContractRecorded struct {
		Incidents int64 `json:"incidents"`
		Previous  int64 `json:"previous"`
	}
	// PremierIncidentCharged takes one of them for a support case, which a later
	// step opens (R52).
	PremierIncidentCharged struct {
		Case         domain.CaseID         `json:"caseId"`
		Subscription domain.SubscriptionID `json:"subscriptionId"`
		Topic        string                `json:"topic"` // of the case
		At           time.Time             `json:"at"`
	}
)

func (Registered) EventType() string               { return "tenant.registered.v1" }
func (KindChanged) EventType() string              { return "tenant.kind_changed.v1" }
func (BecameManaged) EventType() string            { return "tenant.became_managed.v1" }
func (BecameUnmanaged) EventType() string          { return "tenant.became_unmanaged.v1" }
func (GovernanceProductBlocked) EventType() string { return "tenant.product_blocked.v1" }
func (GovernanceProductAllowed) EventType() string { return "tenant.product_allowed.v1" }
func (PremierContractRecorded) EventType() string  { return "tenant.premier_contract_recorded.v1" }
func (PremierIncidentCharged) EventType() string   { return "tenant.premier_incident_charged.v1" }
