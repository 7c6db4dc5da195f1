package process_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/services/process"
)

// pile is a list and the facts behind it in one: each step done moves it on.
type pile struct {
	waiting []string
	moved   chan struct{}
	fails   map[string]int // how often a step fails before it succeeds
	done    []string
}

func (p *pile) runner() *process.Runner[string] {
	return &process.Runner[string]{
		Name: "pile", Every: time.Second, Log: slog.New(slog.DiscardHandler),
		Waiting: func(_ context.Context, limit int) ([]string, uint64, error) {
			return p.waiting[:min(limit, len(p.waiting))], 0, nil
		},
		Moved: func(ctx context.Context, _ uint64) error {
			select {
			case <-p.moved:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		},
		Do: func(_ context.Context, k string) error {
			if p.fails[k] > 0 {
				p.fails[k]--
				return errors.New("not yet")
			}
			p.done = append(p.done, k)
			var rest []string
			for _, other := range p.waiting {
				if other != k {
					rest = append(rest, other)
				}
			}
			p.waiting = rest
			return nil
		},
	}
}

func TestWhatArrivesIsDoneWithoutWaitingForTheNextLook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		p := &pile{moved: make(chan struct{})}
		r := p.runner()
		r.Every = time.Hour
		go func() { _ = r.Run(ctx) }()
		synctest.Wait()
		p.waiting = []string{"a"}
		p.moved <- struct{}{}
		time.Sleep(100 * time.Millisecond)
		synctest.Wait()
		assert.Equal(t, []string{"a"}, p.done)
		cancel()
		synctest.Wait()
	})
}

func TestWhatFailsIsToldAndTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		p := &pile{moved: make(chan struct{}), waiting: []string{"bad", "good"}, fails: map[string]int{"bad": 3}}
		r := p.runner()
		go func() { _ = r.Run(ctx) }()
		synctest.Wait()
		assert.Equal(t, []string{"good"}, p.done, "one failure keeps nothing else waiting")
		assert.Equal(t, 1, r.Status().Failing)
		require.ErrorContains(t, r.Status().Failure, "not yet")
		time.Sleep(10 * time.Second) // 1 + 2 + 4, and the look that finds it due
		synctest.Wait()
		assert.Equal(t, []string{"good", "bad"}, p.done)
		assert.Equal(t, process.Status{}, r.Status())
		cancel()
		synctest.Wait()
	})
}
