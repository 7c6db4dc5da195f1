package purchase

import (
	"strings"

	"kassa/domain"
)

// ReplaceCard puts another card on file: what the subscription of a completed
// purchase costs from now on is charged to it (R31).
type ReplaceCard struct {
	Card domain.Card
}

func (c ReplaceCard) decide(s State) ([]Event, error) {
	switch {
	case s.Purchase == "":
		return nil, ErrUnknown
	case s.Channel == domain.Central:
		return nil, ErrPaymentKind
	case s.Status != StatusCompleted:
		return nil, ErrNotCompleted
	case !chargeable(c.Card):
		return nil, ErrCard
	case s.Card == c.Card:
		return nil, nil
	}
	return []Event{attached(c.Card)}, nil
}

func attached(c domain.Card) PaymentMethodAttached {
	return PaymentMethodAttached{Kind: CreditCard, Token: c.Token, Brand: c.Brand, Last4: c.Last4, ExpMonth: c.ExpMonth, ExpYear: c.ExpYear}
}

func chargeable(c domain.Card) bool {
	return c.Token != "" && !isCardNumber(c.Token) && len(c.Last4) <= 4
}

// isCardNumber keeps a card's number out of history should a client send one
// in place of a token.
func isCardNumber(token string) bool {
	digits := strings.Trim(token, "0123456789 -") == ""
	return digits && len(token) >= 12
}
