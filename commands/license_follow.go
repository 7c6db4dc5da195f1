package commands

import (
	"context"
	"maps"
	"slices"

	"kassa/domain"
	"kassa/domain/license"
	"kassa/domain/subscription"
	"kassa/eventstore"
)

// Follow brings the licences of a subscription to where it stands: suspended
// while it is disabled, restored once it is reactivated, taken back when it is
// deleted. Each goes through what its subscription went through since the seat
// was reserved, in order and as of then, so whoever comes late, or a second time,
// leaves the same history.
func (l *Licenses) Follow(ctx context.Context, id domain.SubscriptionID) error {
	h, err := load(ctx, l.Log, subscription.Decider, subscription.Stream(id))
	if err != nil {
		return err
	}
	for _, since := range reservations(h) {
		reserved, _ := h.events[since].(subscription.SeatReserved)
		stream := license.Stream(id, reserved.Person)
		held, err := read(ctx, l.Log, license.Decider, stream)
		if err != nil {
			return err
		}
		if !held.State.Assigned {
			continue
		}
		if err := l.goThrough(ctx, stream, h.facts[since:]); err != nil {
			return err
		}
	}
	return nil
}

// goThrough takes the steps of one licence that facts of its subscription lead
// to. The seat is not released: there is none to give to anybody else.
func (l *Licenses) goThrough(ctx context.Context, stream string, facts []eventstore.Fact) error {
	for _, f := range facts {
		command := following(f)
		if command == nil {
			continue
		}
		_, err := run(ctx, l.Log, license.Decider, stream, follow(f.Meta, f.ID, "licence", f.Meta.At), func(s license.State) ([]license.Event, error) {
			return license.Decider.Decide(s, command)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// following is what a fact of a subscription means to each of its licences; nil
// is nothing.
func following(f eventstore.Fact) license.Command {
	switch f.Event.(type) {
	case subscription.Suspended:
		return license.Suspend{Cause: license.SubscriptionSuspended, At: f.Meta.At}
	case subscription.Disabled:
		return license.Suspend{Cause: license.SubscriptionDisabled, At: f.Meta.At}
	case subscription.Reactivated:
		return license.Restore{Cause: license.SubscriptionReactivated, At: f.Meta.At}
	case subscription.Deleted:
		return license.Unassign{Cause: license.SubscriptionEnded, At: f.Meta.At}
	}
	return nil
}

// reservations are the facts that hold a seat now, oldest first.
func reservations(h life) []int {
	held := map[domain.PersonID]int{}
	for i, e := range h.events {
		switch e := e.(type) {
		case subscription.SeatReserved:
			held[e.Person] = i
		case subscription.SeatReleased:
			delete(held, e.Person)
		}
	}
	return slices.Sorted(maps.Values(held))
}
