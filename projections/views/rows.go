package views

import (
	"context"
	"database/sql"
	"strconv"
	"strings"

	"kassa/projections"
)

// table is a set of live rows that can be asked.
type table struct {
	projector *projections.Projector
	view      string
}

// ask runs f on one snapshot and says what position it is as of.
func (t table) ask(ctx context.Context, f func(query) error) (asOf uint64, err error) {
	return t.projector.Read(ctx, t.view, func(tx *sql.Tx) error { return f(query{ctx, tx}) })
}

// query is a snapshot being asked.
type query struct {
	ctx context.Context
	tx  *sql.Tx
}

// each calls f for every row that sql yields; f scans it.
func (q query) each(sql string, args []any, f func(scan func(...any) error) error) error {
	rows, err := q.tx.QueryContext(q.ctx, sql, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// list writes "$3, $4, $5" for n values after the first `taken` ones.
func list(taken, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("$" + strconv.Itoa(taken+i+1))
	}
	return b.String()
}
