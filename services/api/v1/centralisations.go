package v1

import (
	"time"

	"kassa/domain"
)

// CentralisationPlan is what taking over what people bought would come to.
type CentralisationPlan struct {
	ProductID      domain.ProductID      `json:"productId"`
	Market         string                `json:"market" doc:"Whose agreement price is compared."`
	Keep           bool                  `json:"keep" doc:"Nobody is asked to cancel (R45)."`
	Subscriptions  int64                 `json:"subscriptions" doc:"Bought by people themselves."`
	Covered        int64                 `json:"covered" doc:"People who have a licence of the organisation's already."`
	SeatsNeeded    int64                 `json:"seatsNeeded" doc:"One for each person who has none."`
	SeatsAvailable int64                 `json:"seatsAvailable" doc:"Free in what the organisation has."`
	SeatsToBuy     int64                 `json:"seatsToBuy"`
	UnitPrice      *domain.Money         `json:"unitPrice,omitempty" doc:"Of a seat under the agreement; absent: it is not sold in this market."`
	Term           domain.Term           `json:"term,omitempty"`
	Savings        Savings               `json:"savings"`
	Purchases      []CentralisedPurchase `json:"purchases"`
	Users          []CentralisedUser     `json:"users"`
	AsOf           AsOf                  `json:"asOf"`
}

// Savings compares what people pay by themselves in a year with what the seats
// to buy instead cost in one (R35).
type Savings struct {
	SelfService *domain.Money `json:"selfService,omitempty" doc:"A year of what people pay by themselves, for what is to be cancelled, or was."`
	Central     *domain.Money `json:"central,omitempty" doc:"A year of the seats to buy, or bought, under the agreement."`
	Saved       *domain.Money `json:"saved,omitempty" doc:"The difference; less than nothing where it costs more."`
	Unknown     string        `json:"unknown,omitempty" doc:"Why there is no comparison: currencies_differ or no_central_price." example:"currencies_differ"`
}

// StartCentralisation begins to take over what people bought of a product.
type StartCentralisation struct {
	ProductID     domain.ProductID        `json:"productId" doc:"The product's id, or an older one of it." example:"CFQ7TTC0H9MP"`
	Market        string                  `json:"market,omitempty" doc:"Whose agreement price counts, ISO 3166-1 alpha-2; left out: the organisation's country." example:"SE"`
	Keep          bool                    `json:"keep,omitempty" doc:"Only give people licences; ask nobody to cancel (R45)."`
	Subscriptions []domain.SubscriptionID `json:"subscriptions,omitempty" maxItems:"1000" doc:"Only these; one that has ended stands for the people who used it last (R59). Left out: every one that people bought by themselves."`
}

// BuyCentralSeats is consent to buy what a centralisation needs.
type BuyCentralSeats struct {
	AcceptTerms bool `json:"acceptTerms" doc:"Must be true."`
}

// ChooseTarget names what the organisation has already.
type ChooseTarget struct {
	SubscriptionID domain.SubscriptionID `json:"subscriptionId" doc:"Bought centrally, to the same product."`
}

// Centralised says how a change left a centralisation.
type Centralised struct {
	CentralisationID domain.CentralisationID `json:"centralisationId"`
	Status           string                  `json:"status" doc:"seats_needed, buying, assigning, asking, awaiting_answers, closed or withdrawn."`
	Target           domain.SubscriptionID   `json:"target,omitempty" doc:"The subscription whose licences people get."`
	Remaining        int64                   `json:"remaining" doc:"People who still need a licence."`
	Position         uint64                  `json:"position" doc:"Of the last fact this rests on."`
}

// Centralisation is how one stands.
type Centralisation struct {
	CentralisationID domain.CentralisationID `json:"centralisationId"`
	ProductID        domain.ProductID        `json:"productId"`
	Market           string                  `json:"market"`
	Keep             bool                    `json:"keep"`
	Status           string                  `json:"status" doc:"seats_needed, buying, assigning, asking, awaiting_answers, closed or withdrawn."`
	Outcome          string                  `json:"outcome,omitempty" doc:"Once closed: complete, or partial where somebody has no licence or keeps what they bought."`
	Subscriptions    int64                   `json:"subscriptions"`
	Covered          int64                   `json:"covered"`
	SeatsNeeded      int64                   `json:"seatsNeeded"`
	SeatsAvailable   int64                   `json:"seatsAvailable" doc:"When it was planned."`
	SeatsToBuy       int64                   `json:"seatsToBuy" doc:"When it was planned."`
	Bought           int64                   `json:"bought" doc:"Seats, for this."`
	Target           domain.SubscriptionID   `json:"target,omitempty" doc:"The subscription whose licences people get."`
	Refused          string                  `json:"refused,omitempty" doc:"Why there are no seats: the code of the refusal." example:"no_seat"`
	Assigned         int64                   `json:"assigned" doc:"People who have their licence."`
	Skipped          int64                   `json:"skipped" doc:"People who cannot have one; see users."`
	Answers          PurchaserAnswers        `json:"answers"`
	Savings          Savings                 `json:"savings" doc:"As planned; once closed, as it came."`
	StartedAt        time.Time               `json:"startedAt"`
	EndedAt          *time.Time              `json:"endedAt,omitempty"`
}

// PurchaserAnswers counts the subscriptions by what their purchasers say.
type PurchaserAnswers struct {
	Asked     int64 `json:"asked"`
	NotAsked  int64 `json:"notAsked" doc:"Because it has ended, for example; see purchases."`
	Accepted  int64 `json:"accepted"`
	Declined  int64 `json:"declined"`
	Expired   int64 `json:"expired"`
	Withdrawn int64 `json:"withdrawn"`
}

// Centralisations is a page of them, newest first.
type Centralisations struct {
	Items []Centralisation `json:"items"`
	AsOf  AsOf             `json:"asOf"`
	Next  string           `json:"next" doc:"Give it as after to get the next page; empty on the last."`
}

// CentralisedUser is somebody who needs a licence.
type CentralisedUser struct {
	User            Person                  `json:"user"`
	SubscriptionIDs []domain.SubscriptionID `json:"subscriptionIds" doc:"Bought by people, that they had a seat of."`
	Result          string                  `json:"result" enum:"waiting,assigned,skipped"`
	Code            string                  `json:"code,omitempty" doc:"Why they were skipped." example:"assignee_disabled"`
}

// CentralisedUsers is a page of them, in the order in which they get theirs.
type CentralisedUsers struct {
	Items []CentralisedUser `json:"items"`
	AsOf  AsOf              `json:"asOf"`
	Next  string            `json:"next" doc:"Give it as after to get the next page; empty on the last."`
}

// CentralisedPurchase is a subscription that somebody bought by themselves.
type CentralisedPurchase struct {
	SubscriptionID domain.SubscriptionID `json:"subscriptionId"`
	Purchaser      Person                `json:"purchaser"`
	Seats          int64                 `json:"seats" doc:"Paid for."`
	Users          int64                 `json:"users" doc:"People who had one."`
	Yearly         domain.Money          `json:"yearly" doc:"What it costs in a year; nothing where no other term follows."`
	RequestID      string                `json:"requestId,omitempty" doc:"The request to cancel."`
	Answer         string                `json:"answer" enum:"not_asked,awaited,accepted,declined,expired,withdrawn"`
	Code           string                `json:"code,omitempty" doc:"Why the purchaser was not asked."`
}

// CentralisedPurchases is a page of them.
type CentralisedPurchases struct {
	Items []CentralisedPurchase `json:"items"`
	AsOf  AsOf                  `json:"asOf"`
	Next  string                `json:"next" doc:"Give it as after to get the next page; empty on the last."`
}
