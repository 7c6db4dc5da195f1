package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	v1 "kassa/services/api/v1"
	"kassa/services/client"
)

const (
	firstMoment, lastMoment = 20 * time.Millisecond, 1500 * time.Millisecond // after it has answered
	inRecovery              = 4                                              // one kill in how many comes before it answers

	restTimeout = 90 * time.Second // from the last start until nothing is left to do
	tokensFresh = 30 * time.Minute // they are good for an hour
)

// campaign is one run: prepare, then run.
type campaign struct {
	binary, data   string
	kills, workers int
	season         bool // months go by meanwhile
	seed           uint64
	tell           func(struck, acknowledged int) // after each kill

	log    *os.File // everything that any Kassa logged
	rand   *rand.Rand
	buyers []buyer
	book   journal
	door   *door
	http   *http.Client
	tokens map[string]string
	issued time.Time

	killed []time.Time     // when, in order
	early  int             // kills before it had answered
	starts []time.Duration // from a start to its answer
}

// prepare makes the directory to work in, which must be empty: what the
// checks find there must be ours.
func (c *campaign) prepare() (err error) {
	if c.data == "" {
		c.data, err = os.MkdirTemp("", "kassa-crash-")
	} else {
		err = os.MkdirAll(c.data, 0o700)
	}
	if err != nil {
		return err
	}
	there, err := os.ReadDir(c.data)
	if err == nil && len(there) > 0 {
		err = fmt.Errorf("%s is not empty", c.data)
	}
	return err
}

func (c *campaign) history() string { return filepath.Join(c.data, "kassa") }

// run opens shop, kills it c.kills times, lets everybody finish what they have
// begun, and gathers what is left.
func (c *campaign) run(ctx context.Context) (evidence, error) {
	var err error
	if c.log, err = os.OpenFile(filepath.Join(c.data, "kassa.log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600); err != nil {
		return evidence{}, err
	}
	defer c.log.Close()
	c.rand = rand.New(rand.NewPCG(c.seed, 0))
	c.buyers, c.door, c.http = buyers(c.workers), newDoor(), newHTTP()
	alive, err := c.openShop(ctx)
	if err == nil {
		alive, err = c.besiege(ctx, alive)
	}
	var found evidence
	if err == nil {
		found, err = c.takeStock(ctx, alive)
	}
	if err != nil && alive != nil {
		err = errors.Join(err, alive.end())
	}
	return found, err
}

// openShop starts the first Kassa and brings in what people need to buy.
func (c *campaign) openShop(ctx context.Context) (*process, error) {
	alive, err := launch(c.binary, c.history(), c.log, c.flags(0)...)
	if err != nil {
		return nil, err
	}
	if err := alive.announced(ctx); err != nil {
		return alive, err
	}
	anyone := &client.Client{URL: alive.url, HTTP: c.http}
	operator, err := anyone.Issue(ctx, v1.TokenRequest{Operator: true})
	if err != nil {
		return alive, err
	}
	position, err := populate(ctx, &client.Client{URL: alive.url, HTTP: c.http, Token: operator.Token}, c.buyers, !c.season)
	switch {
	case err != nil:
		return alive, err
	case c.season: // nothing rests, but months go by once the demonstration is there
		return alive, errors.Join(awaitDemo(ctx, anyone), awaitMonth(ctx, alive))
	}
	return alive, awaitRest(ctx, anyone, position)
}

// besiege kills while people buy, and returns the Kassa that is left when they
// have gone home.
func (c *campaign) besiege(ctx context.Context, alive *process) (*process, error) {
	working, goHome := context.WithCancel(ctx)
	defer goHome()
	var closing atomic.Bool
	var crowd sync.WaitGroup
	for i, b := range c.buyers {
		w := &worker{buyer: b, book: &c.book, door: c.door, closing: &closing, rand: rand.New(rand.NewPCG(c.seed, uint64(i)+1))}
		crowd.Go(func() { w.work(working, c.season) })
	}
	alive, err := c.batter(ctx, alive)
	if err != nil {
		goHome()
	}
	closing.Store(true)
	patience := time.AfterFunc(restTimeout, goHome)
	crowd.Wait()
	if !patience.Stop() && err == nil {
		err = fmt.Errorf("somebody was not answered within %v", restTimeout)
	}
	return alive, err
}

// batter kills Kassa as often as it was told to, and returns the last one, open.
func (c *campaign) batter(ctx context.Context, alive *process) (*process, error) {
	for n := range c.kills {
		if err := c.strike(ctx, alive); err != nil {
			return alive, err
		}
		c.killed = append(c.killed, time.Now())
		c.tell(n+1, c.book.acknowledged())
		next, err := launch(c.binary, c.history(), c.log, c.flags(n+1)...)
		if err != nil {
			return alive, err
		}
		alive = next
	}
	return alive, c.open(ctx, alive)
}

// strike kills a Kassa: mostly while it is at work, sometimes before it has
// answered, so that the next one finds what a recovery left behind.
func (c *campaign) strike(ctx context.Context, alive *process) error {
	if c.rand.IntN(inRecovery) == 0 {
		err := alive.killAfter(ctx, c.moment(0, c.fastest()), func() {})
		if !alive.said.done() {
			c.early++
		}
		return err
	}
	if err := c.open(ctx, alive); err != nil {
		return err
	}
	return alive.killAfter(ctx, c.moment(firstMoment, lastMoment), c.door.shut)
}

// open lets people in as soon as Kassa answers.
func (c *campaign) open(ctx context.Context, alive *process) error {
	if err := alive.announced(ctx); err != nil {
		return err
	}
	c.starts = append(c.starts, alive.answered)
	if time.Since(c.issued) > tokensFresh {
		if err := c.issueTokens(ctx, alive); err != nil {
			return err
		}
	}
	c.door.open(place{url: alive.url, http: c.http, tokens: c.tokens})
	return nil
}

func (c *campaign) issueTokens(ctx context.Context, alive *process) error {
	anyone := &client.Client{URL: alive.url, HTTP: c.http}
	tokens := map[string]string{}
	for _, b := range c.buyers {
		t, err := anyone.Issue(ctx, v1.TokenRequest{Mail: b.Mail})
		if err != nil {
			return fmt.Errorf("token for %s: %w", b.Mail, err)
		}
		tokens[b.Mail] = t.Token
	}
	c.tokens, c.issued = tokens, time.Now()
	return nil
}

// moment is any between two.
func (c *campaign) moment(from, to time.Duration) time.Duration {
	return from + time.Duration(c.rand.Int64N(int64(to-from)))
}

// fastest is the shortest that a start has taken so far.
func (c *campaign) fastest() time.Duration {
	if len(c.starts) == 0 {
		return firstMoment
	}
	return slices.Min(c.starts)
}
