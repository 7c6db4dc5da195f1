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

	mu    sync.Mutex // guards what follows
	live  *generation
	state State
	err   error
	moved chan struct{} // closed and replaced whenever any of this changes
}

func newView(p Projection, g *generation) *view {
	return &view{Projection: p, live: g, state: Following, moved: make(chan struct{})}
}

// look is what the view stands at, and a channel closed when that changes.
func (v *view) look() (*generation, State, error, <-chan struct{}) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.live, v.state, v.err, v.moved
}

// at is where the live rows are.
func (v *view) at() *standing {
	g, _, _, _ := v.look()
	return g.at.Load()
}

func (v *view) halted() bool {
	_, s, _, _ := v.look()
	return s == Halted
}

func (v *view) set(g *generation, s State, err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.live, v.state, v.err = g, s, err
	close(v.moved)
	v.moved = make(chan struct{})
}

func (v *view) halt(why error) {
	g, _, _, _ := v.look()
	v.set(g, Halted, why)
}

// deliver applies what continues the view. gap means that facts are missing
// between the view and the delivery.
func (v *view) deliver(batch []*entry) (gap bool, err error) {
	v.work.Lock()
	defer v.work.Unlock()
	g, state, _, _ := v.look()
	if state == Halted {
		return false, nil
	}
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
		g, state, why, moved := v.look()
		if state == Halted {
			return ErrHalted.Because(why)
		}
		if g.at.Load().position >= position {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ErrBehind.Because(context.Cause(ctx))
		}
	}
}

// read runs f on a snapshot of the live generation, whichever that is by then.
func (v *view) read(ctx context.Context, f func(*sql.Tx) error) (uint64, error) {
	for {
		g, state, why, _ := v.look()
		if state == Halted {
			return 0, ErrHalted.Because(why)
		}
		asOf, err := g.read(ctx, f)
		if now, _, _, _ := v.look(); now == g || !errors.Is(err, errClosed) {
			return asOf, err
		}
	}
}
