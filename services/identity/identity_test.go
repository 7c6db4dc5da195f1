package identity_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	"kassa/services/identity"
)

const (
	contoso domain.TenantID = "5d0d8c6e-0000-4000-8000-00000000000a"
	anna    domain.PersonID = "11111111-0000-4000-8000-000000000001"
)

var noon = time.Date(2026, 2, 1, 12, 0, 0, 0, time.UTC)

func at(t time.Time) func() time.Time { return func() time.Time { return t } }

func issuer(t *testing.T, dir string, now time.Time) *identity.Issuer {
	t.Helper()
	i, err := identity.NewIssuer(dir, at(now))
	require.NoError(t, err)
	return i
}

func TestAnIssuedTokenSaysWhatItWasIssuedFor(t *testing.T) {
	i := issuer(t, t.TempDir(), noon)
	for name, want := range map[string]identity.Claims{
		"a member":                    {Tenant: contoso, Person: anna, Guest: new(false)},
		"a guest":                     {Tenant: contoso, Person: anna, Guest: new(true)},
		"a member or guest, unknown":  {Tenant: contoso, Person: anna},
		"a billing and global reader": {Tenant: contoso, Person: anna, Guest: new(false), Roles: []string{domain.RoleBillingAdmin, domain.RoleGlobalReader}},
	} {
		t.Run(name, func(t *testing.T) {
			token, expires, err := i.Issue(want)
			require.NoError(t, err)
			assert.Equal(t, noon.Add(time.Hour), expires)
			got, err := i.Verifier().Verify(t.Context(), token)
			require.NoError(t, err)
			assert.Equal(t, want, got)
		})
	}
}

func TestATokenLivesForAnHourAndAMinute(t *testing.T) {
	dir := t.TempDir()
	token, _, err := issuer(t, dir, noon).Issue(identity.Claims{Tenant: contoso, Person: anna})
	require.NoError(t, err)
	for _, c := range []struct {
		at   time.Duration
		want error
	}{
		{-2 * time.Minute, identity.ErrInvalid},
		{-time.Minute, nil}, // clocks differ
		{0, nil},
		{time.Hour + 59*time.Second, nil},
		{time.Hour + time.Minute, identity.ErrExpired},
		{24 * time.Hour, identity.ErrExpired},
	} {
		_, err := issuer(t, dir, noon.Add(c.at)).Verifier().Verify(t.Context(), token)
		assert.ErrorIs(t, err, c.want, "after %s", c.at)
	}
}

func TestATokenOutlivesARestart(t *testing.T) {
	dir := t.TempDir()
	token, _, err := issuer(t, dir, noon).Issue(identity.Claims{Tenant: contoso, Person: anna})
	require.NoError(t, err)
	_, err = issuer(t, dir, noon).Verifier().Verify(t.Context(), token)
	require.NoError(t, err)
	info, err := os.Stat(filepath.Join(dir, "identity.key"))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

func TestNobodyGetsATokenWithoutIDs(t *testing.T) {
	i := issuer(t, t.TempDir(), noon)
	for _, c := range []identity.Claims{
		{}, {Tenant: contoso}, {Person: anna}, {Tenant: "contoso.example", Person: anna},
		{Tenant: contoso, Person: "anna@contoso.example"}, {Tenant: contoso, Person: anna, Roles: []string{"billing-admin"}},
	} {
		_, _, err := i.Issue(c)
		assert.Error(t, err)
	}
}

func TestBearer(t *testing.T) {
	for header, want := range map[string]string{
		"Bearer abc": "abc", "bearer abc": "abc", "BEARER  abc ": "abc",
		"": "", "abc": "", "Bearer": "", "Basic abc": "", "Bearerabc": "",
	} {
		assert.Equal(t, want, identity.Bearer(header), header)
	}
}

func TestTheDevelopmentIssuerStaysOnTheLoopback(t *testing.T) {
	for _, addr := range []string{"127.0.0.1:8080", "127.1.2.3:0", "[::1]:8080", "localhost:8080"} {
		assert.NoError(t, identity.CheckLoopback(addr, false), addr)
	}
	for _, addr := range []string{":8080", "0.0.0.0:8080", "[::]:8080", "192.0.2.7:8080", "[2001:db8::7]:80", "kassa.example:8080", "localhost.example:80"} {
		assert.ErrorIs(t, identity.CheckLoopback(addr, false), identity.ErrExposed, addr)
		assert.NoError(t, identity.CheckLoopback(addr, true), addr)
	}
	for _, addr := range []string{"", "127.0.0.1", "8080"} {
		assert.Equal(t, domain.Invalid, domain.KindOf(identity.CheckLoopback(addr, true)), addr)
	}
}
