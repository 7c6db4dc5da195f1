package subscription_test

import (
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"kassa/domain"
	"kassa/domain/subscription"
)

// trial holds a trial to what it is: free, and its own end unless it is paid.
func (l *life) trial(t *rapid.T, e subscription.Event) {
	switch e := e.(type) {
	case subscription.TrialStarted:
		l.trying, l.needsCard = true, e.NeedsPaymentMethod
	case subscription.TrialExtended:
		require.True(t, l.trying && !l.extended, "extended twice")
		require.Equal(t, e.Previous.Add(subscription.Extension), l.state.End)
		l.extended = true
	case subscription.ConversionRequested:
		require.True(t, l.trying)
		require.True(t, e.Conversion != "" || l.needsCard && e.Start.Equal(l.state.End), "it was to end by itself")
	case subscription.TrialConverted:
		l.trying = false
	case subscription.SeatsAdded, subscription.SeatsRemoved, subscription.Renewed, subscription.Reactivated:
		require.False(t, l.trying, "%T of a trial", e)
	}
	require.False(t, l.trying && l.charged != 0, "nothing is paid for a trial")
}

// begins is how a life may begin: bought, by somebody or by agreement, or tried.
func begins(t *rapid.T) subscription.Command {
	first := subscription.Provision(bought(rapid.Int64Range(1, 4).Draw(t, "seats"), usd(rapid.Int64Range(0, 1000).Draw(t, "unit")), domain.Monthly, "2026-02-01", "2026-03-01"))
	if rapid.IntRange(0, 3).Draw(t, "instalments") == 0 {
		first.Term, first.Frequency, first.End, first.PaidUntil = domain.Yearly, domain.Monthly, day("2027-02-01"), first.End
	}
	switch rapid.IntRange(0, 4).Draw(t, "how") {
	case 0:
		first.Channel, first.Payer = domain.Central, ""
	case 1, 2:
		then := price(first.UnitPrice.Minor)
		then.Term, then.Frequency = first.Term, first.Frequency
		first.UnitPrice, first.Price = usd(0), usd(0)
		return subscription.StartTrial{Provision: first, NeedsPaymentMethod: rapid.Bool().Draw(t, "needs payment method"), Then: then}
	}
	return first
}
