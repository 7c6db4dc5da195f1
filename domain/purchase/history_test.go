package purchase_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"kassa/domain"
	"kassa/domain/purchase"
)

// anyCommand draws what may arrive at a purchase in any order: right and wrong,
// early and late, twice.
var anyCommand = rapid.Custom(func(t *rapid.T) purchase.Command {
	verdict := rapid.SampledFrom([]domain.Verdict{allowed, allowed, allowed, blocked}).Draw(t, "verdict")
	attempt := rapid.IntRange(0, 3).Draw(t, "attempt")
	at := noon.Add(time.Duration(rapid.IntRange(0, 30).Draw(t, "hours")) * time.Hour)
	switch rapid.SampledFrom([]string{"open", "submit", "charged", "declined"}).Draw(t, "command") {
	case "open":
		c := open
		c.Verdict, c.At = verdict, at
		c.Quantity = rapid.Int64Range(0, 11).Draw(t, "quantity")
		c.Channel = rapid.SampledFrom([]domain.Channel{domain.SelfService, domain.SelfService, domain.Central}).Draw(t, "channel")
		return c
	case "submit":
		c := submit
		c.Verdict, c.At = verdict, at
		c.Kind = rapid.SampledFrom([]purchase.PaymentKind{purchase.CreditCard, purchase.CreditCard, purchase.Agreement, purchase.Invoice}).Draw(t, "kind")
		c.Person = rapid.SampledFrom([]domain.PersonID{"ann", "ann", "ann", "eve"}).Draw(t, "person")
		return c
	case "charged":
		amount := sek(99_50 * rapid.Int64Range(1, 10).Draw(t, "seats"))
		return purchase.Charged{Attempt: attempt, Amount: amount, Reference: "ch", Subscription: "s1", At: at}
	}
	return purchase.Declined{Attempt: attempt, Code: "card_declined", At: at}
})

// history is what a random life of a purchase has led to.
type history struct {
	state  purchase.State
	ended  bool
	tries  int
	judged bool // since the last order
}

// hear checks one more fact against the laws of a checkout.
func (h *history) hear(t *rapid.T, e purchase.Event) {
	require.False(t, h.ended, "%T after the end", e)
	switch e := e.(type) {
	case purchase.EligibilityConfirmed:
		h.judged = true
		for _, c := range e.Checks {
			require.True(t, c.Passed, "confirmed by a failed check")
		}
	case purchase.Submitted:
		require.True(t, h.judged, "R41: ordered unjudged")
		require.Equal(t, h.tries+1, e.Attempt, "attempts are counted without gaps")
		h.tries, h.judged = e.Attempt, false
	case purchase.PaymentAuthorised:
		require.Equal(t, h.state.Total, e.Amount)
		require.Equal(t, h.tries, e.Attempt)
	case purchase.Refused:
		h.ended = true
	case purchase.Completed:
		require.Equal(t, h.state.Total, e.Price, "R38: what was quoted is what was paid")
		require.NotEmpty(t, e.Subscription)
		h.ended = true
	}
	h.state = purchase.Decider.Evolve(h.state, e)
}

// Whatever happens to a purchase, it ends at most once, nothing follows its end,
// and nobody pays another sum than the quoted one.
func TestNothingFollowsTheEnd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := history{}
		for _, c := range rapid.SliceOfN(anyCommand, 1, 40).Draw(t, "commands") {
			events, err := purchase.Decider.Decide(h.state, c)
			require.False(t, err != nil && len(events) > 0, "both refused and recorded")
			for _, e := range events {
				h.hear(t, e)
			}
			again, _ := purchase.Decider.Decide(h.state, c)
			require.Empty(t, again, "the same command twice")
		}
		require.Equal(t, h.ended, h.state.Status == purchase.StatusCompleted || h.state.Status == purchase.StatusRefused)
	})
}

// The law above would hold of purchases that never end; these do.
func TestRandomLivesReachEveryEnd(t *testing.T) {
	reached := map[purchase.Status]bool{}
	for seed := range 400 {
		s := purchase.State{}
		for _, c := range rapid.SliceOfN(anyCommand, 40, 40).Example(seed) {
			events, _ := purchase.Decider.Decide(s, c)
			s = purchase.Decider.Fold(s, events...)
		}
		reached[s.Status] = true
	}
	for _, end := range []purchase.Status{purchase.StatusRefused, purchase.StatusCompleted} {
		require.True(t, reached[end], "no random life ended as %s: the generator is too tame", end)
	}
}
