package commands_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/paymentmethod"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
	"kassa/eventstore"
	"kassa/services/payments"
)

// wallet is anna's cards, while she pays for these subscriptions.
func (h *house) wallet(paid ...domain.SubscriptionID) *commands.PaymentMethods {
	return &commands.PaymentMethods{
		Log: h.log, Gateway: h.gateway, Subscriptions: h.subscriptions, Now: func() time.Time { return h.clock },
		Paid: func(context.Context, commands.Payer) ([]domain.SubscriptionID, error) { return paid, nil },
	}
}

func (h *house) add(w *commands.PaymentMethods, token string) domain.PaymentMethodID {
	h.Helper()
	out, err := w.Add(h.Context(), ask(member(contoso, anna)), commands.AddCard{Card: token})
	require.NoError(h, err)
	return out.Method
}

// filed are the tokens that were put on file for a subscription's purchase.
func (h *house) filed(id domain.SubscriptionID) (tokens []string) {
	h.Helper()
	records, err := h.store.Read(h.Context(), purchase.Stream(h.now(id).Purchase))
	require.NoError(h, err)
	for _, r := range records {
		f, err := h.log.Codec.Decode(r)
		require.NoError(h, err)
		if e, ok := f.Event.(purchase.PaymentMethodAttached); ok {
			tokens = append(tokens, e.Token)
		}
	}
	return tokens
}

// asked notes which tokens are charged.
type asked struct {
	commandsGateway
	tokens []string
}

// commandsGateway is what the house's gateway can do.
type commandsGateway interface {
	Card(ctx context.Context, owner, token string) (domain.Card, error)
	Charge(ctx context.Context, key, token string, amount domain.Money) (domain.Charge, error)
	Lookup(ctx context.Context, key string) (domain.Charge, bool, error)
	Refund(ctx context.Context, key, charge string, amount domain.Money) (domain.Refund, error)
	LookupRefund(ctx context.Context, key string) (domain.Refund, bool, error)
}

func (a *asked) Charge(ctx context.Context, key, token string, amount domain.Money) (domain.Charge, error) {
	a.tokens = append(a.tokens, token)
	return a.commandsGateway.Charge(ctx, key, token, amount)
}

// A card is removed, and whoever should have the subscription follow is slow or
// dead, when the next term is charged.
func TestR31_ARemovalAgainstARenewal(t *testing.T) {
	who := member(contoso, anna)
	setup := func(t *testing.T) (h *house, id domain.SubscriptionID, w *commands.PaymentMethods, visa domain.PaymentMethodID, g *asked) {
		h = newHouse(t)
		id = h.buy(who, seats3, "tok_visa")
		w = h.wallet(id)
		visa = h.add(w, "tok_visa")
		h.add(w, "tok_mastercard")
		g = &asked{commandsGateway: h.gateway}
		h.subscriptions.Gateway = g
		h.passes(id, day(4, 2).Add(-1)) // the next term is announced before it is charged
		h.clock = day(4, 2)
		return h, id, w, visa, g
	}
	remove := func(h *house, w *commands.PaymentMethods, card domain.PaymentMethodID) {
		_, err := w.Remove(h.Context(), ask(who), card)
		require.NoError(h, err)
	}
	t.Run("removed first: the default is charged, and the card follows", func(t *testing.T) {
		h, id, w, visa, g := setup(t)
		slow := h.overtaking(func() { remove(h, w, visa) })
		_, err := slow.Advance(t.Context(), id, day(4, 2))
		require.NoError(t, err)
		assert.Equal(t, []string{"tok_mastercard"}, g.tokens)
		assert.Equal(t, []string{"tok_visa"}, h.filed(id), "nothing has followed yet")
		moved, err := w.Move(t.Context(), commands.Payer{Tenant: contoso, Person: anna})
		require.NoError(t, err)
		assert.Equal(t, []domain.SubscriptionID{id}, moved.Subscriptions)
		again, err := w.Move(t.Context(), commands.Payer{Tenant: contoso, Person: anna})
		require.NoError(t, err)
		assert.Empty(t, again.Subscriptions)
		assert.Equal(t, []string{"tok_visa", "tok_mastercard"}, h.filed(id))
		assert.Equal(t, 2, h.now(id).TermNumber)
	})
	t.Run("asked for first: the card is charged that it was asked of", func(t *testing.T) {
		h, id, w, visa, g := setup(t)
		away := *h.subscriptions
		away.Gateway = &troubled{Books: h.gateway, answer: payments.ErrUnavailable}
		_, err := away.Advance(t.Context(), id, day(4, 2))
		require.ErrorIs(t, err, payments.ErrUnavailable)
		remove(h, w, visa)
		_, err = w.Move(t.Context(), commands.Payer{Tenant: contoso, Person: anna})
		require.NoError(t, err)
		h.passes(id, day(4, 3))
		assert.Equal(t, []string{"tok_visa"}, g.tokens)
		h.passes(id, day(5, 3))
		assert.Equal(t, []string{"tok_visa", "tok_mastercard"}, g.tokens)
	})
	t.Run("nothing stands in: nobody is asked, and the term is declined", func(t *testing.T) {
		h, id, _, visa, g := setup(t)
		unknowing := h.wallet() // who knows of nothing that renews
		for _, card := range []domain.PaymentMethodID{visa, h.add(unknowing, "tok_mastercard")} {
			remove(h, unknowing, card)
		}
		s := h.passes(id, day(4, 2))
		assert.Empty(t, g.tokens)
		assert.Equal(t, paymentmethod.ErrGone.Code, s.Settled.Code)
		assert.Equal(t, subscription.AcceleratedDunning, s.Dunning.Kind, "that card never will pay")
		_, err := h.subscriptions.Pay(t.Context(), ask(who), commands.PayTerm{Subscription: id})
		require.ErrorIs(t, err, paymentmethod.ErrGone)
		_, err = h.subscriptions.ReplaceCard(t.Context(), ask(who), commands.ReplaceCard{Subscription: id, Card: "tok_visa"})
		require.NoError(t, err, "it is given anew")
		_, err = h.subscriptions.Settle(t.Context(), id)
		require.NoError(t, err)
		assert.Equal(t, []string{"tok_visa"}, g.tokens)
		assert.Equal(t, 2, h.now(id).TermNumber)
	})
}

// Each removal looks before the other is written; they meet in one stream.
func TestTwoRemovalsOfTheLastTwoCards(t *testing.T) {
	h := newHouse(t)
	id := h.buy(member(contoso, anna), seats3, "tok_visa")
	w := h.wallet(id)
	visa, master := h.add(w, "tok_visa"), h.add(w, "tok_mastercard")
	slow := *w
	slow.Store = &overtaken{house: h, by: func() {
		_, err := w.Remove(t.Context(), ask(member(contoso, anna)), visa)
		require.NoError(t, err)
	}}
	_, err := slow.Remove(t.Context(), ask(member(contoso, anna)), master)
	require.ErrorIs(t, err, paymentmethod.ErrOnly)
}

// An order that is on its way will be charged again, though there is nothing to
// see of it yet.
func TestAnOrderUnderWayKeepsItsCard(t *testing.T) {
	h := newHouse(t)
	w := h.wallet(commands.SubscriptionID(domain.PurchaseID(uuid.NewString())))
	visa := h.add(w, "tok_visa")
	_, err := w.Remove(t.Context(), ask(member(contoso, anna)), visa)
	require.ErrorIs(t, err, paymentmethod.ErrOnly)
	partner := member(contoso, anna)
	partner.Partner = fabrikam
	_, err = w.Remove(t.Context(), ask(partner), visa)
	require.ErrorIs(t, err, commands.ErrPartnerLooksOnly)
}

// Whoever follows late finds what the person has decided since.
func TestR13_ACardThatWasRemovedIsNotListedByAnOldOrder(t *testing.T) {
	h := newHouse(t)
	id := h.buy(member(contoso, anna), seats3, "tok_visa")
	bought := h.now(id).Purchase
	records, err := h.store.Read(t.Context(), purchase.Stream(bought))
	require.NoError(t, err)
	used := commands.UsedCard{Purchase: bought}
	for _, r := range records {
		if r.Type == (purchase.PaymentMethodAttached{}).EventType() {
			used.Fact = r.ID
		}
	}
	w := h.wallet()
	visa := h.add(w, "tok_visa")
	out, err := w.Keep(t.Context(), used)
	require.NoError(t, err)
	assert.Empty(t, out.State.Cards[1:], "it is on the list")
	_, err = w.Remove(t.Context(), ask(member(contoso, anna)), visa)
	require.NoError(t, err)
	_, err = w.Keep(t.Context(), used)
	require.NoError(t, err)
	assert.Equal(t, []string{"paymentmethod.card_added.v1", "paymentmethod.card_set_as_default.v1", "paymentmethod.card_removed.v1"},
		h.types(paymentmethod.Stream(contoso, anna)))
}

// ReplaceCard dies between putting the card on file and asking for what is open.
func TestR31_WhatACrashLeftOfAReplacementIsFinished(t *testing.T) {
	h := newHouse(t)
	who := member(contoso, anna)
	id := h.buy(who, seats3, "tok_visa")
	_, err := h.subscriptions.ReplaceCard(t.Context(), ask(who), commands.ReplaceCard{Subscription: id, Card: "tok_declined"})
	require.NoError(t, err)
	h.clock = day(4, 2)
	h.passes(id, day(4, 2))
	dying := *h.subscriptions
	dying.Store = &dyingStore{house: h, after: 1}
	_, err = dying.ReplaceCard(t.Context(), ask(who), commands.ReplaceCard{Subscription: id, Card: "tok_mastercard"})
	require.ErrorIs(t, err, eventstore.ErrUnavailable)
	assert.Equal(t, 1, h.now(id).TermNumber)
	for range 2 {
		moved, err := h.wallet(id).Move(t.Context(), commands.Payer{Tenant: contoso, Person: anna})
		require.NoError(t, err)
		assert.Empty(t, moved.Subscriptions, "the card is there")
	}
	assert.Equal(t, 2, h.now(id).TermNumber, "and what was open is paid")
}

// Two subscriptions pay with the card that is replaced, and each has a bill that is
// open. Whatever is cut off, the next to come along ends it the same.
func TestR31_AReplacementThatIsKilledAnywhereEndsTheSame(t *testing.T) {
	who, payer := member(contoso, anna), commands.Payer{Tenant: contoso, Person: anna}
	for after, whole := 0, false; !whole; after++ {
		h := newHouse(t)
		ids := []domain.SubscriptionID{h.buy(who, seats3, "tok_visa"), h.buy(who, seats3, "tok_visa")}
		w := h.wallet(ids...)
		failing := h.add(w, "tok_declined")
		for _, id := range ids {
			_, err := h.subscriptions.ReplaceCard(t.Context(), ask(who), commands.ReplaceCard{Subscription: id, Card: string(failing)})
			require.NoError(t, err)
		}
		h.clock = day(4, 2)
		for _, id := range ids {
			require.Equal(t, subscription.StatusExpired, h.passes(id, day(4, 2)).Ended)
		}
		r, before := ask(who), len(h.charges())
		replace := func(w *commands.PaymentMethods) error {
			_, err := w.Replace(t.Context(), r, commands.ReplaceMethod{Method: failing, Card: "tok_mastercard"})
			if err == nil {
				_, err = w.Move(t.Context(), payer)
			}
			return err
		}
		dying := &dyingStore{house: h, after: after}
		cut := *w
		cut.Store, cut.Subscriptions = dying, dying.subscriptions()
		err := replace(&cut)
		whole = err == nil
		if !whole {
			require.ErrorIs(t, err, eventstore.ErrUnavailable)
		}
		require.NoError(t, replace(w), "after %d facts", after)
		for _, id := range ids {
			_, err := h.subscriptions.Settle(t.Context(), id) // as the watchdog does
			require.NoError(t, err)
			assert.Equal(t, 2, h.now(id).TermNumber, "after %d facts", after)
			assert.Equal(t, []string{"tok_visa", "tok_declined", "tok_mastercard"}, h.filed(id), "after %d facts", after)
		}
		assert.Len(t, h.charges()[before:], 2, "each is charged once")
		require.Less(t, after, 20)
	}
}
