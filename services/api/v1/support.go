package v1

import (
	"time"

	"kassa/domain"
)

// OpenSupportCase asks for help with a subscription.
type OpenSupportCase struct {
	SubscriptionID domain.SubscriptionID `json:"subscriptionId"`
	Topic          string                `json:"topic" doc:"access, billing, how_to, technical or other." example:"access"`
	Premier        bool                  `json:"premier,omitempty" doc:"Whether a Premier incident of the organisation pays for it. Never for what a person bought by themselves (R52)."`
}

// CloseSupportCase ends a case.
type CloseSupportCase struct {
	Resolution string `json:"resolution" doc:"solved, worked_around, no_fault, duplicate or withdrawn." example:"solved"`
}

// SupportCase is how a case stands.
type SupportCase struct {
	ID             domain.CaseID         `json:"id"`
	TenantID       domain.TenantID       `json:"tenantId"`
	SubscriptionID domain.SubscriptionID `json:"subscriptionId"`
	OpenedBy       Person                `json:"openedBy"`
	Topic          string                `json:"topic"`
	Channel        domain.Channel        `json:"channel" doc:"That the subscription was bought in."`
	SupportedBy    string                `json:"supportedBy" doc:"vendor_standard for what a person bought by themselves (R50), else organisation."`
	Entitlement    string                `json:"entitlement" doc:"standard (R51)."`
	IncidentCharge string                `json:"incidentCharge" doc:"none, or premier: an incident of the organisation's contract."`
	Status         string                `json:"status" doc:"open, escalated or closed."`
	Resolution     string                `json:"resolution,omitempty"`
	OpenedAt       time.Time             `json:"openedAt"`
	Position       uint64                `json:"position,omitempty" doc:"Of the last fact this rests on; not in lists."`
}

// SupportCases is a page of them.
type SupportCases struct {
	Items []SupportCase `json:"items"`
	AsOf  AsOf          `json:"asOf"`
	Next  string        `json:"next" doc:"Give it as after to get the next page; empty on the last."`
}

// Premier is an organisation's Premier contract.
type Premier struct {
	Incidents int64 `json:"incidents" doc:"That it grants, in all."`
	Charged   int64 `json:"charged" doc:"That support cases have used."`
	Left      int64 `json:"left"`
	AsOf      AsOf  `json:"asOf"`
}

// CreditBill gives back some of what was paid for a bill.
type CreditBill struct {
	Number string       `json:"number" doc:"The bill's." example:"KASSA-2026-0000042"`
	Amount domain.Money `json:"amount" doc:"Above zero, no more than what is left of the payment."`
	Reason string       `json:"reason" doc:"goodwill, outage or billing_error." example:"goodwill"`
}
