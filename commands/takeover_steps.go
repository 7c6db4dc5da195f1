package commands

import (
	"context"
	"errors"

	"kassa/domain"
	"kassa/domain/license"
	"kassa/domain/subscription"
	"kassa/eventstore"
)

// The steps below follow from the fact that control was taken, or that a move
// was given up, and derive their ids from it: however often one is taken, by
// however many, it happens once.

// Load returns a subscription as it stands.
func (t *Takeovers) Load(ctx context.Context, id domain.SubscriptionID) (Outcome[subscription.State], error) {
	return read(ctx, t.Log, subscription.Decider, subscription.Stream(id))
}

// Move gives a person a licence of the target and only then takes the old one
// back: at every moment they have one. Whoever has one there keeps it; whoever
// has left the organisation meanwhile gets none.
func (t *Takeovers) Move(ctx context.Context, id domain.SubscriptionID, p domain.PersonID) error {
	s, cause, err := t.controlled(ctx, id)
	if err != nil {
		return err
	}
	seat := AssignLicense{Subscription: id, Person: p}
	held, err := t.Licenses.Finish(ctx, seat)
	if err != nil || !held.State.Assigned {
		return err // without a licence there is nothing to move
	}
	meta := follow(cause.Meta, cause.ID, "take_back/"+string(p), now(t.Now))
	there := AssignLicense{Subscription: s.Takeover.Target, Person: p}
	_, err = t.Licenses.give(ctx, there, license.ByMove, follow(cause.Meta, cause.ID, "move/"+string(p), meta.At))
	switch {
	case errors.Is(err, ErrAssigneeUnknown), errors.Is(err, ErrAssigneeDisabled):
		_, err = t.Licenses.takeBack(ctx, seat, license.Unassign{Cause: license.UserLeft, At: meta.At}, meta)
		return err
	case err != nil:
		return err
	}
	_, err = t.Licenses.takeBack(ctx, seat, license.Move{To: s.Takeover.Target, Batch: string(s.Takeover.ID), At: meta.At}, meta)
	return err
}

// Drop takes a person's licence back, for nothing.
func (t *Takeovers) Drop(ctx context.Context, id domain.SubscriptionID, p domain.PersonID) error {
	_, cause, err := t.controlled(ctx, id)
	if err != nil {
		return err
	}
	meta := follow(cause.Meta, cause.ID, "take_back/"+string(p), now(t.Now))
	_, err = t.Licenses.takeBack(ctx, AssignLicense{Subscription: id, Person: p}, license.Unassign{Cause: license.Takeover, At: meta.At}, meta)
	return err
}

// Finish cancels a subscription that nobody holds a seat of any more, and
// deletes it once the purchaser is paid back.
func (t *Takeovers) Finish(ctx context.Context, id domain.SubscriptionID) error {
	s, cause, err := t.controlled(ctx, id)
	if err != nil {
		return err
	}
	step := "cancel"
	if s.Cancelled {
		step = "delete"
	}
	meta := follow(cause.Meta, cause.ID, step, now(t.Now))
	_, err = run(ctx, t.Log, subscription.Decider, subscription.Stream(id), meta, func(s subscription.State) ([]subscription.Event, error) {
		zone, err := billingZone(s)
		if err != nil {
			return nil, err
		}
		return subscription.Decider.Decide(s, subscription.FinishTakeover{Zone: zone, At: meta.At})
	})
	return err
}

// controlled is a subscription whose control was taken, and the fact that its
// next step follows from.
func (t *Takeovers) controlled(ctx context.Context, id domain.SubscriptionID) (subscription.State, eventstore.Fact, error) {
	h, err := load(ctx, t.Log, subscription.Decider, subscription.Stream(id))
	switch {
	case err != nil:
		return h.state, eventstore.Fact{}, err
	case h.state.Takeover.ID == "":
		return h.state, eventstore.Fact{}, subscription.ErrNotTaken
	}
	return h.state, h.latest(func(e subscription.Event) bool {
		switch e.(type) {
		case subscription.ControlTaken, subscription.MoveGivenUp:
			return true
		}
		return false
	}), nil
}
