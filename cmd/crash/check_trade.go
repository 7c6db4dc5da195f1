package main

import (
	"strings"

	"kassa/domain"
	"kassa/domain/license"
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
		case subscription.SeatsAdded:
			of(id).resize(fact.Quantity, id, broken)
		case subscription.Renewed:
			of(id).resize(fact.Quantity, id, broken)
		case subscription.Reactivated:
			of(id).resize(fact.Quantity, id, broken)
		case subscription.SeatsRemoved:
			of(id).resize(fact.Quantity, id, broken)
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

func (h *holding) resize(quantity int64, id string, broken func(string, ...any)) {
	if h.quantity = quantity; int64(len(h.seats)) > quantity {
		broken("%s has %d seats in use and is left with %d", id, len(h.seats), quantity)
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
