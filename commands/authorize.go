package commands

import (
	"context"

	"kassa/domain"
	"kassa/domain/subscription"
	"kassa/domain/user"
)

// Who may ask what, by directory role.
var (
	policyWriters   = []string{domain.RoleGlobalAdmin, domain.RoleBillingAdmin}
	policyReaders   = []string{domain.RoleGlobalAdmin, domain.RoleBillingAdmin, domain.RoleGlobalReader}
	centralBuyers   = []string{domain.RoleGlobalAdmin, domain.RoleBillingAdmin}
	controllers     = []string{domain.RoleGlobalAdmin}
	onlookers       = []string{domain.RoleGlobalAdmin, domain.RoleBillingAdmin, domain.RoleGlobalReader}
	licenseManagers = []string{domain.RoleGlobalAdmin, domain.RoleLicenseAdmin, domain.RoleUserAdmin}
	peopleManagers  = []string{domain.RoleGlobalAdmin, domain.RoleUserAdmin}
	cancelAskers    = []string{domain.RoleGlobalAdmin, domain.RoleBillingAdmin}
	caseOpeners     = []string{domain.RoleGlobalAdmin, domain.RoleBillingAdmin, domain.RoleServiceSupportAdmin}
	administrators  = []string{domain.RoleGlobalAdmin, domain.RoleBillingAdmin, domain.RoleLicenseAdmin, domain.RoleUserAdmin}
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
	ErrNotPeopleAdmin = &domain.Error{
		Kind: domain.Forbidden, Code: "not_people_admin",
		Message: "Only a global or user administrator may delete or restore people. Ask one of them.",
	}
	ErrNotSubscriptionAdmin = &domain.Error{
		Kind: domain.Forbidden, Code: "not_subscription_admin",
		Message: "Only a global or billing administrator may change the organisation's own subscriptions. Ask one of them.",
	}
	ErrNotYourPurchase = &domain.Error{
		Kind: domain.Forbidden, Code: "not_your_purchase",
		Message: "Only the person who bought this subscription may change it or assign its licences. Ask the purchaser.",
	}
	ErrTakeoverRequired = &domain.Error{
		Kind: domain.Conflict, Code: "takeover_required",
		Message: "A person bought this subscription, so only they change it and assign its licences. Ask the purchaser, or take control of the subscription first.",
	}
	ErrPartnerLooksOnly = &domain.Error{
		Kind: domain.Forbidden, Code: "partner_read_only",
		Message: "A partner may see what people bought by themselves, and neither buy like them nor change it. Ask the purchaser.",
	}
	ErrNotCancelAsker = &domain.Error{
		Kind: domain.Forbidden, Code: "not_cancellation_asker",
		Message: "Only a global or billing administrator may ask for what a person bought to be cancelled, or withdraw that. Ask one of them.",
	}
	ErrNotYourAnswer = &domain.Error{
		Kind: domain.Forbidden, Code: "not_your_answer",
		Message: "Only the person who bought the subscription may answer this request. Ask the purchaser.",
	}
	ErrNotSupport = &domain.Error{
		Kind: domain.Forbidden, Code: "not_support",
		Message: "Only the vendor's support decides this. Ask it, or wait for its answer.",
	}
	ErrNotCaseOpener = &domain.Error{
		Kind: domain.Forbidden, Code: "not_case_opener",
		Message: "The person who bought a subscription asks the vendor's support about it; about the organisation's own, a global, billing or service support administrator does. Ask one of them.",
	}
	ErrNotOperator = &domain.Error{
		Kind: domain.Forbidden, Code: "not_operator",
		Message: "Only an operator of this Kassa may do that. Sign in as the operator.",
	}
)

// capacity says in which capacity who acts on a subscription: as the person who
// bought it (R24, R32), or as one of the managers of what the organisation
// bought, else denied; what a person bought is closed to partners (R54). Once an
// administrator has taken control of it, it is theirs. Another tenant's
// subscription is as unknown as one that never was. Whoever the directory has
// deleted or disabled acts no more, however long their token is still good.
func capacity(ctx context.Context, l Log, who Principal, id domain.SubscriptionID, managers []string, denied error) (domain.ActorKind, error) {
	if !isID(id) {
		return "", subscription.ErrUnknown
	}
	s, err := read(ctx, l, subscription.Decider, subscription.Stream(id))
	switch {
	case err != nil:
		return "", err
	case s.State.Tenant == "" || s.State.Tenant != who.Tenant:
		return "", subscription.ErrUnknown
	}
	if err := mayAct(ctx, l, who); err != nil {
		return "", err
	}
	switch {
	case s.State.Channel == domain.Central && who.Has(managers...):
		return domain.ActorAdmin, nil
	case s.State.Channel == domain.Central:
		return "", denied
	case who.Partner != "":
		return "", ErrPartnerLooksOnly
	case s.State.Takeover.ID != "" && who.Has(controllers...):
		return domain.ActorAdmin, nil
	case s.State.Takeover.ID != "" && (s.State.Purchaser == who.Person || who.Has(administrators...)):
		return "", subscription.ErrControlTaken
	case s.State.Purchaser == who.Person:
		return domain.ActorPurchaser, nil
	case who.Has(administrators...):
		return "", ErrTakeoverRequired
	}
	return "", ErrNotYourPurchase
}

// mayAct refuses whose account the directory has closed, or deleted.
func mayAct(ctx context.Context, l Log, who Principal) error {
	person, err := read(ctx, l, user.Decider, user.Stream(who.home(), who.Person))
	if err == nil && person.State.Known && !person.State.Enabled {
		err = domain.ErrAccountDisabled
	}
	return err
}
