// Package clock tells business time: the real one, or in a demonstration one
// that runs faster, so that a person can watch a year go by. It must never be
// what a token's lifetime, a timeout or the order of facts depends on.
package clock

import (
	"context"
	"math"
	"sync"
	"time"
)

// Clock is safe for concurrent use. The zero Clock tells real time.
type Clock struct {
	mu      sync.Mutex
	speed   Speed         // 0: this is the real clock
	now     time.Time     // what it said at real
	real    time.Time     // when it was last looked at
	changed chan struct{} // closed when the speed changes
}

// From returns a clock that goes on from an instant, or from real time where
// that is later, at the speed of real time. It runs independently of what is
// done to the computer's own clock.
func From(last time.Time) *Clock {
	real := time.Now()
	now := real.Round(0).UTC()
	if last.After(now) {
		now = last
	}
	return &Clock{speed: 1, now: now, real: real, changed: make(chan struct{})}
}

// Now is the business time. Unless it is the real one it never goes back.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.tell()
}

func (c *Clock) tell() time.Time {
	if c.speed == 0 {
		return time.Now()
	}
	real := time.Now()
	// Not as a Duration: that ends after 292 years.
	seconds, rest := math.Modf(real.Sub(c.real).Seconds() * float64(c.speed))
	c.now = time.Unix(c.now.Unix()+int64(seconds), int64(c.now.Nanosecond())+int64(rest*1e9)).UTC()
	c.real = real
	return c.now
}

// Run makes the clock, which must not be the real one, go at another speed from
// now on.
func (c *Clock) Run(speed Speed) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tell()
	c.speed = speed
	close(c.changed)
	c.changed = make(chan struct{})
}

// Speed is how fast the clock goes; 0 says that it is the real one.
func (c *Clock) Speed() Speed {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.speed
}

// glance bounds how long Wait relies on a timer: a real clock may be set, and a
// computer may sleep.
const glance = time.Minute

// Wait returns once it is so late, or with ctx.
func (c *Clock) Wait(ctx context.Context, until time.Time) error {
	for {
		left, changed := c.left(until)
		if left <= 0 {
			return nil
		}
		select {
		case <-time.After(min(left, glance)):
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// left is how much real time it takes until then, if nobody calls Run.
func (c *Clock) left(until time.Time) (time.Duration, <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	left := float64(until.Sub(c.tell())) / float64(max(c.speed, 1))
	if left > 0 {
		left = max(left, 1)
	}
	return time.Duration(left), c.changed
}
