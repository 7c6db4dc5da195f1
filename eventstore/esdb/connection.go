package esdb

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"sync"
	"sync/atomic"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"kassa/eventstore"
)

// connection hands out one live client and replaces it when it has lost its
// server. The official client cannot be left to itself:
//
//   - after a failed discovery it is dead, and who waits for it waits for ever:
//     here discovery never gives up, and nobody enters before it has succeeded;
//   - waiting in it ignores contexts: here each call runs beside its caller, who
//     leaves when the context ends;
//   - reconnecting, it forgets to close what it had: here a client that has lost
//     its server is given up for a new one (only a call that was just entering
//     can still make it reconnect, which costs one idle connection an outage);
//   - Close under a call makes that call panic: here a client is closed when its
//     last call has returned.
type connection struct {
	conf *esdb.Configuration
	log  *slog.Logger
	open context.Context // ends when the store is closed
	shut context.CancelFunc

	mu      sync.Mutex
	current *session // nil: the next call makes one
}

// session is one client and the calls inside it.
type session struct {
	client    *esdb.Client
	found     chan struct{}          // closed when the server was found
	complaint atomic.Pointer[string] // what the client last logged as going wrong
	users     int                    // guarded by connection.mu
}

var errClosed = errors.New("esdb: the store is closed")

func newConnection(conf *esdb.Configuration, log *slog.Logger) *connection {
	c := &connection{conf: conf, log: log}
	c.conf.MaxDiscoverAttempts = math.MaxInt
	c.open, c.shut = context.WithCancel(context.Background())
	return c
}

// close ends the contexts of all calls and lets the client go after them.
func (c *connection) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.shut()
	if c.current != nil && c.current.users == 0 {
		c.current.client.Close()
	}
	c.current = nil
}

// bound returns a context that also ends when the store is closed.
func (c *connection) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(c.open, func() { cancel(errClosed) })
	return ctx, func() { stop(); cancel(nil) }
}

// use runs f once on the live client and waits for it while ctx lasts; f may
// stay in the client for longer than that, for nobody.
func use[T any](ctx context.Context, c *connection, f func(context.Context, *esdb.Client) (T, error)) (T, error) {
	type result struct {
		out T
		err error
	}
	s, err := c.enter(ctx)
	if err != nil {
		return result{}.out, err
	}
	done := make(chan result, 1)
	go func() {
		out, err := f(ctx, s.client)
		c.leave(s, err)
		done <- result{out, err}
	}()
	select {
	case r := <-done:
		return r.out, r.err
	case <-ctx.Done():
		return result{}.out, eventstore.ErrUnavailable.Because(context.Cause(ctx))
	}
}

// enter waits for a client that has found its server. Who has entered must
// leave.
func (c *connection) enter(ctx context.Context) (*session, error) {
	s, err := c.session()
	if err != nil {
		return nil, err
	}
	select {
	case <-s.found:
		return s, nil
	case <-ctx.Done():
		c.leave(s, nil)
		return nil, eventstore.ErrUnavailable.Because(s.notConnected(context.Cause(ctx)))
	}
}

// leave ends one use of s, which err may have found to be without its server.
func (c *connection) leave(s *session, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s.users--
	if lost(err) && s == c.current {
		c.log.Warn("event store connection lost", "err", err)
		c.current = nil
	}
	if s != c.current && s.users == 0 {
		s.client.Close()
	}
}

// session is the current client with one user more.
func (c *connection) session() (*session, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open.Err() != nil {
		return nil, eventstore.ErrUnavailable.Because(errClosed)
	}
	if c.current == nil {
		s := &session{found: make(chan struct{}), users: 1}
		conf := *c.conf
		conf.Logger = s.listen(c.log)
		client, err := esdb.NewClient(&conf)
		if err != nil {
			return nil, fmt.Errorf("esdb: %w", err)
		}
		s.client, c.current = client, s
		go c.discover(s)
	}
	c.current.users++
	return c.current, nil
}

// discover is the first to use a client, and makes it look for its server.
func (c *connection) discover(s *session) {
	version, err := s.client.GetServerVersion()
	if err == nil {
		c.log.Info("event store connected", "version", fmt.Sprintf("%d.%d.%d", version.Major, version.Minor, version.Patch))
	}
	close(s.found)
	c.leave(s, err)
}

// listen keeps what the client complains of. It is not worth more than a debug
// line each time: what matters is also returned, and told by whoever answers
// for it.
func (s *session) listen(log *slog.Logger) esdb.LoggingFunc {
	return func(level esdb.LogLevel, format string, args ...any) {
		text := fmt.Sprintf(format, args...)
		if level == esdb.LogWarn || level == esdb.LogError {
			s.complaint.Store(&text)
		}
		log.Debug("event store client", "level", level, "text", text)
	}
}

func (s *session) notConnected(cause error) error {
	if text := s.complaint.Load(); text != nil {
		return fmt.Errorf("esdb: not connected: %w: %s", cause, *text)
	}
	return fmt.Errorf("esdb: not connected: %w", cause)
}
