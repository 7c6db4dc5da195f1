// Package billing has bills written: it gives numbers to those that have none,
// and brings each to what its subscription's facts say. It keeps nothing; how
// far it has come is in a view. A number is given only by whoever knows the last
// one, so there are no gaps, however many work here and wherever they are killed.
//
// What a bill says must never be decided here; that is the command's.
package billing

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"kassa/commands"
	"kassa/domain/invoice"
	"kassa/projections"
	"kassa/projections/views"
	"kassa/services/process"
)

// invoices is the command that billing issues.
type invoices interface {
	Number(ctx context.Context, at commands.Register, bills []invoice.Entry) error
	Follow(ctx context.Context, b commands.Bill) (commands.Outcome[invoice.State], error)
}

// facts say how far history has come.
type facts interface {
	Head(ctx context.Context) (uint64, error)
}

// Manager writes bills. Every field is required.
type Manager struct {
	Seller    string // whose numbers the bills have
	Invoices  invoices
	Projector *projections.Projector
	Facts     facts
	Every     time.Duration // how often to look at the latest
	Log       *slog.Logger
}

const (
	batch    = 500 // numbers given by one fact
	parallel = 16  // bills written at a time
)

// year is whose bills are numbered. There is one thing to do, however many wait.
type year int

// Run writes bills until ctx ends.
func (m *Manager) Run(ctx context.Context) error {
	numbers := &process.Runner[year]{
		Name: "number bills", Waiting: m.years, Moved: m.moved, Do: m.number, Every: m.Every, Log: m.Log,
	}
	bills := &process.Runner[views.Behind]{
		Name: "write bills", Waiting: m.view().Behind, Moved: m.moved, Do: m.follow, Every: m.Every, Parallel: parallel, Log: m.Log,
	}
	var g errgroup.Group
	g.Go(func() error { return numbers.Run(ctx) })
	g.Go(func() error { return bills.Run(ctx) })
	return g.Wait()
}

func (m *Manager) view() views.Billing { return views.NewBilling(m.Projector) }

// moved waits until the view shows more, and then for all there is: what was just
// written is not taken up again.
func (m *Manager) moved(ctx context.Context, asOf uint64) error {
	if err := m.Projector.Await(ctx, views.BillingView.Name, asOf+1); err != nil {
		return err
	}
	head, err := m.Facts.Head(ctx)
	if err != nil {
		return err
	}
	return m.Projector.Await(ctx, views.BillingView.Name, head)
}

func (m *Manager) years(ctx context.Context, _ int) ([]year, uint64, error) {
	u, asOf, err := m.view().Unnumbered(ctx, m.Seller, 1)
	if err != nil || len(u.Bills) == 0 {
		return nil, asOf, err
	}
	return []year{year(u.Year)}, asOf, nil
}

// number numbers what waits now. Whoever was overtaken looks again.
func (m *Manager) number(ctx context.Context, _ year) error {
	u, _, err := m.view().Unnumbered(ctx, m.Seller, batch)
	if err != nil || len(u.Bills) == 0 {
		return err
	}
	err = m.Invoices.Number(ctx, commands.Register{Year: u.Year, Revision: u.Revision, Last: u.Last}, u.Bills)
	if errors.Is(err, commands.ErrStale) {
		return nil
	}
	return err
}

func (m *Manager) follow(ctx context.Context, b views.Behind) error {
	_, err := m.Invoices.Follow(ctx, commands.Bill{Entry: b.Entry, Number: invoice.Number(m.Seller, b.Year, b.Number), Begun: b.Begun})
	return err
}
