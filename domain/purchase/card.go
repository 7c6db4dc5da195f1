package purchase

import "kassa/domain"

// ReplaceCard puts another card on file: what the subscription of a completed
// purchase costs from now on is charged to it (R31).
type ReplaceCard struct {
	Card domain.Card
	Anew bool // though it is on file: its owner removed it since, and gives it again
}

func (c ReplaceCard) decide(s State) ([]Event, error) {
	switch {
	case s.Purchase == "":
		return nil, ErrUnknown
	case s.Channel == domain.Central:
		return nil, ErrPaymentKind
	case s.Status != StatusCompleted:
		return nil, ErrNotCompleted
	case !c.Card.Chargeable():
		return nil, domain.ErrCard
	case s.Card == c.Card && !c.Anew:
		return nil, nil
	}
	return []Event{attached(c.Card)}, nil
}

func attached(c domain.Card) PaymentMethodAttached {
	return PaymentMethodAttached{Kind: CreditCard, Token: c.Token, Brand: c.Brand, Last4: c.Last4, ExpMonth: c.ExpMonth, ExpYear: c.ExpYear}
}
