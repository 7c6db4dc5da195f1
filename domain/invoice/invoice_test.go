package invoice_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"kassa/domain"
	. "kassa/domain/domaintest"
	"kassa/domain/invoice"
)

type (
	is    = Case[invoice.Command, invoice.Event]
	facts = []invoice.Event
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func sek(minor int64) domain.Money { return domain.Money{Minor: minor, Currency: "SEK"} }

func line(paid int64) invoice.Line {
	return invoice.Line{Transaction: invoice.Purchase, Product: "p", From: noon, To: noon.AddDate(0, 1, 0), Quantity: 1, UnitPrice: sek(paid),
		TaxSplit: domain.TaxRule{Kind: domain.VAT, Rate: 2500}.Of(sek(paid))}
}

func bill(lines ...invoice.Line) invoice.Issue {
	return invoice.Issue{Invoice: "s1-term-1", Number: "K-2026-0000001", Kind: invoice.Invoice, Payer: "ann", Subscription: "s1", Lines: lines, At: noon}
}

func TestABillIsTheSumOfItsLines(t *testing.T) {
	two := bill(line(125_00), line(50_00))
	issued := invoice.Issued(two)
	issued.Net, issued.Tax, issued.Total = sek(140_00), sek(35_00), sek(175_00)
	wrong := line(125_00)
	wrong.Tax = sek(24_99)
	note := bill(line(-125_00))
	note.Kind, note.Credits = invoice.CreditNote, "s1-term-0"
	credit := invoice.Issued(note)
	credit.Net, credit.Tax, credit.Total = sek(-100_00), sek(-25_00), sek(-125_00)
	with := func(change func(*invoice.Issue)) invoice.Command {
		c := bill(line(125_00))
		change(&c)
		return c
	}
	dollars := line(125_00)
	dollars.TaxSplit = domain.TaxRule{}.Of(domain.Money{Minor: 1, Currency: "USD"})
	Run(t, invoice.Decider, []is{
		{Name: "R29 it is issued", When: two, Then: facts{issued}},
		{Name: "once", Given: facts{issued}, When: bill(line(1))},
		{Name: "a credit note is below zero", When: note, Then: facts{credit}},
		{Name: "and says what it credits", When: with(func(c *invoice.Issue) { c.Kind = invoice.CreditNote }), Rejects: invoice.ErrMalformed},
		{Name: "a bill credits nothing", When: with(func(c *invoice.Issue) { c.Credits = "s1-term-0" }), Rejects: invoice.ErrMalformed},
		{Name: "a bill is not below zero", When: bill(line(-1)), Rejects: invoice.ErrMalformed},
		{Name: "R36 somebody pays it", When: with(func(c *invoice.Issue) { c.Payer = "" }), Rejects: invoice.ErrMalformed},
		{Name: "it has a number", When: with(func(c *invoice.Issue) { c.Number = "" }), Rejects: invoice.ErrMalformed},
		{Name: "and lines", When: bill(), Rejects: invoice.ErrMalformed},
		{Name: "a line adds up", When: bill(wrong), Rejects: invoice.ErrMalformed},
		{Name: "all lines are in one currency", When: bill(line(125_00), dollars), Rejects: domain.ErrCurrencyMismatch},
		{Name: "and their sum can be billed", When: bill(line(math.MaxInt64), line(1)), Rejects: domain.ErrAmountTooLarge},
	})
}

func TestABillIsPaidAndPaidBack(t *testing.T) {
	issued := invoice.Issued(bill(line(125_00)))
	issued.Total = sek(125_00)
	pay := invoice.Pay{Amount: sek(125_00), Reference: "ch_1", At: noon, AsOf: 1}
	paid := invoice.Paid(pay)
	fail := func(n int) invoice.Fail {
		return invoice.Fail{Attempt: n, Code: "card_declined", Retriable: true, At: noon, AsOf: int64(n)}
	}
	refund := func(note domain.InvoiceID, minor int64) invoice.Refund {
		return invoice.Refund{CreditNote: note, Amount: sek(minor), Reference: "re_1", At: noon, AsOf: 9}
	}
	refunded := func(note domain.InvoiceID, minor int64) invoice.Event { return invoice.Refunded(refund(note, minor)) }
	back := func(minor int64) invoice.ChargeBack {
		return invoice.ChargeBack{Amount: sek(minor), Reference: "dp_1", Reason: "fraudulent", At: noon, AsOf: 7}
	}
	writeOff := invoice.WriteOff{At: noon, AsOf: 5}
	writtenOff := invoice.WrittenOff{Amount: sek(125_00), At: noon, AsOf: 5}
	Run(t, invoice.Decider, []is{
		{Name: "R30 it is paid", Given: facts{issued}, When: pay, Then: facts{paid}},
		{Name: "once", Given: facts{issued, paid}, When: pay},
		{Name: "to the cent", Given: facts{issued}, When: invoice.Pay{Amount: sek(124_99)}, Rejects: invoice.ErrAmount},
		{Name: "in its currency", Given: facts{issued}, When: invoice.Pay{Amount: domain.Money{Minor: 125_00, Currency: "NOK"}}, Rejects: invoice.ErrAmount},
		{Name: "a payment fails", Given: facts{issued}, When: fail(1), Then: facts{invoice.PaymentFailed(fail(1))}},
		{Name: "and fails again", Given: facts{issued, invoice.PaymentFailed(fail(1))}, When: fail(2), Then: facts{invoice.PaymentFailed(fail(2))}},
		{Name: "each time is told once", Given: facts{issued, invoice.PaymentFailed(fail(1))}, When: fail(1)},
		{Name: "what is paid fails no more", Given: facts{issued, paid}, When: fail(1)},
		{Name: "after failures it is paid", Given: facts{issued, invoice.PaymentFailed(fail(1))}, When: pay, Then: facts{paid}},
		{Name: "a part goes back", Given: facts{issued, paid}, When: refund("n1", 25_00), Then: facts{refunded("n1", 25_00)}},
		{Name: "for each credit note once", Given: facts{issued, paid, refunded("n1", 25_00)}, When: refund("n1", 25_00)},
		{Name: "then the rest", Given: facts{issued, paid, refunded("n1", 25_00)}, When: refund("n2", 100_00), Then: facts{refunded("n2", 100_00)}},
		{Name: "never more than was paid", Given: facts{issued, paid, refunded("n1", 25_00)}, When: refund("n2", 100_01), Rejects: invoice.ErrOverpaid},
		{Name: "nor nothing", Given: facts{issued, paid}, When: refund("n1", 0), Rejects: invoice.ErrOverpaid},
		{Name: "nor what nobody paid", Given: facts{issued}, When: refund("n1", 1), Rejects: invoice.ErrNotPaid},
		{Name: "the bank takes it back", Given: facts{issued, paid}, When: back(125_00), Then: facts{invoice.ChargedBack(back(125_00))}},
		{Name: "once", Given: facts{issued, paid, invoice.ChargedBack(back(125_00))}, When: back(125_00)},
		{Name: "what is left of it", Given: facts{issued, paid, refunded("n1", 25_00)}, When: back(100_00), Then: facts{invoice.ChargedBack(back(100_00))}},
		{Name: "and no more", Given: facts{issued, paid, refunded("n1", 25_00)}, When: back(125_00), Rejects: invoice.ErrOverpaid},
		{Name: "not what nobody paid", Given: facts{issued}, When: back(1), Rejects: invoice.ErrNotPaid},
		{Name: "taken back of no bill", When: back(1), Rejects: invoice.ErrUnknown},
		{Name: "what the bank took is not refunded, too", Given: facts{issued, paid, invoice.ChargedBack(back(125_00))}, When: refund("n1", 1), Rejects: invoice.ErrNotPaid},
		{Name: "what nobody will pay is written off", Given: facts{issued}, When: writeOff, Then: facts{writtenOff}},
		{Name: "once", Given: facts{issued, writtenOff}, When: writeOff},
		{Name: "not what is paid", Given: facts{issued, paid}, When: writeOff},
		{Name: "nothing becomes of no bill: paid", When: pay, Rejects: invoice.ErrUnknown},
		{Name: "failed", When: fail(1), Rejects: invoice.ErrUnknown},
		{Name: "refunded", When: refund("n1", 1), Rejects: invoice.ErrUnknown},
		{Name: "written off", When: writeOff, Rejects: invoice.ErrUnknown},
	})
	status := func(events ...invoice.Event) invoice.Status {
		return invoice.Decider.Fold(invoice.State{}, events...).Status
	}
	assert.Equal(t, invoice.StatusOpen, status(issued))
	assert.Equal(t, invoice.StatusPaid, status(issued, paid))
	assert.Equal(t, invoice.StatusPartlyRefunded, status(issued, paid, refunded("n1", 25_00)))
	assert.Equal(t, invoice.StatusRefunded, status(issued, paid, refunded("n1", 25_00), refunded("n2", 100_00)))
	assert.Equal(t, invoice.StatusWrittenOff, status(issued, writtenOff))
}

// Whatever a bill is told, in any order: never more goes back than was paid, and
// what was decided once stays decided.
func TestNoBillPaysBackMoreThanWasPaid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.Int64Range(1, 1000).Draw(t, "total")
		s := invoice.State{}
		for range rapid.IntRange(1, 20).Draw(t, "steps") {
			c := rapid.SampledFrom([]invoice.Command{
				bill(line(total)), invoice.Pay{Amount: sek(total)}, invoice.WriteOff{},
				invoice.Fail{Attempt: rapid.IntRange(1, 4).Draw(t, "attempt"), Code: "card_declined"},
				invoice.Refund{CreditNote: domain.InvoiceID(rapid.StringMatching("[a-d]").Draw(t, "note")), Amount: sek(rapid.Int64Range(-5, 1200).Draw(t, "back"))},
			}).Draw(t, "command")
			before := s
			events, err := invoice.Decider.Decide(s, c)
			if err != nil {
				require.Empty(t, events)
				continue
			}
			s = invoice.Decider.Fold(s, events...)
			require.LessOrEqual(t, s.Refunded.Minor, s.Total.Minor)
			require.GreaterOrEqual(t, s.Refunded.Minor, before.Refunded.Minor)
			require.Equal(t, before.Status == invoice.StatusRefunded || s.Status == invoice.StatusRefunded, s.Invoice != "" && s.Refunded == s.Total)
		}
	})
}

func TestNumbersAndNames(t *testing.T) {
	assert.Equal(t, "KASSA-2026-0000042", invoice.Number("KASSA", 2026, 42))
	assert.Equal(t, "invoiceregister-KASSA-2026", invoice.RegisterStream("KASSA", 2026))
	assert.EqualValues(t, 43, invoice.Numbered{First: 42, Entries: make([]invoice.Entry, 2)}.Last())
	assert.EqualValues(t, "s1-refund-r1-1", invoice.ID("s1", invoice.OfRefund("r1/1")))
	assert.Equal(t, "invoice-s1-term-2", invoice.Stream(invoice.ID("s1", invoice.OfTerm(2))))
}
