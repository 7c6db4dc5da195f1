package fulfilment

import (
	"context"
	"log/slog"
	"time"

	"kassa/domain"
	"kassa/projections"
	"kassa/projections/views"
	"kassa/services/process"
)

// Followers let licences follow their subscription: they are suspended when it
// is disabled, restored when it is reactivated, and end with it. Every field is
// required.
type Followers struct {
	Projector *projections.Projector
	Licenses  interface {
		Follow(ctx context.Context, id domain.SubscriptionID) error
	}
	Every time.Duration // how often to look at the latest
	Log   *slog.Logger
}

// Run works until ctx ends.
func (f *Followers) Run(ctx context.Context) error {
	return (&process.Runner[domain.SubscriptionID]{
		Name: "licences follow their subscription", Do: f.Licenses.Follow, Every: f.Every, Log: f.Log,
		Waiting: func(ctx context.Context, limit int) ([]domain.SubscriptionID, uint64, error) {
			return views.AccessDiffers(ctx, f.Projector, limit)
		},
		Moved: func(ctx context.Context, asOf uint64) error {
			return f.Projector.Await(ctx, views.AccessView.Name, asOf+1)
		},
	}).Run(ctx)
}
