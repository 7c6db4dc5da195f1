package tenantpolicy

import (
	"time"

	"kassa/domain"
)

// Event is sealed: only this file's types satisfy it.
type Event interface {
	domain.Event
	evolve(State) State

	// Change is what the event says, in the words that all policies share.
	Change() Change
}

// Change is one policy before and after. Of Product, OfferType and Process at
// most one is set; none of them means the default.
type Change struct {
	Product       domain.ProductID
	AskedFor      domain.ProductID // the id the administrator gave; an older alias perhaps
	OfferType     OfferType
	Process       *RequestProcess // from then on, zero if none; Before and After say nothing
	Before, After domain.PolicyValue
	At            time.Time
}

// These structs are the storage format. Add optional fields freely; for
// anything else declare a new version and an upcaster.
type (
	// DefaultSet says what holds for products that have no policy of their own.
	DefaultSet struct {
		Value    domain.PolicyValue `json:"value"`
		Previous domain.PolicyValue `json:"previous"`
		At       time.Time          `json:"at"`
	}
	// ProductSet sets the policy of one product, by its current id (R03, R41).
	// It has effect forward only.
	ProductSet struct {
		Product  domain.ProductID   `json:"productId"`
		AskedFor domain.ProductID   `json:"askedFor"` // the id the admin gave; an older alias perhaps
		Value    domain.PolicyValue `json:"value"`
		Previous domain.PolicyValue `json:"previous"`
		At       time.Time          `json:"at"`
	}
	// OfferTypeSet sets the policy of one kind of third-party offers. It has
	// effect forward only.
	OfferTypeSet struct {
		OfferType OfferType          `json:"offerType"`
		Value     domain.PolicyValue `json:"value"`
		Previous  domain.PolicyValue `json:"previous"`
		At        time.Time          `json:"at"`
	}
	// RequestProcessSet tells people to ask for licences elsewhere. The text is
	// an administrator's to everybody, and so no personal data.
	RequestProcessSet struct {
		Message string    `json:"message"`
		Link    string    `json:"link,omitempty"`
		At      time.Time `json:"at"`
	}
	// RequestProcessEnded lets them ask here again.
	RequestProcessEnded struct {
		At time.Time `json:"at"`
	}
)

func (DefaultSet) EventType() string          { return "tenantpolicy.default_set.v1" }
func (ProductSet) EventType() string          { return "tenantpolicy.product_set.v1" }
func (OfferTypeSet) EventType() string        { return "tenantpolicy.offer_type_set.v1" }
func (RequestProcessSet) EventType() string   { return "tenantpolicy.request_process_set.v1" }
func (RequestProcessEnded) EventType() string { return "tenantpolicy.request_process_ended.v1" }

// Change implements Event.
func (e DefaultSet) Change() Change { return Change{Before: e.Previous, After: e.Value, At: e.At} }

// Change implements Event.
func (e ProductSet) Change() Change {
	return Change{Product: e.Product, AskedFor: e.AskedFor, Before: e.Previous, After: e.Value, At: e.At}
}

// Change implements Event.
func (e OfferTypeSet) Change() Change {
	return Change{OfferType: e.OfferType, Before: e.Previous, After: e.Value, At: e.At}
}

// Change implements Event.
func (e RequestProcessSet) Change() Change {
	return Change{Process: &RequestProcess{Message: e.Message, Link: e.Link}, At: e.At}
}

// Change implements Event.
func (e RequestProcessEnded) Change() Change { return Change{Process: new(RequestProcess), At: e.At} }
