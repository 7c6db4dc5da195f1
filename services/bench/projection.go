package bench

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"kassa/eventstore"
	"kassa/eventstore/esdb"
	"kassa/projections"
	"kassa/projections/views"
	"kassa/services/broker"
)

// liveBatch is how many facts a view takes in one transaction while it follows.
const liveBatch = 2_000

// measureProjection lets views that are open and empty follow a history: from
// JetStream, as they do all day, and from the store, as they do when JetStream
// is silent. Beside them a bare table takes one row for each fact.
func (r *run) measureProjection(ctx context.Context) error {
	h, err := r.history(ctx)
	if err != nil {
		return err
	}
	raw, err := r.fill(ctx, "SQLite upserts, 2,000 rows a commit", lines("ON CONFLICT (stream, revision) DO UPDATE SET summary = excluded.summary"), h.lines(), liveBatch)
	if err != nil {
		return err
	}
	b, _, err := r.published(ctx, h)
	if err != nil {
		return err
	}
	for _, set := range []struct {
		name  string
		views []projections.Projection
	}{{"your_products", []projections.Projection{views.YourProductsView}}, {"all views", views.All()}} {
		for _, from := range []*broker.Broker{b, nil} {
			took, err := r.follow(ctx, h, from, set.views)
			if err != nil {
				return err
			}
			name := "projection: " + set.name + " from JetStream"
			if from == nil {
				name = "projection: " + set.name + " from the store"
			}
			r.figures = append(r.figures, pace(name, "facts", len(h.facts), took).ofRate(raw))
		}
	}
	return nil
}

// follow is how long a projector takes until its views show all of h, read from
// a broker or, without one, from the store.
func (r *run) follow(ctx context.Context, h *history, from *broker.Broker, declared []projections.Projection) (took time.Duration, err error) {
	r.tell("projection: %d views, from %s", len(declared), map[bool]string{true: "the store", false: "JetStream"}[from == nil])
	past := &hidden{Store: h.store}
	cfg := projections.Config{Store: past}
	if from != nil {
		js, err := jetstream.New(from.Conn())
		if err != nil {
			return 0, err
		}
		cfg.JetStream = func() jetstream.JetStream { return js }
	}
	p, err := r.openViews(ctx, h, cfg, declared)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	past.shown.Store(from == nil)
	return timed(func() error { return followed(ctx, p, h.end()) })
}

func (r *run) openViews(ctx context.Context, h *history, cfg projections.Config, declared []projections.Projection) (_ *projections.Projector, err error) {
	if cfg.Dir, err = r.scratch(); err != nil {
		return nil, err
	}
	cfg.SourceID, cfg.Codec = h.source, eventstore.Schema()
	return projections.Open(ctx, cfg, declared...)
}

// followed runs p until all of its views are at a position.
func followed(ctx context.Context, p *projections.Projector, position uint64) error {
	ctx, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx) }()
	var err error
	for _, v := range p.Status() {
		if err = p.Await(ctx, v.View, position); err != nil {
			break
		}
	}
	stop()
	return errors.Join(err, <-ended)
}

// hidden keeps a store's facts to itself until it is told to show them: a
// projector that finds facts when it opens builds its views before it follows.
type hidden struct {
	*esdb.Store
	shown atomic.Bool
}

// Head is 0 while the facts are hidden.
func (s *hidden) Head(ctx context.Context) (uint64, error) {
	if !s.shown.Load() {
		return 0, nil
	}
	return s.Store.Head(ctx)
}

// ReadAll returns nothing while the facts are hidden.
func (s *hidden) ReadAll(ctx context.Context, after uint64, limit int) ([]eventstore.Record, error) {
	if !s.shown.Load() {
		return nil, nil
	}
	return s.Store.ReadAll(ctx, after, limit)
}

// lines is a table with a row for each fact, of about a view's width and with a
// view's settings.
func lines(upsert string) shape {
	return shape{
		ddl: `CREATE TABLE lines (
			stream TEXT NOT NULL, revision BIGINT NOT NULL, position BIGINT NOT NULL, event TEXT NOT NULL, type TEXT NOT NULL,
			recorded_at BIGINT NOT NULL, summary TEXT NOT NULL, PRIMARY KEY (stream, revision)
		)`,
		pragmas: []string{"synchronous(NORMAL)"},
		insert:  `INSERT INTO lines VALUES`,
		columns: 7,
		upsert:  upsert,
	}
}

func (h *history) lines() [][]any {
	rows := make([][]any, len(h.facts))
	for i, f := range h.facts {
		rows[i] = []any{f.Stream, int64(f.Revision), int64(f.Position), f.ID.String(), f.Type, f.At.UnixMicro(), "About as much as one sentence about a fact takes up."}
	}
	return rows
}
