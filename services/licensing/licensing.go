// Package licensing gives out the licences that somebody said yes to, and ends
// what nobody answered: people whose licence requests were approved get theirs
// as soon as there are seats, claims that a crash cut off are finished, and
// requests that are twelve months old expire. It issues commands and keeps
// nothing, so it may be killed and restarted anywhere. Who gets a seat is never
// decided here.
package licensing

import (
	"context"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"kassa/commands"
	"kassa/domain/claim"
	"kassa/domain/licreq"
	"kassa/projections"
	"kassa/projections/views"
	"kassa/services/process"
)

// requests and claims are the commands that are issued. Each is idempotent.
type requests interface {
	Fulfil(ctx context.Context, id licreq.ID) (commands.Outcome[licreq.State], error)
	Expire(ctx context.Context, id licreq.ID) (commands.Outcome[licreq.State], error)
}

type claims interface {
	Finish(ctx context.Context, id claim.ID) (commands.Outcome[claim.State], error)
}

// Manager sees to requests and claims. Every field is required.
type Manager struct {
	Projector *projections.Projector
	Requests  requests
	Claims    claims
	Grace     time.Duration // business time after which a claim counts as cut off
	Every     time.Duration // how often to look at the latest
	Now       func() time.Time
	Log       *slog.Logger
}

// Run works until ctx ends.
func (m *Manager) Run(ctx context.Context) error {
	var g errgroup.Group
	g.Go(func() error { return m.giving().Run(ctx) })
	g.Go(func() error { return m.expiring().Run(ctx) })
	g.Go(func() error { return m.claiming().Run(ctx) })
	return g.Wait()
}

func (m *Manager) giving() *process.Runner[licreq.ID] {
	return &process.Runner[licreq.ID]{
		Name: "licences of approved requests", Every: m.Every, Log: m.Log,
		Waiting: func(ctx context.Context, limit int) ([]licreq.ID, uint64, error) {
			return views.LicensesToGive(ctx, m.Projector, limit)
		},
		Moved: func(ctx context.Context, asOf uint64) error {
			return m.Projector.Await(ctx, views.LicenseRequestsView.Name, asOf+1)
		},
		Do: func(ctx context.Context, id licreq.ID) error {
			_, err := m.Requests.Fulfil(ctx, id)
			return err
		},
	}
}

func (m *Manager) expiring() *process.Runner[licreq.ID] {
	return &process.Runner[licreq.ID]{
		Name: "licence requests whose time is over", Every: m.Every, Log: m.Log,
		Waiting: func(ctx context.Context, limit int) ([]licreq.ID, uint64, error) {
			return views.LicenseRequestsToExpire(ctx, m.Projector, m.Now(), limit)
		},
		Do: func(ctx context.Context, id licreq.ID) error {
			_, err := m.Requests.Expire(ctx, id)
			return err
		},
	}
}

func (m *Manager) claiming() *process.Runner[claim.ID] {
	return &process.Runner[claim.ID]{
		Name: "claims that were cut off", Every: m.Every, Log: m.Log,
		Waiting: func(ctx context.Context, limit int) ([]claim.ID, uint64, error) {
			return views.ClaimsToFinish(ctx, m.Projector, m.Now().Add(-m.Grace), limit)
		},
		Do: func(ctx context.Context, id claim.ID) error {
			_, err := m.Claims.Finish(ctx, id)
			return err
		},
	}
}
