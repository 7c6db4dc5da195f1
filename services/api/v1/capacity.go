package v1

import "kassa/domain"

// Storage is capacity in megabytes.
type Storage struct {
	DatabaseMB int64 `json:"databaseMb"`
	FileMB     int64 `json:"fileMb"`
}

// Capacity is where an organisation's storage comes from (R39).
type Capacity struct {
	Items       []CapacitySource `json:"items"`
	Total       Storage          `json:"total" doc:"Of the whole organisation, whoever asks."`
	SelfService Storage          `json:"selfService" doc:"Of the total, what people bought by themselves."`
	AsOf        AsOf             `json:"asOf"`
	Next        string           `json:"next" doc:"Give it as after to get the next page; empty on the last."`
}

// CapacitySource is a subscription whose licences add storage.
type CapacitySource struct {
	SubscriptionID domain.SubscriptionID `json:"subscriptionId"`
	ProductID      domain.ProductID      `json:"productId"`
	ProductName    string                `json:"productName"`
	Channel        domain.Channel        `json:"channel"`
	PurchaserID    domain.PersonID       `json:"purchaserId"`
	PurchaserName  string                `json:"purchaserName" doc:"\"Deleted user\" once erased."`
	Quantity       int64                 `json:"quantity" doc:"Seats, assigned or not."`
	Status         string                `json:"status"`
	Storage
}
