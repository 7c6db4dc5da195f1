package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"time"

	"kassa/domain"
	"kassa/domain/subscription"
	"kassa/eventstore"
	"kassa/eventstore/esdb"
	v1 "kassa/services/api/v1"
	"kassa/services/client"
)

// A season is a campaign in which months go by, so that kills come upon what only
// time asks for: renewals, declined ones, dunning, and what people do about it.
// Answers depend on the moment then, so promises about money, seats and history
// are held, and none about what exactly was answered.

// hurried is how a Kassa is started whose months take seconds, and calm one in
// which everything comes to rest.
var (
	calm    = []string{"--demo"}
	hurried = []string{"--demo", "--clock", "60d/6s"}
)

// flags are how the nth Kassa is started.
func (c *campaign) flags(n int) []string {
	switch {
	case !c.season:
		return nil
	case n == c.kills:
		return calm
	}
	return hurried
}

// failing are cards that a renewal meets, some of them for good.
var failing = []string{"tok_declined", "tok_insufficient_funds", "tok_expired", "tok_timeout", "tok_mastercard"}

// live buys, lets months go by with a card that may fail, and pays in the end.
func (w *worker) live(ctx context.Context) {
	frequency := []domain.Term{"", domain.Monthly}[w.rand.IntN(2)] // month by month, or a year in months
	quoted, ok := w.insist(ctx, w.rand, starting(w.buyer, newKey(w.rand), int64(2+w.rand.IntN(3)), frequency))
	if !ok || quoted.Code != "" {
		return
	}
	paid, ok := w.insist(ctx, w.rand, submitting(w.buyer, newKey(w.rand), quoted.Purchase, "tok_visa"))
	if !ok || paid.Code != "" {
		return
	}
	id := paid.Subscription
	w.share(ctx, id, 2)
	steps := []intent{
		growing(w.buyer, newKey(w.rand), id, 1),
		replacing(w.buyer, newKey(w.rand), id, failing[w.rand.IntN(len(failing))]),
		paying(w.buyer, newKey(w.rand), id, "tok_visa"),
		shrinking(w.buyer, newKey(w.rand), id),
		replacing(w.buyer, newKey(w.rand), id, "tok_visa"),
		reviving(w.buyer, newKey(w.rand), id),
		cancelling(w.buyer, newKey(w.rand), id),
	}
	for _, i := range steps {
		if _, ok := w.insist(ctx, w.rand, i); !ok || !pause(ctx, w.months(i)) || w.closing.Load() {
			return
		}
	}
}

// months go by after what somebody did: up to half of one, and after they gave a
// card enough for a renewal to meet it, and mostly before all is over.
func (w *worker) months(i intent) time.Duration {
	month := 3 * time.Second
	if i.kind == replace {
		return month + time.Duration(w.rand.Int64N(int64(month)))
	}
	return time.Duration(w.rand.Int64N(int64(month / 2)))
}

func paying(by buyer, key client.Intent, id domain.SubscriptionID, card string) intent {
	return changing(pay, by, key, func(ctx context.Context, c *client.Client) (v1.Subscription, error) {
		return c.Pay(ctx, key, id, v1.PayTerm{Card: card})
	})
}

func reviving(by buyer, key client.Intent, id domain.SubscriptionID) intent {
	return changing(revive, by, key, func(ctx context.Context, c *client.Client) (v1.Subscription, error) {
		return c.Reactivate(ctx, key, id, v1.ReactivateSubscription{Card: "tok_visa"})
	})
}

func replacing(by buyer, key client.Intent, id domain.SubscriptionID, card string) intent {
	return intent{replace, by, key, func(ctx context.Context, c *client.Client) (answer, error) {
		on, err := c.ReplaceCard(ctx, key, id, v1.ReplaceCard{Card: card})
		return done(answer{Position: on.Position, Subscription: id}, on, err)
	}}
}

// quiet is how long nothing new must come for a season to be over.
const quiet = 3 * time.Second

// settles waits until nothing has been added to the store for a while: what the
// months before left due is done then.
func settles(ctx context.Context, store *esdb.Store) error {
	last, since := uint64(0), time.Now()
	for time.Since(since) < quiet {
		head, err := store.Head(ctx)
		if err != nil {
			return err
		}
		if head != last {
			last, since = head, time.Now()
		}
		if !pause(ctx, 100*time.Millisecond) {
			return errors.Join(fmt.Errorf("there is no end to it, at %d", last), context.Cause(ctx))
		}
	}
	return nil
}

// awaitMonth waits until a month has gone by, so that each kill can come upon what
// that brings.
func awaitMonth(ctx context.Context, alive *process) error {
	ctx, cancel := context.WithTimeout(ctx, restTimeout)
	defer cancel()
	store, err := esdb.Open(alive.store, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer store.Close()
	for ctx.Err() == nil {
		records, err := store.ReadAll(ctx, 0, math.MaxInt32)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(records, func(r eventstore.Record) bool { return r.Type == (subscription.Renewed{}).EventType() }) {
			return nil
		}
		pause(ctx, 100*time.Millisecond)
	}
	return fmt.Errorf("no month goes by: %w", context.Cause(ctx))
}

// awaitDemo waits until everything that a demonstration begins with is there.
func awaitDemo(ctx context.Context, anyone *client.Client) error {
	for {
		health, err := anyone.Ready(ctx)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(health.Parts, func(p v1.Part) bool { return p.Name == "demo" && p.Ready }) {
			return nil
		}
		if !pause(ctx, 50*time.Millisecond) {
			return fmt.Errorf("the demonstration is not there: %w", context.Cause(ctx))
		}
	}
}
