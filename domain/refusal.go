package domain

// Why a person may not buy. A check of a Verdict is called by the Code of the
// refusal it leads to, so every check has a sentence for the person it stops.
//
// R20 has one message for reasons of the organisation or the market: contact
// your IT admin.
var (
	ErrTenantUnknown      = Refuse("tenant_unknown", "We do not know this organisation. Sign in with the account your organisation gave you.")
	ErrTenantKind         = Refuse("tenant_kind", "People in government and education organisations cannot buy by themselves. Contact your IT admin.")
	ErrTenantUnmanaged    = Refuse("tenant_unmanaged", "Your organisation's directory has no administrator, so nothing can be bought in it. Contact your IT admin.")
	ErrPersonUnknown      = Refuse("person_unknown", "We do not know this account. Sign in with the account your organisation gave you.")
	ErrCannotVerify       = &Error{Kind: Unavailable, Code: "cannot_verify", Message: "We cannot verify your account with your organisation right now. Try again in a while."}
	ErrGuest              = Refuse("guest", "You are a guest in this organisation, and guests cannot buy here. Sign in to your own organisation instead.")
	ErrAccountDisabled    = Refuse("account_disabled", "Your account is disabled. Contact your IT admin.")
	ErrProductEndOfSale   = Refuse("product_end_of_sale", "This product is no longer sold. Choose another product.")
	ErrProductNotEligible = Refuse("product_not_eligible", "This product cannot be bought here. Choose another product, or contact your IT admin.")
	ErrMarketNotEligible  = Refuse("market_not_eligible", "This product cannot be bought by yourself in your country or region. Contact your IT admin.")
	ErrProductBlocked     = Refuse("product_blocked", "Your organisation does not allow this product. Contact your IT admin.")
	ErrPolicyDisabled     = Refuse("policy_disabled", "Your organisation does not let people buy this product by themselves. Contact your IT admin.")
	ErrPolicyTrialsOnly   = Refuse("policy_trials_only", "Your organisation allows only trials of this product, and those without a payment method. Contact your IT admin.")
	ErrTrialNotOffered    = Refuse("trial_not_offered", "This product cannot be tried in that way. Try it with a payment method, or buy it.")
	ErrTrialUsed          = Refuse("trial_used", "You have tried this product before, and everybody can try a product once. Buy it instead.")
	ErrNotBillingAdmin    = &Error{Kind: Forbidden, Code: "not_billing_admin", Message: "Only a global or billing administrator can buy for the organisation. Ask one of them."}
)

// contactAdmin holds the reasons of organisation and market (R20), others the rest.
var (
	contactAdmin = []*Error{
		ErrTenantKind, ErrTenantUnmanaged, ErrAccountDisabled, ErrProductNotEligible,
		ErrMarketNotEligible, ErrProductBlocked, ErrPolicyDisabled, ErrPolicyTrialsOnly,
	}
	others = []*Error{
		ErrTenantUnknown, ErrPersonUnknown, ErrCannotVerify, ErrGuest, ErrProductEndOfSale, ErrNotBillingAdmin,
		ErrTrialNotOffered, ErrTrialUsed,
	}
)

// Refusal is the error that a stored refusal code stands for. A code that is no
// longer given still says that the purchase was refused.
func Refusal(code string) *Error {
	for _, known := range [][]*Error{contactAdmin, others} {
		if e := find(known, code); e != nil {
			return e
		}
	}
	return Refuse(code, "This purchase was refused by a rule that has since been replaced. Contact your IT admin.")
}

// MessageKey names the text shown for a refusal, so that it can be translated:
// "contact_it_admin" for every reason of organisation or market (R20), else the
// code itself.
func MessageKey(code string) string {
	if find(contactAdmin, code) != nil {
		return "contact_it_admin"
	}
	return code
}

// CanRequestLicense says whether a licence may be asked for instead of what was
// refused: where nothing but the tenant's policy stands in the way.
func CanRequestLicense(code string) bool {
	return code == ErrPolicyDisabled.Code || code == ErrPolicyTrialsOnly.Code
}

func find(errs []*Error, code string) *Error {
	for _, e := range errs {
		if e.Code == code {
			return e
		}
	}
	return nil
}
