package subscription

import (
	"time"

	"kassa/domain"
)

// AddSeats buys more seats of the same subscription, for what is left of its
// term (R27). Whether that is allowed has been judged now.
type AddSeats struct {
	Addition    ChangeID
	Delta       int64
	MaxQuantity int64 // of one subscription to the product
	Verdict     domain.Verdict
	Tax         domain.TaxRule // of the market, now
	Zone        *time.Location // the subscription's
	At          time.Time
}

// A malformed request leaves no trace; a refused buyer does (R20).
func (c AddSeats) decide(s State) ([]Event, error) {
	switch {
	case s.Subscription == "":
		return nil, ErrUnknown
	case s.heard(c.Addition):
		return nil, nil
	case c.Addition == "", !s.bills(c.Zone), len(c.Verdict.Checks) == 0:
		return nil, ErrRequest
	case c.Delta < 1:
		return nil, ErrSeats
	}
	if err := s.changeable(c.At); err != nil {
		return nil, err
	}
	if failed, refused := c.Verdict.Refusal(); refused {
		return []Event{c.refused(failed)}, nil
	}
	if c.Delta > c.MaxQuantity-s.Quantity {
		return nil, ErrTooManySeats
	}
	return c.request(s)
}

func (c AddSeats) request(s State) ([]Event, error) {
	days, ofDays := s.days(c.At, c.Zone)
	whole, err := s.UnitPrice.Times(c.Delta)
	if err != nil {
		return nil, err
	}
	charge, split, err := taxed(whole.Share(days, ofDays), c.Tax)
	if err != nil {
		return nil, err
	}
	return s.ask(SeatAdditionRequested{
		Addition: c.Addition, Delta: c.Delta, Quantity: s.Quantity + c.Delta, UnitPrice: s.UnitPrice,
		Charge: charge, Tax: split, Days: days, OfDays: ofDays, Checks: c.Verdict.Checks, At: c.At,
	}, c.At), nil
}

func (c AddSeats) refused(failed domain.Check) SeatAdditionRefused {
	// A licence can be asked for where only the tenant's policy stands in the way.
	askable := failed.Code == domain.ErrPolicyDisabled.Code || failed.Code == domain.ErrPolicyTrialsOnly.Code
	return SeatAdditionRefused{
		Addition: c.Addition, Delta: c.Delta, Code: failed.Code, Rule: failed.Rule, MessageKey: domain.MessageKey(failed.Code),
		CanRequest: askable, Checks: c.Verdict.Checks, At: c.At,
	}
}

func (e SeatAdditionRequested) pending() Pending {
	return Pending{Kind: ForAddition, ID: string(e.Addition), Amount: e.Charge, Quantity: e.Quantity}
}

func (e SeatAdditionRequested) charged(_ State, reference string, at time.Time) Event {
	return SeatsAdded{
		Addition: e.Addition, Delta: e.Delta, Quantity: e.Quantity, Charge: e.Charge, Tax: e.Tax, Days: e.Days, OfDays: e.OfDays,
		From: e.At, ReducibleUntil: domain.CancellationUntil(at), Reference: reference, At: at,
	}
}

func (e SeatAdditionRequested) declined(code string, retriable bool, at time.Time) Event {
	return SeatAdditionDeclined{Addition: e.Addition, Code: code, Retriable: retriable, At: at}
}

// heard says whether an addition was asked for before: it is pending, was the
// latest to be settled or refused, or its seats are here.
func (s State) heard(addition ChangeID) bool {
	known := ChargeKey(s.Subscription, Pending{Kind: ForAddition, ID: string(addition)})
	if s.Settled.Key == known || ChargeKey(s.Subscription, s.Pending) == known || s.Refused.Addition == addition {
		return addition != ""
	}
	for _, b := range s.Batches {
		if b.Addition == addition {
			return addition != ""
		}
	}
	return false
}

// RemoveSeats gives seats back now, the newest first, as long as the days last
// in which each batch can be given back.
type RemoveSeats struct {
	Removal ChangeID
	Delta   int64          // how many fewer
	Zone    *time.Location // the subscription's
	At      time.Time
}

func (c RemoveSeats) decide(s State) ([]Event, error) {
	switch {
	case s.Subscription == "":
		return nil, ErrUnknown
	case c.Removal == "", !s.bills(c.Zone):
		return nil, ErrRequest
	case s.removal == c.Removal:
		return nil, nil
	case c.Delta < 1:
		return nil, ErrSeats
	}
	if err := s.reducible(s.Quantity-c.Delta, c.At); err != nil {
		return nil, err
	}
	lines, total, left := s.refunds(c.Removal, c.Delta, s.open(c.At), c.At, c.Zone)
	if left > 0 {
		return nil, ErrSeatsSettled
	}
	removed := SeatsRemoved{Removal: c.Removal, Delta: c.Delta, Quantity: s.Quantity - c.Delta, Refund: total, Lines: lines, At: c.At}
	if s.Scheduled.Quantity >= removed.Quantity {
		return append(s.drops(ChangeOvertaken, c.At), removed), nil
	}
	return []Event{removed}, nil
}

// ScheduleReduction lets the next term begin with fewer seats. It replaces what
// was scheduled before.
type ScheduleReduction struct {
	Change   ChangeID
	Quantity int64 // then
	At       time.Time
}

func (c ScheduleReduction) decide(s State) ([]Event, error) {
	switch {
	case s.Subscription == "":
		return nil, ErrUnknown
	case c.Change == "":
		return nil, ErrRequest
	case s.Scheduled.Change == c.Change:
		return nil, nil
	case c.Quantity >= s.Quantity:
		return nil, ErrNoReduction
	}
	if err := s.reducible(c.Quantity, c.At); err != nil {
		return nil, err
	}
	scheduled := SeatReductionScheduled{Change: c.Change, Quantity: c.Quantity, EffectiveAt: s.End, At: c.At}
	return append(s.drops(ChangeReplaced, c.At), scheduled), nil
}

// CancelScheduledChange keeps the next term as this one is.
type CancelScheduledChange struct {
	Change ChangeID
	At     time.Time
}

func (c CancelScheduledChange) decide(s State) ([]Event, error) {
	switch {
	case s.Subscription == "":
		return nil, ErrUnknown
	case s.Takeover.ID != "":
		return nil, ErrControlTaken
	case s.Scheduled.Change == "" || s.Scheduled.Change != c.Change:
		return nil, ErrNoChange
	case s.Pending.Kind != "":
		return nil, ErrChargePending // the next term is being paid as scheduled
	}
	return s.drops(ChangeWithdrawn, c.At), nil
}

// drops cancels what is scheduled, if anything is.
func (s State) drops(cause ChangeCause, at time.Time) []Event {
	if s.Scheduled.Change == "" {
		return nil
	}
	return []Event{ScheduledChangeCancelled{Change: s.Scheduled.Change, Cause: cause, At: at}}
}

// reducible says whether so few seats may be left.
func (s State) reducible(left int64, at time.Time) error {
	if err := s.changeable(at); err != nil {
		return err
	}
	switch {
	case !s.RecurringBilling:
		return ErrBillingOff
	case left < 1:
		return ErrLastSeat
	case left < s.Taken:
		return ErrSeatsAssigned
	}
	return nil
}
