package v1

import "kassa/domain"

// SubscriptionDetail is one subscription with what holds for it: to its
// purchaser, and to administrators with the policies that apply to it.
type SubscriptionDetail struct {
	Product
	PayerID      domain.PersonID `json:"payerId,omitempty" doc:"Who is billed for it, as long as it lasts (R36); absent: the organisation, by agreement."`
	DataOwner    string          `json:"dataOwner" enum:"tenant" doc:"Whose the data is, whoever pays (R44)."`
	Support      string          `json:"support" enum:"standard" doc:"What support the vendor gives (R51)."`
	ProductURL   string          `json:"productUrl,omitempty"`
	TrainingURLs []string        `json:"trainingUrls" doc:"Where to learn to use it (R53)."`
	Policies     []AppliedPolicy `json:"policies,omitempty" doc:"Of the organisation, the same for either channel (R40, R43); for administrators."`
	AsOf         AsOf            `json:"asOf"`
}

// AppliedPolicy is one policy and what it says of a product.
type AppliedPolicy struct {
	Policy string `json:"policy" enum:"governance,AllowSelfServicePurchase"`
	Value  string `json:"value" example:"allowed"`
	Own    bool   `json:"own" doc:"Set for this product, and not the default."`
}
