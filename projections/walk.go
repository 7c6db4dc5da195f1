package projections

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"hash"
	"strings"
)

// walker reads a table's rows in the order of their keys, each as bytes that
// are equal exactly where the rows are.
type walker struct {
	rows   *sql.Rows
	keys   int
	values []any
	row    []byte
	done   bool
	err    error
}

// walk begins before the first row; without a snapshot there is none.
func walk(ctx context.Context, s *snapshot, t Table) (*walker, error) {
	if s == nil {
		return &walker{done: true}, nil
	}
	key := strings.Join(t.Key, ", ")
	rows, err := s.tx.QueryContext(ctx, "SELECT "+key+", "+t.Name+".* FROM "+t.Name+" ORDER BY "+key)
	if err != nil {
		return nil, err
	}
	columns, err := rows.Columns()
	return &walker{rows: rows, keys: len(t.Key), values: make([]any, len(columns))}, err
}

func (w *walker) next() {
	if w.done {
		return
	}
	if !w.rows.Next() {
		w.done, w.err = true, w.rows.Err()
		return
	}
	into := make([]any, len(w.values))
	for i := range w.values {
		into[i] = &w.values[i]
	}
	if w.err = w.rows.Scan(into...); w.err != nil {
		w.done = true
		return
	}
	w.row = w.row[:0]
	for _, v := range w.values[w.keys:] {
		w.row = encode(w.row, v)
	}
}

// take counts the row among the built ones and goes on.
func (w *walker) take(all hash.Hash, r *Report) {
	r.Rows++
	all.Write(w.row)
	w.next()
}

func (w *walker) key() string {
	parts := make([]string, w.keys)
	for i, v := range w.values[:w.keys] {
		parts[i] = fmt.Sprint(v)
	}
	return strings.Join(parts, "/")
}

func (w *walker) close() {
	if w.rows != nil {
		w.rows.Close() // reading has ended; its error is in err
	}
}

// orderOf compares the keys of two walkers; the one that is done comes last.
func orderOf(a, b *walker) int {
	switch {
	case a.done:
		return 1
	case b.done:
		return -1
	}
	for i := range a.keys {
		if c := order(a.values[i], b.values[i]); c != 0 {
			return c
		}
	}
	return 0
}

// order is the database's order of two values of a key column, which are whole
// numbers or text.
func order(a, b any) int {
	if x, ok := a.(int64); ok {
		y, _ := b.(int64)
		return cmp.Compare(x, y)
	}
	return strings.Compare(fmt.Sprint(a), fmt.Sprint(b))
}

// encode appends a value such that no two different rows look alike.
func encode(to []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(to, 'n')
	case int64:
		return binary.BigEndian.AppendUint64(append(to, 'i'), uint64(v))
	case string:
		return appendText(append(to, 's'), []byte(v))
	case []byte:
		return appendText(append(to, 'b'), v)
	default:
		return appendText(append(to, 'v'), fmt.Append(nil, v))
	}
}

func appendText(to, text []byte) []byte {
	return append(binary.BigEndian.AppendUint32(to, uint32(len(text))), text...)
}
