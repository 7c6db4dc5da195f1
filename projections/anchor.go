package projections

import (
	"context"
	"fmt"

	"github.com/google/uuid"
)

func errOtherHistory(rows string, store uuid.UUID) error {
	return fmt.Errorf("its rows come from the history %s and the event store holds %s: connect the right store, or rebuild the view", rows, store)
}

func errNotInHistory(c checkpoint) error {
	return fmt.Errorf("its last fact, %s at position %d, is not in the event store: restore the store it was folded from, or rebuild the view", c.event, c.position)
}

// anchored returns the views whose last fact is in the store where they say. A
// view whose fact is not there was folded from something else, and is halted:
// what would be read after that position has nothing to do with its rows.
func (p *Projector) anchored(ctx context.Context) ([]*view, error) {
	var sound []*view
	found := map[checkpoint]bool{start: true}
	for _, v := range p.views {
		if v.halted() {
			continue
		}
		at := v.at().checkpoint
		ok, asked := found[at]
		if !asked {
			var err error
			if ok, err = p.inHistory(ctx, at); err != nil {
				return nil, err
			}
			found[at] = ok
		}
		if !ok {
			p.halt(ctx, v, errNotInHistory(at))
			continue
		}
		sound = append(sound, v)
	}
	return sound, nil
}

func (p *Projector) inHistory(ctx context.Context, c checkpoint) (bool, error) {
	if c == start {
		return true, nil
	}
	r, found, err := p.cfg.Store.At(ctx, c.position)
	return found && r.ID.String() == c.event, err
}

func (p *Projector) halt(ctx context.Context, v *view, why error) {
	p.cfg.Log.ErrorContext(ctx, "a view is halted", "view", v.Name, "error", why)
	v.halt(why)
}
