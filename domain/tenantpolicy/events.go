package tenantpolicy

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
)

func (DefaultSet) EventType() string { return "tenantpolicy.default_set.v1" }
func (ProductSet) EventType() string { return "tenantpolicy.product_set.v1" }
