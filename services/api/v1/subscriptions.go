package v1

import (
	"time"

	"kassa/domain"
)

// AddSeats asks for more seats. Either Quantity or Delta is given.
type AddSeats struct {
	Quantity int64  `json:"quantity,omitempty" doc:"The new total." example:"5"`
	Delta    int64  `json:"delta,omitempty" doc:"How many more, instead of the total."`
	Card     string `json:"card,omitempty" doc:"The payment gateway's token of a card to pay with from now on, or the id of a saved one; left out: the one on file." example:"tok_visa"`
}

// RemoveSeats asks for fewer seats. Either Quantity or Delta is given.
type RemoveSeats struct {
	Quantity int64  `json:"quantity,omitempty" doc:"The new total." example:"2"`
	Delta    int64  `json:"delta,omitempty" doc:"How many fewer, instead of the total."`
	When     string `json:"when" doc:"now, for a refund within seven days of paying for them, or renewal." example:"now"`
}

// SetRecurringBilling says whether another term follows the current one.
type SetRecurringBilling struct {
	On bool `json:"on" doc:"Off, everything works until the term ends."`
}

// CancelSubscription ends a subscription at once.
type CancelSubscription struct {
	Reason   string `json:"reason" doc:"too_expensive, not_needed, missing_features, technical_problems, other_product, centralised or other." example:"not_needed"`
	Feedback string `json:"feedback,omitempty" maxLength:"2000" doc:"Anything else you want to say. It is kept sealed, apart from the facts of the subscription, and is erased with your name." example:"We use another product now."`
}

// ReactivateSubscription begins a new term after the last one ended.
type ReactivateSubscription struct {
	Card string `json:"card,omitempty" doc:"The payment gateway's token of a card to pay with from now on, or the id of a saved one; left out: the one on file." example:"tok_visa"`
}

// ConvertTrial buys what is being tried.
type ConvertTrial struct {
	Card string `json:"card,omitempty" doc:"The payment gateway's token of a card to pay with from now on, or the id of a saved one; left out: the one on file." example:"tok_visa"`
}

// Subscription is how a change left a subscription.
type Subscription struct {
	SubscriptionID    domain.SubscriptionID `json:"subscriptionId"`
	Status            string                `json:"status" doc:"trial, active, expired, disabled or deleted."`
	Quantity          int64                 `json:"quantity" doc:"Seats paid for."`
	QuantityAtRenewal int64                 `json:"quantityAtRenewal,omitempty" doc:"Seats that the next term begins with, where they are fewer."`
	ExpiryDate        time.Time             `json:"expiryDate" doc:"The first instant not covered."`
	RecurringBilling  bool                  `json:"recurringBilling"`
	Pending           bool                  `json:"pending" doc:"Whether the payment gateway has not answered yet: ask again with the same key."`
	Charged           *domain.Money         `json:"charged,omitempty" doc:"What the card was charged for this."`
	Refund            *domain.Money         `json:"refund,omitempty" doc:"What is paid back to the card."`
	Position          uint64                `json:"position" doc:"Of the last fact this rests on."`
}
