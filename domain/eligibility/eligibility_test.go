package eligibility_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"kassa/domain"
	"kassa/domain/eligibility"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

// eligible is evidence on which a person may buy by themselves.
func eligible() eligibility.Evidence {
	member := false
	return eligibility.Evidence{
		Channel: domain.SelfService, Market: "SE", At: noon,
		Tenant:  eligibility.Tenant{Source: eligibility.Source{Stream: "tenant-t", Revision: 3}, Known: true, Kind: domain.Commercial, Managed: true},
		Person:  eligibility.Person{Source: eligibility.Source{Stream: "user-t-ann", Revision: 1}, Known: true, Guest: &member, Enabled: true},
		Product: eligibility.Product{Source: eligibility.Source{Stream: "product-x", Revision: 9}, Listed: true, SelfServiceEligible: true},
		Policy:  eligibility.Policy{Source: eligibility.Source{Stream: "tenantpolicy-t", Revision: -1}, Value: domain.PolicyEnabled},
	}
}

// central is evidence on which an administrator may buy for the organisation.
func central() eligibility.Evidence {
	e := eligible()
	e.Channel, e.Person.Roles = domain.Central, []string{domain.RoleBillingAdmin}
	return e
}

// flaw is one thing that speaks against a purchase.
type flaw struct {
	about   string // the piece of evidence: two flaws of one piece exclude each other
	name    string
	spoil   func(*eligibility.Evidence)
	refusal *domain.Error
	rule    string
}

// flaws are in the order in which they are checked.
var flaws = []flaw{
	{"Tenant.Known", "R10 the organisation is not known", func(e *eligibility.Evidence) { e.Tenant.Known = false }, domain.ErrTenantUnknown, "R10"},
	{"Tenant.Kind", "R07 government", func(e *eligibility.Evidence) { e.Tenant.Kind = domain.GCC }, domain.ErrTenantKind, "R07"},
	{"Tenant.Kind", "R07 government, high", func(e *eligibility.Evidence) { e.Tenant.Kind = domain.GCCHigh }, domain.ErrTenantKind, "R07"},
	{"Tenant.Kind", "R07 defence", func(e *eligibility.Evidence) { e.Tenant.Kind = domain.DoD }, domain.ErrTenantKind, "R07"},
	{"Tenant.Kind", "R08 education", func(e *eligibility.Evidence) { e.Tenant.Kind = domain.Education }, domain.ErrTenantKind, "R08"},
	{"Tenant.Kind", "a kind nobody knows", func(e *eligibility.Evidence) { e.Tenant.Kind = "" }, domain.ErrTenantKind, "R07"},
	{"Tenant.Managed", "R19 nobody manages the directory", func(e *eligibility.Evidence) { e.Tenant.Managed = false }, domain.ErrTenantUnmanaged, "R19"},
	{"Person.Known", "R10 the person is not known", func(e *eligibility.Evidence) { e.Person.Known = false }, domain.ErrPersonUnknown, "R10"},
	{"Person.Guest", "R19 nobody can tell whether they are a guest", func(e *eligibility.Evidence) { e.Person.Guest = nil }, domain.ErrCannotVerify, "R19"},
	{"Person.Guest", "R21 a guest", func(e *eligibility.Evidence) { guest := true; e.Person.Guest = &guest }, domain.ErrGuest, "R21"},
	{"Person.Enabled", "R22 the account is disabled", func(e *eligibility.Evidence) { e.Person.Enabled = false }, domain.ErrAccountDisabled, "R22"},
	{"Product.SaleEnds", "R04 the sale has ended", func(e *eligibility.Evidence) { e.Product.SaleEnds = noon }, domain.ErrProductEndOfSale, "R04"},
	{"Product.Listed", "R04 not in the catalogue", func(e *eligibility.Evidence) { e.Product.Listed = false }, domain.ErrProductNotEligible, "R04"},
	{"Product.SelfServiceEligible", "R04 not for self-service", func(e *eligibility.Evidence) { e.Product.SelfServiceEligible = false }, domain.ErrProductNotEligible, "R04"},
	{"Product.MarketExcluded", "R05 R06 the market is excluded", func(e *eligibility.Evidence) { e.Product.MarketExcluded = true }, domain.ErrMarketNotEligible, "R05/R06"},
	{"Market", "a market that is no country", func(e *eligibility.Evidence) { e.Market = "XX" }, domain.ErrMarketNotEligible, "R05/R06"},
	{"Tenant.ProductBlocked", "R42 governance keeps it out", func(e *eligibility.Evidence) { e.Tenant.ProductBlocked = true }, domain.ErrProductBlocked, "R42"},
	{"Policy.Value", "R41 the policy is Disabled", func(e *eligibility.Evidence) { e.Policy.Value = domain.PolicyDisabled }, domain.ErrPolicyDisabled, "R41"},
	{"Policy.Value", "R41 the policy allows trials only", func(e *eligibility.Evidence) { e.Policy.Value = domain.PolicyTrialsOnly }, domain.ErrPolicyTrialsOnly, "R41"},
	{"Policy.Value", "a policy nobody knows", func(e *eligibility.Evidence) { e.Policy.Value = "" }, domain.ErrPolicyDisabled, "R41"},
}

func requireRefused(t require.TestingT, e eligibility.Evidence, want *domain.Error) domain.Check {
	failed, refused := eligibility.Judge(e).Refusal()
	require.True(t, refused)
	require.Equal(t, want.Code, failed.Code)
	require.Same(t, want, domain.Refusal(failed.Code))
	return failed
}

func requireAllowed(t require.TestingT, e eligibility.Evidence) {
	failed, refused := eligibility.Judge(e).Refusal()
	require.False(t, refused, "refused by %+v", failed)
}

func TestNothingAgainstItMeansYes(t *testing.T) {
	requireAllowed(t, eligible())
	nonprofit := eligible()
	nonprofit.Tenant.Kind = domain.Nonprofit
	requireAllowed(t, nonprofit)
}

func TestNoEvidenceMeansNo(t *testing.T) {
	requireRefused(t, eligibility.Evidence{}, domain.ErrTenantUnknown)
}

func TestEachFlawAloneRefuses(t *testing.T) {
	for _, f := range flaws {
		t.Run(f.name, func(t *testing.T) {
			e := eligible()
			f.spoil(&e)
			assert.Equal(t, f.rule, requireRefused(t, e, f.refusal).Rule)
		})
	}
}

// Of several flaws the one that is checked first names the refusal.
func TestAnyFlawsRefuseByTheFirst(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e, spoilt, first := eligible(), map[string]bool{}, (*domain.Error)(nil)
		for _, f := range flaws {
			if spoilt[f.about] || rapid.IntRange(0, 4).Draw(t, f.name) > 0 {
				continue
			}
			f.spoil(&e)
			spoilt[f.about] = true
			if first == nil {
				first = f.refusal
			}
		}
		if first == nil {
			requireAllowed(t, e)
			return
		}
		requireRefused(t, e, first)
	})
}

func TestR18_GovernmentBeatsAPolicyThatAllows(t *testing.T) {
	e := eligible()
	e.Tenant.Kind, e.Policy = domain.GCC, eligibility.Policy{Value: domain.PolicyEnabled, Own: true}
	requireRefused(t, e, domain.ErrTenantKind)
}

// It may be known in a while, so the answer is not no.
func TestV09_WhoCannotBeVerifiedIsAskedToTryAgain(t *testing.T) {
	e := eligible()
	e.Person.Guest = nil
	requireRefused(t, e, domain.ErrCannotVerify)
	assert.Equal(t, domain.Unavailable, domain.ErrCannotVerify.Kind)
}

func TestR22_ASyncedAccountMayBuy(t *testing.T) {
	e := eligible()
	e.Person.Synced = true
	requireAllowed(t, e)
}

func TestASaleEndsAtItsInstant(t *testing.T) {
	e := eligible()
	e.Product.SaleEnds = noon.Add(time.Microsecond)
	requireAllowed(t, e)
	e.Product.SaleEnds = noon
	requireRefused(t, e, domain.ErrProductEndOfSale)
}

func TestCentralPurchasesNeedARoleInsteadOfSelfServiceRules(t *testing.T) {
	e := central()
	e.Tenant.Kind, e.Market = domain.Education, ""
	e.Product.SelfServiceEligible, e.Product.MarketExcluded = false, true
	e.Policy.Value = domain.PolicyDisabled
	requireAllowed(t, e)

	e.Person.Roles = []string{domain.RoleGlobalReader, domain.RoleGlobalAdmin}
	requireAllowed(t, e)
	e.Person.Roles = []string{domain.RoleLicenseAdmin}
	assert.Equal(t, "R48", requireRefused(t, e, domain.ErrNotBillingAdmin).Rule)
}

func TestR40_CentralPurchasesObeyGovernanceToo(t *testing.T) {
	for _, f := range flaws {
		switch f.refusal {
		case domain.ErrTenantKind, domain.ErrMarketNotEligible, domain.ErrPolicyDisabled, domain.ErrPolicyTrialsOnly:
			continue
		}
		e := central()
		f.spoil(&e)
		if f.name == "R04 not for self-service" {
			requireAllowed(t, e)
			continue
		}
		requireRefused(t, e, f.refusal)
	}
}

// A verdict is kept whole, passed checks and all, with where each answer came
// from and nothing that tells who the person is.
func TestEveryCheckIsKept(t *testing.T) {
	e := eligible()
	e.Tenant.Kind = domain.Education
	e.Person.Synced = true
	e.Policy.Own = true
	passed := func(code, rule, seen, source string, revision int64) domain.Check {
		return domain.Check{Code: code, Rule: rule, Passed: true, Evidence: seen, Source: source, Revision: revision}
	}
	want := []domain.Check{
		passed("tenant_unknown", "R10", "known", "tenant-t", 3),
		{Code: "tenant_kind", Rule: "R08", Passed: false, Evidence: "education", Source: "tenant-t", Revision: 3},
		passed("tenant_unmanaged", "R19", "managed", "tenant-t", 3),
		passed("person_unknown", "R10", "known", "user-t-ann", 1),
		passed("cannot_verify", "R19", "user type known", "user-t-ann", 1),
		passed("guest", "R21", "member", "user-t-ann", 1),
		passed("account_disabled", "R22", "enabled, synced", "user-t-ann", 1),
		passed("product_end_of_sale", "R04", "no end of sale", "product-x", 9),
		passed("product_not_eligible", "R04", "listed, self-service", "product-x", 9),
		passed("market_not_eligible", "R05/R06", "SE open", "product-x", 9),
		passed("product_blocked", "R42", "not blocked", "tenant-t", 3),
		passed("policy_disabled", "R41", "Enabled for the product", "tenantpolicy-t", -1),
	}
	assert.Equal(t, want, eligibility.Judge(e).Checks)

	var codes []string
	for _, c := range eligibility.Judge(central()).Checks {
		codes = append(codes, c.Code)
	}
	assert.Equal(t, []string{
		"tenant_unknown", "tenant_unmanaged", "person_unknown", "cannot_verify", "guest", "account_disabled",
		"product_end_of_sale", "product_not_eligible", "product_blocked", "not_billing_admin",
	}, codes)
}

// A trial is judged like a purchase, and has questions of its own.
func TestTrialIsJudged(t *testing.T) {
	trial := func(spoil func(*eligibility.Evidence)) eligibility.Evidence {
		e := eligible()
		e.Kind = domain.Trial
		e.Person.Trials.Source = eligibility.Source{Stream: "trial-t-ann", Revision: 2}
		e.Product.TrialWithoutPayment, e.Product.TrialWithPayment = true, true
		spoil(&e)
		return e
	}
	for _, c := range []struct {
		name    string
		spoil   func(*eligibility.Evidence)
		refusal *domain.Error // nil: allowed
	}{
		{"without a payment method", func(*eligibility.Evidence) {}, nil},
		{"with one", func(e *eligibility.Evidence) { e.NeedsPaymentMethod = true }, nil},
		{"R41 also where only such trials are allowed", func(e *eligibility.Evidence) { e.Policy.Value = domain.PolicyTrialsOnly }, nil},
		{"R41 not with a payment method then", func(e *eligibility.Evidence) {
			e.Policy.Value, e.NeedsPaymentMethod = domain.PolicyTrialsOnly, true
		}, domain.ErrPolicyTrialsOnly},
		{"R41 not where nothing is", func(e *eligibility.Evidence) { e.Policy.Value = domain.PolicyDisabled }, domain.ErrPolicyDisabled},
		{"not offered without", func(e *eligibility.Evidence) { e.Product.TrialWithoutPayment = false }, domain.ErrTrialNotOffered},
		{"not offered with", func(e *eligibility.Evidence) {
			e.Product.TrialWithPayment, e.NeedsPaymentMethod = false, true
		}, domain.ErrTrialNotOffered},
		{"not a second time", func(e *eligibility.Evidence) { e.Person.Trials.Used = true }, domain.ErrTrialUsed},
		{"R07 by nobody who may not buy either", func(e *eligibility.Evidence) { e.Tenant.Kind = domain.GCC }, domain.ErrTenantKind},
		{"R19 only customers: a directory that nobody manages has no agreement", func(e *eligibility.Evidence) { e.Tenant.Managed = false }, domain.ErrTenantUnmanaged},
	} {
		t.Run(c.name, func(t *testing.T) {
			if e := trial(c.spoil); c.refusal == nil {
				requireAllowed(t, e)
			} else {
				requireRefused(t, e, c.refusal)
			}
		})
	}
	paid := trial(func(e *eligibility.Evidence) { e.Kind, e.Person.Trials.Used = domain.Paid, true })
	requireAllowed(t, paid)
}

func TestR41_ATrialConvertsItselfOnlyWherePurchasesAreAllowed(t *testing.T) {
	for value, allowed := range map[domain.PolicyValue]bool{domain.PolicyEnabled: true, domain.PolicyTrialsOnly: false, domain.PolicyDisabled: false, "": false} {
		_, refused := eligibility.Conversion(eligibility.Policy{Value: value}).Refusal()
		assert.Equal(t, !allowed, refused, value)
	}
}
