package v1

import (
	"time"

	"kassa/domain"
)

// AskCancellation asks somebody to cancel a subscription (R47, R58).
type AskCancellation struct {
	To     string `json:"to" doc:"purchaser, who is free to say no, or support, which decides." example:"purchaser"`
	Reason string `json:"reason" doc:"centralised, purchaser_left, not_needed, too_expensive or other." example:"centralised"`
}

// DeclineCancellation says no to a cancellation request.
type DeclineCancellation struct {
	Reason string `json:"reason" doc:"still_needed, cancels_later, ask_purchaser, not_verified or other." example:"still_needed"`
}

// CancellationRequest is how a request stands.
type CancellationRequest struct {
	ID             string                `json:"id"`
	To             string                `json:"to" doc:"purchaser or support."`
	TenantID       domain.TenantID       `json:"tenantId"`
	SubscriptionID domain.SubscriptionID `json:"subscriptionId"`
	ProductID      domain.ProductID      `json:"productId,omitempty" doc:"In lists."`
	Purchaser      Person                `json:"purchaser"`
	RequestedBy    Person                `json:"requestedBy"`
	Reason         string                `json:"reason" example:"centralised"`
	Status         string                `json:"status" doc:"open, accepted (and about to be carried out), executed, declined, withdrawn or expired." example:"open"`
	DeclineReason  string                `json:"declineReason,omitempty"`
	Effect         string                `json:"effect,omitempty" doc:"Of a yes: cancelled, or recurring_billing_off."`
	RequestedAt    time.Time             `json:"requestedAt"`
	ExpiresAt      time.Time             `json:"expiresAt" doc:"Unless it is answered before."`
	Position       uint64                `json:"position,omitempty" doc:"Of the last fact this rests on; not in lists."`
}

// CancellationRequests is a page of them.
type CancellationRequests struct {
	Items []CancellationRequest `json:"items"`
	AsOf  AsOf                  `json:"asOf"`
	Next  string                `json:"next" doc:"Give it as after to get the next page; empty on the last."`
}
