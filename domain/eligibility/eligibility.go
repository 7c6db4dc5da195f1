// Package eligibility judges whether a person may buy a product: who they are,
// where, what, and what their organisation allows. It is one pure function from
// evidence to verdict. It must never fetch evidence or remember a verdict; the
// purchase does the remembering.
package eligibility

import (
	"slices"
	"time"

	"kassa/domain"
)

// Evidence is everything a verdict rests on, as it stood at At. The zero value
// is evidence of nothing and is refused.
type Evidence struct {
	Channel domain.Channel
	Kind    domain.PurchaseKind // empty: paid
	Market  string              // ISO 3166-1 alpha-2
	At      time.Time
	Tenant  Tenant
	Person  Person
	Product Product
	Policy  Policy

	NeedsPaymentMethod bool // of a trial: it becomes paid by itself when it ends
}

// Source is the stream that evidence was read from, and how far. It is stored
// with each check, so that the same rule can be looked up again.
type Source struct {
	Stream   string
	Revision int64 // -1: nothing has been recorded there
}

// Tenant is the directory in which the person wants to buy.
type Tenant struct {
	Source         Source
	Known          bool
	Kind           domain.TenantKind
	Managed        bool // has an administrator (R19)
	ProductBlocked bool // its governance keeps this product out (R42)
}

// Person is who wants to buy, as the tenant's directory knows them.
type Person struct {
	Source  Source
	Known   bool
	Guest   *bool // nil: could not be found out, which never means "member"
	Enabled bool
	Synced  bool     // from an on-premises directory: noted, never held against them (R22)
	Roles   []string // directory roles by template id
	Trials  Trials
}

// Trials is what the person has tried.
type Trials struct {
	Source Source
	Used   bool // this product, by its current id or an older one
}

// Product is what they want to buy, by its current id.
type Product struct {
	Source              Source
	Listed              bool
	SelfServiceEligible bool
	SaleEnds            time.Time // zero: no end of sale
	MarketExcluded      bool      // in Evidence.Market at Evidence.At (R05, R06)
	TrialWithPayment    bool      // it can be tried once a payment method is given
	TrialWithoutPayment bool      // it can be tried without
}

// Policy is what the tenant allows of that product (R41).
type Policy struct {
	Source Source
	Value  domain.PolicyValue
	Own    bool // set for this product, rather than the tenant's default
}

// Judge makes every check and keeps every answer; the first failed one is the
// refusal. What cannot be told counts as failed. Tenant checks come before the
// policy, so that no policy opens a government tenant (R18).
//
// In the central channel an administrator buys under an agreement: the rules
// made for self-service (tenant kind, eligibility of the product, market,
// policy) give way to a role.
//
// A trial without a payment method is for customers who have an agreement with
// the vendor. A directory that is registered here and has an administrator is
// such a customer: nothing more is known of agreements.
func Judge(e Evidence) domain.Verdict {
	checks := []domain.Check{e.tenantKnown()}
	if e.Channel != domain.Central {
		checks = append(checks, e.tenantKind())
	}
	checks = append(checks, e.tenantManaged(), e.personKnown(), e.verifiable(), e.member(), e.accountEnabled(), e.onSale(), e.productEligible())
	if e.Kind == domain.Trial {
		checks = append(checks, e.trialOffered(), e.trialUnused())
	}
	if e.Channel != domain.Central {
		checks = append(checks, e.market())
	}
	checks = append(checks, e.governance())
	if e.Channel != domain.Central {
		return domain.Verdict{Checks: append(checks, e.policy())}
	}
	return domain.Verdict{Checks: append(checks, e.billingAdmin())}
}

func answer(passed bool, refusal *domain.Error, rule, seen string, from Source) domain.Check {
	return domain.Check{Code: refusal.Code, Rule: rule, Passed: passed, Evidence: seen, Source: from.Stream, Revision: from.Revision}
}

func (e Evidence) tenantKnown() domain.Check {
	return answer(e.Tenant.Known, domain.ErrTenantUnknown, "R10", pick(e.Tenant.Known, "known", "unknown"), e.Tenant.Source)
}

func (e Evidence) tenantKind() domain.Check {
	kind := e.Tenant.Kind
	passed, rule := false, "R07"
	switch kind {
	case domain.Commercial, domain.Nonprofit:
		passed = true
	case domain.Education:
		rule = "R08"
	}
	return answer(passed, domain.ErrTenantKind, rule, pick(kind != "", string(kind), "unknown"), e.Tenant.Source)
}

func (e Evidence) tenantManaged() domain.Check {
	return answer(e.Tenant.Managed, domain.ErrTenantUnmanaged, "R19", pick(e.Tenant.Managed, "managed", "unmanaged"), e.Tenant.Source)
}

func (e Evidence) personKnown() domain.Check {
	return answer(e.Person.Known, domain.ErrPersonUnknown, "R10", pick(e.Person.Known, "known", "unknown"), e.Person.Source)
}

func (e Evidence) verifiable() domain.Check {
	told := e.Person.Guest != nil
	return answer(told, domain.ErrCannotVerify, "R19", pick(told, "user type known", "user type unknown"), e.Person.Source)
}

func (e Evidence) member() domain.Check {
	seen, member := "unknown", false
	if e.Person.Guest != nil {
		member = !*e.Person.Guest
		seen = pick(member, "member", "guest")
	}
	return answer(member, domain.ErrGuest, "R21", seen, e.Person.Source)
}

func (e Evidence) accountEnabled() domain.Check {
	seen := pick(e.Person.Enabled, "enabled", "disabled") + pick(e.Person.Synced, ", synced", "")
	return answer(e.Person.Enabled, domain.ErrAccountDisabled, "R22", seen, e.Person.Source)
}

func (e Evidence) onSale() domain.Check {
	ends := e.Product.SaleEnds
	seen := "no end of sale"
	if !ends.IsZero() {
		seen = "sale ends " + ends.UTC().Format(time.RFC3339)
	}
	return answer(ends.IsZero() || e.At.Before(ends), domain.ErrProductEndOfSale, "R04", seen, e.Product.Source)
}

func (e Evidence) productEligible() domain.Check {
	eligible := e.Product.Listed && (e.Product.SelfServiceEligible || e.Channel == domain.Central)
	seen := pick(e.Product.Listed, "listed", "not listed") + pick(e.Product.SelfServiceEligible, ", self-service", ", no self-service")
	return answer(eligible, domain.ErrProductNotEligible, "R04", seen, e.Product.Source)
}

func (e Evidence) market() domain.Check {
	known := domain.KnownMarket(e.Market)
	seen := "no known market"
	if known {
		seen = e.Market + pick(e.Product.MarketExcluded, " excluded", " open")
	}
	return answer(known && !e.Product.MarketExcluded, domain.ErrMarketNotEligible, "R05/R06", seen, e.Product.Source)
}

func (e Evidence) governance() domain.Check {
	return answer(!e.Tenant.ProductBlocked, domain.ErrProductBlocked, "R42", pick(e.Tenant.ProductBlocked, "blocked", "not blocked"), e.Tenant.Source)
}

func (e Evidence) policy() domain.Check {
	free := e.Kind == domain.Trial && !e.NeedsPaymentMethod
	return e.Policy.check(e.Policy.Value == domain.PolicyEnabled || free && e.Policy.Value == domain.PolicyTrialsOnly)
}

func (p Policy) check(passed bool) domain.Check {
	refusal := domain.ErrPolicyDisabled
	if p.Value == domain.PolicyTrialsOnly {
		refusal = domain.ErrPolicyTrialsOnly
	}
	seen := pick(p.Value != "", string(p.Value), "unknown") + pick(p.Own, " for the product", " by default")
	return answer(passed, refusal, "R41", seen, p.Source)
}

func (e Evidence) billingAdmin() domain.Check {
	admin := slices.Contains(e.Person.Roles, domain.RoleGlobalAdmin) || slices.Contains(e.Person.Roles, domain.RoleBillingAdmin)
	return answer(admin, domain.ErrNotBillingAdmin, "R48", pick(admin, "global or billing administrator", "neither global nor billing administrator"), e.Person.Source)
}

func pick(condition bool, yes, no string) string {
	if condition {
		return yes
	}
	return no
}
