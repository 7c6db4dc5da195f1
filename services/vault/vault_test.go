package vault

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
	"pgregory.net/rapid"

	"kassa/domain"
	"kassa/services/durable"
)

const (
	contoso  domain.TenantID = "5d0d8c6e-0000-4000-8000-00000000000a"
	fabrikam domain.TenantID = "5d0d8c6e-0000-4000-8000-00000000000b"
	anna     domain.PersonID = "11111111-0000-4000-8000-000000000001"
	omar     domain.PersonID = "11111111-0000-4000-8000-000000000002"
)

func open(t *testing.T, dir string) *Vault {
	t.Helper()
	v, err := Open(t.Context(), dir)
	require.NoError(t, err)
	t.Cleanup(func() { v.Close() })
	return v
}

func seal(t *testing.T, v *Vault, tid domain.TenantID, oid domain.PersonID, field, plain string) []byte {
	t.Helper()
	sealed, err := v.Seal(t.Context(), tid, oid, field, plain)
	require.NoError(t, err)
	return sealed
}

func TestWhatIsSealedOpensAgain(t *testing.T) {
	v := open(t, t.TempDir())
	rapid.Check(t, func(rt *rapid.T) {
		oid := rapid.SampledFrom([]domain.PersonID{anna, omar}).Draw(rt, "person")
		field, plain := rapid.String().Draw(rt, "field"), rapid.String().Draw(rt, "plain")
		sealed := seal(t, v, contoso, oid, field, plain)
		if len(plain) > 3 && bytes.Contains(sealed, []byte(plain)) {
			rt.Fatal("the text shows")
		}
		got, err := v.Open(t.Context(), contoso, oid, field, sealed)
		if err != nil || got != plain {
			rt.Fatalf("got %q, %v", got, err)
		}
	})
}

func TestItOpensAfterARestart(t *testing.T) {
	dir := t.TempDir()
	v := open(t, dir)
	sealed := seal(t, v, contoso, anna, "name", "Anna Andersson")
	index, err := v.MailIndex(t.Context(), contoso, "anna@contoso.example")
	require.NoError(t, err)
	require.NoError(t, v.Close())

	v = open(t, dir)
	got, err := v.Open(t.Context(), contoso, anna, "name", sealed)
	require.NoError(t, err)
	assert.Equal(t, "Anna Andersson", got)
	again, err := v.MailIndex(t.Context(), contoso, "anna@contoso.example")
	require.NoError(t, err)
	assert.Equal(t, index, again)
}

func TestSealingTwiceLooksDifferent(t *testing.T) {
	v := open(t, t.TempDir())
	assert.NotEqual(t, seal(t, v, contoso, anna, "name", "Anna"), seal(t, v, contoso, anna, "name", "Anna"))
}

func TestSealedBytesAreBoundToTheirPlace(t *testing.T) {
	v := open(t, t.TempDir())
	sealed := seal(t, v, contoso, anna, "name", "Anna")
	seal(t, v, contoso, omar, "name", "Omar")
	seal(t, v, fabrikam, anna, "name", "Anna")
	for name, c := range map[string]struct {
		tid   domain.TenantID
		oid   domain.PersonID
		field string
	}{"another field": {contoso, anna, "mail"}, "another person": {contoso, omar, "name"}, "another tenant": {fabrikam, anna, "name"}} {
		t.Run(name, func(t *testing.T) {
			_, err := v.Open(t.Context(), c.tid, c.oid, c.field, sealed)
			require.Error(t, err)
		})
	}
}

func TestEveryFlippedBitIsNoticed(t *testing.T) {
	v := open(t, t.TempDir())
	sealed := seal(t, v, contoso, anna, "name", "Anna")
	for i := range len(sealed) * 8 {
		broken := bytes.Clone(sealed)
		broken[i/8] ^= 1 << (i % 8)
		_, err := v.Open(t.Context(), contoso, anna, "name", broken)
		require.Error(t, err, "bit %d", i)
	}
	for i := range sealed {
		_, err := v.Open(t.Context(), contoso, anna, "name", sealed[:i])
		require.ErrorIs(t, err, ErrDamaged, "cut to %d", i)
	}
}

func TestOneDamagedItemSpoilsNoOther(t *testing.T) {
	v := open(t, t.TempDir())
	a, o := seal(t, v, contoso, anna, "name", "Anna"), seal(t, v, contoso, omar, "name", "Omar")
	const stranger = "11111111-0000-4000-8000-000000000009"
	got, err := v.OpenAll(t.Context(), []Sealed{
		{contoso, anna, "name", a}, {contoso, stranger, "name", a}, {contoso, omar, "mail", o}, {contoso, omar, "name", o},
	})
	require.NoError(t, err)
	assert.Equal(t, Opened{Text: "Anna"}, got[0])
	assert.ErrorIs(t, got[1].Err, ErrErased)
	assert.ErrorIs(t, got[2].Err, ErrDamaged)
	assert.Equal(t, Opened{Text: "Omar"}, got[3])
}

func TestMorePeopleThanTheCacheHolds(t *testing.T) {
	v := open(t, t.TempDir())
	v.people = newCache[person, key](10)
	var items []Sealed
	for i := range 50 {
		oid := domain.PersonID(fmt.Sprint("person-", i))
		items = append(items, Sealed{contoso, oid, "name", seal(t, v, contoso, oid, "name", fmt.Sprint(i))})
	}
	opened, err := v.OpenAll(t.Context(), items)
	require.NoError(t, err)
	for i, o := range opened {
		assert.Equal(t, Opened{Text: fmt.Sprint(i)}, o)
	}
	assert.LessOrEqual(t, len(v.people.values), 10)
}

func TestConcurrentFirstSealsShareOneKey(t *testing.T) {
	v := open(t, t.TempDir())
	var g errgroup.Group
	all := make([][]byte, 16)
	for i := range all {
		g.Go(func() (err error) {
			all[i], err = v.Seal(t.Context(), contoso, anna, "name", "Anna")
			return err
		})
	}
	require.NoError(t, g.Wait())
	for _, sealed := range all {
		got, err := v.Open(t.Context(), contoso, anna, "name", sealed)
		require.NoError(t, err)
		assert.Equal(t, "Anna", got)
	}
}

func TestEnrollingMakesKeysForThoseWhoHaveNone(t *testing.T) {
	v := open(t, t.TempDir())
	sealed := seal(t, v, contoso, anna, "name", "Anna")
	seal(t, v, contoso, omar, "name", "Omar")
	require.NoError(t, v.Erase(t.Context(), contoso, omar))
	const lena = "11111111-0000-4000-8000-000000000003"
	require.NoError(t, v.Enrol(t.Context(), contoso, []domain.PersonID{anna, omar, lena, lena}))

	keys := wrappedKeys(t, v)
	assert.Len(t, keys, 3)
	v.people = newCache[person, key](10)
	got, err := v.Open(t.Context(), contoso, anna, "name", sealed)
	require.NoError(t, err)
	assert.Equal(t, "Anna", got, "with the key she had")
	for _, oid := range []domain.PersonID{omar, lena} {
		got, err := v.Open(t.Context(), contoso, oid, "name", seal(t, v, contoso, oid, "name", "somebody"))
		require.NoError(t, err)
		assert.Equal(t, "somebody", got)
	}
	assert.Equal(t, keys, wrappedKeys(t, v), "sealing made no other keys")
}

func TestMailIndex(t *testing.T) {
	v := open(t, t.TempDir())
	index := func(tid domain.TenantID, mail string) string {
		i, err := v.MailIndex(t.Context(), tid, mail)
		require.NoError(t, err)
		assert.Len(t, i, 64)
		assert.NotContains(t, i, "anna")
		return i
	}
	assert.Equal(t, index(contoso, "anna@contoso.example"), index(contoso, "  Anna@CONTOSO.example\n"))
	assert.NotEqual(t, index(contoso, "anna@contoso.example"), index(contoso, "omar@contoso.example"))
	assert.NotEqual(t, index(contoso, "anna@contoso.example"), index(fabrikam, "anna@contoso.example"), "a tenant is a wall")
	_, err := v.MailIndex(t.Context(), contoso, "  ")
	assert.ErrorIs(t, err, ErrNoMail)
}

func TestTheRootKeyMustFit(t *testing.T) {
	dir := t.TempDir()
	v := open(t, dir)
	seal(t, v, contoso, anna, "name", "Anna")
	require.NoError(t, v.Close())
	require.NoError(t, os.Remove(filepath.Join(dir, "vault.key")))
	_, err := durable.Secret(filepath.Join(dir, "vault.key"))
	require.NoError(t, err)
	_, err = Open(t.Context(), dir)
	require.ErrorIs(t, err, ErrRootKey)
}

func TestExchangedRowsAreNoticed(t *testing.T) {
	dir := t.TempDir()
	v := open(t, dir)
	sealed := seal(t, v, contoso, anna, "name", "Anna")
	seal(t, v, contoso, omar, "name", "Omar")
	require.NoError(t, v.Close())
	db, err := durable.Open(t.Context(), filepath.Join(dir, "keys.db"), tables)
	require.NoError(t, err)
	require.NoError(t, db.Write(t.Context(), exec(`UPDATE people SET wrapped = (SELECT wrapped FROM people WHERE oid = '`+string(omar)+`')`)))
	require.NoError(t, db.Close())

	_, err = open(t, dir).Open(t.Context(), contoso, anna, "name", sealed)
	require.ErrorIs(t, err, ErrDamaged)
}

func TestNoFileHoldsPlainTextOrAnUnwrappedKey(t *testing.T) {
	dir := t.TempDir()
	v := open(t, dir)
	seal(t, v, contoso, anna, "name", "Anna Canary Andersson")
	_, err := v.MailIndex(t.Context(), contoso, "canary@contoso.example")
	require.NoError(t, err)
	wrapped := wrappedKeys(t, v)[anna]
	secret, err := unwrap(v.root, wrapped, person{contoso, anna}.label())
	require.NoError(t, err)
	all := files(t, dir)
	assert.NotContains(t, all, "Canary")
	assert.NotContains(t, all, "canary")
	assert.NotContains(t, all, string(secret))
	assert.Contains(t, all, string(wrapped), "the search finds what is there")
}

// files joins every byte below dir.
func files(t *testing.T, dir string) string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	require.NoError(t, err)
	var all strings.Builder
	for _, name := range names {
		b, err := os.ReadFile(name)
		require.NoError(t, err)
		all.Write(b)
	}
	return all.String()
}

func wrappedKeys(t *testing.T, v *Vault) map[domain.PersonID][]byte {
	t.Helper()
	rows, err := v.db.Reader().Query(`SELECT oid, wrapped FROM people WHERE wrapped <> zeroblob(60)`)
	require.NoError(t, err)
	defer rows.Close()
	keys := map[domain.PersonID][]byte{}
	for rows.Next() {
		var oid domain.PersonID
		var wrapped []byte
		require.NoError(t, rows.Scan(&oid, &wrapped))
		keys[oid] = wrapped
	}
	require.NoError(t, rows.Err())
	return keys
}

func BenchmarkOpenAll(b *testing.B) {
	v, err := Open(b.Context(), b.TempDir())
	require.NoError(b, err)
	defer v.Close()
	items := make([]Sealed, 1000)
	for i := range items {
		oid := domain.PersonID(fmt.Sprint("person-", rand.Int()))
		sealed, err := v.Seal(b.Context(), contoso, oid, "name", "Anna Andersson")
		require.NoError(b, err)
		items[i] = Sealed{contoso, oid, "name", sealed}
	}
	for name, limit := range map[string]int{"cold": 1, "warm": cached} {
		b.Run(name, func(b *testing.B) {
			v.people = newCache[person, key](limit)
			for b.Loop() {
				if _, err := v.OpenAll(b.Context(), items); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*len(items))/b.Elapsed().Seconds(), "fields/s")
		})
	}
}
