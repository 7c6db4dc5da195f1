package subscription

import (
	"slices"
	"time"

	"kassa/domain"
)

// How long the stages last that follow a term which no other follows.
const (
	Grace     = 30 * 24 * time.Hour // expired: seats stay usable and assignable
	Retention = 90 * 24 * time.Hour // disabled: the organisation can still get at its data
)

// Status is where a subscription stands at some instant.
type Status string

// Statuses. Their texts are part of the public API.
const (
	StatusNone      Status = ""
	StatusTrial     Status = "trial" // nothing is paid yet
	StatusActive    Status = "active"
	StatusExpired   Status = "expired"   // within Grace: everything still works
	StatusSuspended Status = "suspended" // expired, and nobody has access before it is paid
	StatusDisabled  Status = "disabled"  // nobody has access, nothing can be assigned
	StatusDeleted   Status = "deleted"   // nothing happens to it any more
)

// Running says whether a term, or a trial, is under way.
func (s Status) Running() bool { return s == StatusActive || s == StatusTrial }

// State keeps what a later decision reads, here and in commands that ask whose
// subscription it is (R23, R24), and what fulfilment needs to charge and refund.
type State struct {
	Subscription     domain.SubscriptionID
	Purchase         domain.PurchaseID // it knows the market and the card
	Tenant           domain.TenantID
	Product          domain.ProductID
	Channel          domain.Channel
	Purchaser        domain.PersonID
	Zone             string // IANA, of the billing calendar
	Term             domain.Term
	Frequency        domain.Term // of payments; empty: a term is paid at once
	TermNumber       int         // from 1
	AnchorDay        int
	Start, End       time.Time // of the current term, or the last
	Payment          int       // of the term, the latest; from 1
	PaidFrom         time.Time // what that paid for: the term, or a part of it
	PaidUntil        time.Time
	CancelUntil      time.Time // last second of the current term at which Cancel is allowed
	UnitPrice        domain.Money
	Quantity         int64
	Taken            int64 // seats that people hold
	RecurringBilling bool
	Batches          []Batch   // of seats paid for this term, oldest first
	Scheduled        Scheduled // what the next term changes; zero: nothing
	NoticeAt         time.Time // when the next term's price is announced; zero: it is not
	Notice           Notice    // what was
	Pending          Pending   // the charge that the gateway is asked for; zero: none
	Settled          Settled   // what became of the one before
	Refused          SeatAdditionRefused
	Trial            Trial
	Unconverted      ConversionRefused // the latest
	Unrevived        ReactivationRefused
	Owed             []Owed    // to the card, oldest first
	Ended            Status    // what the facts say: expired, disabled, deleted; empty while they do not
	NextAt           time.Time // when what Ended says gives way to the next stage
	Cancelled        bool
	Takeover         Takeover // by an administrator; zero: nobody took control
	Orphaned         bool     // whoever bought it has left (R57)
	Dunning          Dunning
	Suspended        SuspensionCause // empty: it is not

	noticed  bool       // by now, or too late for it
	unpaid   Instalment // that was declined; without a payment it is a whole term, zero: none was
	decline  Settled    // how
	disputes []string
	credits  []ChangeID
	removal  ChangeID // the latest
	repaid   RefundID // the latest, or the latest that never will be
	latest   *seat
}

// Batch is seats that were paid for together.
type Batch struct {
	Addition ChangeID // empty: the seats that the term began with
	Payment  int      // of the term, that paid for them last; 0: their own
	Seats    int64    // still here
	Of       int64    // were paid for
	Paid     domain.Money
	Tax      domain.TaxSplit // in Paid; zero: the bill says
	Back     int64           // of it, that was given back or is owed
	Charge   string          // the gateway's id; empty: the purchase's, by agreement, or nothing to charge
	From     time.Time       // the first day paid for
	Until    time.Time       // last second at which they can be given back
}

// Scheduled is a reduction that the next term begins with.
type Scheduled struct {
	Change   ChangeID
	Quantity int64
}

// Owed is a refund that the gateway has not made yet.
type Owed struct {
	Refund RefundID
	Amount domain.Money
	Charge string // the gateway's id of what was paid; empty: the purchase's
}

// seat is what was last said of a person's seat, before that of another's, and
// so on to the first. A list can grow from an older state without touching it,
// at the same small cost however many seats there are.
type seat struct {
	person domain.PersonID
	held   bool
	before *seat
}

// Holds says whether a person has a seat.
func (s State) Holds(p domain.PersonID) bool {
	for said := s.latest; said != nil; said = said.before {
		if said.person == p {
			return said.held
		}
	}
	return false
}

// Holders are the people who have a seat, in the order in which they got it.
func (s State) Holders() []domain.PersonID {
	var holders []domain.PersonID
	told := map[domain.PersonID]bool{}
	for said := s.latest; said != nil; said = said.before {
		if said.held && !told[said.person] {
			holders = append(holders, said.person)
		}
		told[said.person] = true
	}
	slices.Reverse(holders)
	return holders
}

// Status is what the facts say. Where they are late, or were recorded before
// ends were facts, the calendar says the rest; it never deletes.
func (s State) Status(at time.Time) Status {
	switch {
	case s.Subscription == "":
		return StatusNone
	case s.Ended == StatusSuspended, s.Ended == StatusDisabled, s.Ended == StatusDeleted:
		return s.Ended
	case s.Ended == StatusNone && at.Before(s.End) && s.Trial.On:
		return StatusTrial
	case s.Ended == StatusNone && at.Before(s.End):
		return StatusActive
	case s.Suspended != "":
		return StatusSuspended
	case at.Before(s.lapse().Add(Grace)):
		return StatusExpired
	}
	return StatusDisabled
}

// lapse is the first instant that is not covered: of what expired, where it was
// paid to.
func (s State) lapse() time.Time {
	if s.Ended == StatusNone {
		return s.End
	}
	return s.PaidUntil
}

// Refusal is the error that an addition of seats was refused with, nil if it was
// not.
func (s State) Refusal(addition ChangeID) error {
	if addition == "" || s.Refused.Addition != addition {
		return nil
	}
	return domain.Refusal(s.Refused.Code)
}

// Unconvertible is the error that a conversion was refused with, nil if it was
// not.
func (s State) Unconvertible(conversion ChangeID) error {
	if conversion == "" || s.Unconverted.Conversion != conversion {
		return nil
	}
	return domain.Refusal(s.Unconverted.Code)
}

// Unrevivable is the error that a reactivation was refused with, nil if it was
// not.
func (s State) Unrevivable(reactivation ChangeID) error {
	if reactivation == "" || s.Unrevived.Reactivation != reactivation {
		return nil
	}
	return domain.Refusal(s.Unrevived.Code)
}

// capacity is how many people may hold a seat. Whoever gets one while the next
// term is being paid must find it there.
func (s State) capacity() int64 {
	if s.Pending.Kind == "" {
		return s.Quantity
	}
	return min(s.Quantity, s.Pending.Quantity)
}
