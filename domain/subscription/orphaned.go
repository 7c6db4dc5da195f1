package subscription

import (
	"time"

	"kassa/domain"
)

// These structs are the storage format. Add optional fields freely; for
// anything else declare a new version and an upcaster.
type (
	// PurchaserMarkedAsLeft says that whoever bought a subscription by themselves
	// was deleted from the directory. It changes nothing else: everybody keeps
	// their seat and the next term is renewed on the same card, until somebody
	// cancels (R57, R58).
	PurchaserMarkedAsLeft struct {
		Purchaser domain.PersonID `json:"purchaserOid"`
		Orphaned  bool            `json:"orphaned"`
		At        time.Time       `json:"at"` // when they were deleted
	}
	// PurchaserReturned says that the directory restored them.
	PurchaserReturned struct {
		Purchaser domain.PersonID `json:"purchaserOid"`
		At        time.Time       `json:"at"`
	}
)

func (PurchaserMarkedAsLeft) EventType() string { return "subscription.purchaser_marked_as_left.v1" }
func (PurchaserReturned) EventType() string     { return "subscription.purchaser_returned.v1" }

// MarkPurchaser says whether whoever bought a subscription has left. What the
// organisation bought has no purchaser to lose.
type MarkPurchaser struct {
	Purchaser domain.PersonID
	Left      bool
	At        time.Time
}

func (c MarkPurchaser) decide(s State) ([]Event, error) {
	switch {
	case s.Subscription == "":
		return nil, ErrUnknown
	case s.Purchaser != c.Purchaser, s.Channel != domain.SelfService, s.Orphaned == c.Left, s.Ended == StatusDeleted:
		return nil, nil
	case c.Left:
		return []Event{PurchaserMarkedAsLeft{Purchaser: c.Purchaser, Orphaned: true, At: c.At}}, nil
	}
	return []Event{PurchaserReturned{Purchaser: c.Purchaser, At: c.At}}, nil
}
