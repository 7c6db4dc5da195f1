package scheduler

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"kassa/projections/views"
)

const (
	page  = 500              // rows asked for at a time
	round = 2_000            // steps after which a look ends, for the report
	hangs = 30 * time.Second // how long one step may take; what it began goes on at the next try
)

// look is what a look at the list came to.
type look struct {
	after   views.Due     // the last row seen
	asOf    uint64        // a list after this one shows something else
	next    time.Time     // when something that is not due yet will be; zero: unknown
	more    bool          // it ended before the list did; the next goes on from there
	retry   time.Duration // until the first step that came to nothing is tried again; zero: there is none
	failing int           // steps that wait for that after an error
	failed  int           // of them in this look
	failure error         // of one of them
}

// look goes on through what is due, the longest overdue first, and takes each
// step that did not come to nothing a moment ago; so what fails keeps nothing
// else waiting. The list has one step of each subscription, and the next only
// once that one is taken: they come in their order, however many are late.
func (s *Scheduler) look(ctx context.Context, after views.Due, tried *attempts) (look, error) {
	l, begun, now := look{after: after, more: true}, 0, s.Now()
	if after.At.IsZero() {
		tried.begin()
	}
	var work errgroup.Group
	work.SetLimit(s.Parallel)
	defer work.Wait() // where the list fails on the way
	for l.more && begun < round {
		agenda, err := s.Due(ctx, now, l.after, page)
		if err != nil {
			return look{}, fmt.Errorf("list what is due: %w", err)
		}
		for _, d := range agenda.Due {
			l.after = d
			if tried.may(d) {
				begun++
				work.Go(func() error { s.take(ctx, d, tried); return nil })
			}
		}
		l.asOf, l.next, l.more = agenda.AsOf, agenda.Next, len(agenda.Due) == page
	}
	_ = work.Wait() // nobody returns an error: each is remembered with its step
	tried.end(&l)
	return l, nil
}

func (s *Scheduler) take(ctx context.Context, d views.Due, tried *attempts) {
	one, cancel := context.WithTimeout(ctx, hangs)
	defer cancel()
	position, err := s.Advance(one, d.Subscription, d.At)
	if err != nil {
		err = fmt.Errorf("subscription %s as of %s: %w", d.Subscription, d.At.Format(time.RFC3339), err)
	}
	tried.ended(d, position, err)
}
