// Package esdb speaks to EventStoreDB, or to anything that serves its protocol,
// through the official client, and is the only package of the program that
// does. It turns that client into something a program can rely on: it replaces
// a client that has died, bounds every call, settles appends of unknown outcome
// and translates errors into the words of package eventstore. It must never
// know what an event means.
//
// It needs EventStoreDB 23.10 or newer: older servers do not say when a
// subscription has caught up.
package esdb

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/cenkalti/backoff/v5"

	"kassa/eventstore"
)

// patience bounds a call, with all its retries, whose context has no earlier
// deadline. A page to be read must fit in it.
const patience = 15 * time.Second

// Store keeps streams in EventStoreDB. It is safe for concurrent use.
type Store struct {
	conn     *connection
	patience time.Duration
}

// Open prepares a store at an EventStoreDB connection string, such as
// "esdb://127.0.0.1:2113?tls=false". It does not connect: the first call does,
// and a server that is not up yet is waited for there. The string's
// maxDiscoverAttempts is ignored: the server is looked for until it is found. A
// nil log discards.
func Open(connection string, log *slog.Logger) (*Store, error) {
	conf, err := esdb.ParseConnectionString(connection)
	if err != nil {
		return nil, fmt.Errorf("esdb: connection string: %w", err)
	}
	if err := conf.Validate(); err != nil {
		return nil, fmt.Errorf("esdb: connection string: %w", err)
	}
	return &Store{conn: newConnection(conf, cmp.Or(log, slog.New(slog.DiscardHandler))), patience: patience}, nil
}

// Close ends every call and every Follow, and refuses later ones with
// eventstore.ErrUnavailable. It may be called twice.
func (s *Store) Close() error {
	s.conn.close()
	return nil
}

// attempt carries out f on a live client, and again with growing pauses while
// its failures are eventstore.ErrUnavailable, until ctx or patience ends. f must
// therefore be harmless to repeat.
func attempt[T any](ctx context.Context, s *Store, f func(context.Context, *esdb.Client) (T, error)) (T, error) {
	ctx, release := s.conn.bound(ctx)
	defer release()
	ctx, cancel := context.WithTimeout(ctx, s.patience)
	defer cancel()
	pace := backoff.NewExponentialBackOff()
	pace.InitialInterval, pace.MaxInterval = 50*time.Millisecond, time.Second

	var last error // Retry forgets it when ctx ends
	out, _ := backoff.Retry(ctx, func() (T, error) {
		var out T
		out, last = use(ctx, s.conn, f)
		if !errors.Is(last, eventstore.ErrUnavailable) {
			return out, backoff.Permanent(last)
		}
		return out, last
	}, backoff.WithBackOff(pace), backoff.WithMaxElapsedTime(0))
	if errors.Is(last, eventstore.ErrUnavailable) && ctx.Err() != nil {
		last = eventstore.ErrUnavailable.Because(errors.Join(context.Cause(ctx), last))
	}
	return out, last
}
