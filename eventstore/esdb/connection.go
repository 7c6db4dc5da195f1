package esdb

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"kassa/eventstore"
)

// connection has at most one live client and replaces it when it has died. The
// official client needs that: once its discovery has failed it is closed for
// good, callers that wait for it then wait for ever and ignore their contexts,
// and each time it reconnects by itself it may lose a connection.
//
// So each client discovers once, before anybody uses it, and lives only as long
// as its server can be reached. When it is dropped it is closed at once, which
// frees whoever is stuck in it; calls that were still under way on the same
// broken connection are retried like any other, and a Follow ends with an error
// and is resumed.
type connection struct {
	conf *esdb.Configuration
	log  *slog.Logger

	mu      sync.Mutex
	current *session // nil: the next call makes one
	closed  bool
}

var errClosed = errors.New("esdb: the store is closed")

func newConnection(conf *esdb.Configuration, log *slog.Logger) *connection {
	conf.MaxDiscoverAttempts = 1
	// What the client calls an error is mostly returned to us as well, and logged
	// by whoever answers for it.
	conf.Logger = func(level esdb.LogLevel, format string, args ...any) {
		log.Debug("eventstore client", "level", level, "said", fmt.Sprintf(format, args...))
	}
	return &connection{conf: conf, log: log}
}

// session is one client from its discovery to its end.
type session struct {
	client *esdb.Client
	found  chan struct{} // closed when discovery is over
	err    error         // why discovery failed; read after found
	ended  atomic.Bool
}

// use runs f once on the live client and drops that client if f found it dead.
func use[T any](ctx context.Context, c *connection, f func(context.Context, *esdb.Client) (T, error)) (T, error) {
	s, err := c.live(ctx)
	if err != nil {
		var none T
		return none, err
	}
	out, err := guard(s, func() (T, error) { return f(ctx, s.client) })
	if lost(err) {
		c.drop(s, err)
	}
	return out, err
}

// guard turns the client's panic under a call, when it was closed meanwhile,
// into an error: it sends on a channel that its Close closes. Any other panic
// goes on.
func guard[T any](s *session, f func() (T, error)) (out T, err error) {
	defer func() {
		if p := recover(); p != nil {
			if !s.ended.Load() {
				panic(p)
			}
			err = eventstore.ErrUnavailable.Because(fmt.Errorf("esdb: the client was closed under a call: %v", p))
		}
	}()
	return f()
}

func (c *connection) live(ctx context.Context) (*session, error) {
	s, err := c.session()
	if err != nil {
		return nil, err
	}
	select {
	case <-s.found:
	case <-ctx.Done():
		return nil, eventstore.ErrUnavailable.Because(context.Cause(ctx))
	}
	if s.err != nil {
		c.drop(s, s.err)
		return nil, eventstore.ErrUnavailable.Because(s.err)
	}
	return s, nil
}

func (c *connection) session() (*session, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil, eventstore.ErrUnavailable.Because(errClosed)
	}
	if c.current != nil {
		return c.current, nil
	}
	client, err := esdb.NewClient(c.conf)
	if err != nil {
		return nil, fmt.Errorf("esdb: %w", err)
	}
	s := &session{client: client, found: make(chan struct{})}
	go c.discover(s)
	c.current = s
	return s, nil
}

func (c *connection) discover(s *session) {
	defer close(s.found)
	version, err := guard(s, s.client.GetServerVersion)
	if err != nil {
		s.err = err
		return
	}
	c.log.Info("event store connected", "version", fmt.Sprintf("%d.%d.%d", version.Major, version.Minor, version.Patch))
}

func (c *connection) drop(s *session, why error) {
	c.mu.Lock()
	was := c.current == s
	if was {
		c.current = nil
	}
	c.mu.Unlock()
	if was && s.err == nil {
		c.log.Warn("event store connection lost", "err", why)
	}
	s.end()
}

func (c *connection) close() {
	c.mu.Lock()
	s := c.current
	c.current, c.closed = nil, true
	c.mu.Unlock()
	if s != nil {
		s.end()
	}
}

// end closes the client; ended is set first, so that guard knows the panic.
func (s *session) end() {
	if s.ended.CompareAndSwap(false, true) {
		s.client.Close()
	}
}
