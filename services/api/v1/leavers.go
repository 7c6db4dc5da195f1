package v1

import (
	"time"

	"kassa/domain"
)

// DirectoryPerson says whether somebody is in their organisation's directory.
type DirectoryPerson struct {
	User     Person `json:"user"`
	Deleted  bool   `json:"deleted" doc:"From the directory. What they hold and bought follows within moments (R57)."`
	Position uint64 `json:"position"`
}

// Orphan is a subscription that somebody bought by themselves before they left,
// with what an administrator needs to decide what becomes of it.
type Orphan struct {
	SubscriptionID   domain.SubscriptionID `json:"subscriptionId"`
	ProductID        domain.ProductID      `json:"productId"`
	ProductName      string                `json:"productName"`
	Purchaser        Person                `json:"purchaser"`
	LeftAt           time.Time             `json:"leftAt" doc:"When the purchaser was deleted from the directory."`
	Status           string                `json:"status" enum:"active,expired,disabled"`
	Quantity         int64                 `json:"quantity" doc:"Seats bought."`
	Assigned         int64                 `json:"assigned" doc:"Seats in use."`
	AssignedUsers    []Person              `json:"assignedUsers" doc:"They keep full use until the subscription ends."`
	ExpiryDate       time.Time             `json:"expiryDate" doc:"The first instant not covered."`
	RecurringBilling bool                  `json:"recurringBilling"`
	NextRenewal      *time.Time            `json:"nextRenewal,omitempty" doc:"When the purchaser's card is charged next; absent: never."`
	RenewalPrice     *domain.Money         `json:"renewalPrice,omitempty" doc:"What the seats there are now cost for a term, at what is paid for them now; absent of a trial."`
	Actions          []OrphanAction        `json:"actions" doc:"What can be done about it."`
}

// OrphanAction is something that an administrator can do about an orphan.
type OrphanAction string

// What can be done about an orphan.
const (
	AskSupportToCancel    OrphanAction = "ask_support_to_cancel"   // R58
	TakeControl           OrphanAction = "take_control"            // of it: cancel at once, or move its users
	AssignCentralLicenses OrphanAction = "assign_central_licenses" // to whoever uses it, or did (R45, R59)
)

// Orphans is a page of them.
type Orphans struct {
	Items []Orphan `json:"items"`
	AsOf  AsOf     `json:"asOf"`
	Next  string   `json:"next" doc:"Give it as after to get the next page; empty on the last."`
}
