package mail

import (
	"context"
	"fmt"
	"time"

	"kassa/domain"
	"kassa/domain/cancelreq"
	"kassa/domain/invoice"
	"kassa/domain/licreq"
	"kassa/domain/paymentmethod"
	"kassa/domain/subscription"
	"kassa/eventstore"
	"kassa/projections/views"
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
	case paymentmethod.CardExpired:
		if len(e.Renewing) > 0 { // one stands for all that it pays for
			s.subscription = e.Renewing[0]
		}
	case licreq.Requested:
		s.product = e.Product
	}
}
