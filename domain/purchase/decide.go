package purchase

import (
	"cmp"
	"regexp"
	"time"

	"kassa/domain"
)

// Command is sealed; each command carries its own rule.
type Command interface{ decide(State) ([]Event, error) }

// QuoteValidFor is how long a displayed price holds.
const QuoteValidFor = 24 * time.Hour

// Invoice is a kind of payment that is named only to be refused (R17).
const Invoice PaymentKind = "invoice"

// Refusals this aggregate can give. Those of eligibility are in domain.
var (
	ErrUnknown          = &domain.Error{Kind: domain.NotFound, Code: "purchase_unknown", Message: "There is no such purchase. Check its number."}
	ErrRefused          = domain.Refuse("purchase_refused", "This purchase was refused and cannot go on. Start a new one once the reason is gone.")
	ErrQuantityInvalid  = &domain.Error{Kind: domain.Invalid, Code: "quantity_invalid", Message: "Ask for at least one subscription."}
	ErrQuantityTooLarge = &domain.Error{Kind: domain.Invalid, Code: "quantity_too_large", Message: "That is more subscriptions than one purchase may have. Ask for fewer."}
	ErrNoPrice          = domain.Refuse("price_unavailable", "This product has no price in this market. Choose another market, or contact your IT admin.")
	ErrQuoteExpired     = domain.Refuse("quote_expired", "This price is no longer valid. Start a new purchase to see the current one.")
	ErrNoInvoice        = domain.Refuse("invoice_not_supported", "Payment by invoice is not supported. Pay by credit card.")
	ErrPaymentKind      = domain.Refuse("payment_method_not_supported", "This payment method is not supported. Pay by credit card, or by the agreement when you buy for the organisation.")
	ErrTerms            = domain.Refuse("terms_not_accepted", "Accept the terms and the privacy notice to go on.")
	ErrTermsVersion     = &domain.Error{Kind: domain.Invalid, Code: "terms_version_invalid", Message: "Name the terms and the privacy notice by their versions, such as 2026-01: at most 12 letters, digits, dots and dashes."}
	ErrOtherCard        = &domain.Error{Kind: domain.Conflict, Code: "paid_with_other_card", Message: "This purchase is being paid, or was paid, with another card. Look at the purchase before you try this one."}
	ErrPaymentNotNeeded = domain.Refuse("payment_not_needed", "This trial needs no payment method. Leave it out.")
	ErrTrialCentral     = domain.Refuse("trial_self_service_only", "Only people by themselves can try a product. Leave the channel out, or buy.")
	ErrNotCompleted     = &domain.Error{Kind: domain.Conflict, Code: "purchase_not_completed", Message: "This purchase is not completed, so it has no card to replace. Submit it with the card that shall pay."}
	ErrUnexpected       = &domain.Error{Kind: domain.Conflict, Code: "payment_unexpected", Message: "No payment is awaited for this attempt. Look at the purchase again."}
	ErrAmount           = &domain.Error{Kind: domain.Internal, Code: "amount_mismatch", Message: "The amount charged is not the amount of the order. Contact support."}
	ErrSubscription     = &domain.Error{Kind: domain.Internal, Code: "subscription_mismatch", Message: "An order leads to one subscription, named when it is placed. Contact support."}
	ErrNoVerdict        = &domain.Error{Kind: domain.Internal, Code: "verdict_missing", Message: "Nobody judged whether this may be bought. Contact support."}
)

// Open starts a checkout. The caller has judged eligibility and looked up the
// price; without a price Unit and Term are zero.
type Open struct {
	Purchase              domain.PurchaseID
	OrderNumber           string
	Tenant                domain.TenantID
	Product, AskedFor     domain.ProductID // the current id, and the one the buyer gave
	Channel               domain.Channel
	EntryPoint            domain.EntryPoint
	Market                string
	Person                domain.PersonID
	Home                  domain.TenantID // the directory they signed in to; empty: the tenant's
	Guest                 bool
	Quantity, MaxQuantity int64
	Verdict               domain.Verdict
	Unit                  domain.Money
	Term                  domain.Term
	Frequency             domain.Term // of payments; empty: one pays for the whole term
	PriceStream           string
	PriceRevision         int64
	Trial                 Trial          // zero: to be paid now
	Tax                   domain.TaxRule // of the market, now
	At                    time.Time
}

// A malformed request leaves no trace; a refused buyer does (R20). The verdict
// comes before everything that is known only of an eligible product.
func (c Open) decide(s State) ([]Event, error) {
	switch {
	case s.Purchase != "":
		return nil, nil
	case !c.Channel.Known():
		return nil, domain.ErrChannelUnknown
	case c.Quantity < 1:
		return nil, ErrQuantityInvalid
	case c.Channel == domain.Central && c.Trial.Asked:
		return nil, ErrTrialCentral
	case len(c.Verdict.Checks) == 0:
		return nil, ErrNoVerdict
	}
	events := []Event{
		Started{Purchase: c.Purchase, OrderNumber: c.OrderNumber, Tenant: c.Tenant, Product: c.Product, AskedFor: c.AskedFor, Channel: c.Channel, EntryPoint: c.EntryPoint, Market: c.Market, Kind: c.Trial.kind(), NeedsPaymentMethod: c.Trial.NeedsPaymentMethod, At: c.At},
		TenantResolved{Tenant: c.Tenant},
		PurchaserAuthenticated{Person: c.Person, Tenant: cmp.Or(c.Home, c.Tenant), Guest: c.Guest},
	}
	if failed, refused := c.Verdict.Refusal(); refused {
		return append(events, refusal(AtStart, failed, c.Verdict, c.At)), nil
	}
	quote, err := c.quote()
	if err != nil {
		return nil, err
	}
	return append(events,
		EligibilityConfirmed{Stage: AtStart, Checks: c.Verdict.Checks},
		QuantityChosen{Quantity: c.Quantity},
		quote,
	), nil
}

func (c Open) quote() (QuoteIssued, error) {
	switch {
	case c.Quantity > c.MaxQuantity:
		return QuoteIssued{}, ErrQuantityTooLarge
	case c.Unit.Currency == "" || !c.Term.Known():
		return QuoteIssued{}, ErrNoPrice
	}
	stated, err := c.Unit.Times(c.Quantity)
	if err != nil {
		return QuoteIssued{}, err
	}
	split, err := c.Tax.On(stated)
	if err != nil {
		return QuoteIssued{}, err
	}
	commits, err := c.commits(split.Total)
	return c.Trial.quoted(QuoteIssued{
		UnitPrice: c.Unit, Quantity: c.Quantity, Net: split.Net, Tax: split.Tax, Total: split.Total, TaxRule: c.Tax, Commitment: commits,
		Term: c.Term, PriceStream: c.PriceStream, PriceRevision: c.PriceRevision, ValidUntil: c.At.Add(QuoteValidFor),
	}), err
}

// commits says what a term comes to of which this is one payment.
func (c Open) commits(payment domain.Money) (Commitment, error) {
	if c.Frequency == "" {
		return Commitment{}, nil
	}
	n := c.Term.Payments(c.Frequency)
	if n == 0 {
		return Commitment{}, domain.ErrFrequencyUnknown
	}
	total, err := payment.Times(int64(n))
	return Commitment{Frequency: c.Frequency, Payments: n, Total: total}, err
}

func refusal(stage Stage, failed domain.Check, v domain.Verdict, at time.Time) Refused {
	return Refused{
		Stage: stage, Code: failed.Code, Rule: failed.Rule, MessageKey: domain.MessageKey(failed.Code),
		CanRequest: domain.CanRequestLicense(failed.Code), Checks: v.Checks, At: at,
	}
}

// Submit orders what was quoted. Eligibility has been judged afresh (R41).
// Subscription is what the order leads to: at once when paid by agreement, else
// when the card has been charged.
type Submit struct {
	Person               domain.PersonID
	Verdict              domain.Verdict
	Terms, PrivacyNotice string // versions accepted
	Kind                 PaymentKind
	Card                 domain.Card // zero when paid by agreement
	Subscription         domain.SubscriptionID
	At                   time.Time
}

func (c Submit) decide(s State) ([]Event, error) {
	switch {
	case s.Purchase == "" || s.Person != c.Person:
		return nil, ErrUnknown // another person's purchase does not exist for this one
	case s.Status == StatusRefused:
		return nil, ErrRefused.Because(s.Refusal())
	case s.Status == StatusCompleted || s.Status == StatusSubmitted:
		return nil, c.sameCard(s)
	case c.At.After(s.ValidUntil):
		return nil, ErrQuoteExpired
	case len(c.Verdict.Checks) == 0:
		return nil, ErrNoVerdict
	case c.Subscription == "":
		return nil, ErrSubscription
	}
	if err := c.payable(s); err != nil {
		return nil, err
	}
	if err := c.consent(); err != nil {
		return nil, err
	}
	if failed, refused := c.Verdict.Refusal(); refused {
		return []Event{refusal(AtSubmit, failed, c.Verdict, c.At)}, nil
	}
	return c.order(s), nil
}

// payable holds the payment to R13, R16 and R17.
func (c Submit) payable(s State) error {
	allowed := CreditCard
	if s.Channel == domain.Central {
		allowed = Agreement
	}
	free := s.Kind == domain.Trial && !s.NeedsPaymentMethod
	switch {
	case free && (c.Kind != "" || c.Card.Token != ""):
		return ErrPaymentNotNeeded
	case free:
		return nil
	case c.Kind == Invoice:
		return ErrNoInvoice
	case c.Kind != allowed:
		return ErrPaymentKind
	case c.Kind == CreditCard && !c.Card.Chargeable():
		return domain.ErrCard
	}
	return nil
}

// sameCard refuses a second submission that offers another card: what became of
// the first one is no answer to it.
func (c Submit) sameCard(s State) error {
	if c.Card.Token != s.Card.Token {
		return ErrOtherCard
	}
	return nil
}

// isVersion leaves no room for a card's number, an address or a name.
var isVersion = regexp.MustCompile(`^[0-9A-Za-z.-]{1,12}$`).MatchString

// consent keeps whatever is not a version out of history: clients name it.
func (c Submit) consent() error {
	switch {
	case c.Terms == "" || c.PrivacyNotice == "":
		return ErrTerms
	case !isVersion(c.Terms) || !isVersion(c.PrivacyNotice):
		return ErrTermsVersion
	}
	return nil
}

func (c Submit) order(s State) []Event {
	confirmed := EligibilityConfirmed{Stage: AtSubmit, Checks: c.Verdict.Checks}
	submitted := Submitted{OrderNumber: s.OrderNumber, Attempt: s.Attempt + 1, Total: s.Total, Subscription: c.Subscription, At: c.At}
	terms := TermsAccepted{Terms: c.Terms, PrivacyNotice: c.PrivacyNotice}
	if s.Channel == domain.Central {
		return []Event{terms, confirmed, submitted, completed(s, c.Subscription, c.At)}
	}
	if c.Kind == "" { // nothing is ever paid, unless somebody converts the trial
		return []Event{terms, confirmed, submitted}
	}
	return []Event{terms, attached(c.Card), confirmed, submitted}
}

func completed(s State, subscription domain.SubscriptionID, at time.Time) Completed {
	done := Completed{Subscription: subscription, OrderNumber: s.OrderNumber, UnitPrice: s.Unit, Price: s.Total, Quantity: s.Quantity, At: at}
	if s.Kind == domain.Trial {
		done.Kind = domain.Trial
	}
	return done
}

// Charged says that the gateway took the money of an attempt.
type Charged struct {
	Attempt      int
	Amount       domain.Money
	Reference    string // the gateway's id of the charge
	Subscription domain.SubscriptionID
	At           time.Time
}

func (c Charged) decide(s State) ([]Event, error) {
	switch {
	case s.Purchase == "":
		return nil, ErrUnknown
	case s.Status == StatusCompleted && s.Attempt == c.Attempt && s.Reference == c.Reference:
		return nil, nil
	case s.Status != StatusSubmitted || s.Attempt != c.Attempt || s.Kind == domain.Trial:
		return nil, ErrUnexpected
	case s.Total != c.Amount:
		return nil, ErrAmount
	case s.Subscription != c.Subscription:
		return nil, ErrSubscription
	}
	return []Event{
		PaymentAuthorised{Attempt: c.Attempt, Amount: c.Amount, Reference: c.Reference, At: c.At},
		completed(s, c.Subscription, c.At),
	}, nil
}

// Declined says that the gateway did not take the money of an attempt.
type Declined struct {
	Attempt   int
	Code      string // the gateway's reason
	Retriable bool
	At        time.Time
}

func (c Declined) decide(s State) ([]Event, error) {
	heard := c.Attempt < s.Attempt || (c.Attempt == s.Attempt && s.Status == StatusDeclined)
	switch {
	case s.Purchase == "":
		return nil, ErrUnknown
	case c.Attempt >= 1 && heard:
		return nil, nil // a later attempt exists only because this one was declined
	case s.Status != StatusSubmitted || s.Attempt != c.Attempt:
		return nil, ErrUnexpected
	}
	return []Event{PaymentDeclined(c)}, nil
}
