package subscription

import (
	"strconv"
	"time"

	"kassa/domain"
)

// Price is what a seat costs for a term, or a payment of one, and where that is
// published.
type Price struct {
	Unit      domain.Money
	Term      domain.Term
	Frequency domain.Term // of payments; empty: a term is paid at once
	Stream    string
	Revision  int64
}

// Renews says whether time will ask a card for money: for the next term, for what
// is left of this one, or for what is not paid.
func (s State) Renews() bool {
	switch {
	case s.Subscription == "", s.Channel == domain.Central, s.Takeover.ID != "", s.Ended == StatusDisabled, s.Ended == StatusDeleted:
		return false
	case s.Pending.Kind != "", s.unpaid.Number != 0:
		return true
	}
	return s.Ended == StatusNone && (s.RecurringBilling || s.unfinished())
}

// sold is the price that a subscription goes on at. Where none for such a term is
// published any more, the one that was agreed to holds on: a subscription
// remains active until somebody ends it (R58).
func (s State) sold(p Price) Price {
	if p.Term != s.Term || p.Frequency != s.Frequency || p.Unit.Currency != s.UnitPrice.Currency {
		return Price{Unit: s.UnitPrice, Term: s.Term, Frequency: s.Frequency, Revision: -1}
	}
	return p
}

// next is the term that begins at start.
func (s State) next(start time.Time, anchorDay int, quantity int64, p Price, tax domain.TaxRule, zone *time.Location) (Period, error) {
	if !s.Term.Known() {
		return Period{}, domain.ErrTermUnknown
	}
	p = s.sold(p)
	stated, err := p.Unit.Times(quantity)
	if err != nil {
		return Period{}, err
	}
	charge, split, err := taxed(stated, tax)
	end := s.Term.End(start, anchorDay, zone)
	next := Period{
		Number: s.TermNumber + 1, Start: start, End: end, UnitPrice: p.Unit, PriceStream: p.Stream, PriceRevision: p.Revision,
		Quantity: quantity, Charge: charge, Tax: split, NoticeAt: NoticeAt(s.Channel, s.Term, end),
	}
	if s.Frequency != "" {
		next.PaidUntil = s.Frequency.End(start, anchorDay, zone)
	}
	return next, err
}

// renewed is how many seats the next term begins with: those that are scheduled,
// but never fewer than people hold.
func (s State) renewed() int64 {
	if s.Scheduled.Change == "" {
		return s.Quantity
	}
	return max(s.Scheduled.Quantity, s.Taken)
}

// renew asks for the next term, at a price that nobody is surprised by.
func (c Advance) renew(s State) ([]Event, error) {
	period, err := s.next(s.End, s.AnchorDay, s.renewed(), s.announced(c.Price), c.Tax, c.Zone)
	if err != nil {
		return nil, err
	}
	return s.ask(RenewalRequested{Period: period}, c.At), nil
}

func (e RenewalRequested) pending() Pending {
	return Pending{Kind: ForRenewal, ID: strconv.Itoa(e.Number), Amount: e.Charge, Quantity: e.Quantity}
}

func (e RenewalRequested) charged(_ State, reference string, _ time.Time) Event {
	return Renewed{Period: e.Period, CancellationUntil: domain.CancellationUntil(e.Start), Reference: reference}
}

func (e RenewalRequested) declined(code string, retriable bool, at time.Time) Event {
	return RenewalDeclined{Number: e.Number, Code: code, Retriable: retriable, At: at}
}

// Reactivate begins a new term of a subscription that has ended, this day.
// Whether that is allowed has been judged now: it is bought anew (R41).
type Reactivate struct {
	Reactivation ChangeID
	Price        Price          // in force now
	Verdict      domain.Verdict // so, too,
	Tax          domain.TaxRule // and this
	Zone         *time.Location // the subscription's
	At           time.Time
}

func (c Reactivate) decide(s State) ([]Event, error) {
	key := ChargeKey(s.Subscription, Pending{Kind: ForReactivation, ID: string(c.Reactivation)})
	switch {
	case s.Subscription == "":
		return nil, ErrUnknown
	case c.Reactivation == "", !s.bills(c.Zone), len(c.Verdict.Checks) == 0:
		return nil, ErrRequest
	case s.Settled.Key == key, ChargeKey(s.Subscription, s.Pending) == key, s.Unrevived.Reactivation == c.Reactivation:
		return nil, nil
	case s.Takeover.ID != "":
		return nil, ErrControlTaken
	case s.Ended == StatusDeleted, s.Ended == StatusDisabled && !c.At.Before(s.NextAt):
		return nil, ErrDeleted
	case s.Ended == StatusNone:
		return nil, ErrNotEnded
	case s.Trial.On:
		return nil, ErrTrialOver
	case s.Pending.Kind != "":
		return nil, ErrChargePending
	}
	if failed, refused := c.Verdict.Refusal(); refused {
		return []Event{c.refused(failed)}, nil
	}
	anchorDay := c.At.In(c.Zone).Day()
	period, err := s.next(c.At, anchorDay, s.Quantity, c.Price, c.Tax, c.Zone)
	if err != nil {
		return nil, err
	}
	return s.ask(ReactivationRequested{Reactivation: c.Reactivation, Period: period, AnchorDay: anchorDay, Checks: c.Verdict.Checks}, c.At), nil
}

func (c Reactivate) refused(failed domain.Check) ReactivationRefused {
	return ReactivationRefused{
		Reactivation: c.Reactivation, Code: failed.Code, Rule: failed.Rule, MessageKey: domain.MessageKey(failed.Code),
		CanRequest: domain.CanRequestLicense(failed.Code), Checks: c.Verdict.Checks, At: c.At,
	}
}

func (e ReactivationRefused) evolve(s State) State { s.Unrevived = e; return s }

func (e ReactivationRequested) pending() Pending {
	return Pending{Kind: ForReactivation, ID: string(e.Reactivation), Amount: e.Charge, Quantity: e.Quantity}
}

func (e ReactivationRequested) charged(_ State, reference string, _ time.Time) Event {
	return Reactivated{
		Reactivation: e.Reactivation, Period: e.Period, AnchorDay: e.AnchorDay, RecurringBilling: true,
		CancellationUntil: domain.CancellationUntil(e.Start), Reference: reference,
	}
}

func (e ReactivationRequested) declined(code string, retriable bool, at time.Time) Event {
	return ReactivationDeclined{Reactivation: e.Reactivation, Code: code, Retriable: retriable, At: at}
}

// TurnRecurringBilling says whether another term follows this one. Turning it off
// cancels what was scheduled for that term, and nothing else.
type TurnRecurringBilling struct {
	On bool
	At time.Time
}

func (c TurnRecurringBilling) decide(s State) ([]Event, error) {
	if s.Subscription == "" {
		return nil, ErrUnknown
	}
	if err := s.endable(c.At); err != nil {
		return nil, err
	}
	switch {
	case c.On == s.RecurringBilling:
		return nil, nil
	case c.On && s.Trial.On && !s.Trial.NeedsPaymentMethod:
		return nil, ErrTrialFree
	case c.On:
		on := RecurringBillingTurnedOn{RenewsAt: s.End, At: c.At}
		if !s.noticed && c.At.Before(s.NoticeAt) {
			on.NoticeAt = s.NoticeAt
		}
		return []Event{on}, nil
	}
	return append(s.drops(ChangeBillingOff, c.At), RecurringBillingTurnedOff{EffectiveEnd: s.End, At: c.At}), nil
}
