package commands

import (
	"cmp"
	"time"

	"kassa/domain"
	"kassa/domain/invoice"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
	"kassa/eventstore"
)

// biller hears the facts of a subscription, in order, and says what they come to
// for one of its bills.
type biller struct {
	entry    invoice.Entry
	number   string
	taxes    taxes
	purchase purchase.State

	sold     subscription.Provisioned
	term     subscription.Period // the current one, or the part of it that is paid
	current  invoice.Of          // its bill
	asked    subscription.Period // of a renewal, or of an instalment
	open     invoice.Of          // its bill, should it be declined
	failed   int                 // times that it was declined
	late     bool                // it is being paid, after that
	refunds  map[subscription.RefundID]refundable
	paid     map[string]*payment // by the gateway's id of the charge
	commands []invoice.Command
	last     eventstore.Fact // that the bill follows
}

// payment is a charge, what it paid for, and how much of it went back or will.
type payment struct {
	of     invoice.Of
	amount domain.Money
	tax    domain.TaxSplit // in it; zero: the bill says
	back   int64
}

// refundable is what a refund, once made, is credited with.
type refundable struct {
	subscription.RefundLine
	transaction invoice.Transaction
	credits     invoice.Of
	from        time.Time // the first day refunded
}

// hear knows what each fact means for bills. Only what people pay for themselves
// is billed: what the organisation bought is, under its agreement.
func (b *biller) hear(f eventstore.Fact, e subscription.Event) {
	switch e := e.(type) {
	case subscription.Provisioned:
		b.sold, b.refunds, b.paid = e, map[subscription.RefundID]refundable{}, map[string]*payment{}
		b.begin(f, invoice.OfTerm(1), invoice.Purchase, e.First(), b.purchase.Reference)
	case subscription.RenewalRequested:
		b.asked, b.open, b.failed = e.Period, invoice.OfTerm(e.Number), 0
	case subscription.RenewalDeclined:
		b.issue(f, b.open, b.asked.Start, b.period(invoice.Renew, b.asked))
		b.fail(f, e.Code, e.Retriable, e.At)
	case subscription.InstalmentRequested:
		if e.Again == "" {
			b.asked, b.open, b.failed = e.Period, invoice.OfInstalment(e.Number, e.Payment), 0
		}
	case subscription.InstalmentDeclined:
		b.issue(f, b.open, b.asked.Start, b.period(invoice.MonthlyPayment, b.asked))
		b.fail(f, e.Code, e.Retriable, e.At)
	case subscription.InstalmentPaid:
		b.begin(f, invoice.OfInstalment(e.Number, e.Payment), invoice.MonthlyPayment, e.Period, e.Reference)
	case subscription.ReactivationRequested:
		b.late = b.failed > 0 && e.Period == b.asked
	case subscription.ReactivationDeclined:
		if b.late {
			b.fail(f, e.Code, e.Retriable, e.At)
		}
	case subscription.Renewed:
		b.begin(f, invoice.OfTerm(e.Number), invoice.Renew, e.Period, e.Reference)
	case subscription.TrialConverted:
		b.begin(f, invoice.OfTerm(e.Number), invoice.Convert, e.Period, e.Reference)
	case subscription.Reactivated:
		if b.late { // the term that was declined is paid (R30)
			b.begin(f, invoice.OfTerm(e.Number), invoice.Renew, e.Period, e.Reference)
			break
		}
		b.begin(f, invoice.OfReactivation(string(e.Reactivation)), invoice.ReEnable, e.Period, e.Reference)
		if b.failed > 0 { // a new term instead of the one that was not paid
			b.writeOff(f, e.Start)
		}
	case subscription.SeatsAdded:
		of := invoice.OfAddition(string(e.Addition))
		b.issue(f, of, e.At, invoice.Line{
			Transaction: invoice.AddQuantity, From: e.From, To: b.term.Paid(), Quantity: e.Delta, UnitPrice: b.term.UnitPrice,
			Days: e.Days, OfDays: e.OfDays, TaxSplit: b.taxed(e.Tax, e.Charge, e.At),
		})
		b.pay(f, of, e.Charge, e.Tax, e.Reference, e.At)
	case subscription.SeatsRemoved:
		b.owe(invoice.RemoveQuantity, e.Lines, e.At)
	case subscription.Cancelled:
		b.owe(invoice.Cancel, e.Lines, e.At)
	case subscription.Credited:
		b.goesBack(e.Charge, e.Amount)
		b.refunds[e.Refund] = refundable{
			RefundLine:  subscription.RefundLine{Refund: e.Refund, Amount: e.Amount, Charge: e.Charge, Tax: e.Tax},
			transaction: invoice.Credit, credits: invoice.Of(e.Bill), from: e.At,
		}
	case subscription.RefundIssued:
		b.refund(f, e)
	case subscription.Disabled:
		if e.Cause == subscription.EndPayment {
			b.writeOff(f, e.At)
		}
	case subscription.ChargedBack:
		b.goesBack(e.Reference, e.Amount)
		b.tell(f, invoice.Of(e.Paid), invoice.ChargeBack{Amount: e.Amount, Reference: e.Dispute, Reason: e.Reason, At: e.At, AsOf: int64(f.Revision)})
		if e.Paid != string(b.open) && b.failed > 0 { // nothing follows any more
			b.writeOff(f, e.At)
		}
	}
}

// begin bills a term, or a part of one, that was paid.
func (b *biller) begin(f eventstore.Fact, of invoice.Of, what invoice.Transaction, p subscription.Period, reference string) {
	b.term, b.current = p, of
	b.issue(f, of, p.Start, b.period(what, p))
	b.pay(f, of, p.Charge, p.Tax, reference, f.Meta.At)
}

func (b *biller) period(what invoice.Transaction, p subscription.Period) invoice.Line {
	return invoice.Line{
		Transaction: what, From: p.Start, To: p.Paid(), Quantity: p.Quantity, UnitPrice: p.UnitPrice, TaxSplit: b.taxed(p.Tax, p.Charge, p.Start),
	}
}

// taxed is the tax in what was paid, as it was decided. Facts that are older than
// that do not say; then it is worked out here, as what was in the price: where
// prices are stated without tax, none was.
func (b *biller) taxed(decided domain.TaxSplit, paid domain.Money, at time.Time) domain.TaxSplit {
	if decided != (domain.TaxSplit{}) {
		return decided
	}
	r := ruleOf(b.taxes, b.purchase.Market, at)
	if r.Exclusive {
		r = domain.TaxRule{Kind: domain.NoTax}
	}
	return r.Of(paid)
}

func (b *biller) issue(f eventstore.Fact, of invoice.Of, due time.Time, line invoice.Line) {
	if line.Total.Minor != 0 {
		b.tell(f, of, b.bill(f, of, due, line))
	}
}

func (b *biller) bill(f eventstore.Fact, of invoice.Of, due time.Time, line invoice.Line) invoice.Issue {
	line.Product = b.sold.Product
	return invoice.Issue{
		Invoice: invoice.ID(b.sold.Subscription, of), Number: b.number, Kind: invoice.Invoice,
		Tenant: b.sold.Tenant, Payer: b.sold.Payer, Purchase: b.sold.Purchase, OrderNumber: b.sold.OrderNumber,
		Subscription: b.sold.Subscription, Market: b.purchase.Market,
		Lines: []invoice.Line{line}, At: f.Meta.At, DueAt: due, AsOf: int64(f.Revision),
	}
}

func (b *biller) pay(f eventstore.Fact, of invoice.Of, amount domain.Money, tax domain.TaxSplit, reference string, at time.Time) {
	b.paid[reference] = &payment{of: of, amount: amount, tax: tax}
	if amount.Minor != 0 {
		b.tell(f, of, invoice.Pay{Amount: amount, Reference: reference, At: at, AsOf: int64(f.Revision)})
	}
}

func (b *biller) writeOff(f eventstore.Fact, at time.Time) {
	b.tell(f, b.open, invoice.WriteOff{At: at, AsOf: int64(f.Revision)})
}

func (b *biller) fail(f eventstore.Fact, code string, retriable bool, at time.Time) {
	b.failed++
	b.tell(f, b.open, invoice.Fail{Attempt: b.failed, Code: code, Retriable: retriable, At: at, AsOf: int64(f.Revision)})
}

// owe remembers what each refund is for until it is made.
func (b *biller) owe(what invoice.Transaction, lines []subscription.RefundLine, at time.Time) {
	for _, l := range lines {
		credits := b.current
		if l.Addition != "" && l.Payment == 0 {
			credits = invoice.OfAddition(string(l.Addition))
		}
		b.refunds[l.Refund] = refundable{RefundLine: l, transaction: what, credits: credits, from: at}
		b.goesBack(cmp.Or(l.Charge, b.purchase.Reference), l.Amount)
	}
}

func (b *biller) goesBack(charge string, amount domain.Money) {
	if p := b.paid[charge]; p != nil {
		p.back += amount.Minor
	}
}

// refund credits what was paid back: in a note of its own, and on the bill that
// had been paid.
func (b *biller) refund(f eventstore.Fact, e subscription.RefundIssued) {
	owed, of := b.refunds[e.Of], invoice.OfRefund(string(e.Of))
	back := domain.Money{Minor: -e.Amount.Minor, Currency: e.Amount.Currency}
	note := b.bill(f, of, e.At, invoice.Line{
		Transaction: owed.transaction, From: owed.from, To: b.term.Paid(), Quantity: -owed.Seats, UnitPrice: b.term.UnitPrice,
		Days: owed.Days, OfDays: owed.OfDays, TaxSplit: b.taxed(owed.Tax.Negative(), back, b.term.Start),
	})
	if owed.transaction == invoice.Credit { // a sum, not seats
		note.Lines[0].Quantity, note.Lines[0].UnitPrice = -1, e.Amount
		if owed.Tax.Exclusive {
			note.Lines[0].UnitPrice = owed.Tax.Net
		}
	}
	note.Kind, note.Credits = invoice.CreditNote, invoice.ID(b.sold.Subscription, owed.credits)
	b.tell(f, of, note)
	b.pay(f, of, back, owed.Tax.Negative(), e.Reference, e.At)
	b.tell(f, owed.credits, invoice.Refund{CreditNote: note.Invoice, Amount: e.Amount, Reference: e.Reference, At: e.At, AsOf: int64(f.Revision)})
}

// tell notes what a bill is told, if it is the one that is followed.
func (b *biller) tell(f eventstore.Fact, of invoice.Of, c invoice.Command) {
	if of == b.entry.Of && b.sold.Payer != "" {
		b.commands, b.last = append(b.commands, c), f
	}
}

// meta is that of what follows from the last fact heard for the bill.
func (b *biller) meta() eventstore.Meta {
	at := b.last.Meta.At
	return follow(b.last.Meta, b.last.ID, "bill/"+string(b.entry.Of), at)
}
