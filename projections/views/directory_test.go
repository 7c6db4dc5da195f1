package views_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	"kassa/domain/tenant"
	"kassa/domain/user"
	"kassa/projections/projectiontest"
	"kassa/projections/views"
)

func TestR10_ADomainLeadsToItsTenant(t *testing.T) {
	s := projectiontest.New(t)
	tid := s.Tenant("Contoso", "Contoso.example", "contoso.test")
	by := domain.Actor{Kind: domain.ActorSystem, Tenant: tid}
	s.Record(tenant.Stream(tid), by,
		tenant.KindChanged{Kind: domain.Education, Previous: domain.Commercial},
		tenant.BecameUnmanaged{}, tenant.BecameManaged{}, tenant.BecameUnmanaged{})
	directory := views.NewDirectory(s.Twice(t, views.DirectoryView))

	want := views.Tenant{Tenant: tid, Name: "Contoso", Domains: []string{"contoso.example", "contoso.test"}, Kind: domain.Education, Country: "SE", Zone: "Europe/Stockholm"}
	for _, name := range []string{"contoso.example", "CONTOSO.example", "contoso.test"} {
		got, asOf, err := directory.TenantByDomain(t.Context(), name)
		require.NoError(t, err, name)
		assert.Equal(t, want, got)
		assert.Equal(t, s.End(), asOf)
	}
	got, _, err := directory.Tenant(t.Context(), tid)
	require.NoError(t, err)
	assert.Equal(t, want, got)
	_, _, err = directory.TenantByDomain(t.Context(), "nobody.example")
	assert.ErrorIs(t, err, views.ErrTenantUnknown)
}

func TestADomainThatMovedLeadsToItsNewTenant(t *testing.T) {
	s := projectiontest.New(t)
	old, tid := s.Tenant("Old", "moved.example", "kept.example"), s.Tenant("New", "new.example")
	again := func(id domain.TenantID, name string, domains ...string) {
		s.Record(tenant.Stream(id), domain.Actor{Kind: domain.ActorSystem, Tenant: id},
			tenant.Registered{Tenant: id, Name: name, Domains: domains, Kind: domain.Commercial, Country: "SE", Zone: "UTC"})
	}
	again(old, "Old", "kept.example")
	again(tid, "New", "new.example", "moved.example")
	directory := views.NewDirectory(s.Twice(t, views.DirectoryView))

	got, _, err := directory.TenantByDomain(t.Context(), "moved.example")
	require.NoError(t, err)
	assert.Equal(t, tid, got.Tenant)
	got, _, err = directory.TenantByDomain(t.Context(), "kept.example")
	require.NoError(t, err)
	assert.Equal(t, old, got.Tenant)
}

func TestPeopleAreFoundByTheDigestOfTheirAddress(t *testing.T) {
	s := projectiontest.New(t)
	tid := s.Tenant("Contoso", "contoso.example")
	anna, dora := s.Join(tid, "anna"), s.Join(tid, "dora")
	by := domain.Actor{Kind: domain.ActorSystem, Tenant: tid}
	s.Record(user.Stream(tid, anna), by, user.RolesChanged{Roles: []string{domain.RoleBillingAdmin}})
	s.Record(user.Stream(tid, anna), by, user.Observed{Tenant: tid, Person: anna, Enabled: true, Synced: true, Guest: true,
		UsageLocation: "NO", Name: []byte("sealed anew"), Mail: []byte("sealed anna"), MailIndex: "index of anna"})
	s.Record(user.Stream(tid, dora), by, user.Disabled{}, user.Enabled{}, user.Disabled{})
	directory := views.NewDirectory(s.Twice(t, views.DirectoryView))

	got, _, err := directory.PersonByMail(t.Context(), tid, "index of anna")
	require.NoError(t, err)
	assert.Equal(t, views.Person{Tenant: tid, Person: anna, Guest: true, Enabled: true, Synced: true, UsageLocation: "NO",
		Roles: []string{domain.RoleBillingAdmin}, Sealed: views.Sealed{Name: []byte("sealed anew"), Mail: []byte("sealed anna")}}, got,
		"being observed again does not take away a role")
	got, _, err = directory.Person(t.Context(), tid, dora)
	require.NoError(t, err)
	assert.False(t, got.Enabled)
	assert.Empty(t, got.Roles)
	_, _, err = directory.PersonByMail(t.Context(), tid, "index of nobody")
	assert.ErrorIs(t, err, views.ErrPersonUnknown)
}

func TestNamesComeSealedAndInOneQuestion(t *testing.T) {
	s := projectiontest.New(t)
	tid := s.Tenant("Contoso", "contoso.example")
	anna, omar := s.Join(tid, "anna"), s.Join(tid, "omar")
	directory := views.NewDirectory(s.Twice(t, views.DirectoryView))

	sealed, _, err := directory.Sealed(t.Context(), tid, []domain.PersonID{anna, omar, "nobody"})
	require.NoError(t, err)
	assert.Equal(t, map[domain.PersonID]views.Sealed{
		anna: {Name: []byte("sealed name of anna"), Mail: []byte("sealed anna")},
		omar: {Name: []byte("sealed name of omar"), Mail: []byte("sealed omar")},
	}, sealed)
	sealed, _, err = directory.Sealed(t.Context(), tid, nil)
	require.NoError(t, err)
	assert.Empty(t, sealed)
}

func TestPeopleAreListedPageByPage(t *testing.T) {
	s := projectiontest.New(t)
	tid := s.Tenant("Contoso", "contoso.example")
	want := map[domain.PersonID]bool{s.Join(tid, "a"): true, s.Join(tid, "b"): true, s.Join(tid, "c"): true}
	s.Join(s.Tenant("Fabrikam", "fabrikam.example"), "d")
	directory := views.NewDirectory(s.Twice(t, views.DirectoryView))

	got := map[domain.PersonID]bool{}
	for next, pages := "", 0; pages == 0 || next != ""; pages++ {
		page, err := directory.People(t.Context(), tid, next, 2)
		require.NoError(t, err)
		for _, p := range page.Items {
			require.False(t, got[p.Person], "listed twice")
			got[p.Person] = true
		}
		next = page.Next
	}
	assert.Equal(t, want, got)
}
