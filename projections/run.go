package projections

import (
	"context"
	"sync"
	"time"

	"kassa/eventstore/message"
)

// Run follows history until ctx ends. It starts from the store, goes on with
// the stream, and returns to the store for whatever the stream lacks.
func (p *Projector) Run(ctx context.Context) error {
	p.catchUp(ctx)
	ctx, stop := context.WithCancel(ctx)
	f := newFeed(p)
	var reading sync.WaitGroup
	if p.cfg.JetStream != nil {
		reading.Go(func() { f.run(ctx) })
	}
	defer reading.Wait()
	defer stop()
	tick := time.NewTicker(p.cfg.Poll)
	defer tick.Stop()
	for last := p.lowest(p.views); ; {
		select {
		case <-ctx.Done():
			return nil
		case e := <-f.facts:
			p.deliverAll(ctx, f.waiting(e))
		case <-p.wake:
			p.catchUp(ctx)
		case <-tick.C:
			// A stream that has said nothing since the last tick may be idle, gone,
			// or behind the store. Only the store knows.
			at := p.lowest(p.views)
			if (at == last || p.cfg.JetStream == nil) && p.catchUp(ctx) {
				f.restart()
			}
			last = at
		}
	}
}

// Wake tells the projector that the store has something new. Without a stream
// it is what makes views follow at once instead of at the next poll.
func (p *Projector) Wake() {
	select {
	case p.wake <- struct{}{}:
	default: // it is about to look anyway
	}
}

// Deliver applies published facts to every view. They may come in any order and
// any number of times: what a view has is dropped, what it misses is read from
// the store. Run does this with what the stream says.
func (p *Projector) Deliver(ctx context.Context, facts ...message.Numbered) {
	batch := make([]*entry, len(facts))
	for i, n := range facts {
		batch[i] = p.entry(n)
	}
	p.deliverAll(ctx, batch)
}

func (p *Projector) deliverAll(ctx context.Context, batch []*entry) {
	if len(batch) == 0 {
		return
	}
	p.hear("stream")
	results := p.deliver(p.views, batch)
	for _, r := range results {
		if r.gap {
			p.cfg.Log.WarnContext(ctx, "the stream lacks facts; they are read from the store", "view", r.view.Name, "at", batch[0].Gseq)
			p.catchUp(ctx)
			return
		}
	}
	p.fare(nil)
	last := batch[len(batch)-1]
	p.newest.Store(last.Gseq + last.pending)
}

// catchUp brings every view to the end of the store. It returns whether there
// was anything. A store that cannot be reached is noted; the views stay.
func (p *Projector) catchUp(ctx context.Context) (moved bool) {
	views, err := p.anchored(ctx)
	for err == nil && len(views) > 0 {
		at := p.lowest(views)
		records, e := p.cfg.Store.ReadAll(ctx, at.position, p.cfg.Bulk)
		if err = e; err != nil {
			break
		}
		if len(records) == 0 { // whatever the stream said was still to come
			p.newest.Store(at.gseq)
			break
		}
		moved = true
		p.hear("store")
		batch := p.number(at, records)
		views = p.took(ctx, p.deliver(views, batch))
		p.newest.Store(batch[len(batch)-1].Gseq)
		if len(records) < p.cfg.Bulk {
			break
		}
	}
	if ctx.Err() == nil {
		p.fare(err)
	}
	return moved
}

// took keeps the views that applied what came from the store. A view that does
// not continue where the store says so was folded from another history.
func (p *Projector) took(ctx context.Context, results []result) (views []*view) {
	for _, r := range results {
		switch {
		case r.gap:
			p.halt(ctx, r.view, errNotInHistory(r.view.at().checkpoint))
		case r.err == nil:
			views = append(views, r.view)
		}
	}
	return views
}

type result struct {
	view *view
	gap  bool
	err  error
}

// deliver gives every view the same facts, at once: each has a file of its own.
func (p *Projector) deliver(views []*view, batch []*entry) []result {
	results := make([]result, len(views))
	var all sync.WaitGroup
	for i, v := range views {
		all.Go(func() {
			state := v.look().state
			parked := v.at().parked
			gap, err := v.deliver(batch)
			results[i] = result{v, gap, err}
			if err != nil && state != Failing {
				p.cfg.Log.Error("a view cannot be written", "view", v.Name, "error", err)
			}
			if at := v.at(); at.parked > parked {
				p.cfg.Log.Error("facts are parked, and their streams wait", "view", v.Name, "facts", at.parked, "streams", len(at.quarantined), "error", at.poison)
			}
		})
	}
	all.Wait()
	return results
}

// lowest is the checkpoint of the view that is furthest behind.
func (p *Projector) lowest(views []*view) checkpoint {
	low, found := start, false
	for _, v := range views {
		if v.halted() {
			continue
		}
		if at := v.at(); !found || at.gseq < low.gseq {
			low, found = at.checkpoint, true
		}
	}
	return low
}

// hear remembers where facts come from.
func (p *Projector) hear(source string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.source = source
}

// fare remembers why the store cannot be read, or that nothing is wrong.
func (p *Projector) fare(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil && p.broken == nil {
		p.cfg.Log.Error("the event store cannot be followed", "error", err)
	}
	p.broken = err
}
