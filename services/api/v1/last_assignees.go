package v1

import (
	"time"

	"kassa/domain"
)

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
