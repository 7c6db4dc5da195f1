package views

import (
	"kassa/domain"
	"kassa/domain/license"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
	"kassa/eventstore"
	"kassa/projections"
)

// UnfinishedView is what waits for a next step that Kassa itself takes: a submitted
// purchase for its payment, a paid one for its subscription, a subscription for a
// charge or a refund, a seat for its licence. Each stream writes columns of its own, so its facts may come in any
// order among the others'. A crash leaves rows here; services/fulfilment works
// them off.
var UnfinishedView = projections.Projection{
	Name: "unfinished", Version: 5,
	Tables: []projections.Table{{
		Name: "unfinished_purchases", Key: []string{"purchase"},
		DDL: `CREATE TABLE unfinished_purchases (
			purchase    TEXT    PRIMARY KEY,
			step        TEXT    NOT NULL DEFAULT '', -- what the purchase waits for: settle, provision
			provisioned INTEGER NOT NULL DEFAULT 0,
			since       BIGINT  NOT NULL DEFAULT 0   -- microseconds since 1970
		);
		CREATE INDEX unfinished_purchases_due ON unfinished_purchases (since) WHERE step <> '' AND provisioned = 0`,
	}, {
		Name: "unfinished_subscriptions", Key: []string{"subscription"},
		DDL: `CREATE TABLE unfinished_subscriptions (
			subscription TEXT    PRIMARY KEY,
			agreement    INTEGER NOT NULL,           -- 1: the organisation pays, so no card is charged or refunded
			charge       INTEGER NOT NULL DEFAULT 0, -- 1: one is asked for
			refunds      INTEGER NOT NULL DEFAULT 0, -- how many are owed
			since        BIGINT  NOT NULL DEFAULT 0  -- the latest of them
		);
		CREATE INDEX unfinished_subscriptions_due ON unfinished_subscriptions (since) WHERE charge > 0 OR refunds > 0`,
	}, {
		Name: "unfinished_licenses", Key: []string{"subscription", "person"},
		DDL: `CREATE TABLE unfinished_licenses (
			subscription TEXT    NOT NULL,
			person       TEXT    NOT NULL,
			seat         INTEGER NOT NULL DEFAULT 0, -- 1: a seat is reserved
			license      INTEGER NOT NULL DEFAULT 0, -- 1: the licence is assigned
			since        BIGINT  NOT NULL DEFAULT 0,
			PRIMARY KEY (subscription, person)
		);
		CREATE INDEX unfinished_licenses_due ON unfinished_licenses (since) WHERE seat <> license`,
	}},
	On: projections.Hears(
		projections.On(func(tx *projections.Tx, _ purchase.Submitted, f eventstore.Fact) error {
			return awaits(tx, f, "settle")
		}),
		projections.On(func(tx *projections.Tx, _ purchase.PaymentDeclined, f eventstore.Fact) error {
			return awaits(tx, f, "")
		}),
		projections.On(func(tx *projections.Tx, _ purchase.Refused, f eventstore.Fact) error {
			return awaits(tx, f, "")
		}),
		projections.On(func(tx *projections.Tx, _ purchase.Completed, f eventstore.Fact) error {
			return awaits(tx, f, "provision")
		}),
		projections.On(provisionedUnfinished),
		asksForCharge[subscription.SeatAdditionRequested](), settlesCharge[subscription.SeatsAdded](), settlesCharge[subscription.SeatAdditionDeclined](),
		asksForCharge[subscription.RenewalRequested](), settlesCharge[subscription.Renewed](), settlesCharge[subscription.RenewalDeclined](),
		asksForCharge[subscription.InstalmentRequested](), settlesCharge[subscription.InstalmentPaid](), settlesCharge[subscription.InstalmentDeclined](),
		asksForCharge[subscription.ReactivationRequested](), settlesCharge[subscription.Reactivated](), settlesCharge[subscription.ReactivationDeclined](),
		asksForCharge[subscription.ConversionRequested](), settlesCharge[subscription.TrialConverted](), settlesCharge[subscription.ConversionDeclined](),
		projections.On(func(tx *projections.Tx, e subscription.SeatsRemoved, f eventstore.Fact) error {
			return owesRefunds(tx, f, e.Lines)
		}),
		projections.On(func(tx *projections.Tx, e subscription.Cancelled, f eventstore.Fact) error {
			return owesRefunds(tx, f, e.Lines)
		}),
		projections.On(func(tx *projections.Tx, e subscription.Credited, f eventstore.Fact) error {
			return owesRefunds(tx, f, []subscription.RefundLine{{Amount: e.Amount}})
		}),
		endsRefund[subscription.RefundIssued](), endsRefund[subscription.RefundFailed](),
		projections.On(func(tx *projections.Tx, e subscription.SeatReserved, f eventstore.Fact) error {
			return seat(tx, f, e.Person, 1)
		}),
		projections.On(func(tx *projections.Tx, e subscription.SeatReleased, f eventstore.Fact) error {
			return seat(tx, f, e.Person, 0)
		}),
		projections.On(func(tx *projections.Tx, _ subscription.Deleted, f eventstore.Fact) error { // releases no seat
			return tx.Exec(`UPDATE unfinished_licenses SET seat = 0 WHERE subscription = $1`, subscriptionOf(f))
		}),
		projections.On(func(tx *projections.Tx, e license.Assigned, _ eventstore.Fact) error {
			return held(tx, e.Subscription, e.Assignee, 1)
		}),
		projections.On(func(tx *projections.Tx, e license.Unassigned, _ eventstore.Fact) error {
			return held(tx, e.Subscription, e.Assignee, 0)
		}),
	),
}

func endsRefund[E domain.Event]() projections.Handlers {
	return projections.On(func(tx *projections.Tx, _ E, f eventstore.Fact) error {
		return tx.Change(`UPDATE unfinished_subscriptions SET refunds = refunds - 1 WHERE subscription = $1`, subscriptionOf(f))
	})
}

func awaits(tx *projections.Tx, f eventstore.Fact, step string) error {
	return tx.Exec(`INSERT INTO unfinished_purchases (purchase, step, since) VALUES ($1, $2, $3)
		ON CONFLICT (purchase) DO UPDATE SET step = excluded.step, since = excluded.since`,
		f.Stream[len("purchase-"):], step, f.Meta.At.UnixMicro())
}

// provisionedUnfinished gives a subscription its row, which every later fact of
// its stream changes.
func provisionedUnfinished(tx *projections.Tx, e subscription.Provisioned, _ eventstore.Fact) error {
	err := tx.Exec(`INSERT INTO unfinished_purchases (purchase, provisioned) VALUES ($1, 1)
		ON CONFLICT (purchase) DO UPDATE SET provisioned = 1`, string(e.Purchase))
	if err != nil {
		return err
	}
	agreement := 0
	if e.Channel == domain.Central {
		agreement = 1
	}
	return tx.Exec(`INSERT INTO unfinished_subscriptions (subscription, agreement) VALUES ($1, $2)`, string(e.Subscription), agreement)
}

// asksForCharge hears a fact that asks for a charge. There is one at a time.
func asksForCharge[E subscription.Event]() projections.Handlers {
	return projections.On(func(tx *projections.Tx, _ E, f eventstore.Fact) error {
		return tx.Change(`UPDATE unfinished_subscriptions SET charge = 1, since = $2 WHERE subscription = $1`, subscriptionOf(f), f.Meta.At.UnixMicro())
	})
}

// settlesCharge hears a fact that says what became of it.
func settlesCharge[E subscription.Event]() projections.Handlers {
	return projections.On(func(tx *projections.Tx, _ E, f eventstore.Fact) error {
		return tx.Change(`UPDATE unfinished_subscriptions SET charge = 0 WHERE subscription = $1`, subscriptionOf(f))
	})
}

// owesRefunds counts what is to be paid back to a card.
func owesRefunds(tx *projections.Tx, f eventstore.Fact, lines []subscription.RefundLine) error {
	owed := 0
	for _, line := range lines {
		if line.Amount.Minor != 0 {
			owed++
		}
	}
	return tx.Change(`UPDATE unfinished_subscriptions SET refunds = refunds + $2 * (1 - agreement), since = $3 WHERE subscription = $1`,
		subscriptionOf(f), owed, f.Meta.At.UnixMicro())
}

func subscriptionOf(f eventstore.Fact) string { return f.Stream[len("subscription-"):] }

func seat(tx *projections.Tx, f eventstore.Fact, p domain.PersonID, reserved int) error {
	return tx.Exec(`INSERT INTO unfinished_licenses (subscription, person, seat, since) VALUES ($1, $2, $3, $4)
		ON CONFLICT (subscription, person) DO UPDATE SET seat = excluded.seat, since = excluded.since`,
		subscriptionOf(f), string(p), reserved, f.Meta.At.UnixMicro())
}

func held(tx *projections.Tx, s domain.SubscriptionID, p domain.PersonID, assigned int) error {
	return tx.Exec(`INSERT INTO unfinished_licenses (subscription, person, license) VALUES ($1, $2, $3)
		ON CONFLICT (subscription, person) DO UPDATE SET license = excluded.license`,
		string(s), string(p), assigned)
}
