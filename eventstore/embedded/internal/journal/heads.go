package journal

import (
	"context"
	"database/sql"
	"errors"
)

// head is where a stream ends and what governs it.
type head struct {
	id           int64 // row in streams; 0: none yet
	last         int64 // revision of the last event; -1: none
	lastPosition int64 // where that event is
	tombstoned   bool
	hasMeta      bool // its metadata stream has an event
	meta         []byte
	rules        rules // meta, read
}

// setMeta is called with each event of the stream's metadata stream.
func (h *head) setMeta(data []byte) {
	h.hasMeta, h.meta, h.rules = true, data, parseRules(data)
}

// headsKept bounds the memory of heads: at least this many of the latest used,
// at most twice as many.
const headsKept = 50_000

// heads remembers the ends of the streams in use. It is two generations of a
// map: when the young one is full it becomes the old one, and whatever is not
// asked for again goes with the next change.
type heads struct {
	limit      int // of one generation
	young, old map[string]*head
}

func (c *heads) get(stream string) (*head, bool) {
	if h, ok := c.young[stream]; ok {
		return h, true
	}
	h, ok := c.old[stream]
	if ok {
		c.put(stream, h)
	}
	return h, ok
}

func (c *heads) put(stream string, h *head) {
	if c.young == nil || len(c.young) >= c.limit {
		c.young, c.old = map[string]*head{}, c.young
	}
	c.young[stream] = h
}

// headQueries read a head from the database.
type headQueries struct{ end, meta *sql.Stmt }

// preparer is a connection, or a pool of them.
type preparer interface {
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
}

func prepareHead(ctx context.Context, p preparer) (q headQueries, err error) {
	err = prepareAll(ctx, p, map[string]**sql.Stmt{
		`SELECT s.id, e.revision, e.position FROM streams s JOIN events e ON e.stream = s.id
			WHERE s.name = ? ORDER BY e.revision DESC LIMIT 2`: &q.end,
		`SELECT ` + recordColumns + ` FROM streams s JOIN events e ON e.stream = s.id
			WHERE s.name = ? ORDER BY e.revision DESC LIMIT 1`: &q.meta,
	})
	return q, err
}

func prepareAll(ctx context.Context, p preparer, statements map[string]**sql.Stmt) error {
	for text, into := range statements {
		var err error
		if *into, err = p.PrepareContext(ctx, text); err != nil {
			return err
		}
	}
	return nil
}

// within is q asked inside a transaction.
func (q headQueries) within(ctx context.Context, tx *sql.Tx) headQueries {
	return headQueries{end: tx.StmtContext(ctx, q.end), meta: tx.StmtContext(ctx, q.meta)}
}

// load reads where stream ends; one never written to ends at -1.
func (q headQueries) load(ctx context.Context, stream string) (*head, error) {
	h := &head{last: -1}
	if !IsMeta(stream) {
		switch meta, err := scanRecord(q.meta.QueryRowContext(ctx, MetaStream(stream)).Scan); {
		case err == nil:
			h.setMeta(meta.Data)
		case err != nil && !errors.Is(err, sql.ErrNoRows):
			return nil, err
		}
	}
	rows, err := q.end.QueryContext(ctx, stream)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() && h.last < 0 {
		var revision, position int64
		if err := rows.Scan(&h.id, &revision, &position); err != nil {
			return nil, err
		}
		if revision == TombstoneRevision {
			h.tombstoned = true
			continue
		}
		h.last, h.lastPosition = revision, position
	}
	return h, rows.Err()
}
