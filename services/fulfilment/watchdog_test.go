package fulfilment_test

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
	"kassa/projections/views"
	"kassa/services/fulfilment"
)

// backlog is a view and a write side in one: purchases that wait, oldest first,
// of which some can never be settled, or hang.
type backlog struct {
	waiting []domain.PurchaseID
	tries   map[domain.PurchaseID]int
	hopeful func(domain.PurchaseID) bool
	hangs   bool
}

func (b *backlog) Waiting(_ context.Context, _ time.Time, limit int) (views.Backlog, error) {
	return views.Backlog{Purchases: b.waiting[:min(limit, len(b.waiting))]}, nil
}

func (b *backlog) Load(_ context.Context, id domain.PurchaseID) (commands.Outcome[purchase.State], error) {
	return commands.Outcome[purchase.State]{State: purchase.State{Purchase: id, Status: purchase.StatusSubmitted}}, nil
}

func (b *backlog) Settle(ctx context.Context, id domain.PurchaseID) (commands.Outcome[purchase.State], error) {
	b.tries[id]++
	if !b.hopeful(id) {
		if b.hangs {
			<-ctx.Done()
			return commands.Outcome[purchase.State]{}, ctx.Err()
		}
		return commands.Outcome[purchase.State]{}, errors.New("no way")
	}
	var rest []domain.PurchaseID
	for _, other := range b.waiting {
		if other != id {
			rest = append(rest, other)
		}
	}
	b.waiting = rest
	return commands.Outcome[purchase.State]{State: purchase.State{Purchase: id, Status: purchase.StatusDeclined}}, nil
}

func (b *backlog) Provision(context.Context, domain.PurchaseID) (commands.Outcome[subscription.State], error) {
	return commands.Outcome[subscription.State]{}, nil
}

// after runs a watchdog over b for as long.
func (b *backlog) after(t *testing.T, d time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	w := &fulfilment.Watchdog{
		Manager: &fulfilment.Manager{Purchases: b}, Waiting: b.Waiting,
		Grace: 10 * time.Second, Every: time.Second, Now: time.Now, Log: slog.New(slog.DiscardHandler),
	}
	require.NoError(t, w.Run(ctx))
}

func purchases(n int, prefix string) (ids []domain.PurchaseID) {
	for i := range n {
		ids = append(ids, domain.PurchaseID(prefix+strconv.Itoa(i)))
	}
	return ids
}

func hopeful(id domain.PurchaseID) bool { return strings.HasPrefix(string(id), "good") }

func TestWhatCanNeverBeFinishedDoesNotStarveTheRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backlog{waiting: append(purchases(250, "bad"), purchases(50, "good")...), tries: map[domain.PurchaseID]int{}, hopeful: hopeful}
		b.after(t, 10*time.Second)
		assert.Len(t, b.waiting, 250, "the good ones are done")
	})
}

func TestWhatKeepsFailingIsTriedEverMoreSeldom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mended := time.Now().Add(time.Hour)
		b := &backlog{waiting: purchases(1, "bad"), tries: map[domain.PurchaseID]int{}, hopeful: func(domain.PurchaseID) bool { return time.Now().After(mended) }}
		b.after(t, time.Hour+2*time.Minute)
		assert.Empty(t, b.waiting, "done soon after it can be")
		assert.InDelta(t, 65, b.tries["bad0"], 3, "1, 2, 4 … 32 seconds apart, then once a minute")
	})
}

func TestACallThatHangsIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backlog{waiting: append(purchases(1, "bad"), purchases(1, "good")...), tries: map[domain.PurchaseID]int{}, hopeful: hopeful, hangs: true}
		b.after(t, 45*time.Second)
		assert.Equal(t, purchases(1, "bad"), b.waiting)
	})
}
