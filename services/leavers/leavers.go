// Package leavers sees to what people leave behind when their directory deletes
// them (R57): their own seats are freed, and what they bought by themselves is
// marked as orphaned; the mark goes when they are restored. It issues commands
// and keeps nothing, so it may be killed and restarted anywhere. It must never
// touch anybody else's seat, nor end, pay or renew anything: whoever is still
// there keeps full use until somebody cancels (R58).
package leavers

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/license"
	"kassa/domain/subscription"
	"kassa/projections"
	"kassa/projections/views"
	"kassa/services/process"
)

// licenses and subscriptions are the commands that a leaver leads to. Each looks
// whether the person has really left.
type licenses interface {
	Vacate(ctx context.Context, who commands.Leaver, id domain.SubscriptionID) (commands.Outcome[license.State], error)
}

type subscriptions interface {
	MarkPurchaser(ctx context.Context, who commands.Leaver, id domain.SubscriptionID) (commands.Outcome[subscription.State], error)
}

// Manager sees to leavers, and to those who return. Every field is required.
type Manager struct {
	Projector     *projections.Projector
	Licenses      licenses
	Subscriptions subscriptions
	Every         time.Duration // how often to look at the latest
	Log           *slog.Logger
}

// Run works until ctx ends. What somebody got, or bought, just before they left
// reaches the view a little later, and they wait once more.
func (m *Manager) Run(ctx context.Context) error {
	return (&process.Runner[views.Leaver]{
		Name: "people who left", Do: m.Pump, Every: m.Every, Log: m.Log,
		Waiting: func(ctx context.Context, limit int) ([]views.Leaver, uint64, error) {
			return views.Leavers(ctx, m.Projector, limit)
		},
		Moved: func(ctx context.Context, asOf uint64) error {
			return m.Projector.Await(ctx, views.LeaversView.Name, asOf+1)
		},
	}).Run(ctx)
}

// Pump sees to everything that one person left behind, or found again.
func (m *Manager) Pump(ctx context.Context, who views.Leaver) error {
	left, err := views.BelongingsOf(ctx, m.Projector, who)
	if err != nil {
		return err
	}
	var errs []error
	for _, id := range left.Held {
		_, err := m.Licenses.Vacate(ctx, commands.Leaver(who), id)
		errs = append(errs, err)
	}
	for _, id := range left.Bought {
		_, err := m.Subscriptions.MarkPurchaser(ctx, commands.Leaver(who), id)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
