package product

import (
	"slices"
	"time"

	"kassa/domain"
)

// State keeps only what a later decision reads: here, or when somebody buys.
type State struct {
	Listed              bool // in the catalogue
	SelfServiceEligible bool
	MaxQuantity         int64
	OldIDs              []domain.ProductID // ids this product took over
	ReplacedBy          domain.ProductID   // empty: this is a current id
	SaleEnds            time.Time          // zero: no end of sale

	entry    Listed // the latest, to tell whether the next one is news
	markets  []opening
	capacity Capacity
	trial    Trial // zero: never said
}

// What a trial has where nobody says otherwise.
const (
	TrialDays  = 30
	TrialSeats = 25
)

// Trial is how the product can be tried now.
func (s State) Trial() Trial {
	if s.trial == (Trial{}) {
		return Trial{Days: TrialDays, Seats: TrialSeats, WithoutPaymentMethod: s.entry.TrialWithoutPayment}
	}
	return s.trial
}

// opening says that a market opens or closes from an instant on.
type opening struct {
	market   string
	from     time.Time
	excluded bool
}

// ExcludedIn says whether the product can't be bought in market at that
// instant (R05, R06). Of the rules that hold by then the one with the latest
// first day counts, and of two with the same day the one recorded last.
func (s State) ExcludedIn(market string, at time.Time) bool {
	return s.inForce(market, at).excluded
}

func (s State) inForce(market string, at time.Time) opening {
	var latest opening
	for _, o := range s.markets {
		if o.market == market && !o.from.After(at) && !o.from.Before(latest.from) {
			latest = o
		}
	}
	return latest
}

func (s State) with(o opening) State {
	s.markets = append(slices.Clip(s.markets), o)
	return s
}

func (e Listed) evolve(s State) State {
	s.Listed, s.SelfServiceEligible, s.MaxQuantity = true, e.SelfServiceEligible, e.MaxQuantity
	s.entry = e
	return s
}

func (e Renamed) evolve(s State) State { s.entry.Name = e.Name; return s }

func (e IDReplaced) evolve(s State) State {
	s.OldIDs = append(slices.Clip(s.OldIDs), e.OldID)
	return s
}

func (e ReplacedBy) evolve(s State) State     { s.ReplacedBy = e.Product; return s }
func (e EndOfSale) evolve(s State) State      { s.SaleEnds = e.From; return s }
func (e MarketExcluded) evolve(s State) State { return s.with(opening{e.Market, e.From, true}) }
func (e MarketReopened) evolve(s State) State { return s.with(opening{e.Market, e.From, false}) }
func (e TrialOffered) evolve(s State) State   { s.trial = e.Trial; return s }
func (e CapacitySet) evolve(s State) State    { s.capacity = e.Capacity; return s }
