package views

import (
	"kassa/domain"
	"kassa/domain/subscription"
	"kassa/eventstore"
	"kassa/projections"
)

// itemLife hears what becomes of a subscription after it was set up. Only what
// is paid, or agreed, counts: a request changes nothing yet.
func itemLife() projections.Handlers {
	return projections.Hears(
		item(`quantity = $2`, func(e subscription.SeatsAdded) []any { return []any{e.Quantity} }),
		item(`quantity = $2`, func(e subscription.SeatsRemoved) []any { return []any{e.Quantity} }),
		item(`recurring = $2`, func(subscription.RecurringBillingTurnedOff) []any { return []any{false} }),
		item(`recurring = $2`, func(subscription.RecurringBillingTurnedOn) []any { return []any{true} }),
		item(termBegins, func(e subscription.Renewed) []any {
			return append(began(e.Period), micros(e.CancellationUntil))
		}),
		item(termBegins+`, recurring = $9`, func(e subscription.Reactivated) []any {
			return append(began(e.Period), micros(e.CancellationUntil), e.RecurringBilling)
		}),
		item(`paid_until = $2, payment = $3, ended = ''`, func(e subscription.InstalmentPaid) []any { return []any{micros(e.Paid()), e.Payment} }),
		item(`kind = $2`, func(subscription.TrialStarted) []any { return []any{domain.Trial} }),
		item(`end_at = $2, paid_until = $2, cancellation_until = $2`, func(e subscription.TrialExtended) []any { return []any{micros(e.End)} }),
		item(termBegins+`, kind = $9, price_minor = $10, price_currency = $11, recurring = $12`, func(e subscription.TrialConverted) []any {
			return append(began(e.Period), micros(e.CancellationUntil), domain.Paid, e.Charge.Minor, e.Charge.Currency, true)
		}),
		item(`recurring = $2`, func(subscription.Cancelled) []any { return []any{false} }),
		item(`ended = $2`, func(subscription.Expired) []any { return []any{subscription.StatusExpired} }),
		item(`ended = $2`, func(subscription.Suspended) []any { return []any{subscription.StatusSuspended} }),
		item(`ended = $2`, func(subscription.Disabled) []any { return []any{subscription.StatusDisabled} }),
		item(`ended = $2`, func(subscription.Deleted) []any { return []any{subscription.StatusDeleted} }),
	)
}

// item hears a fact that sets columns of its subscription's row, from $2 on.
func item[E domain.Event](set string, values func(E) []any) projections.Handlers {
	return projections.On(func(tx *projections.Tx, e E, f eventstore.Fact) error {
		return tx.Change(`UPDATE items SET `+set+` WHERE subscription = $1`, append([]any{idOf(f)}, values(e)...)...)
	})
}

const termBegins = `quantity = $2, unit_minor = $3, unit_currency = $4, start_at = $5, end_at = $6, paid_until = $7, cancellation_until = $8, payment = 1, ended = ''`

func began(p subscription.Period) []any {
	return []any{p.Quantity, p.UnitPrice.Minor, p.UnitPrice.Currency, micros(p.Start), micros(p.End), micros(p.Paid())}
}
