package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Bounds of one transaction: whichever is reached first.
const (
	groupWrites = 2048
	groupBytes  = 8 << 20
)

// writer is the only one to change the database. All of it but the queue
// belongs to the goroutine in run.
type writer struct {
	j        *Journal
	queue    chan *write
	stopped  chan struct{}
	db       *sql.DB
	conn     *sql.Conn
	sql      statements
	heads    heads
	position int64     // of the newest record, committed or about to be
	group    []*Record // inserted by the open transaction
}

func newWriter(ctx context.Context, db *sql.DB, j *Journal) (*writer, error) {
	w := &writer{j: j, db: db, heads: heads{limit: headsKept}, queue: make(chan *write, groupWrites), stopped: make(chan struct{})}
	var err error
	if w.conn, err = db.Conn(ctx); err != nil {
		return nil, err
	}
	if w.sql, err = prepareStatements(ctx, w.conn); err != nil {
		return nil, joinClose(err, w.conn)
	}
	err = w.conn.QueryRowContext(ctx, `SELECT coalesce(max(position), 0) FROM events`).Scan(&w.position)
	if err != nil {
		return nil, joinClose(err, w.conn)
	}
	return w, nil
}

// run commits group after group until the journal closes and the queue is
// empty, or the disk fails; then it refuses the rest.
func (w *writer) run() {
	defer close(w.stopped)
	var failure error
	for {
		group := w.next()
		if len(group) == 0 {
			return
		}
		if failure == nil {
			failure = w.commit(group)
		}
		if failure != nil {
			for _, r := range group {
				r.answer <- answer{err: failure}
			}
		}
	}
}

// next takes what is queued, waiting for the first. Nothing means closed.
func (w *writer) next() []*write {
	var group []*write
	select {
	case r := <-w.queue:
		group = append(group, r)
	case <-w.j.closing:
	}
	size := 0
	for len(group) < groupWrites && size < groupBytes {
		select {
		case r := <-w.queue:
			group = append(group, r)
			size += r.size
		default:
			return group
		}
	}
	return group
}

// commit carries out a group in one transaction and answers it. An error means
// that the disk failed and nobody was answered: the heads are then ahead of the
// disk, which is why no group may follow.
func (w *writer) commit(group []*write) error {
	// Nobody's impatience may interrupt a commit that others wait for.
	ctx := context.Background()
	answers := make([]answer, len(group))
	w.group = nil
	err := w.transaction(ctx, func() error {
		for i, r := range group {
			if answers[i].err = r.ctx.Err(); answers[i].err != nil {
				continue
			}
			answers[i].written, answers[i].err = w.carryOut(ctx, r)
			if err := answers[i].err; err != nil && !concernsOne(err) {
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.j.fail(err)
		return fmt.Errorf("%w: %w", ErrFailed, err)
	}
	w.j.tail.publish(w.group)
	for i, r := range group {
		r.answer <- answers[i]
	}
	return nil
}

func (w *writer) transaction(ctx context.Context, f func() error) error {
	if _, err := w.conn.ExecContext(ctx, `BEGIN IMMEDIATE`); err != nil {
		return err
	}
	if err := f(); err != nil {
		_, rollback := w.conn.ExecContext(ctx, `ROLLBACK`)
		return errors.Join(err, rollback)
	}
	_, err := w.conn.ExecContext(ctx, `COMMIT`)
	return err
}

// concernsOne tells what is wrong with one write from a failure of all. Such an
// error always comes before the write has inserted anything.
func concernsOne(err error) bool {
	var (
		wrong   *WrongRevision
		deleted *Deleted
		corrupt *Corrupt // in the metadata of its stream
	)
	return errors.As(err, &wrong) || errors.As(err, &deleted) || errors.As(err, &corrupt)
}

// put appends e to the end of stream.
func (w *writer) put(ctx context.Context, stream string, e Proposed) (Written, error) {
	h, err := w.head(ctx, stream)
	if err != nil {
		return Written{}, err
	}
	return w.putAt(ctx, stream, h, h.last+1, e)
}

func (w *writer) putAt(ctx context.Context, stream string, h *head, revision int64, e Proposed) (Written, error) {
	if h.id == 0 {
		id, err := w.sql.addStream(ctx, stream)
		if err != nil {
			return Written{}, err
		}
		h.id = id
	}
	r := &Record{Proposed: e, Stream: stream, Revision: revision, Created: ticks(w.j.now())}
	w.position += r.length()
	r.Position = w.position
	if err := w.sql.addEvent(ctx, h.id, r); err != nil {
		return Written{}, err
	}
	w.group = append(w.group, r)
	if revision == TombstoneRevision {
		h.tombstoned = true
		return Written{Revision: revision, Position: r.Position}, nil
	}
	h.last, h.lastPosition = revision, r.Position
	return Written{Revision: revision, Position: r.Position}, w.applyMeta(ctx, stream, e)
}

// applyMeta lets metadata take effect on the stream it is about.
func (w *writer) applyMeta(ctx context.Context, stream string, e Proposed) error {
	if !IsMeta(stream) {
		return nil
	}
	subject, err := w.head(ctx, subjectOf(stream))
	if err != nil {
		return err
	}
	subject.setMeta(e.Data)
	return nil
}

// head returns where stream ends, as of the open transaction. A metadata
// stream shares its subject's tombstone.
func (w *writer) head(ctx context.Context, stream string) (*head, error) {
	h, ok := w.heads.get(stream)
	if !ok {
		var err error
		if h, err = w.sql.head.load(ctx, stream); err != nil {
			return nil, err
		}
		w.heads.put(stream, h)
	}
	if IsMeta(stream) {
		subject, err := w.head(ctx, subjectOf(stream))
		if err != nil {
			return nil, err
		}
		h.tombstoned = subject.tombstoned
	}
	return h, nil
}

// close ends the connection with everything in the database file itself.
func (w *writer) close() error {
	var busy, log, moved int
	err := w.conn.QueryRowContext(context.Background(), `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &log, &moved)
	return errors.Join(err, w.conn.Close(), w.db.Close())
}
