package centralisation

import (
	"slices"
	"time"

	"kassa/domain"
)

// Command is sealed; each command carries its own rule.
type Command interface{ decide(State) ([]Event, error) }

// Refusals this aggregate can give.
var (
	ErrUnknown   = &domain.Error{Kind: domain.NotFound, Code: "centralisation_unknown", Message: "There is no such centralisation. Check its id."}
	ErrOpen      = &domain.Error{Kind: domain.Conflict, Code: "centralisation_open", Message: "This product is being centralised already. Look at that centralisation, or withdraw it first."}
	ErrOver      = domain.Refuse("centralisation_over", "This centralisation has ended. Start another one.")
	ErrNothing   = domain.Refuse("nothing_to_centralise", "Nobody has a seat of this product that they bought by themselves, or everybody has a licence of the organisation's already. There is nothing to do.")
	ErrTooLarge  = &domain.Error{Kind: domain.Invalid, Code: "centralisation_too_large", Message: "That is more than one centralisation takes: 1,000 subscriptions and 4,000 people. Name the subscriptions to begin with."}
	ErrNoNeed    = domain.Refuse("no_seats_needed", "Nobody waits for a licence. Look at how the centralisation stands.")
	ErrBuying    = &domain.Error{Kind: domain.Conflict, Code: "central_purchase_pending", Message: "Seats are being bought for this centralisation. Wait until that is done."}
	ErrHasTarget = &domain.Error{Kind: domain.Conflict, Code: "target_chosen", Message: "Licences are being assigned already. Look at how the centralisation stands."}
	ErrAsked     = domain.Refuse("purchasers_asked", "Purchasers have been asked to cancel. Close the centralisation instead.")
	ErrUnasked   = domain.Refuse("purchasers_not_asked", "The centralisation has not come to an end that could be closed. Withdraw it instead.")
	ErrStep      = &domain.Error{Kind: domain.Internal, Code: "centralisation_step_malformed", Message: "That is not the next step of this centralisation. Contact support."}
)

// Bounds of one centralisation: so that its plan is one append.
const (
	MaxSources = 1000
	MaxUsers   = 4000
)

// Plan opens a centralisation. What has to be bought, and what that saves, is
// worked out here once.
type Plan struct {
	Centralisation domain.CentralisationID
	Tenant         domain.TenantID
	Product        domain.ProductID
	Market         string
	Keep           bool
	Sources        []Source
	Users          []User // who need a licence
	Covered        int64  // people who need none
	Available      int64  // seats free in what the organisation has
	Offer          Offer  // of the agreement, in the market
	AsOf           uint64
	At             time.Time
}

func (c Plan) decide(s State) ([]Event, error) {
	switch {
	case s.Open():
		return nil, ErrOpen
	case s.Centralisation != "":
		return nil, ErrOver
	}
	planned, err := c.Worth()
	if err != nil {
		return nil, err
	}
	events := []Event{planned}
	for part := range slices.Chunk(c.Sources, partSize) {
		events = append(events, SourcesListed{Sources: part})
	}
	for part := range slices.Chunk(c.Users, partSize) {
		events = append(events, UsersListed{Users: part})
	}
	return events, nil
}

// partSize is how many entries of a list one fact holds.
const partSize = 250

// Worth says what the plan comes to.
func (c Plan) Worth() (Planned, error) {
	switch {
	case len(c.Sources) == 0, len(c.Users) == 0 && !c.asks():
		return Planned{}, ErrNothing
	case len(c.Sources) > MaxSources, len(c.Users) > MaxUsers:
		return Planned{}, ErrTooLarge
	}
	needed := int64(len(c.Users))
	buy := max(0, needed-c.Available)
	given := c.Sources
	if c.Keep {
		given = nil // everybody goes on paying
	}
	savings, err := c.savings(given, buy)
	return Planned{
		Centralisation: c.Centralisation, Tenant: c.Tenant, Product: c.Product, Market: c.Market, Keep: c.Keep,
		Subscriptions: int64(len(c.Sources)), Covered: c.Covered, SeatsNeeded: needed, SeatsAvailable: c.Available, SeatsToBuy: buy,
		Savings: savings, AsOf: c.AsOf, At: c.At,
	}, err
}

// asks says whether there is anybody to be asked to cancel.
func (c Plan) asks() bool {
	return !c.Keep && slices.ContainsFunc(c.Sources, func(s Source) bool { return !s.Ended })
}

func (c Plan) savings(given []Source, seats int64) (Savings, error) {
	switch {
	case seats == 0:
		return Compare(given, domain.Money{})
	case c.Offer == Offer{}:
		return Savings{Unknown: NoCentralPrice}, nil
	}
	central, err := c.Offer.Yearly(seats)
	if err != nil {
		return Savings{}, err
	}
	return Compare(given, central)
}

// Withdraw ends a centralisation before anybody was asked to cancel.
type Withdraw struct{ At time.Time }

func (c Withdraw) decide(s State) ([]Event, error) {
	switch {
	case s.Centralisation == "":
		return nil, ErrUnknown
	case s.withdrawn:
		return nil, nil
	case !s.Open():
		return nil, ErrOver
	case s.buying:
		return nil, ErrBuying
	case len(s.Asked) > 0:
		return nil, ErrAsked
	}
	return []Event{Withdrawn(c)}, nil
}

// Close ends a centralisation. By itself that happens once everybody answered;
// Early does not wait for them.
type Close struct {
	Early bool
	At    time.Time
}

func (c Close) decide(s State) ([]Event, error) {
	switch {
	case s.Centralisation == "":
		return nil, ErrUnknown
	case s.outcome != "":
		return nil, nil
	case !s.Open():
		return nil, ErrOver
	case s.Status() != StatusAwaiting:
		return nil, ErrUnasked
	case !c.Early && len(s.Outstanding()) > 0:
		return nil, nil
	}
	closed, err := s.result()
	closed.At = c.At
	return []Event{closed}, err
}

// result is what came of it so far.
func (s State) result() (Closed, error) {
	r := Closed{Outcome: Partial, Assigned: s.Assigned, Skipped: s.Skipped}
	var given []Source
	for i, a := range s.Asked {
		switch answer := s.Answers[a.Request]; {
		case a.Request == "":
			r.NotAsked++
		case answer == Accepted:
			r.Accepted++
			given = append(given, s.Sources[i])
		case answer == Declined:
			r.Declined++
		case answer == Unanswered:
			r.Unanswered++
		default:
			r.Expired++
		}
	}
	if s.Skipped == 0 && (s.Keep || int(r.Accepted) == len(s.Sources)) {
		r.Outcome = Complete
	}
	var err error
	r.Savings, err = Compare(given, s.Central)
	return r, err
}
