package views_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	"kassa/domain/subscription"
	"kassa/projections/projectiontest"
	"kassa/projections/views"
)

func TestR38_AnOrderTellsEveryFactInOrder(t *testing.T) {
	c := newCompany(t)
	c.Assign(&c.annas, c.omar)
	c.Unassign(&c.annas, c.omar)
	order, err := views.NewOrderHistory(c.Twice(t, views.OrderHistoryView)).Show(t.Context(), c.id, c.annas.Number)
	require.NoError(t, err)
	assert.Equal(t, c.annas.Purchase, order.Purchase)
	assert.Equal(t, c.anna, order.Purchaser)
	assert.Equal(t, c.End(), order.AsOf)

	var got []string
	for _, e := range order.Entries {
		got = append(got, e.Type+": "+e.Summary)
	}
	assert.Equal(t, []string{
		"purchase.started.v1: Checkout of CFQ7TTC0H9MP started on the website, self-service, in market SE.",
		"purchase.tenant_resolved.v1: The organisation was found by the buyer's e-mail domain.",
		"purchase.purchaser_authenticated.v1: The purchaser signed in.",
		"purchase.eligibility_confirmed.v1: All 1 checks passed at start.",
		"purchase.quantity_chosen.v1: 3 licences chosen.",
		"purchase.quote_issued.v1: Quote: 3 licences at 10.00 EUR each for a term of P1M, 37.50 EUR in all, of which 7.50 EUR tax.",
		"purchase.terms_accepted.v1: Terms 2026-01 and privacy notice 2026-02 accepted.",
		"purchase.payment_method_attached.v1: Visa card ending in 4242 attached.",
		"purchase.eligibility_confirmed.v1: All 1 checks passed at submit.",
		"purchase.submitted.v1: Order " + c.annas.Number + " submitted for 37.50 EUR, attempt 1.",
		"purchase.payment_authorised.v1: Payment of 37.50 EUR authorised at attempt 1, reference ch_1.",
		"subscription.provisioned.v1: Subscription of 3 licences set up from 2026-05-01 to 2026-06-01.",
		"purchase.completed.v1: 3 licences bought for 37.50 EUR.",
		"subscription.seat_reserved.v1: A seat was taken.",
		"license.assigned.v1: A licence of CFQ7TTC0H9MP was assigned by the purchaser.",
		"license.unassigned.v1: A licence was taken back, cause: manual.",
		"subscription.seat_released.v1: A seat was given back.",
	}, got)
	whose := map[domain.PersonID]int{}
	for _, e := range order.Entries {
		whose[e.Person]++
	}
	assert.Equal(t, map[domain.PersonID]int{"": 13, c.omar: 4}, whose, "the four that are about his licence say whose it is")
	assert.True(t, slices.IsSortedFunc(order.Entries, func(a, b views.Entry) int { return int(a.Position) - int(b.Position) }))
}

func TestAnEntrySaysWhoWhenWhyAndHowMuch(t *testing.T) {
	c := newCompany(t)
	order, err := views.NewOrderHistory(c.Twice(t, views.OrderHistoryView)).Show(t.Context(), c.id, c.annas.Number)
	require.NoError(t, err)

	stored, err := c.Read(t.Context(), "purchase-"+string(c.annas.Purchase))
	require.NoError(t, err)
	fact, err := c.Codec.Decode(stored[5])
	require.NoError(t, err)
	three, total := int64(3), projectiontest.Euros(3750)
	assert.Equal(t, views.Entry{
		OrderNumber: c.annas.Number, Type: "purchase.quote_issued.v1", At: fact.At, BusinessTime: fact.Meta.At,
		By:      domain.Actor{Kind: domain.ActorPurchaser, Tenant: c.id, Person: c.anna},
		Command: fact.Meta.Command, Correlation: fact.Meta.Correlation, Causation: fact.Meta.Causation,
		Summary: order.Entries[5].Summary, QuantityBefore: &three, QuantityAfter: &three, MoneyAfter: &total,
		EventID: fact.ID, Stream: fact.Stream, Revision: 5, Position: fact.Position,
	}, order.Entries[5])
	assert.Nil(t, order.Entries[4].QuantityBefore, "nothing was chosen before")
	assert.Equal(t, &three, order.Entries[4].QuantityAfter)
	assert.Equal(t, "Purchase", order.Entries[12].Transaction)
}

func TestR20_ARefusedCheckoutHasAHistoryToo(t *testing.T) {
	c := newCompany(t)
	o := c.Start(c.id, c.anna, visio, domain.SelfService)
	c.Refuse(o, "market_excluded", "R05")
	order, err := views.NewOrderHistory(c.Twice(t, views.OrderHistoryView)).Show(t.Context(), c.id, o.Number)
	require.NoError(t, err)
	require.Len(t, order.Entries, 2)
	assert.Equal(t, "market_excluded", order.Entries[1].Code)
	assert.Equal(t, "Refused at start by R05: market_excluded.", order.Entries[1].Summary)
}

// A fact that is added to these aggregates one day must not be missing here.
func TestNoFactOfAnOrderGoesUnheard(t *testing.T) {
	for _, name := range projectiontest.New(t).Codec.Types() {
		aggregate, _, _ := strings.Cut(name, ".")
		if slices.Contains([]string{"purchase", "subscription", "license"}, aggregate) {
			assert.Contains(t, views.OrderHistoryView.On, name)
		}
	}
}

// What is asked for changes no quantity; what is paid for does.
func TestR38_TheLifeOfASubscriptionIsInItsOrder(t *testing.T) {
	c := newCompany(t)
	ten, five := projectiontest.Euros(1000), projectiontest.Euros(500)
	c.lives(
		subscription.SeatAdditionRequested{Addition: "a", Delta: 1, Quantity: 4, Charge: five, Days: 15, OfDays: 30},
		subscription.SeatAdditionDeclined{Addition: "a", Code: "card_declined"},
		subscription.SeatsAdded{Addition: "b", Delta: 2, Quantity: 5, Charge: ten, Days: 15, OfDays: 30},
		subscription.SeatsRemoved{Removal: "r", Delta: 1, Quantity: 4, Refund: five},
		subscription.RefundIssued{Of: "r/b", Amount: five, Reference: "re_1"},
		subscription.Renewed{Period: june},
		subscription.Cancelled{Cancellation: "c", By: subscription.ByPurchaser, Reason: subscription.NotNeeded, Refund: five},
	)
	order, err := views.NewOrderHistory(c.Twice(t, views.OrderHistoryView)).Show(t.Context(), c.id, c.annas.Number)
	require.NoError(t, err)
	type told struct {
		transaction, code, summary string
		before, after              int64
		money                      domain.Money
	}
	var got []told
	for _, e := range order.Entries[len(order.Entries)-7:] {
		got = append(got, told{e.Transaction, e.Code, e.Summary, *e.QuantityBefore, *e.QuantityAfter, *e.MoneyAfter})
	}
	assert.Equal(t, []told{
		{"", "", "1 licence more asked for, 5.00 EUR for 15 of 30 days.", 3, 3, five},
		{"", "card_declined", "Payment for more licences declined: card_declined.", 3, 3, five},
		{"Add quantity", "", "2 licences added for 10.00 EUR, 15 of 30 days.", 3, 5, ten},
		{"Remove quantity", "", "1 licence removed, 5.00 EUR to be refunded.", 5, 4, five},
		{"", "", "5.00 EUR refunded, reference re_1.", 4, 4, five},
		{"Renew", "", "Renewed for term 2: 4 licences from 2026-06-01 to 2026-07-01 for 48.00 EUR.", 4, 4, projectiontest.Euros(4800)},
		{"Cancel", "not_needed", "Cancelled by the purchaser, reason: not_needed; 5.00 EUR to be refunded.", 4, 4, five},
	}, got)
}

func TestR38_ATrialIsInItsOrder(t *testing.T) {
	c := newCompany(t)
	c.lives(trying, extended,
		subscription.ConversionRefused{Conversion: "x", Code: "policy_disabled", Rule: "R41"},
		subscription.ReactivationRefused{Reactivation: "x", Code: "policy_disabled", Rule: "R41"},
		subscription.ConversionRequested{Period: june}, subscription.ConversionDeclined{Code: "card_declined"},
		subscription.TrialConverted{Period: june}, subscription.TrialEnded{Cause: subscription.EndPayment})
	order, err := views.NewOrderHistory(c.Twice(t, views.OrderHistoryView)).Show(t.Context(), c.id, c.annas.Number)
	require.NoError(t, err)
	var got [][3]string
	for _, e := range order.Entries[len(order.Entries)-8:] {
		got = append(got, [3]string{e.Transaction, e.Code, e.Summary})
	}
	assert.Equal(t, [][3]string{
		{"", "", "Trial until 2026-06-01, then it becomes paid; 12.00 EUR a licence and term from there on."},
		{"Trial extended", "", "Trial extended from 2026-06-01 to 2026-07-01."},
		{"", "policy_disabled", "Conversion of the trial refused by R41: policy_disabled."},
		{"", "policy_disabled", "Reactivation refused by R41: policy_disabled."},
		{"", "", "Conversion of the trial asked for: 4 licences from 2026-06-01 to 2026-07-01 for 48.00 EUR."},
		{"", "card_declined", "Payment for the conversion declined: card_declined."},
		{"Convert", "", "Trial converted: 4 licences from 2026-06-01 to 2026-07-01 for 48.00 EUR."},
		{"", "", "Trial ended, cause: payment."},
	}, got)
}
