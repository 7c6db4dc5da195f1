// Package paymentmethods sees to what follows from the cards that people pay with
// and from what they decide about them: a card that an order was paid with comes
// on its owner's list (R13), what paid with a card that is gone pays with what took
// its place, what was declined before that is asked for once more (R31), and a
// card expires with its month. It issues commands and keeps nothing, so it may be
// killed and restarted anywhere. It must never choose a card.
package paymentmethods

import (
	"context"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/paymentmethod"
	"kassa/projections"
	"kassa/projections/views"
	"kassa/services/process"
)

// methods are the commands that it issues.
type methods interface {
	Keep(ctx context.Context, c commands.UsedCard) (commands.Outcome[paymentmethod.State], error)
	Move(ctx context.Context, of commands.Payer) (commands.Moved, error)
	Expire(ctx context.Context, e commands.Expiry) (commands.Outcome[paymentmethod.State], error)
}

// Manager sees to cards. Every field is required.
type Manager struct {
	Projector *projections.Projector
	Methods   methods
	Every     time.Duration // how often to look at the latest
	Now       func() time.Time
	Log       *slog.Logger
}

// Run works until ctx ends. Whoever changes their cards through the API has what
// follows done there; here is what a crash left of that.
func (m *Manager) Run(ctx context.Context) error {
	view := views.NewPaymentMethods(m.Projector)
	keep := &process.Runner[views.UnlistedCard]{
		Name: "list cards that were paid with", Waiting: view.Unlisted, Every: m.Every, Log: m.Log,
		Moved: func(ctx context.Context, asOf uint64) error {
			return m.Projector.Await(ctx, views.PaymentMethodsView.Name, asOf+1)
		},
		Do: func(ctx context.Context, c views.UnlistedCard) error {
			_, err := m.Methods.Keep(ctx, commands.UsedCard(c))
			return err
		},
	}
	move := &process.Runner[views.CardOwner]{
		Name: "pay with another card", Waiting: view.Moving, Every: m.Every, Log: m.Log,
		Do: func(ctx context.Context, o views.CardOwner) error {
			_, err := m.Methods.Move(ctx, commands.Payer(o))
			return err
		},
	}
	expire := &process.Runner[views.Expiring]{
		Name: "expire cards", Every: m.Every, Log: m.Log,
		Waiting: func(ctx context.Context, limit int) ([]views.Expiring, uint64, error) {
			return view.Expired(ctx, m.Now(), limit)
		},
		Do: func(ctx context.Context, e views.Expiring) error {
			_, err := m.Methods.Expire(ctx, commands.Expiry{Payer: commands.Payer(e.CardOwner), Method: e.Method, At: e.At})
			return err
		},
	}
	var g errgroup.Group
	g.Go(func() error { return keep.Run(ctx) })
	g.Go(func() error { return move.Run(ctx) })
	g.Go(func() error { return expire.Run(ctx) })
	return g.Wait()
}

// Paid lists what somebody pays for, as of now or later.
func Paid(p *projections.Projector, head func(context.Context) (uint64, error)) func(context.Context, commands.Payer) ([]domain.SubscriptionID, error) {
	return func(ctx context.Context, of commands.Payer) ([]domain.SubscriptionID, error) {
		now, err := head(ctx)
		if err != nil {
			return nil, err
		}
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		if err := p.Await(ctx, views.PaymentMethodsView.Name, now); err != nil {
			return nil, err
		}
		return views.NewPaymentMethods(p).Paid(ctx, of.Tenant, of.Person)
	}
}

// patience is how long the view may take to show what is so now.
const patience = 10 * time.Second
