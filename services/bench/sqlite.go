package bench

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
)

// shape is a table and how a row of it is written.
type shape struct {
	ddl     string
	pragmas []string // as the part beside which it is measured has them
	insert  string   // INSERT INTO … VALUES
	columns int
	upsert  string // ON CONFLICT …, or nothing
}

// perStatement is how many rows one statement writes where there are as many:
// enough for the cost of a statement not to show.
const perStatement = 16

// table is a bare table of SQLite in a file of its own, written by nobody else.
type table struct {
	db        *sql.DB
	conn      *sql.Conn
	one, many *sql.Stmt
}

func openTable(ctx context.Context, dir string, s shape) (_ *table, err error) {
	q := url.Values{"_pragma": append([]string{"journal_mode(WAL)"}, s.pragmas...)}
	path := (&url.URL{Path: filepath.Join(dir, "raw.db")}).EscapedPath()
	t := &table{}
	// The driver comes with the packages that keep a database.
	if t.db, err = sql.Open("sqlite", (&url.URL{Scheme: "file", Opaque: path, RawQuery: q.Encode()}).String()); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, t.db.Close())
		}
	}()
	if t.conn, err = t.db.Conn(ctx); err != nil {
		return nil, err
	}
	if _, err := t.conn.ExecContext(ctx, s.ddl); err != nil {
		return nil, err
	}
	if t.one, err = t.conn.PrepareContext(ctx, s.statement(1)); err != nil {
		return nil, err
	}
	t.many, err = t.conn.PrepareContext(ctx, s.statement(perStatement))
	return t, err
}

func (s shape) statement(rows int) string {
	row := "(" + strings.TrimSuffix(strings.Repeat("?, ", s.columns), ", ") + ")"
	return s.insert + " " + strings.TrimSuffix(strings.Repeat(row+", ", rows), ", ") + " " + s.upsert
}

// commit writes rows in one transaction.
func (t *table) commit(rows [][]any) error {
	// A context that can end would cost a goroutine for every statement.
	ctx := context.Background()
	if _, err := t.conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	for some := range slices.Chunk(rows, perStatement) {
		if len(some) == perStatement {
			if _, err := t.many.ExecContext(ctx, slices.Concat(some...)...); err != nil {
				return err
			}
			continue
		}
		for _, row := range some {
			if _, err := t.one.ExecContext(ctx, row...); err != nil {
				return err
			}
		}
	}
	_, err := t.conn.ExecContext(ctx, "COMMIT")
	return err
}

func (t *table) close() error { return errors.Join(t.conn.Close(), t.db.Close()) }

// fill writes rows in transactions of n.
func (r *run) fill(ctx context.Context, name string, s shape, rows [][]any, n int) (f Figure, err error) {
	r.tell("%s", name)
	dir, err := r.scratch()
	if err != nil {
		return f, err
	}
	t, err := openTable(ctx, dir, s)
	if err != nil {
		return f, fmt.Errorf("open a bare table: %w", err)
	}
	defer func() { err = errors.Join(err, t.close()) }()
	took, err := timed(func() error {
		for some := range slices.Chunk(rows, n) {
			if err := errors.Join(ctx.Err(), t.commit(some)); err != nil {
				return err
			}
		}
		return nil
	})
	return pace(name, "rows", len(rows), took), err
}
