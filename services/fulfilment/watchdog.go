package fulfilment

import (
	"context"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"kassa/commands"
	"kassa/domain"
	"kassa/projections/views"
	"kassa/services/process"
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

// Run looks after unfinished work until ctx ends. The view it reads is fed by
// the published facts; being a little old, it may name what is done by now,
// which is then not done again.
func (w *Watchdog) Run(ctx context.Context) error {
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
	purchases := watch(w, "purchases", func(b views.Backlog) []domain.PurchaseID { return b.Purchases }, pump)
	payments := watch(w, "payments", func(b views.Backlog) []domain.SubscriptionID { return b.Subscriptions }, settle)
	seats := watch(w, "seats", func(b views.Backlog) []views.Seat { return b.Seats }, finish)
	var g errgroup.Group
	g.Go(func() error { return purchases.Run(ctx) })
	g.Go(func() error { return payments.Run(ctx) })
	g.Go(func() error { return seats.Run(ctx) })
	return g.Wait()
}

// watch is the process over one part of the backlog. It looks Every so often:
// what waits is what nothing happens to.
func watch[K comparable](w *Watchdog, name string, part func(views.Backlog) []K, do func(context.Context, K) error) *process.Runner[K] {
	return &process.Runner[K]{
		Name: name, Do: do, Every: w.Every, Log: w.Log,
		Waiting: func(ctx context.Context, limit int) ([]K, uint64, error) {
			b, err := w.Waiting(ctx, w.Now().Add(-w.Grace), limit)
			return part(b), 0, err
		},
	}
}
