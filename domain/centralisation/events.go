package centralisation

import (
	"time"

	"kassa/domain"
)

// Event is sealed: only this file's types satisfy it.
type Event interface {
	domain.Event
	evolve(State) State
}

// These structs are the storage format. Add optional fields freely; for
// anything else declare a new version and an upcaster.
type (
	// Planned says what it would take. The lists follow it as facts of the same
	// append, in parts, so that no fact grows with the organisation.
	Planned struct {
		Centralisation domain.CentralisationID `json:"centralisationId"`
		Tenant         domain.TenantID         `json:"tenantId"`
		Product        domain.ProductID        `json:"productId"`
		Market         string                  `json:"market"`         // whose agreement price was compared
		Keep           bool                    `json:"keep,omitempty"` // nobody is asked to cancel (R45)
		Subscriptions  int64                   `json:"subscriptions"`  // bought by people themselves
		Covered        int64                   `json:"covered"`        // people who hold a licence of the organisation's already
		SeatsNeeded    int64                   `json:"seatsNeeded"`    // one for each person listed
		SeatsAvailable int64                   `json:"seatsAvailable"` // free in what the organisation has
		SeatsToBuy     int64                   `json:"seatsToBuy"`
		Savings        Savings                 `json:"savings"`
		AsOf           uint64                  `json:"asOf"` // the position of the list of subscriptions that was looked through
		At             time.Time               `json:"at"`
	}
	// SourcesListed names subscriptions that people bought themselves.
	SourcesListed struct {
		Sources []Source `json:"sources"`
	}
	// UsersListed names people who need a licence, in the order in which they
	// get one.
	UsersListed struct {
		Users []User `json:"users"`
	}
	// CentralPurchaseOrdered says that seats are to be bought under the
	// organisation's agreement, one for each person who still needs one (R46).
	// The purchase's id derives from this fact's.
	CentralPurchaseOrdered struct {
		Seats         int64     `json:"seats"`
		Terms         string    `json:"termsVersion"`
		PrivacyNotice string    `json:"privacyNoticeVersion"`
		At            time.Time `json:"at"`
	}
	// CentralPurchaseRefused says that they cannot be.
	CentralPurchaseRefused struct {
		Code string    `json:"code"`
		At   time.Time `json:"at"`
	}
	// CentralSeatsBought says that they are; people get these (R46).
	CentralSeatsBought struct {
		Purchase     domain.PurchaseID     `json:"purchaseId"`
		Subscription domain.SubscriptionID `json:"subscriptionId"`
		Seats        int64                 `json:"seats"`
		UnitPrice    domain.Money          `json:"unitPrice"` // of the agreement
		Term         domain.Term           `json:"term"`
		Yearly       domain.Money          `json:"yearly"` // what all that was bought for this cost in a year, earlier orders included
		At           time.Time             `json:"at"`
	}
	// CentralSubscriptionChosen says that people get licences of what the
	// organisation has already (R45).
	CentralSubscriptionChosen struct {
		Subscription domain.SubscriptionID `json:"subscriptionId"`
		At           time.Time             `json:"at"`
	}
	// SeatsRanOut says that no more licences of it can be assigned, and why:
	// no_seat, or that it ended or is not allowed.
	SeatsRanOut struct {
		Subscription domain.SubscriptionID `json:"subscriptionId"`
		Code         string                `json:"code"`
		At           time.Time             `json:"at"`
	}
	// UsersReassigned says what became of the next people of the list.
	UsersReassigned struct {
		Subscription domain.SubscriptionID `json:"subscriptionId"`
		Users        []Reassigned          `json:"users"`
		Remaining    int64                 `json:"remaining"` // people who still need one
		At           time.Time             `json:"at"`
	}
	// PurchasersAskedToCancel says that the next purchasers of the list were
	// asked (R47), or why not.
	PurchasersAskedToCancel struct {
		Asked     []Asked   `json:"asked"`
		Remaining int64     `json:"remaining"` // subscriptions not asked about yet
		At        time.Time `json:"at"`
	}
	// PurchasersAnswered says what they answered. They may say no.
	PurchasersAnswered struct {
		Answers []Answered `json:"answers"`
		At      time.Time  `json:"at"`
	}
	// Closed ends it, with what came of it.
	Closed struct {
		Outcome    Outcome   `json:"outcome"`
		Assigned   int64     `json:"assigned"`
		Skipped    int64     `json:"skipped"`
		Accepted   int64     `json:"accepted"`
		Declined   int64     `json:"declined"`
		Expired    int64     `json:"expired"`
		NotAsked   int64     `json:"notAsked"`
		Unanswered int64     `json:"unanswered"`
		Savings    Savings   `json:"savings"` // of what was cancelled over what was bought
		At         time.Time `json:"at"`
	}
	// Withdrawn ends it before anybody was asked. Licences that were assigned
	// stay where they are.
	Withdrawn struct {
		At time.Time `json:"at"`
	}
)

// Source is a subscription that somebody bought by themselves. It is part of the
// storage format.
type Source struct {
	Subscription domain.SubscriptionID `json:"subscriptionId"`
	Purchaser    domain.PersonID       `json:"purchaserOid"`
	Seats        int64                 `json:"seats"`          // paid for
	Users        int64                 `json:"users"`          // who hold one
	Yearly       domain.Money          `json:"yearly"`         // what all of its seats cost in a year
	Ended        bool                  `json:"ended,omitzero"` // so nobody is asked to cancel it (R59)
}

// User is somebody who needs a licence, with where they hold one now.
type User struct {
	Person        domain.PersonID         `json:"userOid"`
	Subscriptions []domain.SubscriptionID `json:"subscriptionIds"`
}

// Reassigned is what became of one person: they have a licence, or Code says why
// not.
type Reassigned struct {
	Person domain.PersonID `json:"userOid"`
	Code   string          `json:"code,omitempty"`
}

// Asked is what became of one subscription: its purchaser has a request, or Code
// says why they were not asked.
type Asked struct {
	Subscription domain.SubscriptionID `json:"subscriptionId"`
	Request      RequestID             `json:"requestId,omitempty"`
	Code         string                `json:"code,omitempty"`
}

// Answered is what a purchaser said to a request.
type Answered struct {
	Request RequestID `json:"requestId"`
	Answer  Answer    `json:"answer"`
}

// RequestID names a request to cancel.
type RequestID string

// Answer is what became of a request to cancel.
type Answer string

// Answers.
const (
	Accepted   Answer = "accepted"
	Declined   Answer = "declined"
	Expired    Answer = "expired"
	TakenBack  Answer = "withdrawn" // by whoever asked
	Unanswered Answer = ""
)

// Outcome says how much of the plan came true.
type Outcome string

// Outcomes.
const (
	Complete Outcome = "complete" // everybody has a licence, and every purchaser has cancelled
	Partial  Outcome = "partial"  // somebody has none, or keeps what they bought
)

func (Planned) EventType() string                { return "centralisation.planned.v1" }
func (SourcesListed) EventType() string          { return "centralisation.sources_listed.v1" }
func (UsersListed) EventType() string            { return "centralisation.users_listed.v1" }
func (CentralPurchaseOrdered) EventType() string { return "centralisation.central_purchase_ordered.v1" }
func (CentralPurchaseRefused) EventType() string { return "centralisation.central_purchase_refused.v1" }
func (CentralSeatsBought) EventType() string     { return "centralisation.central_seats_bought.v1" }
func (CentralSubscriptionChosen) EventType() string {
	return "centralisation.central_subscription_chosen.v1"
}
func (SeatsRanOut) EventType() string     { return "centralisation.seats_ran_out.v1" }
func (UsersReassigned) EventType() string { return "centralisation.users_reassigned.v1" }
func (PurchasersAskedToCancel) EventType() string {
	return "centralisation.purchasers_asked_to_cancel.v1"
}
func (PurchasersAnswered) EventType() string { return "centralisation.purchasers_answered.v1" }
func (Closed) EventType() string             { return "centralisation.closed.v1" }
func (Withdrawn) EventType() string          { return "centralisation.withdrawn.v1" }
