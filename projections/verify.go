package projections

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
)

// Verify folds the history anew up to where a view is, into a file of its own
// that it removes, and compares every row. The view goes on meanwhile; nothing
// is repaired (see Rebuild).
func (p *Projector) Verify(ctx context.Context, view string, progress func(Progress)) (_ Report, err error) {
	v, err := p.view(view)
	if err != nil {
		return Report{}, err
	}
	if now := v.look(); now.state == Halted {
		return Report{}, ErrHalted.Because(now.why)
	}
	// One at a time: the scratch file has one name, and a rebuild would close the
	// generation that is read here.
	if !v.rebuild.TryLock() {
		return Report{}, ErrRebuilding
	}
	defer v.rebuild.Unlock()
	scratch, err := makeGeneration(ctx, filepath.Join(p.cfg.Dir, v.Name+"-verify.db"), 0, v.Projection, p.cfg.SourceID, syncOff)
	if err != nil {
		return Report{}, fmt.Errorf("verify %s: %w", v.Name, err)
	}
	defer func() { err = errors.Join(err, scratch.close(), removeFile(scratch.path)) }()
	return p.verify(ctx, v, scratch, p.meter(v.Name, progress))
}

func (p *Projector) verify(ctx context.Context, v *view, scratch *generation, m *meter) (Report, error) {
	r := Report{View: v.Name}
	g := v.look().live
	live, err := g.snapshot(ctx)
	if err != nil {
		return r, err
	}
	defer live.close()
	m.Target = live.position
	m.enter(Building)
	if err := p.fold(ctx, scratch, live.gseq, m); err != nil {
		return r, fmt.Errorf("verify %s: %w", v.Name, err)
	}
	m.enter(Comparing)
	if err := compare(ctx, scratch, live, &r); err != nil {
		return r, fmt.Errorf("verify %s: %w", v.Name, err)
	}
	m.enter(Done)
	m.finish(scratch, &r)
	r.Parked = g.at.Load().parked
	return r, nil
}

// Drop removes the files of generations that were swapped out, and returns how
// many.
func (p *Projector) Drop(ctx context.Context, view string) (int, error) {
	v, err := p.view(view)
	if err != nil {
		return 0, err
	}
	active, err := p.registry.active(ctx, v.Name)
	if err != nil {
		return 0, err
	}
	found, err := p.registry.generations(v.Name)
	if err != nil {
		return 0, err
	}
	dropped := 0
	for _, n := range found {
		if n >= active {
			continue
		}
		if err := removeFile(p.registry.path(v.Name, n)); err != nil {
			return dropped, err
		}
		dropped++
	}
	return dropped, nil
}
