package commands_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/autoclaim"
	"kassa/domain/claim"
	"kassa/domain/license"
	"kassa/domain/subscription"
	"kassa/eventstore"
)

func (h *house) claims() *commands.AutoClaims {
	return &commands.AutoClaims{Log: h.log, Licenses: h.licenses, Now: h.licenses.Now}
}

// A claim that is cut off anywhere leads to one seat, and never to a second one
// in another subscription that has room by then.
func TestAutoClaimIsFinishedWhereverACrashCutItOff(t *testing.T) {
	for after := range 4 {
		h, first := blocked(t, 1)
		order := seats3
		order.Channel = domain.Central
		second := h.buy(member(contoso, gail, domain.RoleGlobalAdmin), order, "")
		h.given(autoclaim.Stream(contoso), autoclaim.PolicySet{Primary: powerBI})
		known := []commands.KnownSubscription{{ID: first, Product: powerBIOld}, {ID: second, Product: powerBI}}
		crash := &dyingStore{house: h, after: after}
		dying := &commands.AutoClaims{Log: commands.Log{Store: crash, Codec: h.log.Codec}, Licenses: crash.licenses(), Now: h.licenses.Now}
		r := ask(member(contoso, anna))
		_, err := dying.Claim(t.Context(), r, commands.ClaimLicense{Product: powerBI, Known: known})
		require.ErrorIs(t, err, eventstore.ErrUnavailable, "after %d appends", after)

		out, err := h.claims().Claim(t.Context(), r, commands.ClaimLicense{Product: powerBI, Known: known})
		require.NoError(t, err)
		assert.Equal(t, first, out.State.Subscription)
		assert.Equal(t, license.ByAutoClaim, h.via(first, anna))
		assert.Zero(t, count(h.types(subscription.Stream(second)), "subscription.seat_reserved.v1"))
		again, err := h.claims().Claim(t.Context(), r, commands.ClaimLicense{Product: powerBI})
		require.NoError(t, err)
		assert.Equal(t, out.State, again.State, "a repeated claim is answered as the first was")
		_, err = h.claims().Finish(t.Context(), commands.ClaimID(r.ID))
		require.NoError(t, err)
		assert.Equal(t, []string{"claim.started.v1", "claim.granted.v1"}, h.types(claim.Stream(commands.ClaimID(r.ID))))
	}
}

// Whoever claims whatever in whichever order, and however often: nobody gets two
// seats, and there are never more than were bought.
func TestAutoClaimsNeverExceedTheSeats(t *testing.T) {
	people := []domain.PersonID{anna, omar, gail}
	h, _ := blocked(t, 1)
	h.given(autoclaim.Stream(contoso), autoclaim.PolicySet{Primary: powerBI})
	buy := func(seats int64) domain.SubscriptionID {
		order := seats3
		order.Channel, order.Quantity = domain.Central, seats
		return h.buy(member(contoso, gail, domain.RoleGlobalAdmin), order, "")
	}
	rapid.Check(t, func(rt *rapid.T) {
		first, second := buy(rapid.Int64Range(1, 2).Draw(rt, "seats")), buy(1)
		known := []commands.KnownSubscription{{ID: first, Product: powerBI}, {ID: second, Product: powerBI}}
		for range rapid.IntRange(1, 8).Draw(rt, "steps") {
			who := member(contoso, rapid.SampledFrom(people).Draw(rt, "who"))
			if rapid.Bool().Draw(rt, "gives back") {
				for _, id := range []domain.SubscriptionID{first, second} {
					_, _ = h.licenses.Unassign(t.Context(), ask(gailAdmin), commands.AssignLicense{Subscription: id, Person: who.Person}) // perhaps they never had one
				}
				continue
			}
			_, err := h.claims().Claim(t.Context(), ask(who), commands.ClaimLicense{Product: powerBI, Known: known})
			if err != nil {
				require.ErrorIs(rt, err, claim.ErrNoSeat)
			}
		}
		held := map[domain.PersonID]int{}
		for _, id := range []domain.SubscriptionID{first, second} {
			s, err := h.store.Read(t.Context(), subscription.Stream(id))
			require.NoError(rt, err)
			var state subscription.State
			for _, r := range s {
				f, err := h.log.Codec.Decode(r)
				require.NoError(rt, err)
				state = subscription.Decider.Evolve(state, f.Event.(subscription.Event))
				require.LessOrEqual(rt, state.Taken, state.Quantity)
			}
			for _, p := range people {
				if state.Holds(p) {
					held[p]++
				}
			}
		}
		for p, n := range held {
			require.LessOrEqual(rt, n, 1, p)
		}
	})
}
