package v1

import (
	"time"

	"kassa/domain"
)

// AskForLicenses asks for licences of a product that the caller may not buy.
type AskForLicenses struct {
	ProductID domain.ProductID `json:"productId" doc:"The product's id, or an older one of it." example:"CFQ7TTC0H9MP"`
	Users     []string         `json:"users,omitempty" doc:"Mail addresses or directory object ids of up to 20 people of the organisation; left out, the caller." example:"omar@contoso.example"`
	Reason    string           `json:"reason,omitempty" doc:"needed_for_work, collaboration, replacement, trying_out or other (default). Words of one's own are not kept." example:"needed_for_work"`
	Market    string           `json:"market,omitempty" doc:"Country of the billing address, as in the purchase that was refused; left out, the organisation's." example:"SE"`
}

// ApproveLicenseRequest says who gets a licence, and of which subscription.
type ApproveLicenseRequest struct {
	Users          []string              `json:"users,omitempty" doc:"Mail addresses or directory object ids of some of those the request names; left out, all of them." example:"omar@contoso.example"`
	SubscriptionID domain.SubscriptionID `json:"subscriptionId" doc:"One of the organisation's own subscriptions of the product."`
}

// DenyLicenseRequest says that nobody gets one.
type DenyLicenseRequest struct {
	Reason string `json:"reason" doc:"not_needed, too_expensive, other_product, not_allowed or other." example:"other_product"`
}

// ShareLicenseRequest shows a request to a colleague.
type ShareLicenseRequest struct {
	User string `json:"user" doc:"Mail address or directory object id of somebody in the organisation." example:"gail@contoso.example"`
}

// LicenseRequest is a request for licences and what came of it.
type LicenseRequest struct {
	RequestID      string                `json:"requestId"`
	ProductID      domain.ProductID      `json:"productId"`
	Requester      Person                `json:"requester"`
	Users          []LicenseRequestUser  `json:"users" doc:"Whom it asks for, in the order in which they were named."`
	Reason         string                `json:"reason" example:"needed_for_work"`
	Refusal        string                `json:"refusal" doc:"The check that keeps the requester from buying." example:"policy_disabled"`
	Status         string                `json:"status" doc:"pending, approved, partly_approved, denied or expired."`
	RequestedAt    time.Time             `json:"requestedAt"`
	ExpiresAt      time.Time             `json:"expiresAt" doc:"Twelve months later: until then it can be answered."`
	AnsweredAt     *time.Time            `json:"answeredAt,omitempty"`
	AnsweredBy     *Person               `json:"answeredBy,omitempty"`
	DenialReason   string                `json:"denialReason,omitempty" example:"other_product"`
	SubscriptionID domain.SubscriptionID `json:"subscriptionId,omitempty" doc:"That the approved get a seat of."`
}

// LicenseRequestUser is how one person stands whom a request names.
type LicenseRequestUser struct {
	User     Person `json:"user"`
	Standing string `json:"standing" doc:"asked, waiting (approved, and without a licence so far), given, not_given or not_chosen." example:"given"`
	Code     string `json:"code,omitempty" doc:"Why they wait (no_seat: until one is free or bought), or were not given one." example:"no_seat"`
}

// LicenseRequests is a page of requests, newest first.
type LicenseRequests struct {
	Items []LicenseRequest `json:"items"`
	AsOf  AsOf             `json:"asOf"`
	Next  string           `json:"next" doc:"Give it as after to get the next page; empty on the last."`
}

// LicenseRequestChanged is how a write left a request.
type LicenseRequestChanged struct {
	RequestID      string                `json:"requestId"`
	ProductID      domain.ProductID      `json:"productId"`
	Status         string                `json:"status" doc:"pending, approved, partly_approved, denied or expired."`
	Users          []LicenseRequestUser  `json:"users" doc:"Whom it asks for, and how each stands by now."`
	ExpiresAt      time.Time             `json:"expiresAt"`
	SubscriptionID domain.SubscriptionID `json:"subscriptionId,omitempty" doc:"That the approved get a seat of."`
	Position       uint64                `json:"position" doc:"Of the last fact this rests on."`
}

// RequestProcess is an organisation's own way to ask for licences.
type RequestProcess struct {
	Message string `json:"message" doc:"What whoever asks is told; empty where Kassa takes requests." example:"Ask in the portal."`
	Link    string `json:"link,omitempty" doc:"Where they go; https." example:"https://portal.contoso.example/ask"`
}

// SetRequestProcess turns it on with a message, or off without one.
type SetRequestProcess struct {
	Message string `json:"message" doc:"What to tell whoever asks, in 1 to 500 characters. Empty: take requests here again." example:"Ask in the portal."`
	Link    string `json:"link,omitempty" doc:"Where they go: an https address." example:"https://portal.contoso.example/ask"`
}

// RequestProcessChanged is an organisation's own way after a change.
type RequestProcessChanged struct {
	RequestProcess RequestProcess `json:"requestProcess"`
	Position       uint64         `json:"position"`
	Revision       int64          `json:"revision" doc:"Of the policies; also the ETag."`
}
