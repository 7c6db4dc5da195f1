package subscription

import (
	"time"

	"kassa/domain"
)

// How a trial can be given more time.
const (
	Extension       = 30 * 24 * time.Hour
	ExtensionWindow = 15 * 24 * time.Hour // before its end
)

// Trial is what a subscription knows of its trial; zero: there was none, or it
// was converted.
type Trial struct {
	On                 bool
	NeedsPaymentMethod bool  // it becomes paid by itself
	Price              Price // then, and whoever converts it before or after
	Extended           bool

	extension ChangeID
	declined  bool     // at its end
	cause     EndCause // why it ended; empty: it has not
}

// StartTrial creates the subscription of a trial: nothing is paid before its
// end.
type StartTrial struct {
	Provision
	NeedsPaymentMethod bool
	Then               Price // what each term costs once it is converted
}

func (c StartTrial) decide(s State) ([]Event, error) {
	if c.Price.Minor != 0 || c.Then.Term != c.Term || c.Then.Frequency != c.Frequency {
		return nil, ErrMalformed
	}
	c.RecurringBilling, c.PaidUntil = c.NeedsPaymentMethod, time.Time{}
	c.CancellationUntil = c.End
	events, err := c.Provision.decide(s)
	if err != nil || len(events) == 0 {
		return nil, err
	}
	return append(events, TrialStarted{
		End: c.End, NeedsPaymentMethod: c.NeedsPaymentMethod, UnitPrice: c.Then.Unit,
		PriceStream: c.Then.Stream, PriceRevision: c.Then.Revision, At: c.Start,
	}), nil
}

func (e TrialStarted) evolve(s State) State {
	s.Trial = Trial{
		On: true, NeedsPaymentMethod: e.NeedsPaymentMethod,
		Price: Price{Unit: e.UnitPrice, Term: s.Term, Frequency: s.Frequency, Stream: e.PriceStream, Revision: e.PriceRevision},
	}
	return s
}

// ExtendTrial gives a trial more time: once, when it is about to end.
type ExtendTrial struct {
	Extension ChangeID
	At        time.Time
}

func (c ExtendTrial) decide(s State) ([]Event, error) {
	switch {
	case s.Subscription == "":
		return nil, ErrUnknown
	case c.Extension == "":
		return nil, ErrRequest
	case s.Trial.extension == c.Extension:
		return nil, nil
	case s.Takeover.ID != "":
		return nil, ErrControlTaken
	case !s.Trial.On:
		return nil, ErrNoTrial
	case s.Pending.Kind != "":
		return nil, ErrChargePending
	case s.Status(c.At) != StatusTrial:
		return nil, ErrTrialOver
	case s.Trial.Extended:
		return nil, ErrTrialExtended
	case c.At.Before(s.End.Add(-ExtensionWindow)):
		return nil, ErrTrialEarly
	}
	return []Event{TrialExtended{Extension: c.Extension, End: s.End.Add(Extension), Previous: s.End, At: c.At}}, nil
}

func (e TrialExtended) evolve(s State) State {
	s.End, s.PaidUntil, s.CancelUntil = e.End, e.End, e.End
	s.Trial.Extended, s.Trial.extension = true, e.Extension
	return s
}

// over ends a trial as of its end. Everything works on for Grace.
func (s State) over(cause EndCause, checks []domain.Check) []Event {
	return []Event{TrialEnded{Cause: cause, Checks: checks, At: s.End}, Expired{Cause: cause, At: s.End, NextAt: s.End.Add(Grace)}}
}

func (e TrialEnded) evolve(s State) State {
	s.Trial.cause = e.Cause
	return s
}

// trialCause is why a trial ends that is not converted.
func (s State) trialCause() EndCause {
	switch {
	case s.Trial.cause != "":
		return s.Trial.cause
	case !s.Trial.NeedsPaymentMethod:
		return EndTrial
	case s.Trial.declined:
		return EndPayment
	}
	return EndBillingOff
}
