package tenantpolicy_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"kassa/domain"
	. "kassa/domain/domaintest"
	"kassa/domain/tenantpolicy"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

func byDefault(v, previous domain.PolicyValue) tenantpolicy.DefaultSet {
	return tenantpolicy.DefaultSet{Value: v, Previous: previous, At: noon}
}

func forProduct(p domain.ProductID, v, previous domain.PolicyValue) tenantpolicy.ProductSet {
	return tenantpolicy.ProductSet{Product: p, AskedFor: "old", Value: v, Previous: previous, At: noon}
}

func forOffers(o tenantpolicy.OfferType, v, previous domain.PolicyValue) tenantpolicy.OfferTypeSet {
	return tenantpolicy.OfferTypeSet{OfferType: o, Value: v, Previous: previous, At: noon}
}

func TestTenantPolicy(t *testing.T) {
	type is = Case[tenantpolicy.Command, tenantpolicy.Event]
	type facts = []tenantpolicy.Event
	const on, trials, off = domain.PolicyEnabled, domain.PolicyTrialsOnly, domain.PolicyDisabled
	set := func(v domain.PolicyValue) tenantpolicy.Command {
		return tenantpolicy.SetProduct{Product: "x", AskedFor: "old", Value: v, At: noon}
	}
	carried := func(v domain.PolicyValue) tenantpolicy.Command {
		return tenantpolicy.SetProduct{Product: "x", Older: []domain.ProductID{"older"}, AskedFor: "old", Value: v, At: noon}
	}
	offer := func(o tenantpolicy.OfferType, v domain.PolicyValue) tenantpolicy.Command {
		return tenantpolicy.SetOfferType{OfferType: o, Value: v, At: noon}
	}
	all := func(v domain.PolicyValue) tenantpolicy.Command { return tenantpolicy.SetDefault{Value: v, At: noon} }
	Run(t, tenantpolicy.Decider, []is{
		{Name: "R03 a product is turned off", When: set(off), Then: facts{forProduct("x", off, on)}},
		{Name: "turning it off again changes nothing", Given: facts{forProduct("x", off, on)}, When: set(off)},
		{Name: "R41 any value may follow any", Given: facts{forProduct("x", off, on)}, When: set(trials), Then: facts{forProduct("x", trials, off)}},
		{Name: "what equals the default is kept for when that changes", Given: facts{byDefault(off, on)}, When: set(off), Then: facts{forProduct("x", off, off)}},
		{Name: "a fourth value is refused", When: set("Allowed"), Rejects: tenantpolicy.ErrValue},
		{Name: "and no value", When: set(""), Rejects: tenantpolicy.ErrValue},
		{Name: "R03 what an older id was set to is what it was before", Given: facts{forProduct("older", off, on)}, When: carried(on), Then: facts{forProduct("x", on, off)}},
		{Name: "and is not set again", Given: facts{forProduct("older", off, on)}, When: carried(off)},
		{Name: "R41 third-party offers are turned off", When: offer("SaaS", off), Then: facts{forOffers("SaaS", off, on)}},
		{Name: "turning them off again changes nothing", Given: facts{forOffers("SaaS", off, on)}, When: offer("SaaS", off)},
		{Name: "each kind has its own", Given: facts{forOffers("SaaS", off, on)}, When: offer("DYNAMICSBC", off), Then: facts{forOffers("DYNAMICSBC", off, on)}},
		{Name: "a default of trials only disables offers", Given: facts{byDefault(trials, on)}, When: offer("SaaS", on), Then: facts{forOffers("SaaS", on, off)}},
		{Name: "offers have no trials", When: offer("SaaS", trials), Rejects: tenantpolicy.ErrOfferTypeValue},
		{Name: "nor a third value", When: offer("SaaS", ""), Rejects: tenantpolicy.ErrOfferTypeValue},
		{Name: "a kind that is not is refused", When: offer("saas", off), Rejects: tenantpolicy.ErrOfferTypeUnknown},
		{Name: "the default is turned off", When: all(off), Then: facts{byDefault(off, on)}},
		{Name: "a tenant starts with Enabled", When: all(on)},
		{Name: "the same default changes nothing", Given: facts{byDefault(off, on)}, When: all(off)},
		{Name: "the default goes back", Given: facts{byDefault(off, on)}, When: all(on), Then: facts{byDefault(on, off)}},
		{Name: "a fourth default is refused", When: all("disabled"), Rejects: tenantpolicy.ErrValue},
	})
}

func TestValue(t *testing.T) {
	fold := func(events ...tenantpolicy.Event) tenantpolicy.State {
		return tenantpolicy.Decider.Fold(tenantpolicy.State{}, events...)
	}
	value := func(want domain.PolicyValue, wantOwn bool) func(domain.PolicyValue, bool) {
		return func(got domain.PolicyValue, own bool) {
			t.Helper()
			assert.Equal(t, want, got)
			assert.Equal(t, wantOwn, own)
		}
	}
	value(domain.PolicyEnabled, false)(fold().Value("x"))
	value(domain.PolicyDisabled, false)(fold(byDefault(domain.PolicyDisabled, "")).Value("x"))
	// A product's own policy beats the default, whichever came last.
	s := fold(forProduct("x", domain.PolicyEnabled, ""), byDefault(domain.PolicyDisabled, ""))
	value(domain.PolicyEnabled, true)(s.Value("x"))
	value(domain.PolicyDisabled, false)(s.Value("y"))
	// A block of an older id carries over, until the current id has its own policy.
	s = fold(forProduct("older", domain.PolicyDisabled, ""))
	value(domain.PolicyDisabled, true)(s.Value("x", "oldest", "older"))
	value(domain.PolicyTrialsOnly, true)(tenantpolicy.Decider.Evolve(s, forProduct("x", domain.PolicyTrialsOnly, "")).Value("x", "oldest", "older"))
}

func TestEveryOfferTypeHasANameAndAPolicy(t *testing.T) {
	assert.Len(t, tenantpolicy.OfferTypes(), 4)
	for _, o := range tenantpolicy.OfferTypes() {
		assert.NotEmpty(t, o.Name())
		v, own := tenantpolicy.State{}.OfferType(o)
		assert.Equal(t, domain.PolicyEnabled, v)
		assert.False(t, own)
	}
}

func TestAnEventSaysWhatChanged(t *testing.T) {
	const on, off = domain.PolicyEnabled, domain.PolicyDisabled
	for event, want := range map[tenantpolicy.Event]tenantpolicy.Change{
		byDefault(off, on):         {Before: on, After: off, At: noon},
		forProduct("x", off, on):   {Product: "x", AskedFor: "old", Before: on, After: off, At: noon},
		forOffers("SaaS", off, on): {OfferType: "SaaS", Before: on, After: off, At: noon},
	} {
		assert.Equal(t, want, event.Change())
	}
}

// Whatever administrators do in whichever order, the audit tells what held
// before each change and what holds after it, and never a change that was none
// to what a product or kind of offers has of its own.
func TestR03_TheAuditTellsWhatHeldBeforeAndAfter(t *testing.T) {
	three := rapid.SampledFrom([]domain.PolicyValue{domain.PolicyEnabled, domain.PolicyTrialsOnly, domain.PolicyDisabled})
	rapid.Check(t, func(t *rapid.T) {
		var s tenantpolicy.State
		for range rapid.IntRange(1, 12).Draw(t, "commands") {
			var c tenantpolicy.Command
			held := func() (domain.PolicyValue, bool) { return s.Default(), true }
			switch rapid.IntRange(0, 2).Draw(t, "kind") {
			case 0:
				c = tenantpolicy.SetDefault{Value: three.Draw(t, "value"), At: noon}
			case 1:
				p := rapid.SampledFrom([]domain.ProductID{"x", "y", "older x"}).Draw(t, "product")
				c = tenantpolicy.SetProduct{Product: p, Older: []domain.ProductID{"older " + p}, AskedFor: p, Value: three.Draw(t, "value"), At: noon}
				held = func() (domain.PolicyValue, bool) { return s.Value(p, "older "+p) }
			case 2:
				o := rapid.SampledFrom(tenantpolicy.OfferTypes()).Draw(t, "offers")
				c = tenantpolicy.SetOfferType{OfferType: o, Value: rapid.SampledFrom([]domain.PolicyValue{domain.PolicyEnabled, domain.PolicyDisabled}).Draw(t, "value"), At: noon}
				held = func() (domain.PolicyValue, bool) { return s.OfferType(o) }
			}
			before, own := held()
			events, err := tenantpolicy.Decider.Decide(s, c)
			require.NoError(t, err)
			require.LessOrEqual(t, len(events), 1)
			for _, e := range events {
				s = tenantpolicy.Decider.Evolve(s, e)
				after, _ := held()
				assert.Equal(t, before, e.Change().Before)
				assert.Equal(t, after, e.Change().After)
				assert.False(t, own && before == after)
			}
		}
	})
}
