package mail

import (
	"strconv"
	"time"

	"kassa/domain"
	"kassa/domain/cancelreq"
	"kassa/domain/invoice"
	"kassa/domain/subscription"
	"kassa/services/document"
)

// row is one thing that a mail shows beside its sentences.
type row struct{ Label, Value string }

// sheet is what a mail shows, in one language. Amounts and dates are those that
// the fact states.
type sheet struct {
	words
	rows []row
}

func (s *sheet) show(label, value string) {
	if value != "" {
		s.rows = append(s.rows, row{label, value})
	}
}

func (s *sheet) money(label string, m domain.Money) {
	if m.Minor != 0 {
		s.show(label, document.Money(m, s.language))
	}
}

func (s *sheet) day(label string, t time.Time) { s.show(label, document.Day(t)) }

// rows are what there is to show of a story.
func (s story) rows(product, language string) []row {
	out := &sheet{words: wordsOf(language)}
	out.show(out.product, product)
	out.show(out.order, s.order)
	switch e := s.told.Event.(type) {
	case invoice.Paid:
		out.bill(s.bill, e)
	case subscription.DunningStarted, subscription.DunningStepReached, subscription.Suspended:
		out.day(out.payBefore, s.payBefore)
	case subscription.ChargedBack:
		out.money(out.takenBack, e.Amount)
	case subscription.RefundFailed:
		out.money(out.owed, e.Amount)
	case subscription.Credited:
		out.money(out.owed, e.Amount)
	case subscription.Cancelled:
		out.money(out.owed, e.Refund)
	case subscription.RecurringBillingTurnedOff:
		out.day(out.ends, e.EffectiveEnd)
	case subscription.TrialStarted:
		out.trial(e.End, s)
	case subscription.TrialExtended:
		out.trial(e.End, s)
	case subscription.PriceChangeAnnounced:
		out.money(out.priceNow, e.OldUnitPrice)
		out.money(out.priceThen, e.UnitPrice)
		out.day(out.renews, e.EffectiveAt)
	case subscription.TrialConverted:
		out.money(out.price, e.Charge)
		out.day(out.cancelBefore, e.CancellationUntil)
	case cancelreq.CancellationRequested:
		out.day(out.answerBefore, e.ExpiresAt)
	}
	return out.rows
}

// bill is what was paid, or paid back, and for what.
func (s *sheet) bill(b invoice.Issued, paid invoice.Paid) {
	line := b.Lines[0]
	s.show(s.what, document.Transaction(line.Transaction, s.language))
	if line.Quantity != 0 {
		s.show(s.seats, strconv.FormatInt(max(line.Quantity, -line.Quantity), 10))
	}
	if line.To.After(line.From) {
		s.show(s.period, document.Day(line.From)+" – "+document.Day(line.To.AddDate(0, 0, -1)))
	}
	if b.Kind == invoice.CreditNote {
		s.show(s.creditNote, b.Number)
		s.money(s.paidBack, domain.Money{Minor: -paid.Amount.Minor, Currency: paid.Amount.Currency})
		return
	}
	s.show(s.invoice, b.Number)
	s.money(s.paid, paid.Amount)
	s.money(s.tax, b.Tax)
}

// trial is how one ends.
func (s *sheet) trial(end time.Time, told story) {
	s.day(s.trialEnds, end)
	s.show(s.payment, s.yesNo(told.payment))
	s.money(s.then, told.then)
}
