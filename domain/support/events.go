package support

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
	// SupportCaseOpened asks for help with a subscription.
	SupportCaseOpened struct {
		Case           domain.CaseID         `json:"caseId"`
		Subscription   domain.SubscriptionID `json:"subscriptionId"`
		Tenant         domain.TenantID       `json:"tenantId"`
		By             domain.PersonID       `json:"byOid"`
		Topic          Topic                 `json:"topic"`
		Channel        domain.Channel        `json:"channel"` // that the subscription was bought in
		SupportedBy    SupportedBy           `json:"supportedBy"`
		Entitlement    Entitlement           `json:"entitlement"`
		IncidentCharge IncidentCharge        `json:"incidentCharge"`
		At             time.Time             `json:"at"`
	}
	// CaseEscalated passes it on to somebody who knows more.
	CaseEscalated struct {
		By domain.PersonID `json:"byOid"`
		At time.Time       `json:"at"`
	}
	// CaseClosed ends it.
	CaseClosed struct {
		By         domain.PersonID `json:"byOid"`
		Resolution Resolution      `json:"resolution"`
		At         time.Time       `json:"at"`
	}
)

// Topic is a word from a list: what people write may hold personal data, which
// a fact must not.
type Topic string

// Topics.
const (
	Access     Topic = "access"
	Billing    Topic = "billing"
	HowTo      Topic = "how_to"
	Technical  Topic = "technical"
	OtherTopic Topic = "other"
)

// SupportedBy says whose queue a case is in.
type SupportedBy string

// Who looks after a case.
const (
	VendorStandard SupportedBy = "vendor_standard" // and nobody in the organisation is expected to (R50)
	Organisation   SupportedBy = "organisation"    // its own IT, and the vendor where a Premier incident pays
)

// Entitlement says what help a subscription comes with.
type Entitlement string

// Standard is what every subscription comes with (R51).
const Standard Entitlement = "standard"

// IncidentCharge says what a case costs the organisation.
type IncidentCharge string

// What a case costs.
const (
	NoIncident      IncidentCharge = "none"
	PremierIncident IncidentCharge = "premier" // one of its Premier contract
)

// Resolution is a word from a list as well.
type Resolution string

// How a case ends.
const (
	Solved       Resolution = "solved"
	WorkedAround Resolution = "worked_around"
	NoFault      Resolution = "no_fault"
	Duplicate    Resolution = "duplicate"
	Withdrawn    Resolution = "withdrawn"
)

func (SupportCaseOpened) EventType() string { return "support.case_opened.v1" }
func (CaseEscalated) EventType() string     { return "support.case_escalated.v1" }
func (CaseClosed) EventType() string        { return "support.case_closed.v1" }
