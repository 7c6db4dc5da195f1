package subscription

import (
	"cmp"
	"time"

	"kassa/domain"
)

// Convert buys what is being tried, or was until lately: the first term that is
// paid begins now. Whether that is allowed has been judged now (R41).
type Convert struct {
	Conversion ChangeID
	Card       bool // there is one to charge
	Verdict    domain.Verdict
	Tax        domain.TaxRule // of the market, now
	Zone       *time.Location // the subscription's
	At         time.Time
}

func (c Convert) decide(s State) ([]Event, error) {
	key := ChargeKey(s.Subscription, Pending{Kind: ForConversion, ID: string(c.Conversion)})
	switch {
	case s.Subscription == "":
		return nil, ErrUnknown
	case c.Conversion == "", !s.bills(c.Zone), len(c.Verdict.Checks) == 0:
		return nil, ErrRequest
	case s.Settled.Key == key, ChargeKey(s.Subscription, s.Pending) == key, s.Unconverted.Conversion == c.Conversion:
		return nil, nil
	case s.Takeover.ID != "":
		return nil, ErrControlTaken
	case !s.Trial.On:
		return nil, ErrNoTrial
	case s.Pending.Kind != "":
		return nil, ErrChargePending
	case s.Status(c.At) != StatusTrial && (s.Ended != StatusExpired || !c.At.Before(s.NextAt)):
		return nil, ErrTrialOver
	}
	if failed, refused := c.Verdict.Refusal(); refused {
		return []Event{c.refused(failed)}, nil
	}
	if !c.Card {
		return nil, ErrNoCard
	}
	return s.converts(c.Conversion, c.At, c.Verdict, c.Tax, c.Zone, c.At)
}

func (c Convert) refused(failed domain.Check) ConversionRefused {
	return ConversionRefused{
		Conversion: c.Conversion, Code: failed.Code, Rule: failed.Rule, MessageKey: domain.MessageKey(failed.Code),
		CanRequest: domain.CanRequestLicense(failed.Code), Checks: c.Verdict.Checks, At: c.At,
	}
}

func (e ConversionRefused) evolve(s State) State { s.Unconverted = e; return s }

// convert is what a trial's end comes to that has a payment method: the first
// term that is paid, or, where the organisation allows no purchases by then, the
// end (R41).
func (c Advance) convert(s State) ([]Event, error) {
	if len(c.Verdict.Checks) == 0 {
		return nil, ErrRequest
	}
	if _, refused := c.Verdict.Refusal(); refused {
		return s.over(EndRefused, c.Verdict.Checks), nil
	}
	return s.converts("", s.End, c.Verdict, c.Tax, c.Zone, c.At)
}

// converts asks for the first term that is paid, at the price that checkout
// displayed.
func (s State) converts(id ChangeID, start time.Time, v domain.Verdict, tax domain.TaxRule, zone *time.Location, at time.Time) ([]Event, error) {
	anchorDay := start.In(zone).Day()
	period, err := s.next(start, anchorDay, s.Quantity, s.Trial.Price, tax, zone)
	if err != nil {
		return nil, err
	}
	return s.ask(ConversionRequested{Conversion: id, Period: period, AnchorDay: anchorDay, Checks: v.Checks, At: at}, at), nil
}

func (e ConversionRequested) evolve(s State) State { return s.awaits(e) }

// atEnd names the conversion that nobody asked for.
const atEnd = "end"

func (e ConversionRequested) pending() Pending {
	return Pending{Kind: ForConversion, ID: cmp.Or(string(e.Conversion), atEnd), Amount: e.Charge, Quantity: e.Quantity}
}

func (e ConversionRequested) charged(_ State, reference string, _ time.Time) Event {
	return TrialConverted{
		Conversion: e.Conversion, Period: e.Period, AnchorDay: e.AnchorDay,
		CancellationUntil: domain.CancellationUntil(e.Start), Reference: reference,
	}
}

func (e ConversionRequested) declined(code string, retriable bool, at time.Time) Event {
	return ConversionDeclined{Conversion: e.Conversion, Code: code, Retriable: retriable, At: at}
}

// A decline ends a trial only at its end.
func (e ConversionDeclined) evolve(s State) State {
	s = s.settles("", e.Code, e.Retriable)
	s.Trial.declined = s.Trial.declined || e.Conversion == ""
	return s
}

func (e TrialConverted) evolve(s State) State {
	s.AnchorDay, s.RecurringBilling, s.Trial, s.Unconverted = e.AnchorDay, true, Trial{}, ConversionRefused{}
	return s.settles(e.Reference, "", false).begins(e.Period, e.CancellationUntil, e.Reference)
}
