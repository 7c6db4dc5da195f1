package durable

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"kassa/domain"
)

// Errors of a database, beside those of the driver.
var (
	// ErrHeld: another process, or another part of this one, has the file open.
	ErrHeld = &domain.Error{Kind: domain.Conflict, Code: "data_directory_held", Message: "Another process uses this data directory. Stop it, or choose another directory."}
	// ErrFull: the disk is full; nothing was written. Retry when there is space.
	ErrFull = &domain.Error{Kind: domain.Unavailable, Code: "disk_full", Message: "The disk is full. Free some space and retry."}
	// ErrBroken: the disk failed, or the file is damaged. What was being written
	// may or may not be there; only opening the file again can tell.
	ErrBroken = &domain.Error{Kind: domain.Unavailable, Code: "disk_failed", Message: "The disk failed or a file is damaged. Check the disk, restore the file if need be, then start Kassa again."}
)

// Database is a SQLite file that this process alone may write. It is safe for
// concurrent use.
type Database struct {
	writer *sql.DB // a single connection: writes wait for each other here, not in SQLite
	reader *sql.DB
	lock   *os.File
	broken atomic.Bool
}

// Open opens the file at path, creating it and its directory, and brings it up
// to date: migrations run once each, in order, forward only. Content that is
// deleted is overwritten (see Scrub), except for copies that SQLite left behind
// when it rearranged pages: what must vanish for certain is overwritten in place
// before, as the vault does.
func Open(ctx context.Context, path string, migrations ...string) (*Database, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	lock, err := hold(path + ".lock")
	if err != nil {
		return nil, err
	}
	d := &Database{lock: lock}
	if err := d.open(ctx, path, migrations); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, d.classify(err)), d.Close())
	}
	return d, nil
}

func (d *Database) open(ctx context.Context, path string, migrations []string) (err error) {
	if d.writer, err = sql.Open("sqlite", dsn(path, "_txlock=immediate")); err != nil {
		return err
	}
	d.writer.SetMaxOpenConns(1)
	if d.reader, err = sql.Open("sqlite", dsn(path, "_pragma=query_only(1)")); err != nil {
		return err
	}
	if err := assertPragmas(ctx, d.writer); err != nil {
		return err
	}
	if err := d.migrate(ctx, migrations); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// dsn carries the pragmas because SQLite keeps them per connection, and
// database/sql opens connections as it likes.
func dsn(path, more string) string {
	return (&url.URL{Scheme: "file", Opaque: url.PathEscape(path), RawQuery: "_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
		"&_pragma=secure_delete(1)&_pragma=busy_timeout(5000)&" + more}).String()
}

// assertPragmas refuses to go on with a file that would forget what it
// acknowledged: a mistyped pragma is silently ignored by SQLite.
func assertPragmas(ctx context.Context, db *sql.DB) error {
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "secure_delete": "1"} {
		var got string
		if err := db.QueryRowContext(ctx, "PRAGMA "+pragma).Scan(&got); err != nil {
			return err
		}
		if got != want {
			return fmt.Errorf("%s is %q, not %q", pragma, got, want)
		}
	}
	return nil
}

func (d *Database) migrate(ctx context.Context, migrations []string) error {
	return d.Write(ctx, func(tx *sql.Tx) error {
		var done int
		if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&done); err != nil {
			return err
		}
		if done > len(migrations) {
			return fmt.Errorf("the file has version %d and this program knows %d: use a newer program", done, len(migrations))
		}
		for _, m := range migrations[done:] {
			if _, err := tx.ExecContext(ctx, m); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", len(migrations)))
		return err
	})
}

// Write runs f in one transaction. When it returns nil, what f wrote is on
// disk. It does not stop half-way when ctx ends, because a commit that is cut
// off has an unknown outcome. After ErrBroken every further Write is ErrBroken:
// the page cache may hold what the disk refused, and only a fresh start reads
// the truth.
func (d *Database) Write(ctx context.Context, f func(*sql.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if d.broken.Load() {
		return ErrBroken
	}
	return d.classify(d.write(context.WithoutCancel(ctx), f))
}

func (d *Database) write(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := d.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := f(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

func (d *Database) classify(err error) error {
	e := (*sqlite.Error)(nil)
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_FULL:
		return ErrFull.Because(err)
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		d.broken.Store(true)
		return ErrBroken.Because(err)
	}
	return err
}

// Reader answers queries. It sees every Write that has returned.
func (d *Database) Reader() *sql.DB { return d.reader }

// Scrub makes sure that what was deleted is in no file any more: it moves the
// write-ahead log into the database and empties it. It fails where a reader
// holds an old state for longer than the busy time-out; then repeat it.
func (d *Database) Scrub(ctx context.Context) error {
	var busy, logged, moved int
	if err := d.writer.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &logged, &moved); err != nil {
		return d.classify(err)
	}
	if busy != 0 {
		return errors.New("durable: a reader keeps deleted content in the write-ahead log")
	}
	return nil
}

// Close releases the file. It is called once.
func (d *Database) Close() error {
	var errs []error
	for _, db := range []*sql.DB{d.reader, d.writer} { // the writer last: it folds the log into the file
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(append(errs, d.lock.Close())...)
}

// hold takes an exclusive lock on a file of its own. The database itself cannot
// serve: closing any descriptor of it would drop SQLite's locks.
func hold(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(ErrHeld.Because(err), f.Close())
	}
	return f, nil
}

// syncDir makes the names of new files in dir survive a power cut.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
