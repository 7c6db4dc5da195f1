// Package licreq decides what may happen to a request for licences of a product
// that its requester may not buy.
//
//	Ask ─▶ pending ─┬ Approve ─▶ approved, or partly: each person waits until Give or Fail
//	                ├ Deny ────▶ denied
//	                └ Expire ──▶ expired, after twelve months
//
// Its stream is "licreq-<id>". It must never hold what people wrote, nor decide
// who gets the last seat: the subscription does.
package licreq

import (
	"slices"

	"kassa/domain"
)

// Decider is this package's only door.
var Decider = domain.Decider[State, Command, Event]{
	Decide: func(s State, c Command) ([]Event, error) { return c.decide(s) },
	Evolve: func(s State, e Event) State { return e.evolve(s) },
}

// ID names a request. It is a UUID in its canonical form.
type ID string

// Stream names the stream a request lives in.
func Stream(id ID) string { return "licreq-" + string(id) }

// MaxPeople is for how many people one request may ask, and how many it may be
// shared with.
const MaxPeople = 20

// Reason is why somebody asks. People's own words are not kept.
type Reason string

// Reasons to ask. They are stored: append only.
const (
	NeededForWork Reason = "needed_for_work"
	Collaboration Reason = "collaboration" // with people who have the product
	Replacement   Reason = "replacement"   // of another product
	TryingOut     Reason = "trying_out"
	OtherReason   Reason = "other"
)

var reasons = []Reason{NeededForWork, Collaboration, Replacement, TryingOut, OtherReason}

// Denial is why nobody gets a licence.
type Denial string

// Reasons to deny. They are stored: append only.
const (
	NotNeeded    Denial = "not_needed"
	TooExpensive Denial = "too_expensive"
	OtherProduct Denial = "other_product" // there is another that does it
	NotAllowed   Denial = "not_allowed"
	OtherDenial  Denial = "other"
)

var denials = []Denial{NotNeeded, TooExpensive, OtherProduct, NotAllowed, OtherDenial}

// once is people without those named before.
func once(people []domain.PersonID) []domain.PersonID {
	var all []domain.PersonID
	for _, p := range people {
		if !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	return all
}
