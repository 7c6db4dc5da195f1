package product

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
	// Listed puts a product into the catalogue (R04).
	Listed struct {
		Product             domain.ProductID `json:"productId"`
		Name                string           `json:"name"`
		Vendor              string           `json:"vendor"`
		Family              string           `json:"family"` // "Power BI"; market rules go by it (R06)
		SelfServiceEligible bool             `json:"selfServiceEligible"`
		TrialWithoutPayment bool             `json:"trialWithoutPaymentMethod"`
		MaxQuantity         int64            `json:"maxQuantity"`
		ProductURL          string           `json:"productUrl,omitempty"`
		TrainingURLs        []string         `json:"trainingUrls,omitempty"` // R53
	}
	// Renamed changes what people read, never what was bought.
	Renamed struct {
		Name     string `json:"name"`
		Previous string `json:"previous"`
	}
	// IDReplaced says that this product took over an older id.
	IDReplaced struct {
		OldID domain.ProductID `json:"oldId"`
	}
	// ReplacedBy is the same fact in the older id's own stream: whoever asks by
	// the old id is led here.
	ReplacedBy struct {
		Product domain.ProductID `json:"productId"`
	}
	// EndOfSale ends new purchases; subscriptions go on.
	EndOfSale struct {
		From time.Time `json:"from"`
	}
	// MarketExcluded says where the product can't be bought, from when (R05, R06).
	MarketExcluded struct {
		Market string    `json:"market"` // ISO 3166-1 alpha-2
		From   time.Time `json:"from"`
	}
	// MarketReopened ends an exclusion.
	MarketReopened struct {
		Market string    `json:"market"`
		From   time.Time `json:"from"`
	}
	// TrialOffered says how the product can be tried. Both ways false: not at all
	// any more.
	TrialOffered struct {
		Trial
	}
	// CapacitySet says what one licence adds to its organisation's storage (R39).
	CapacitySet struct {
		Capacity
	}
)

// Trial is how a product can be tried before it is bought. It is part of the
// storage format.
type Trial struct {
	Days                 int64 `json:"days"`
	Seats                int64 `json:"seats"`                // at most
	WithoutPaymentMethod bool  `json:"withoutPaymentMethod"` // it just ends
	WithPaymentMethod    bool  `json:"withPaymentMethod"`    // it becomes paid when it ends
}

// Capacity is storage in megabytes. It is part of the storage format.
type Capacity struct {
	DatabaseMB int64 `json:"databaseMb"`
	FileMB     int64 `json:"fileMb"`
}

func (Listed) EventType() string         { return "product.listed.v1" }
func (Renamed) EventType() string        { return "product.renamed.v1" }
func (IDReplaced) EventType() string     { return "product.id_replaced.v1" }
func (ReplacedBy) EventType() string     { return "product.replaced_by.v1" }
func (EndOfSale) EventType() string      { return "product.end_of_sale.v1" }
func (MarketExcluded) EventType() string { return "product.market_excluded.v1" }
func (MarketReopened) EventType() string { return "product.market_reopened.v1" }
func (TrialOffered) EventType() string   { return "product.trial_offered.v1" }
func (CapacitySet) EventType() string    { return "product.capacity_set.v1" }
