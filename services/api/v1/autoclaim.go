package v1

import "kassa/domain"

// SetAutoClaim turns auto-claim on.
type SetAutoClaim struct {
	Primary domain.ProductID   `json:"primary" doc:"The product whose seats are given first; its id, or an older one." example:"CFQ7TTC0H9MP"`
	Backups []domain.ProductID `json:"backups,omitempty" doc:"Up to four others, in the order in which they are tried when there is no seat left."`
}

// AutoClaim is whom the organisation lets take a licence by opening a product.
type AutoClaim struct {
	On       bool               `json:"on"`
	Primary  domain.ProductID   `json:"primary,omitempty" doc:"Also while it is off: what was set last."`
	Backups  []domain.ProductID `json:"backups"`
	Position uint64             `json:"position"`
}

// ClaimLicense says which product was opened.
type ClaimLicense struct {
	ProductID domain.ProductID `json:"productId" doc:"The product's id, or an older one of it." example:"CFQ7TTC0H9MP"`
}

// Claim is the licence that somebody has who opened a product.
type Claim struct {
	SubscriptionID domain.SubscriptionID `json:"subscriptionId"`
	ProductID      domain.ProductID      `json:"productId" doc:"Of the subscription: the one opened, or a backup."`
	AlreadyHeld    bool                  `json:"alreadyHeld" doc:"They had it before."`
	Position       uint64                `json:"position"`
}

// AutoClaimReport counts claims by the product that was opened.
type AutoClaimReport struct {
	Days  int64              `json:"days" doc:"Claims of so many days until now."`
	Items []AutoClaimProduct `json:"items"`
	AsOf  AsOf               `json:"asOf"`
}

// AutoClaimProduct is what came of claims to one product.
type AutoClaimProduct struct {
	ProductID domain.ProductID  `json:"productId"`
	Claimed   int64             `json:"claimed" doc:"Claims that led to a licence."`
	Failed    int64             `json:"failed" doc:"Claims that were refused."`
	Reasons   []AutoClaimReason `json:"reasons" doc:"Why they were."`
}

// AutoClaimReason is how often claims were refused alike.
type AutoClaimReason struct {
	Code   string `json:"code" example:"auto_claim_no_seat"`
	Claims int64  `json:"claims"`
}
