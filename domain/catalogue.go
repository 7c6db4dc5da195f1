package domain

// Channel says under which arrangement something was bought (R01, R35). It is
// fixed for the life of a purchase.
type Channel string

// Channels. They are stored: append only.
const (
	SelfService Channel = "self-service" // an employee, with their own card
	Central     Channel = "central"      // an administrator, under the organisation's agreement
)

// ErrChannelUnknown: nothing is sold in that channel.
var ErrChannelUnknown = &Error{Kind: Invalid, Code: "channel_unknown", Message: "Give the channel as self-service or central."}

// Known says whether anything is sold in this channel.
func (c Channel) Known() bool { return c == SelfService || c == Central }

// PurchaseKind says whether something is bought, or tried first.
type PurchaseKind string

// Kinds of purchases. They are stored: append only.
const (
	Paid  PurchaseKind = "paid"
	Trial PurchaseKind = "trial" // becomes paid if it is converted
)

// Term is the length of a commitment as an ISO 8601 period.
type Term string

// Terms in which products are sold.
const (
	Monthly Term = "P1M"
	Yearly  Term = "P1Y"
)

// EntryPoint is where a purchase began (R09).
type EntryPoint string

// Entry points of R09.
const (
	Website EntryPoint = "website"
	InApp   EntryPoint = "in_app"
)

// PolicyValue is what a tenant allows of a product (AllowSelfServicePurchase).
type PolicyValue string

// Policy values, by the names that existing scripts use.
const (
	PolicyEnabled    PolicyValue = "Enabled"
	PolicyTrialsOnly PolicyValue = "OnlyTrialsWithoutPaymentMethod"
	PolicyDisabled   PolicyValue = "Disabled"
)

// Known says whether v is one of the three values.
func (v PolicyValue) Known() bool {
	return v == PolicyEnabled || v == PolicyTrialsOnly || v == PolicyDisabled
}

// TenantKind is what sort of organisation a directory belongs to.
type TenantKind string

// Tenant kinds. The government clouds are all refused by R07.
const (
	Commercial TenantKind = "commercial"
	Education  TenantKind = "education"
	Nonprofit  TenantKind = "nonprofit"
	GCC        TenantKind = "gcc"
	GCCHigh    TenantKind = "gcch"
	DoD        TenantKind = "dod"
)

// Known says whether k is one of the kinds above.
func (k TenantKind) Known() bool {
	switch k {
	case Commercial, Education, Nonprofit, GCC, GCCHigh, DoD:
		return true
	}
	return false
}

// Directory roles by template id, as they stand in the "wids" claim.
const (
	RoleGlobalAdmin  = "62e90394-69f5-4237-9190-012177145e10"
	RoleBillingAdmin = "b0f54661-2d74-4c50-afa3-1ec803f12efe"
	RoleGlobalReader = "f2ef992c-3afb-46b9-b7cf-a126ee74c451"
	RoleLicenseAdmin = "4d6ac14f-3453-41d0-bef9-a3e0c569773a"
	RoleUserAdmin    = "fe930be7-5e62-47db-91af-98c3a49a38b1"
	RoleAdminAgent   = "e00e864a-17c5-4a4b-9c06-f5b95a8d5bd8" // a partner's, by delegated administration privileges (R54)

	RolePowerPlatformAdmin  = "11648597-926c-4cf3-9c36-bcebb0ba8dcc" // sees capacity (R39)
	RoleServiceSupportAdmin = "f023fd81-a637-4b56-95fd-791ac0226033" // support cases only
)
