package projections_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"kassa/domain"
	"kassa/eventstore"
	"kassa/eventstore/message"
	"kassa/projections"
	"kassa/projections/projectiontest"
	"kassa/projections/views"
)

// intact fails the test unless every view equals a fold of the whole history.
func intact(t require.TestingT, ctx context.Context, p *projections.Projector, end uint64) {
	for _, v := range p.Status() {
		require.Equal(t, end, v.Position, "%s: %s", v.View, v.Error)
		require.Zero(t, v.Parked, v.View)
		require.Zero(t, v.Lag, v.View)
		r, err := p.Verify(ctx, v.View, nil)
		require.NoError(t, err)
		require.True(t, r.Equal, "%s differs: %v", v.View, r.Differences)
		require.Positive(t, r.Rows, v.View)
	}
}

// curtain is a store that shows nothing until it is raised, so that views are
// opened empty and hear everything by delivery.
type curtain struct {
	*projectiontest.Shop
	raised atomic.Bool
}

func (c *curtain) ReadAll(ctx context.Context, after uint64, limit int) ([]eventstore.Record, error) {
	if !c.raised.Load() {
		return nil, nil
	}
	return c.Shop.ReadAll(ctx, after, limit)
}

// Whatever the stream does to the order and number of facts, the rows end as if
// it had done nothing.
func TestV22_RowsDoNotDependOnHowFactsAreDelivered(t *testing.T) {
	s := projectiontest.New(t)
	s.Trade(1, 200)
	facts := s.Published()
	rapid.Check(t, func(r *rapid.T) {
		hidden := &curtain{Shop: s}
		c := s.Config(t.TempDir())
		c.Store = hidden
		p, err := projections.Open(t.Context(), c, views.OrderHistoryView)
		require.NoError(r, err)
		defer p.Close()
		hidden.raised.Store(true)
		for _, batch := range doctored(r, facts) {
			p.Deliver(t.Context(), batch...)
		}
		p.Deliver(t.Context(), facts[len(facts)-1]) // the last one arrives, so nothing is still to come
		intact(r, t.Context(), p, s.End())
	})
}

// doctored cuts facts into batches, and repeats, leaves out and swaps some.
func doctored(r *rapid.T, facts []message.Numbered) (batches [][]message.Numbered) {
	spoilt := append([]message.Numbered{}, facts...)
	for range rapid.IntRange(0, 12).Draw(r, "damages") {
		i := rapid.IntRange(0, len(spoilt)-1).Draw(r, "at")
		switch rapid.IntRange(0, 3).Draw(r, "damage") {
		case 0: // lost
			spoilt = append(spoilt[:i:i], spoilt[i+1:]...)
		case 1: // redelivered, with everything after it
			spoilt = append(spoilt[:len(spoilt):len(spoilt)], spoilt[i:]...)
		case 2: // out of order
			j := rapid.IntRange(0, len(spoilt)-1).Draw(r, "with")
			spoilt[i], spoilt[j] = spoilt[j], spoilt[i]
		case 3: // misnumbered
			spoilt[i].Gseq = rapid.Uint64Range(1, uint64(len(facts)+2)).Draw(r, "number")
		}
	}
	for len(spoilt) > 0 {
		n := rapid.IntRange(1, len(spoilt)).Draw(r, "batch")
		batches, spoilt = append(batches, spoilt[:n]), spoilt[n:]
	}
	return batches
}

// A projector whose COMMIT was carried out without its hearing of it remembers
// an old checkpoint. So does one of two on the same files. Either way the next
// delivery must change nothing twice.
func TestTwoProjectorsOnOneViewHaveOneEffect(t *testing.T) {
	s := projectiontest.New(t)
	dir := t.TempDir()
	first := projectiontest.Open(t, s.Config(dir), views.YourProductsView)
	second := projectiontest.Open(t, s.Config(dir), views.YourProductsView)
	s.Trade(1, 200)
	facts := s.Published()

	first.Deliver(t.Context(), facts[:100]...)
	second.Deliver(t.Context(), facts[:100]...)
	standing := second.Status()[0]
	assert.Equal(t, projections.Standby, standing.State)
	assert.Equal(t, facts[99].Position, standing.Position, "it knows by now where the view is")

	second.Deliver(t.Context(), facts...) // the first one has stopped, it takes over
	assert.Equal(t, projections.Following, second.Status()[0].State)
	first.Deliver(t.Context(), facts...)
	assert.Equal(t, projections.Standby, first.Status()[0].State)
	intact(t, t.Context(), first, s.End())
	intact(t, t.Context(), second, s.End())
}

// Both run at once, on the same deliveries.
func TestTwoProjectorsRacingHaveOneEffect(t *testing.T) {
	s := projectiontest.New(t)
	dir := t.TempDir()
	rivals := []*projections.Projector{
		projectiontest.Open(t, s.Config(dir), views.All()...),
		projectiontest.Open(t, s.Config(dir), views.All()...),
	}
	s.Trade(3, 400)
	facts := s.Published()
	done := make(chan struct{})
	for _, p := range rivals {
		go func() {
			defer func() { done <- struct{}{} }()
			for i := 0; i < len(facts); i += 7 {
				p.Deliver(context.Background(), facts[i:min(i+20, len(facts))]...)
			}
		}()
	}
	<-done
	<-done
	for _, p := range rivals {
		p.Deliver(t.Context(), facts...)
		p.Deliver(t.Context(), facts...)
		intact(t, t.Context(), p, s.End())
	}
}

func TestAViewOfAnotherHistoryIsHalted(t *testing.T) {
	s, other := projectiontest.New(t), projectiontest.Named(t, "another")
	s.Trade(1, 50)
	dir := t.TempDir()
	c := s.Config(dir)
	p, err := projections.Open(t.Context(), c, views.All()...)
	require.NoError(t, err)
	require.NoError(t, p.Close())

	c.Store, c.SourceID = other, other.ID
	p = projectiontest.Open(t, c, views.All()...)
	for _, v := range p.Status() {
		assert.Equal(t, projections.Halted, v.State)
		assert.Contains(t, v.Error, other.ID.String())
		assert.Contains(t, v.Error, "rebuild")
	}
	_, _, err = views.NewCatalogue(p).Products(t.Context(), projectiontest.Noon)
	require.ErrorIs(t, err, projections.ErrHalted, "rows of another history are not shown")
	require.ErrorIs(t, p.Await(t.Context(), "catalogue", 1), projections.ErrHalted)
	require.ErrorIs(t, p.Retry(t.Context(), "catalogue"), projections.ErrHalted)
	_, err = p.Verify(t.Context(), "catalogue", nil)
	require.ErrorIs(t, err, projections.ErrHalted)

	for _, v := range views.All() {
		_, err = p.Rebuild(t.Context(), v.Name, nil)
		require.NoError(t, err)
	}
	assert.Equal(t, projections.Following, p.Status()[0].State)
	assert.Equal(t, other.End(), p.Status()[0].Position)
}

func TestAStoreRestoredFromAnOlderCopyHaltsTheViews(t *testing.T) {
	s := projectiontest.New(t)
	s.Trade(1, 400)
	older := projectiontest.New(t)
	older.Trade(1, 300)
	require.Less(t, older.End(), s.End(), "less of the same history")
	dir := t.TempDir()
	c := s.Config(dir)
	p, err := projections.Open(t.Context(), c, views.All()...)
	require.NoError(t, err)
	require.NoError(t, p.Close())

	c.Store = older
	p = projectiontest.Open(t, c, views.All()...)
	stop := projectiontest.Run(t, p)
	require.ErrorIs(t, p.Await(projectiontest.Within(t), "purchases", s.End()+1), projections.ErrHalted)
	stop()
	for _, v := range p.Status() {
		assert.Equal(t, projections.Halted, v.State)
		assert.Contains(t, v.Error, "is not in the event store")
	}
}

// broken is a store that cannot be reached.
type broken struct{ *projectiontest.Shop }

var errDown = errors.New("connection refused")

func (broken) ReadAll(context.Context, uint64, int) ([]eventstore.Record, error) { return nil, errDown }
func (broken) At(context.Context, uint64) (eventstore.Record, bool, error) {
	return eventstore.Record{}, false, errDown
}

func TestWithoutTheStoreQueriesGoOnAndSayHowOldTheyAre(t *testing.T) {
	s := projectiontest.New(t)
	s.Trade(1, 50)
	end := s.End()
	c := s.Config(t.TempDir())
	p, err := projections.Open(t.Context(), c, views.All()...)
	require.NoError(t, err)
	require.NoError(t, p.Close())

	c.Store = broken{s}
	p = projectiontest.Open(t, c, views.All()...)
	stop := projectiontest.Run(t, p)
	s.Trade(2, 100)
	facts := s.Published()
	p.Deliver(t.Context(), facts[len(facts)-1]) // a hole nobody can fill
	products, asOf, err := views.NewCatalogue(p).Products(t.Context(), projectiontest.Noon)
	require.NoError(t, err)
	assert.NotEmpty(t, products)
	assert.Equal(t, end, asOf)
	stop()
	assert.Contains(t, p.Status()[0].Error, "connection refused")
	assert.Equal(t, projections.Following, p.Status()[0].State)
}

func TestAClosedProjectorSaysSo(t *testing.T) {
	s := projectiontest.New(t)
	p, err := projections.Open(t.Context(), s.Config(t.TempDir()), views.CatalogueView)
	require.NoError(t, err)
	require.NoError(t, p.Close())
	_, _, err = views.NewCatalogue(p).Products(t.Context(), projectiontest.Noon)
	require.ErrorContains(t, err, "closed")
}

func TestAwaitTellsBehindFromUnknown(t *testing.T) {
	s := projectiontest.New(t)
	p := projectiontest.Open(t, s.Config(t.TempDir()), views.CatalogueView)
	require.NoError(t, p.Await(t.Context(), "catalogue", s.End()))

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := p.Await(ctx, "catalogue", s.End()+1)
	require.ErrorIs(t, err, projections.ErrBehind)
	assert.Equal(t, domain.Unavailable, domain.KindOf(err))
	require.ErrorIs(t, p.Await(t.Context(), "none", 0), projections.ErrUnknownView)
	_, err = p.Rebuild(t.Context(), "none", nil)
	require.ErrorIs(t, err, projections.ErrUnknownView)
}
