package projections_test

import (
	"errors"
	"maps"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	"kassa/domain/product"
	"kassa/eventstore"
	"kassa/projections"
	"kassa/projections/projectiontest"
	"kassa/projections/views"
)

// fragile is the catalogue as long as it is well. Until then it chokes on one
// product, after having written half of a row.
type fragile struct {
	well  atomic.Bool
	tries atomic.Int32
	how   func() error
}

func (f *fragile) view() projections.Projection {
	p := views.CatalogueView
	p.On = maps.Clone(p.On)
	listed := p.On["product.listed.v1"]
	p.On["product.listed.v1"] = func(tx *projections.Tx, fact eventstore.Fact) error {
		if err := listed(tx, fact); err != nil || f.well.Load() || fact.Stream != "product-BAD" {
			return err
		}
		f.tries.Add(1)
		return f.how()
	}
	return p
}

var errChoked = errors.New("choked")

func list(id domain.ProductID, name string) product.Listed {
	return product.Listed{Product: id, Name: name, SelfServiceEligible: true, MaxQuantity: 10}
}

func TestAPoisonFactIsParkedAndItsStreamWaits(t *testing.T) {
	for name, how := range map[string]func() error{
		"an error": func() error { return errChoked },
		"a panic":  func() error { panic("choked") },
	} {
		t.Run(name, func(t *testing.T) {
			s := projectiontest.New(t)
			s.Tenant("Contoso", "contoso.example")
			f := &fragile{how: how}
			p := projectiontest.Open(t, s.Config(t.TempDir()), f.view(), views.DirectoryView)
			s.Record("product-BAD", projectiontest.Importer, list("BAD", "Bad"))
			s.Record("product-GOOD", projectiontest.Importer, list("GOOD", "Good"))
			s.Record("product-BAD", projectiontest.Importer, product.Renamed{Name: "Worse", Previous: "Bad"})
			p.Deliver(t.Context(), s.Published()...)

			assert.Equal(t, int32(3+1), f.tries.Load(), "once in hope, then three times")
			status := p.Status()
			assert.Equal(t, 2, status[0].Parked)
			assert.Equal(t, []string{"product-BAD"}, status[0].Quarantined)
			assert.Contains(t, status[0].Poison, "choked")
			assert.Equal(t, s.End(), status[0].Position, "others flow")
			assert.Zero(t, status[1].Parked, "other views are not concerned")
			assert.Equal(t, []domain.ProductID{"GOOD"}, productsOf(t, p), "half a row is no row")

			s.Record("product-BAD", projectiontest.Importer, product.Renamed{Name: "Worst", Previous: "Worse"})
			p.Deliver(t.Context(), s.Published()...)
			assert.Equal(t, 3, p.Status()[0].Parked, "in a later delivery too")

			require.NoError(t, p.Retry(t.Context(), "catalogue"))
			assert.Equal(t, 3, p.Status()[0].Parked, "nothing has been corrected yet")

			f.well.Store(true)
			require.NoError(t, p.Retry(t.Context(), "catalogue"))
			intact(t, t.Context(), p, s.End())
			assert.Empty(t, p.Status()[0].Quarantined)
			assert.Equal(t, []domain.ProductID{"BAD", "GOOD"}, productsOf(t, p))
			require.NoError(t, p.Retry(t.Context(), "catalogue"), "nothing left to do")
		})
	}
}

func TestAQuarantineOutlivesTheProcess(t *testing.T) {
	s := projectiontest.New(t)
	f := &fragile{how: func() error { return errChoked }}
	c := s.Config(t.TempDir())
	p, err := projections.Open(t.Context(), c, f.view())
	require.NoError(t, err)
	s.Record("product-BAD", projectiontest.Importer, list("BAD", "Bad"))
	p.Deliver(t.Context(), s.Published()...)
	require.NoError(t, p.Close())

	f.well.Store(true)
	p = projectiontest.Open(t, c, f.view())
	s.Record("product-BAD", projectiontest.Importer, product.Renamed{Name: "Worse", Previous: "Bad"})
	p.Deliver(t.Context(), s.Published()...)
	assert.Equal(t, 2, p.Status()[0].Parked, "in order: it waits for the operator, not for luck")
	require.NoError(t, p.Retry(t.Context(), "catalogue"))
	intact(t, t.Context(), p, s.End())
}

// legacy is a fact of a later version of the program.
type legacy struct {
	Product domain.ProductID `json:"productId"`
}

func (legacy) EventType() string { return "product.blessed.v1" }

func TestAFactOfUnknownTypeIsNeverSkipped(t *testing.T) {
	s := projectiontest.New(t)
	c := s.Config(t.TempDir())
	p, err := projections.Open(t.Context(), c, views.CatalogueView, views.DirectoryView)
	require.NoError(t, err)
	s.Record("product-ODD", projectiontest.Importer, list("ODD", "Odd"), legacy{Product: "ODD"}, product.Renamed{Name: "Odder", Previous: "Odd"})
	p.Deliver(t.Context(), s.Published()...)
	assert.Equal(t, 2, p.Status()[0].Parked)
	assert.Equal(t, 1, p.Status()[1].Parked, "who can say that it does not matter?")
	require.NoError(t, p.Close())

	// The program is upgraded, and knows the fact.
	c.Codec = eventstore.Schema()
	eventstore.Register[legacy](c.Codec)
	p = projectiontest.Open(t, c, views.CatalogueView, views.DirectoryView)
	require.NoError(t, p.Retry(t.Context(), "catalogue"))
	require.NoError(t, p.Retry(t.Context(), "directory"))
	assert.Zero(t, p.Status()[0].Parked+p.Status()[1].Parked)
	products, _, err := views.NewCatalogue(p).Products(t.Context(), projectiontest.Noon)
	require.NoError(t, err)
	assert.Equal(t, "Odder", products[0].Name)
}

func productsOf(t *testing.T, p *projections.Projector) (ids []domain.ProductID) {
	products, _, err := views.NewCatalogue(p).Products(t.Context(), projectiontest.Noon)
	require.NoError(t, err)
	for _, found := range products {
		ids = append(ids, found.Product)
	}
	return ids
}

func TestARebuildThatLacksMoreIsRefused(t *testing.T) {
	s := projectiontest.New(t)
	s.Record("product-BAD", projectiontest.Importer, list("BAD", "Bad"))
	f := &fragile{how: func() error { return errChoked }}
	f.well.Store(true)
	dir := t.TempDir()
	p := projectiontest.Open(t, s.Config(dir), f.view())
	f.well.Store(false)

	_, err := p.Rebuild(t.Context(), "catalogue", nil)
	require.ErrorIs(t, err, projections.ErrMoreParked)
	assert.Equal(t, int64(1), p.Status()[0].Generation)
	assert.Equal(t, []domain.ProductID{"BAD"}, productsOf(t, p))
	assert.Equal(t, []string{"catalogue-1.db"}, filesOf(t, dir, "catalogue"), "the refused one is thrown away")

	f.well.Store(true)
	r, err := p.Rebuild(t.Context(), "catalogue", nil)
	require.NoError(t, err)
	assert.True(t, r.Equal)
}

// A full disk says nothing about a fact: nothing is parked, nothing moves, and
// all of it is applied when there is space again. That a real poison is in the
// same batch does not change it.
func TestAFullDiskIsNotAPoison(t *testing.T) {
	s := projectiontest.New(t)
	v := views.CatalogueView
	v.On = maps.Clone(v.On)
	listed := v.On["product.listed.v1"]
	var full atomic.Bool
	v.On["product.listed.v1"] = func(tx *projections.Tx, f eventstore.Fact) error {
		pages := "PRAGMA max_page_count = 1000000"
		if full.Load() {
			pages = "PRAGMA max_page_count = 1" // SQLite takes it to mean: not one more than now
		}
		if err := tx.Exec(pages); err != nil || f.Stream == "product-BAD" {
			return errors.Join(errChoked, err)
		}
		return listed(tx, f)
	}
	p := projectiontest.Open(t, s.Config(t.TempDir()), v, views.DirectoryView)
	before := s.End()
	s.Record("product-BAD", projectiontest.Importer, list("BAD", "Bad"))
	s.Record("product-BIG", projectiontest.Importer, list("BIG", strings.Repeat("big ", 20_000)))
	full.Store(true)
	p.Deliver(t.Context(), s.Published()...)
	status := p.Status()
	assert.Equal(t, projections.Failing, status[0].State)
	assert.Contains(t, status[0].Error, "full")
	assert.Equal(t, before, status[0].Position)
	assert.Zero(t, status[0].Parked)
	assert.Equal(t, s.End(), status[1].Position, "the other view has space")
	assert.Empty(t, productsOf(t, p), "and what there is can still be read")

	full.Store(false)
	p.Deliver(t.Context(), s.Published()...)
	assert.Equal(t, projections.Following, p.Status()[0].State)
	assert.Equal(t, []string{"product-BAD"}, p.Status()[0].Quarantined)
	assert.Equal(t, []domain.ProductID{"BIG"}, productsOf(t, p))
}
