package onboarding_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/product"
	"kassa/domain/user"
	"kassa/eventstore"
	"kassa/eventstore/embedded"
	"kassa/eventstore/esdb"
	"kassa/eventstore/memory"
	"kassa/services/demo"
	"kassa/services/importer"
	"kassa/services/onboarding"
	"kassa/services/vault"
)

const contoso = domain.TenantID("10000000-0000-4000-8000-000000000001")

var request = commands.Request{Who: commands.Principal{Roles: []string{commands.RoleOperator}}, ID: uuid.New(), Correlation: uuid.New()}

// store is the part of an event store that an import needs.
type store interface {
	Read(ctx context.Context, stream string) ([]eventstore.Record, error)
	Append(ctx context.Context, stream string, expected eventstore.Revision, drafts []eventstore.Draft) (eventstore.Written, error)
}

func open(t testing.TB, s store) *onboarding.Onboarding {
	t.Helper()
	keys, err := vault.Open(t.Context(), t.TempDir())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, keys.Close()) })
	log := commands.Log{Store: s, Codec: eventstore.Schema()}
	o := &onboarding.Onboarding{TenantByDomain: func(_ context.Context, name string) (domain.TenantID, error) {
		return "", fmt.Errorf("nobody has %s", name)
	}}
	o.Commands.Catalogue = &commands.Catalogue{Log: log, Now: time.Now}
	o.Commands.Directory = &commands.Directory{Log: log, Sealer: keys, Now: time.Now}
	return o
}

// company is a directory of one tenant and many people.
func company(people int) importer.Directory {
	d := importer.Directory{Tenants: []importer.Tenant{{
		ID: contoso, Name: "Contoso", Domains: []string{"contoso.example"}, Kind: domain.Commercial, Managed: true, Country: "SE", Zone: "Europe/Stockholm",
	}}}
	for i := range people {
		d.People = append(d.People, importer.Person{
			Tenant: string(contoso), ID: domain.PersonID(fmt.Sprintf("20000000-0000-4000-8000-%012d", i)),
			Name: fmt.Sprint("Person ", i), Mail: fmt.Sprintf("p%d@contoso.example", i), Enabled: true,
		})
	}
	return d
}

func TestImportingADirectoryAgainAddsWhatIsNew(t *testing.T) {
	o, d := open(t, new(memory.Store)), company(1200)
	first, err := o.PutDirectory(t.Context(), request, d)
	require.NoError(t, err)
	assert.Equal(t, []int{1201, 1201, 0}, []int{first.Rows, first.Written, first.Unchanged})

	again, err := o.PutDirectory(t.Context(), request, d)
	require.NoError(t, err)
	assert.Equal(t, []int{1201, 0, 1201}, []int{again.Rows, again.Written, again.Unchanged})
	assert.Equal(t, first.Position, again.Position)

	d.People[1100].Enabled = false
	changed, err := o.PutDirectory(t.Context(), request, d)
	require.NoError(t, err)
	assert.Equal(t, []int{1201, 1, 1200}, []int{changed.Rows, changed.Written, changed.Unchanged})
}

func TestImportingTheDemoCatalogueAgainChangesNothing(t *testing.T) {
	s := new(memory.Store)
	o := open(t, s)
	file, err := demo.Catalogue()
	require.NoError(t, err)
	first, err := o.PutCatalogue(t.Context(), request, file)
	require.NoError(t, err)
	assert.Equal(t, len(file.Products), first.Rows)
	again, err := o.PutCatalogue(t.Context(), request, file)
	require.NoError(t, err)
	assert.Zero(t, again.Written)
	records, err := s.Read(t.Context(), product.Stream("CFQ7TTC0HD33"))
	require.NoError(t, err)
	assert.Len(t, records, 6, "R06: Visio is listed, can be tried, has an older id, and is closed in India, Brazil and DR Congo")
}

func TestAnUnknownTenantStopsAnImportBeforeItBegins(t *testing.T) {
	s := new(memory.Store)
	d := company(2)
	d.People[1].Tenant = "elsewhere.example"
	_, err := open(t, s).PutDirectory(t.Context(), request, d)
	require.ErrorContains(t, err, "elsewhere.example")
	records, err := s.Read(t.Context(), user.Stream(contoso, d.People[0].ID))
	require.NoError(t, err)
	assert.Empty(t, records)
}

func TestOnlyAnOperatorImports(t *testing.T) {
	s := new(memory.Store)
	_, err := open(t, s).PutDirectory(t.Context(), commands.Request{ID: uuid.New()}, company(1))
	require.ErrorIs(t, err, commands.ErrNotOperator)
	head, err := s.Head(t.Context())
	require.NoError(t, err)
	assert.Zero(t, head)
}

// On real parts: keys and facts are on disk before an import is over.
func BenchmarkNewPeople(b *testing.B) {
	server, err := embedded.Open(b.Context(), embedded.Config{Dir: b.TempDir()})
	require.NoError(b, err)
	defer server.Close()
	s, err := esdb.Open(server.ConnectionString(), nil)
	require.NoError(b, err)
	defer s.Close()
	o, d := open(b, s), company(b.N)
	b.ResetTimer()
	_, err = o.PutDirectory(b.Context(), request, d)
	require.NoError(b, err)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "people/s")
}
