package durable_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"kassa/services/durable"
)

const notes = `CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT`

func open(t *testing.T, path string, migrations ...string) *durable.Database {
	t.Helper()
	d, err := durable.Open(t.Context(), path, migrations...)
	require.NoError(t, err)
	return d
}

func insert(body string) func(*sql.Tx) error {
	return func(tx *sql.Tx) error {
		_, err := tx.Exec(`INSERT INTO notes (body) VALUES (?)`, body)
		return err
	}
}

func count(t *testing.T, d *durable.Database) (n int) {
	t.Helper()
	require.NoError(t, d.Reader().QueryRow(`SELECT count(*) FROM notes`).Scan(&n))
	return n
}

func TestWhatWasWrittenIsThereAfterReopening(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a directory with ? and %41", "notes.db")
	d := open(t, path, notes)
	require.NoError(t, d.Write(t.Context(), insert("one")))
	require.Equal(t, 1, count(t, d))
	require.NoError(t, d.Close())

	require.FileExists(t, path, "the path is taken literally")
	d = open(t, path, notes, `ALTER TABLE notes ADD COLUMN colour TEXT`)
	defer d.Close()
	assert.Equal(t, 1, count(t, d))
	assert.NoError(t, d.Write(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE notes SET colour = 'red'`)
		return err
	}), "a new migration runs once, the old one not again")
}

func TestAnErrorUndoesTheTransaction(t *testing.T) {
	d := open(t, filepath.Join(t.TempDir(), "notes.db"), notes)
	defer d.Close()
	err := d.Write(t.Context(), func(tx *sql.Tx) error {
		require.NoError(t, insert("one")(tx))
		return assert.AnError
	})
	require.ErrorIs(t, err, assert.AnError)
	assert.Zero(t, count(t, d))
}

func TestACancelledCallerWritesNothing(t *testing.T) {
	d := open(t, filepath.Join(t.TempDir(), "notes.db"), notes)
	defer d.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, d.Write(ctx, insert("one")), context.Canceled)
	assert.Zero(t, count(t, d))
}

func TestACallerThatLeavesDuringAWriteDoesNotCutItOff(t *testing.T) {
	d := open(t, filepath.Join(t.TempDir(), "notes.db"), notes)
	defer d.Close()
	ctx, cancel := context.WithCancel(t.Context())
	require.NoError(t, d.Write(ctx, func(tx *sql.Tx) error {
		cancel()
		return insert("one")(tx)
	}))
	assert.Equal(t, 1, count(t, d))
}

func TestOneHolderAtATime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notes.db")
	d := open(t, path, notes)
	_, err := durable.Open(t.Context(), path, notes)
	require.ErrorIs(t, err, durable.ErrHeld)
	require.NoError(t, d.Close())
	require.NoError(t, open(t, path, notes).Close())
}

func TestANewerFileIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notes.db")
	require.NoError(t, open(t, path, notes, `CREATE TABLE later (id INTEGER) STRICT`).Close())
	_, err := durable.Open(t.Context(), path, notes)
	require.ErrorContains(t, err, "newer program")
	require.NoError(t, open(t, path, notes, `CREATE TABLE later (id INTEGER) STRICT`).Close(), "the refusal released the file")
}

func TestAFileThatIsNoDatabaseIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notes.db")
	require.NoError(t, os.WriteFile(path, []byte("this is no database, but it is long enough to be read as one"), 0o600))
	_, err := durable.Open(t.Context(), path, notes)
	require.ErrorIs(t, err, durable.ErrBroken)
}

func TestAfterADiskFailureNothingIsWritten(t *testing.T) {
	d := open(t, filepath.Join(t.TempDir(), "notes.db"), notes)
	defer d.Close()
	garbage := filepath.Join(t.TempDir(), "garbage.db")
	require.NoError(t, os.WriteFile(garbage, []byte("no database, as a failed disk would give it back to us"), 0o600))
	other, err := sql.Open("sqlite", garbage)
	require.NoError(t, err)
	defer other.Close()

	err = d.Write(t.Context(), func(*sql.Tx) error { return other.QueryRow(`SELECT count(*) FROM sqlite_master`).Scan(new(int)) })
	require.ErrorIs(t, err, durable.ErrBroken)
	require.ErrorIs(t, d.Write(t.Context(), insert("one")), durable.ErrBroken, "until the file is opened anew")
	assert.Zero(t, count(t, d))
}

func TestAFullDiskIsSaidAndGoesAway(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notes.db")
	d := open(t, path, notes)
	defer d.Close()
	limit := func(pages int) func(*sql.Tx) error {
		return func(tx *sql.Tx) error {
			return tx.QueryRow(fmt.Sprintf("PRAGMA max_page_count = %d", pages)).Scan(new(int))
		}
	}
	require.NoError(t, d.Write(t.Context(), limit(4)))
	require.ErrorIs(t, d.Write(t.Context(), insert(string(make([]byte, 1<<20)))), durable.ErrFull)
	require.NoError(t, d.Write(t.Context(), limit(10000)))
	require.NoError(t, d.Write(t.Context(), insert("one")))
	assert.Equal(t, 1, count(t, d))
}

func TestASecretIsMadeOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "secret.key")
	var g errgroup.Group
	made := make([][]byte, 8)
	for i := range made {
		g.Go(func() (err error) {
			made[i], err = durable.Secret(path)
			return err
		})
	}
	require.NoError(t, g.Wait())
	for _, s := range made {
		assert.Len(t, s, 32)
		assert.Equal(t, made[0], s)
	}
	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	left, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	assert.Len(t, left, 1, "no temporary file remains")
}

func TestASecretThatOthersCanReadIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret.key")
	_, err := durable.Secret(path)
	require.NoError(t, err)
	require.NoError(t, os.Chmod(path, 0o644))
	_, err = durable.Secret(path)
	require.ErrorContains(t, err, "chmod 600")
}

func TestACutSecretIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret.key")
	require.NoError(t, os.WriteFile(path, []byte("short"), 0o600))
	_, err := durable.Secret(path)
	require.ErrorContains(t, err, "restore it from a backup")
}
