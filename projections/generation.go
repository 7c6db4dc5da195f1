package projections

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"

	"github.com/google/uuid"
)

// generation is one file of a view: rows, checkpoint and parked facts. A rebuild
// fills another one beside it. Writes are the caller's to serialise.
type generation struct {
	Projection
	number int64
	path   string
	source string // history its positions belong to

	writer *sql.DB
	tx     *Tx
	reader *sql.DB
	at     atomic.Pointer[standing]

	use    sync.RWMutex // held for reading by queries, for writing by close
	closed bool
}

// standing is what the last committed batch left. It is replaced, never changed.
type standing struct {
	checkpoint
	parked      int
	quarantined map[string]bool // streams with a parked fact
	poison      string          // why the first of them could not be applied
}

// openGeneration opens a file that makeGeneration made, with rows folded by this
// very declaration.
func openGeneration(ctx context.Context, path string, number int64, p Projection) (*generation, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, err // SQLite would make an empty one
	}
	g := &generation{Projection: p, number: number, path: path}
	if err := g.open(ctx, syncNormal); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), g.close())
	}
	if err := g.reload(); err != nil {
		return nil, errors.Join(fmt.Errorf("read %s: %w", path, err), g.close())
	}
	return g, nil
}

// makeGeneration makes an empty one, in place of whatever is there.
func makeGeneration(ctx context.Context, path string, number int64, p Projection, source uuid.UUID, sync syncing) (*generation, error) {
	if err := removeFile(path); err != nil {
		return nil, err
	}
	g := &generation{Projection: p, number: number, path: path}
	err := g.open(ctx, sync)
	if err == nil {
		err = errors.Join(g.create(source), g.reload())
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("make %s: %w", path, err), g.close())
	}
	return g, nil
}

func (g *generation) open(ctx context.Context, sync syncing) (err error) {
	if g.writer, err = openFile(ctx, g.path, sync); err != nil {
		return err
	}
	conn, err := g.writer.Conn(ctx)
	if err != nil {
		return err
	}
	g.tx = &Tx{conn: conn, statements: map[string]*sql.Stmt{}}
	if g.reader, err = openFile(ctx, g.path, sync, "query_only(1)"); err == nil {
		g.reader.SetMaxOpenConns(4)
	}
	return err
}

const parkedTable = `CREATE TABLE kassa_parked (
	gseq     BIGINT PRIMARY KEY,
	position BIGINT NOT NULL,
	event    TEXT   NOT NULL,
	stream   TEXT   NOT NULL,
	error    TEXT   NOT NULL -- empty: it only waits behind an earlier fact of its stream
)`

func (g *generation) create(source uuid.UUID) error {
	return g.tx.within(func() error {
		ddl := []string{checkpointTable, parkedTable}
		for _, t := range g.Tables {
			ddl = append(ddl, t.DDL)
		}
		for _, d := range ddl {
			// Straight to the connection: a table may come with its indexes, and a
			// prepared statement is only one.
			if _, err := g.tx.conn.ExecContext(background, d); err != nil {
				return err
			}
		}
		return g.tx.Exec(`INSERT INTO kassa_checkpoint (id, fingerprint, source, gseq, position, event) VALUES (1, $1, $2, 0, 0, $3)`,
			g.fingerprint(), source.String(), start.event)
	})
}

// reload reads from the file where the view stands: at opening, and whenever
// what we remember may not be what was committed.
func (g *generation) reload() error {
	c, err := g.tx.checkpoint()
	if err != nil {
		return err
	}
	rows, err := g.tx.conn.QueryContext(background, `SELECT stream, error FROM kassa_parked ORDER BY gseq`)
	if err != nil {
		return err
	}
	defer rows.Close()
	s := &standing{checkpoint: c, quarantined: map[string]bool{}}
	for rows.Next() {
		var stream, why string
		if err := rows.Scan(&stream, &why); err != nil {
			return err
		}
		s.poison = cmp.Or(s.poison, why)
		s.parked++
		s.quarantined[stream] = true
	}
	g.at.Store(s)
	return errors.Join(rows.Err(), g.origin())
}

// origin reads which history and which declaration the rows come from.
func (g *generation) origin() error {
	var made string
	_, err := g.tx.Get(`SELECT fingerprint, source FROM kassa_checkpoint WHERE id = 1`, nil, &made, &g.source)
	if err == nil && made != g.fingerprint() {
		err = errOtherDeclaration
	}
	return err
}

var errOtherDeclaration = errors.New("its rows were folded by another version of the program")

// read runs f on a snapshot of the rows and returns the position they are as of.
// It returns errClosed once the generation is retired.
func (g *generation) read(ctx context.Context, f func(*sql.Tx) error) (asOf uint64, err error) {
	g.use.RLock()
	defer g.use.RUnlock()
	if g.closed {
		return 0, errClosed
	}
	tx, err := g.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return 0, err
	}
	defer tx.Rollback()
	if err := tx.QueryRowContext(ctx, `SELECT position FROM kassa_checkpoint WHERE id = 1`).Scan(&asOf); err != nil {
		return 0, err
	}
	return asOf, f(tx)
}

var errClosed = errors.New("generation is closed")

// close waits for its readers.
func (g *generation) close() error {
	g.use.Lock()
	defer g.use.Unlock()
	if g.closed {
		return nil
	}
	g.closed = true
	var errs []error
	if g.reader != nil {
		errs = append(errs, g.reader.Close())
	}
	if g.tx != nil {
		for _, s := range g.tx.statements {
			errs = append(errs, s.Close())
		}
		errs = append(errs, g.tx.conn.Close())
	}
	if g.writer != nil {
		errs = append(errs, g.writer.Close())
	}
	return errors.Join(errs...)
}
