package v1

import (
	"time"

	"kassa/domain"
)

// ProductUsers is everybody who holds a licence, grouped by who bought it.
type ProductUsers struct {
	Purchasers []PurchaserUsers `json:"purchasers"`
	AsOf       AsOf             `json:"asOf"`
}

// PurchaserUsers are the users of what one person bought.
type PurchaserUsers struct {
	Purchaser Person        `json:"purchaser"`
	Users     []ProductUser `json:"users"`
}

// ProductUser holds a licence of a subscription.
type ProductUser struct {
	User           Person                `json:"user"`
	ProductID      domain.ProductID      `json:"productId"`
	ProductName    string                `json:"productName"`
	SubscriptionID domain.SubscriptionID `json:"subscriptionId"`
	Channel        domain.Channel        `json:"channel"`
	Since          time.Time             `json:"since" doc:"When the licence was assigned."`
}

// ProductTotals is each product once, with all purchases of it together.
type ProductTotals struct {
	Items []ProductTotal `json:"items"`
	AsOf  AsOf           `json:"asOf"`
}

// ProductTotal is what there is of one product.
type ProductTotal struct {
	ProductID         domain.ProductID `json:"productId"`
	ProductName       string           `json:"productName"`
	Subscriptions     int64            `json:"subscriptions"`
	AvailableQuantity int64            `json:"availableQuantity" doc:"Seats bought, of all purchases together."`
	Assigned          int64            `json:"assigned" doc:"Seats in use."`
}
