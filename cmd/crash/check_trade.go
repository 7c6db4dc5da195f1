package main

import (
	"strings"

	"kassa/domain"
	"kassa/domain/license"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
)

// holding is a subscription at one moment of its history.
type holding struct {
	tenant   domain.TenantID
	quantity int64
	seats    map[domain.PersonID]bool
	licenses map[domain.PersonID]bool
}

// seatsAreOwned walks the history: at no moment are more seats taken, or
// licences given, than were bought; nobody has two of one subscription; nobody
// has one of another organisation's.
func seatsAreOwned(e evidence, broken func(string, ...any)) {
	all := map[string]*holding{}
	of := func(id string) *holding {
		if all[id] == nil {
			all[id] = &holding{seats: map[domain.PersonID]bool{}, licenses: map[domain.PersonID]bool{}}
		}
		return all[id]
	}
	for _, f := range e.facts {
		id := strings.TrimPrefix(f.Stream, "subscription-")
		switch fact := f.Event.(type) {
		case subscription.Provisioned:
			of(id).tenant, of(id).quantity = fact.Tenant, fact.Quantity
		case subscription.SeatReserved:
			of(id).take(of(id).seats, fact.Person, "seat", id, broken)
		case subscription.SeatReleased:
			of(id).give(of(id).seats, fact.Person, "seat", id, broken)
		case license.Assigned:
			id = string(fact.Subscription)
			of(id).take(of(id).licenses, fact.Assignee, "licence", id, broken)
			if fact.AssigneeTenant != of(id).tenant || f.Meta.Tenant != of(id).tenant {
				broken("%s of %s has a licence of %s, which is %s's", fact.Assignee, fact.AssigneeTenant, id, of(id).tenant)
			}
		case license.Unassigned:
			id = string(fact.Subscription)
			of(id).give(of(id).licenses, fact.Assignee, "licence", id, broken)
		}
	}
}

func (h *holding) take(held map[domain.PersonID]bool, p domain.PersonID, what, id string, broken func(string, ...any)) {
	if held[p] {
		broken("%s gets a second %s of %s", p, what, id)
	}
	if held[p] = true; int64(len(held)) > h.quantity {
		broken("%s has %d %ss in use and owns %d", id, len(held), what, h.quantity)
	}
}

func (h *holding) give(held map[domain.PersonID]bool, p domain.PersonID, what, id string, broken func(string, ...any)) {
	if !held[p] {
		broken("%s gives back a %s of %s without having one", p, what, id)
	}
	delete(held, p)
}

// chargesMatch holds the gateway's books against the history, line by line: a
// charge that succeeded is a completed purchase of that amount, one that was
// declined is a recorded decline, and there are no others.
func chargesMatch(e evidence, broken func(string, ...any)) {
	kept, paid := map[string]domain.Charge{}, map[string]string{}
	for _, c := range e.charges {
		if _, twice := kept[c.Key]; twice {
			broken("the gateway has %s twice", c.Key)
		}
		kept[c.Key] = c
		if id, _, _ := strings.Cut(c.Key, "/"); c.Status == domain.ChargeSucceeded {
			if paid[id] != "" {
				broken("purchase %s was charged twice: %s and %s", id, paid[id], c.ID)
			}
			paid[id] = c.ID
		}
	}
	for _, f := range e.facts {
		id := domain.PurchaseID(strings.TrimPrefix(f.Stream, "purchase-"))
		switch fact := f.Event.(type) {
		case purchase.PaymentAuthorised:
			key := purchase.PaymentKey(id, fact.Attempt)
			if c := kept[key]; c.Status != domain.ChargeSucceeded || c.ID != fact.Reference || c.Amount != fact.Amount {
				broken("%s was authorised as %s over %v; the gateway has %+v", key, fact.Reference, fact.Amount, c)
			}
			delete(kept, key)
		case purchase.PaymentDeclined:
			key := purchase.PaymentKey(id, fact.Attempt)
			if c := kept[key]; c.Status != domain.ChargeDeclined || c.DeclineCode != fact.Code {
				broken("%s was declined as %s; the gateway has %+v", key, fact.Code, c)
			}
			delete(kept, key)
		case purchase.Completed:
			if paid[string(id)] == "" {
				broken("purchase %s is completed and was never charged", id)
			}
			delete(paid, string(id))
		}
	}
	for key, c := range kept {
		broken("charge %s of %s is in no history: %+v", c.ID, key, c)
	}
	for id, charge := range paid {
		broken("purchase %s was charged (%s) and is not completed", id, charge)
	}
}
