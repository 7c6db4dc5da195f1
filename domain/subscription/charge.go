package subscription

import (
	"time"

	"kassa/domain"
)

// ChargeKind says what a charge is for.
type ChargeKind string

// What a subscription asks charges for, after the purchase's own.
const (
	ForAddition     ChargeKind = "addition"
	ForRenewal      ChargeKind = "renewal"
	ForReactivation ChargeKind = "reactivation"
	ForConversion   ChargeKind = "conversion"
	ForInstalment   ChargeKind = "instalment"
)

// Pending is a charge that was asked for and whose end is not known. There is
// one at a time, and it is settled by Charged or Declined, whatever it is for.
type Pending struct {
	Kind     ChargeKind
	ID       string // of the addition, the reactivation, the conversion or who asks again; of a renewal the term's number, of an instalment that and its own
	Amount   domain.Money
	Quantity int64 // seats once it is paid

	asked asked
}

// Settled is what became of a charge.
type Settled struct {
	Key       string
	Reference string // the gateway's id of the charge; empty: there is none
	Code      string // why it was declined; empty: it was not
	Retriable bool
}

// asked is a fact that asks for a charge: it knows what being paid, or not,
// comes to.
type asked interface {
	Event
	pending() Pending
	charged(s State, reference string, at time.Time) Event
	declined(code string, retriable bool, at time.Time) Event
}

// ChargeKey is the gateway's idempotency key for a pending charge: however often
// it is sent, the card is charged once.
func ChargeKey(id domain.SubscriptionID, p Pending) string {
	return string(id) + "/" + string(p.Kind) + "/" + p.ID
}

// ask records what asks for a charge. Where the organisation pays by agreement
// (R46), or there is nothing to pay, it is settled at once.
func (s State) ask(a asked, at time.Time) []Event {
	p := a.pending()
	if s.Channel != domain.Central && p.Amount.Minor != 0 {
		return []Event{a}
	}
	return append([]Event{a, a.charged(a.evolve(s), "", at)}, s.resumes(at)...)
}

// awaits is the state while a charge is pending.
func (s State) awaits(a asked) State {
	s.Pending = a.pending()
	s.Pending.asked = a
	return s
}

// settles is the state once it is not.
func (s State) settles(reference, code string, retriable bool) State {
	s.Settled = Settled{Key: ChargeKey(s.Subscription, s.Pending), Reference: reference, Code: code, Retriable: retriable}
	s.Pending = Pending{}
	return s
}

// Charged says that the gateway took the money of the pending charge.
type Charged struct {
	Key       string // ChargeKey of the charge meant
	Amount    domain.Money
	Reference string // the gateway's id of the charge
	At        time.Time
}

func (c Charged) decide(s State) ([]Event, error) {
	switch {
	case s.Subscription == "":
		return nil, ErrUnknown
	case s.Settled.Key == c.Key && s.Settled.Reference == c.Reference && c.Reference != "":
		return nil, nil
	case s.Pending.Kind == "" || ChargeKey(s.Subscription, s.Pending) != c.Key || c.Reference == "":
		return nil, ErrChargeUnexpected
	case s.Pending.Amount != c.Amount:
		return nil, ErrChargeAmount
	}
	return s.paid(c.Reference, c.At), nil
}

// paid is what follows once the pending charge is.
func (s State) paid(reference string, at time.Time) []Event {
	return append([]Event{s.Pending.asked.charged(s, reference, at)}, s.resumes(at)...)
}

// Declined says that the gateway did not take it.
type Declined struct {
	Key       string // ChargeKey of the charge meant
	Code      string // the gateway's reason
	Retriable bool
	At        time.Time
}

func (c Declined) decide(s State) ([]Event, error) {
	switch {
	case s.Subscription == "":
		return nil, ErrUnknown
	case c.Code == "":
		return nil, ErrRequest
	case s.Settled.Key == c.Key && s.Settled.Code != "":
		return nil, nil
	case s.Pending.Kind == "" || ChargeKey(s.Subscription, s.Pending) != c.Key:
		return nil, ErrChargeUnexpected
	}
	declined := s.Pending.asked.declined(c.Code, c.Retriable, c.At)
	return append([]Event{declined}, s.failed(c.Code, c.Retriable)...), nil
}

// taxed is what is charged for a price as it is stated, and the tax in it. Whoever
// gives no rule is charged the price, and the bill says what of it is tax.
func taxed(stated domain.Money, r domain.TaxRule) (charge domain.Money, split domain.TaxSplit, err error) {
	if r == (domain.TaxRule{}) {
		return stated, split, nil
	}
	split, err = r.On(stated)
	return split.Total, split, err
}
