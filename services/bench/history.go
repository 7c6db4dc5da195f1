package bench

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"kassa/domain"
	"kassa/domain/purchase"
	"kassa/eventstore"
	"kassa/eventstore/esdb"
)

// history is what a shop has sold so far, in a real event store.
type history struct {
	store  *esdb.Store
	source uuid.UUID
	facts  []eventstore.Record // all of it
}

func (h *history) end() uint64 { return h.facts[len(h.facts)-1].Position }

// parallel is how many orders are written at once, so that the store commits
// them together.
const parallel = 64

// history is made once in a run.
func (r *run) history(ctx context.Context) (*history, error) {
	if r.past != nil {
		return r.past, nil
	}
	r.tell("a history of %d facts is written", r.Facts)
	dir, err := r.scratch()
	if err != nil {
		return nil, err
	}
	store, stop, err := openStore(ctx, dir)
	if err != nil {
		return nil, err
	}
	r.closers = append(r.closers, stop)
	h := &history{store: store}
	if h.source, err = eventstore.Identify(ctx, store, time.Now()); err != nil {
		return nil, err
	}
	if err := h.write(ctx, r.Facts); err != nil {
		return nil, err
	}
	if err := h.read(ctx); err != nil {
		return nil, err
	}
	r.past = h
	return h, nil
}

// write has a few organisations buy until there are at least that many facts.
func (h *history) write(ctx context.Context, facts int) error {
	var firms []firm
	opening := []chapter{listed()}
	for n := range 5 {
		f := newFirm(n, staff)
		firms, opening = append(firms, f), append(opening, f.registered()...)
	}
	if err := h.tell(ctx, opening); err != nil {
		return err
	}
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(parallel)
	for n, told := 0, 0; told < facts && ctx.Err() == nil; n++ {
		order := firms[n%len(firms)].order(n)
		for _, c := range order {
			told += len(c.events)
		}
		work.Go(func() error { return h.tell(ctx, order) })
	}
	return work.Wait()
}

// tell appends chapters one after the other.
func (h *history) tell(ctx context.Context, chapters []chapter) error {
	for _, c := range chapters {
		drafts, err := c.drafts()
		if err != nil {
			return err
		}
		if _, err := h.store.Append(ctx, c.stream, eventstore.NoStream, drafts); err != nil {
			return err
		}
	}
	return nil
}

func (h *history) read(ctx context.Context) error {
	const page = 10_000
	for at := uint64(0); ; at = h.end() {
		records, err := h.store.ReadAll(ctx, at, page)
		if err != nil {
			return err
		}
		h.facts = append(h.facts, records...)
		if len(records) < page {
			return nil
		}
	}
}

// chapter is a stream, told at once.
type chapter struct {
	stream string
	by     domain.Actor
	events []domain.Event
}

func (c chapter) drafts() ([]eventstore.Draft, error) {
	command := uuid.New()
	return eventstore.Drafts(c.stream, eventstore.Meta{
		Tenant: c.by.Tenant, Actor: c.by, Command: command, Correlation: command, Causation: command, At: now(),
	}, c.events...)
}

// example is an event of about the usual size.
func example() (eventstore.Draft, error) {
	f := newFirm(0, staff)
	for _, c := range f.order(0) {
		drafts, err := c.drafts()
		if err != nil {
			return eventstore.Draft{}, err
		}
		for _, d := range drafts {
			if d.Type == (purchase.QuoteIssued{}).EventType() {
				return d, nil
			}
		}
	}
	return eventstore.Draft{}, fmt.Errorf("an order has no quote")
}

func now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }
