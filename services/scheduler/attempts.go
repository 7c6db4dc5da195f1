package scheduler

import (
	"sync"
	"time"

	"kassa/domain"
	"kassa/projections/views"
)

// How long a step that came to nothing is left alone: at first, and at most. That
// is real time, however fast business time runs: stores and gateways recover in it.
const (
	shortest = time.Second
	longest  = time.Minute
)

// attempts remembers the steps that came to nothing, because they failed or have
// to wait for something else, and waits twice as long before each next try of the
// same. What was taken is not kept: it costs no memory how many there are.
type attempts struct {
	mu     sync.Mutex
	of     map[domain.SubscriptionID]attempt
	pass   int    // the number of the present pass through the list
	failed int    // since the last report
	taken  uint64 // position of the last fact that a step of this pass left
}

type attempt struct {
	due    time.Time     // which step
	wait   time.Duration // before the next try
	until  time.Time     // that wait ends
	err    error
	listed int // the last pass in which it was still due
}

func (a *attempts) begin() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.pass++
	a.taken = 0
}

// may says whether a step is to be taken now.
func (a *attempts) may(d views.Due) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	last, known := a.of[d.Subscription]
	if !known || !last.due.Equal(d.At) {
		delete(a.of, d.Subscription)
		return true
	}
	last.listed = a.pass
	a.of[d.Subscription] = last
	return !time.Now().Before(last.until)
}

// ended is told where history stands with what the step left; zero: it left nothing.
func (a *attempts) ended(d views.Due, position uint64, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.taken = max(a.taken, position)
	if err == nil && position != 0 {
		delete(a.of, d.Subscription)
		return
	}
	if err != nil {
		a.failed++
	}
	wait := min(max(2*a.of[d.Subscription].wait, shortest), longest)
	a.of[d.Subscription] = attempt{due: d.At, wait: wait, until: time.Now().Add(wait), err: err, listed: a.pass}
}

// end says how the rest fares and, at the end of a pass, forgets what is due no
// longer.
func (a *attempts) end(l *look) {
	a.mu.Lock()
	defer a.mu.Unlock()
	l.failed, a.failed = a.failed, 0
	if a.taken > l.asOf { // a list that does not show it would be gone through in vain
		l.asOf = a.taken - 1
	}
	for id, last := range a.of {
		if !l.more && last.listed < a.pass {
			delete(a.of, id)
			continue
		}
		if wait := time.Until(last.until); l.retry == 0 || wait < l.retry {
			l.retry = max(wait, time.Millisecond)
		}
		if last.err != nil {
			l.failing++
			l.failure = last.err
		}
	}
}
