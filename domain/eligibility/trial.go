package eligibility

import "kassa/domain"

// trials is the rule that these checks go by: the mission has no number for it.
const trials = "trials"

// trialOffered asks whether the catalogue lets the product be tried in that way.
func (e Evidence) trialOffered() domain.Check {
	offered := e.Product.TrialWithoutPayment
	if e.NeedsPaymentMethod {
		offered = e.Product.TrialWithPayment
	}
	seen := "no trial"
	switch with, without := e.Product.TrialWithPayment, e.Product.TrialWithoutPayment; {
	case with && without:
		seen = "trial with or without a payment method"
	case with:
		seen = "trial with a payment method"
	case without:
		seen = "trial without a payment method"
	}
	return answer(offered, domain.ErrTrialNotOffered, trials, seen, e.Product.Source)
}

// trialUnused lets everybody try a product once.
func (e Evidence) trialUnused() domain.Check {
	return FirstTrial(e.Person.Trials).Checks[0]
}

// FirstTrial judges anew, when a trial begins, that it is the person's first of
// the product.
func FirstTrial(t Trials) domain.Verdict {
	check := answer(!t.Used, domain.ErrTrialUsed, trials, pick(t.Used, "tried before", "not tried before"), t.Source)
	return domain.Verdict{Checks: []domain.Check{check}}
}

// Conversion judges whether a trial becomes paid by itself when it ends: what
// was agreed to goes on (R58), unless the organisation allows no purchases of
// the product by then (R41).
func Conversion(p Policy) domain.Verdict {
	return domain.Verdict{Checks: []domain.Check{p.check(p.Value == domain.PolicyEnabled)}}
}
