package projectiontest

import (
	"time"

	"kassa/domain"
	"kassa/domain/license"
	"kassa/domain/subscription"
	"kassa/domain/user"
)

// Leave deletes somebody from their directory, and marks what they bought.
func (s *Shop) Leave(tid domain.TenantID, oid domain.PersonID, bought ...Order) {
	by := domain.Actor{Kind: domain.ActorSystem, Tenant: tid}
	s.Record(user.Stream(tid, oid), by, user.Deleted{})
	for _, o := range bought {
		s.Record(subscription.Stream(o.Subscription), by, subscription.PurchaserMarkedAsLeft{Purchaser: oid, Orphaned: true, At: s.now()})
	}
}

// Disable ends an order's subscription, and suspends its licences.
func (s *Shop) Disable(o Order) {
	by := domain.Actor{Kind: domain.ActorSystem, Tenant: o.Tenant}
	s.Record(subscription.Stream(o.Subscription), by, subscription.Disabled{Cause: subscription.EndPayment, At: s.now(), NextAt: s.now().Add(90 * 24 * time.Hour)})
	for _, p := range o.Holders {
		s.Record(license.Stream(o.Subscription, p), by, license.Suspended{
			Subscription: o.Subscription, Assignee: p, Cause: license.SubscriptionDisabled, At: s.now(),
		})
	}
}
