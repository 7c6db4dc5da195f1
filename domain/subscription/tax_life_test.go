package subscription_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"kassa/domain"
	"kassa/domain/subscription"
)

// taxRules are of markets that state prices with tax, without, and have none.
func taxRules() *rapid.Generator[domain.TaxRule] {
	return rapid.Custom(func(t *rapid.T) domain.TaxRule {
		return rapid.SampledFrom([]domain.TaxRule{
			{}, {Kind: domain.NoTax}, {Kind: domain.VAT, Rate: 2500}, {Kind: domain.VAT, Rate: 810}, {Kind: domain.VAT, Rate: 2550},
			{Kind: domain.GST, Rate: 500, Exclusive: true}, {Kind: domain.GST, Rate: 1800, Exclusive: true},
		}).Draw(t, "tax")
	})
}

// taxed holds what may be said of an amount: the parts add up to all of it.
func (l *life) taxed(t *rapid.T, amount domain.Money, s domain.TaxSplit) {
	if s == (domain.TaxSplit{}) {
		return // nobody said
	}
	require.Equal(t, amount, s.Total)
	require.Equal(t, amount.Minor, s.Net.Minor+s.Tax.Minor)
	require.GreaterOrEqual(t, s.Tax.Minor, int64(0))
	require.GreaterOrEqual(t, s.Net.Minor, int64(0))
}

// taxes holds the tax of what is charged and given back against each other.
func (l *life) taxes(t *rapid.T, e subscription.Event) {
	paid := func(amount domain.Money, s domain.TaxSplit) {
		l.taxed(t, amount, s)
		l.taxPaid += s.Tax.Minor
	}
	back := func(lines []subscription.RefundLine) {
		for _, line := range lines {
			l.taxed(t, line.Amount, line.Tax)
			l.taxBack += line.Tax.Tax.Minor
		}
	}
	switch e := e.(type) {
	case subscription.Provisioned:
		paid(e.Price, e.Tax)
	case subscription.SeatsAdded:
		paid(e.Charge, e.Tax)
	case subscription.Renewed:
		paid(e.Charge, e.Tax)
	case subscription.TrialConverted:
		paid(e.Charge, e.Tax)
	case subscription.Reactivated:
		paid(e.Charge, e.Tax)
	case subscription.InstalmentPaid:
		paid(e.Charge, e.Tax)
	case subscription.SeatsRemoved:
		back(e.Lines)
	case subscription.Cancelled:
		back(e.Lines)
	}
	require.LessOrEqual(t, l.taxBack, l.taxPaid, "more tax given back than was paid")
}

// prices holds a renewal to what was announced.
func (l *life) prices(t *rapid.T, before subscription.State, e subscription.Event) {
	asked, ok := e.(subscription.RenewalRequested)
	if !ok || before.NoticeAt.IsZero() {
		return
	}
	limit := before.UnitPrice
	if before.Notice != (subscription.Notice{}) {
		limit = before.Notice.Price.Unit
	}
	require.LessOrEqual(t, asked.UnitPrice.Minor, max(limit.Minor, 0), "more than was announced")
}

// However seats are given back, in whatever parts and order: no part has less
// than nothing of the tax, and all of them together have all of it.
func TestTheTaxGoesBackWithWhatWasPaid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rule := taxRules().Draw(t, "rule")
		seats, each := rapid.Int64Range(1, 12).Draw(t, "seats"), rapid.Int64Range(0, 5000).Draw(t, "each")
		currency := rapid.SampledFrom([]string{"USD", "JPY", "KWD"}).Draw(t, "currency")
		paid, err := rule.On(money(each*seats, currency))
		require.NoError(t, err)
		begins := february
		begins.Quantity, begins.UnitPrice, begins.Price, begins.Tax = seats, money(each, currency), paid.Total, paid
		s := subscription.Decider.Fold(subscription.State{}, begins)
		var amount, tax int64
		give := func(c subscription.Command) {
			events, err := subscription.Decider.Decide(s, c)
			require.NoError(t, err)
			for _, e := range events {
				s = subscription.Decider.Evolve(s, e)
				var lines []subscription.RefundLine
				switch e := e.(type) {
				case subscription.SeatsRemoved:
					lines = e.Lines
				case subscription.Cancelled:
					lines = e.Lines
				}
				for _, line := range lines {
					require.Equal(t, line.Amount, line.Tax.Total)
					require.Equal(t, line.Amount.Minor, line.Tax.Net.Minor+line.Tax.Tax.Minor)
					require.True(t, line.Tax.Tax.Minor >= 0 && line.Tax.Net.Minor >= 0)
					amount, tax = amount+line.Amount.Minor, tax+line.Tax.Tax.Minor
				}
			}
		}
		for n := 1; s.Quantity > 1 && rapid.Bool().Draw(t, "in parts"); n++ {
			give(remove(subscription.ChangeID(string(rune('a'+n))), rapid.Int64Range(1, s.Quantity-1).Draw(t, "part"), february.Start))
		}
		give(cancel(february.Start))
		require.Equal(t, paid.Total.Minor, amount, "all of it, on the first day")
		require.Equal(t, paid.Tax.Minor, tax)
	})
}
