package projections

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Tx is a projection's hand on its own tables, inside the transaction that also
// moves its checkpoint. It has no context on purpose: a batch is applied whole
// or not at all, and a handler has nothing to wait for.
type Tx struct {
	conn       *sql.Conn
	statements map[string]*sql.Stmt // by their text; handlers use a few dozen
}

// errNoRow: a fact changes a row that an earlier fact of its stream should have
// made. Skipping it would be silent corruption.
var errNoRow = errors.New("no row to change: an earlier fact of this stream is missing")

// Exec runs a statement with $1 placeholders.
func (t *Tx) Exec(query string, args ...any) error {
	_, err := t.exec(query, args...)
	return err
}

// Change runs an update that must find at least one row.
func (t *Tx) Change(query string, args ...any) error {
	n, err := t.exec(query, args...)
	if err == nil && n == 0 {
		err = errNoRow
	}
	return err
}

// Get reads one row of the projection's own tables into dest; false without one.
func (t *Tx) Get(query string, args []any, dest ...any) (bool, error) {
	s, err := t.statement(query)
	if err != nil {
		return false, err
	}
	err = s.QueryRowContext(background, args...).Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

func (t *Tx) exec(query string, args ...any) (int64, error) {
	s, err := t.statement(query)
	if err != nil {
		return 0, err
	}
	r, err := s.ExecContext(background, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// background keeps the driver from starting a goroutine for every statement to
// watch a context that a transaction would ignore anyway.
var background = context.Background()

func (t *Tx) statement(query string) (*sql.Stmt, error) {
	if s, ok := t.statements[query]; ok {
		return s, nil
	}
	s, err := t.conn.PrepareContext(background, query)
	if err != nil {
		return nil, fmt.Errorf("prepare %s: %w", query, err)
	}
	t.statements[query] = s
	return s, nil
}

// within runs f in a transaction that has the file's one write lock from the
// beginning, and commits if f returns nil.
func (t *Tx) within(f func() error) error {
	if err := t.Exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	err := f()
	if err == nil {
		err = t.Exec("COMMIT")
	}
	if err != nil {
		// A full disk has rolled back by itself and this fails; if it should fail
		// otherwise, the next BEGIN says so.
		_ = t.Exec("ROLLBACK")
	}
	return err
}
