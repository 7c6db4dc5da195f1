package projections

import (
	"context"
	"errors"
	"fmt"
	"math"

	"golang.org/x/sync/errgroup"
)

// Rebuild folds a view's whole history into a new generation beside the live
// one, compares the two at the same position, and swaps them in one step.
// Readers notice nothing but a newer position. Interrupted, it goes on where it
// was when called again; the live generation is untouched until the swap, and
// its file stays until Drop.
//
// A difference is reported, and the rebuilt rows win: they are what history
// says. Rows that lack more than the live ones do not win (ErrMoreParked).
func (p *Projector) Rebuild(ctx context.Context, view string, progress func(Progress)) (Report, error) {
	v, err := p.view(view)
	if err != nil {
		return Report{}, err
	}
	return p.raise(ctx, v, progress)
}

func (p *Projector) raise(ctx context.Context, v *view, progress func(Progress)) (Report, error) {
	if !v.rebuild.TryLock() {
		return Report{}, ErrRebuilding
	}
	defer v.rebuild.Unlock()
	m := p.meter(v.Name, progress)
	g, err := p.begin(ctx, v.Projection)
	if err != nil {
		return Report{}, fmt.Errorf("rebuild %s: %w", v.Name, err)
	}
	r, err := p.build(ctx, v, g, m)
	if err != nil {
		return r, errors.Join(fmt.Errorf("rebuild %s: %w", v.Name, err), g.close())
	}
	return r, nil
}

// build is the way of a new generation from its checkpoint to the people.
func (p *Projector) build(ctx context.Context, v *view, g *generation, m *meter) (Report, error) {
	if err := p.bulk(ctx, g, m); err != nil {
		return Report{}, err
	}
	r := Report{View: v.Name}
	now := v.look()
	old := now.live
	beside := old != nil && now.state != Halted
	if err := p.judge(ctx, v, g, beside, m, &r); err != nil {
		return r, err
	}
	m.enter(Swapping)
	if err := p.swap(ctx, v, g, beside, m); err != nil {
		return r, err
	}
	m.enter(Done)
	m.finish(g, &r)
	r.Generation = g.number
	if old != nil {
		return r, old.close()
	}
	return r, nil
}

// begin resumes the generation that an interrupted rebuild left, if it still
// belongs to this history and this declaration, or makes an empty one.
func (p *Projector) begin(ctx context.Context, d Projection) (*generation, error) {
	n, err := p.registry.next(ctx, d.Name)
	if err != nil {
		return nil, err
	}
	path := p.registry.path(d.Name, n)
	if g, err := openGeneration(ctx, path, n, d); err == nil {
		ok, err := p.inHistory(ctx, g.at.Load().checkpoint)
		if ok && err == nil && g.source == p.cfg.SourceID.String() {
			return g, nil
		}
		if err := errors.Join(err, g.close()); err != nil {
			return nil, err
		}
	}
	return makeGeneration(ctx, path, n, d, p.cfg.SourceID, syncNormal)
}

// bulk folds everything the store has.
func (p *Projector) bulk(ctx context.Context, g *generation, m *meter) error {
	head, err := p.cfg.Store.Head(ctx)
	if err != nil {
		return err
	}
	at := g.at.Load()
	m.from, m.Position, m.Target = at.position, at.position, max(head, at.position)
	m.enter(Building)
	return p.fold(ctx, g, math.MaxUint64, m)
}

// judge compares the new rows with the live ones, where there are any to trust:
// it brings both to the same fact while the live ones go on.
func (p *Projector) judge(ctx context.Context, v *view, g *generation, beside bool, m *meter, r *Report) error {
	if !beside {
		m.enter(Comparing)
		return compare(ctx, g, nil, r)
	}
	m.enter(CatchingUp)
	// The live rows may be behind the store, waiting for the stream. The new ones
	// must not be ahead of them.
	p.catchUp(ctx)
	live, err := v.look().live.snapshot(ctx)
	if err != nil {
		return err
	}
	defer live.close()
	if err := p.fold(ctx, g, live.gseq, m); err != nil {
		return err
	}
	m.enter(Comparing)
	return compare(ctx, g, live, r)
}

// swap brings the new generation to exactly where the live one is, makes it
// durable and shows it. The view stands still meanwhile, which is a few facts.
func (p *Projector) swap(ctx context.Context, v *view, g *generation, beside bool, m *meter) error {
	v.work.Lock()
	defer v.work.Unlock()
	if beside {
		if err := p.meet(ctx, v, g, m); err != nil {
			return err
		}
	}
	if err := g.tx.settle(g.path); err != nil {
		return err
	}
	// Past this point nobody changes their mind: an answer given up on could hide
	// that the row was written.
	if err := p.registry.activate(context.WithoutCancel(ctx), v.Name, g.number); err != nil {
		return err
	}
	v.set(g, Following, nil)
	return nil
}

// meet folds what the live rows have seen since the comparison.
func (p *Projector) meet(ctx context.Context, v *view, g *generation, m *meter) error {
	live := v.at()
	if err := p.fold(ctx, g, live.gseq, m); err != nil {
		return err
	}
	built := g.at.Load()
	if built.checkpoint != live.checkpoint {
		return errEndsBefore(built.gseq, live.gseq)
	}
	if built.parked > live.parked {
		return errors.Join(ErrMoreParked, g.close(), removeFile(g.path))
	}
	return nil
}

// fold reads the store after g's checkpoint up to the fact numbered last, and
// applies it in large batches. The next page is read and decoded meanwhile.
func (p *Projector) fold(ctx context.Context, g *generation, last uint64, m *meter) error {
	from := g.at.Load().checkpoint
	if from.gseq >= last {
		return nil
	}
	work, ctx := errgroup.WithContext(ctx)
	pages := make(chan []*entry, 1)
	work.Go(func() error {
		defer close(pages)
		return p.pages(ctx, from, last, pages)
	})
	work.Go(func() error {
		for page := range pages {
			if err := g.apply(page); err != nil {
				return err
			}
			m.add(len(page), g.at.Load().position)
		}
		return nil
	})
	return work.Wait()
}

func (p *Projector) pages(ctx context.Context, at checkpoint, last uint64, pages chan<- []*entry) error {
	for at.gseq < last {
		want := int(min(last-at.gseq, uint64(p.cfg.Bulk)))
		records, err := p.cfg.Store.ReadAll(ctx, at.position, want)
		if err != nil || len(records) == 0 {
			return err
		}
		page := p.number(at, records)
		at = page[len(page)-1].checkpoint()
		select {
		case pages <- page:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		if len(records) < want {
			return nil
		}
	}
	return nil
}
