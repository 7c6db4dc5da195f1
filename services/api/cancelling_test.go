package api_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/subscription"
	v1 "kassa/services/api/v1"
	"kassa/services/payments"
)

// What somebody writes when they cancel is sealed in their own stream: the facts
// of the subscription have only its id, and who is erased takes it along.
func TestR32_WhatSomebodyWritesWhenTheyCancelIsKeptSealed(t *testing.T) {
	h := newHouse(t)
	id, change := h.bought()
	const words = "Too slow on my ageing laptop"
	body := `{"reason":"other","feedback":"` + words + `"}`
	change("cancel", `{"reason":"whim","feedback":"`+words+`"}`, "0").problem(400, "cancel_reason_unknown")
	change("cancel", `{"reason":"other","feedback":"`+strings.Repeat("a", 2001)+`"}`, "0").problem(400, "body_invalid")
	is[v1.Subscription](change("cancel", body, "1"), 200)
	is[v1.Subscription](change("cancel", body, "1"), 200)

	path := "/v1/subscriptions/" + string(id)
	for _, as := range []string{buyer, billing} {
		shown := is[v1.SubscriptionDetail](h.ask(as, "GET", path, ""), 200).Cancelled
		require.NotNil(t, shown)
		assert.Equal(t, v1.Cancelled{At: shown.At, By: "purchaser", Reason: "other", Feedback: words}, *shown)
	}
	records, err := h.store.ReadAll(t.Context(), 0, 1_000)
	require.NoError(t, err)
	given := 0
	for _, r := range records {
		assert.NotContains(t, string(r.Data), "ageing", r.Type)
		if r.Type == "user.feedback_given.v1" {
			given++
			assert.NotEqual(t, subscription.Stream(id), r.Stream)
		}
	}
	assert.Equal(t, 1, given, "not what was refused, and once")

	require.NoError(t, h.keys.Erase(t.Context(), h.claims[buyer].Tenant, h.claims[buyer].Person))
	assert.Empty(t, is[v1.SubscriptionDetail](h.ask(billing, "GET", path, ""), 200).Cancelled.Feedback)
	is[v1.Subscription](change("reactivate", `{}`, "2"), 200)
	assert.Nil(t, is[v1.SubscriptionDetail](h.ask(billing, "GET", path, ""), 200).Cancelled, "it has begun anew")
}

// While the gateway has not said what became of a renewal, nobody cancels it;
// afterwards the new term is cancelled, and all of it paid back.
func TestR32_NobodyCancelsWhileARenewalIsBeingPaid(t *testing.T) {
	h := newHouse(t)
	id, change := h.bought()
	due := h.productNow(id).ExpiryDate
	h.passes(due.Add(-time.Second))
	h.clock = due
	renew := func() error {
		_, err := h.Subscriptions.(*commands.Subscriptions).Advance(t.Context(), id, due)
		return err
	}
	h.gateway.cut = true
	require.ErrorIs(t, renew(), payments.ErrUnavailable)
	change("cancel", `{"reason":"other"}`, "1").problem(409, subscription.ErrChargePending.Code)
	h.gateway.cut = false
	require.NoError(t, renew())
	refund := is[v1.Subscription](change("cancel", `{"reason":"other"}`, "1"), 200).Refund
	assert.Equal(t, &domain.Money{Minor: 1998, Currency: "USD"}, refund)
}
