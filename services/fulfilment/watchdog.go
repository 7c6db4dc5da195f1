package fulfilment

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"kassa/commands"
	"kassa/projections/views"
)

// Watchdog finishes what nobody else did: whoever takes a person's command
// drives it on at once, so what has waited for Grace was left by a crash, or by
// a gateway that did not answer.
type Watchdog struct {
	*Manager
	Waiting func(ctx context.Context, before time.Time, limit int) (views.Backlog, error)
	Grace   time.Duration // how long a step may take before it counts as left behind
	Every   time.Duration // how often to look
	Now     func() time.Time
	Log     *slog.Logger
}

// round bounds the work of one look, so that a long backlog does not starve
// what comes after it.
const round = 100

// Run looks after unfinished work until ctx ends. The view it reads is fed by
// the published facts; being a little old, it may name what is done by now,
// which is then not done again.
func (w *Watchdog) Run(ctx context.Context) error {
	tick := time.NewTicker(w.Every)
	defer tick.Stop()
	for {
		if err := w.sweep(ctx); err != nil && ctx.Err() == nil {
			w.Log.WarnContext(ctx, "unfinished work stays unfinished for now", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// sweep drives everything that has waited too long; one failure does not keep
// the others waiting.
func (w *Watchdog) sweep(ctx context.Context) error {
	backlog, err := w.Waiting(ctx, w.Now().Add(-w.Grace), round)
	if err != nil {
		return err
	}
	var errs []error
	for _, id := range backlog.Purchases {
		_, err := w.Pump(ctx, id)
		errs = append(errs, err)
	}
	for _, id := range backlog.Subscriptions {
		_, err := w.Subscriptions.Settle(ctx, id)
		errs = append(errs, err)
	}
	for _, s := range backlog.Seats {
		_, err := w.Licenses.Finish(ctx, commands.AssignLicense{Subscription: s.Subscription, Person: s.Person})
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
