// Package cancellation takes cancellation requests to their end: it carries out
// a yes, and closes what nobody can answer any more. It issues the next command
// and keeps no state of its own, so it may be killed and restarted anywhere.
// Business rules must never live here.
package cancellation

import (
	"context"
	"log/slog"
	"time"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/cancelreq"
	"kassa/domain/subscription"
	"kassa/services/process"
)

// requests and subscriptions are the commands that it issues. Each is
// idempotent: two managers at once do no harm.
type requests interface {
	Finish(ctx context.Context, id cancelreq.ID) (commands.Outcome[cancelreq.State], error)
}

type subscriptions interface {
	Settle(ctx context.Context, id domain.SubscriptionID) (commands.Outcome[subscription.State], error)
}

// Manager drives cancellation requests on. Every field is required.
type Manager struct {
	Requests      requests
	Subscriptions subscriptions
	// Waiting lists at most limit requests that wait for a step of Kassa's own,
	// at an instant of business time; see views.WaitingRequests.
	Waiting func(ctx context.Context, at time.Time, limit int) (ids []cancelreq.ID, asOf uint64, err error)
	Every   time.Duration // how often to look
	Now     func() time.Time
	Log     *slog.Logger
}

// Run works until ctx ends. Whoever takes a person's yes carries it out at once,
// so what waits was left by a crash, or is a matter of time.
func (m *Manager) Run(ctx context.Context) error {
	return (&process.Runner[cancelreq.ID]{
		Name: "cancellation requests", Every: m.Every, Log: m.Log,
		Waiting: func(ctx context.Context, limit int) ([]cancelreq.ID, uint64, error) {
			return m.Waiting(ctx, m.Now(), limit)
		},
		Do: func(ctx context.Context, id cancelreq.ID) error {
			_, err := m.Pump(ctx, id)
			return err
		},
	}).Run(ctx)
}

// Pump takes one request as far as it will go, and pays back what its yes leaves
// owed. It returns how the request then stands.
func (m *Manager) Pump(ctx context.Context, id cancelreq.ID) (commands.Outcome[cancelreq.State], error) {
	out, err := m.Requests.Finish(ctx, id)
	if err != nil || out.State.Effect != cancelreq.Cancelled {
		return out, err
	}
	settled, err := m.Subscriptions.Settle(ctx, id.Subscription)
	out.Position = max(out.Position, settled.Position)
	return out, err
}
