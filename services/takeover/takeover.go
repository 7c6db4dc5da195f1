// Package takeover takes what an administrator controls to its end: it moves
// each person to the target, or takes their licence back, and then cancels and
// deletes the subscription. It issues the next command and keeps no state of its
// own. What to do next is a function of the facts, so it may be killed and
// restarted anywhere. Business rules must never live here.
package takeover

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/subscription"
	"kassa/projections"
	"kassa/projections/views"
	"kassa/services/process"
)

// Step is the one thing a takeover is waiting for.
type Step string

// Steps, in order.
const (
	Nothing Step = "nothing"
	Move    Step = "move the people"
	Drop    Step = "take the licences back"
	Cancel  Step = "cancel the subscription"
	Repay   Step = "pay the purchaser back"
	Delete  Step = "delete the subscription"
)

// Next says what a takeover is waiting for.
func Next(s subscription.State) Step {
	switch {
	case s.Takeover.ID == "", s.Ended == subscription.StatusDeleted:
		return Nothing
	case s.Taken > 0 && s.Takeover.Option == subscription.TakeoverMove:
		return Move
	case s.Taken > 0:
		return Drop
	case !s.Cancelled:
		return Cancel
	case len(s.Owed) > 0:
		return Repay
	}
	return Delete
}

// takeovers and subscriptions are the commands that a takeover issues. Each is
// idempotent: two managers at once do no harm.
type takeovers interface {
	Load(ctx context.Context, id domain.SubscriptionID) (commands.Outcome[subscription.State], error)
	Move(ctx context.Context, id domain.SubscriptionID, p domain.PersonID) error
	Drop(ctx context.Context, id domain.SubscriptionID, p domain.PersonID) error
	Finish(ctx context.Context, id domain.SubscriptionID) error
}

type subscriptions interface {
	Settle(ctx context.Context, id domain.SubscriptionID) (commands.Outcome[subscription.State], error)
}

// Manager drives takeovers on. Every field is required.
type Manager struct {
	Takeovers     takeovers
	Subscriptions subscriptions
	Projector     *projections.Projector
	Every         time.Duration // how often to look at the latest
	Log           *slog.Logger
}

// Run drives takeovers on until ctx ends.
func (m *Manager) Run(ctx context.Context) error {
	return (&process.Runner[domain.SubscriptionID]{
		Name: "takeovers", Do: m.Pump, Every: m.Every, Log: m.Log,
		Waiting: func(ctx context.Context, limit int) ([]domain.SubscriptionID, uint64, error) {
			return views.Takeovers(ctx, m.Projector, limit)
		},
		Moved: func(ctx context.Context, asOf uint64) error {
			return m.Projector.Await(ctx, views.YourProductsView.Name, asOf+1)
		},
	}).Run(ctx)
}

// Pump drives one takeover as far as it will go. Whoever cannot be moved for now
// keeps their licence, and the others are moved.
func (m *Manager) Pump(ctx context.Context, id domain.SubscriptionID) error {
	for before := Nothing; ; {
		out, err := m.Takeovers.Load(ctx, id)
		if err != nil {
			return err
		}
		step := Next(out.State)
		if step == Nothing || step == before { // it is done, or somebody else is at it
			return nil
		}
		if err := m.take(ctx, step, out.State); err != nil {
			return err
		}
		before = step
	}
}

func (m *Manager) take(ctx context.Context, step Step, s subscription.State) error {
	switch step {
	case Move:
		return each(s.Holders(), func(p domain.PersonID) error { return m.Takeovers.Move(ctx, s.Subscription, p) })
	case Drop:
		return each(s.Holders(), func(p domain.PersonID) error { return m.Takeovers.Drop(ctx, s.Subscription, p) })
	case Repay:
		_, err := m.Subscriptions.Settle(ctx, s.Subscription)
		return err
	}
	return m.Takeovers.Finish(ctx, s.Subscription)
}

func each(people []domain.PersonID, do func(domain.PersonID) error) error {
	var errs []error
	for _, p := range people {
		errs = append(errs, do(p))
	}
	return errors.Join(errs...)
}
