package client

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"

	v1 "kassa/services/api/v1"
)

// Months say which bills: those issued from a day on and before another, both as
// 2026-01-31 and either left out.
type Months struct{ From, Until string }

func (m Months) add(q url.Values) url.Values {
	if m.From != "" {
		q.Set("from", m.From)
	}
	if m.Until != "" {
		q.Set("until", m.Until)
	}
	return q
}

// Invoices lists the bills that the caller was sent (R29).
func (c *Client) Invoices(ctx context.Context, m Months, l List) (out v1.Invoices, err error) {
	err = c.do(ctx, call{method: http.MethodGet, path: "/v1/invoices", query: m.add(l.query())}, &out)
	return out, err
}

// Invoice returns one of them by its number.
func (c *Client) Invoice(ctx context.Context, number string) (out v1.Invoice, err error) {
	err = c.do(ctx, call{method: http.MethodGet, path: "/v1/invoices/" + url.PathEscape(number)}, &out)
	return out, err
}

// PrintInvoice writes one of them as a PDF.
func (c *Client) PrintInvoice(ctx context.Context, number string, out io.Writer) error {
	response, err := c.send(ctx, call{method: http.MethodGet, path: "/v1/invoices/" + url.PathEscape(number) + "/pdf"})
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if _, err := io.Copy(out, response.Body); err != nil {
		return fmt.Errorf("read the document: %w", err)
	}
	return nil
}

// Statement writes the bills as comma-separated values.
func (c *Client) Statement(ctx context.Context, m Months, out io.Writer) error {
	response, err := c.send(ctx, call{method: http.MethodGet, path: "/v1/invoices/statement.csv", query: m.add(url.Values{})})
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if _, err := io.Copy(out, response.Body); err != nil {
		return fmt.Errorf("read the statement: %w", err)
	}
	return nil
}

// Balances returns what every account of the ledger comes to: of all, of one
// tenant, or of one payer.
func (c *Client) Balances(ctx context.Context, tenant, payer string) (out v1.Balances, err error) {
	err = c.do(ctx, call{method: http.MethodGet, path: "/v1/ledger/balances", query: url.Values{"tenant": {tenant}, "payer": {payer}}}, &out)
	return out, err
}

// TakeBack takes a payment back, as its payer's bank would.
func (c *Client) TakeBack(ctx context.Context, asked v1.Chargeback) (out v1.Dispute, err error) {
	err = c.do(ctx, call{method: http.MethodPost, path: "/v1/ledger/chargebacks", body: asked}, &out)
	return out, err
}

// VerifyLedger holds the ledger against the bills and the gateway's books.
func (c *Client) VerifyLedger(ctx context.Context) (out v1.LedgerReport, err error) {
	err = c.do(ctx, call{method: http.MethodPost, path: "/v1/ledger/verify", unhurried: true}, &out)
	return out, err
}
