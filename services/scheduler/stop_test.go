package scheduler_test

import (
	"context"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/price"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
	"kassa/eventstore"
	"kassa/projections"
	"kassa/projections/projectiontest"
	"kassa/projections/views"
	"kassa/services/clock"
	"kassa/services/payments/gatewaytest"
	"kassa/services/scheduler"
)

// world is a history that schedulers go on with: real commands, a real view, a
// gateway, and a clock that begins where the history ends.
type world struct {
	*projectiontest.Shop
	*testing.T
	clock     *clock.Clock
	projector *projections.Projector
	commands  *commands.Subscriptions
	orders    map[string]projectiontest.Order
}

const powerBI domain.ProductID = "CFQ7TTC0H9MP"

// newWorld has one subscription for each way to go on.
func newWorld(t *testing.T) *world {
	w := &world{Shop: projectiontest.New(t), T: t, clock: clock.From(projectiontest.Noon), orders: map[string]projectiontest.Order{}}
	w.Offer(powerBI, "Power BI Pro", projectiontest.Euros(1000))
	tid := w.Tenant("Contoso", "contoso.example")
	buys := w.Buy
	buy := func(name string, c domain.Channel, then ...domain.Event) {
		o := buys(tid, w.Join(tid, name+"@contoso.example"), powerBI, c, 3, projectiontest.Euros(1000))
		w.orders[name] = o
		if len(then) > 0 {
			w.Record(subscription.Stream(o.Subscription), projectiontest.Person(tid, o.Purchaser), then...)
		}
	}
	buy("renews", domain.SelfService)
	buy("renews by agreement", domain.Central)
	buy("renews with fewer seats", domain.SelfService, subscription.SeatReductionScheduled{Change: "c", Quantity: 1})
	buy("ends", domain.SelfService, subscription.RecurringBillingTurnedOff{})
	buy("cannot pay", domain.SelfService)
	trial := subscription.TrialStarted{End: projectiontest.Noon.AddDate(0, 1, 0), NeedsPaymentMethod: true, UnitPrice: projectiontest.Euros(1000)}
	free := trial
	free.NeedsPaymentMethod = false
	buy("tries, then pays", domain.SelfService, trial)
	buy("tries, and cannot pay", domain.SelfService, trial)
	buy("tries", domain.SelfService, subscription.RecurringBillingTurnedOff{}, free)
	buys = w.BuyInMonths
	buy("pays in months", domain.SelfService)
	buy("pays in months by agreement", domain.Central)
	buy("pays in months to the end", domain.SelfService, subscription.RecurringBillingTurnedOff{})
	buy("cannot pay a month", domain.SelfService)
	for _, name := range []string{"cannot pay", "cannot pay a month", "tries, and cannot pay"} {
		w.declines(w.orders[name])
	}
	w.Record(price.Stream(powerBI, domain.SelfService, "SE"), projectiontest.Importer, price.Published{
		Product: powerBI, Channel: domain.SelfService, Market: "SE", Amount: projectiontest.Euros(1100), Term: domain.Monthly, ValidFrom: projectiontest.Noon.AddDate(0, 0, 75),
	})
	return w.open()
}

// declines lets somebody pay with a card that has no money.
func (w *world) declines(o projectiontest.Order) {
	w.Record(purchase.Stream(o.Purchase), projectiontest.Person(o.Tenant, o.Purchaser), purchase.PaymentMethodAttached{
		Kind: purchase.CreditCard, Token: "tok_declined", Brand: "visa", Last4: "0002", ExpMonth: 12, ExpYear: 2034,
	})
}

func (w *world) open() *world {
	cards := gatewaytest.OpenSimulator(w, "in a bubble of its own time nobody can wait for a network", w.clock.Now)
	w.projector = projectiontest.Open(w, w.Config(w.TempDir()), views.DueView)
	w.commands = &commands.Subscriptions{Log: commands.Log{Store: w, Codec: w.Codec}, Gateway: cards, Now: w.clock.Now}
	return w
}

// Append tells the view, as the relay would.
func (w *world) Append(ctx context.Context, stream string, expected eventstore.Revision, drafts []eventstore.Draft) (eventstore.Written, error) {
	defer func() {
		if w.projector != nil {
			w.projector.Wake()
		}
	}()
	return w.Shop.Append(ctx, stream, expected, drafts)
}

func (w *world) scheduler() *scheduler.Scheduler {
	return &scheduler.Scheduler{
		Due: func(ctx context.Context, until time.Time, after views.Due, limit int) (views.Agenda, error) {
			return views.DueBy(ctx, w.projector, until, after, limit)
		},
		Moved: func(ctx context.Context, asOf uint64) error {
			return w.projector.Await(ctx, views.DueView.Name, asOf+1)
		},
		Advance: scheduler.Steps(w.commands), Now: w.clock.Now, Wait: w.clock.Wait, Parallel: 4, Log: slog.New(slog.DiscardHandler),
	}
}

var uuids = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

// told is what happened to each subscription, and as of when; not when that was
// written down, nor the ids that a gateway gives.
func (w *world) told() map[string][]string {
	all := map[string][]string{}
	for name, o := range w.orders {
		records, err := w.Read(w.Context(), subscription.Stream(o.Subscription))
		require.NoError(w, err)
		for _, r := range records {
			f, err := w.Codec.Decode(r)
			require.NoError(w, err)
			all[name] = append(all[name], r.Type+" "+uuids.ReplaceAllString(string(r.Data), "id")+" by "+string(f.Meta.Actor.Kind)+" as of "+f.Meta.At.String())
		}
	}
	return all
}

// lived is how 200 days of a world are told that schedulers keep.
func lived(t *testing.T, keep func(*world)) (told map[string][]string) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		stop := projectiontest.Run(t, w.projector)
		defer stop()
		keep(w)
		require.False(t, w.clock.Now().Before(projectiontest.Noon.AddDate(0, 0, 200)))
		told = w.told()
	})
	return told
}

func TestALongStopLeavesNoTrace(t *testing.T) {
	never := lived(t, func(w *world) { during(w.T, 200*day+time.Hour, w.scheduler()) })
	for name, facts := range map[string]int{
		// Of each term but the first, which began before that was so, the price is announced or kept.
		"renews": 1 + 6*2 + 5, "renews by agreement": 1 + 6*2, "renews with fewer seats": 2 + 6*2 + 5,
		"ends": 2 + 3, "cannot pay": 1 + 2 + 2 + 4*3 + 2 + 2, // dunned: four retries and a suspension
		"tries": 3 + 4, "tries, then pays": 2 + 6*2 + 5, "tries, and cannot pay": 2 + 2 + 4,
		"pays in months": 1 + 6*2, "pays in months by agreement": 1 + 6*2, "pays in months to the end": 2 + 6*2, "cannot pay a month": 1 + 2 + 2 + 4*3 + 2 + 2,
	} {
		require.Len(t, never[name], facts, name)
	}
	announced := slices.IndexFunc(never["renews"], func(fact string) bool { return strings.HasPrefix(fact, "subscription.price_change_announced.v1") })
	require.Equal(t, 6, announced, "before the renewal at which the price is another")
	for name, keep := range map[string]func(*world){
		"stopped for 200 days": func(w *world) {
			time.Sleep(200 * day)
			during(w.T, time.Hour, w.scheduler())
		},
		"stopped for 100, and two at once ever since": func(w *world) {
			during(w.T, 10*day, w.scheduler())
			time.Sleep(100 * day)
			during(w.T, 90*day+time.Hour, w.scheduler(), w.scheduler())
		},
		"stopped again and again, never for the same time": func(w *world) {
			for n := time.Duration(1); w.clock.Now().Before(projectiontest.Noon.AddDate(0, 0, 200)); n++ {
				time.Sleep(min(n*day, projectiontest.Noon.AddDate(0, 0, 200).Sub(w.clock.Now())))
				during(w.T, n*time.Millisecond, w.scheduler())
			}
			during(w.T, time.Hour, w.scheduler())
		},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, never, lived(t, keep))
		})
	}
}
