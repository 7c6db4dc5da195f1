package views

import (
	"kassa/domain/subscription"
	"kassa/domain/user"
	"kassa/eventstore"
	"kassa/projections"
)

// itemLeaversTable is who is not in their directory any more, by their streams.
const itemLeaversTable = `CREATE TABLE leavers (
	stream TEXT PRIMARY KEY
)`

// purchaserLeaves hears that people leave and return, and that what they bought
// by themselves is left behind (R57).
func purchaserLeaves() projections.Handlers {
	return projections.Hears(
		projections.On(func(tx *projections.Tx, _ user.Deleted, f eventstore.Fact) error {
			return tx.Exec(`INSERT INTO leavers (stream) VALUES ($1)`, f.Stream)
		}),
		projections.On(func(tx *projections.Tx, _ user.Restored, f eventstore.Fact) error {
			return tx.Change(`DELETE FROM leavers WHERE stream = $1`, f.Stream)
		}),
		item(`orphaned_at = $2`, func(e subscription.PurchaserMarkedAsLeft) []any { return []any{micros(e.At)} }),
		item(`orphaned_at = $2`, func(subscription.PurchaserReturned) []any { return []any{0} }),
	)
}
