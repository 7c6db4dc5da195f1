package commands_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/purchase"
	"kassa/services/payments"
	"kassa/services/payments/gatewaytest"
)

// troubled is a gateway that answers charges and refunds with an error, after it
// carried them out or instead.
type troubled struct {
	gatewaytest.Books
	answer  error
	charges bool
}

func (g *troubled) Charge(ctx context.Context, key, token string, amount domain.Money) (domain.Charge, error) {
	if g.charges {
		if _, err := g.Books.Charge(ctx, key, token, amount); err != nil {
			return domain.Charge{}, err
		}
	}
	return domain.Charge{}, g.answer
}

func (g *troubled) Refund(ctx context.Context, key, charge string, amount domain.Money) (domain.Refund, error) {
	if g.charges {
		if _, err := g.Books.Refund(ctx, key, charge, amount); err != nil {
			return domain.Refund{}, err
		}
	}
	return domain.Refund{}, g.answer
}

func TestSettlingWithAGatewayInTrouble(t *testing.T) {
	for name, c := range map[string]struct {
		gateway troubled
		want    purchase.Status
		err     error
	}{
		"the card was removed meanwhile":              {troubled{answer: payments.ErrCardUnknown}, purchase.StatusDeclined, nil},
		"it was removed after it was charged":         {troubled{answer: payments.ErrCardUnknown, charges: true}, purchase.StatusCompleted, nil},
		"the amount cannot be charged":                {troubled{answer: payments.ErrAmount}, purchase.StatusDeclined, nil},
		"the key was used for something else":         {troubled{answer: payments.ErrKeyReused, charges: true}, purchase.StatusCompleted, nil},
		"so it says, and knows of no charge":          {troubled{answer: payments.ErrKeyReused}, purchase.StatusSubmitted, payments.ErrKeyReused},
		"the answer was lost":                         {troubled{answer: payments.ErrTimeout, charges: true}, purchase.StatusCompleted, nil},
		"the request was lost":                        {troubled{answer: payments.ErrUnavailable}, purchase.StatusSubmitted, payments.ErrUnavailable},
		"something nobody has thought of":             {troubled{answer: errUnheardOf}, purchase.StatusSubmitted, errUnheardOf},
		"something nobody has thought of, afterwards": {troubled{answer: errUnheardOf, charges: true}, purchase.StatusCompleted, nil},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			id := h.order(member(contoso, anna), "tok_visa")
			c.gateway.Books = h.gateway
			p := *h.purchases
			p.Gateway = &c.gateway
			_, err := p.Settle(t.Context(), id)
			require.ErrorIs(t, err, c.err)
			now, err := p.Load(t.Context(), id)
			require.NoError(t, err)
			assert.Equal(t, c.want, now.State.Status)
		})
	}
}

var errUnheardOf = errors.New("unheard of")

func TestACardThatWasRemovedMayBeReplaced(t *testing.T) {
	h := newHouse(t)
	who := member(contoso, anna)
	id := h.order(who, "tok_visa")
	p := *h.purchases
	p.Gateway = &troubled{Books: h.gateway, answer: payments.ErrCardUnknown}
	out, err := p.Settle(t.Context(), id)
	require.NoError(t, err)
	assert.Equal(t, "card_unknown", out.State.Declined.Code)
	assert.False(t, out.State.Declined.Retriable)

	_, err = h.purchases.Submit(t.Context(), ask(who), submit(id, "tok_mastercard"))
	require.NoError(t, err)
	out, err = h.fulfil.Pump(t.Context(), id)
	require.NoError(t, err)
	assert.Equal(t, purchase.StatusCompleted, out.State.Status)
	assert.Len(t, h.charges(), 1)
}

// order takes a checkout as far as its order.
func (h *house) order(who commands.Principal, card string) domain.PurchaseID {
	h.Helper()
	quoted, err := h.purchases.Start(h.Context(), ask(who), seats3)
	require.NoError(h, err)
	_, err = h.purchases.Submit(h.Context(), ask(who), submit(quoted.State.Purchase, card))
	require.NoError(h, err)
	return quoted.State.Purchase
}

// So with more seats, and with what is paid back for them.
func TestSettlingASubscriptionWithAGatewayInTrouble(t *testing.T) {
	for name, c := range map[string]struct {
		gateway troubled
		seats   int64 // of 3, 1 more being paid
		code    string
		charge  error
		owed    int // refunds
		refund  error
		repaid  int
	}{
		"the card was removed meanwhile":              {troubled{answer: payments.ErrCardUnknown}, 3, "card_unknown", nil, 0, nil, 0},
		"it was removed afterwards":                   {troubled{answer: payments.ErrCardUnknown, charges: true}, 4, "", nil, 0, nil, 1},
		"the answer was lost":                         {troubled{answer: payments.ErrTimeout, charges: true}, 4, "", nil, 0, nil, 1},
		"the request was lost":                        {troubled{answer: payments.ErrUnavailable}, 3, "", payments.ErrUnavailable, 1, payments.ErrUnavailable, 1},
		"more is to be paid back than was paid":       {troubled{answer: payments.ErrRefundTooLarge}, 3, "", payments.ErrRefundTooLarge, 0, nil, 0},
		"something nobody has thought of, afterwards": {troubled{answer: errUnheardOf, charges: true}, 4, "", nil, 0, nil, 1},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			who := member(contoso, anna)
			id := h.buy(who, seats3, "tok_visa")
			c.gateway.Books = h.gateway
			troubled := *h.subscriptions
			troubled.Gateway = &c.gateway

			_, err := h.subscriptions.AddSeats(t.Context(), ask(who), commands.AddSeats{Subscription: id, Delta: 1})
			require.NoError(t, err)
			settled, err := troubled.Settle(t.Context(), id)
			require.ErrorIs(t, err, c.charge)
			assert.Equal(t, c.seats, settled.State.Quantity)
			assert.Equal(t, c.code, settled.State.Settled.Code)
			h.now(id)

			_, err = h.subscriptions.RemoveSeats(t.Context(), ask(who), commands.RemoveSeats{Subscription: id, Delta: 1, When: commands.Immediately})
			require.NoError(t, err)
			settled, err = troubled.Settle(t.Context(), id)
			require.ErrorIs(t, err, c.refund)
			assert.Len(t, settled.State.Owed, c.owed)
			assert.Empty(t, h.now(id).Owed, "a later call settles it")
			assert.Len(t, h.refunds(), c.repaid)
		})
	}
}
