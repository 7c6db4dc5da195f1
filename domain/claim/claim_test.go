package claim_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	"kassa/domain/claim"
	. "kassa/domain/domaintest"
)

func TestAutoClaim(t *testing.T) {
	type is = Case[claim.Command, claim.Event]
	type facts = []claim.Event
	noon := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	start := func(change ...func(*claim.Start)) claim.Command {
		c := claim.Start{
			Claim: "c", Tenant: "t", Product: "a", AskedFor: "old", Person: claim.Person{ID: "ann", Known: true, Enabled: true},
			Policy: claim.Policy{On: true, Products: []domain.ProductID{"a", "b"}},
			Sources: []claim.Source{
				{Subscription: "b1", Channel: domain.Central, Product: "b"}, {Subscription: "own", Channel: domain.SelfService, Product: "a"},
				{Subscription: "a1", Channel: domain.Central, Product: "a"}, {Subscription: "x1", Channel: domain.Central, Product: "x"},
				{Subscription: "a2", Channel: domain.Central, Product: "a"},
			}, At: noon,
		}
		for _, f := range change {
			f(&c)
		}
		return c
	}
	started := claim.Started{Claim: "c", Tenant: "t", Person: "ann", Product: "a", AskedFor: "old", From: []domain.SubscriptionID{"a1", "a2", "b1"}, At: noon}
	nowhere := started
	nowhere.From = nil
	refused := func(e *domain.Error) facts { return facts{nowhere, claim.Refused{Code: e.Code, At: noon}} }
	granted := claim.Granted{Subscription: "b1", Product: "b", At: noon}
	grant := claim.Grant{Subscription: "b1", Product: "b", At: noon}
	lost := claim.Refused{Code: claim.ErrNoSeat.Code, At: noon}
	Run(t, claim.Decider, []is{
		{Name: "a seat comes from the primary product, then from the others", When: start(), Then: facts{started}},
		{Name: "nothing is given while it is off", When: start(func(c *claim.Start) { c.Policy.On = false }), Then: refused(claim.ErrOff)},
		{Name: "nor of another product", When: start(func(c *claim.Start) { c.Policy.Products = []domain.ProductID{"b"} }), Then: refused(claim.ErrNotCovered)},
		{Name: "R42 nor of one that governance keeps out", When: start(func(c *claim.Start) { c.Policy.Blocked = true }), Then: refused(domain.ErrProductBlocked)},
		{Name: "nor to a guest", When: start(func(c *claim.Start) { c.Person.Guest = true }), Then: refused(claim.ErrGuest)},
		{Name: "nor to a closed account", When: start(func(c *claim.Start) { c.Person.Enabled = false }), Then: refused(domain.ErrAccountDisabled)},
		{Name: "nor to a stranger", When: start(func(c *claim.Start) { c.Person.Known = false }), Then: refused(domain.ErrPersonUnknown)},
		{Name: "nor where the organisation has bought none", When: start(func(c *claim.Start) { c.Sources = c.Sources[1:2] }), Then: refused(claim.ErrNoSeat)},
		{Name: "a claim is granted", Given: facts{started}, When: grant, Then: facts{granted}},
		{Name: "once", Given: facts{started, granted}, When: grant},
		{Name: "or comes to nothing", Given: facts{started}, When: claim.Refuse{Code: claim.ErrNoSeat.Code, At: noon}, Then: facts{lost}},
		{Name: "whoever has a seat has it", Given: facts{started, granted}, When: claim.Refuse{Code: claim.ErrNoSeat.Code, At: noon}},
		{Name: "also who was told otherwise", Given: facts{started, lost}, When: grant, Then: facts{granted}},
		{Name: "what was never claimed is not granted", When: grant},
	})
	s := claim.Decider.Fold(claim.State{}, started, lost)
	require.ErrorIs(t, s.Refusal(), claim.ErrNoSeat)
	assert.ErrorIs(t, claim.Decider.Fold(s, claim.Refused{Code: "account_disabled"}).Refusal(), domain.ErrAccountDisabled)
	assert.NoError(t, claim.Decider.Fold(s, granted).Refusal())
	assert.Equal(t, "claim-c", claim.Stream("c"))
}
