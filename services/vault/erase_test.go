package vault

import (
	"database/sql"
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
)

func exec(statement string) func(*sql.Tx) error {
	return func(tx *sql.Tx) error {
		_, err := tx.Exec(statement)
		return err
	}
}

func TestAnErasedPersonCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	v := open(t, dir)
	a, o := seal(t, v, contoso, anna, "name", "Anna"), seal(t, v, contoso, omar, "name", "Omar")
	require.NoError(t, v.Erase(t.Context(), contoso, anna))
	require.NoError(t, v.Erase(t.Context(), contoso, anna), "again changes nothing")

	for _, life := range []string{"at once", "after a restart"} {
		_, err := v.Open(t.Context(), contoso, anna, "name", a)
		assert.ErrorIs(t, err, ErrErased, life)
		got, err := v.Open(t.Context(), contoso, omar, "name", o)
		require.NoError(t, err)
		assert.Equal(t, "Omar", got)
		v.Close()
		v = open(t, dir)
	}
}

func TestAPersonWhoComesBackGetsANewKey(t *testing.T) {
	v := open(t, t.TempDir())
	before := seal(t, v, contoso, anna, "name", "Anna")
	require.NoError(t, v.Erase(t.Context(), contoso, anna))
	after := seal(t, v, contoso, anna, "name", "Anna again")

	_, err := v.Open(t.Context(), contoso, anna, "name", before)
	assert.ErrorIs(t, err, ErrErased)
	got, err := v.Open(t.Context(), contoso, anna, "name", after)
	require.NoError(t, err)
	assert.Equal(t, "Anna again", got)
}

// Key bytes must be in no file: not in the log, not in a free page, not in the
// gap of a page that SQLite has rearranged.
func TestErasedKeysAreInNoFile(t *testing.T) {
	dir := t.TempDir()
	v := open(t, dir)
	keys, living := map[domain.PersonID][]byte{}, map[domain.PersonID]bool{}
	for range 3 {
		for range 100 {
			oid := domain.PersonID(fmt.Sprintf("person-%x", rand.Uint64()))
			seal(t, v, contoso, oid, "name", "x")
			living[oid] = true
		}
		maps.Copy(keys, wrappedKeys(t, v))
		for oid := range living {
			if rand.IntN(4) > 0 {
				require.NoError(t, v.Erase(t.Context(), contoso, oid))
				delete(living, oid)
			}
		}
	}
	require.Len(t, keys, 300)
	all := files(t, dir)
	for oid, wrapped := range keys {
		assert.Equal(t, living[oid], strings.Contains(all, string(wrapped)))
	}
}

// The test above finds a DELETE only by chance: what SQLite leaves behind depends
// on which pages it merges.
func TestAnErasedKeysRowStays(t *testing.T) {
	v := open(t, t.TempDir())
	seal(t, v, contoso, anna, "name", "Anna")
	require.NoError(t, v.Erase(t.Context(), contoso, anna))
	var rows, zeros int
	require.NoError(t, v.db.Reader().QueryRow(`SELECT count(*), sum(wrapped = zeroblob(60)) FROM people`).Scan(&rows, &zeros))
	assert.Equal(t, []int{1, 1}, []int{rows, zeros})
}

// A key that was read just before its erasure must not enter the cache just
// after it.
func TestAnErasureIsNotUndoneByASlowReader(t *testing.T) {
	v := open(t, t.TempDir())
	p := person{contoso, anna}
	sealed := seal(t, v, contoso, anna, "name", "Anna")
	epoch := v.people.epoch()
	keys, err := v.load(t.Context(), map[person]bool{p: true})
	require.NoError(t, err)
	require.Contains(t, keys, p)

	require.NoError(t, v.Erase(t.Context(), contoso, anna))
	v.people.put(epoch, p, keys[p])

	_, err = v.Open(t.Context(), contoso, anna, "name", sealed)
	assert.ErrorIs(t, err, ErrErased)
}
