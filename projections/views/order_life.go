package views

import (
	"fmt"
	"time"

	"kassa/domain/invoice"
	"kassa/domain/license"
	"kassa/domain/subscription"
	"kassa/projections"
)

// What a request would come to is told in words only: an entry's quantity is
// what holds, and nothing holds before it is paid. The transaction of a refund
// is that of the fact which it is owed for, so that a bill counts it once.

func seatLines() projections.Handlers {
	return projections.Hears(
		line(func(e subscription.SeatAdditionRequested) description {
			return description{money: &e.Charge, summary: fmt.Sprintf("%s more asked for, %s for %d of %d days.", licences(e.Delta), text(e.Charge), e.Days, e.OfDays)}
		}),
		line(func(e subscription.SeatAdditionRefused) description {
			return description{code: e.Code, summary: fmt.Sprintf("%s more refused by %s: %s.", licences(e.Delta), e.Rule, e.Code)}
		}),
		line(func(e subscription.SeatAdditionDeclined) description {
			return description{code: e.Code, summary: "Payment for more licences declined: " + e.Code + "."}
		}),
		line(func(e subscription.SeatsAdded) description {
			return description{transaction: "Add quantity", quantity: &e.Quantity, money: &e.Charge,
				summary: fmt.Sprintf("%s added for %s, %d of %d days.", licences(e.Delta), text(e.Charge), e.Days, e.OfDays)}
		}),
		line(func(e subscription.SeatsRemoved) description {
			return description{transaction: "Remove quantity", quantity: &e.Quantity, money: &e.Refund,
				summary: fmt.Sprintf("%s removed, %s to be refunded.", licences(e.Delta), text(e.Refund))}
		}),
		line(func(e subscription.SeatReductionScheduled) description {
			return description{summary: fmt.Sprintf("The next term will begin on %s with %s.", date(e.EffectiveAt), licences(e.Quantity))}
		}),
		line(func(e subscription.ScheduledChangeCancelled) description {
			return description{summary: fmt.Sprintf("The change planned for the next term was dropped, cause: %s.", e.Cause)}
		}),
	)
}

func termLines() projections.Handlers {
	return projections.Hears(
		line(func(e subscription.RecurringBillingTurnedOff) description {
			return description{summary: fmt.Sprintf("Recurring billing turned off; the term ends on %s.", date(e.EffectiveEnd))}
		}),
		line(func(e subscription.RecurringBillingTurnedOn) description {
			return description{summary: fmt.Sprintf("Recurring billing turned on; the next term begins on %s.", date(e.RenewsAt))}
		}),
		line(func(e subscription.PriceChangeAnnounced) description {
			return description{money: &e.UnitPrice, summary: fmt.Sprintf("From %s on a licence costs %s a term instead of %s.", date(e.EffectiveAt), text(e.UnitPrice), text(e.OldUnitPrice))}
		}),
		line(func(e subscription.RenewalPriceKept) description {
			return description{summary: fmt.Sprintf("The term from %s on costs no more than this one.", date(e.EffectiveAt))}
		}),
		line(func(e subscription.RenewalRequested) description {
			return description{money: &e.Charge, summary: fmt.Sprintf("Term %d asked for: %s.", e.Number, period(e.Period))}
		}),
		line(func(e subscription.RenewalDeclined) description {
			return description{code: e.Code, summary: fmt.Sprintf("Payment for term %d declined: %s.", e.Number, e.Code)}
		}),
		line(func(e subscription.Renewed) description {
			return description{transaction: "Renew", quantity: &e.Quantity, money: &e.Charge, summary: fmt.Sprintf("Renewed for term %d: %s.", e.Number, period(e.Period))}
		}),
		line(func(e subscription.InstalmentRequested) description {
			return description{money: &e.Charge, summary: fmt.Sprintf("Payment %d of term %d asked for: %s.", e.Payment, e.Number, period(e.Period))}
		}),
		line(func(e subscription.InstalmentDeclined) description {
			return description{code: e.Code, summary: fmt.Sprintf("Payment %d of term %d declined: %s.", e.Payment, e.Number, e.Code)}
		}),
		line(func(e subscription.InstalmentPaid) description {
			return description{transaction: string(invoice.MonthlyPayment), quantity: &e.Quantity, money: &e.Charge,
				summary: fmt.Sprintf("Payment %d of term %d made: %s.", e.Payment, e.Number, period(e.Period))}
		}),
		line(func(e subscription.ReactivationRequested) description {
			return description{money: &e.Charge, summary: "Reactivation asked for: " + period(e.Period) + "."}
		}),
		line(func(e subscription.ReactivationRefused) description {
			return description{code: e.Code, summary: fmt.Sprintf("Reactivation refused by %s: %s.", e.Rule, e.Code)}
		}),
		line(func(e subscription.ReactivationDeclined) description {
			return description{code: e.Code, summary: "Payment for the reactivation declined: " + e.Code + "."}
		}),
		line(func(e subscription.Reactivated) description {
			return description{transaction: "Re-enable", quantity: &e.Quantity, money: &e.Charge, summary: "Reactivated: " + period(e.Period) + "."}
		}),
	)
}

func trialLines() projections.Handlers {
	return projections.Hears(
		line(func(e subscription.TrialStarted) description {
			then := "it ends by itself"
			if e.NeedsPaymentMethod {
				then = "then it becomes paid"
			}
			return description{summary: fmt.Sprintf("Trial until %s, %s; %s a licence and term from there on.", date(e.End), then, text(e.UnitPrice))}
		}),
		line(func(e subscription.TrialExtended) description {
			return description{transaction: "Trial extended", summary: fmt.Sprintf("Trial extended from %s to %s.", date(e.Previous), date(e.End))}
		}),
		line(func(e subscription.ConversionRequested) description {
			return description{money: &e.Charge, summary: "Conversion of the trial asked for: " + period(e.Period) + "."}
		}),
		line(func(e subscription.ConversionRefused) description {
			return description{code: e.Code, summary: fmt.Sprintf("Conversion of the trial refused by %s: %s.", e.Rule, e.Code)}
		}),
		line(func(e subscription.ConversionDeclined) description {
			return description{code: e.Code, summary: "Payment for the conversion declined: " + e.Code + "."}
		}),
		line(func(e subscription.TrialConverted) description {
			return description{transaction: "Convert", quantity: &e.Quantity, money: &e.Charge, summary: "Trial converted: " + period(e.Period) + "."}
		}),
		line(func(e subscription.TrialEnded) description {
			return description{summary: fmt.Sprintf("Trial ended, cause: %s.", e.Cause)}
		}),
	)
}

func endLines() projections.Handlers {
	return projections.Hears(
		line(func(e subscription.Cancelled) description {
			return description{transaction: "Cancel", code: string(e.Reason), money: &e.Refund,
				summary: fmt.Sprintf("Cancelled by the %s, reason: %s; %s to be refunded.", e.By, e.Reason, text(e.Refund))}
		}),
		line(func(e subscription.ControlTaken) description {
			return description{code: string(e.Reason), summary: fmt.Sprintf("An administrator took control, to %s, reason: %s.", toDo[e.Option], e.Reason)}
		}),
		line(func(e license.MovedTo) description {
			return description{subscription: e.From, person: e.Assignee, summary: fmt.Sprintf("A user was moved to subscription %s.", e.To)}
		}),
		line(func(subscription.MoveGivenUp) description {
			return description{summary: "Whoever has not been moved loses their licence."}
		}),
		line(func(e subscription.Credited) description {
			return description{transaction: "Credit", code: string(e.Reason), money: &e.Amount,
				summary: fmt.Sprintf("Support gives %s back, reason: %s.", text(e.Amount), e.Reason)}
		}),
		line(func(e subscription.RefundIssued) description {
			return description{money: &e.Amount, summary: fmt.Sprintf("%s refunded, reference %s.", text(e.Amount), e.Reference)}
		}),
		line(func(e subscription.RefundFailed) description {
			return description{code: e.Code, money: &e.Amount, summary: fmt.Sprintf("%s could not be refunded to the card: %s. It is paid back by other means.", text(e.Amount), e.Code)}
		}),
		line(func(e subscription.Expired) description {
			return description{summary: fmt.Sprintf("Expired, cause: %s; everything works until %s.", e.Cause, date(e.NextAt))}
		}),
		line(func(e subscription.DunningStarted) description {
			return description{code: e.Code, summary: fmt.Sprintf("%s is not paid: %s dunning, next on %s; disabled on %s.", unpaid(e.Number, e.Payment), e.Kind, date(e.NextAt), date(e.DisabledAt))}
		}),
		line(func(e subscription.DunningStepReached) description {
			return description{summary: fmt.Sprintf("Still not paid after: %s; next on %s.", e.Step, date(e.NextAt))}
		}),
		line(func(e subscription.Suspended) description {
			return description{code: string(e.Cause), summary: "Suspended: nobody has access before it is paid."}
		}),
		line(func(subscription.Resumed) description { return description{summary: "Resumed: it is paid."} }),
		line(func(e subscription.ChargedBack) description {
			return description{transaction: "Chargeback", code: e.Reason, money: &e.Amount, summary: fmt.Sprintf("The bank took %s back: %s.", text(e.Amount), e.Reason)}
		}),
		line(func(e subscription.Disabled) description {
			return description{summary: fmt.Sprintf("Disabled, cause: %s; the data is kept until %s.", e.Cause, date(e.NextAt))}
		}),
		line(func(e subscription.Deleted) description {
			return description{summary: fmt.Sprintf("Deleted, cause: %s.", e.Cause)}
		}),
	)
}

func unpaid(term, payment int) string {
	if payment == 0 {
		return fmt.Sprintf("Term %d", term)
	}
	return fmt.Sprintf("Payment %d of term %d", payment, term)
}

// toDo says what an administrator took control for.
var toDo = map[subscription.TakeoverOption]string{
	subscription.TakeoverMove:   "move its users to another subscription",
	subscription.TakeoverCancel: "cancel it",
}

func period(p subscription.Period) string {
	if p.Paid().Before(p.End) {
		return fmt.Sprintf("%s from %s to %s, the first payment, to %s, for %s", licences(p.Quantity), date(p.Start), date(p.End), date(p.Paid()), text(p.Charge))
	}
	return fmt.Sprintf("%s from %s to %s for %s", licences(p.Quantity), date(p.Start), date(p.End), text(p.Charge))
}

func date(t time.Time) string { return t.UTC().Format(time.DateOnly) }
