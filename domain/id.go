package domain

// Identities are distinct types so that a tenant can never be passed where a
// purchase is meant. All but ProductID are UUIDs in their canonical form.
type (
	TenantID       string // a directory ("tid" in a token)
	PersonID       string // a person inside a directory ("oid" in a token)
	PurchaseID     string
	SubscriptionID string
	ProductID      string // the vendor's id, such as CFQ7TTC0H9MP
)
