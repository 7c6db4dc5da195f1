package subscription

import (
	"time"

	"kassa/domain"
)

// Step is what time does to a subscription.
type Step string

// Steps, in order.
const (
	Bill     Step = "bill"     // the next payment of a term
	Announce Step = "announce" // what the next term costs
	Renew    Step = "renew"    // or, of a trial, convert
	ToPaid   Step = "convert"
	Expire   Step = "expire"
	Disable  Step = "disable"
	Duns     Step = "dun" // whatever dunning has come to
	Delete   Step = "delete"
)

// Due is a step and when it is, or was, to be taken.
type Due struct {
	Step Step
	At   time.Time
}

// Due is the next step that time brings; ok is false where there is none, or
// something must come first: a charge that is pending or, before deletion, a
// refund that is owed or people whom an administrator is moving. After a long
// stop each step still comes in its turn, as of its own time.
func (s State) Due() (due Due, ok bool) {
	switch {
	case s.Subscription == "", s.Pending.Kind != "", s.Ended == StatusDeleted:
		return Due{}, false
	case s.Ended == StatusDisabled:
		return Due{Delete, s.NextAt}, len(s.Owed) == 0 && (s.Takeover.ID == "" || s.Cancelled)
	case s.Ended == StatusExpired && len(s.Dunning.Steps) > 0:
		return Due{Duns, s.Dunning.Steps[0].At}, true
	case s.Ended == StatusExpired:
		return Due{Disable, s.NextAt}, true
	case s.RecurringBilling && s.Trial.On && !s.Trial.declined:
		return Due{ToPaid, s.End}, true
	case s.unfinished() && !(s.announces() && s.NoticeAt.Before(s.PaidUntil)):
		return Due{Bill, s.PaidUntil}, true
	case s.announces():
		return Due{Announce, s.NoticeAt}, true
	case s.RecurringBilling && !s.Trial.On && s.unpaid.Number == 0:
		return Due{Renew, s.End}, true
	}
	return Due{Expire, s.PaidUntil}, true
}

// Advance takes one step that time has brought. It names the step, so that
// whoever comes second changes nothing.
type Advance struct {
	Due     Due            // as State said
	Price   Price          // of the next term, as published by Due.At; zero: none is
	Tax     domain.TaxRule // of a renewal or a conversion, as of Due.At
	Verdict domain.Verdict // of a conversion, so, too
	Zone    *time.Location // the subscription's
	At      time.Time
}

func (c Advance) decide(s State) ([]Event, error) {
	due, ok := s.Due()
	switch {
	case s.Subscription == "":
		return nil, ErrUnknown
	case !ok || due.Step != c.Due.Step || !due.At.Equal(c.Due.At) || c.At.Before(due.At):
		return nil, nil
	case !s.bills(c.Zone):
		return nil, ErrRequest
	}
	switch due.Step {
	case Announce:
		return c.announce(s), nil
	case Bill:
		return c.bill(s)
	case Renew:
		return c.renew(s)
	case ToPaid:
		return c.convert(s)
	case Expire:
		if s.Trial.On {
			return s.over(s.endCause(), nil), nil
		}
		if due.At.Before(s.End) { // what is planned for the next term stands, should this one be paid
			return s.expires(due.At), nil
		}
		return append(s.drops(ChangeTermExpired, due.At), s.expires(due.At)...), nil
	case Duns:
		return s.dunned(), nil
	case Disable:
		return append(s.drops(ChangeTermExpired, due.At), disabled(s.endCause(), due.At)), nil
	}
	return []Event{Deleted{Cause: s.endCause(), At: due.At}}, nil
}

func disabled(cause EndCause, at time.Time) Disabled {
	return Disabled{Cause: cause, At: at, NextAt: at.Add(Retention)}
}

func (s State) endCause() EndCause {
	switch {
	case s.Takeover.ID != "":
		return EndTakeover
	case s.Cancelled:
		return EndCancelled
	case s.Trial.On:
		return s.trialCause()
	case s.unpaid.Number != 0:
		return EndPayment
	}
	return EndBillingOff
}

// usable says whether seats can be assigned.
func (s State) usable(at time.Time) bool {
	status := s.Status(at)
	return status.Running() || status == StatusExpired
}

// payable says whether a term that was not paid still can be.
func (s State) payable(at time.Time) bool { return s.usable(at) || s.Status(at) == StatusSuspended }

// changeable refuses what only a subscription that is paid and active can do, and
// that while its next state is being paid.
func (s State) changeable(at time.Time) error {
	if s.Takeover.ID == "" && s.Status(at) == StatusTrial {
		return ErrTrialSeats
	}
	return s.endable(at)
}

// endable refuses what an active subscription can do, and a trial, too.
func (s State) endable(at time.Time) error {
	switch {
	case s.Takeover.ID != "":
		return ErrControlTaken
	case s.Pending.Kind != "", s.unfinished() && !at.Before(s.PaidUntil):
		return ErrChargePending // or is about to be
	case !s.Status(at).Running(), !at.Before(s.PaidUntil):
		return ErrNotActive
	}
	return nil
}
