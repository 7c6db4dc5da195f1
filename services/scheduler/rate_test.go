package scheduler_test

import (
	"context"
	"log/slog"
	"os"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/product"
	"kassa/domain/subscription"
	"kassa/eventstore"
	"kassa/eventstore/embedded"
	"kassa/eventstore/esdb"
	"kassa/projections"
	"kassa/projections/projectiontest"
	"kassa/projections/views"
	"kassa/services/scheduler"
)

// BenchmarkRate has all subscriptions of a day take a step at once, 20 thousand
// or KASSA_BENCH_DUE, on the real store and with the real view: half are renewed
// by agreement, half end.
func BenchmarkRate(b *testing.B) {
	n, err := strconv.Atoi(os.Getenv("KASSA_BENCH_DUE"))
	if err != nil {
		n = 20_000
	}
	for b.Loop() {
		b.StopTimer()
		d := newDay(b, n)
		b.StartTimer()
		began := time.Now()
		d.pass(b)
		b.ReportMetric(float64(n)/time.Since(began).Seconds(), "steps/s")
	}
}

// daybreak is a store full of subscriptions whose terms end on one day, and the
// view of it.
type daybreak struct {
	store     *esdb.Store
	projector *projections.Projector
	n         int
}

func newDay(b *testing.B, n int) *daybreak {
	engine, err := embedded.Open(b.Context(), embedded.Config{Dir: b.TempDir()})
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, engine.Close()) })
	d := &daybreak{n: n}
	d.store, err = esdb.Open(engine.ConnectionString(), nil)
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, d.store.Close()) })
	source, err := eventstore.Identify(b.Context(), d.store, projectiontest.Noon)
	require.NoError(b, err)
	listed, err := eventstore.Drafts(product.Stream(powerBI), eventstore.Meta{Command: uuid.New(), At: projectiontest.Noon}, product.Listed{Product: powerBI, Name: "Power BI Pro"})
	require.NoError(b, err)
	_, err = d.store.Append(b.Context(), product.Stream(powerBI), eventstore.NoStream, listed)
	require.NoError(b, err)
	var work errgroup.Group
	work.SetLimit(256)
	for i := range n {
		work.Go(func() error { return d.provision(b.Context(), i) })
	}
	require.NoError(b, work.Wait())
	d.projector = projectiontest.Open(b, projections.Config{
		Dir: b.TempDir(), Store: d.store, SourceID: source, Codec: eventstore.Schema(), Poll: 50 * time.Millisecond,
	}, views.DueView)
	return d
}

func (d *daybreak) provision(ctx context.Context, i int) error {
	id := domain.SubscriptionID(uuid.NewSHA1(uuid.NameSpaceOID, []byte(strconv.Itoa(i))).String())
	drafts, err := eventstore.Drafts(subscription.Stream(id), eventstore.Meta{Command: uuid.New(), At: projectiontest.Noon}, subscription.Provisioned{
		Subscription: id, Purchase: domain.PurchaseID(id), Tenant: "t", Product: powerBI, Channel: domain.Central, Purchaser: "p",
		Quantity: 3, UnitPrice: projectiontest.Euros(1000), Price: projectiontest.Euros(3000), Term: domain.Monthly,
		Start: projectiontest.Noon, End: projectiontest.Noon.AddDate(0, 1, 0).Add(time.Duration(i) * (day / time.Duration(d.n))),
		AnchorDay: 1, Zone: "UTC", RecurringBilling: i%2 == 0, CancellationUntil: domain.CancellationUntil(projectiontest.Noon),
	})
	if err != nil {
		return err
	}
	_, err = d.store.Append(ctx, subscription.Stream(id), eventstore.NoStream, drafts)
	return err
}

// pass runs a scheduler until everybody took their step and the view shows it.
func (d *daybreak) pass(b *testing.B) {
	ctx, stop := context.WithCancel(b.Context())
	defer stop()
	var running errgroup.Group
	var taken atomic.Int64
	running.Go(func() error { return d.projector.Run(ctx) })
	evening := projectiontest.Noon.AddDate(0, 1, 1)
	advance := scheduler.Steps(&commands.Subscriptions{Log: commands.Log{Store: d.store, Codec: eventstore.Schema()}, Now: func() time.Time { return evening }})
	s := &scheduler.Scheduler{
		Due: func(ctx context.Context, until time.Time, after views.Due, limit int) (views.Agenda, error) {
			return views.DueBy(ctx, d.projector, until, after, limit)
		},
		Moved: func(ctx context.Context, asOf uint64) error {
			return d.projector.Await(ctx, views.DueView.Name, asOf+1)
		},
		Advance: func(ctx context.Context, id domain.SubscriptionID, due time.Time) (uint64, error) {
			position, err := advance(ctx, id, due)
			if assert.NoError(b, err) && position != 0 {
				taken.Add(1)
			}
			return position, err
		},
		Now: func() time.Time { return evening }, Wait: func(ctx context.Context, _ time.Time) error { <-ctx.Done(); return ctx.Err() },
		Parallel: 64, Log: slog.New(slog.DiscardHandler),
	}
	running.Go(func() error { return s.Run(ctx) })
	for agenda, err := s.Due(ctx, evening, views.Due{}, 1); len(agenda.Due) > 0; agenda, err = s.Due(ctx, evening, views.Due{}, 1) {
		require.NoError(b, err)
		require.NoError(b, s.Moved(ctx, agenda.AsOf))
	}
	stop()
	require.NoError(b, running.Wait())
	require.EqualValues(b, d.n, taken.Load(), "each was taken, and none was tried in vain")
}
