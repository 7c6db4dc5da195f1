// Package scheduler does what only time asks for: it finds the subscriptions
// whose next step is due and has each step taken, as of the instant at which it
// was due. It keeps nothing that a restart would miss. Any number may run, in
// any number of processes: a step is one command, named after the subscription
// and the instant, and whoever comes second changes nothing.
//
// What a step does must never be known here; that is the domain's.
package scheduler

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"kassa/domain"
	"kassa/projections/views"
)

// Scheduler has due steps taken. Every field is required.
type Scheduler struct {
	// Due lists what is due by an instant, after a row of the list before; see
	// views.DueBy.
	Due func(ctx context.Context, until time.Time, after views.Due, limit int) (views.Agenda, error)
	// Moved returns once the list may be another than it was as of a position,
	// or with ctx.
	Moved func(ctx context.Context, asOf uint64) error
	// Advance takes the step that was due at an instant, and says where history
	// stands with what that left. If the step was taken before, or something else
	// must come first, it does nothing, and says zero.
	Advance func(ctx context.Context, id domain.SubscriptionID, due time.Time) (position uint64, err error)

	Now  func() time.Time                                 // business time
	Wait func(ctx context.Context, until time.Time) error // returns when that is so late, or with ctx
	Log  *slog.Logger

	Parallel int // subscriptions at a time

	mu     sync.Mutex
	status Status
}

// Status is how a scheduler fares.
type Status struct {
	Next    time.Time // when something that is not due yet will be; zero: unknown
	Failing int       // steps that could not be taken and are tried again
	Failure error     // of one of them
	Err     error     // why what is due cannot be found out
}

// Status says how s fares.
func (s *Scheduler) Status() Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.status
}

const (
	blind  = 5 * time.Second        // until the list is asked for again that could not be read
	settle = 100 * time.Millisecond // for facts to gather before the list is read anew
)

// Run takes steps until ctx ends. In between it sleeps until the next one is
// due, the list changes, or what failed is to be tried again.
func (s *Scheduler) Run(ctx context.Context) error {
	tried := attempts{of: map[domain.SubscriptionID]attempt{}}
	for after := (views.Due{}); ctx.Err() == nil; {
		found, err := s.look(ctx, after, &tried)
		s.report(ctx, found, err)
		switch {
		case err != nil:
			pause(ctx, blind)
		case found.more:
			after = found.after
		default:
			s.sleep(ctx, found)
			after = views.Due{}
		}
	}
	return nil
}

// report tells of what goes wrong when it begins to, and of each look at which
// steps failed.
func (s *Scheduler) report(ctx context.Context, l look, err error) {
	s.mu.Lock()
	before := s.status
	s.status = Status{Next: l.next, Failing: l.failing, Failure: l.failure}
	if err != nil {
		s.status = before
		s.status.Err = err
	}
	s.mu.Unlock()
	switch {
	case ctx.Err() != nil:
	case err != nil && before.Err == nil:
		s.Log.WarnContext(ctx, "what is due cannot be found out for now", "error", err)
	case l.failed > 0:
		s.Log.WarnContext(ctx, "steps could not be taken and are tried again", "failed", l.failed, "waiting", l.failing, "error", l.failure)
	}
}

func (s *Scheduler) sleep(ctx context.Context, l look) {
	ctx, wake := context.WithCancel(ctx)
	var reasons sync.WaitGroup
	reasons.Go(func() {
		defer wake()
		_ = s.Moved(ctx, l.asOf) // if it cannot tell, the next look says why
		pause(ctx, settle)
	})
	if !l.next.IsZero() {
		reasons.Go(func() {
			defer wake()
			_ = s.Wait(ctx, l.next)
		})
	}
	if l.retry > 0 {
		reasons.Go(func() {
			defer wake()
			pause(ctx, l.retry)
		})
	}
	reasons.Wait()
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}
