package purchase_test

import (
	"testing"

	"kassa/domain"
	. "kassa/domain/domaintest"
	"kassa/domain/purchase"
)

// tries is open as a trial, and what follows from it.
func tries(onCard bool) (purchase.Open, facts) {
	c := open
	c.Trial = purchase.Trial{Asked: true, NeedsPaymentMethod: onCard, Days: 30}
	started, free := started, quote
	started.Kind, started.NeedsPaymentMethod = domain.Trial, onCard
	free.UnitPrice, free.Net, free.Total = sek(0), sek(0), sek(0)
	free.Trial = purchase.TrialQuote{Days: 30, UnitPrice: sek(99_50), Total: sek(298_50)}
	events := append(facts{started}, quoted[1:5]...)
	return c, append(events, free)
}

func TestTrialIsOrdered(t *testing.T) {
	free, freely := tries(false)
	onCard, withCard := tries(true)
	noCard := with(submit, func(c *purchase.Submit) { c.Kind, c.Card = "", domain.Card{} })
	confirmed := purchase.EligibilityConfirmed{Stage: purchase.AtSubmit, Checks: allowed.Checks}
	submitted := purchase.Submitted{OrderNumber: "KA-1", Attempt: 1, Total: sek(0), Subscription: "s1", At: later}
	placed := facts{purchase.TermsAccepted{Terms: "t-1", PrivacyNotice: "p-1"}, confirmed, submitted}
	pending := append(freely[:len(freely):len(freely)], placed...)
	begin := purchase.BeginTrial{Verdict: allowed, At: later}
	used := domain.Verdict{Checks: []domain.Check{{Code: "trial_used", Rule: "trials"}}}
	done := purchase.Completed{Subscription: "s1", OrderNumber: "KA-1", UnitPrice: sek(0), Price: sek(0), Quantity: 3, At: later, Kind: domain.Trial}
	turned := purchase.Refused{Stage: purchase.AtSubmit, Code: "trial_used", Rule: "trials", MessageKey: "trial_used", Checks: used.Checks, At: later}
	Run(t, purchase.Decider, []is{
		{Name: "R34 the price after the trial is displayed, nothing is to be paid now", When: free, Then: freely},
		{Name: "with a payment method, too", When: onCard, Then: withCard},
		{Name: "only for people by themselves", When: with(free, func(c *purchase.Open) { c.Channel = domain.Central }), Rejects: purchase.ErrTrialCentral},
		{Name: "without a payment method no card is asked for", Given: freely, When: noCard, Then: placed},
		{Name: "nor taken", Given: freely, When: submit, Rejects: purchase.ErrPaymentNotNeeded},
		{Name: "R13 with a payment method it is", Given: withCard, When: with(submit, func(c *purchase.Submit) { c.Card = domain.Card{} }), Rejects: domain.ErrCard},
		{Name: "R17 never an invoice", Given: withCard, When: with(submit, func(c *purchase.Submit) { c.Kind = purchase.Invoice }), Rejects: purchase.ErrNoInvoice},
		{Name: "R41 judged again when it is ordered", Given: freely, When: with(noCard, func(c *purchase.Submit) { c.Verdict = blocked }),
			Then: facts{with(refusedAtStart, func(e *purchase.Refused) { e.Stage, e.At = purchase.AtSubmit, later })}},
		{Name: "it begins", Given: pending, When: begin, Then: facts{done}},
		{Name: "unless it is not the first by then", Given: pending, When: with(begin, func(c *purchase.BeginTrial) { c.Verdict = used }), Then: facts{turned}},
		{Name: "it begins once", Given: append(pending[:len(pending):len(pending)], done), When: begin},
		{Name: "it is not charged", Given: pending, When: purchase.Charged{Attempt: 1, Amount: sek(0), Reference: "ch", Subscription: "s1", At: later}, Rejects: purchase.ErrUnexpected},
		{Name: "not before it was ordered", Given: freely, When: begin, Rejects: purchase.ErrUnexpected},
		{Name: "not without a verdict", Given: pending, When: purchase.BeginTrial{At: later}, Rejects: purchase.ErrNoVerdict},
		{Name: "what is paid is no trial", Given: quoted, When: begin, Rejects: purchase.ErrUnexpected},
		{Name: "nothing unknown", When: begin, Rejects: purchase.ErrUnknown},
	})
}
