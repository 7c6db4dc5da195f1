package api_test

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain/subscription"
	v1 "kassa/services/api/v1"
	"kassa/services/takeover"
)

// Whoever comes second is told what came first.
func TestOfTwoWhoTakeControlAtOnceOneDoes(t *testing.T) {
	h := newHouse(t)
	for range 5 {
		id := h.used(omar)
		answers := both(
			func() answer { return h.takeControl(admin, id, cancelIt, string(id)+"1") },
			func() answer { return h.takeControl(admin, id, cancelIt, string(id)+"2") })
		lost := loser(t, answers, 202)
		lost.problem(409, subscription.ErrControlTaken.Code)
	}
}

func TestOfCancellingAndTakingControlAtOnceOneHappens(t *testing.T) {
	h := newHouse(t)
	won := map[int]int{}
	for range 8 {
		id := h.used(omar)
		answers := both(
			func() answer { return h.takeControl(admin, id, cancelIt, string(id)) },
			func() answer {
				return h.ask(buyer, "POST", "/v1/subscriptions/"+string(id)+"/cancel", `{"reason":"other"}`)
			})
		if answers[0].status == 202 {
			won[0]++
			answers[1].problem(409, subscription.ErrControlTaken.Code)
			continue
		}
		won[1]++
		answers[0].problem(422, subscription.ErrTakeoverEnded.Code)
		require.Equal(t, 200, answers[1].status, "%s", answers[1].body)
	}
	assert.Equal(t, 8, won[0]+won[1])
}

func TestAPendingChargeComesBeforeATakeover(t *testing.T) {
	h := newHouse(t)
	id, change := h.bought()
	h.gateway.cut = true
	is[v1.Subscription](change("seats", `{"delta":1}`, "1"), 202)
	h.takeControl(admin, id, cancelIt, "1").problem(409, subscription.ErrChargePending.Code)
	h.gateway.cut = false
	is[v1.Subscription](change("seats", `{"delta":1}`, "1"), 200)
	is[v1.Control](h.takeControl(admin, id, cancelIt, "2"), 202)
}

func TestATakeoverIsDrivenByItself(t *testing.T) {
	h := newHouse(t)
	ctx, stop := context.WithCancel(t.Context())
	m := &takeover.Manager{Takeovers: h.takeovers, Subscriptions: h.Subscriptions, Projector: h.Projector, Every: time.Minute, Log: slog.New(slog.DiscardHandler)}
	var running sync.WaitGroup
	running.Go(func() { assert.NoError(t, m.Run(ctx)) })
	id := h.used(omar)
	events := h.follow(admin)
	is[v1.Control](h.takeControl(admin, id, cancelIt, "1"), 202)
	for line := ""; ; {
		var err error
		line, err = events.ReadString('\n')
		require.NoError(t, err)
		if strings.Contains(line, "subscription.deleted.v1") {
			break
		}
	}
	assert.True(t, h.controlOf(id).Finished)
	stop()
	running.Wait()
}

// both asks two things at once.
func both(asks ...func() answer) []answer {
	answers := make([]answer, len(asks))
	var wg sync.WaitGroup
	for i, ask := range asks {
		wg.Go(func() { answers[i] = ask() })
	}
	wg.Wait()
	return answers
}

// loser is the answer of the two that is not the winner's.
func loser(t *testing.T, answers []answer, won int) answer {
	t.Helper()
	require.Len(t, answers, 2)
	winner, other := answers[0], answers[1]
	if winner.status != won {
		winner, other = other, winner
	}
	require.Equal(t, won, winner.status, "%s", winner.body)
	return other
}
