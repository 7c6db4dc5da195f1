package journal

import (
	"context"
	"database/sql"
)

// Bounds of a page: whichever is reached first. A reader holds no transaction
// between pages, so one that is slow cannot keep the log from being tidied.
const (
	pageRecords = 512
	pageBytes   = 4 << 20
)

// reader reads pages, each on a connection of a pool.
type reader struct {
	db          *sql.DB
	head        headQueries
	at          *sql.Stmt
	all, stream map[Direction]*sql.Stmt
	plain       map[Direction]*sql.Stmt // of a stream that nothing governs
}

func newReader(ctx context.Context, path string) (*reader, error) {
	db, err := openReaders(path)
	if err != nil {
		return nil, err
	}
	r := &reader{db: db}
	if err := r.prepare(ctx); err != nil {
		return nil, joinClose(err, db)
	}
	return r, nil
}

func (r *reader) prepare(ctx context.Context) (err error) {
	if r.head, err = prepareHead(ctx, r.db); err != nil {
		return err
	}
	var allUp, allDown, up, down, plainUp, plainDown *sql.Stmt
	const from = `SELECT ` + recordColumns + ` FROM events e JOIN streams s ON s.id = e.stream WHERE `
	const visible = `e.stream = ? AND e.revision BETWEEN ? AND ? AND e.created >= ? ORDER BY e.revision `
	const plain = `s.name = ? AND e.revision BETWEEN ? AND ? AND NOT EXISTS (SELECT 1 FROM streams WHERE name = ?)
		AND NOT EXISTS (SELECT 1 FROM events t WHERE t.stream = s.id AND t.revision = ?) ORDER BY e.revision `
	err = prepareAll(ctx, r.db, map[string]**sql.Stmt{
		from + `e.position > ? ORDER BY e.position LIMIT ?`:       &allUp,
		from + `e.position < ? ORDER BY e.position DESC LIMIT ?`:  &allDown,
		from + visible + `LIMIT ?`:                                &up,
		from + visible + `DESC LIMIT ?`:                           &down,
		from + plain + `LIMIT ?`:                                  &plainUp,
		from + plain + `DESC LIMIT ?`:                             &plainDown,
		`SELECT EXISTS (SELECT 1 FROM events WHERE position = ?)`: &r.at,
	})
	r.all = map[Direction]*sql.Stmt{Forwards: allUp, Backwards: allDown}
	r.stream = map[Direction]*sql.Stmt{Forwards: up, Backwards: down}
	r.plain = map[Direction]*sql.Stmt{Forwards: plainUp, Backwards: plainDown}
	return err
}

// readStream reads a page of a stream. Most streams have neither metadata nor a
// tombstone, and one statement finds that out with their events; where it finds
// none, there is more to find out.
func (r *reader) readStream(ctx context.Context, stream string, d Direction, revision int64, limit int, now int64) (Page, error) {
	if !IsMeta(stream) {
		from, to := revision, int64(TombstoneRevision-1)
		if d == Backwards {
			from, to = 0, min(to, revision)
		}
		p, err := readPage(ctx, r.plain[d], limit, stream, from, to, MetaStream(stream), TombstoneRevision)
		if err != nil || len(p.Records) > 0 {
			return p, err
		}
	}
	return r.readGoverned(ctx, stream, d, revision, limit, now)
}

// readGoverned reads the metadata and the events it hides in one transaction,
// because they belong together.
func (r *reader) readGoverned(ctx context.Context, stream string, d Direction, revision int64, limit int, now int64) (Page, error) {
	tx, err := r.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return Page{}, err
	}
	defer tx.Rollback()
	h, visible, err := r.visible(ctx, tx, stream)
	if err != nil {
		return Page{}, err
	}
	from, to := visible.first(h.last), h.last
	if d == Forwards {
		from = max(from, revision)
	} else {
		to = min(to, revision)
	}
	return readPage(ctx, tx.StmtContext(ctx, r.stream[d]), limit, h.id, from, to, visible.since(now))
}

// visible finds a stream and the rules for reading it.
func (r *reader) visible(ctx context.Context, tx *sql.Tx, stream string) (*head, rules, error) {
	q := r.head.within(ctx, tx)
	h, err := q.load(ctx, stream)
	if err != nil {
		return nil, rules{}, err
	}
	visible := h.rules
	if IsMeta(stream) {
		subject, err := q.load(ctx, subjectOf(stream))
		if err != nil {
			return nil, rules{}, err
		}
		h.tombstoned, visible = subject.tombstoned, metaRules
	}
	switch {
	case h.tombstoned:
		return nil, rules{}, &Deleted{Stream: stream}
	case h.last < 0, visible.deleted():
		return nil, rules{}, ErrNoStream
	}
	return h, visible, nil
}

// readPage reads and verifies up to limit records, the query's last argument.
func readPage(ctx context.Context, query *sql.Stmt, limit int, args ...any) (Page, error) {
	limit = min(limit, pageRecords)
	rows, err := query.QueryContext(ctx, append(args, limit)...)
	if err != nil {
		return Page{}, err
	}
	defer rows.Close()
	var p Page
	size := 0
	for !p.More && rows.Next() {
		r, err := scanRecord(rows.Scan)
		if err != nil {
			return Page{}, err
		}
		p.Records = append(p.Records, r)
		size += r.size()
		p.More = len(p.Records) == limit || size >= pageBytes
	}
	return p, rows.Err()
}

func (r *reader) exists(ctx context.Context, position int64) (found bool, err error) {
	err = r.at.QueryRowContext(ctx, position).Scan(&found)
	return found, err
}
