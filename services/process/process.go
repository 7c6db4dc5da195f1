// Package process runs process managers: what has to happen in one aggregate
// because of what happened in another. A process is a list of what waits, read
// from a view, and a step that takes one of them as far as it will go. It keeps
// nothing: what to do next is a function of the facts, so any number may run,
// and be killed, anywhere.
//
// The step must be idempotent, because the list is a little older than the
// facts. Business rules must never live here.
package process

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// Runner runs one process. Every field is required unless it says otherwise.
type Runner[K comparable] struct {
	Name string // what it does, for the log: "free the seats of people who left"
	// Waiting lists at most limit of what waits, oldest first, and the position
	// in history that the list is as of.
	Waiting func(ctx context.Context, limit int) (waiting []K, asOf uint64, err error)
	// Moved returns once the list may be another than it was as of a position,
	// or with ctx; nil: nobody can tell, so the list is read Every so often.
	Moved func(ctx context.Context, asOf uint64) error
	// Do takes one as far as it will go. Doing it again changes nothing.
	Do    func(ctx context.Context, k K) error
	Every time.Duration // how often to look at the latest, and the first wait of what failed
	// Parallel is how many are taken at a time; 0: one after the other.
	Parallel int
	Log      *slog.Logger

	mu     sync.Mutex
	status Status
}

// Status is how a process fares.
type Status struct {
	Failing int   // that could not go on and are tried again
	Failure error // why one of them could not; or why the list cannot be read
}

// Status says how r fares.
func (r *Runner[K]) Status() Status {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.status
}

const (
	round  = 100                   // of one look, so that a long list does not starve what comes after it
	hangs  = 30 * time.Second      // how long one step may take; what it began goes on at the next
	settle = 20 * time.Millisecond // for facts to gather before the list is read anew
)

// Run works until ctx ends.
func (r *Runner[K]) Run(ctx context.Context) error {
	tries := patience[K]{}
	for ctx.Err() == nil {
		asOf, err := r.look(ctx, tries)
		r.report(ctx, Status{Failing: len(tries), Failure: err})
		r.sleep(ctx, asOf, err)
	}
	return nil
}

// look takes each step that is due. It looks past what keeps failing, of which
// there may be more than a round; one failure, or one call that hangs, does not
// keep the others waiting for long.
func (r *Runner[K]) look(ctx context.Context, tries patience[K]) (asOf uint64, err error) {
	waiting, asOf, err := r.Waiting(ctx, round+len(tries))
	if err != nil {
		return 0, err
	}
	var mu sync.Mutex
	var errs []error
	var work errgroup.Group
	work.SetLimit(max(1, r.Parallel))
	for _, k := range tries.due(waiting, time.Now(), round) {
		work.Go(func() error {
			one, cancel := context.WithTimeout(ctx, hangs)
			defer cancel()
			err := r.Do(one, k)
			if ctx.Err() != nil {
				return nil // stopped, not failed
			}
			mu.Lock()
			defer mu.Unlock()
			tries.tried(k, err, time.Now(), r.Every)
			if err != nil {
				errs = append(errs, fmt.Errorf("%v: %w", k, err))
			}
			return nil
		})
	}
	_ = work.Wait() // nobody returns an error
	return asOf, errors.Join(errs...)
}

func (r *Runner[K]) report(ctx context.Context, s Status) {
	r.mu.Lock()
	if s.Failure == nil && s.Failing > 0 { // it waits for its next try
		s.Failure = r.status.Failure
	}
	r.status = s
	failed := s.Failure
	r.mu.Unlock()
	if failed != nil && ctx.Err() == nil {
		r.Log.WarnContext(ctx, "unfinished work stays unfinished for now", "process", r.Name, "error", failed)
	}
}

// sleep waits for the list to change, at most Every.
func (r *Runner[K]) sleep(ctx context.Context, asOf uint64, failed error) {
	ctx, cancel := context.WithTimeout(ctx, r.Every)
	defer cancel()
	if r.Moved == nil || failed != nil || r.Moved(ctx, asOf) != nil {
		<-ctx.Done()
		return
	}
	select {
	case <-time.After(settle):
	case <-ctx.Done():
	}
}
