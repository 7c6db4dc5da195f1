package scheduler

import (
	"sync"
	"time"

	"kassa/domain"
	"kassa/projections/views"
)

// How long a step that was tried is left alone: at first, and at most. That is
// real time, however fast business time runs: stores and gateways recover in it.
const (
	shortest = time.Second
	longest  = time.Minute
)

// attempts remembers which step of a subscription was tried last, and waits
// twice as long before each next try of the same. A step that was taken is
// among them, too: the list may show it for a moment longer, or for long, where
// it has to wait for something else.
type attempts struct {
	mu   sync.Mutex
	of   map[domain.SubscriptionID]attempt
	look int // the number of the present look
}

type attempt struct {
	due    time.Time     // which step
	wait   time.Duration // before the next try
	until  time.Time     // that wait ends; zero: it is being tried
	err    error
	listed int // the last look at which it was still due
	made   int // the look at which it was tried
}

func (a *attempts) begin() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.look++
}

// may says whether a step is to be taken now.
func (a *attempts) may(d views.Due) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	last, known := a.of[d.Subscription]
	if !known || !last.due.Equal(d.At) {
		last = attempt{due: d.At}
	}
	last.listed = a.look
	may := !time.Now().Before(last.until)
	if may {
		last.made = a.look
	}
	a.of[d.Subscription] = last
	return may
}

func (a *attempts) ended(d views.Due, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	last := a.of[d.Subscription]
	last.err = err
	last.wait = min(max(2*last.wait, shortest), longest)
	last.until = time.Now().Add(last.wait)
	a.of[d.Subscription] = last
}

// end forgets what is due no longer, as far as the look went, and says of the
// rest how it fares.
func (a *attempts) end(l *look, went time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for id, last := range a.of {
		if last.listed < a.look && (!l.more || last.due.Before(went)) {
			delete(a.of, id)
			continue
		}
		if wait := time.Until(last.until); l.retry == 0 || wait < l.retry {
			l.retry = max(wait, time.Millisecond)
		}
		if last.err != nil {
			l.failing++
			l.failure = last.err
			if last.made == a.look {
				l.failed++
			}
		}
	}
}
