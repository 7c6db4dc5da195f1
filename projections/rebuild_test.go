package projections_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/projections"
	"kassa/projections/projectiontest"
	"kassa/projections/views"
)

func filesOf(t *testing.T, dir, view string) (names []string) {
	files, err := filepath.Glob(filepath.Join(dir, view+"-*.db"))
	require.NoError(t, err)
	for _, f := range files {
		names = append(names, filepath.Base(f))
	}
	return names
}

func TestARebuildBesideALiveSystemEndsEqual(t *testing.T) {
	s := projectiontest.New(t)
	s.Trade(1, 200)
	c := s.Config(t.TempDir())
	c.Bulk = 50 // many steps
	p := projectiontest.Open(t, c, views.All()...)
	projectiontest.Run(t, p)

	var selling sync.WaitGroup
	stop := make(chan struct{})
	selling.Go(func() {
		for n := 0; ; n++ {
			select {
			case <-stop:
				return
			default:
				s.Trade(uint64(n), s.Facts+10)
				p.Wake()
				// As fast as the live view follows, so that history stays short.
				if !assert.NoError(t, p.Await(t.Context(), "your_products", s.End())) {
					return
				}
			}
		}
	})
	for _, v := range []projections.Projection{views.YourProductsView, views.OrderHistoryView, views.CatalogueView} {
		var phases []projections.Phase
		r, err := p.Rebuild(t.Context(), v.Name, func(g projections.Progress) {
			if !slices.Contains(phases, g.Phase) {
				phases = append(phases, g.Phase)
			}
			assert.LessOrEqual(t, g.Position, g.Target)
		})
		require.NoError(t, err)
		assert.True(t, r.Compared && r.Equal, "%s: %v", v.Name, r.Differences)
		assert.Equal(t, int64(2), r.Generation)
		assert.Equal(t, []projections.Phase{projections.Building, projections.CatchingUp, projections.Comparing, projections.Swapping, projections.Done}, phases)
	}
	close(stop)
	selling.Wait()
	p.Wake()
	for _, v := range p.Status() {
		require.NoError(t, p.Await(projectiontest.Within(t), v.View, s.End()))
	}
	intact(t, t.Context(), p, s.End())
}

// A reader polls as fast as it can while generations are swapped under it: it
// never meets an error, an empty view, or a position that goes back.
func TestReadersDoNotNoticeASwap(t *testing.T) {
	s := projectiontest.New(t)
	s.Trade(1, 300)
	c := s.Config(t.TempDir())
	p := projectiontest.Open(t, c, views.CatalogueView)
	projectiontest.Run(t, p)
	catalogue := views.NewCatalogue(p)

	var reading sync.WaitGroup
	var reads atomic.Int64
	stop := make(chan struct{})
	for range 2 {
		reading.Go(func() {
			for last := uint64(0); ; {
				select {
				case <-stop:
					return
				default:
				}
				products, asOf, err := catalogue.Products(context.Background(), projectiontest.Noon)
				if !assert.NoError(t, err) || !assert.Len(t, products, 2) || !assert.GreaterOrEqual(t, asOf, last) {
					return
				}
				last = asOf
				reads.Add(1)
			}
		})
	}
	for n := range 5 {
		s.Trade(uint64(n), s.Facts+20)
		_, err := p.Rebuild(t.Context(), "catalogue", nil)
		require.NoError(t, err)
		// What was written just before the swap is seen just after it.
		require.NoError(t, p.Await(projectiontest.Within(t), "catalogue", s.End()))
		_, asOf, err := catalogue.Products(t.Context(), projectiontest.Noon)
		require.NoError(t, err)
		assert.GreaterOrEqual(t, asOf, s.End())
	}
	close(stop)
	reading.Wait()
	assert.Equal(t, int64(6), p.Status()[0].Generation)
	assert.Positive(t, reads.Load())
}

// Somebody waits for a position when the generation they wait on is swapped out.
func TestWaitingGoesOnAcrossASwap(t *testing.T) {
	s := projectiontest.New(t)
	s.Trade(1, 100)
	p := projectiontest.Open(t, s.Config(t.TempDir()), views.CatalogueView)
	s.Trade(2, 200)
	seen, wanted := make(chan error, 1), s.End()
	go func() { seen <- p.Await(projectiontest.Within(t), "catalogue", wanted) }()
	_, err := p.Rebuild(t.Context(), "catalogue", func(g projections.Progress) {
		if g.Phase == projections.Swapping {
			s.Trade(3, 300) // the position waited for is no longer the last
		}
	})
	require.NoError(t, err)
	require.NoError(t, <-seen, "nothing was delivered: the swap brought it")
}

func TestAMissingFileIsBuiltAnewAtOpen(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(t *testing.T, path string)
	}{
		{"deleted", func(t *testing.T, path string) { require.NoError(t, os.Remove(path)) }},
		{"empty", func(t *testing.T, path string) { require.NoError(t, os.Truncate(path, 0)) }},
		{"overwritten", func(t *testing.T, path string) {
			require.NoError(t, os.WriteFile(path, []byte("these are not the rows you are looking for"), 0o600))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := projectiontest.New(t)
			s.Trade(1, 100)
			dir := t.TempDir()
			p, err := projections.Open(t.Context(), s.Config(dir), views.All()...)
			require.NoError(t, err)
			require.NoError(t, p.Close())
			c.spoil(t, filepath.Join(dir, "purchases-1.db"))

			p = projectiontest.Open(t, s.Config(dir), views.All()...)
			intact(t, t.Context(), p, s.End())
			for _, v := range p.Status() {
				want := int64(1)
				if v.View == "purchases" {
					want = 2
				}
				assert.Equal(t, want, v.Generation, v.View)
			}
		})
	}
}

func TestADeclarationThatChangedIsBuiltAnewAtOpen(t *testing.T) {
	s := projectiontest.New(t)
	s.Trade(1, 100)
	c := s.Config(t.TempDir())
	p, err := projections.Open(t.Context(), c, views.CatalogueView)
	require.NoError(t, err)
	require.NoError(t, p.Close())

	raised := views.CatalogueView
	raised.Version++
	p = projectiontest.Open(t, c, raised)
	assert.Equal(t, int64(2), p.Status()[0].Generation)
	intact(t, t.Context(), p, s.End())
}

func TestARebuildOfAnEmptyHistoryEndsAtOnce(t *testing.T) {
	s := &curtain{Shop: projectiontest.New(t)} // never raised
	c := s.Config(t.TempDir())
	c.Store = s
	p := projectiontest.Open(t, c, views.All()...)
	for _, v := range views.All() {
		r, err := p.Rebuild(t.Context(), v.Name, nil)
		require.NoError(t, err)
		assert.Zero(t, r.Events)
		assert.Zero(t, r.Rows)
		assert.True(t, r.Equal)
	}
}

func TestV21_TwoRebuildsAreByteForByteTheSame(t *testing.T) {
	s := projectiontest.New(t)
	s.Trade(1, 150)
	c := s.Config(t.TempDir())
	c.Bulk = 7
	in7s := projectiontest.Open(t, c, views.All()...)
	c = s.Config(t.TempDir())
	p := projectiontest.Open(t, c, views.All()...)
	for _, v := range views.All() {
		first, err := in7s.Rebuild(t.Context(), v.Name, nil)
		require.NoError(t, err)
		second, err := p.Rebuild(t.Context(), v.Name, nil)
		require.NoError(t, err)
		assert.Equal(t, first.Hash, second.Hash, v.Name)
		assert.Equal(t, uint64(s.Facts), second.Events)
		verified, err := p.Verify(t.Context(), v.Name, nil)
		require.NoError(t, err)
		assert.Equal(t, first.Hash, verified.Hash, v.Name)
	}
}

func TestDropRemovesWhatWasSwappedOut(t *testing.T) {
	s := projectiontest.New(t)
	s.Trade(1, 100)
	c := s.Config(t.TempDir())
	p := projectiontest.Open(t, c, views.CatalogueView)
	for range 2 {
		_, err := p.Rebuild(t.Context(), "catalogue", nil)
		require.NoError(t, err)
	}
	assert.Len(t, filesOf(t, c.Dir, "catalogue"), 3)
	dropped, err := p.Drop(t.Context(), "catalogue")
	require.NoError(t, err)
	assert.Equal(t, 2, dropped)
	assert.Equal(t, []string{"catalogue-3.db"}, filesOf(t, c.Dir, "catalogue"))
	intact(t, t.Context(), p, s.End())
}

func TestOneRebuildAtATime(t *testing.T) {
	s := projectiontest.New(t)
	p := projectiontest.Open(t, s.Config(t.TempDir()), views.CatalogueView)
	_, err := p.Rebuild(t.Context(), "catalogue", func(g projections.Progress) {
		_, err := p.Rebuild(context.Background(), "catalogue", nil)
		assert.ErrorIs(t, err, projections.ErrRebuilding)
		_, err = p.Verify(context.Background(), "catalogue", nil)
		assert.ErrorIs(t, err, projections.ErrRebuilding)
	})
	require.NoError(t, err)
}

func TestProgressForetellsTheEnd(t *testing.T) {
	s := projectiontest.New(t)
	s.Trade(1, 1000)
	c := s.Config(t.TempDir())
	c.Bulk = 100
	clock := projectiontest.Noon
	var mu sync.Mutex
	c.Now = func() time.Time { mu.Lock(); defer mu.Unlock(); return clock }
	p := projectiontest.Open(t, c, views.CatalogueView)
	var last projections.Progress
	_, err := p.Rebuild(t.Context(), "catalogue", func(g projections.Progress) {
		if g.Phase == projections.Building && g.Events > last.Events && g.Events >= 100 {
			assert.InDelta(t, 100, g.PerSecond, 40)
			assert.InDelta(t, float64(s.End()-g.Position)/float64(s.End())*10, g.ETA.Seconds(), 5)
		}
		last = g
		mu.Lock()
		clock = clock.Add(time.Second) // a second a page
		mu.Unlock()
	})
	require.NoError(t, err)
	assert.Equal(t, projections.Done, last.Phase)
}
