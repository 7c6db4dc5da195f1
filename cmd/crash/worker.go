package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"kassa/domain"
	"kassa/services/client"
)

// worker is a person who buys without end and gives licences to colleagues, to
// several at once and to more than there are seats.
type worker struct {
	buyer
	book    *journal
	door    *door
	closing *atomic.Bool // no new purchase is begun
	rand    *rand.Rand
}

// work goes on until the shop closes; what was begun is finished first.
func (w *worker) work(ctx context.Context, season bool) {
	for !w.closing.Load() && ctx.Err() == nil {
		if season {
			w.live(ctx)
			continue
		}
		w.remember(ctx)
		w.buy(ctx)
	}
}

// cards are what a purchase is paid with, one after the other until one works.
var cards = [][]string{
	{"tok_visa"}, {"tok_mastercard"}, {"tok_visa"}, {"tok_timeout"}, {"tok_timeout"},
	{"tok_declined", "tok_visa"}, {"tok_expired", "tok_timeout"}, {"tok_declined", "tok_expired", "tok_visa"}, {"tok_declined"},
}

func (w *worker) buy(ctx context.Context) {
	seats := 1 + w.rand.IntN(4)
	quoted, ok := w.insist(ctx, w.rand, starting(w.buyer, newKey(w.rand), int64(seats), ""))
	if !ok || quoted.Code != "" {
		return
	}
	for _, card := range cards[w.rand.IntN(len(cards))] {
		paid, ok := w.insist(ctx, w.rand, submitting(w.buyer, newKey(w.rand), quoted.Purchase, card))
		switch {
		case !ok:
			return
		case paid.Code == "":
			w.share(ctx, paid.Subscription, seats)
			w.change(ctx, paid.Subscription)
			return
		}
	}
}

// change buys a few seats more, gives some back, and at times ends it all.
func (w *worker) change(ctx context.Context, id domain.SubscriptionID) {
	steps := []intent{growing(w.buyer, newKey(w.rand), id, int64(1+w.rand.IntN(3)))}
	for range w.rand.IntN(3) {
		steps = append(steps, shrinking(w.buyer, newKey(w.rand), id))
	}
	switch w.rand.IntN(5) {
	case 0:
		steps = append(steps, planning(w.buyer, newKey(w.rand), id))
	case 1:
		steps = append(steps, ending(w.buyer, newKey(w.rand), id))
	case 2:
		steps = append(steps, cancelling(w.buyer, newKey(w.rand), id))
	}
	for _, i := range steps {
		if _, ok := w.insist(ctx, w.rand, i); !ok {
			return
		}
	}
}

// share gives seats to one person more than there are, all at once.
func (w *worker) share(ctx context.Context, id domain.SubscriptionID, seats int) {
	team := []string{w.Others}
	for _, i := range w.rand.Perm(len(w.Team))[:seats+1] {
		team = append(team, w.Team[i])
	}
	var lanes sync.WaitGroup
	for _, mail := range team {
		random := rand.New(rand.NewPCG(w.rand.Uint64(), w.rand.Uint64()))
		lanes.Go(func() { w.lend(ctx, random, id, mail) })
	}
	lanes.Wait()
}

// lend gives one person a licence and takes it back, a few times.
func (w *worker) lend(ctx context.Context, random *rand.Rand, id domain.SubscriptionID, mail string) {
	for range 1 + random.IntN(3) {
		if a, ok := w.insist(ctx, random, assigning(w.buyer, newKey(random), id, mail)); !ok || a.Code != "" {
			return
		}
		if random.IntN(3) == 0 {
			return // and the person keeps it
		}
		if _, ok := w.insist(ctx, random, unassigning(w.buyer, newKey(random), id, mail)); !ok {
			return
		}
	}
}

// remember asks for something again that was answered long ago.
func (w *worker) remember(ctx context.Context) {
	if past := w.book.repeatable(w.Mail); len(past) > 0 {
		w.repeat(ctx, past[w.rand.IntN(len(past))])
	}
}

// forgetful is one in how many of the intents whose answer was lost are given
// up, so that somebody other than their sender must finish them.
const forgetful = 8

// insist sends an intent until it is answered for good, through as many deaths
// as it takes. Not ok: it was given up, or ctx ended.
func (w *worker) insist(ctx context.Context, random *rand.Rand, i intent) (answer, bool) {
	d := w.book.open(i)
	for {
		to, err := w.door.enter(ctx)
		if err != nil {
			return answer{}, false
		}
		w.book.note(func() { d.Tries++ })
		a, err := i.ask(ctx, to.as(w.Mail))
		switch a, sense := understand(a, err); sense {
		case final:
			w.book.note(func() { d.Answer = &a })
			return a, true
		case fault:
			w.book.note(func() { d.Troubles = append(d.Troubles, a.Body) })
		case silence:
			if random.IntN(forgetful) == 0 {
				return answer{}, false
			}
		}
		if !pause(ctx, 20*time.Millisecond) {
			return answer{}, false
		}
	}
}

// repeat sends an answered intent again, until it is answered again.
func (w *worker) repeat(ctx context.Context, d *deed) {
	for ctx.Err() == nil {
		to, err := w.door.enter(ctx)
		if err != nil {
			return
		}
		a, err := d.Intent.ask(ctx, to.as(d.Intent.by.Mail))
		switch a, sense := understand(a, err); sense {
		case final:
			w.book.note(func() { d.Repeats = append(d.Repeats, a) })
			return
		case fault:
			w.book.note(func() { d.Troubles = append(d.Troubles, a.Body) })
			return
		}
		pause(ctx, 20*time.Millisecond)
	}
}

// sense is what an answer means to whoever waits for it.
type sense int

const (
	final   sense = iota // done, or refused
	later                // ask again
	silence              // nobody knows; ask again
	fault                // this must not happen
)

func understand(a answer, err error) (answer, sense) {
	problem := (*client.Error)(nil)
	switch {
	case err == nil:
		return a, final
	case errors.Is(err, errPending):
		return a, later
	case !errors.As(err, &problem):
		return answer{}, silence
	case problem.Status == http.StatusServiceUnavailable, problem.Code == "conflict":
		return answer{}, later
	case problem.Status >= 500, problem.Status == http.StatusUnauthorized:
		return answer{Body: fmt.Sprintf("%d %s: %s", problem.Status, problem.Code, problem.Detail)}, fault
	}
	return refusedWith(problem), final
}

func newKey(random *rand.Rand) client.Intent {
	return client.Intent(fmt.Sprintf("%016x%016x", random.Uint64(), random.Uint64()))
}

// pause is short: whoever was not answered does not hammer at the door.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
