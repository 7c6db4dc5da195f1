package projections

import (
	"context"
	"database/sql"
	"errors"
	"sync"

	"kassa/domain"
)

// Refusals of the read side.
var (
	// ErrBehind: the view did not reach the position in time.
	ErrBehind = &domain.Error{Kind: domain.Unavailable, Code: "view_behind", Message: "The list has not caught up with your last change yet. Retry in a moment."}
	// ErrHalted: the view cannot be trusted; the cause says why.
	ErrHalted = &domain.Error{Kind: domain.Unavailable, Code: "view_halted", Message: "This view has stopped and must be rebuilt. Ask the operator to run kassa views rebuild."}
	// ErrUnknownView: no view has that name.
	ErrUnknownView = &domain.Error{Kind: domain.NotFound, Code: "unknown_view", Message: "There is no view of that name. List them with kassa views list."}
	// ErrRebuilding: one rebuild of a view at a time.
	ErrRebuilding = &domain.Error{Kind: domain.Conflict, Code: "view_rebuilding", Message: "This view is being rebuilt already. Wait until that has finished."}
	// ErrMoreParked: the rebuilt rows lack more than the live ones; nothing was swapped.
	ErrMoreParked = &domain.Error{Kind: domain.Conflict, Code: "rebuild_parked", Message: "The rebuilt view could not apply facts that the live one has applied, so the live one was kept. See the log, correct the program and rebuild again."}
)

// State is how a view fares.
type State string

// States of a view.
const (
	Following State = "following" // applies facts as they come
	Standby   State = "standby"   // another projector was faster; this one goes on when it stops
	Failing   State = "failing"   // the disk refuses; tried again with every delivery
	Halted    State = "halted"    // not trusted any more; only a rebuild helps
)

// view is a projection at work: one live generation and whoever waits for it.
type view struct {
	Projection
	work    sync.Mutex // held while rows change: a batch, a retry, a swap
	rebuild sync.Mutex // held by the one rebuild there may be
	past    sync.Mutex // held by the one look at the past

	mu  sync.Mutex // guards now
	now face
}

// face is what a view shows of itself at one moment.
type face struct {
	live  *generation
	state State
	why   error         // it is failing or halted
	moved chan struct{} // closed and replaced whenever any of this changes
}

func newView(p Projection, g *generation) *view {
	return &view{Projection: p, now: face{live: g, state: Following, moved: make(chan struct{})}}
}

func (v *view) look() face {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.now
}

// at is where the live rows are.
func (v *view) at() *standing {
	return v.look().live.at.Load()
}

func (v *view) halted() bool {
	return v.look().state == Halted
}

func (v *view) set(g *generation, s State, err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	close(v.now.moved)
	v.now = face{live: g, state: s, why: err, moved: make(chan struct{})}
}

func (v *view) halt(why error) {
	v.set(v.look().live, Halted, why)
}

// deliver applies what continues the view. gap means that facts are missing
// between the view and the delivery.
func (v *view) deliver(batch []*entry) (gap bool, err error) {
	v.work.Lock()
	defer v.work.Unlock()
	if v.halted() {
		return false, nil
	}
	g := v.look().live
	run, gap := follows(g.at.Load().checkpoint, batch)
	if len(run) == 0 {
		return gap, nil
	}
	switch err := g.apply(run); {
	case errors.Is(err, errLost):
		v.set(g, Standby, nil)
		return false, nil
	case err != nil:
		v.set(g, Failing, err)
		return false, err
	}
	v.set(g, Following, nil)
	return gap, nil
}

// await returns once the rows include the fact at position.
func (v *view) await(ctx context.Context, position uint64) error {
	for {
		now := v.look()
		if now.state == Halted {
			return ErrHalted.Because(now.why)
		}
		if now.live.at.Load().position >= position {
			return nil
		}
		select {
		case <-now.moved:
		case <-ctx.Done():
			return ErrBehind.Because(context.Cause(ctx))
		}
	}
}

// read runs f on a snapshot of the live generation, whichever that is by then.
func (v *view) read(ctx context.Context, f func(*sql.Tx) error) (uint64, error) {
	for {
		now := v.look()
		if now.state == Halted {
			return 0, ErrHalted.Because(now.why)
		}
		asOf, err := now.live.read(ctx, f)
		if v.look().live == now.live || !errors.Is(err, errClosed) {
			return asOf, err
		}
	}
}
