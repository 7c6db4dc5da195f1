package commands

import "kassa/domain"

// Who may ask what, by directory role. These are checked before any stream is
// read.
var (
	policyWriters   = []string{domain.RoleGlobalAdmin, domain.RoleBillingAdmin}
	policyReaders   = []string{domain.RoleGlobalAdmin, domain.RoleBillingAdmin, domain.RoleGlobalReader}
	centralBuyers   = []string{domain.RoleGlobalAdmin, domain.RoleBillingAdmin}
	licenseManagers = []string{domain.RoleGlobalAdmin, domain.RoleLicenseAdmin, domain.RoleUserAdmin}
)

// Refusals by identity or role.
var (
	ErrNotPolicyAdmin = &domain.Error{
		Kind: domain.Forbidden, Code: "not_policy_admin",
		Message: "Only a global or billing administrator may change the purchase policy. Ask one of them.",
	}
	ErrNotPolicyReader = &domain.Error{
		Kind: domain.Forbidden, Code: "not_policy_reader",
		Message: "Only a global or billing administrator or a global reader may see the purchase policy. Ask one of them.",
	}
	ErrNotCentralBuyer = &domain.Error{
		Kind: domain.Forbidden, Code: "not_central_buyer",
		Message: "Only a global or billing administrator may buy under the organisation's agreement. Buy with your own card, or ask one of them.",
	}
	ErrNotLicenseAdmin = &domain.Error{
		Kind: domain.Forbidden, Code: "not_license_admin",
		Message: "Only a global, license or user administrator may assign licences of the organisation's own subscriptions. Ask one of them.",
	}
	ErrNotYourPurchase = &domain.Error{
		Kind: domain.Forbidden, Code: "not_your_purchase",
		Message: "You may assign licences only of products that you bought yourself. Ask the purchaser.",
	}
	ErrTakeoverRequired = &domain.Error{
		Kind: domain.Conflict, Code: "takeover_required",
		Message: "A person bought this subscription, so only they assign its licences. Ask the purchaser, or take control of the subscription first.",
	}
	ErrNotOperator = &domain.Error{
		Kind: domain.Forbidden, Code: "not_operator",
		Message: "Only an operator of this Kassa may do that. Sign in as the operator.",
	}
)
