package commands

import (
	"context"
	"time"

	"kassa/domain"
	"kassa/domain/license"
	"kassa/domain/subscription"
	"kassa/domain/tenant"
	"kassa/eventstore"
)

// Licenses carries out what people ask about who may use what.
type Licenses struct {
	Log
	Now func() time.Time
}

// AssignLicense names a subscription and the person who shall hold, or give
// back, a seat of it.
type AssignLicense struct {
	Subscription domain.SubscriptionID
	Person       domain.PersonID
}

// Refusals that come from looking the assignee up.
var (
	ErrAssigneeUnknown = &domain.Error{
		Kind: domain.NotFound, Code: "assignee_unknown",
		Message: "There is nobody with this address in your directory. Check the spelling.",
	}
	ErrAssigneeDisabled = domain.Refuse("assignee_disabled",
		"This person's account is disabled. Choose somebody else, or ask your IT admin to open the account.")
	ErrAssignmentBlocked = domain.Refuse("assignment_blocked",
		"Your organisation does not allow this product. Contact your IT admin.")
)

// Assign gives a person a seat (R24, R28): first the seat is reserved, where
// capacity is decided, then the licence is written. What a crash leaves between
// the two, Finish completes.
func (l *Licenses) Assign(ctx context.Context, r Request, c AssignLicense) (Outcome[license.State], error) {
	var none Outcome[license.State]
	kind, err := capacity(ctx, l.Log, r.Who, c.Subscription, licenseManagers, ErrNotLicenseAdmin)
	if err != nil {
		return none, err
	}
	return l.give(ctx, c, "", r.meta(kind, now(l.Now)))
}

// give is Assign for whoever is known to be allowed to. via is how the licence
// is got; empty: as the subscription's channel says.
func (l *Licenses) give(ctx context.Context, c AssignLicense, via license.Via, meta eventstore.Meta) (Outcome[license.State], error) {
	var none Outcome[license.State]
	for range attempts {
		reserved, err := l.reserve(ctx, c, via, meta)
		switch {
		case err != nil:
			return none, err
		case reserved.Wrote:
			return l.grant(ctx, c, reserved.State, via, follow(meta, reserved.Last, "assign", meta.At))
		}
		// The person holds a seat. Where its licence was taken back, somebody is
		// about to release it: that is finished, and a new one reserved.
		held, err := l.Finish(ctx, c)
		if err != nil || held.State.Assigned {
			return held, err
		}
	}
	return none, eventstore.ErrConflict
}

// MayAssign refuses who may neither assign nor unassign licences of a
// subscription, whoever is to hold them.
func (l *Licenses) MayAssign(ctx context.Context, who Principal, id domain.SubscriptionID) error {
	_, err := capacity(ctx, l.Log, who, id, licenseManagers, ErrNotLicenseAdmin)
	return err
}

// Unassign takes a licence back (R28) and then releases its seat.
func (l *Licenses) Unassign(ctx context.Context, r Request, c AssignLicense) (Outcome[license.State], error) {
	var none Outcome[license.State]
	kind, err := capacity(ctx, l.Log, r.Who, c.Subscription, licenseManagers, ErrNotLicenseAdmin)
	if err != nil {
		return none, err
	}
	if !isID(c.Person) {
		return none, license.ErrUnknown
	}
	meta := r.meta(kind, now(l.Now))
	return l.takeBack(ctx, c, license.Unassign{Cause: license.Manual, At: meta.At}, meta)
}

// takeBack ends a licence, as how says, and then releases its seat.
func (l *Licenses) takeBack(ctx context.Context, c AssignLicense, how license.Command, meta eventstore.Meta) (Outcome[license.State], error) {
	finished, err := l.Finish(ctx, c)
	if err != nil {
		return Outcome[license.State]{}, err
	}
	taken, err := run(ctx, l.Log, license.Decider, license.Stream(c.Subscription, c.Person), meta,
		func(s license.State) ([]license.Event, error) {
			return license.Decider.Decide(s, how)
		})
	switch {
	case err != nil:
		return taken, err
	case !taken.Wrote: // nothing to take back, except perhaps by what was just finished
		taken.Position = max(taken.Position, finished.Position)
		return taken, nil
	}
	released, err := l.release(ctx, c, follow(meta, taken.Last, "release", meta.At))
	taken.Position = max(taken.Position, released.Position)
	return taken, err
}

// Finish brings a seat and its licence together where a crash left one without
// the other, unless their subscription is deleted: then nothing follows. It is
// safe to call at any time, by anybody, any number of times.
func (l *Licenses) Finish(ctx context.Context, c AssignLicense) (Outcome[license.State], error) {
	seats, err := load(ctx, l.Log, subscription.Decider, subscription.Stream(c.Subscription))
	if err != nil {
		return Outcome[license.State]{}, err
	}
	held, err := load(ctx, l.Log, license.Decider, license.Stream(c.Subscription, c.Person))
	if err != nil {
		return Outcome[license.State]{}, err
	}
	seat, reserved := lastReservation(seats, c.Person)
	if !reserved || seats.state.Ended == subscription.StatusDeleted {
		return held.outcome(), nil
	}
	grant := follow(seat.Meta, seat.ID, "assign", now(l.Now))
	if _, granted, _ := held.carriedOut(license.Decider, grant); !granted {
		return l.grant(ctx, c, seats.state, seatVia(seat), grant)
	}
	if held.state.Assigned {
		return held.outcome(), nil
	}
	taken := held.facts[len(held.facts)-1]
	released, err := l.release(ctx, c, follow(taken.Meta, taken.ID, "release", now(l.Now)))
	out := held.outcome()
	out.Position = max(out.Position, released.Position)
	return out, err
}

// seatVia is how the licence is got that a seat was reserved for.
func seatVia(seat eventstore.Fact) license.Via {
	reserved, _ := seat.Event.(subscription.SeatReserved)
	return license.Via(reserved.Via)
}

func (l *Licenses) reserve(ctx context.Context, c AssignLicense, via license.Via, meta eventstore.Meta) (Outcome[subscription.State], error) {
	return run(ctx, l.Log, subscription.Decider, subscription.Stream(c.Subscription), meta,
		func(s subscription.State) ([]subscription.Event, error) {
			if err := l.mayHold(ctx, s, c.Person); err != nil {
				return nil, err
			}
			return subscription.Decider.Decide(s, subscription.Reserve{Person: c.Person, Via: string(via), At: meta.At})
		})
}

func (l *Licenses) grant(ctx context.Context, c AssignLicense, s subscription.State, via license.Via, meta eventstore.Meta) (Outcome[license.State], error) {
	switch {
	case via != "":
	case s.Channel == domain.Central:
		via = license.ByAdmin
	default:
		via = license.ByPurchaser
	}
	return run(ctx, l.Log, license.Decider, license.Stream(c.Subscription, c.Person), meta,
		func(held license.State) ([]license.Event, error) {
			return license.Decider.Decide(held, license.Assign{
				Subscription: c.Subscription, Product: s.Product, Assignee: c.Person,
				AssigneeTenant: meta.Tenant, SubscriptionTenant: s.Tenant, Via: via, At: meta.At,
			})
		})
}

func (l *Licenses) release(ctx context.Context, c AssignLicense, meta eventstore.Meta) (Outcome[subscription.State], error) {
	return run(ctx, l.Log, subscription.Decider, subscription.Stream(c.Subscription), meta,
		func(s subscription.State) ([]subscription.Event, error) {
			return subscription.Decider.Decide(s, subscription.Release{Person: c.Person, At: meta.At})
		})
}

// lastReservation finds the fact that holds a person's seat now.
func lastReservation(h history[subscription.State, subscription.Event], p domain.PersonID) (eventstore.Fact, bool) {
	for i := len(h.events) - 1; i >= 0; i-- {
		switch e := h.events[i].(type) {
		case subscription.SeatReserved:
			if e.Person == p {
				return h.facts[i], true
			}
		case subscription.SeatReleased:
			if e.Person == p {
				return eventstore.Fact{}, false
			}
		}
	}
	return eventstore.Fact{}, false
}

// mayHold refuses people who have no open account in the subscription's tenant
// (R23), and everybody where nobody may use the product.
func (l *Licenses) mayHold(ctx context.Context, s subscription.State, p domain.PersonID) error {
	if err := activePerson(ctx, l.Log, s.Tenant, p); err != nil {
		return err
	}
	return l.mayUse(ctx, s)
}

// mayUse refuses products that the tenant's governance keeps out (R42).
func (l *Licenses) mayUse(ctx context.Context, s subscription.State) error {
	org, err := read(ctx, l.Log, tenant.Decider, tenant.Stream(s.Tenant))
	if err != nil {
		return err
	}
	id, offer, err := findProduct(ctx, l.Log, s.Product)
	if err == nil && org.State.Blocks(id, offer.state.OldIDs...) {
		err = ErrAssignmentBlocked
	}
	return err
}
