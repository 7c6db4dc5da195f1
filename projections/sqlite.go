package projections

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

// syncing is how much of a database survives a power cut. SQLite keeps it per
// connection, so it stands in the DSN and is asked back.
type syncing string

const (
	syncFull   syncing = "FULL"   // every commit: for what nothing can restore
	syncNormal syncing = "NORMAL" // rows and checkpoint go back together: for views
	syncOff    syncing = "OFF"    // nothing: for what is thrown away afterwards
)

// openFile opens a SQLite database in WAL mode.
func openFile(ctx context.Context, path string, sync syncing, more ...string) (*sql.DB, error) {
	q := url.Values{"_pragma": append([]string{
		"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(" + string(sync) + ")", "foreign_keys(1)",
	}, more...)}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}).String())
	if err != nil {
		return nil, err
	}
	if err := assertDurable(ctx, db, sync); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), db.Close())
	}
	return db, nil
}

func assertDurable(ctx context.Context, db *sql.DB, sync syncing) error {
	var mode, level string
	if err := db.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode); err != nil {
		return err
	}
	if err := db.QueryRowContext(ctx, "PRAGMA synchronous").Scan(&level); err != nil {
		return err
	}
	if want := map[syncing]string{syncOff: "0", syncNormal: "1", syncFull: "2"}[sync]; mode != "wal" || level != want {
		return fmt.Errorf("journal mode %s, synchronous %s; want wal, %s", mode, level, want)
	}
	return nil
}

// fault tells trouble with the disk or the file, which time or an operator
// heals, from a fact that cannot be applied.
func fault(err error) bool {
	e := (*sqlite.Error)(nil)
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code() & 0xff {
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED, lib.SQLITE_FULL, lib.SQLITE_IOERR, lib.SQLITE_NOMEM,
		lib.SQLITE_READONLY, lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB, lib.SQLITE_CANTOPEN, lib.SQLITE_PROTOCOL:
		return true
	}
	return false
}

// settle moves everything from the write-ahead log into the file and both to
// the disk, with the directory that names them.
func (t *Tx) settle(path string) error {
	var busy, log, moved int
	if _, err := t.Get("PRAGMA wal_checkpoint(TRUNCATE)", nil, &busy, &log, &moved); err != nil {
		return err
	}
	if busy != 0 {
		return fmt.Errorf("settle %s: it is being read", path)
	}
	return syncAll(path, filepath.Dir(path))
}

func syncAll(paths ...string) error {
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		if err := errors.Join(f.Sync(), f.Close()); err != nil {
			return err
		}
	}
	return nil
}

// removeFile unlinks a database and what SQLite keeps beside it, the log first:
// a log without its database must never be found.
func removeFile(path string) error {
	for _, p := range []string{path + "-wal", path + "-shm", path} {
		if err := os.Remove(p); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}
