package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"

	v1 "kassa/services/api/v1"
	"kassa/services/client"
)

type invoicesCmd struct {
	List      listInvoicesCmd `cmd:"" default:"withargs" help:"List the bills that you were sent."`
	Show      showInvoiceCmd  `cmd:"" help:"Show one of them, line by line."`
	PDF       printInvoiceCmd `cmd:"" name:"pdf" help:"Write one of them as a PDF."`
	Statement statementCmd    `cmd:"" help:"Print them as a table for a spreadsheet (CSV)."`
}

// monthFlags say which bills.
type monthFlags struct {
	From  string `help:"Only those issued on this day or later." placeholder:"2026-01-01"`
	Until string `help:"Only those issued before this day." placeholder:"2026-04-01"`
}

func (f monthFlags) months() client.Months { return client.Months(f) }

type listInvoicesCmd struct {
	monthFlags
	pageFlags
}

// Help shows how it is used.
func (listInvoicesCmd) Help() string {
	return `Examples:
  kassa invoices
  kassa invoices list --from 2026-01-01 --until 2026-04-01 --json`
}

func (c *listInvoicesCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.Invoices(ctx, c.months(), client.List{After: c.After, Limit: c.Limit})
	if err != nil {
		return err
	}
	return s.show(out, func() {
		var rows [][]string
		for _, i := range out.Items {
			rows = append(rows, []string{day(i.IssuedAt), i.Number, i.OrderNumber, i.Lines[0].Transaction, money(i.Net), money(i.Tax), money(i.Total), i.Status})
		}
		s.table("DATE NUMBER ORDER FOR NET TAX TOTAL STATUS", rows...)
		s.more(out.Next)
	})
}

type showInvoiceCmd struct {
	Number string `arg:"" help:"The bill's number." placeholder:"NUMBER"`
}

// Help shows how it is used.
func (showInvoiceCmd) Help() string {
	return `Example:
  kassa invoices show KASSA-2026-0000001`
}

func (c *showInvoiceCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.Invoice(ctx, c.Number)
	if err != nil {
		return err
	}
	return s.show(out, func() { s.invoice(out) })
}

func (s *session) invoice(i v1.Invoice) {
	what := "Invoice"
	if i.Kind == "credit_note" {
		what = "Credit note"
	}
	fmt.Fprintf(s.stdout, "%s %s of %s, order %s, is %s.\n", what, i.Number, day(i.IssuedAt), i.OrderNumber, i.Status)
	var rows [][]string
	for _, l := range i.Lines {
		rows = append(rows, []string{
			l.Transaction, string(l.ProductID), day(l.ServiceFrom) + "/" + day(l.ServiceTo), number(l.Quantity), money(l.UnitPrice),
			money(l.Net), stated(v1.Tax{Kind: l.TaxKind, Rate: l.TaxRate, Included: l.TaxIncluded}), money(l.Tax), money(l.Total),
		})
	}
	s.table("FOR PRODUCT SERVICE SEATS UNIT-PRICE NET RATE TAX TOTAL", rows...)
	fmt.Fprintf(s.stdout, "%s and %s tax: %s.\n", money(i.Net), money(i.Tax), money(i.Total))
}

type printInvoiceCmd struct {
	Number string `arg:"" help:"The bill's number." placeholder:"NUMBER"`
	Output string `short:"o" help:"The file to write; left out: NUMBER.pdf. - is standard output." placeholder:"FILE"`
}

// Help shows how it is used.
func (printInvoiceCmd) Help() string {
	return `Examples:
  kassa invoices pdf KASSA-2026-0000001
  kassa invoices pdf KASSA-2026-0000001 --lang sv -o faktura.pdf`
}

func (c *printInvoiceCmd) Run(ctx context.Context, s *session) error {
	var pdf bytes.Buffer // whole, before a file is made
	if err := s.client.PrintInvoice(ctx, c.Number, &pdf); err != nil {
		return err
	}
	if c.Output == "-" {
		_, err := pdf.WriteTo(s.stdout)
		return err
	}
	file := cmp.Or(c.Output, c.Number+".pdf")
	if err := os.WriteFile(file, pdf.Bytes(), 0o600); err != nil {
		return err
	}
	fmt.Fprintf(s.stdout, "%s is written.\n", file)
	return nil
}

type statementCmd struct{ monthFlags }

// Help shows how it is used.
func (statementCmd) Help() string {
	return `Example:
  kassa invoices statement --from 2026-01-01 > statement.csv`
}

func (c *statementCmd) Run(ctx context.Context, s *session) error {
	return s.client.Statement(ctx, c.months(), s.stdout)
}

type ledgerCmd struct {
	Balances balancesCmd     `cmd:"" help:"Show what every account comes to."`
	Verify   verifyLedgerCmd `cmd:"" help:"Prove that the money adds up, and name what does not."`
	TakeBack takeBackCmd     `cmd:"" help:"Take a payment back, as its payer's bank would (simulated payments only)."`
}

type takeBackCmd struct {
	Charge string `arg:"" help:"The payment service's id of the payment." placeholder:"CHARGE"`
	Reason string `default:"fraudulent" enum:"fraudulent,product_not_received,duplicate,general" help:"What the payer says."`
}

// Help shows how it is used.
func (takeBackCmd) Help() string {
	return `Everybody loses access to what it had paid for, and its bill says so. Only with
--payments simulator: a real payment is taken back by its payer's bank alone, and
Kassa hears of it from Stripe.

Example:
  kassa ledger take-back ch_5d0d8c6e-7b7e-4e0a-9a56-0c8a3c1d0b11`
}

func (c *takeBackCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.TakeBack(ctx, v1.Chargeback(*c))
	if err != nil {
		return err
	}
	return s.show(out, func() {
		fmt.Fprintf(s.stdout, "%s of %s is taken back: dispute %s.\n", money(out.Amount), out.Charge, out.ID)
	})
}

type balancesCmd struct {
	Tenant string `help:"Only what people of this organisation pay." placeholder:"TENANT"`
	Payer  string `help:"Only what this person pays." placeholder:"PERSON"`
}

// Help shows how it is used.
func (balancesCmd) Help() string {
	return `Examples:
  kassa ledger balances
  kassa ledger balances --tenant 10000000-0000-4000-8000-000000000001`
}

func (c *balancesCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.Balances(ctx, c.Tenant, c.Payer)
	if err != nil {
		return err
	}
	return s.show(out, func() {
		var rows [][]string
		for _, b := range out.Items {
			debit, credit := money(b.Amount), ""
			if b.Amount.Minor < 0 {
				b.Amount.Minor = -b.Amount.Minor
				debit, credit = "", money(b.Amount)
			}
			rows = append(rows, []string{b.Account, debit, credit})
		}
		s.table("ACCOUNT DEBIT CREDIT", rows...)
	})
}

type verifyLedgerCmd struct{}

// Help shows how it is used.
func (verifyLedgerCmd) Help() string {
	return `The ledger to zero, what is owed to the bills that are open, and the cash to the
gateway's own books, transaction by transaction. Differences end it with 1.

Example:
  kassa ledger verify`
}

var errLedgerDiffers = errors.New("the ledger, the bills and the gateway do not agree")

func (c *verifyLedgerCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.VerifyLedger(ctx)
	if err != nil {
		return err
	}
	err = s.show(out, func() {
		var rows [][]string
		for _, d := range out.Differences {
			rows = append(rows, []string{d.Kind, string(d.InvoiceID), d.Reference, optional(d.Ledger.Currency, money(d.Ledger)), optional(d.Other.Currency, money(d.Other))})
		}
		if len(rows) > 0 {
			s.table("DIFFERENCE BILL REFERENCE LEDGER OTHER", rows...)
		}
		fmt.Fprintf(s.stdout, "%s entries and %s transactions at the gateway: %s\n", number(out.Entries), number(int64(out.Transactions)), yes(out.Equal, "equal")+yes(!out.Equal, "DIFFERENT"))
	})
	if err == nil && !out.Equal {
		err = errLedgerDiffers
	}
	return err
}

// optional is text unless there is nothing to tell.
func optional(there, text string) string {
	if there == "" {
		return ""
	}
	return text
}
