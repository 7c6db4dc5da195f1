package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"kassa/commands"
	"kassa/domain/cancelreq"
	"kassa/projections/views"
	"kassa/services/billing"
	"kassa/services/cancellation"
	"kassa/services/centralisation"
	"kassa/services/disputes"
	"kassa/services/fulfilment"
	"kassa/services/leavers"
	"kassa/services/licensing"
	"kassa/services/paymentmethods"
	"kassa/services/process"
	"kassa/services/takeover"
)

const (
	grace       = 3 * time.Second // what a step may take before the watchdog takes it over
	stopTimeout = 10 * time.Second
)

// serve opens a system, says where it is and runs it until ctx ends.
func serve(ctx context.Context, cfg settings, out io.Writer, log *slog.Logger) error {
	s, err := open(ctx, cfg, log)
	if err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	s.announce(out)
	return errors.Join(s.run(ctx), s.close())
}

// run runs every role until ctx ends or one of them fails for good. A relay that
// has halted stops nothing else: commands and queries go on, and /readyz says
// what to do.
func (s *system) run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return s.serveHTTP(ctx) })
	g.Go(func() error { _ = s.relay.Run(ctx); return nil })
	g.Go(func() error { return s.projector.Run(ctx) })
	g.Go(func() error { return s.watchdog().Run(ctx) })
	g.Go(func() error { return s.cancellation.Run(ctx) })
	g.Go(func() error { return s.paidCases().Run(ctx) })
	g.Go(func() error { return s.scheduler.Run(ctx) })
	g.Go(func() error { return s.leavers().Run(ctx) })
	g.Go(func() error { return s.followers().Run(ctx) })
	g.Go(func() error { return s.delegations().Run(ctx) })
	g.Go(func() error { return s.takeover().Run(ctx) })
	g.Go(func() error { return s.licensing().Run(ctx) })
	g.Go(func() error { return s.billing().Run(ctx) })
	g.Go(func() error { return s.disputes().Run(ctx) })
	g.Go(func() error { return s.paymentMethods().Run(ctx) })
	g.Go(func() error { return s.centralisations().Run(ctx) })
	if s.mailer != nil {
		g.Go(func() error { return s.mailer.Run(ctx) })
	}
	g.Go(func() error { return s.seed(ctx) })
	if s.engine != nil {
		g.Go(func() error {
			select {
			case err := <-s.engine.Failed():
				return err
			case <-ctx.Done():
				return nil
			}
		})
	}
	return g.Wait()
}

func (s *system) serveHTTP(ctx context.Context) error {
	server := &http.Server{
		Handler: s.handler, ReadHeaderTimeout: 5 * time.Second, WriteTimeout: time.Minute, IdleTimeout: 2 * time.Minute,
		ErrorLog: slog.NewLogLogger(s.part("http").Handler(), slog.LevelWarn),
	}
	server.RegisterOnShutdown(func() { close(s.stopping) })
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(s.listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	if err := server.Shutdown(last); err != nil {
		return server.Close() // somebody takes too long
	}
	return nil
}

func (s *system) centralisations() *centralisation.Manager {
	return &centralisation.Manager{Projector: s.projector, Steps: s.centralising, Every: time.Second, Log: s.part("centralisations")}
}

func (s *system) leavers() *leavers.Manager {
	return &leavers.Manager{Projector: s.projector, Licenses: s.licenses, Subscriptions: s.subscriptions, Every: time.Second, Log: s.part("leavers")}
}

func (s *system) followers() *fulfilment.Followers {
	return &fulfilment.Followers{Projector: s.projector, Licenses: s.licenses, Every: time.Second, Log: s.part("fulfilment")}
}

func (s *system) takeover() *takeover.Manager {
	return &takeover.Manager{Projector: s.projector, Takeovers: s.takeovers, Subscriptions: s.subscriptions, Every: time.Second, Log: s.part("takeover")}
}

func (s *system) licensing() *licensing.Manager {
	return &licensing.Manager{
		Projector: s.projector, Requests: s.licenseRequests, Claims: s.claims,
		Grace: s.Clock.In(grace), Every: time.Second, Now: s.clock.Now, Log: s.part("licensing"),
	}
}

// seller is whose numbers bills have.
const seller = "KASSA"

func (s *system) billing() *billing.Manager {
	return &billing.Manager{
		Seller: seller, Projector: s.projector, Facts: s.store, Every: time.Second, Log: s.part("billing"),
		Invoices: &commands.Invoices{Log: s.purchases.Log, Seller: seller, Taxes: s.taxes, Now: s.clock.Now},
	}
}

func (s *system) disputes() *disputes.Manager {
	return &disputes.Manager{Books: s.gateway, Subscriptions: s.subscriptions, Every: s.looks(), Log: s.part("disputes")}
}

func (s *system) paymentMethods() *paymentmethods.Manager {
	return &paymentmethods.Manager{Projector: s.projector, Methods: s.methods, Every: time.Second, Now: s.clock.Now, Log: s.part("payment methods")}
}

func (s *system) watchdog() *fulfilment.Watchdog {
	return &fulfilment.Watchdog{
		Manager: s.fulfil, Grace: s.Clock.In(grace), Every: time.Second, Now: s.clock.Now, Log: s.part("fulfilment"),
		Waiting: func(ctx context.Context, before time.Time, limit int) (views.Backlog, error) {
			return views.Waiting(ctx, s.projector, before, limit)
		},
	}
}

func (s *system) newCancellation() *cancellation.Manager {
	return &cancellation.Manager{
		Requests: s.requests, Subscriptions: s.subscriptions, Every: time.Second, Now: s.clock.Now, Log: s.part("cancellation"),
		Waiting: func(ctx context.Context, at time.Time, limit int) ([]cancelreq.ID, uint64, error) {
			return views.WaitingRequests(ctx, s.projector, at, limit)
		},
	}
}

// paidCases opens the support cases that a crash left paid for and not open.
func (s *system) paidCases() *process.Runner[views.UnopenedCase] {
	return &process.Runner[views.UnopenedCase]{
		Name: "support cases", Every: time.Second, Log: s.part("support"),
		Waiting: func(ctx context.Context, limit int) ([]views.UnopenedCase, uint64, error) {
			return views.UnopenedCases(ctx, s.projector, limit)
		},
		Do: func(ctx context.Context, c views.UnopenedCase) error {
			_, err := s.supportCases.Finish(ctx, c.Tenant, c.Case)
			return err
		},
	}
}
