package product

import (
	"slices"
	"time"

	"kassa/domain"
)

// Command is sealed; each command carries its own rule.
type Command interface{ decide(State) ([]Event, error) }

// Refusals this aggregate can give.
var (
	ErrUnknown  = &domain.Error{Kind: domain.NotFound, Code: "product_unknown", Message: "There is no such product in the catalogue. Check its id."}
	ErrInvalid  = &domain.Error{Kind: domain.Invalid, Code: "product_invalid", Message: "A product needs an id, a name, and a maximum quantity of at least one."}
	ErrReplaced = &domain.Error{Kind: domain.Conflict, Code: "product_replaced", Message: "This id was taken over by another product. Use that product's id."}
	ErrCycle    = &domain.Error{Kind: domain.Invalid, Code: "product_id_cycle", Message: "A product cannot replace itself, nor the one that replaced it. Check both ids."}
	ErrTrial    = &domain.Error{Kind: domain.Invalid, Code: "trial_invalid", Message: "A trial lasts from 1 to 365 days and has at least one licence. Give such numbers."}
	ErrCapacity = &domain.Error{Kind: domain.Invalid, Code: "capacity_invalid", Message: "A licence adds from 0 to 10,000,000 megabytes of each kind of storage. Give such a number."}
)

// MaxCapacity is the most megabytes of one kind that a licence may add, so that
// those of all licences of an organisation can be summed up.
const MaxCapacity = 10_000_000

// List puts a product into the catalogue, or changes its entry.
type List Listed

func (c List) decide(s State) ([]Event, error) {
	switch {
	case c.Product == "" || c.Name == "" || c.MaxQuantity < 1:
		return nil, ErrInvalid
	case s.ReplacedBy != "":
		return nil, ErrReplaced
	case !s.Listed:
		return []Event{Listed(c)}, nil
	}
	var events []Event
	if c.Name != s.entry.Name {
		events = append(events, Renamed{Name: c.Name, Previous: s.entry.Name})
	}
	if !sameButName(Listed(c), s.entry) {
		events = append(events, Listed(c))
	}
	return events, nil
}

func sameButName(a, b Listed) bool {
	return a.Product == b.Product && a.Vendor == b.Vendor && a.Family == b.Family &&
		a.SelfServiceEligible == b.SelfServiceEligible && a.TrialWithoutPayment == b.TrialWithoutPayment &&
		a.MaxQuantity == b.MaxQuantity && a.ProductURL == b.ProductURL && slices.Equal(a.TrainingURLs, b.TrainingURLs)
}

// Rename changes what people read.
type Rename struct{ Name string }

func (c Rename) decide(s State) ([]Event, error) {
	switch {
	case !s.Listed:
		return nil, ErrUnknown
	case c.Name == "":
		return nil, ErrInvalid
	case c.Name == s.entry.Name:
		return nil, nil
	}
	return []Event{Renamed{Name: c.Name, Previous: s.entry.Name}}, nil
}

// ReplaceID makes this product answer to an older id as well. The older id's
// own stream is told by BecomeReplacedBy.
type ReplaceID struct{ OldID domain.ProductID }

func (c ReplaceID) decide(s State) ([]Event, error) {
	switch {
	case !s.Listed:
		return nil, ErrUnknown
	case slices.Contains(s.OldIDs, c.OldID):
		return nil, nil
	case c.OldID == "":
		return nil, ErrInvalid
	case c.OldID == s.entry.Product || c.OldID == s.ReplacedBy:
		return nil, ErrCycle
	}
	return []Event{IDReplaced(c)}, nil
}

// BecomeReplacedBy leads whoever asks by this id to another product. The id
// need never have been in the catalogue.
type BecomeReplacedBy struct{ Product domain.ProductID }

func (c BecomeReplacedBy) decide(s State) ([]Event, error) {
	switch {
	case c.Product == "":
		return nil, ErrInvalid
	case s.ReplacedBy == c.Product:
		return nil, nil
	case s.ReplacedBy != "":
		return nil, ErrReplaced
	case c.Product == s.entry.Product || slices.Contains(s.OldIDs, c.Product):
		return nil, ErrCycle
	}
	return []Event{ReplacedBy(c)}, nil
}

// EndSale ends new purchases from an instant on. A second one moves the date.
type EndSale struct{ From time.Time }

func (c EndSale) decide(s State) ([]Event, error) {
	switch {
	case !s.Listed:
		return nil, ErrUnknown
	case c.From.IsZero():
		return nil, domain.ErrFromMissing
	case c.From.Equal(s.SaleEnds):
		return nil, nil
	}
	return []Event{EndOfSale(c)}, nil
}

// ExcludeMarket keeps the product out of a market from an instant on.
type ExcludeMarket struct {
	Market string
	From   time.Time
}

func (c ExcludeMarket) decide(s State) ([]Event, error) {
	said, err := s.alreadySaid(opening{c.Market, c.From, true})
	if said || err != nil {
		return nil, err
	}
	return []Event{MarketExcluded(c)}, nil
}

// ReopenMarket ends an exclusion from an instant on.
type ReopenMarket struct {
	Market string
	From   time.Time
}

func (c ReopenMarket) decide(s State) ([]Event, error) {
	said, err := s.alreadySaid(opening{c.Market, c.From, false})
	if said || err != nil {
		return nil, err
	}
	return []Event{MarketReopened(c)}, nil
}

// SetCapacity says what one licence adds to its organisation's storage (R39).
type SetCapacity struct{ Capacity }

func (c SetCapacity) decide(s State) ([]Event, error) {
	switch {
	case !s.Listed:
		return nil, ErrUnknown
	case min(c.DatabaseMB, c.FileMB) < 0 || max(c.DatabaseMB, c.FileMB) > MaxCapacity:
		return nil, ErrCapacity
	case c.Capacity == s.capacity:
		return nil, nil
	}
	return []Event{CapacitySet(c)}, nil
}

// alreadySaid tells whether what o says of its first instant is what holds
// there by a rule with that very date.
func (s State) alreadySaid(o opening) (bool, error) {
	switch {
	case !s.Listed:
		return false, ErrUnknown
	case !domain.KnownMarket(o.market):
		return false, domain.ErrMarketUnknown
	case o.from.IsZero():
		return false, domain.ErrFromMissing
	}
	held := s.inForce(o.market, o.from)
	return held.from.Equal(o.from) && held.excluded == o.excluded, nil
}

// OfferTrial says how the product can be tried before it is bought.
type OfferTrial struct{ Trial }

func (c OfferTrial) decide(s State) ([]Event, error) {
	switch {
	case !s.Listed:
		return nil, ErrUnknown
	case c.Days < 1 || c.Days > MaxTrialDays || c.Seats < 1:
		return nil, ErrTrial
	case c.Trial == s.Trial():
		return nil, nil
	}
	return []Event{TrialOffered(c)}, nil
}

// MaxTrialDays is how long a trial may last at most.
const MaxTrialDays = 365
