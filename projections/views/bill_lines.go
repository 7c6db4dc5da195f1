package views

import (
	"strconv"

	"kassa/domain"
	"kassa/domain/invoice"
	"kassa/domain/subscription"
	"kassa/eventstore"
	"kassa/projections"
)

func additionBill(id subscription.ChangeID) string     { return "addition/" + string(id) }
func reactivationBill(id subscription.ChangeID) string { return "reactivation/" + string(id) }
func conversionBill(id subscription.ChangeID) string   { return "conversion/" + string(id) }
func termBill(number int) string                       { return "term/" + strconv.Itoa(number) }

// instalmentBill is one for each time that it was asked for: only the first stays
// open.
func instalmentBill(again subscription.ChangeID, term, payment int) string {
	if again != "" {
		return "instalment/" + string(again)
	}
	return string(invoice.OfInstalment(term, payment))
}

func refundBill(id subscription.RefundID) string { return "refund/" + string(id) }

// asks hears a fact that asks for a charge.
func asks[E domain.Event](of func(E, eventstore.Fact) bill) projections.Handlers {
	return projections.On(func(tx *projections.Tx, e E, f eventstore.Fact) error {
		b := of(e, f)
		b.status = BillPending
		return b.insert(tx, f)
	})
}

// settles hears what came of one.
func settles[E domain.Event](of func(E) (id string, status BillStatus, reference string)) projections.Handlers {
	return projections.On(func(tx *projections.Tx, e E, f eventstore.Fact) error {
		id, status, reference := of(e)
		return settled(tx, f, id, status, reference)
	})
}

func billCharges() projections.Handlers {
	return projections.Hears(
		asks(func(e subscription.SeatAdditionRequested, f eventstore.Fact) bill {
			return bill{id: additionBill(e.Addition), transaction: "Add quantity", quantity: e.Delta, from: f.Meta.At, to: f.Meta.At, amount: e.Charge}
		}),
		settles(func(e subscription.SeatsAdded) (string, BillStatus, string) {
			return additionBill(e.Addition), BillPaid, e.Reference
		}),
		settles(func(e subscription.SeatAdditionDeclined) (string, BillStatus, string) {
			return additionBill(e.Addition), BillDeclined, ""
		}),
		asks(func(e subscription.RenewalRequested, _ eventstore.Fact) bill {
			return periodBill(termBill(e.Number), "Renew", e.Period)
		}),
		settles(func(e subscription.Renewed) (string, BillStatus, string) {
			return termBill(e.Number), BillPaid, e.Reference
		}),
		settles(func(e subscription.RenewalDeclined) (string, BillStatus, string) {
			return termBill(e.Number), BillOpen, ""
		}),
		asks(func(e subscription.InstalmentRequested, _ eventstore.Fact) bill {
			return periodBill(instalmentBill(e.Again, e.Number, e.Payment), string(invoice.MonthlyPayment), e.Period)
		}),
		projections.On(func(tx *projections.Tx, e subscription.InstalmentPaid, f eventstore.Fact) error {
			if err := settled(tx, f, instalmentBill(e.Again, e.Number, e.Payment), BillPaid, e.Reference); err != nil {
				return err
			}
			return closeOpen(tx, f)
		}),
		settles(func(e subscription.InstalmentDeclined) (string, BillStatus, string) {
			if e.Again != "" {
				return instalmentBill(e.Again, e.Number, e.Payment), BillDeclined, ""
			}
			return instalmentBill("", e.Number, e.Payment), BillOpen, ""
		}),
		asks(func(e subscription.ReactivationRequested, _ eventstore.Fact) bill {
			return periodBill(reactivationBill(e.Reactivation), "Re-enable", e.Period)
		}),
		settles(func(e subscription.ReactivationDeclined) (string, BillStatus, string) {
			return reactivationBill(e.Reactivation), BillDeclined, ""
		}),
		asks(func(e subscription.ConversionRequested, _ eventstore.Fact) bill {
			return periodBill(conversionBill(e.Conversion), "Convert", e.Period)
		}),
		settles(func(e subscription.TrialConverted) (string, BillStatus, string) {
			return conversionBill(e.Conversion), BillPaid, e.Reference
		}),
		settles(func(e subscription.ConversionDeclined) (string, BillStatus, string) {
			return conversionBill(e.Conversion), BillDeclined, ""
		}),
		projections.On(func(tx *projections.Tx, e subscription.Reactivated, f eventstore.Fact) error {
			if err := settled(tx, f, reactivationBill(e.Reactivation), BillPaid, e.Reference); err != nil {
				return err
			}
			return closeOpen(tx, f)
		}),
		projections.On(func(tx *projections.Tx, _ subscription.Disabled, f eventstore.Fact) error { return closeOpen(tx, f) }),
	)
}

func periodBill(id, transaction string, p subscription.Period) bill {
	return bill{id: id, transaction: transaction, quantity: p.Quantity, from: p.Start, to: p.Paid(), amount: p.Charge}
}

func billRefunds() projections.Handlers {
	return projections.Hears(
		projections.On(func(tx *projections.Tx, e subscription.SeatsRemoved, f eventstore.Fact) error {
			return refundBills(tx, f, "Remove quantity", e.Lines)
		}),
		projections.On(func(tx *projections.Tx, e subscription.Cancelled, f eventstore.Fact) error {
			return refundBills(tx, f, "Cancel", e.Lines)
		}),
		projections.On(func(tx *projections.Tx, e subscription.Credited, f eventstore.Fact) error {
			return refundBills(tx, f, "Credit", []subscription.RefundLine{{Refund: e.Refund, Amount: e.Amount, Charge: e.Charge}})
		}),
		projections.On(func(tx *projections.Tx, e subscription.RefundIssued, f eventstore.Fact) error {
			return refunded(tx, f, e.Of, BillPaid)
		}),
		projections.On(func(tx *projections.Tx, e subscription.RefundFailed, f eventstore.Fact) error {
			return refunded(tx, f, e.Of, BillFailed)
		}),
	)
}

func refundBills(tx *projections.Tx, f eventstore.Fact, transaction string, lines []subscription.RefundLine) error {
	for _, l := range lines {
		b := bill{
			id: refundBill(l.Refund), transaction: transaction, reference: l.Charge, status: BillPending, quantity: l.Seats,
			from: f.Meta.At, to: f.Meta.At, amount: domain.Money{Minor: -l.Amount.Minor, Currency: l.Amount.Currency},
		}
		if err := b.insert(tx, f); err != nil {
			return err
		}
	}
	return nil
}

// refunded keeps which charge a refund is paid back from.
func refunded(tx *projections.Tx, f eventstore.Fact, id subscription.RefundID, status BillStatus) error {
	return tx.Exec(`UPDATE bills SET status = $3 WHERE subscription = $1 AND bill = $2`, idOf(f), refundBill(id), string(status))
}
