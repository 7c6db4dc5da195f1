package paymentmethod_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"kassa/domain"
	"kassa/domain/domaintest"
	"kassa/domain/paymentmethod"
)

type (
	cases = []domaintest.Case[paymentmethod.Command, paymentmethod.Event]
	facts = []paymentmethod.Event
)

var (
	noon   = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	visa   = domain.Card{Token: "tok_visa", Brand: "visa", Last4: "4242", ExpMonth: 12, ExpYear: 2034}
	master = domain.Card{Token: "tok_mastercard", Brand: "mastercard", Last4: "4444", ExpMonth: 8, ExpYear: 2033}
	soon   = domain.Card{Token: "tok_soon", Brand: "visa", Last4: "1881", ExpMonth: 3, ExpYear: 2026}
	april  = time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)

	one = facts{added("m1", visa), defaults("m1")}
	two = facts{added("m1", visa), defaults("m1"), added("m2", master)}
	old = facts{added("m1", soon), defaults("m1"), expired("m1")}
)

func added(id domain.PaymentMethodID, c domain.Card) paymentmethod.CardAdded {
	return paymentmethod.CardAdded{
		Card: id, Tenant: "t", Person: "ann", Kind: paymentmethod.CreditCard, Token: c.Token, Brand: c.Brand, Last4: c.Last4,
		ExpMonth: c.ExpMonth, ExpYear: c.ExpYear, At: noon,
	}
}

func defaults(id domain.PaymentMethodID) paymentmethod.CardSetAsDefault {
	return paymentmethod.CardSetAsDefault{Card: id, At: noon}
}

func expired(id domain.PaymentMethodID) paymentmethod.CardExpired {
	return paymentmethod.CardExpired{Card: id, ExpMonth: 3, ExpYear: 2026, At: april}
}

func add(id domain.PaymentMethodID, c domain.Card) paymentmethod.Add {
	return paymentmethod.Add{ID: id, Tenant: "t", Person: "ann", Card: c, At: noon}
}

func with[C any](c C, change func(*C)) C { change(&c); return c }

func TestAdd(t *testing.T) {
	domaintest.Run(t, paymentmethod.Decider, cases{
		{Name: "R13 the first card is the default", When: add("m1", visa), Then: one},
		{Name: "the second is not", Given: one, When: add("m2", master), Then: facts{added("m2", master)}},
		{Name: "unless it shall be", Given: one, When: with(add("m2", master), func(c *paymentmethod.Add) { c.Default = true }), Then: facts{added("m2", master), defaults("m2")}},
		{Name: "or the first can pay no more", Given: old, When: with(add("m2", master), func(c *paymentmethod.Add) { c.At = april }), Then: facts{
			with(added("m2", master), func(e *paymentmethod.CardAdded) { e.At = april }), paymentmethod.CardSetAsDefault{Card: "m2", At: april},
		}},
		{Name: "a card is on the list once", Given: one, When: add("m2", visa)},
		{Name: "and brought up to date", Given: one, When: with(add("m2", visa), func(c *paymentmethod.Add) { c.Card.ExpYear, c.Country = 2036, "SE" }), Then: facts{
			paymentmethod.CardDetailsChanged{Card: "m1", ExpMonth: 12, ExpYear: 2036, Country: "SE", At: noon},
		}},
		{Name: "one that was removed is added anew", Given: append(one, paymentmethod.CardRemoved{Card: "m1", At: noon}), When: add("m2", visa), Then: facts{added("m2", visa), defaults("m2")}},
		{Name: "R13 a number is no token", When: add("m1", domain.Card{Token: "4242 4242 4242 4242"}), Rejects: domain.ErrCard},
		{Name: "R13 nor is nothing", When: add("m1", domain.Card{}), Rejects: domain.ErrCard},
		{Name: "an expired card is none", When: with(add("m1", soon), func(c *paymentmethod.Add) { c.At = april }), Rejects: paymentmethod.ErrExpired},
		{Name: "a country has two letters", When: with(add("m1", visa), func(c *paymentmethod.Add) { c.Country = "Sweden" }), Rejects: domain.ErrMarketUnknown},
		{Name: "a card is somebody's", When: with(add("m1", visa), func(c *paymentmethod.Add) { c.Person = "" }), Rejects: paymentmethod.ErrRequest},
	})
}

func TestChangeDetailsAndDefault(t *testing.T) {
	change := paymentmethod.ChangeDetails{Card: "m1", ExpMonth: 1, ExpYear: 2035, Country: "SE", At: noon}
	domaintest.Run(t, paymentmethod.Decider, cases{
		{Name: "R31 a card is good for longer", Given: one, When: change, Then: facts{paymentmethod.CardDetailsChanged{Card: "m1", ExpMonth: 1, ExpYear: 2035, Country: "SE", At: noon}}},
		{Name: "what is not said stays", Given: one, When: paymentmethod.ChangeDetails{Card: "m1", Country: "NO", At: noon}, Then: facts{paymentmethod.CardDetailsChanged{Card: "m1", ExpMonth: 12, ExpYear: 2034, Country: "NO", At: noon}}},
		{Name: "nothing said is nothing", Given: one, When: paymentmethod.ChangeDetails{Card: "m1", At: noon}},
		{Name: "an expired card of which only the country is new", Given: old, When: paymentmethod.ChangeDetails{Card: "m1", Country: "NO", At: april.AddDate(0, 1, 0)}, Then: facts{paymentmethod.CardDetailsChanged{Card: "m1", ExpMonth: 3, ExpYear: 2026, Country: "NO", At: april.AddDate(0, 1, 0)}}},
		{Name: "no thirteenth month", Given: one, When: with(change, func(c *paymentmethod.ChangeDetails) { c.ExpMonth = 13 }), Rejects: paymentmethod.ErrExpiry},
		{Name: "no year of two digits", Given: one, When: with(change, func(c *paymentmethod.ChangeDetails) { c.ExpYear = 35 }), Rejects: paymentmethod.ErrExpiry},
		{Name: "none that is over", Given: one, When: with(change, func(c *paymentmethod.ChangeDetails) { c.ExpYear = 2026 }), Rejects: paymentmethod.ErrExpiry},
		{Name: "no country of three letters", Given: one, When: with(change, func(c *paymentmethod.ChangeDetails) { c.Country = "SWE" }), Rejects: domain.ErrMarketUnknown},
		{Name: "another's is unknown", Given: one, When: with(change, func(c *paymentmethod.ChangeDetails) { c.Card = "x" }), Rejects: paymentmethod.ErrAnother},
		{Name: "a removed one is gone", Given: append(one, paymentmethod.CardRemoved{Card: "m1"}), When: change, Rejects: paymentmethod.ErrGone},

		{Name: "another default", Given: two, When: paymentmethod.SetDefault{Card: "m2", At: noon}, Then: facts{defaults("m2")}},
		{Name: "which it is", Given: two, When: paymentmethod.SetDefault{Card: "m1", At: noon}},
		{Name: "none of another", Given: two, When: paymentmethod.SetDefault{Card: "x", At: noon}, Rejects: paymentmethod.ErrAnother},
		{Name: "nor one that expired", Given: append(two, added("m3", soon), expired("m3")), When: paymentmethod.SetDefault{Card: "m3", At: april}, Rejects: paymentmethod.ErrExpired},
		{Name: "though nobody has said so yet", Given: append(two, added("m3", soon)), When: paymentmethod.SetDefault{Card: "m3", At: april}, Rejects: paymentmethod.ErrExpired},
	})
}

func TestExpire(t *testing.T) {
	both := facts{added("m1", soon), defaults("m1"), added("m2", master)}
	domaintest.Run(t, paymentmethod.Decider, cases{
		{Name: "at the end of its month", Given: both[:2], When: paymentmethod.Expire{Card: "m1", Renewing: []domain.SubscriptionID{"s1"}, At: april}, Then: facts{
			paymentmethod.CardExpired{Card: "m1", ExpMonth: 3, ExpYear: 2026, Renewing: []domain.SubscriptionID{"s1"}, At: april},
		}},
		{Name: "another is the default then", Given: both, When: paymentmethod.Expire{Card: "m1", At: april}, Then: facts{expired("m1"), paymentmethod.CardSetAsDefault{Card: "m2", At: april}}},
		{Name: "not before", Given: both, When: paymentmethod.Expire{Card: "m1", At: april.Add(-1)}},
		{Name: "once", Given: append(both, expired("m1")), When: paymentmethod.Expire{Card: "m1", At: april}},
		{Name: "not when it is gone", Given: append(both, paymentmethod.CardRemoved{Card: "m1"}), When: paymentmethod.Expire{Card: "m1", At: april}},
		{Name: "nor when the bank sent a new one", Given: append(both, paymentmethod.CardDetailsChanged{Card: "m1", ExpMonth: 3, ExpYear: 2030}), When: paymentmethod.Expire{Card: "m1", At: april}},
	})
}

func TestReplace(t *testing.T) {
	by2 := paymentmethod.CardReplaced{Card: "m1", By: "m2", At: noon}
	domaintest.Run(t, paymentmethod.Decider, cases{
		{Name: "R31 by a new card, which is the default then", Given: one, When: paymentmethod.Replace{Card: "m1", New: add("m2", master), At: noon}, Then: facts{added("m2", master), by2, defaults("m2")}},
		{Name: "R31 by one on the list", Given: two, When: paymentmethod.Replace{Card: "m1", By: "m2", At: noon}, Then: facts{by2, defaults("m2")}},
		{Name: "by a token that is on the list", Given: two, When: paymentmethod.Replace{Card: "m1", New: add("m3", master), At: noon}, Then: facts{by2, defaults("m2")}},
		{Name: "the default stays where another is replaced", Given: two, When: paymentmethod.Replace{Card: "m2", By: "m1", At: noon}, Then: facts{paymentmethod.CardReplaced{Card: "m2", By: "m1", At: noon}}},
		{Name: "by itself is nothing", Given: one, When: paymentmethod.Replace{Card: "m1", By: "m1", At: noon}},
		{Name: "not by another's", Given: one, When: paymentmethod.Replace{Card: "m1", By: "x", At: noon}, Rejects: paymentmethod.ErrAnother},
		{Name: "not another's", Given: one, When: paymentmethod.Replace{Card: "x", By: "m1", At: noon}, Rejects: paymentmethod.ErrAnother},
		{Name: "not what is gone", Given: append(two, paymentmethod.CardRemoved{Card: "m1"}), When: paymentmethod.Replace{Card: "m1", By: "m2", At: noon}, Rejects: paymentmethod.ErrGone},
		{Name: "not by what is gone", Given: append(two, paymentmethod.CardRemoved{Card: "m2"}), When: paymentmethod.Replace{Card: "m1", By: "m2", At: noon}, Rejects: paymentmethod.ErrGone},
		{Name: "not by an expired card", Given: append(one, added("m3", soon)), When: paymentmethod.Replace{Card: "m1", By: "m3", At: april}, Rejects: paymentmethod.ErrExpired},
		{Name: "R13 nor by a number", Given: one, When: paymentmethod.Replace{Card: "m1", New: add("m2", domain.Card{Token: "4242424242424242"}), At: noon}, Rejects: domain.ErrCard},
	})
}

func TestRemove(t *testing.T) {
	remove := paymentmethod.Remove{Card: "m1", Renews: true, At: noon}
	gone := paymentmethod.CardRemoved{Card: "m1", At: noon}
	domaintest.Run(t, paymentmethod.Decider, cases{
		{Name: "the other is the default then", Given: two, When: remove, Then: facts{gone, defaults("m2")}},
		{Name: "R58 not the only one while something renews", Given: one, When: remove, Rejects: paymentmethod.ErrOnly},
		{Name: "nor the only one that is good", Given: append(old, added("m2", master), defaults("m2")), When: paymentmethod.Remove{Card: "m2", Renews: true, At: april}, Rejects: paymentmethod.ErrOnly},
		{Name: "nor the last, though it has expired", Given: old, When: paymentmethod.Remove{Card: "m1", Renews: true, At: april}, Rejects: paymentmethod.ErrOnly},
		{Name: "the only one where nothing renews", Given: one, When: paymentmethod.Remove{Card: "m1", At: noon}, Then: facts{gone}},
		{Name: "an expired one is the default rather than none", Given: append(one, added("m3", soon), expired("m3")), When: paymentmethod.Remove{Card: "m1", At: april}, Then: facts{
			paymentmethod.CardRemoved{Card: "m1", At: april}, paymentmethod.CardSetAsDefault{Card: "m3", At: april},
		}},
		{Name: "twice is once", Given: append(two, gone, defaults("m2")), When: remove},
		{Name: "none of another", Given: one, When: paymentmethod.Remove{Card: "x", At: noon}, Rejects: paymentmethod.ErrAnother},
	})
}

// What pays in a gone card's place is found through every card that was replaced.
func TestStandIn(t *testing.T) {
	s := paymentmethod.Decider.Fold(paymentmethod.State{}, append(two, added("m3", soon),
		paymentmethod.CardReplaced{Card: "m1", By: "m3"}, defaults("m2"), paymentmethod.CardReplaced{Card: "m3", By: "m2"})...)
	instead, ok := s.StandIn("m1")
	assert.True(t, ok)
	assert.Equal(t, master, instead.Card)
	s = paymentmethod.Decider.Fold(s, paymentmethod.CardRemoved{Card: "m2"})
	_, ok = s.StandIn("m1")
	assert.False(t, ok, "there is no card left")
	_, ok = s.StandIn("m9")
	assert.False(t, ok)
}
