package v1

import (
	"time"

	"kassa/domain"
)

// TakingControl ends what a person bought by themselves.
type TakingControl struct {
	Option string                `json:"option" enum:"move,cancel" doc:"move: each user gets a licence of the target first. cancel: each user loses their licence." example:"move"`
	Target domain.SubscriptionID `json:"target,omitempty" doc:"The subscription to move the users to, with a free licence for each of them."`
	Reason string                `json:"reason" doc:"too_expensive, not_needed, missing_features, technical_problems, other_product, centralised, purchaser_left or other." example:"centralised"`
}

// TakenOver says that an administrator has taken control of a subscription, and
// how far its end has come.
type TakenOver struct {
	By        Person                `json:"by"`
	At        time.Time             `json:"at"`
	Option    string                `json:"option" doc:"move or cancel: what happens to the users who remain."`
	Target    domain.SubscriptionID `json:"target,omitempty" doc:"Where users are, or were, moved to."`
	Users     int64                 `json:"users" doc:"Who held a licence when control was taken."`
	Remaining int64                 `json:"remaining" doc:"Of them, who still does."`
	Finished  bool                  `json:"finished" doc:"The subscription is deleted."`
}

// Control is how far the end of a subscription has come.
type Control struct {
	SubscriptionID domain.SubscriptionID `json:"subscriptionId"`
	TakenOver
	Status       string   `json:"status" doc:"Of the subscription: active, expired, disabled or deleted."`
	MissingSeats int64    `json:"missingSeats,omitempty" doc:"How many licences the target lacks for the users who remain."`
	Waiting      *Problem `json:"waiting,omitempty" doc:"Why those who remain cannot be moved now. It goes on by itself once that is over."`
	Position     uint64   `json:"position" doc:"Of the last fact this rests on."`
}
