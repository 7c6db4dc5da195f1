package subscription

import (
	"fmt"
	"slices"
	"time"
)

// What is done about an unpaid term, counted from its first day, and when the
// subscription is disabled: between 2 and 30 days later, by the kind of decline.
var (
	regular     = schedule{{DunRetry, 3}, {DunRetry, 7}, {DunRetry, 14}, {DunSuspend, 21}, {DunRetry, 25}}
	accelerated = schedule{{DunRemind, 1}, {DunSuspend, 3}, {DunRemind, 5}}
)

// acceleratedEnd is when accelerated dunning disables. Regular dunning lasts as
// long as Grace.
const acceleratedEnd = 7 * 24 * time.Hour

type schedule []struct {
	step Dun
	days int
}

func (s schedule) from(at, end time.Time) []DunningStep {
	var steps []DunningStep
	for _, each := range s {
		if due := at.AddDate(0, 0, each.days); due.Before(end) {
			steps = append(steps, DunningStep{Step: each.step, At: due})
		}
	}
	return steps
}

// Dunning is where it stands; zero: nothing is unpaid, or it was before dunning
// was a fact.
type Dunning struct {
	Kind       DunningKind
	Steps      []DunningStep // still to come
	DisabledAt time.Time
}

// next is when something happens again after so many steps.
func (d Dunning) next(taken int) time.Time {
	if taken < len(d.Steps) {
		return d.Steps[taken].At
	}
	return d.DisabledAt
}

// dun begins dunning at some instant for a term that was declined with a code.
// It never ends later than dunning that is under way.
func (s State) dun(code string, retriable bool, at time.Time) DunningStarted {
	d := Dunning{Kind: RegularDunning, DisabledAt: at.Add(Grace)}
	plan := regular
	if !retriable {
		d.Kind, plan, d.DisabledAt = AcceleratedDunning, accelerated, at.Add(acceleratedEnd)
	}
	if before := s.Dunning.DisabledAt; !before.IsZero() && before.Before(d.DisabledAt) {
		d.DisabledAt = before
	}
	d.Steps = plan.from(at, d.DisabledAt)
	return DunningStarted{
		Kind: d.Kind, Number: s.unpaid.Number, Code: code, Steps: d.Steps, DisabledAt: d.DisabledAt, At: at, NextAt: d.next(0), Payment: s.unpaid.Payment,
	}
}

// expires ends a term that no other follows; where that is because it was not
// paid, dunning begins.
func (s State) expires(at time.Time) []Event {
	expired := Expired{Cause: s.endCause(), At: at, NextAt: at.Add(Grace)}
	if expired.Cause != EndPayment || s.Trial.On {
		return []Event{expired}
	}
	started := s.dun(s.decline.Code, s.decline.Retriable, at)
	expired.NextAt = started.DisabledAt
	return []Event{expired, started}
}

// dunned takes the step of dunning that is due. Once an administrator has taken
// control, nothing is asked of whoever paid.
func (s State) dunned() []Event {
	step := s.Dunning.Steps[0]
	reached := []Event{s.reached()}
	switch {
	case s.Takeover.ID != "":
		return reached
	case step.Step == DunSuspend && s.Suspended == "":
		return append([]Event{Suspended{Cause: SuspendedUnpaid, At: step.At}}, reached...)
	case step.Step == DunRetry && s.Taken <= s.unpaid.Quantity:
		return s.ask(s.again(s.retry()), step.At)
	}
	return reached
}

// retry names the charge of the retry that is due.
func (s State) retry() ChangeID {
	return ChangeID(fmt.Sprintf("dunning-%d-%s", s.unpaid.Number, s.Dunning.Steps[0].At.UTC().Format("20060102150405")))
}

func (s State) reached() DunningStepReached {
	step := s.Dunning.Steps[0]
	return DunningStepReached{Step: step.Step, Number: s.unpaid.Number, At: step.At, NextAt: s.Dunning.next(1), Payment: s.unpaid.Payment}
}

// failed is what follows from the decline of what is pending, where that is a
// retry: the next step, or, where the card will never work, the shorter way.
func (s State) failed(code string, retriable bool) []Event {
	if len(s.Dunning.Steps) == 0 || s.Pending.ID != string(s.retry()) {
		return nil
	}
	reached := s.reached()
	if retriable || s.Dunning.Kind == AcceleratedDunning {
		return []Event{reached}
	}
	return []Event{reached, s.dun(code, false, reached.At)}
}

// resumes is what follows from a payment.
func (s State) resumes(at time.Time) []Event {
	if s.Suspended == "" {
		return nil
	}
	return []Event{Resumed{At: at}}
}

func (e DunningStarted) evolve(s State) State {
	s.Dunning = Dunning{Kind: e.Kind, Steps: e.Steps, DisabledAt: e.DisabledAt}
	s.NextAt = e.DisabledAt
	return s
}

func (e DunningStepReached) evolve(s State) State {
	s.Dunning.Steps = s.Dunning.Steps[min(1, len(s.Dunning.Steps)):]
	return s
}

func (e Suspended) evolve(s State) State { s.Suspended = e.Cause; return s }
func (e Resumed) evolve(s State) State   { s.Suspended = ""; return s }

// ChargeBack says that the bank took a payment back.
type ChargeBack ChargedBack

func (c ChargeBack) decide(s State) ([]Event, error) {
	switch {
	case s.Subscription == "":
		return nil, ErrUnknown
	case c.Dispute == "", c.Reference == "", c.Paid == "", c.Amount.Minor <= 0:
		return nil, ErrRequest
	case slices.Contains(s.disputes, c.Dispute):
		return nil, nil
	case s.Pending.Kind != "":
		return nil, ErrChargePending
	case s.Takeover.ID != "", s.Ended == StatusDisabled, s.Ended == StatusDeleted:
		return []Event{ChargedBack(c)}, nil
	}
	return append(s.drops(ChangeChargedBack, c.At), ChargedBack(c), disabled(EndChargeback, c.At)), nil
}

func (e ChargedBack) evolve(s State) State {
	s.disputes = append(slices.Clip(s.disputes), e.Dispute)
	return s
}
