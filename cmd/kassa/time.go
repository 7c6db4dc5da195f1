package main

import (
	"context"
	"fmt"
	"time"

	"kassa/projections/views"
	v1 "kassa/services/api/v1"
	"kassa/services/clock"
	"kassa/services/scheduler"
)

// openClock starts business time. A demonstration may have run ahead of real
// time, and goes on from there; it goes faster once it is loaded.
func (s *system) openClock(ctx context.Context) error {
	switch {
	case !s.Begin.IsZero():
		s.clock = clock.From(s.Begin)
		return nil
	case !s.Demo:
		s.clock = new(clock.Clock)
		return nil
	}
	last, err := clock.Latest(ctx, s.store)
	s.clock = clock.From(last)
	return err
}

func (s *system) clockPart() v1.Part {
	p := v1.Part{Name: "clock", Ready: true, Detail: "real time"}
	if s.clock.Speed() != 0 {
		p.Detail = fmt.Sprintf("%s, as simulated at %s", s.clock.Now().Format(time.RFC3339), s.clock.Speed())
	}
	return p
}

func (s *system) newScheduler() *scheduler.Scheduler {
	return &scheduler.Scheduler{
		Due: func(ctx context.Context, until time.Time, after views.Due, limit int) (views.Agenda, error) {
			return views.DueBy(ctx, s.projector, until, after, limit)
		},
		Moved: func(ctx context.Context, asOf uint64) error {
			return s.projector.Await(ctx, views.DueView.Name, asOf+1)
		},
		Advance: scheduler.Steps(s.subscriptions), Now: s.clock.Now, Wait: s.clock.Wait, Parallel: 32, Log: s.part("scheduler"),
	}
}

// schedulerPart is ready although single steps fail: the gateway may be away.
func (s *system) schedulerPart() v1.Part {
	st := s.scheduler.Status()
	p := v1.Part{Name: "scheduler", Ready: true, Detail: "nothing is due"}
	switch {
	case st.Err != nil:
		p.Ready, p.Detail = false, st.Err.Error()
	case st.Failing > 0:
		p.Detail = fmt.Sprintf("%d steps are tried again: %v", st.Failing, st.Failure)
	case !st.Next.IsZero():
		p.Detail = "the next step is due at " + st.Next.Format(time.RFC3339)
	}
	return p
}
