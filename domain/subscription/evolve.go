package subscription

import (
	"slices"
	"time"

	"kassa/domain"
)

func (e Provisioned) evolve(s State) State {
	s.Subscription, s.Purchase, s.Tenant, s.Product, s.Channel = e.Subscription, e.Purchase, e.Tenant, e.Product, e.Channel
	s.Purchaser, s.Zone, s.Term, s.Frequency = e.Purchaser, e.Zone, e.Term, e.Frequency
	s.AnchorDay, s.RecurringBilling = e.AnchorDay, e.RecurringBilling
	return s.begins(e.First(), e.CancellationUntil, "")
}

// begins is the state in a term's first instant.
func (s State) begins(p Period, cancelUntil time.Time, charge string) State {
	s.TermNumber, s.Start, s.End, s.UnitPrice, s.Quantity = p.Number, p.Start, p.End, p.UnitPrice, p.Quantity
	s.CancelUntil, s.Payment, s.PaidFrom, s.PaidUntil = cancelUntil, 1, p.Start, p.Paid()
	s.Batches = []Batch{{Seats: p.Quantity, Of: p.Quantity, Paid: p.Charge, Tax: p.Tax, Charge: charge, From: p.Start, Until: cancelUntil}}
	s.Scheduled, s.Cancelled = Scheduled{}, false
	s.NoticeAt, s.Notice, s.noticed = p.NoticeAt, Notice{}, false
	return s.settled()
}

// settled is the state once nothing is unpaid.
func (s State) settled() State {
	s.Ended, s.NextAt = StatusNone, time.Time{}
	s.unpaid, s.decline, s.Dunning = Instalment{}, Settled{}, Dunning{}
	return s
}

// Only who holds no seat reserves one, and only who holds one releases it: that
// is decided before the fact, so counting needs no search.
func (e SeatReserved) evolve(s State) State {
	s.Taken++
	s.latest = &seat{person: e.Person, held: true, before: s.latest}
	return s
}

func (e SeatReleased) evolve(s State) State {
	s.Taken--
	s.latest = &seat{person: e.Person, before: s.latest}
	return s
}

func (e SeatAdditionRequested) evolve(s State) State { return s.awaits(e) }
func (e SeatAdditionRefused) evolve(s State) State   { s.Refused = e; return s }
func (e SeatAdditionDeclined) evolve(s State) State  { return s.settles("", e.Code, e.Retriable) }

func (e SeatsAdded) evolve(s State) State {
	s = s.settles(e.Reference, "", false)
	s.Quantity = e.Quantity
	s.Batches = append(slices.Clip(s.Batches), Batch{
		Addition: e.Addition, Seats: e.Delta, Of: e.Delta, Paid: e.Charge, Tax: e.Tax, Charge: e.Reference, From: e.From, Until: e.ReducibleUntil,
	})
	return s
}

func (e SeatsRemoved) evolve(s State) State {
	s.Quantity, s.removal = e.Quantity, e.Removal
	return s.gives(e.Lines)
}

// gives is the state after seats of batches were given back.
func (s State) gives(lines []RefundLine) State {
	s.Batches, s.Owed = slices.Clone(s.Batches), slices.Clip(s.Owed)
	for _, line := range lines {
		i := slices.IndexFunc(s.Batches, func(b Batch) bool { return b.Addition == line.Addition })
		if i >= 0 {
			s.Batches[i].Seats -= line.Seats
			s.Batches[i].Back += line.Amount.Minor
		}
		if line.Amount.Minor != 0 && s.Channel != domain.Central {
			s.Owed = append(s.Owed, Owed{Refund: line.Refund, Amount: line.Amount, Charge: line.Charge})
		}
	}
	s.Batches = slices.DeleteFunc(s.Batches, func(b Batch) bool { return b.Seats == 0 })
	return s
}

func (e SeatReductionScheduled) evolve(s State) State {
	s.Scheduled = Scheduled{Change: e.Change, Quantity: e.Quantity}
	return s
}

func (e ScheduledChangeCancelled) evolve(s State) State { s.Scheduled = Scheduled{}; return s }

func (e RecurringBillingTurnedOff) evolve(s State) State { s.RecurringBilling = false; return s }

func (e RecurringBillingTurnedOn) evolve(s State) State {
	s.RecurringBilling, s.noticed = true, e.NoticeAt.IsZero()
	return s
}

func (e RenewalRequested) evolve(s State) State { return s.awaits(e) }

func (e RenewalDeclined) evolve(s State) State {
	if asked, ok := s.Pending.asked.(RenewalRequested); ok {
		s.unpaid = Instalment{Period: asked.Period}
	}
	s = s.settles("", e.Code, e.Retriable)
	s.decline = s.Settled
	return s
}

func (e Renewed) evolve(s State) State {
	return s.settles(e.Reference, "", false).begins(e.Period, e.CancellationUntil, e.Reference)
}

func (e ReactivationRequested) evolve(s State) State { return s.awaits(e) }
func (e ReactivationDeclined) evolve(s State) State  { return s.settles("", e.Code, e.Retriable) }

func (e Reactivated) evolve(s State) State {
	s.AnchorDay, s.RecurringBilling = e.AnchorDay, e.RecurringBilling
	return s.settles(e.Reference, "", false).begins(e.Period, e.CancellationUntil, e.Reference)
}

func (e Cancelled) evolve(s State) State {
	s.Cancelled, s.RecurringBilling = true, false
	return s.gives(e.Lines)
}

func (e RefundIssued) evolve(s State) State { return s.owesNoMore(e.Of) }
func (e RefundFailed) evolve(s State) State { return s.owesNoMore(e.Of) }

func (s State) owesNoMore(refund RefundID) State {
	s.repaid = refund
	s.Owed = slices.DeleteFunc(slices.Clone(s.Owed), func(o Owed) bool { return o.Refund == refund })
	return s
}

func (e PurchaserMarkedAsLeft) evolve(s State) State { s.Orphaned = e.Orphaned; return s }
func (e PurchaserReturned) evolve(s State) State     { s.Orphaned = false; return s }

func (e Expired) evolve(s State) State {
	s.Ended, s.NextAt = StatusExpired, e.NextAt
	return s
}

func (e Disabled) evolve(s State) State {
	s.Ended, s.NextAt, s.Suspended = StatusDisabled, e.NextAt, ""
	return s
}

func (e Deleted) evolve(s State) State {
	s.Ended, s.NextAt = StatusDeleted, time.Time{}
	return s
}
