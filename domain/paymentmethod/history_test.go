package paymentmethod_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"kassa/domain"
	"kassa/domain/paymentmethod"
)

// Whatever somebody asks, and whatever time brings: there is at most one default,
// there is one while there is a card, what may be charged again never loses the last
// card that can pay, and nothing that is gone is ever chosen, stands in for another
// or comes back.
func TestAnySequenceLeavesOneDefaultAndChargesNothingThatIsGone(t *testing.T) {
	ids := rapid.SampledFrom([]domain.PaymentMethodID{"m1", "m2", "m3", "m4", "m5", "x"})
	cards := rapid.SampledFrom([]domain.Card{visa, master, soon, {Token: "tok_b", Brand: "visa", Last4: "0001", ExpMonth: 5, ExpYear: 2026}})
	rapid.Check(t, func(t *rapid.T) {
		s, at, gone := paymentmethod.State{}, noon, map[domain.PaymentMethodID]bool{}
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			at = at.Add(time.Duration(rapid.IntRange(0, 40).Draw(t, "days")) * 24 * time.Hour)
			fresh := add(ids.Draw(t, "new id"), cards.Draw(t, "card"))
			fresh.At, fresh.Default = at, rapid.Bool().Draw(t, "default")
			if _, taken := s.Find(fresh.ID); taken {
				fresh.ID = "x"
			}
			card := ids.Draw(t, "which")
			command := rapid.SampledFrom([]paymentmethod.Command{
				fresh,
				paymentmethod.Replace{Card: card, By: ids.Draw(t, "by"), At: at},
				paymentmethod.Replace{Card: card, New: fresh, At: at},
				paymentmethod.Remove{Card: card, Renews: rapid.Bool().Draw(t, "renews"), At: at},
				paymentmethod.SetDefault{Card: card, At: at},
				paymentmethod.ChangeDetails{Card: card, ExpMonth: 7, ExpYear: 2029, At: at},
				paymentmethod.Expire{Card: card, At: at},
			}).Draw(t, "command")
			if a, ok := command.(paymentmethod.Add); ok && a.ID == "x" {
				continue
			}
			if r, ok := command.(paymentmethod.Replace); ok && r.New.ID == "x" {
				continue
			}
			events, err := paymentmethod.Decider.Decide(s, command)
			before := usable(s, at)
			s = paymentmethod.Decider.Fold(s, events...)
			check(t, s, at, gone)
			if remove, ok := command.(paymentmethod.Remove); ok && err == nil && len(events) > 0 && remove.Renews {
				require.NotZero(t, usable(s, at), "of %d cards that could pay", before)
			}
		}
	})
}

func usable(s paymentmethod.State, at time.Time) (n int) {
	for _, c := range s.Cards {
		if c.Usable(at) {
			n++
		}
	}
	return n
}

func check(t *rapid.T, s paymentmethod.State, at time.Time, gone map[domain.PaymentMethodID]bool) {
	listed, tokens := 0, map[string]bool{}
	for _, c := range s.Cards {
		if c.Status == paymentmethod.Listed {
			require.False(t, gone[c.ID], "%s came back", c.ID)
			require.False(t, tokens[c.Token], "%s is on the list twice", c.Token)
			tokens[c.Token] = true
			listed++
			continue
		}
		gone[c.ID] = true
		_, err := s.Choose(c.ID, at)
		require.ErrorIs(t, err, paymentmethod.ErrGone)
		instead, ok := s.StandIn(c.ID)
		require.Equal(t, listedAny(s), ok, "what was paid with %s is paid with something while there is a card", c.ID)
		require.True(t, !ok || instead.Status == paymentmethod.Listed)
	}
	if listed == 0 {
		require.Empty(t, s.Default)
		return
	}
	leader, ok := s.Find(s.Default)
	require.True(t, ok, "there is no default among %d cards", listed)
	require.Equal(t, paymentmethod.Listed, leader.Status)
}

func listedAny(s paymentmethod.State) bool {
	for _, c := range s.Cards {
		if c.Status == paymentmethod.Listed {
			return true
		}
	}
	return false
}
