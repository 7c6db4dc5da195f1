package subscription_test

import (
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"kassa/domain"
	"kassa/domain/subscription"
)

// instalments holds each payment of a term to its place: in order, once, for the
// seats that there are, and for no day that another pays for.
func (l *life) instalments(t *rapid.T, e subscription.Event) {
	var seats int64
	for _, b := range l.state.Batches {
		seats += b.Seats
	}
	if _, cancelled := e.(subscription.Cancelled); !cancelled && !l.state.Cancelled {
		require.Equal(t, l.seats, seats, "%T: what is paid is paid for every seat", e)
	}
	switch e := e.(type) {
	case subscription.Provisioned, subscription.Renewed, subscription.Reactivated, subscription.TrialConverted:
		l.payment = 1
	case subscription.InstalmentRequested:
		require.Equal(t, l.payment+1, e.Payment, "the next payment")
		require.LessOrEqual(t, e.Payment, l.state.Term.Payments(domain.Monthly))
		require.Equal(t, l.state.PaidUntil, e.Start, "it begins where the one before ends")
		require.Equal(t, l.seats, e.Quantity)
		stated := e.Charge
		if e.Tax.Exclusive {
			stated = e.Tax.Net
		}
		require.Equal(t, l.state.UnitPrice.Minor*l.seats, stated.Minor)
		require.Equal(t, l.state.TermNumber, e.Number)
		require.Empty(t, l.state.Takeover.ID, "nothing is asked of the payer any more")
		if e.Again == "" {
			require.False(t, e.Start.Before(l.passed), "asked for as of %s, after %s", e.Start, l.passed)
			l.passed = e.Start
		}
	case subscription.InstalmentPaid:
		var paid, tax int64
		for _, b := range l.state.Batches {
			paid, tax = paid+b.Paid.Minor, tax+b.Tax.Tax.Minor
		}
		require.Equal(t, []int64{e.Charge.Minor, e.Tax.Tax.Minor}, []int64{paid, tax}, "its batches are all of it")
		require.Equal(t, l.payment+1, e.Payment, "paid twice, or out of turn")
		require.Equal(t, e.Payment == 12, e.End.Equal(l.state.End), "twelve months end when the year does")
		require.Equal(t, subscription.StatusNone, l.state.Ended, "it is paid")
		l.payment = e.Payment
	case subscription.InstalmentDeclined:
		l.unpaid = e.Number
	case subscription.RenewalRequested:
		require.Equal(t, l.state.PaidUntil, e.Start, "the term is paid to its end")
	}
}
