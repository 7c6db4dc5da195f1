package purchase

import (
	"cmp"
	"time"

	"kassa/domain"
)

// Status is where a purchase stands. Refused and completed are final; only the
// card of a completed one may still be replaced.
type Status string

// Statuses. Their texts are part of the public API.
const (
	StatusNone      Status = ""
	StatusQuoted    Status = "quoted"
	StatusRefused   Status = "refused"
	StatusSubmitted Status = "submitted" // the gateway's answer is awaited
	StatusDeclined  Status = "declined"  // another card may be tried
	StatusCompleted Status = "completed"
)

// State keeps what a later decision reads, what fulfilment needs to charge the
// card and to provision the subscription, and what the buyer is answered.
type State struct {
	Status       Status
	Purchase     domain.PurchaseID
	OrderNumber  string
	Tenant       domain.TenantID
	Product      domain.ProductID
	Channel      domain.Channel
	Kind         domain.PurchaseKind
	Market       string
	Person       domain.PersonID
	Quantity     int64
	Unit         domain.Money
	Net          domain.Money
	Tax          domain.Money
	Total        domain.Money
	TaxRule      domain.TaxRule // that Tax was worked out by; zero: it was not
	Term         domain.Term
	ValidUntil   time.Time // of the quote
	Trial        TrialQuote
	Commitment   Commitment
	Card         domain.Card           // of the latest attempt; once completed, the one on file
	Attempt      int                   // the latest submission, from 1
	Reference    string                // the gateway's id of the charge
	Subscription domain.SubscriptionID // what the order leads to; it exists once completed
	CompletedAt  time.Time
	Refused      Refused         // the whole refusal, to explain it to the buyer (R20)
	Declined     PaymentDeclined // why the latest attempt was not paid

	NeedsPaymentMethod bool // of a trial that becomes paid by itself
}

// Refusal is the error a refused purchase was refused with (R20), nil for any
// other.
func (s State) Refusal() error {
	if s.Status != StatusRefused {
		return nil
	}
	return domain.Refusal(s.Refused.Code)
}

func (e Started) evolve(s State) State {
	s.Purchase, s.OrderNumber, s.Tenant = e.Purchase, e.OrderNumber, e.Tenant
	s.Product, s.Channel, s.Market = e.Product, e.Channel, e.Market
	s.Kind, s.NeedsPaymentMethod = cmp.Or(e.Kind, domain.Paid), e.NeedsPaymentMethod
	return s
}

func (e TenantResolved) evolve(s State) State         { return s }
func (e PurchaserAuthenticated) evolve(s State) State { s.Person = e.Person; return s }
func (e EligibilityConfirmed) evolve(s State) State   { return s }

func (e Refused) evolve(s State) State {
	s.Status, s.Refused = StatusRefused, e
	return s
}

func (e QuantityChosen) evolve(s State) State { s.Quantity = e.Quantity; return s }

func (e QuoteIssued) evolve(s State) State {
	s.Status, s.Unit, s.Term, s.ValidUntil = StatusQuoted, e.UnitPrice, e.Term, e.ValidUntil
	s.Net, s.Tax, s.Total, s.TaxRule, s.Trial, s.Commitment = e.Net, e.Tax, e.Total, e.TaxRule, e.Trial, e.Commitment
	return s
}

// split is the tax of what is quoted; zero where it was not worked out.
func (e QuoteIssued) split() domain.TaxSplit { return split(e.TaxRule, e.Net, e.Tax, e.Total) }

// Split is the tax of what is to be paid, or was; zero where the quote does not
// know it.
func (s State) Split() domain.TaxSplit { return split(s.TaxRule, s.Net, s.Tax, s.Total) }

func split(r domain.TaxRule, net, tax, total domain.Money) domain.TaxSplit {
	if r == (domain.TaxRule{}) {
		return domain.TaxSplit{}
	}
	return domain.TaxSplit{Kind: r.Kind, Rate: r.Rate, Exclusive: r.Exclusive, Net: net, Tax: tax, Total: total}
}

func (e TermsAccepted) evolve(s State) State { return s }

func (e PaymentMethodAttached) evolve(s State) State {
	s.Card = domain.Card{Token: e.Token, Brand: e.Brand, Last4: e.Last4, ExpMonth: e.ExpMonth, ExpYear: e.ExpYear}
	return s
}

func (e Submitted) evolve(s State) State {
	s.Status, s.Attempt, s.Subscription = StatusSubmitted, e.Attempt, e.Subscription
	return s
}

func (e PaymentAuthorised) evolve(s State) State { s.Reference = e.Reference; return s }

func (e PaymentDeclined) evolve(s State) State {
	s.Status, s.Declined = StatusDeclined, e
	return s
}

func (e Completed) evolve(s State) State {
	s.Status, s.Subscription, s.CompletedAt = StatusCompleted, e.Subscription, e.At
	return s
}
