package v1

import (
	"time"

	"kassa/domain"
)

// SubscriptionDetail is one subscription with what holds for it: to its
// purchaser, and to administrators with the policies that apply to it.
type SubscriptionDetail struct {
	Product
	PayerID      domain.PersonID `json:"payerId,omitempty" doc:"Who is billed for it, as long as it lasts (R36); absent: the organisation, by agreement."`
	DataOwner    string          `json:"dataOwner" enum:"tenant" doc:"Whose the data is, whoever pays (R44)."`
	Support      string          `json:"support" enum:"standard" doc:"What support the vendor gives (R51)."`
	NextTerm     *NextTerm       `json:"nextTerm,omitempty" doc:"What follows, if nothing changes (R34, R36); absent: nothing does, or the agreement says what it costs."`
	ProductURL   string          `json:"productUrl,omitempty"`
	TrainingURLs []string        `json:"trainingUrls" doc:"Where to learn to use it (R53)."`
	Policies     []AppliedPolicy `json:"policies,omitempty" doc:"Of the organisation, the same for either channel (R40, R43); for administrators."`
	Cancelled    *Cancelled      `json:"cancelled,omitempty"`
	AsOf         AsOf            `json:"asOf"`
}

// NextTerm is the term that follows the current one. A price that is not today's
// is announced 30 days before a year ends and 7 before a month does; then it is
// what is charged, or less.
type NextTerm struct {
	StartDate    time.Time    `json:"startDate"`
	Quantity     int64        `json:"quantity"`
	UnitPrice    domain.Money `json:"unitPrice"`
	PriceChanges bool         `json:"priceChanges" doc:"Whether that is another price than today's, which was announced."`
	Net          domain.Money `json:"net"`
	Tax          domain.Money `json:"tax"`
	Total        domain.Money `json:"total" doc:"What will be charged, if the tax stays what it is."`
}

// Cancelled is how a subscription came to its end before its term did.
type Cancelled struct {
	At       time.Time `json:"at"`
	By       string    `json:"by" example:"purchaser"`
	Reason   string    `json:"reason" example:"not_needed"`
	Feedback string    `json:"feedback,omitempty" doc:"What whoever cancelled wrote; absent once they were erased."`
}

// AppliedPolicy is one policy and what it says of a product.
type AppliedPolicy struct {
	Policy string `json:"policy" enum:"governance,AllowSelfServicePurchase"`
	Value  string `json:"value" example:"allowed"`
	Own    bool   `json:"own" doc:"Set for this product, and not the default."`
}
