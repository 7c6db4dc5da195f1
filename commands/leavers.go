package commands

import (
	"context"

	"kassa/domain"
	"kassa/domain/license"
	"kassa/domain/subscription"
	"kassa/domain/user"
	"kassa/eventstore"
)

// Leaver is somebody whom their directory deletes, or has deleted; or who is
// back.
type Leaver struct {
	Tenant domain.TenantID
	Person domain.PersonID
}

// Delete says that the directory has deleted a person (R57). From then on they
// neither buy, nor are assigned anything, nor act; what they hold and bought is
// seen to afterwards.
func (d *Directory) Delete(ctx context.Context, r Request, who Leaver) (Outcome[user.State], error) {
	return d.leave(ctx, r, who, user.Delete{})
}

// Restore says that the directory has brought a person back.
func (d *Directory) Restore(ctx context.Context, r Request, who Leaver) (Outcome[user.State], error) {
	return d.leave(ctx, r, who, user.Restore{})
}

// MayDeletePeople says whether who may say that people left or returned: an
// operator of whom they like, an administrator of their own organisation.
func MayDeletePeople(who Principal) error {
	if who.Has(RoleOperator) || who.Has(peopleManagers...) {
		return nil
	}
	return ErrNotPeopleAdmin
}

func (d *Directory) leave(ctx context.Context, r Request, who Leaver, command user.Command) (Outcome[user.State], error) {
	var none Outcome[user.State]
	by := domain.ActorSystem // who states what a directory says
	if !r.Who.Has(RoleOperator) {
		by = domain.ActorAdmin
		if err := mayAct(ctx, d.Log, r.Who); err != nil {
			return none, err
		}
	}
	if err := MayDeletePeople(r.Who); err != nil {
		return none, err
	}
	if !isID(who.Person) || by == domain.ActorAdmin && who.Tenant != r.Who.Tenant {
		return none, user.ErrUnknown
	}
	meta := r.meta(by, now(d.Now))
	meta.Tenant = who.Tenant
	return run(ctx, d.Log, user.Decider, user.Stream(who.Tenant, who.Person), meta, func(s user.State) ([]user.Event, error) {
		return user.Decider.Decide(s, command)
	})
}

// Vacate frees the seat that somebody who left had of a subscription, and nobody
// else's (R57). Whoever has not left keeps theirs.
func (l *Licenses) Vacate(ctx context.Context, who Leaver, id domain.SubscriptionID) (Outcome[license.State], error) {
	var none Outcome[license.State]
	cause, gone, err := departure(ctx, l.Log, who)
	if err != nil || !gone {
		return none, err
	}
	of, err := read(ctx, l.Log, subscription.Decider, subscription.Stream(id))
	if err != nil || of.State.Tenant != who.Tenant {
		return none, err
	}
	meta := follow(cause.Meta, cause.ID, "unassign", now(l.Now))
	return l.takeBack(ctx, AssignLicense{Subscription: id, Person: who.Person}, license.Unassign{Cause: license.UserLeft, At: meta.At}, meta)
}

// MarkPurchaser says on what somebody bought by themselves whether they have
// left. It is orphaned then, and goes on as it is (R57, R58).
func (s *Subscriptions) MarkPurchaser(ctx context.Context, who Leaver, id domain.SubscriptionID) (Outcome[subscription.State], error) {
	cause, gone, err := departure(ctx, s.Log, who)
	if err != nil || cause.Event == nil {
		return Outcome[subscription.State]{}, err
	}
	meta := follow(cause.Meta, cause.ID, "mark the purchaser", cause.Meta.At)
	return run(ctx, s.Log, subscription.Decider, subscription.Stream(id), meta, func(state subscription.State) ([]subscription.Event, error) {
		if state.Tenant != who.Tenant {
			return nil, nil
		}
		return subscription.Decider.Decide(state, subscription.MarkPurchaser{Purchaser: who.Person, Left: gone, At: meta.At})
	})
}

// departure is the fact that a person left, or came back, by; a zero one where
// they did neither.
func departure(ctx context.Context, l Log, who Leaver) (cause eventstore.Fact, gone bool, err error) {
	h, err := load(ctx, l, user.Decider, user.Stream(who.Tenant, who.Person))
	return h.latest(func(e user.Event) bool {
		switch e.(type) {
		case user.Deleted, user.Restored:
			return true
		}
		return false
	}), h.state.Deleted, err
}
