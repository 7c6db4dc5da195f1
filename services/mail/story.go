package mail

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"kassa/domain"
	"kassa/domain/cancelreq"
	"kassa/domain/invoice"
	"kassa/domain/licreq"
	"kassa/domain/subscription"
	"kassa/eventstore"
	"kassa/projections/views"
	"kassa/services/document"
)

// story is a fact that is told, and what was known of its subject by then.
type story struct {
	told         eventstore.Fact
	subscription domain.SubscriptionID
	product      domain.ProductID
	order        string
	payBefore    time.Time      // of a term that is dunned
	payment      bool           // a trial becomes paid by itself
	then         domain.Money   // what a seat and term cost after it
	bill         invoice.Issued // zero: it is not about one
}

// read hears the stream of a fact up to it, and of its subscription what was
// bought.
func (m *Manager) read(ctx context.Context, n views.Mail) (s story, err error) {
	found := false
	err = m.each(ctx, n.Stream, func(f eventstore.Fact) bool {
		s.hear(f.Event)
		if f.ID.String() == n.Fact {
			s.told, found = f, true
		}
		return found
	})
	if err == nil && !found {
		err = fmt.Errorf("stream %s does not hold the fact that the view of notices heard", n.Stream)
	}
	if err != nil || s.product != "" || s.subscription == "" {
		return s, err
	}
	return s, m.each(ctx, subscription.Stream(s.subscription), func(f eventstore.Fact) bool {
		s.hear(f.Event)
		return true // the first says it
	})
}

func (m *Manager) each(ctx context.Context, stream string, enough func(eventstore.Fact) bool) error {
	records, err := m.Facts.Read(ctx, stream)
	if err != nil {
		return err
	}
	for _, r := range records {
		f, err := m.Codec.Decode(r)
		if err != nil || enough(f) {
			return err
		}
	}
	return nil
}

func (s *story) hear(e domain.Event) {
	switch e := e.(type) {
	case subscription.Provisioned:
		s.product, s.order = e.Product, e.OrderNumber
	case subscription.TrialStarted:
		s.payment, s.then = e.NeedsPaymentMethod, e.UnitPrice
	case subscription.DunningStarted:
		s.payBefore = e.DisabledAt
	case invoice.Issued:
		s.bill, s.order, s.product = e, e.OrderNumber, e.Lines[0].Product
	case cancelreq.CancellationRequested:
		s.subscription = e.Subscription
	case licreq.Requested:
		s.product = e.Product
	}
}

// row is one thing that a mail shows beside its sentences.
type row struct{ Label, Value string }

// rows are what there is to show of a fact, in a language. Amounts and dates are
// those that it states.
func (s story) rows(product, language string) (rows []row) {
	w := wordsOf(language)
	show := func(label, value string) {
		if value != "" {
			rows = append(rows, row{label, value})
		}
	}
	money := func(label string, m domain.Money) {
		if m.Minor != 0 {
			show(label, document.Money(m, language))
		}
	}
	day := func(label string, t time.Time) { show(label, document.Day(t)) }
	trial := func() {
		show(w.payment, w.yesNo(s.payment))
		money(w.then, s.then)
	}
	show(w.product, product)
	show(w.order, s.order)
	switch e := s.told.Event.(type) {
	case invoice.Paid:
		line := s.bill.Lines[0]
		show(w.what, document.Transaction(line.Transaction, language))
		if line.Quantity != 0 {
			show(w.seats, strconv.FormatInt(max(line.Quantity, -line.Quantity), 10))
		}
		if line.To.After(line.From) {
			show(w.period, document.Day(line.From)+" – "+document.Day(line.To.AddDate(0, 0, -1)))
		}
		if s.bill.Kind == invoice.CreditNote {
			show(w.creditNote, s.bill.Number)
			money(w.paidBack, domain.Money{Minor: -e.Amount.Minor, Currency: e.Amount.Currency})
			break
		}
		show(w.bill, s.bill.Number)
		money(w.paid, e.Amount)
		money(w.tax, s.bill.Tax)
	case subscription.DunningStarted, subscription.DunningStepReached, subscription.Suspended:
		day(w.payBefore, s.payBefore)
	case subscription.ChargedBack:
		money(w.takenBack, e.Amount)
	case subscription.RefundFailed:
		money(w.owed, e.Amount)
	case subscription.Credited:
		money(w.owed, e.Amount)
	case subscription.Cancelled:
		money(w.owed, e.Refund)
	case subscription.RecurringBillingTurnedOff:
		day(w.ends, e.EffectiveEnd)
	case subscription.TrialStarted:
		day(w.trialEnds, e.End)
		trial()
	case subscription.TrialExtended:
		day(w.trialEnds, e.End)
		trial()
	case subscription.TrialConverted:
		money(w.price, e.Charge)
		day(w.cancelBefore, e.CancellationUntil)
	case cancelreq.CancellationRequested:
		day(w.answerBefore, e.ExpiresAt)
	}
	return rows
}
