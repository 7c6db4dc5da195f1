package scheduler_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	"kassa/projections/views"
	"kassa/services/clock"
	"kassa/services/scheduler"
)

const day = 24 * time.Hour

// plan is a list of what is due and those who advance it, with no domain behind:
// a subscription is the instants of its steps.
type plan struct {
	clock clock.Clock

	mu      sync.Mutex
	steps   map[domain.SubscriptionID][]time.Time
	taken   map[domain.SubscriptionID][]time.Time
	tries   map[domain.SubscriptionID]int
	looks   int
	sorted  []views.Due // what is due next of each; nil: it has changed
	version uint64
	moved   chan struct{}
	stuck   func(domain.SubscriptionID) error // nil: nothing is; a nil error: the step changes nothing
	blind   error
}

func newPlan() *plan {
	return &plan{
		steps: map[domain.SubscriptionID][]time.Time{}, taken: map[domain.SubscriptionID][]time.Time{},
		tries: map[domain.SubscriptionID]int{}, moved: make(chan struct{}),
	}
}

func (p *plan) add(id domain.SubscriptionID, at ...time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.steps[id] = append(p.steps[id], at...)
	p.touch()
}

func (p *plan) touch() {
	p.version, p.sorted = p.version+1, nil
	close(p.moved)
	p.moved = make(chan struct{})
}

func (p *plan) Due(_ context.Context, until time.Time, after views.Due, limit int) (views.Agenda, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.looks++
	if p.blind != nil {
		return views.Agenda{}, p.blind
	}
	if p.sorted == nil {
		for id, steps := range p.steps {
			if len(steps) > 0 {
				p.sorted = append(p.sorted, views.Due{Subscription: id, At: steps[0]})
			}
		}
		slices.SortFunc(p.sorted, order)
	}
	a := views.Agenda{AsOf: p.version}
	begin, _ := slices.BinarySearchFunc(p.sorted, after, func(d, after views.Due) int { return cmp.Or(order(d, after), -1) })
	for _, d := range p.sorted[begin:] {
		if d.At.After(until) || len(a.Due) == limit {
			a.Next = d.At
			break
		}
		a.Due = append(a.Due, d)
	}
	return a, nil
}

func order(a, b views.Due) int {
	return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Subscription, b.Subscription))
}

func (p *plan) Moved(ctx context.Context, asOf uint64) error {
	for {
		p.mu.Lock()
		moved, version := p.moved, p.version
		p.mu.Unlock()
		if version > asOf {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (p *plan) Advance(_ context.Context, id domain.SubscriptionID, due time.Time) (uint64, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tries[id]++
	if p.stuck != nil {
		if err := p.stuck(id); err != errFine {
			return 0, err
		}
	}
	if steps := p.steps[id]; len(steps) > 0 && steps[0].Equal(due) { // once, whoever asks
		p.taken[id] = append(p.taken[id], due)
		p.steps[id] = steps[1:]
		p.touch()
		return p.version, nil
	}
	return 0, nil
}

var errFine = errors.New("nothing is wrong")

func (p *plan) scheduler() *scheduler.Scheduler {
	return &scheduler.Scheduler{
		Due: p.Due, Moved: p.Moved, Advance: p.Advance, Now: p.clock.Now, Wait: p.clock.Wait,
		Parallel: 8, Log: slog.New(slog.DiscardHandler),
	}
}

// during runs schedulers for as long.
func during(t *testing.T, d time.Duration, all ...*scheduler.Scheduler) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	var running sync.WaitGroup
	for _, s := range all {
		running.Go(func() { assert.NoError(t, s.Run(ctx)) })
	}
	running.Wait()
}

func TestStepsAreTakenWhenTheyAreDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, began := newPlan(), time.Now()
		p.add("a", began.Add(3*day), began.Add(33*day))
		p.add("b", began.Add(5*day))
		s := p.scheduler()
		during(t, 4*day, s)
		assert.Len(t, p.taken["a"], 1)
		assert.Empty(t, p.taken["b"])
		assert.Equal(t, began.Add(5*day), s.Status().Next)
		during(t, 30*day, s)
		assert.Equal(t, []time.Time{began.Add(3 * day), began.Add(33 * day)}, p.taken["a"])
		assert.Equal(t, []time.Time{began.Add(5 * day)}, p.taken["b"])
		assert.Less(t, p.looks, 20, "it sleeps while nothing is due")
	})
}

func TestWhatIsDueSoonerWakesTheScheduler(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, began := newPlan(), time.Now()
		p.add("late", began.Add(300*day))
		time.AfterFunc(day, func() { p.add("soon", began.Add(2*day)) })
		during(t, 2*day+time.Second, p.scheduler())
		assert.Len(t, p.taken["soon"], 1)
		assert.Less(t, p.looks, 10)
	})
}

func TestAfterALongStopEachStepComesInItsTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, began := newPlan(), time.Now()
		for i := range 5_000 { // more than one look takes
			id := domain.SubscriptionID(fmt.Sprint(i))
			for month := range 7 {
				p.add(id, began.AddDate(0, month-7, 0).Add(time.Duration(i)*time.Second))
			}
		}
		during(t, time.Minute, p.scheduler(), p.scheduler())
		for id, taken := range p.taken {
			require.Len(t, taken, 7, id)
			assert.True(t, slices.IsSortedFunc(taken, time.Time.Compare), id)
		}
		assert.Len(t, p.taken, 5_000)
	})
}

func TestWhatFailsStarvesNothingAndIsTriedEverMoreSeldom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, began := newPlan(), time.Now()
		mended := began.Add(time.Hour)
		p.stuck = func(id domain.SubscriptionID) error {
			switch {
			case id[0] == 'x' && time.Now().Before(mended):
				return errors.New("the gateway is away")
			case id[0] == 'w' && time.Now().Before(mended): // a refund comes first
				return nil
			}
			return errFine
		}
		for i := range 3_000 {
			p.add(domain.SubscriptionID(fmt.Sprint("x", i)), began.Add(-2*day))
			p.add(domain.SubscriptionID(fmt.Sprint("w", i)), began.Add(-2*day))
		}
		for i := range 100 {
			p.add(domain.SubscriptionID(fmt.Sprint("good", i)), began.Add(-day))
		}
		s := p.scheduler()
		during(t, 10*time.Second, s)
		assert.Len(t, p.taken, 100, "the good ones are done")
		assert.Equal(t, 3_000, s.Status().Failing)
		assert.ErrorContains(t, s.Status().Failure, "the gateway is away")

		clear(p.tries)
		during(t, time.Hour+2*time.Minute, s)
		assert.Len(t, p.taken, 6_100, "soon after nothing is in the way any more")
		assert.InDelta(t, 65, p.tries["x0"], 5, "1, 2, 4 … 32 seconds apart, then once a minute")
		assert.InDelta(t, 65, p.tries["w0"], 5)
		during(t, time.Second, s)
		assert.Zero(t, s.Status().Failing)
		assert.NoError(t, s.Status().Failure)
	})
}

func TestAListThatCannotBeReadIsAskedForAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlan()
		p.add("a", time.Now())
		p.blind = errors.New("the view has stopped")
		s := p.scheduler()
		during(t, time.Minute, s)
		assert.ErrorIs(t, s.Status().Err, p.blind)
		assert.LessOrEqual(t, p.looks, 13)
		p.blind = nil
		during(t, 10*time.Second, s)
		assert.Len(t, p.taken["a"], 1)
		assert.NoError(t, s.Status().Err)
	})
}

func TestAStepThatHangsIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlan()
		p.add("hangs", time.Now())
		p.add("good", time.Now())
		s := p.scheduler()
		s.Parallel = 1
		s.Advance = func(ctx context.Context, id domain.SubscriptionID, due time.Time) (uint64, error) {
			if id == "hangs" {
				<-ctx.Done()
				return 0, ctx.Err()
			}
			return p.Advance(ctx, id, due)
		}
		during(t, 40*time.Second, s)
		assert.Len(t, p.taken["good"], 1)
		assert.ErrorIs(t, s.Status().Failure, context.DeadlineExceeded)
	})
}

func TestAFastClockIsFollowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlan()
		c := clock.From(time.Time{})
		began := c.Now()
		for month := range 12 {
			p.add("a", began.AddDate(0, month, 0))
		}
		s := p.scheduler()
		s.Now, s.Wait = c.Now, c.Wait
		time.AfterFunc(time.Second, func() { c.Run(525_600) })
		during(t, time.Minute, s)
		assert.Len(t, p.taken["a"], 12)
	})
}
