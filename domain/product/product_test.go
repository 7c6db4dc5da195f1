package product_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"kassa/domain"
	. "kassa/domain/domaintest"
	"kassa/domain/product"
)

type (
	is    = Case[product.Command, product.Event]
	facts = []product.Event
)

var listed = product.Listed{
	Product: "new", Name: "Visio Plan 1", Vendor: "Microsoft", Family: "Visio", SelfServiceEligible: true,
	MaxQuantity: 100, TrainingURLs: []string{"https://example.com/learn"},
}

func day(month time.Month, d int) time.Time { return time.Date(2026, month, d, 0, 0, 0, 0, time.UTC) }

func listing(change func(*product.Listed)) product.Listed {
	c := listed
	change(&c)
	return c
}

func TestListing(t *testing.T) {
	renamed := product.Renamed{Name: "Visio One", Previous: "Visio Plan 1"}
	newName := listing(func(c *product.Listed) { c.Name = "Visio One" })
	closed := listing(func(c *product.Listed) { c.SelfServiceEligible = false })
	both := listing(func(c *product.Listed) { c.Name, c.MaxQuantity = "Visio One", 50 })
	Run(t, product.Decider, []is{
		{Name: "R04 a product is put into the catalogue", When: product.List(listed), Then: facts{listed}},
		{Name: "the same entry changes nothing", Given: facts{listed}, When: product.List(listed)},
		{Name: "another name is a new name", Given: facts{listed}, When: product.List(newName), Then: facts{renamed}},
		{Name: "anything else is a new entry", Given: facts{listed}, When: product.List(closed), Then: facts{closed}},
		{Name: "both are both", Given: facts{listed}, When: product.List(both), Then: facts{renamed, both}},
		{Name: "an entry has a name", When: product.List(listing(func(c *product.Listed) { c.Name = "" })), Rejects: product.ErrInvalid},
		{Name: "and an id", When: product.List(listing(func(c *product.Listed) { c.Product = "" })), Rejects: product.ErrInvalid},
		{Name: "R12 and lets somebody buy one", When: product.List(listing(func(c *product.Listed) { c.MaxQuantity = 0 })), Rejects: product.ErrInvalid},
		{Name: "a product is renamed", Given: facts{listed}, When: product.Rename{Name: "Visio One"}, Then: facts{renamed}},
		{Name: "the same name changes nothing", Given: facts{listed, renamed}, When: product.Rename{Name: "Visio One"}},
		{Name: "no name is no name", Given: facts{listed}, When: product.Rename{}, Rejects: product.ErrInvalid},
		{Name: "an unknown product has none", When: product.Rename{Name: "x"}, Rejects: product.ErrUnknown},
	})
}

// Every field of an entry is compared: leaving one out would lose its changes.
func TestEveryChangeOfAnEntryIsNews(t *testing.T) {
	for name, change := range map[string]func(*product.Listed){
		"vendor":      func(c *product.Listed) { c.Vendor = "Other" },
		"family":      func(c *product.Listed) { c.Family = "Other" },
		"eligible":    func(c *product.Listed) { c.SelfServiceEligible = false },
		"trial":       func(c *product.Listed) { c.TrialWithoutPayment = true },
		"maximum":     func(c *product.Listed) { c.MaxQuantity = 1 },
		"product url": func(c *product.Listed) { c.ProductURL = "https://example.com" },
		"training":    func(c *product.Listed) { c.TrainingURLs = nil },
	} {
		s := product.Decider.Fold(product.State{}, listed)
		events, err := product.Decider.Decide(s, product.List(listing(change)))
		require.NoError(t, err)
		assert.Equal(t, facts{listing(change)}, events, name)
	}
}

func TestOlderIDs(t *testing.T) {
	replaced := product.IDReplaced{OldID: "old"}
	replacedBy := product.ReplacedBy{Product: "new"}
	Run(t, product.Decider, []is{
		{Name: "a product answers to an older id", Given: facts{listed}, When: product.ReplaceID{OldID: "old"}, Then: facts{replaced}},
		{Name: "once is enough", Given: facts{listed, replaced}, When: product.ReplaceID{OldID: "old"}},
		{Name: "it may have several", Given: facts{listed, replaced}, When: product.ReplaceID{OldID: "older"}, Then: facts{product.IDReplaced{OldID: "older"}}},
		{Name: "not its own", Given: facts{listed}, When: product.ReplaceID{OldID: "new"}, Rejects: product.ErrCycle},
		{Name: "not that of the product that replaced it", Given: facts{listed, product.ReplacedBy{Product: "next"}}, When: product.ReplaceID{OldID: "next"}, Rejects: product.ErrCycle},
		{Name: "not an empty one", Given: facts{listed}, When: product.ReplaceID{}, Rejects: product.ErrInvalid},
		{Name: "only what is in the catalogue takes over", When: product.ReplaceID{OldID: "old"}, Rejects: product.ErrUnknown},
		{Name: "an id leads to its successor, listed or not", When: product.BecomeReplacedBy{Product: "new"}, Then: facts{replacedBy}},
		{Name: "once is enough for that too", Given: facts{replacedBy}, When: product.BecomeReplacedBy{Product: "new"}},
		{Name: "it has one successor", Given: facts{replacedBy}, When: product.BecomeReplacedBy{Product: "other"}, Rejects: product.ErrReplaced},
		{Name: "not itself", Given: facts{listed}, When: product.BecomeReplacedBy{Product: "new"}, Rejects: product.ErrCycle},
		{Name: "not one it took over", Given: facts{listed, replaced}, When: product.BecomeReplacedBy{Product: "old"}, Rejects: product.ErrCycle},
		{Name: "not nothing", When: product.BecomeReplacedBy{}, Rejects: product.ErrInvalid},
		{Name: "what was replaced is not listed again", Given: facts{replacedBy}, When: product.List(listed), Rejects: product.ErrReplaced},
	})
	s := product.Decider.Fold(product.State{}, listed, replaced, product.IDReplaced{OldID: "older"}, replacedBy)
	assert.Equal(t, []domain.ProductID{"old", "older"}, s.OldIDs)
	assert.Equal(t, domain.ProductID("new"), s.ReplacedBy)
}

func TestEndOfSale(t *testing.T) {
	Run(t, product.Decider, []is{
		{Name: "a sale ends", Given: facts{listed}, When: product.EndSale{From: day(6, 1)}, Then: facts{product.EndOfSale{From: day(6, 1)}}},
		{Name: "on the same day, nothing changes", Given: facts{listed, product.EndOfSale{From: day(6, 1)}}, When: product.EndSale{From: day(6, 1)}},
		{Name: "the day may move", Given: facts{listed, product.EndOfSale{From: day(6, 1)}}, When: product.EndSale{From: day(7, 1)}, Then: facts{product.EndOfSale{From: day(7, 1)}}},
		{Name: "a day is needed", Given: facts{listed}, When: product.EndSale{}, Rejects: domain.ErrFromMissing},
		{Name: "an unknown product is not on sale", When: product.EndSale{From: day(6, 1)}, Rejects: product.ErrUnknown},
	})
}

func TestR39_CapacityOfALicence(t *testing.T) {
	apps := product.Capacity{DatabaseMB: 250, FileMB: 2048}
	set := product.CapacitySet{Capacity: apps}
	Run(t, product.Decider, []is{
		{Name: "R39 a licence adds storage", Given: facts{listed}, When: product.SetCapacity{Capacity: apps}, Then: facts{set}},
		{Name: "saying it again changes nothing", Given: facts{listed, set}, When: product.SetCapacity{Capacity: apps}},
		{Name: "nor does saying that it adds none", Given: facts{listed}, When: product.SetCapacity{}},
		{Name: "it may add none any more", Given: facts{listed, set}, When: product.SetCapacity{}, Then: facts{product.CapacitySet{}}},
		{Name: "never less than none", Given: facts{listed}, When: product.SetCapacity{Capacity: product.Capacity{FileMB: -1}}, Rejects: product.ErrCapacity},
		{Name: "nor more than can be summed up", Given: facts{listed}, When: product.SetCapacity{Capacity: product.Capacity{DatabaseMB: product.MaxCapacity + 1}}, Rejects: product.ErrCapacity},
		{Name: "an unknown product has no licences", When: product.SetCapacity{Capacity: apps}, Rejects: product.ErrUnknown},
	})
}

func TestTrialTerms(t *testing.T) {
	month := product.Trial{Days: 30, Seats: 25, WithPaymentMethod: true}
	offered := product.TrialOffered{Trial: month}
	offer := func(days, seats int64) product.Command {
		return product.OfferTrial{Trial: product.Trial{Days: days, Seats: seats}}
	}
	Run(t, product.Decider, []is{
		{Name: "a trial is offered", Given: facts{listed}, When: product.OfferTrial{Trial: month}, Then: facts{offered}},
		{Name: "offering it again changes nothing", Given: facts{listed, offered}, When: product.OfferTrial{Trial: month}},
		{Name: "it lasts a day at least", Given: facts{listed}, When: offer(0, 1), Rejects: product.ErrTrial},
		{Name: "a year at most", Given: facts{listed}, When: offer(product.MaxTrialDays+1, 1), Rejects: product.ErrTrial},
		{Name: "and has a licence", Given: facts{listed}, When: offer(30, 0), Rejects: product.ErrTrial},
		{Name: "of something", When: product.OfferTrial{Trial: month}, Rejects: product.ErrUnknown},
	})
}

func TestMarkets(t *testing.T) {
	out := product.MarketExcluded{Market: "BR", From: day(3, 1)}
	in := product.MarketReopened{Market: "BR", From: day(3, 1)}
	Run(t, product.Decider, []is{
		{Name: "R06 a market is excluded", Given: facts{listed}, When: product.ExcludeMarket{Market: "BR", From: day(3, 1)}, Then: facts{out}},
		{Name: "excluding it again changes nothing", Given: facts{listed, out}, When: product.ExcludeMarket{Market: "BR", From: day(3, 1)}},
		{Name: "an earlier day is news", Given: facts{listed, out}, When: product.ExcludeMarket{Market: "BR", From: day(2, 1)}, Then: facts{product.MarketExcluded{Market: "BR", From: day(2, 1)}}},
		{Name: "a market reopens", Given: facts{listed, out}, When: product.ReopenMarket{Market: "BR", From: day(5, 1)}, Then: facts{product.MarketReopened{Market: "BR", From: day(5, 1)}}},
		{Name: "also on the day it would have closed", Given: facts{listed, out}, When: product.ReopenMarket{Market: "BR", From: day(3, 1)}, Then: facts{in}},
		{Name: "reopening it again changes nothing", Given: facts{listed, out, in}, When: product.ReopenMarket{Market: "BR", From: day(3, 1)}},
		{Name: "a market is a country", Given: facts{listed}, When: product.ExcludeMarket{Market: "Brazil", From: day(3, 1)}, Rejects: domain.ErrMarketUnknown},
		{Name: "from a day on", Given: facts{listed}, When: product.ReopenMarket{Market: "BR"}, Rejects: domain.ErrFromMissing},
		{Name: "of a product that is known", When: product.ExcludeMarket{Market: "BR", From: day(3, 1)}, Rejects: product.ErrUnknown},
	})
}

// R06: rules change, and what was decided under the old one must be decided the
// same again.
func TestR06_ExclusionsHaveValidityDates(t *testing.T) {
	s := product.Decider.Fold(product.State{}, listed,
		product.MarketExcluded{Market: "BR", From: day(3, 1)},
		product.MarketReopened{Market: "BR", From: day(9, 1)},
		product.MarketExcluded{Market: "BR", From: day(6, 1)}, // recorded later, holds earlier
		product.MarketExcluded{Market: "CD", From: day(1, 1)},
		product.MarketReopened{Market: "CD", From: day(1, 1)}, // the same day: the last word counts
	)
	for _, c := range []struct {
		market string
		at     time.Time
		want   bool
	}{
		{"BR", day(3, 1).Add(-1), false}, {"BR", day(3, 1), true}, {"BR", day(6, 1), true},
		{"BR", day(9, 1).Add(-1), true}, {"BR", day(9, 1), false}, {"BR", day(12, 31), false},
		{"CD", day(1, 1), false}, {"SE", day(6, 1), false},
	} {
		assert.Equal(t, c.want, s.ExcludedIn(c.market, c.at), "%s at %s", c.market, c.at)
	}
	assert.False(t, product.State{}.ExcludedIn("BR", day(6, 1)))
}

// Two histories that share a beginning never disturb each other.
func TestEvolveChangesNoOlderState(t *testing.T) {
	anyEvent := rapid.Custom(func(t *rapid.T) product.Event {
		from := day(1, rapid.IntRange(1, 9).Draw(t, "day"))
		return rapid.SampledFrom(facts{
			listed, product.IDReplaced{OldID: domain.ProductID(from.Format("02"))}, product.EndOfSale{From: from},
			product.MarketExcluded{Market: "BR", From: from}, product.MarketReopened{Market: "BR", From: from},
		}).Draw(t, "event")
	})
	rapid.Check(t, func(t *rapid.T) {
		events := rapid.SliceOf(anyEvent)
		trunk, left, right := events.Draw(t, "trunk"), events.Draw(t, "left"), events.Draw(t, "right")
		shared := product.Decider.Fold(product.State{}, trunk...)
		one := product.Decider.Fold(shared, left...)
		_ = product.Decider.Fold(shared, right...)
		require.Equal(t, product.Decider.Fold(product.State{}, append(trunk, left...)...), one)
	})
}

func TestTrialOfAProduct(t *testing.T) {
	trial := product.Trial{Days: 14, Seats: 5, WithPaymentMethod: true}
	none := product.Trial{Days: 14, Seats: 5}
	usual := product.Trial{Days: product.TrialDays, Seats: product.TrialSeats, WithoutPaymentMethod: listed.TrialWithoutPayment}
	Run(t, product.Decider, []is{
		{Name: "it is offered", Given: facts{listed}, When: product.OfferTrial{Trial: trial}, Then: facts{product.TrialOffered{Trial: trial}}},
		{Name: "saying it again changes nothing", Given: facts{listed, product.TrialOffered{Trial: trial}}, When: product.OfferTrial{Trial: trial}},
		{Name: "nor does what every entry says", Given: facts{listed}, When: product.OfferTrial{Trial: usual}},
		{Name: "it is not offered any more", Given: facts{listed, product.TrialOffered{Trial: trial}}, When: product.OfferTrial{Trial: none}, Then: facts{product.TrialOffered{Trial: none}}},
		{Name: "a trial lasts a day", Given: facts{listed}, When: product.OfferTrial{Trial: product.Trial{Seats: 5}}, Rejects: product.ErrTrial},
		{Name: "a year at most", Given: facts{listed}, When: product.OfferTrial{Trial: product.Trial{Days: product.MaxTrialDays + 1, Seats: 5}}, Rejects: product.ErrTrial},
		{Name: "of one seat at least", Given: facts{listed}, When: product.OfferTrial{Trial: product.Trial{Days: 14}}, Rejects: product.ErrTrial},
		{Name: "of what is in the catalogue", When: product.OfferTrial{Trial: trial}, Rejects: product.ErrUnknown},
	})
}
