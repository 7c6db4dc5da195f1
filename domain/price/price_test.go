package price_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"kassa/domain"
	. "kassa/domain/domaintest"
	"kassa/domain/price"
)

type facts = []price.Event

func day(month time.Month) time.Time { return time.Date(2026, month, 1, 0, 0, 0, 0, time.UTC) }

func published(minor int64, from time.Time) price.Published {
	return price.Published{
		Product: "new", Channel: domain.SelfService, Market: "SE",
		Amount: domain.Money{Minor: minor, Currency: "SEK"}, Term: domain.Monthly, ValidFrom: from,
	}
}

func withdrawn(from time.Time) price.Withdrawn {
	return price.Withdrawn{Product: "new", Channel: domain.SelfService, Market: "SE", From: from}
}

func TestPrice(t *testing.T) {
	type is = Case[price.Command, price.Event]
	jan, may := published(100_00, day(1)), published(120_00, day(5))
	wrong := func(change func(*price.Published)) price.Command {
		c := jan
		change(&c)
		return price.Publish(c)
	}
	inMonths, wholeYear := jan, jan
	inMonths.Term, inMonths.Frequency, wholeYear.Term = domain.Yearly, domain.Monthly, domain.Yearly
	Run(t, price.Decider, []is{
		{Name: "R33 a price is published", When: price.Publish(jan), Then: facts{jan}},
		{Name: "publishing it again changes nothing", Given: facts{jan}, When: price.Publish(jan)},
		{Name: "not even when another follows it", Given: facts{jan, may}, When: price.Publish(jan)},
		{Name: "a new one takes over on its day", Given: facts{jan}, When: price.Publish(may), Then: facts{may}},
		{Name: "a mistake is put right on the same day", Given: facts{jan}, When: price.Publish(published(90_00, day(1))), Then: facts{published(90_00, day(1))}},
		{Name: "nothing is a price", When: price.Publish(published(0, day(1))), Then: facts{published(0, day(1))}},
		{Name: "less than nothing is none", When: price.Publish(published(-1, day(1))), Rejects: price.ErrNegative},
		{Name: "a price is in some currency", When: wrong(func(c *price.Published) { c.Amount.Currency = "kr" }), Rejects: domain.ErrCurrencyUnknown},
		{Name: "in some market", When: wrong(func(c *price.Published) { c.Market = "" }), Rejects: domain.ErrMarketUnknown},
		{Name: "R35 in some channel", When: wrong(func(c *price.Published) { c.Channel = "" }), Rejects: domain.ErrChannelUnknown},
		{Name: "for some term", When: wrong(func(c *price.Published) { c.Term = "P5Y" }), Rejects: domain.ErrTermUnknown},
		{Name: "of a year that is paid in months", When: wrong(func(c *price.Published) { c.Term, c.Frequency = domain.Yearly, domain.Monthly }), Then: facts{inMonths}},
		{Name: "which is another than that of a year", Given: facts{wholeYear}, When: price.Publish(inMonths), Then: facts{inMonths}},
		{Name: "no month is paid in months", When: wrong(func(c *price.Published) { c.Frequency = domain.Monthly }), Rejects: domain.ErrFrequencyUnknown},
		{Name: "and from some day", When: wrong(func(c *price.Published) { c.ValidFrom = time.Time{} }), Rejects: domain.ErrFromMissing},
		{Name: "an offer is withdrawn", Given: facts{jan}, When: price.Withdraw(withdrawn(day(3))), Then: facts{withdrawn(day(3))}},
		{Name: "withdrawing it again changes nothing", Given: facts{jan, withdrawn(day(3))}, When: price.Withdraw(withdrawn(day(3)))},
		{Name: "also on the day it was published", Given: facts{jan}, When: price.Withdraw(withdrawn(day(1))), Then: facts{withdrawn(day(1))}},
		{Name: "what was never offered cannot be withdrawn", When: price.Withdraw(withdrawn(day(3))), Rejects: price.ErrUnknown},
		{Name: "a withdrawal has a day", Given: facts{jan}, When: price.Withdraw(withdrawn(time.Time{})), Rejects: domain.ErrFromMissing},
		{Name: "what was withdrawn can be offered again", Given: facts{jan, withdrawn(day(3))}, When: price.Publish(may), Then: facts{may}},
	})
	assert.Equal(t, "price-new-self-service-SE", price.Stream("new", domain.SelfService, "SE"))
	assert.Equal(t, "price-new-self-service-SE-P1M", price.StreamPaid("new", domain.SelfService, "SE", domain.Monthly))
}

func TestThePriceOfADay(t *testing.T) {
	s := price.Decider.Fold(price.State{},
		published(120_00, day(5)),
		published(100_00, day(1)), // recorded later, holds earlier
		withdrawn(day(8)),
		published(125_00, day(5)), // put right
	)
	for _, c := range []struct {
		at       time.Time
		minor    int64
		revision int64
		ok       bool
	}{
		{day(1).Add(-1), 0, -1, false},
		{day(1), 100_00, 1, true},
		{day(5).Add(-1), 100_00, 1, true},
		{day(5), 125_00, 3, true},
		{day(8), 0, 2, false},
	} {
		p, revision, ok := s.At(c.at)
		assert.Equal(t, c.minor, p.Amount.Minor, c.at)
		assert.Equal(t, c.revision, revision, c.at)
		assert.Equal(t, c.ok, ok, c.at)
	}
}

// On every day there is at most one price, it is one that was published by
// then, and the event at its revision is the one that says so.
func TestTheRevisionNamesTheEventThatSetThePrice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var history facts
		var s price.State
		for range rapid.IntRange(1, 12).Draw(t, "commands") {
			from := day(time.Month(rapid.IntRange(1, 12).Draw(t, "month")))
			command := rapid.SampledFrom([]price.Command{
				price.Publish(published(rapid.Int64Range(0, 3).Draw(t, "minor"), from)), price.Withdraw(withdrawn(from)),
			}).Draw(t, "command")
			events, _ := price.Decider.Decide(s, command)
			s = price.Decider.Fold(s, events...)
			history = append(history, events...)
		}
		at := day(time.Month(rapid.IntRange(1, 13).Draw(t, "at")))
		got, revision, ok := s.At(at)
		if !ok {
			require.Zero(t, got)
			if revision >= 0 {
				require.IsType(t, price.Withdrawn{}, history[revision])
			}
			return
		}
		require.Equal(t, price.Event(got), history[revision])
		require.False(t, got.ValidFrom.After(at))
	})
}
