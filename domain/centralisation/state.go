package centralisation

import (
	"slices"

	"kassa/domain"
)

// Status is where a centralisation stands.
type Status string

// Statuses. Their texts are part of the public API.
const (
	StatusNone        Status = ""
	StatusSeatsNeeded Status = "seats_needed" // an administrator is to buy seats, or choose what has some
	StatusBuying      Status = "buying"
	StatusAssigning   Status = "assigning"
	StatusAsking      Status = "asking"
	StatusAwaiting    Status = "awaiting_answers"
	StatusClosed      Status = "closed"
	StatusWithdrawn   Status = "withdrawn"
)

// State keeps what a later decision reads, and what the process manager needs to
// take the next step.
type State struct {
	Centralisation domain.CentralisationID
	Tenant         domain.TenantID
	Product        domain.ProductID
	Market         string
	Keep           bool
	Target         domain.SubscriptionID // whose licences people get; empty: none yet
	Users          []domain.PersonID     // who need a licence; the first Handled have been seen to
	Handled        int
	Sources        []Source // that have not ended; the first len(Asked) have been seen to
	Asked          []Asked
	Answers        map[RequestID]Answer // of those that were asked
	Assigned       int64
	Skipped        int64
	Central        domain.Money // a year of what was bought; no currency: nothing was
	Refused        string       // why the last order could not be carried out
	Savings        Savings      // as planned; once closed, as realised

	buying, withdrawn bool
	outcome           Outcome
}

// Status is what the facts say.
func (s State) Status() Status {
	switch {
	case s.Centralisation == "":
		return StatusNone
	case s.outcome != "":
		return StatusClosed
	case s.withdrawn:
		return StatusWithdrawn
	case s.buying:
		return StatusBuying
	case s.Handled < len(s.Users) && s.Target == "":
		return StatusSeatsNeeded
	case s.Handled < len(s.Users):
		return StatusAssigning
	case !s.Keep && len(s.Asked) < len(s.Sources):
		return StatusAsking
	}
	return StatusAwaiting
}

// Open says whether it is under way.
func (s State) Open() bool {
	return s.Centralisation != "" && s.outcome == "" && !s.withdrawn
}

// Remaining is how many people still need a licence.
func (s State) Remaining() int64 { return int64(len(s.Users) - s.Handled) }

// NextUsers are at most n people who are the next to get a licence.
func (s State) NextUsers(n int) []domain.PersonID {
	return s.Users[s.Handled:min(s.Handled+n, len(s.Users))]
}

// NextSources are at most n subscriptions whose purchasers are the next to be
// asked.
func (s State) NextSources(n int) []Source {
	return s.Sources[len(s.Asked):min(len(s.Asked)+n, len(s.Sources))]
}

// Outstanding are the requests that were not answered.
func (s State) Outstanding() []RequestID {
	var open []RequestID
	for _, a := range s.Asked {
		if a.Request != "" && s.Answers[a.Request] == Unanswered {
			open = append(open, a.Request)
		}
	}
	return open
}

func (e Planned) evolve(State) State {
	return State{
		Centralisation: e.Centralisation, Tenant: e.Tenant, Product: e.Product, Market: e.Market, Keep: e.Keep, Savings: e.Savings,
	}
}

func (e SourcesListed) evolve(s State) State {
	s.Sources = slices.Clip(s.Sources)
	for _, source := range e.Sources {
		if !source.Ended {
			s.Sources = append(s.Sources, source)
		}
	}
	return s
}

func (e UsersListed) evolve(s State) State {
	s.Users = slices.Clip(s.Users)
	for _, u := range e.Users {
		s.Users = append(s.Users, u.Person)
	}
	return s
}

func (e CentralPurchaseOrdered) evolve(s State) State { s.buying, s.Refused = true, ""; return s }
func (e CentralPurchaseRefused) evolve(s State) State { s.buying, s.Refused = false, e.Code; return s }

func (e CentralSeatsBought) evolve(s State) State {
	s.buying, s.Target, s.Central = false, e.Subscription, e.Yearly
	return s
}

func (e CentralSubscriptionChosen) evolve(s State) State {
	s.Target, s.Refused = e.Subscription, ""
	return s
}

func (e SeatsRanOut) evolve(s State) State { s.Target = ""; return s }

func (e UsersReassigned) evolve(s State) State {
	s.Handled += len(e.Users)
	for _, u := range e.Users {
		if u.Code == "" {
			s.Assigned++
		} else {
			s.Skipped++
		}
	}
	return s
}

func (e PurchasersAskedToCancel) evolve(s State) State {
	s.Asked = append(slices.Clip(s.Asked), e.Asked...)
	return s
}

func (e PurchasersAnswered) evolve(s State) State {
	answers := make(map[RequestID]Answer, len(s.Answers)+len(e.Answers))
	for id, a := range s.Answers {
		answers[id] = a
	}
	for _, a := range e.Answers {
		answers[a.Request] = a.Answer
	}
	s.Answers = answers
	return s
}

func (e Closed) evolve(s State) State    { s.outcome, s.Savings = e.Outcome, e.Savings; return s }
func (e Withdrawn) evolve(s State) State { s.withdrawn = true; return s }
