package v1

import (
	"time"

	"kassa/domain"
)

// Notice is something that a person should know of.
type Notice struct {
	ID             string                `json:"id"`
	At             time.Time             `json:"at"`
	Code           string                `json:"code" example:"cancellation_requested"`
	Text           string                `json:"text" doc:"In the language that was asked for."`
	SubscriptionID domain.SubscriptionID `json:"subscriptionId,omitempty"`
	RequestID      string                `json:"requestId,omitempty" doc:"The cancellation request, or licence request, that it is about."`
}

// Notices is a page of them.
type Notices struct {
	Items []Notice `json:"items"`
	AsOf  AsOf     `json:"asOf"`
	Next  string   `json:"next" doc:"Give it as after to get the next page; empty on the last."`
}
