package journal

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Errors that are about the journal, not about a stream.
var (
	// ErrFailed: the disk failed; the write may or may not be on it.
	ErrFailed = errors.New("journal: the disk failed, nothing more is written")
	// ErrClosed: the journal is closed; the write did not happen.
	ErrClosed = errors.New("journal: closed")
)

// Journal is an open directory. Its methods may be called at the same time.
type Journal struct {
	lock   *os.File
	reader *reader
	writer *writer
	tail   *tail
	now    func() time.Time

	closing   chan struct{} // closed when nothing more may be queued
	closeOnce sync.Once
	closeErr  error
	failOnce  sync.Once
	failed    chan error
}

// Open takes dir for this process, creates what is missing, recovers what an
// earlier process left and starts the writer. now may be nil.
func Open(ctx context.Context, dir string, now func() time.Time) (*Journal, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	lock, err := lockDir(dir)
	if err != nil {
		return nil, err
	}
	j := &Journal{lock: lock, now: now, closing: make(chan struct{}), failed: make(chan error, 1)}
	if j.now == nil {
		j.now = time.Now
	}
	if err := j.open(ctx, filepath.Join(dir, "events.db")); err != nil {
		return nil, joinClose(err, lock)
	}
	go j.writer.run()
	return j, nil
}

func (j *Journal) open(ctx context.Context, path string) error {
	db, err := openWriter(ctx, path)
	if err != nil {
		return err
	}
	if j.reader, err = newReader(ctx, path); err != nil {
		return joinClose(err, db)
	}
	if j.writer, err = newWriter(ctx, db, j); err != nil {
		return errors.Join(err, j.reader.db.Close(), db.Close())
	}
	j.tail = newTail(j.writer.position)
	return nil
}

// Close answers what is queued, refuses what comes later, brings the write-ahead
// log into the database and lets go of the directory. Safe to call twice.
func (j *Journal) Close() error {
	j.closeOnce.Do(func() {
		close(j.closing)
		<-j.writer.stopped
		j.closeErr = errors.Join(j.reader.db.Close(), j.writer.close(), j.lock.Close())
	})
	return j.closeErr
}

// Failed yields the first failure of the disk. Whoever owns the journal should
// then end the process.
func (j *Journal) Failed() <-chan error { return j.failed }

func (j *Journal) fail(err error) {
	j.failOnce.Do(func() { j.failed <- err })
}

// failIfDisk reports a reader's error when it shows that the file cannot be
// trusted any longer.
func (j *Journal) failIfDisk(err error) {
	if e := (*sqlite.Error)(nil); errors.As(err, &e) {
		switch e.Code() & 0xff {
		case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FULL:
			j.fail(err)
		}
	}
}

// joinClose closes c because of err, and loses neither error.
func joinClose(err error, c io.Closer) error { return errors.Join(err, c.Close()) }
