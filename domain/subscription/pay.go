package subscription

import "time"

// Pay asks once more for the term, or the payment of one, that was not made,
// usually with another card (R30): the same days at the same price, so whoever
// pays late gets what they would have had. It is possible while everything still
// works.
type Pay struct {
	Payment ChangeID
	At      time.Time
}

func (c Pay) decide(s State) ([]Event, error) {
	switch {
	case s.Subscription == "":
		return nil, ErrUnknown
	case c.Payment == "":
		return nil, ErrRequest
	case s.askedAgain(c.Payment):
		return nil, nil
	case s.Takeover.ID != "":
		return nil, ErrControlTaken
	case s.Pending.Kind != "":
		return nil, ErrChargePending
	case s.unpaid.Number == 0 || !s.payable(c.At):
		return nil, ErrNothingToPay
	case s.Taken > s.unpaid.Quantity:
		return nil, ErrSeatsAssigned
	}
	return s.ask(s.again(c.Payment), c.At), nil
}
