package fulfilment

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"kassa/commands"
	"kassa/domain"
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

	tries tries
}

// tries is what failed, and how long each waits before it is tried again.
type tries struct {
	purchases     patience[domain.PurchaseID]
	subscriptions patience[domain.SubscriptionID]
	seats         patience[views.Seat]
}

// round bounds the work of one look, so that a long backlog does not starve
// what comes after it.
const round = 100

// hangs is how long one try may take. What it began goes on at the next.
const hangs = 30 * time.Second

// Run looks after unfinished work until ctx ends. The view it reads is fed by
// the published facts; being a little old, it may name what is done by now,
// which is then not done again.
func (w *Watchdog) Run(ctx context.Context) error {
	w.tries = tries{patience[domain.PurchaseID]{}, patience[domain.SubscriptionID]{}, patience[views.Seat]{}}
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

// sweep drives on what has waited too long and is due. It looks past what keeps
// failing, of which there may be more than a round.
func (w *Watchdog) sweep(ctx context.Context) error {
	failing := max(len(w.tries.purchases), len(w.tries.subscriptions), len(w.tries.seats))
	backlog, err := w.Waiting(ctx, w.Now().Add(-w.Grace), round+failing)
	if err != nil {
		return err
	}
	pump := func(ctx context.Context, id domain.PurchaseID) error {
		_, err := w.Pump(ctx, id)
		return err
	}
	settle := func(ctx context.Context, id domain.SubscriptionID) error {
		_, err := w.Subscriptions.Settle(ctx, id)
		return err
	}
	finish := func(ctx context.Context, s views.Seat) error {
		_, err := w.Licenses.Finish(ctx, commands.AssignLicense{Subscription: s.Subscription, Person: s.Person})
		return err
	}
	return errors.Join(
		try(ctx, w, w.tries.purchases, backlog.Purchases, pump),
		try(ctx, w, w.tries.subscriptions, backlog.Subscriptions, settle),
		try(ctx, w, w.tries.seats, backlog.Seats, finish),
	)
}

// try does what is due: one failure, or one call that hangs, does not keep the
// others waiting for long.
func try[K comparable](ctx context.Context, w *Watchdog, p patience[K], waiting []K, do func(context.Context, K) error) error {
	var errs []error
	for _, k := range p.due(waiting, w.Now(), round) {
		one, cancel := context.WithTimeout(ctx, hangs)
		err := do(one, k)
		cancel()
		p.tried(k, err, w.Now(), w.Every)
		if err != nil {
			errs = append(errs, fmt.Errorf("%v: %w", k, err))
		}
	}
	return errors.Join(errs...)
}
