package api

import (
	"context"
	"encoding/csv"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/bojanz/currency"
	"github.com/danielgtaylor/huma/v2"

	"kassa/commands"
	"kassa/domain"
	"kassa/projections/views"
	v1 "kassa/services/api/v1"
)

type (
	invoicesInput struct {
		Reading
		Paging
		From  string `query:"from" doc:"Only bills issued on this day or later." example:"2026-01-01"`
		Until string `query:"until" doc:"Only bills issued before this day." example:"2026-04-01"`
	}
	invoiceInput struct {
		Reading
		Number string `path:"number" doc:"The bill's number." example:"KASSA-2026-0000042"`
	}
	invoicesOutput  struct{ Body v1.Invoices }
	invoiceOutput   struct{ Body v1.Invoice }
	statementOutput struct {
		ContentType string `header:"Content-Type"`
		Disposition string `header:"Content-Disposition"`
		Body        func(huma.Context)
	}
)

var errDay = &domain.Error{Kind: domain.Invalid, Code: "day_invalid", Message: "Give a day as year, month and day, such as 2026-01-31."}

func (s *Server) registerInvoices(api huma.API) {
	group := []string{"Bills"}
	signed(s, api, huma.Operation{
		OperationID: "list-invoices", Method: http.MethodGet, Path: "/v1/invoices", Tags: group,
		Summary:     "Your own invoices and credit notes",
		Description: "Every bill that the caller was sent, newest first (R29). Nobody sees another's, administrators neither (R36).",
	}, s.listInvoices)
	signed(s, api, huma.Operation{
		OperationID: "get-invoice", Method: http.MethodGet, Path: "/v1/invoices/{number}", Tags: group,
		Summary: "One of your bills, line by line",
	}, s.getInvoice)
	signed(s, api, huma.Operation{
		OperationID: "get-statement", Method: http.MethodGet, Path: "/v1/invoices/statement.csv", Tags: group,
		Summary:     "Your bills as a table",
		Description: "One row for each line of each bill, oldest first, as comma-separated values (RFC 4180). Amounts have a point before the decimals.",
		Responses: map[string]*huma.Response{"200": {
			Description: "The table.", Content: map[string]*huma.MediaType{"text/csv": {Schema: &huma.Schema{Type: huma.TypeString}}},
		}},
	}, s.getStatement)
}

func (in invoicesInput) filter() (f views.InvoiceFilter, err error) {
	f = views.InvoiceFilter{Next: in.After, Limit: in.Limit}
	for _, d := range []struct {
		text string
		to   *time.Time
	}{{in.From, &f.From}, {in.Until, &f.Until}} {
		if d.text == "" {
			continue
		}
		if *d.to, err = time.Parse(time.DateOnly, d.text); err != nil {
			return f, errDay
		}
	}
	return f, nil
}

func (s *Server) listInvoices(ctx context.Context, who commands.Principal, in *invoicesInput) (*invoicesOutput, error) {
	filter, err := in.filter()
	if err != nil {
		return nil, err
	}
	if err := s.caughtUp(ctx, in.Reading, views.InvoicesView.Name); err != nil {
		return nil, err
	}
	page, err := views.NewInvoices(s.Projector).List(ctx, who.Tenant, who.Person, filter)
	if err != nil {
		return nil, err
	}
	body := v1.Invoices{AsOf: v1.AsOf{Position: page.AsOf}, Next: page.Next}
	for _, i := range page.Items {
		body.Items = append(body.Items, invoiceOf(i))
	}
	return &invoicesOutput{body}, nil
}

func (s *Server) getInvoice(ctx context.Context, who commands.Principal, in *invoiceInput) (*invoiceOutput, error) {
	if err := s.caughtUp(ctx, in.Reading, views.InvoicesView.Name); err != nil {
		return nil, err
	}
	found, _, err := views.NewInvoices(s.Projector).Get(ctx, who.Tenant, who.Person, in.Number)
	if err != nil {
		return nil, err
	}
	return &invoiceOutput{invoiceOf(found)}, nil
}

func invoiceOf(i views.Invoice) v1.Invoice {
	out := v1.Invoice{
		Number: i.Number, Kind: string(i.Kind), Credits: string(i.Credits), InvoiceID: i.Issued.Invoice, Status: string(i.Status),
		OrderNumber: i.OrderNumber, SubscriptionID: i.Subscription, Market: i.Market, IssuedAt: i.At, DueAt: i.DueAt,
		Net: i.Net, Tax: i.Tax, Total: i.Total, Refunded: i.Refunded, Attempts: i.Attempts, Failure: i.Failure,
	}
	if d := i.Dunning; d != nil {
		out.Dunning = &v1.Dunning{Kind: string(d.Kind), NextAt: d.NextAt, DisabledAt: d.DisabledAt}
	}
	if !i.PaidAt.IsZero() {
		out.PaidAt = &i.PaidAt
	}
	for _, l := range i.Lines {
		out.Lines = append(out.Lines, v1.InvoiceLine{
			Transaction: string(l.Transaction), ProductID: l.Product, ServiceFrom: l.From, ServiceTo: l.To,
			Quantity: l.Quantity, UnitPrice: l.UnitPrice, Days: l.Days, OfDays: l.OfDays,
			TaxKind: string(l.Kind), TaxRate: float64(l.Rate) / 100, TaxIncluded: !l.Exclusive, Net: l.Net, Tax: l.Tax, Total: l.Total,
		})
	}
	return out
}

// getStatement collects all pages before it answers: a person has few bills.
func (s *Server) getStatement(ctx context.Context, who commands.Principal, in *invoicesInput) (*statementOutput, error) {
	filter, err := in.filter()
	if err != nil {
		return nil, err
	}
	if err := s.caughtUp(ctx, in.Reading, views.InvoicesView.Name); err != nil {
		return nil, err
	}
	var all []views.Invoice
	for {
		page, err := views.NewInvoices(s.Projector).List(ctx, who.Tenant, who.Person, filter)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Items...)
		if filter.Next = page.Next; filter.Next == "" {
			break
		}
	}
	return &statementOutput{
		ContentType: "text/csv; charset=utf-8", Disposition: `attachment; filename="statement.csv"`,
		Body: func(ctx huma.Context) { _ = writeStatement(ctx.BodyWriter(), all) }, // whoever asked has left
	}, nil
}

func writeStatement(out io.Writer, newestFirst []views.Invoice) error {
	w := csv.NewWriter(out)
	rows := [][]string{{
		"number", "kind", "issued", "due", "status", "order", "transaction", "product", "service_from", "service_to",
		"quantity", "unit_price", "net", "tax_rate_percent", "tax", "total", "currency",
	}}
	for n := range newestFirst {
		i := newestFirst[len(newestFirst)-1-n]
		for _, l := range i.Lines {
			rows = append(rows, []string{
				i.Number, string(i.Kind), day(i.At), day(i.DueAt), string(i.Status), i.OrderNumber, string(l.Transaction), string(l.Product),
				day(l.From), day(l.To), strconv.FormatInt(l.Quantity, 10), plain(l.UnitPrice), plain(l.Net),
				strconv.FormatFloat(float64(l.Rate)/100, 'f', -1, 64), plain(l.Tax), plain(l.Total), l.Total.Currency,
			})
		}
	}
	return w.WriteAll(rows)
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// plain is an amount for programs: "1234.50", without its currency.
func plain(m domain.Money) string {
	a, err := currency.NewAmountFromInt64(m.Minor, m.Currency)
	if err != nil {
		return strconv.FormatInt(m.Minor, 10)
	}
	return a.Number()
}
