package subscription_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"kassa/domain"
	. "kassa/domain/domaintest"
	"kassa/domain/subscription"
)

func TestSupportGivesSomeOfAPaymentBack(t *testing.T) {
	third := day("2026-02-03")
	credit := func(change func(*subscription.Credit)) subscription.Credit {
		c := subscription.Credit{
			Credit: "cr1", Bill: "term/1", Charge: "ch_1", Paid: usd(50_00), Amount: usd(20_00), Reason: subscription.Goodwill, At: third,
		}
		change(&c)
		return c
	}
	same := func(*subscription.Credit) {}
	credited := subscription.Credited{
		Credit: "cr1", Bill: "term/1", Refund: "cr1/1", Amount: usd(20_00), Charge: "ch_1", Reason: subscription.Goodwill, At: third,
	}
	deleted := subscription.Deleted{Cause: subscription.EndCancelled, At: third}
	Run(t, subscription.Decider, []is{
		{Name: "it is owed", Given: facts{february}, When: credit(same), Then: facts{credited}},
		{Name: "once", Given: facts{february, credited}, When: credit(same)},
		{Name: "all that is left, too", Given: facts{february}, When: credit(func(c *subscription.Credit) { c.Back = 30_00 }), Then: facts{credited}},
		{Name: "no more than is left", Given: facts{february}, When: credit(func(c *subscription.Credit) { c.Back = 30_01 }), Rejects: subscription.ErrCreditTooLarge},
		{Name: "in the currency that was paid", Given: facts{february}, When: credit(func(c *subscription.Credit) { c.Amount.Currency = "SEK" }), Rejects: subscription.ErrCreditAmount},
		{Name: "nothing is not given", Given: facts{february}, When: credit(func(c *subscription.Credit) { c.Amount.Minor = 0 }), Rejects: subscription.ErrCreditAmount},
		{Name: "nor for no reason", Given: facts{february}, When: credit(func(c *subscription.Credit) { c.Reason = "because" }), Rejects: subscription.ErrCreditReason},
		{Name: "nor where no card was charged", Given: facts{february}, When: credit(func(c *subscription.Credit) { c.Charge = "" }), Rejects: subscription.ErrNotPaid},
		{Name: "nor for what is deleted", Given: facts{february, deleted}, When: credit(same), Rejects: subscription.ErrDeleted},
		{Name: "nor for no bill", Given: facts{february}, When: credit(func(c *subscription.Credit) { c.Bill = "" }), Rejects: subscription.ErrRequest},
		{Name: "nor for no subscription", When: credit(same), Rejects: subscription.ErrUnknown},
	})
}

// Whatever support gave back, and in however many parts seats are given back
// afterwards: all of it together is no more than was paid.
func TestRefundsAfterACreditNeverExceedWhatWasPaid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := subscription.Decider.Fold(subscription.State{}, february)
		given := rapid.Int64Range(1, february.Price.Minor).Draw(t, "given")
		back := given
		do := func(c subscription.Command) {
			events, err := subscription.Decider.Decide(s, c)
			require.NoError(t, err)
			for _, e := range events {
				switch e := e.(type) {
				case subscription.SeatsRemoved:
					back += e.Refund.Minor
				case subscription.Cancelled:
					back += e.Refund.Minor
				}
			}
			s = subscription.Decider.Fold(s, events...)
		}
		at := february.Start.AddDate(0, 0, rapid.IntRange(0, 6).Draw(t, "days"))
		give := func() {
			do(subscription.Credit{Credit: "cr1", Bill: "term/1", Charge: "ch_1", Paid: february.Price, Amount: domain.Money{Minor: given, Currency: "USD"}, Reason: subscription.Outage, At: at})
		}
		give()
		if fewer := rapid.Int64Range(0, february.Quantity-1).Draw(t, "fewer"); fewer > 0 {
			do(subscription.RemoveSeats{Removal: "r1", Delta: fewer, Zone: time.UTC, At: at})
		}
		do(subscription.Cancel{Cancellation: "c1", By: subscription.ByPurchaser, Reason: subscription.NotNeeded, Zone: time.UTC, At: at})
		assert.LessOrEqual(t, back, february.Price.Minor)
		for _, o := range s.Owed {
			assert.Positive(t, o.Amount.Minor)
		}
	})
}
