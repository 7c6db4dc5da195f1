package eventstore

import (
	"kassa/domain/access"
	"kassa/domain/license"
	"kassa/domain/partner"
	"kassa/domain/price"
	"kassa/domain/product"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
	"kassa/domain/tenant"
	"kassa/domain/tenantpolicy"
	"kassa/domain/user"
)

// Schema knows every event this program has ever stored. A line is added here
// when an event is born, and never removed.
func Schema() *Codec {
	c := new(Codec)
	Register[Identified](c)
	Register[product.Listed](c)
	Register[product.Renamed](c)
	Register[product.IDReplaced](c)
	Register[product.ReplacedBy](c)
	Register[product.EndOfSale](c)
	Register[product.MarketExcluded](c)
	Register[product.MarketReopened](c)
	Register[price.Published](c)
	Register[price.Withdrawn](c)
	Register[tenant.Registered](c)
	Register[tenant.KindChanged](c)
	Register[tenant.BecameManaged](c)
	Register[tenant.BecameUnmanaged](c)
	Register[tenant.GovernanceProductBlocked](c)
	Register[tenant.GovernanceProductAllowed](c)
	Register[user.Observed](c)
	Register[user.Disabled](c)
	Register[user.Enabled](c)
	Register[user.RolesChanged](c)
	Register[tenantpolicy.DefaultSet](c)
	Register[tenantpolicy.ProductSet](c)
	Register[tenantpolicy.OfferTypeSet](c)
	Register[purchase.Started](c)
	Register[purchase.TenantResolved](c)
	Register[purchase.PurchaserAuthenticated](c)
	Register[purchase.EligibilityConfirmed](c)
	Register[purchase.Refused](c)
	Register[purchase.QuantityChosen](c)
	Register[purchase.QuoteIssued](c)
	Register[purchase.TermsAccepted](c)
	Register[purchase.PaymentMethodAttached](c)
	Register[purchase.Submitted](c)
	Register[purchase.PaymentAuthorised](c)
	Register[purchase.PaymentDeclined](c)
	Register[purchase.Completed](c)
	Register[subscription.Provisioned](c)
	Register[subscription.SeatReserved](c)
	Register[subscription.SeatReleased](c)
	Register[subscription.SeatAdditionRequested](c)
	Register[subscription.SeatAdditionRefused](c)
	Register[subscription.SeatAdditionDeclined](c)
	Register[subscription.SeatsAdded](c)
	Register[subscription.SeatsRemoved](c)
	Register[subscription.SeatReductionScheduled](c)
	Register[subscription.ScheduledChangeCancelled](c)
	Register[subscription.RecurringBillingTurnedOff](c)
	Register[subscription.RecurringBillingTurnedOn](c)
	Register[subscription.RenewalRequested](c)
	Register[subscription.RenewalDeclined](c)
	Register[subscription.Renewed](c)
	Register[subscription.ReactivationRequested](c)
	Register[subscription.ReactivationDeclined](c)
	Register[subscription.Reactivated](c)
	Register[subscription.Cancelled](c)
	Register[subscription.RefundIssued](c)
	Register[subscription.RefundFailed](c)
	Register[subscription.Expired](c)
	Register[subscription.Disabled](c)
	Register[subscription.Deleted](c)
	Register[license.Assigned](c)
	Register[license.Unassigned](c)
	Register[partner.DelegationGranted](c)
	Register[partner.DelegationExpired](c)
	Register[partner.DelegationRevoked](c)
	Register[access.Recorded](c)
	Register[user.Deleted](c)
	Register[user.Restored](c)
	Register[license.Suspended](c)
	Register[license.Restored](c)
	Register[subscription.PurchaserMarkedAsLeft](c)
	Register[subscription.PurchaserReturned](c)
	Register[product.CapacitySet](c)
	return c
}
