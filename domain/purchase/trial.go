package purchase

import (
	"time"

	"kassa/domain"
)

// Trial is what a buyer asks for who wants to try first.
type Trial struct {
	Asked              bool
	NeedsPaymentMethod bool  // it becomes paid by itself when it ends
	Days               int64 // that it lasts
}

func (t Trial) kind() domain.PurchaseKind {
	if t.Asked {
		return domain.Trial
	}
	return "" // paid
}

// quoted makes an offer to buy one to try: nothing is to be paid now, and what
// was to be is what each term costs after a conversion.
func (t Trial) quoted(q QuoteIssued) QuoteIssued {
	if !t.Asked {
		return q
	}
	free := domain.Money{Currency: q.Total.Currency}
	q.Trial = TrialQuote{Days: t.Days, UnitPrice: q.UnitPrice, Total: q.Total, Tax: q.split()}
	q.TaxRule = domain.TaxRule{} // of what is to be paid now
	q.UnitPrice, q.Net, q.Tax, q.Total = free, free, free, free
	return q
}

// BeginTrial ends the order of a trial: it begins, or by then the person has
// tried the product in another order.
type BeginTrial struct {
	Verdict domain.Verdict
	At      time.Time
}

func (c BeginTrial) decide(s State) ([]Event, error) {
	switch {
	case s.Purchase == "":
		return nil, ErrUnknown
	case s.Kind == domain.Trial && (s.Status == StatusCompleted || s.Status == StatusRefused):
		return nil, nil
	case s.Kind != domain.Trial || s.Status != StatusSubmitted:
		return nil, ErrUnexpected
	case len(c.Verdict.Checks) == 0:
		return nil, ErrNoVerdict
	}
	if failed, refused := c.Verdict.Refusal(); refused {
		return []Event{refusal(AtSubmit, failed, c.Verdict, c.At)}, nil
	}
	return []Event{completed(s, s.Subscription, c.At)}, nil
}
