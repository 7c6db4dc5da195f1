package bench

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strconv"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"kassa/domain"
	"kassa/domain/invoice"
	"kassa/domain/price"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
	"kassa/domain/tenant"
	"kassa/eventstore"
	"kassa/eventstore/esdb"
)

// month is what people have bought for the first time, one month ago: by the
// thousand, in organisations of ten. It follows from the history's own id and
// beginning, so that who goes on with it writes the same. The first month was
// for nothing: what is charged and billed is all from the day of renewal.
type month struct {
	history uuid.UUID
	began   time.Time
	n       int
}

const firmSize = 1_000 // subscriptions of one organisation

func (o operator) month(ctx context.Context, n int) (m month, err error) {
	records, err := o.store.Read(ctx, eventstore.IdentityStream)
	if err != nil {
		return m, err
	}
	if len(records) == 0 {
		return m, errors.New("this event store has no identity")
	}
	f, err := eventstore.Schema().Decode(records[0])
	if err != nil {
		return m, err
	}
	return month{f.Event.(eventstore.Identified).ID, f.Meta.At, n}, nil
}

// day is when all of it renews; evening is when it has.
func (m month) day() time.Time {
	return domain.Monthly.End(m.began, m.began.Day(), time.UTC).Truncate(24 * time.Hour)
}

func (m month) evening() time.Time { return m.day().AddDate(0, 0, 1) }

func (m month) name(what string, n int) string {
	return uuid.NewSHA1(m.history, []byte(what+strconv.Itoa(n))).String()
}

func (m month) subscription(n int) domain.SubscriptionID {
	return domain.SubscriptionID(m.name("subscription", n))
}

func (m month) firm(n int) firm {
	f := firm{id: domain.TenantID(m.name("tenant", n)), number: n}
	for i := range staff {
		f.people = append(f.people, domain.PersonID(m.name("person", n*staff+i)))
	}
	return f
}

func (m month) firms() int { return (m.n + firmSize - 1) / firmSize }

// order is one purchase, in as many facts as views and bills need of it.
func (m month) order(f firm, n int) []chapter {
	s := f.bought(domain.PurchaseID(m.name("purchase", n)), m.subscription(n), n%staff, 3)
	s.Start, s.End, s.Zone, s.AnchorDay = m.began, m.day().Add(time.Duration(n)*(24*time.Hour/time.Duration(m.n))), "UTC", m.day().Day()
	s.UnitPrice, s.Price, s.CancellationUntil = kronor(0), kronor(0), domain.CancellationUntil(s.Start)
	by := domain.Actor{Kind: domain.ActorPurchaser, Tenant: f.id, Person: s.Purchaser}
	return []chapter{
		{purchase.Stream(s.Purchase), by, []domain.Event{
			purchase.Started{Purchase: s.Purchase, OrderNumber: s.OrderNumber, Tenant: s.Tenant, Product: sold, AskedFor: sold,
				Channel: s.Channel, EntryPoint: domain.Website, Market: "SE", At: s.Start},
			purchase.PurchaserAuthenticated{Person: s.Purchaser, Tenant: s.Tenant},
			purchase.QuoteIssued{UnitPrice: s.UnitPrice, Quantity: s.Quantity, Net: s.Price, Tax: s.Price, Total: s.Price,
				Term: s.Term, PriceStream: price.Stream(sold, s.Channel, "SE"), ValidUntil: s.End},
			purchase.PaymentMethodAttached{Kind: purchase.CreditCard, Token: "tok_visa", Brand: "visa", Last4: "4242", ExpMonth: 12, ExpYear: 2034},
			purchase.Completed{Subscription: s.Subscription, OrderNumber: s.OrderNumber, UnitPrice: s.UnitPrice, Price: s.Price, Quantity: s.Quantity, At: s.Start},
		}},
		{subscription.Stream(s.Subscription), by, []domain.Event{s}},
	}
}

// sell writes what is not there yet, organisation after organisation. Only the
// last that is there may be there in part.
func (r *run) sell(ctx context.Context, store *esdb.Store, m month) error {
	opening := []chapter{listed(), {price.Stream(sold, domain.SelfService, "SE"), domain.Actor{Kind: domain.ActorSystem}, []domain.Event{
		price.Published{Product: sold, Channel: domain.SelfService, Market: "SE", Amount: kronor(131_25), Term: domain.Monthly, ValidFrom: m.began},
	}}}
	if err := m.tell(ctx, store, opening); err != nil {
		return err
	}
	var failed error
	missing := sort.Search(m.firms(), func(n int) bool {
		records, err := store.Read(ctx, tenant.Stream(m.firm(n).id))
		failed = errors.Join(failed, err)
		return len(records) == 0
	})
	if failed != nil {
		return failed
	}
	for n := max(missing-1, 0); n < m.firms(); n++ {
		f := m.firm(n)
		if err := m.tell(ctx, store, f.registered()); err != nil {
			return err
		}
		work, ctx := errgroup.WithContext(ctx)
		work.SetLimit(parallel)
		first, last := n*firmSize, min((n+1)*firmSize, m.n)
		for i := first; i < last; i++ {
			work.Go(func() error { return m.tell(ctx, store, m.order(f, i)) })
		}
		if err := work.Wait(); err != nil {
			return err
		}
		r.tell("month-end: %d of %d subscriptions are sold", last, m.n)
	}
	return nil
}

// tell appends chapters one after the other, but for those that are there.
func (m month) tell(ctx context.Context, store *esdb.Store, chapters []chapter) error {
	for _, c := range chapters {
		err := (&history{store: store}).tell(ctx, []chapter{c})
		if err != nil && !errors.Is(err, eventstore.ErrConflict) {
			return err
		}
	}
	return nil
}

// audit reads the whole history: each subscription was renewed once and has one
// bill that is paid, and the numbers have no gap. It is told of no more than one
// of a kind of mistake.
func (m month) audit(ctx context.Context, store *esdb.Store) error {
	var a tally
	for at, page := uint64(0), 10_000; ; {
		records, err := store.ReadAll(ctx, at, page)
		if err != nil {
			return err
		}
		for _, rec := range records {
			f, err := eventstore.Schema().Decode(rec)
			if err != nil {
				return err
			}
			a.hear(f)
		}
		if len(records) < page {
			return a.judge(m)
		}
		at = records[len(records)-1].Position
	}
}

// tally counts what happened to each subscription and number.
type tally struct {
	renewed, billed, paid map[string]int // by subscription, or by the stream of its bill
	given, used           map[string]int // by number
	next                  int64
	err                   error
}

func (a *tally) hear(f eventstore.Fact) {
	if a.renewed == nil {
		*a = tally{renewed: map[string]int{}, billed: map[string]int{}, paid: map[string]int{}, given: map[string]int{}, used: map[string]int{}, next: 1}
	}
	switch e := f.Event.(type) {
	case subscription.Renewed:
		a.renewed[f.Stream]++
	case invoice.Issued:
		a.billed[subscription.Stream(e.Subscription)]++
		a.used[e.Number]++
	case invoice.Paid:
		a.paid[f.Stream]++
	case invoice.Numbered:
		if e.First != a.next {
			a.err = fmt.Errorf("number %d follows %d", e.First, a.next-1)
		}
		for range e.Entries {
			a.given[invoice.Number(e.Seller, e.Year, a.next)]++
			a.next++
		}
	}
}

func (a *tally) judge(m month) error {
	errs := []error{a.err}
	for what, counts := range map[string]map[string]int{
		"renewal of a subscription": a.renewed, "bill of a subscription": a.billed, "payment of a bill": a.paid, "use of a number": a.used, "number": a.given,
	} {
		if len(counts) != m.n {
			errs = append(errs, fmt.Errorf("%s: %d times, not %d", what, len(counts), m.n))
		}
		for of, n := range counts {
			if n != 1 {
				errs = append(errs, fmt.Errorf("%s: %d times for %s", what, n, of))
				break
			}
		}
	}
	for n := range m.n {
		if s := subscription.Stream(m.subscription(n)); a.renewed[s] != 1 || a.billed[s] != 1 {
			return errors.Join(append(errs, fmt.Errorf("%s was renewed %d times and billed %d times", s, a.renewed[s], a.billed[s]))...)
		}
	}
	return errors.Join(errs...)
}
