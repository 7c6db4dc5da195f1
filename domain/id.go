package domain

import "regexp"

// Identities are distinct types so that a tenant can never be passed where a
// purchase is meant. All but ProductID and InvoiceID are UUIDs in their canonical
// form.
type (
	TenantID       string // a directory ("tid" in a token)
	PersonID       string // a person inside a directory ("oid" in a token)
	PurchaseID     string
	SubscriptionID string
	RelationID     string // a customer's delegation to a partner
	InvoiceID      string // a subscription's id and what of it is billed; see invoice.ID
	CaseID         string // a support case
	ProductID      string // the vendor's id, such as CFQ7TTC0H9MP
	// PaymentMethodID is a card on a person's list of theirs.
	PaymentMethodID string
	// CentralisationID is a tenant's centralisation of a product.
	CentralisationID string
)

var productID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// Valid says whether id can be a product's: 1 to 64 letters, digits, dots, dashes
// and underscores, the first a letter or digit.
func (id ProductID) Valid() bool { return productID.MatchString(string(id)) }
