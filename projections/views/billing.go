package views

import (
	"kassa/domain"
	"kassa/domain/invoice"
	"kassa/domain/subscription"
	"kassa/eventstore"
	"kassa/projections"
)

// BillingView is what has to be billed: for each bill the latest fact of its
// subscription that it must follow, the number it was given and how far it has
// followed. services/billing works it off.
//
// What a fact means for which bill is said twice, here and by the command that
// writes the bill: this view only has to find it, and finding it once too often
// changes nothing.
var BillingView = projections.Projection{
	Name: "billing", Version: 4,
	Tables: []projections.Table{
		{Name: "billed_subscriptions", Key: []string{"subscription"}, DDL: `CREATE TABLE billed_subscriptions (
			subscription   TEXT   PRIMARY KEY,
			current        TEXT   NOT NULL, -- what the bill of the current term, or its latest payment, is for
			declined       TEXT   NOT NULL DEFAULT '', -- what that of a term or a payment is for that was not made
			declined_start BIGINT NOT NULL DEFAULT 0,
			late           BOOLEAN NOT NULL DEFAULT FALSE -- that is being asked for once more
		)`},
		{Name: "billed_refunds", Key: []string{"subscription", "refund"}, DDL: `CREATE TABLE billed_refunds (
			subscription TEXT NOT NULL,
			refund       TEXT NOT NULL,
			credits      TEXT NOT NULL, -- what the bill that was paid is for
			PRIMARY KEY (subscription, refund)
		)`},
		{Name: "bills_to_write", Key: []string{"bill"}, DDL: `CREATE TABLE bills_to_write (
			bill         TEXT   PRIMARY KEY,
			subscription TEXT   NOT NULL DEFAULT '',
			what         TEXT   NOT NULL DEFAULT '',
			first        BIGINT NOT NULL DEFAULT 0,  -- position of the first fact that asks for it
			year         BIGINT NOT NULL DEFAULT 0,  -- of that fact
			asked        BIGINT NOT NULL DEFAULT -1, -- revision of the latest
			told         BIGINT NOT NULL DEFAULT -1, -- revision that the bill follows
			number       BIGINT NOT NULL DEFAULT 0   -- 0: none yet
		);
		CREATE INDEX bills_without_number ON bills_to_write (year, first) WHERE number = 0 AND asked >= 0;
		CREATE INDEX bills_behind ON bills_to_write (first) WHERE number > 0 AND told < asked`},
		{Name: "invoice_registers", Key: []string{"seller", "year"}, DDL: `CREATE TABLE invoice_registers (
			seller   TEXT   NOT NULL,
			year     BIGINT NOT NULL,
			revision BIGINT NOT NULL,
			last     BIGINT NOT NULL,
			PRIMARY KEY (seller, year)
		)`},
	},
	On: projections.Hears(
		billedTerms(), billedRefunds(), followedBills(),
		projections.On(numbersGiven),
	),
}

// billedTerms hears what people pay for a term, or for more seats in it. What
// the organisation bought has no row, and so no bill.
func billedTerms() projections.Handlers {
	return projections.Hears(
		projections.On(func(tx *projections.Tx, e subscription.Provisioned, f eventstore.Fact) error {
			if e.Payer == "" {
				return nil
			}
			err := tx.Exec(`INSERT INTO billed_subscriptions (subscription, current) VALUES ($1, $2)`, e.Subscription, invoice.OfTerm(1))
			if err != nil || e.Price.Minor == 0 {
				return err
			}
			return billAsked(tx, f, invoice.OfTerm(1))
		}),
		projections.On(func(tx *projections.Tx, e subscription.SeatsAdded, f eventstore.Fact) error {
			if e.Charge.Minor == 0 {
				return nil
			}
			return billAsked(tx, f, invoice.OfAddition(string(e.Addition)))
		}),
		projections.On(func(tx *projections.Tx, e subscription.RenewalRequested, f eventstore.Fact) error {
			return tx.Exec(`UPDATE billed_subscriptions SET declined = '', declined_start = $2 WHERE subscription = $1`, idOf(f), micros(e.Start))
		}),
		projections.On(func(tx *projections.Tx, e subscription.RenewalDeclined, f eventstore.Fact) error {
			return billDeclined(tx, f, invoice.OfTerm(e.Number))
		}),
		projections.On(func(tx *projections.Tx, e subscription.InstalmentDeclined, f eventstore.Fact) error {
			return billDeclined(tx, f, invoice.OfInstalment(e.Number, e.Payment))
		}),
		projections.On(func(tx *projections.Tx, e subscription.InstalmentPaid, f eventstore.Fact) error {
			return termBilled(tx, f, e.Period, invoice.OfInstalment(e.Number, e.Payment))
		}),
		projections.On(func(tx *projections.Tx, e subscription.Renewed, f eventstore.Fact) error {
			return termBilled(tx, f, e.Period, invoice.OfTerm(e.Number))
		}),
		projections.On(func(tx *projections.Tx, e subscription.TrialConverted, f eventstore.Fact) error {
			return termBilled(tx, f, e.Period, invoice.OfTerm(e.Number))
		}),
		projections.On(func(tx *projections.Tx, e subscription.ReactivationRequested, f eventstore.Fact) error {
			return tx.Exec(`UPDATE billed_subscriptions SET late = declined = $2 AND declined_start = $3 WHERE subscription = $1`,
				idOf(f), invoice.OfTerm(e.Number), micros(e.Start))
		}),
		projections.On(func(tx *projections.Tx, e subscription.Reactivated, f eventstore.Fact) error {
			late, err := isLate(tx, f)
			if err != nil || late {
				return termBilled(tx, f, e.Period, invoice.OfTerm(e.Number))
			}
			if err := declinedEnds(tx, f); err != nil {
				return err
			}
			return termBilled(tx, f, e.Period, invoice.OfReactivation(string(e.Reactivation)))
		}),
		projections.On(func(tx *projections.Tx, _ subscription.ReactivationDeclined, f eventstore.Fact) error {
			late, err := isLate(tx, f)
			if err != nil || !late { // another term is none of the bill's
				return err
			}
			return declinedEnds(tx, f)
		}),
		projections.On(func(tx *projections.Tx, e subscription.ChargedBack, f eventstore.Fact) error {
			if err := declinedIsOver(tx, f); err != nil {
				return err
			}
			return billAsked(tx, f, invoice.Of(e.Paid))
		}),
		projections.On(func(tx *projections.Tx, e subscription.Disabled, f eventstore.Fact) error {
			if e.Cause != subscription.EndPayment {
				return nil
			}
			return declinedIsOver(tx, f)
		}),
	)
}

func billDeclined(tx *projections.Tx, f eventstore.Fact, of invoice.Of) error {
	if err := tx.Exec(`UPDATE billed_subscriptions SET declined = $2 WHERE subscription = $1`, idOf(f), of); err != nil {
		return err
	}
	return billAsked(tx, f, of)
}

// declinedEnds hears what may become of the bill of what was not paid.
func declinedEnds(tx *projections.Tx, f eventstore.Fact) error {
	var of invoice.Of
	declined, err := tx.Get(`SELECT declined FROM billed_subscriptions WHERE subscription = $1 AND declined <> ''`, []any{idOf(f)}, &of)
	if err != nil || !declined {
		return err
	}
	return billAsked(tx, f, of)
}

// declinedIsOver hears that it is written off: nothing becomes of it after that.
func declinedIsOver(tx *projections.Tx, f eventstore.Fact) error {
	if err := declinedEnds(tx, f); err != nil {
		return err
	}
	return tx.Exec(`UPDATE billed_subscriptions SET declined = '' WHERE subscription = $1`, idOf(f))
}

func isLate(tx *projections.Tx, f eventstore.Fact) (bool, error) {
	return tx.Get(`SELECT 1 FROM billed_subscriptions WHERE subscription = $1 AND late`, []any{idOf(f)}, new(int))
}

func termBilled(tx *projections.Tx, f eventstore.Fact, p subscription.Period, of invoice.Of) error {
	err := tx.Exec(`UPDATE billed_subscriptions SET current = $2, declined = '' WHERE subscription = $1`, idOf(f), of)
	if err != nil || p.Charge.Minor == 0 {
		return err
	}
	return billAsked(tx, f, of)
}

// billedRefunds hears what is paid back: it is credited in a note, and on the
// bill that was paid.
func billedRefunds() projections.Handlers {
	owed := func(tx *projections.Tx, f eventstore.Fact, lines []subscription.RefundLine) error {
		for _, l := range lines {
			credits := any(invoice.OfAddition(string(l.Addition)))
			if l.Addition == "" || l.Payment != 0 {
				credits = nil // of the current term, or its latest payment
			}
			if err := refundOwed(tx, f, l.Refund, credits); err != nil {
				return err
			}
		}
		return nil
	}
	return projections.Hears(
		projections.On(func(tx *projections.Tx, e subscription.SeatsRemoved, f eventstore.Fact) error {
			return owed(tx, f, e.Lines)
		}),
		projections.On(func(tx *projections.Tx, e subscription.Cancelled, f eventstore.Fact) error {
			return owed(tx, f, e.Lines)
		}),
		projections.On(func(tx *projections.Tx, e subscription.Credited, f eventstore.Fact) error {
			return refundOwed(tx, f, e.Refund, e.Bill)
		}),
		projections.On(func(tx *projections.Tx, e subscription.RefundIssued, f eventstore.Fact) error {
			var credits invoice.Of
			found, err := tx.Get(`SELECT credits FROM billed_refunds WHERE subscription = $1 AND refund = $2`, []any{idOf(f), e.Of}, &credits)
			if err != nil || !found {
				return err
			}
			if err := billAsked(tx, f, invoice.OfRefund(string(e.Of))); err != nil {
				return err
			}
			return billAsked(tx, f, credits)
		}),
	)
}

// refundOwed notes which bill a refund is credited on; nil: that of the current
// term.
func refundOwed(tx *projections.Tx, f eventstore.Fact, refund subscription.RefundID, credits any) error {
	return tx.Exec(`INSERT INTO billed_refunds (subscription, refund, credits)
		SELECT subscription, $2, coalesce($3, current) FROM billed_subscriptions WHERE subscription = $1`, idOf(f), refund, credits)
}

// billAsked notes that a bill must follow a fact, if its subscription is billed.
func billAsked(tx *projections.Tx, f eventstore.Fact, of invoice.Of) error {
	return tx.Exec(`INSERT INTO bills_to_write (bill, subscription, what, first, year, asked)
		SELECT $2, subscription, $3, $4, $5, $6 FROM billed_subscriptions WHERE subscription = $1
		ON CONFLICT (bill) DO UPDATE SET subscription = excluded.subscription, what = excluded.what, asked = excluded.asked,
			first = CASE WHEN first = 0 THEN excluded.first ELSE first END, year = CASE WHEN year = 0 THEN excluded.year ELSE year END`,
		idOf(f), invoice.ID(domain.SubscriptionID(idOf(f)), of), of, int64(f.Position), f.Meta.At.UTC().Year(), int64(f.Revision))
}

func numbersGiven(tx *projections.Tx, e invoice.Numbered, f eventstore.Fact) error {
	for i, entry := range e.Entries {
		err := tx.Exec(`INSERT INTO bills_to_write (bill, number) VALUES ($1, $2) ON CONFLICT (bill) DO UPDATE SET number = excluded.number`,
			invoice.ID(entry.Subscription, entry.Of), e.First+int64(i))
		if err != nil {
			return err
		}
	}
	return tx.Exec(`INSERT INTO invoice_registers (seller, year, revision, last) VALUES ($1, $2, $3, $4)
		ON CONFLICT (seller, year) DO UPDATE SET revision = excluded.revision, last = excluded.last`, e.Seller, e.Year, int64(f.Revision), e.Last())
}

// followedBills hears how far each bill has come.
func followedBills() projections.Handlers {
	return projections.Hears(
		billTold(func(e invoice.Issued) int64 { return e.AsOf }), billTold(func(e invoice.Paid) int64 { return e.AsOf }),
		billTold(func(e invoice.PaymentFailed) int64 { return e.AsOf }), billTold(func(e invoice.Refunded) int64 { return e.AsOf }),
		billTold(func(e invoice.WrittenOff) int64 { return e.AsOf }), billTold(func(e invoice.ChargedBack) int64 { return e.AsOf }),
	)
}

func billTold[E domain.Event](asOf func(E) int64) projections.Handlers {
	return projections.On(func(tx *projections.Tx, e E, f eventstore.Fact) error {
		return tx.Exec(`INSERT INTO bills_to_write (bill, told) VALUES ($1, $2) ON CONFLICT (bill) DO UPDATE SET told = excluded.told`, idOf(f), asOf(e))
	})
}
