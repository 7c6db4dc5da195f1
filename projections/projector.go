package projections

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go/jetstream"

	"kassa/eventstore"
)

// store is history: what the stream lacks is read from it, and every rebuild.
type store interface {
	ReadAll(ctx context.Context, after uint64, limit int) ([]eventstore.Record, error)
	At(ctx context.Context, position uint64) (eventstore.Record, bool, error)
	Head(ctx context.Context) (uint64, error)
}

// Config is what a projector needs. Zero values of Batch, Bulk, Poll, Log and
// Now mean the defaults.
type Config struct {
	Dir   string // of the view files; made if absent
	Store store
	// JetStream is asked at every (re)connection, because an embedded broker may
	// be restarted. Nil, or returning nil: the store alone is followed.
	JetStream func() jetstream.JetStream
	SourceID  uuid.UUID // the history's own id, eventstore.Identified
	Codec     *eventstore.Codec
	Log       *slog.Logger
	Batch     int           // most facts in a live transaction; 2,000
	Bulk      int           // most facts in a transaction of a rebuild; 10,000
	Poll      time.Duration // how often the store is asked whether the stream is silent about something; 1 s
	Now       func() time.Time
}

// Projector keeps views in step with history. It is safe for concurrent use.
type Projector struct {
	cfg Config
	decoder
	registry *registry
	views    []*view // in the order given
	wake     chan struct{}
	newest   atomic.Uint64 // the highest gseq, by the source last heard

	mu     sync.Mutex // guards what follows
	source string
	broken error // why the store could not be followed, last time
}

// Open opens the views in cfg.Dir. A view that has no file, a damaged one, or
// one folded by another version of its declaration is built from the store
// before Open returns; an empty history takes no time.
func Open(ctx context.Context, cfg Config, declared ...Projection) (*Projector, error) {
	p := &Projector{cfg: withDefaults(cfg), decoder: newDecoder(cfg.Codec, declared), wake: make(chan struct{}, 1)}
	r, err := openRegistry(ctx, cfg.Dir)
	if err != nil {
		return nil, fmt.Errorf("open views: %w", err)
	}
	p.registry = r
	for _, d := range declared {
		v, err := p.open(ctx, d)
		if err != nil {
			return nil, errors.Join(err, p.Close())
		}
		p.views = append(p.views, v)
	}
	return p, nil
}

func withDefaults(c Config) Config {
	if c.Batch == 0 {
		c.Batch = 2_000
	}
	if c.Bulk == 0 {
		c.Bulk = 10_000
	}
	if c.Poll == 0 {
		c.Poll = time.Second
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

func (p *Projector) open(ctx context.Context, d Projection) (*view, error) {
	n, err := p.registry.active(ctx, d.Name)
	if err != nil {
		return nil, fmt.Errorf("open view %s: %w", d.Name, err)
	}
	if g := p.usable(ctx, d, n); g != nil {
		v := newView(d, g)
		if g.source != p.cfg.SourceID.String() {
			v.halt(errOtherHistory(g.source, p.cfg.SourceID))
		}
		return v, nil
	}
	v := newView(d, nil)
	_, err = p.raise(ctx, v, func(g Progress) {
		if g.Phase == Building && g.Events > 0 {
			p.cfg.Log.InfoContext(ctx, "building a view", "view", d.Name, "events", g.Events, "eta", g.ETA)
		}
	})
	return v, err
}

// usable opens the live file if rows can be read from it as they are.
func (p *Projector) usable(ctx context.Context, d Projection, n int64) *generation {
	if n == 0 {
		return nil
	}
	g, err := openGeneration(ctx, p.registry.path(d.Name, n), n, d)
	if err != nil {
		p.cfg.Log.WarnContext(ctx, "a view cannot be used as it is; it is built anew", "view", d.Name, "error", err)
		return nil
	}
	return g
}

// Close waits for running queries. Run must have returned.
func (p *Projector) Close() error {
	var errs []error
	for _, v := range p.views {
		if g := v.look().live; g != nil {
			errs = append(errs, g.close())
		}
	}
	return errors.Join(append(errs, p.registry.db.Close())...)
}

// Read runs f on one snapshot of a view's live rows and returns the position of
// the last fact they include.
func (p *Projector) Read(ctx context.Context, view string, f func(*sql.Tx) error) (asOf uint64, err error) {
	v, err := p.view(view)
	if err != nil {
		return 0, err
	}
	return v.read(ctx, f)
}

// Await returns once the live rows of a view include the fact at position, so
// that a person sees what they have just done. When ctx ends first it is
// ErrBehind; ErrHalted if waiting is in vain.
func (p *Projector) Await(ctx context.Context, view string, position uint64) error {
	v, err := p.view(view)
	if err != nil {
		return err
	}
	return v.await(ctx, position)
}

func (p *Projector) view(name string) (*view, error) {
	for _, v := range p.views {
		if v.Name == name {
			return v, nil
		}
	}
	return nil, ErrUnknownView.Because(errors.New(name))
}
