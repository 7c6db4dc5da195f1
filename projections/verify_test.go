package projections_test

import (
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/projections"
	"kassa/projections/projectiontest"
	"kassa/projections/views"
)

// Verify must find what is wrong, or it proves nothing; a rebuild mends it.
func TestVerifyNamesTheRowsThatDiffer(t *testing.T) {
	s := projectiontest.New(t)
	s.Trade(1, 100)
	c := s.Config(t.TempDir())
	p := projectiontest.Open(t, c, views.DirectoryView)
	vandal, err := sql.Open("sqlite", filepath.Join(c.Dir, "directory-1.db"))
	require.NoError(t, err)
	defer vandal.Close()
	for _, damage := range []string{
		`UPDATE tenants SET name = 'Contosso' WHERE name = 'Contoso'`,
		`DELETE FROM tenant_domains WHERE domain = 'fabrikam.example'`,
		`INSERT INTO tenant_domains (domain, tenant) VALUES ('evil.example', 'x')`,
	} {
		_, err := vandal.Exec(damage)
		require.NoError(t, err)
	}
	r, err := p.Verify(t.Context(), "directory", nil)
	require.NoError(t, err)
	assert.False(t, r.Equal)
	kinds := map[projections.DifferenceKind]string{}
	for _, d := range r.Differences {
		kinds[d.Kind] = d.Table
	}
	assert.Equal(t, map[projections.DifferenceKind]string{
		projections.Changed: "tenants", projections.Missing: "tenant_domains", projections.Extra: "tenant_domains",
	}, kinds)
	assert.Contains(t, r.Differences, projections.Difference{Table: "tenant_domains", Key: "evil.example/x", Kind: projections.Extra})
	assert.NoFileExists(t, filepath.Join(c.Dir, "directory-verify.db"))

	r, err = p.Rebuild(t.Context(), "directory", nil)
	require.NoError(t, err)
	assert.False(t, r.Equal, "the rebuild says what it mended")
	intact(t, t.Context(), p, s.End())
}
