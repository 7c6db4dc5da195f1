package projections

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// registry says which generation of each view is the one people see. That is
// one row, so that a swap is one statement; everything else about a generation
// is in its own file. The rows of the registry cannot be folded from history,
// so they are written with FULL.
type registry struct {
	dir string
	db  *sql.DB
}

func openRegistry(ctx context.Context, dir string) (*registry, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	db, err := openFile(ctx, filepath.Join(dir, "registry.db"), syncFull)
	if err != nil {
		return nil, err
	}
	_, err = db.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS active (view TEXT PRIMARY KEY, generation BIGINT NOT NULL)`)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &registry{dir: dir, db: db}, nil
}

// active is the generation of a view that is shown; 0 if there never was one.
func (r *registry) active(ctx context.Context, view string) (n int64, err error) {
	err = r.db.QueryRowContext(ctx, `SELECT generation FROM active WHERE view = $1`, view).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return n, err
}

// activate is the swap. Generations only ever go forward; errLost means that
// another process was first.
func (r *registry) activate(ctx context.Context, view string, generation int64) error {
	res, err := r.db.ExecContext(ctx, `INSERT INTO active (view, generation) VALUES ($1, $2)
		ON CONFLICT (view) DO UPDATE SET generation = excluded.generation
		WHERE active.generation < excluded.generation`, view, generation)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errors.Join(errLost, err)
	}
	return nil
}

func (r *registry) path(view string, generation int64) string {
	return filepath.Join(r.dir, fmt.Sprintf("%s-%d.db", view, generation))
}

// generations lists the numbers of a view's files, in no order.
func (r *registry) generations(view string) ([]int64, error) {
	files, err := filepath.Glob(filepath.Join(r.dir, view+"-*.db"))
	if err != nil {
		return nil, err
	}
	var found []int64
	for _, f := range files {
		digits := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(f), view+"-"), ".db")
		if n, err := strconv.ParseInt(digits, 10, 64); err == nil {
			found = append(found, n)
		}
	}
	return found, nil
}

// next is the generation to build: one that a crash left half built, or a new one.
func (r *registry) next(ctx context.Context, view string) (int64, error) {
	active, err := r.active(ctx, view)
	if err != nil {
		return 0, err
	}
	found, err := r.generations(view)
	if err != nil {
		return 0, err
	}
	for _, n := range found {
		if n > active {
			return n, nil
		}
	}
	return active + 1, nil
}
