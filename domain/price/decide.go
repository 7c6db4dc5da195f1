package price

import "kassa/domain"

// Command is sealed; each command carries its own rule.
type Command interface{ decide(State) ([]Event, error) }

// Refusals this aggregate can give.
var (
	ErrUnknown  = &domain.Error{Kind: domain.NotFound, Code: "price_unknown", Message: "This product has never had a price in this channel and market. Publish one first."}
	ErrNegative = &domain.Error{Kind: domain.Invalid, Code: "price_negative", Message: "A price cannot be less than nothing. Give zero or more."}
)

// Publish states a price from an instant on.
type Publish Published

func (c Publish) decide(s State) ([]Event, error) {
	switch {
	case !c.Channel.Known():
		return nil, domain.ErrChannelUnknown
	case !domain.KnownMarket(c.Market):
		return nil, domain.ErrMarketUnknown
	case !domain.KnownCurrency(c.Amount.Currency):
		return nil, domain.ErrCurrencyUnknown
	case c.Amount.Minor < 0:
		return nil, ErrNegative
	case !c.Term.Known():
		return nil, domain.ErrTermUnknown
	case c.Term.Payments(c.Frequency) == 0:
		return nil, domain.ErrFrequencyUnknown
	case c.ValidFrom.IsZero():
		return nil, domain.ErrFromMissing
	}
	held, _ := s.inForce(c.ValidFrom)
	if held.from.Equal(c.ValidFrom) && held.price.Amount == c.Amount && held.price.Term == c.Term && held.price.Frequency == c.Frequency {
		return nil, nil
	}
	return []Event{Published(c)}, nil
}

// Withdraw ends the offer from an instant on.
type Withdraw Withdrawn

func (c Withdraw) decide(s State) ([]Event, error) {
	switch {
	case len(s.entries) == 0:
		return nil, ErrUnknown
	case c.From.IsZero():
		return nil, domain.ErrFromMissing
	}
	held, _ := s.inForce(c.From)
	if held.from.Equal(c.From) && held.price == (Published{}) {
		return nil, nil
	}
	return []Event{Withdrawn(c)}, nil
}
