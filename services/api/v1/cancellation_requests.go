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

// LastAssignee is somebody who used a subscription when it ended (R59).
type LastAssignee struct {
	Person         Person                `json:"person"`
	SubscriptionID domain.SubscriptionID `json:"subscriptionId"`
	ProductID      domain.ProductID      `json:"productId"`
	Purchaser      Person                `json:"purchaser"`
	EndedAt        time.Time             `json:"endedAt"`
	EndedBy        string                `json:"endedBy,omitempty" doc:"Who cancelled it, such as purchaser or support; absent: nobody, its time was over."`
	Covered        bool                  `json:"covered" doc:"Whether the person has a licence of the same product by now, of another subscription."`
}

// LastAssignees is a page of them.
type LastAssignees struct {
	Items []LastAssignee `json:"items"`
	AsOf  AsOf           `json:"asOf"`
	Next  string         `json:"next" doc:"Give it as after to get the next page; empty on the last."`
}

// Notice is something that a person should know of.
type Notice struct {
	ID             string                `json:"id"`
	At             time.Time             `json:"at"`
	Code           string                `json:"code" example:"cancellation_requested"`
	Text           string                `json:"text" doc:"In the language that was asked for."`
	SubscriptionID domain.SubscriptionID `json:"subscriptionId,omitempty"`
	RequestID      string                `json:"requestId,omitempty" doc:"The cancellation request that it is about."`
}

// Notices is a page of them.
type Notices struct {
	Items []Notice `json:"items"`
	AsOf  AsOf     `json:"asOf"`
	Next  string   `json:"next" doc:"Give it as after to get the next page; empty on the last."`
}
