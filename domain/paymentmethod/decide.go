package paymentmethod

import (
	"cmp"
	"slices"
	"time"

	"kassa/domain"
)

// Refusals this aggregate can give.
var (
	ErrAnother = &domain.Error{Kind: domain.Forbidden, Code: "card_of_another", Message: "This is none of your cards. List yours, or add this one first."}
	ErrGone    = &domain.Error{Kind: domain.Conflict, Code: "card_removed", Message: "This card was removed or replaced, so nothing is charged to it. Choose another, or add it again."}
	ErrExpired = &domain.Error{Kind: domain.Payment, Code: "saved_card_expired", Message: "This card has expired and nothing was charged. Choose another, or say until when the new one of the same number is good."}
	ErrOnly    = domain.Refuse("card_only_one", "This is the only card that can pay for what you still subscribe to. Add another first, replace it, or turn recurring billing off.")
	ErrExpiry  = &domain.Error{Kind: domain.Invalid, Code: "card_expiry_invalid", Message: "Give the month, from 1 to 12, and the year, with four digits, until which the card is good; it must not be over."}
	ErrRequest = &domain.Error{Kind: domain.Internal, Code: "card_request_malformed", Message: "A card needs an id and whose it is. Contact support."}
)

// Command is sealed; each command carries its own rule.
type Command interface{ decide(State) ([]Event, error) }

// Add puts a card on the list. One that is there already is only brought up to
// date. The first card that can be charged is the default.
type Add struct {
	ID      domain.PaymentMethodID
	Tenant  domain.TenantID
	Person  domain.PersonID
	Card    domain.Card // as the gateway tells it
	Country string      // of its bills; empty: nobody says
	Default bool        // it shall pay where none is named
	At      time.Time
}

func (c Add) decide(s State) ([]Event, error) {
	switch {
	case c.ID == "", c.Tenant == "", c.Person == "":
		return nil, ErrRequest
	case !c.Card.Chargeable():
		return nil, domain.ErrCard
	case c.Card.Expired(c.At):
		return nil, ErrExpired
	case c.Country != "" && !domain.KnownMarket(c.Country):
		return nil, domain.ErrMarketUnknown
	}
	id, events := c.ID, []Event(nil)
	if known, ok := s.Known(c.Card.Token); ok {
		id = known.ID
		events = known.changed(c.Card.ExpMonth, c.Card.ExpYear, cmp.Or(c.Country, known.Country), c.At)
	} else {
		events = []Event{c.added()}
	}
	if c.Default && s.Default != id {
		events = append(events, CardSetAsDefault{Card: id, At: c.At})
	}
	return s.led(c.At, events), nil
}

func (c Add) added() CardAdded {
	return CardAdded{
		Card: c.ID, Tenant: c.Tenant, Person: c.Person, Kind: CreditCard, Token: c.Card.Token, Brand: c.Card.Brand, Last4: c.Card.Last4,
		ExpMonth: c.Card.ExpMonth, ExpYear: c.Card.ExpYear, Country: c.Country, At: c.At,
	}
}

// changed says what is new about a card, if anything.
func (c Card) changed(month, year int, country string, at time.Time) []Event {
	if c.ExpMonth == month && c.ExpYear == year && c.Country == country {
		return nil
	}
	return []Event{CardDetailsChanged{Card: c.ID, ExpMonth: month, ExpYear: year, Country: country, At: at}}
}

// ChangeDetails says what else has changed about a card than its number.
type ChangeDetails struct {
	Card              domain.PaymentMethodID
	ExpMonth, ExpYear int    // both, or neither: as they were
	Country           string // empty: as it was
	At                time.Time
}

func (c ChangeDetails) decide(s State) ([]Event, error) {
	card, err := s.listed(c.Card)
	if err != nil {
		return nil, err
	}
	month, year := cmp.Or(c.ExpMonth, card.ExpMonth), cmp.Or(c.ExpYear, card.ExpYear)
	switch said := c.ExpMonth != 0 || c.ExpYear != 0; {
	case said && (month < 1 || month > 12 || year < 1000 || year > 9999),
		said && domain.Card{ExpMonth: month, ExpYear: year}.Expired(c.At):
		return nil, ErrExpiry
	case c.Country != "" && !domain.KnownMarket(c.Country):
		return nil, domain.ErrMarketUnknown
	}
	return s.led(c.At, card.changed(month, year, cmp.Or(c.Country, card.Country), c.At)), nil
}

// SetDefault chooses the card that pays where none is named.
type SetDefault struct {
	Card domain.PaymentMethodID
	At   time.Time
}

func (c SetDefault) decide(s State) ([]Event, error) {
	card, err := s.Choose(c.Card, c.At)
	if err != nil || s.Default == card.ID {
		return nil, err
	}
	return []Event{CardSetAsDefault{Card: card.ID, At: c.At}}, nil
}

// Expire says that a card's month is over.
type Expire struct {
	Card     domain.PaymentMethodID
	Renewing []domain.SubscriptionID // that it pays for, and that will be charged again
	At       time.Time               // when that was
}

func (c Expire) decide(s State) ([]Event, error) {
	card, err := s.listed(c.Card)
	if err != nil || card.Expired || !card.Card.Expired(c.At) {
		return nil, nil // it is gone, or good for longer
	}
	return s.led(c.At, []Event{CardExpired{
		Card: card.ID, ExpMonth: card.ExpMonth, ExpYear: card.ExpYear, Renewing: c.Renewing, At: card.ExpiresAt(),
	}}), nil
}

// Replace has one card take another's place, wherever it pays (R31).
type Replace struct {
	Card domain.PaymentMethodID
	By   domain.PaymentMethodID // on the list; or new, and then it is what New says
	New  Add                    // zero: By is on the list
	At   time.Time
}

func (c Replace) decide(s State) ([]Event, error) {
	by, added := c.By, []Event(nil)
	if c.New.ID != "" {
		var err error
		if added, err = c.New.decide(s); err != nil {
			return nil, err
		}
		known, _ := Decider.Fold(s, added...).Known(c.New.Card.Token)
		by = known.ID
	}
	old, err := s.listed(c.Card)
	if old.Status == Replaced && old.By == by {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	after := Decider.Fold(s, added...)
	if _, err := after.Choose(by, c.At); err != nil || by == old.ID {
		return added, err
	}
	events := append(added, CardReplaced{Card: old.ID, By: by, At: c.At})
	if after.Default == old.ID {
		events = append(events, CardSetAsDefault{Card: by, At: c.At})
	}
	return events, nil
}

// Remove takes a card off the list.
type Remove struct {
	Card   domain.PaymentMethodID
	Renews bool // something that the person pays for will be charged again
	At     time.Time
}

func (c Remove) decide(s State) ([]Event, error) {
	card, ok := s.Find(c.Card)
	switch {
	case !ok:
		return nil, ErrAnother
	case card.Status != Listed:
		return nil, nil
	}
	others := slices.ContainsFunc(s.Cards, func(o Card) bool { return o.ID != card.ID && o.Usable(c.At) })
	if c.Renews && !others {
		return nil, ErrOnly
	}
	return s.led(c.At, []Event{CardRemoved{Card: card.ID, At: c.At}}), nil
}

// led are events, and who is the default after them where the one before can
// pay no more: the newest card that can, or else the newest.
func (s State) led(at time.Time, events []Event) []Event {
	after := Decider.Fold(s, events...)
	if c, ok := after.Find(after.Default); ok && c.Usable(at) || len(events) == 0 {
		return events
	}
	next := Card{}
	for _, c := range slices.Backward(after.Cards) {
		if c.Usable(at) {
			next = c
			break
		}
		if next.ID == "" && c.Status == Listed {
			next = c
		}
	}
	if next.ID == "" || !next.Usable(at) && after.Default != "" {
		return events
	}
	return append(events, CardSetAsDefault{Card: next.ID, At: at})
}
