// Package trial decides who has tried what: everybody tries a product once. Its
// stream, "trial-<tenant>-<person>", is one person's, so that of two orders at
// once one begins. What a trial is, and what becomes of it, is the
// subscription's; it must never be known here.
package trial

import (
	"maps"
	"time"

	"kassa/domain"
)

// Decider is this package's only door.
var Decider = domain.Decider[State, Command, Event]{
	Decide: func(s State, c Command) ([]Event, error) { return c.decide(s) },
	Evolve: func(s State, e Event) State { return e.evolve(s) },
}

// Stream names the stream of what a person has tried.
func Stream(t domain.TenantID, p domain.PersonID) string {
	return "trial-" + string(t) + "-" + string(p)
}

// Event is sealed: only this file's types satisfy it.
type Event interface {
	domain.Event
	evolve(State) State
}

// Taken says that a person tries a product, and by which order. This struct is
// the storage format.
type Taken struct {
	Tenant   domain.TenantID   `json:"tenantId"`
	Person   domain.PersonID   `json:"userOid"`
	Product  domain.ProductID  `json:"productId"`
	Purchase domain.PurchaseID `json:"purchaseId"`
	At       time.Time         `json:"at"`
}

// EventType implements domain.Event.
func (Taken) EventType() string { return "trial.taken.v1" }

// State is which order each product was tried by.
type State struct {
	taken map[domain.ProductID]domain.PurchaseID
}

// Used says by which order a product was tried, by its current id or an older
// one; empty: by none.
func (s State) Used(p domain.ProductID, older ...domain.ProductID) domain.PurchaseID {
	by := s.taken[p]
	for i := 0; by == "" && i < len(older); i++ {
		by = s.taken[older[i]]
	}
	return by
}

func (e Taken) evolve(s State) State {
	taken := make(map[domain.ProductID]domain.PurchaseID, len(s.taken)+1)
	maps.Copy(taken, s.taken)
	taken[e.Product] = e.Purchase
	s.taken = taken
	return s
}

// Command is sealed; each command carries its own rule.
type Command interface{ decide(State) ([]Event, error) }

// Take tries a product. Where it was tried before nothing happens: State.Used
// tells whose trial it is.
type Take struct {
	Taken
	Older []domain.ProductID // ids that the product took over
}

func (c Take) decide(s State) ([]Event, error) {
	if s.Used(c.Product, c.Older...) != "" {
		return nil, nil
	}
	return []Event{c.Taken}, nil
}
