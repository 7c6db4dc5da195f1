package v1

import (
	"time"

	"kassa/domain"
)

// PolicyID is the one policy there is, by the name existing scripts know.
const PolicyID = "AllowSelfServicePurchase"

// Policies is what a tenant lets its people buy by themselves (R03, R41).
type Policies struct {
	PolicyID       string             `json:"policyId" example:"AllowSelfServicePurchase"`
	Default        domain.PolicyValue `json:"default" doc:"For products without a value of their own."`
	Items          []ProductPolicy    `json:"items"`
	OfferTypes     []OfferTypePolicy  `json:"offerTypes" doc:"Third-party offers, by their kind."`
	RequestProcess *RequestProcess    `json:"requestProcess,omitempty" doc:"The organisation's own way to ask for licences, where it has one."`
	Position       uint64             `json:"position"`
	Revision       int64              `json:"revision" doc:"Of the policies; also the ETag. -1 while none was ever set."`
}

// ProductPolicy is what holds for one product.
type ProductPolicy struct {
	ProductID   domain.ProductID   `json:"productId"`
	ProductName string             `json:"productName"`
	Value       domain.PolicyValue `json:"value" doc:"Enabled, Disabled or OnlyTrialsWithoutPaymentMethod."`
	Own         bool               `json:"own" doc:"Set for this product; otherwise the default holds."`
}

// OfferTypePolicy is what holds for one kind of third-party offers.
type OfferTypePolicy struct {
	OfferType string             `json:"offerType" example:"SaaS"`
	Name      string             `json:"name" example:"Software as a Service"`
	Value     domain.PolicyValue `json:"value" doc:"Enabled or Disabled."`
	Own       bool               `json:"own" doc:"Set for this kind; otherwise the default holds."`
}

// SetPolicy changes the policy of one product or kind of offers.
type SetPolicy struct {
	Value domain.PolicyValue `json:"value" doc:"Enabled, Disabled or OnlyTrialsWithoutPaymentMethod." example:"Disabled"`
}

// SetDefaultPolicy changes what holds for all other products.
type SetDefaultPolicy struct {
	Default domain.PolicyValue `json:"default" doc:"Enabled, Disabled or OnlyTrialsWithoutPaymentMethod." example:"Disabled"`
}

// PolicySet is a policy after a change.
type PolicySet struct {
	ProductID domain.ProductID   `json:"productId,omitempty" doc:"Empty for the default and for offers."`
	OfferType string             `json:"offerType,omitempty" doc:"The kind of third-party offers that was set."`
	Value     domain.PolicyValue `json:"value"`
	Own       bool               `json:"own"`
	Position  uint64             `json:"position"`
	Revision  int64              `json:"revision"`
}

// SetProductPolicy is one item of a change of many policies.
type SetProductPolicy struct {
	Product domain.ProductID   `json:"productId" doc:"The product's id, or an older one of it." example:"CFQ7TTC0H9MP"`
	Value   domain.PolicyValue `json:"value" doc:"Enabled, Disabled or OnlyTrialsWithoutPaymentMethod." example:"Disabled"`
}

// PolicyResults says what came of each item, in their order.
type PolicyResults struct {
	Items    []PolicyResult `json:"items"`
	Position uint64         `json:"position" doc:"Of the last change; 0 if there was none."`
}

// PolicyResult has what came of an item: set or error.
type PolicyResult struct {
	ProductID domain.ProductID   `json:"productId" doc:"As it was asked for."`
	Value     domain.PolicyValue `json:"value" doc:"As it was asked for."`
	Set       *PolicySet         `json:"set,omitempty" doc:"It holds from now on."`
	Error     *Problem           `json:"error,omitempty" doc:"Why it does not."`
}

// Problems are those of the items that could not be set.
func (r PolicyResults) Problems() []*Problem {
	var all []*Problem
	for _, item := range r.Items {
		if item.Error != nil {
			all = append(all, item.Error)
		}
	}
	return all
}

// PolicyHistory is a page of the changes of a tenant's policies, oldest first.
type PolicyHistory struct {
	Items []PolicyChange `json:"items"`
	AsOf  AsOf           `json:"asOf"`
	Next  string         `json:"next" doc:"Give it as after to get the next page; empty on the last."`
}

// PolicyChange is one change: of a product's policy, of that of a kind of
// offers, of the request process or, where all are empty, of the default.
type PolicyChange struct {
	ProductID      domain.ProductID   `json:"productId,omitempty"`
	AskedFor       domain.ProductID   `json:"askedFor,omitempty" doc:"The id that the administrator gave, perhaps an older one."`
	OfferType      string             `json:"offerType,omitempty"`
	RequestProcess *RequestProcess    `json:"requestProcess,omitempty" doc:"From then on the organisation's own way to ask for licences, with an empty message if none. Before and after say nothing."`
	Before         domain.PolicyValue `json:"before"`
	After          domain.PolicyValue `json:"after"`
	At             time.Time          `json:"at" doc:"From when it holds."`
	RecordedAt     time.Time          `json:"recordedAt" doc:"When the store kept it."`
	By             Person             `json:"by"`
	ByKind         string             `json:"byKind" example:"admin"`
	EventID        string             `json:"eventId"`
	CommandID      string             `json:"commandId" doc:"What was asked for."`
	CorrelationID  string             `json:"correlationId" doc:"The whole conversation; a script's own x-ms-correlation-id."`
	Position       uint64             `json:"position"`
	Revision       int64              `json:"revision"`
}
