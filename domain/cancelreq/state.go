package cancelreq

import (
	"time"

	"kassa/domain"
)

// Status is how a request stands.
type Status string

// Statuses. Their texts are part of the public API.
const (
	StatusNone      Status = ""
	StatusOpen      Status = "open"
	StatusAccepted  Status = "accepted" // and not carried out yet
	StatusDeclined  Status = "declined"
	StatusWithdrawn Status = "withdrawn"
	StatusExpired   Status = "expired"
	StatusExecuted  Status = "executed"
)

// State is the latest request of a stream. Those before it are closed.
type State struct {
	ID
	Tenant      domain.TenantID
	Purchaser   domain.PersonID
	By          domain.PersonID // who asked
	Reason      Reason
	RequestedAt time.Time
	ExpiresAt   time.Time
	Status      Status
	AnsweredBy  domain.PersonID // who accepted, declined or withdrew it
	Declined    DeclineReason
	Effect      Effect // of a purchaser's yes
}

func (e CancellationRequested) evolve(State) State {
	return State{
		ID: ID{e.Subscription, e.To, e.Number}, Tenant: e.Tenant, Purchaser: e.Purchaser, By: e.By,
		Reason: e.Reason, RequestedAt: e.At, ExpiresAt: e.ExpiresAt, Status: StatusOpen,
	}
}

func (e RequestAccepted) evolve(s State) State {
	s.Status, s.AnsweredBy = StatusAccepted, e.By
	return s
}

func (e RequestDeclined) evolve(s State) State {
	s.Status, s.AnsweredBy, s.Declined = StatusDeclined, e.By, e.Reason
	return s
}

func (e RequestWithdrawn) evolve(s State) State {
	s.Status, s.AnsweredBy = StatusWithdrawn, e.By
	return s
}

func (e RequestExpired) evolve(s State) State { s.Status = StatusExpired; return s }

func (e RequestExecuted) evolve(s State) State {
	s.Status, s.Effect = StatusExecuted, e.Effect
	return s
}

func (e SupportCancellationExecuted) evolve(s State) State {
	s.Status, s.Effect = StatusExecuted, Cancelled
	return s
}
