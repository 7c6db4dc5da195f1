package subscription

import (
	"cmp"
	"fmt"
	"time"

	"kassa/domain"
)

// A term may be paid in instalments: a year in months. The commitment is the
// term's all the same. Turning recurring billing off changes nothing before its
// end; only what ends the subscription ends its payments.

// Paid is the first instant that a period's charge does not cover.
func (p Period) Paid() time.Time {
	if p.PaidUntil.IsZero() {
		return p.End
	}
	return p.PaidUntil
}

// First is the period that the purchase began.
func (e Provisioned) First() Period {
	return Period{
		Number: 1, Start: e.Start, End: e.End, PaidUntil: e.PaidUntil, UnitPrice: e.UnitPrice, Quantity: e.Quantity, Charge: e.Price,
		Tax: e.Tax, NoticeAt: e.NoticeAt,
	}
}

// announces says whether it is to be told what the next term costs.
func (s State) announces() bool {
	return s.RecurringBilling && !s.Trial.On && s.unpaid.Number == 0 && !s.noticed && !s.NoticeAt.IsZero()
}

// unfinished says whether another payment of this term follows. There is none
// once an administrator has taken control, and none while one is unpaid.
func (s State) unfinished() bool {
	return s.PaidUntil.Before(s.End) && s.unpaid.Number == 0 && s.Takeover.ID == "" && !s.Trial.On
}

// bill asks for the next payment of the term.
func (c Advance) bill(s State) ([]Event, error) {
	stated, err := s.UnitPrice.Times(s.Quantity)
	if err != nil {
		return nil, err
	}
	charge, split, err := taxed(stated, c.Tax)
	if err != nil {
		return nil, err
	}
	next := Instalment{Payment: s.Payment + 1, Period: Period{
		Number: s.TermNumber, Start: s.PaidUntil, End: s.Frequency.Nth(s.Start, s.Payment+1, s.AnchorDay, c.Zone),
		UnitPrice: s.UnitPrice, PriceRevision: -1, Quantity: s.Quantity, Charge: charge, Tax: split,
	}}
	return s.ask(InstalmentRequested{Instalment: next}, c.At), nil
}

// again asks once more for what was not paid: the very term, or the payment of
// one, that was declined.
func (s State) again(id ChangeID) asked {
	if s.unpaid.Payment != 0 {
		return InstalmentRequested{Again: id, Instalment: s.unpaid}
	}
	return ReactivationRequested{Reactivation: id, Period: s.unpaid.Period, AnchorDay: s.AnchorDay}
}

// askedAgain says whether that was asked for before: it is pending, or was the
// latest to be settled.
func (s State) askedAgain(id ChangeID) bool {
	for _, kind := range []ChargeKind{ForReactivation, ForInstalment} {
		key := ChargeKey(s.Subscription, Pending{Kind: kind, ID: string(id)})
		if s.Settled.Key == key || ChargeKey(s.Subscription, s.Pending) == key {
			return true
		}
	}
	return false
}

func (e InstalmentRequested) pending() Pending {
	return Pending{
		Kind: ForInstalment, ID: cmp.Or(string(e.Again), fmt.Sprintf("%d-%d", e.Number, e.Payment)), Amount: e.Charge, Quantity: e.Quantity,
	}
}

func (e InstalmentRequested) charged(s State, reference string, at time.Time) Event {
	paid := InstalmentPaid{Again: e.Again, Instalment: e.Instalment, Reference: reference}
	if s.RecurringBilling && !s.noticed && !at.After(s.NoticeAt) {
		paid.NoticeAt = s.NoticeAt // what the next term costs can still be announced in time
	}
	return paid
}

func (e InstalmentRequested) declined(code string, retriable bool, at time.Time) Event {
	return InstalmentDeclined{Again: e.Again, Number: e.Number, Payment: e.Payment, Code: code, Retriable: retriable, At: at}
}

func (e InstalmentRequested) evolve(s State) State { return s.awaits(e) }

func (e InstalmentDeclined) evolve(s State) State {
	if asked, ok := s.Pending.asked.(InstalmentRequested); ok {
		s.unpaid = asked.Instalment
	}
	s = s.settles("", e.Code, e.Retriable)
	s.decline = s.Settled
	return s
}

// What is paid now is paid for the seats of each batch; the days in which some
// can still be given back go on.
func (e InstalmentPaid) evolve(s State) State {
	s = s.settles(e.Reference, "", false).settled()
	s.Payment, s.PaidFrom, s.PaidUntil = e.Payment, e.Start, e.End
	s.noticed = s.noticed || e.NoticeAt.IsZero()
	batches, seats := make([]Batch, 0, len(s.Batches)), int64(0)
	for _, b := range s.Batches {
		before := e.Charge.Share(seats, e.Quantity)
		seats += b.Seats
		paid := domain.Money{Minor: e.Charge.Share(seats, e.Quantity).Minor - before.Minor, Currency: e.Charge.Currency}
		batches = append(batches, Batch{
			Addition: b.Addition, Payment: e.Payment, Seats: b.Seats, Of: b.Seats, Paid: paid, Tax: back(e.Tax, before.Minor, paid),
			Charge: e.Reference, From: e.Start, Until: b.Until,
		})
	}
	s.Batches = batches
	return s
}
