package paymentmethod

import (
	"slices"
	"time"

	"kassa/domain"
)

// State is every card that a person has or had, in the order in which they were
// added.
type State struct {
	Cards   []Card
	Default domain.PaymentMethodID // empty: there is no card
}

// Card is one of them.
type Card struct {
	ID domain.PaymentMethodID
	domain.Card
	Country string // of its bills; empty: nobody said
	Status  Status
	By      domain.PaymentMethodID // what replaced it
	Expired bool                   // a fact says so
}

// Status is where a card stands.
type Status string

// Statuses.
const (
	Listed   Status = "listed"
	Replaced Status = "replaced"
	Removed  Status = "removed"
)

// Usable says whether a card may be charged with something new.
func (c Card) Usable(at time.Time) bool {
	return c.Status == Listed && !c.Expired && !c.Card.Expired(at)
}

// Find is the card by its id, gone ones included.
func (s State) Find(id domain.PaymentMethodID) (Card, bool) {
	i := s.index(id)
	if i < 0 {
		return Card{}, false
	}
	return s.Cards[i], true
}

// Known is the card on the list that a gateway's token stands for.
func (s State) Known(token string) (Card, bool) {
	for _, c := range s.Cards {
		if c.Status == Listed && c.Token == token {
			return c, true
		}
	}
	return Card{}, false
}

// Choose is one of the person's cards, to be charged at an instant.
func (s State) Choose(id domain.PaymentMethodID, at time.Time) (Card, error) {
	c, err := s.listed(id)
	if err == nil && !c.Usable(at) {
		err = ErrExpired
	}
	return c, err
}

// StandIn is what pays in the place of a card that is gone: what replaced it, or
// else the default. There is none where the person has no card.
func (s State) StandIn(gone domain.PaymentMethodID) (Card, bool) {
	c, ok := s.Find(gone)
	for ok && c.Status == Replaced {
		c, ok = s.Find(c.By)
	}
	if ok && c.Status == Removed {
		c, ok = s.Find(s.Default)
	}
	return c, ok
}

// listed refuses what is not on the person's list. What is another's cannot be
// told from what never was.
func (s State) listed(id domain.PaymentMethodID) (Card, error) {
	c, ok := s.Find(id)
	switch {
	case !ok:
		return c, ErrAnother
	case c.Status != Listed:
		return c, ErrGone
	}
	return c, nil
}

func (s State) index(id domain.PaymentMethodID) int {
	return slices.IndexFunc(s.Cards, func(c Card) bool { return c.ID == id })
}

// with is the state once a card is changed.
func (s State) with(id domain.PaymentMethodID, change func(*Card)) State {
	s.Cards = slices.Clone(s.Cards)
	if i := s.index(id); i >= 0 {
		change(&s.Cards[i])
	}
	return s
}

func (s State) without(id domain.PaymentMethodID, change func(*Card)) State {
	if s.Default == id {
		s.Default = ""
	}
	return s.with(id, change)
}

func (e CardAdded) evolve(s State) State {
	s.Cards = append(slices.Clip(s.Cards), Card{
		ID: e.Card, Country: e.Country, Status: Listed,
		Card: domain.Card{Token: e.Token, Brand: e.Brand, Last4: e.Last4, ExpMonth: e.ExpMonth, ExpYear: e.ExpYear},
	})
	return s
}

func (e CardDetailsChanged) evolve(s State) State {
	return s.with(e.Card, func(c *Card) {
		c.ExpMonth, c.ExpYear, c.Country, c.Expired = e.ExpMonth, e.ExpYear, e.Country, false
	})
}

func (e CardSetAsDefault) evolve(s State) State { s.Default = e.Card; return s }

func (e CardExpired) evolve(s State) State {
	return s.with(e.Card, func(c *Card) { c.Expired = true })
}

func (e CardReplaced) evolve(s State) State {
	return s.without(e.Card, func(c *Card) { c.Status, c.By = Replaced, e.By })
}

func (e CardRemoved) evolve(s State) State {
	return s.without(e.Card, func(c *Card) { c.Status = Removed })
}
