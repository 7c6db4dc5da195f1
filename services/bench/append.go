package bench

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"kassa/eventstore"
	"kassa/eventstore/embedded"
	"kassa/eventstore/esdb"
)

// measureAppend compares writers that append one event at a time, each to its
// own stream and at the revision it expects, with a table that is given as many
// rows in one transaction. Both have acknowledged what is on disk.
func (r *run) measureAppend(ctx context.Context) error {
	for _, writers := range []int{1, 16, 64, 256} {
		raw, err := r.insertEvents(ctx, writers)
		if err != nil {
			return err
		}
		f, err := r.appendEvents(ctx, writers)
		if err != nil {
			return err
		}
		r.figures = append(r.figures, f.ofRate(raw))
	}
	return nil
}

// appendEvents goes the whole way: client, gRPC, server, disk.
func (r *run) appendEvents(ctx context.Context, writers int) (f Figure, err error) {
	name := "append: " + count(writers, "writer")
	r.tell("%s", name)
	dir, err := r.scratch()
	if err != nil {
		return f, err
	}
	store, stop, err := openStore(ctx, dir)
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, stop()) }()
	event, err := example()
	if err != nil {
		return f, err
	}
	streams, at := make([]string, writers), make([]eventstore.Revision, writers)
	for w := range writers {
		streams[w], at[w] = "purchase-"+uuid.NewString(), eventstore.NoStream
	}
	if _, err := store.Head(ctx); err != nil { // connects
		return f, err
	}
	s, err := during(ctx, r.Each, writers, func(ctx context.Context, w int) error {
		d := event
		d.ID = uuid.New()
		written, err := store.Append(ctx, streams[w], at[w], []eventstore.Draft{d})
		at[w] = written.Revision
		return err
	})
	return s.figure(name, "events", 1), err
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// openStore is an event store as kassa serve runs it, and what closes it.
func openStore(ctx context.Context, dir string) (*esdb.Store, func() error, error) {
	log := slog.New(slog.DiscardHandler)
	engine, err := embedded.Open(ctx, embedded.Config{Dir: dir, Log: log})
	if err != nil {
		return nil, nil, err
	}
	store, err := esdb.Open(engine.ConnectionString(), log)
	if err != nil {
		return nil, nil, errors.Join(err, engine.Close())
	}
	return store, func() error { return errors.Join(store.Close(), engine.Close()) }, nil
}

// events has the columns, indexes and settings of the embedded store's table.
var events = shape{
	ddl: `CREATE TABLE events (
		position INTEGER PRIMARY KEY, stream INTEGER NOT NULL, revision INTEGER NOT NULL, id BLOB NOT NULL, type TEXT NOT NULL,
		json INTEGER NOT NULL, created INTEGER NOT NULL, data BLOB NOT NULL, metadata BLOB NOT NULL, checksum INTEGER NOT NULL
	) STRICT;
	CREATE UNIQUE INDEX events_by_revision ON events (stream, revision);
	CREATE INDEX events_by_id ON events (id, stream);`,
	pragmas: []string{"synchronous(FULL)", "wal_autocheckpoint(4000)", "cache_size(-65536)"},
	insert:  `INSERT INTO events VALUES`,
	columns: 10,
}

// insertEvents is the same rows without a protocol, a decision or a waiting
// writer: all of them in one transaction, again and again.
func (r *run) insertEvents(ctx context.Context, batch int) (f Figure, err error) {
	name := fmt.Sprintf("SQLite, %s a commit", count(batch, "row"))
	r.tell("append: beside %s", name)
	dir, err := r.scratch()
	if err != nil {
		return f, err
	}
	t, err := openTable(ctx, dir, events)
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, t.close()) }()
	event, err := example()
	if err != nil {
		return f, err
	}
	position, rows := int64(0), make([][]any, batch)
	s, err := during(ctx, r.Each, 1, func(context.Context, int) error {
		revision := position / 1000 / int64(batch)
		for stream := range rows {
			id := uuid.New()
			position += 1000
			rows[stream] = []any{position, stream, revision, id[:], event.Type, true, time.Now().UnixNano() / 100, event.Data, event.Metadata, rand.Int64()}
		}
		return t.commit(rows)
	})
	return s.figure(name, "rows", batch), err
}
