package main

import (
	"sync"

	"github.com/google/uuid"
)

// deed is an intent and what its sender knows of it.
type deed struct {
	Intent   intent
	Command  uuid.UUID
	Tries    int      // how often it was sent until it was answered or given up
	Answer   *answer  // the first complete one; nil: none ever came
	Repeats  []answer // of sending it again after that
	Troubles []string // answers that nobody may get
}

// journal is what people remember. It outlives every Kassa.
type journal struct {
	mu    sync.Mutex
	deeds []*deed
}

func (j *journal) open(i intent) *deed {
	j.mu.Lock()
	defer j.mu.Unlock()
	d := &deed{Intent: i, Command: i.command()}
	j.deeds = append(j.deeds, d)
	return d
}

// note changes what is remembered of a deed.
func (j *journal) note(change func()) {
	j.mu.Lock()
	defer j.mu.Unlock()
	change()
}

// repeatable returns what left facts and may therefore be asked again at any
// time, for the same answer; by one person, or by all if that is "".
func (j *journal) repeatable(mail string) []*deed {
	j.mu.Lock()
	defer j.mu.Unlock()
	var some []*deed
	for _, d := range j.deeds {
		if d.Answer != nil && d.Answer.trail(d.Intent.kind) != nil && (mail == "" || d.Intent.by.Mail == mail) {
			some = append(some, d)
		}
	}
	return some
}

// acknowledged counts the answers so far.
func (j *journal) acknowledged() (n int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, d := range j.deeds {
		if d.Answer != nil {
			n++
		}
	}
	return n
}

// all returns a copy, for when everybody has gone home.
func (j *journal) all() []deed {
	j.mu.Lock()
	defer j.mu.Unlock()
	out := make([]deed, len(j.deeds))
	for i, d := range j.deeds {
		out[i] = *d
	}
	return out
}
