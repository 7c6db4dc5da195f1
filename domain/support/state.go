package support

import (
	"time"

	"kassa/domain"
)

// Status is how a case stands.
type Status string

// Statuses. Their texts are part of the public API.
const (
	StatusNone      Status = ""
	StatusOpen      Status = "open"
	StatusEscalated Status = "escalated"
	StatusClosed    Status = "closed"
)

// State is a case.
type State struct {
	Case           domain.CaseID
	Subscription   domain.SubscriptionID
	Tenant         domain.TenantID
	By             domain.PersonID // who opened it
	Topic          Topic
	Channel        domain.Channel
	SupportedBy    SupportedBy
	Entitlement    Entitlement
	IncidentCharge IncidentCharge
	OpenedAt       time.Time
	Status         Status
	Resolution     Resolution
}

func (e SupportCaseOpened) evolve(State) State {
	return State{
		Case: e.Case, Subscription: e.Subscription, Tenant: e.Tenant, By: e.By, Topic: e.Topic, Channel: e.Channel,
		SupportedBy: e.SupportedBy, Entitlement: e.Entitlement, IncidentCharge: e.IncidentCharge, OpenedAt: e.At, Status: StatusOpen,
	}
}

func (e CaseEscalated) evolve(s State) State { s.Status = StatusEscalated; return s }

func (e CaseClosed) evolve(s State) State {
	s.Status, s.Resolution = StatusClosed, e.Resolution
	return s
}
