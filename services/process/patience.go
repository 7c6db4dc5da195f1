package process

import "time"

// longest is how long what keeps failing waits at most for its next try.
const longest = time.Minute

// patience remembers what failed, and waits twice as long before each next try.
// So what can never be finished leaves room for what can, and everything is
// tried again soon after its obstacle is gone.
type patience[K comparable] map[K]delay

type delay struct {
	wait  time.Duration
	until time.Time
}

// due takes from waiting what is to be tried at that instant, at most limit of
// it, and forgets what waits no longer.
func (p patience[K]) due(waiting []K, at time.Time, limit int) []K {
	still := make(map[K]bool, len(waiting))
	var due []K
	for _, k := range waiting {
		still[k] = true
		if len(due) < limit && !at.Before(p[k].until) {
			due = append(due, k)
		}
	}
	for k := range p {
		if !still[k] {
			delete(p, k)
		}
	}
	return due
}

// tried notes how a try ended; first is how long the first failure waits.
func (p patience[K]) tried(k K, err error, at time.Time, first time.Duration) {
	if err == nil {
		delete(p, k)
		return
	}
	wait := min(max(2*p[k].wait, first), longest)
	p[k] = delay{wait, at.Add(wait)}
}
