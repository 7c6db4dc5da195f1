package claim

import "kassa/domain"

// Status is where a claim stands.
type Status string

// Statuses. Their texts are part of the public API.
const (
	StatusNone    Status = ""
	StatusStarted Status = "started"
	StatusGranted Status = "granted"
	StatusRefused Status = "refused"
)

// State keeps what a later decision reads, and what the next step needs.
type State struct {
	Claim        ID
	Tenant       domain.TenantID
	Person       domain.PersonID
	Status       Status
	From         []domain.SubscriptionID
	Subscription domain.SubscriptionID // of the seat that was granted
	Product      domain.ProductID      // of that subscription; until then, the one opened
	Code         string                // why it was refused
}

// Refusal is the error that the claim was refused with, nil if it was not.
func (s State) Refusal() error {
	if s.Status != StatusRefused {
		return nil
	}
	for _, e := range refusals {
		if e.Code == s.Code {
			return e
		}
	}
	return domain.Refusal(s.Code)
}

func (e Started) evolve(State) State {
	return State{Claim: e.Claim, Tenant: e.Tenant, Person: e.Person, Status: StatusStarted, From: e.From, Product: e.Product}
}

func (e Granted) evolve(s State) State {
	s.Status, s.Subscription, s.Product, s.Code = StatusGranted, e.Subscription, e.Product, ""
	return s
}

func (e Refused) evolve(s State) State { s.Status, s.Code = StatusRefused, e.Code; return s }
