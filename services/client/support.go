package client

import (
	"context"
	"net/http"
	"net/url"

	"kassa/domain"
	v1 "kassa/services/api/v1"
)

// OpenSupportCase asks for help with a subscription (R51).
func (c *Client) OpenSupportCase(ctx context.Context, i Intent, in v1.OpenSupportCase) (out v1.SupportCase, err error) {
	err = c.do(ctx, call{method: http.MethodPost, path: "/v1/support/cases", intent: i, body: in}, &out)
	return out, err
}

// SupportCases lists those that the caller may see, newest first: all of them,
// or only those that stand like status. List.Channel must be empty.
func (c *Client) SupportCases(ctx context.Context, l List, status string) (out v1.SupportCases, err error) {
	q := l.query()
	if status != "" {
		q.Set("status", status)
	}
	err = c.do(ctx, call{method: http.MethodGet, path: "/v1/support/cases", query: q}, &out)
	return out, err
}

// EscalateSupportCase passes a case on.
func (c *Client) EscalateSupportCase(ctx context.Context, i Intent, id domain.CaseID) (out v1.SupportCase, err error) {
	err = c.do(ctx, call{method: http.MethodPost, path: "/v1/support/cases/" + url.PathEscape(string(id)) + "/escalate", intent: i}, &out)
	return out, err
}

// CloseSupportCase ends a case.
func (c *Client) CloseSupportCase(ctx context.Context, i Intent, id domain.CaseID, in v1.CloseSupportCase) (out v1.SupportCase, err error) {
	err = c.do(ctx, call{method: http.MethodPost, path: "/v1/support/cases/" + url.PathEscape(string(id)) + "/close", intent: i, body: in}, &out)
	return out, err
}

// Premier returns what is left of the organisation's Premier contract.
func (c *Client) Premier(ctx context.Context) (out v1.Premier, err error) {
	err = c.do(ctx, call{method: http.MethodGet, path: "/v1/support/premier"}, &out)
	return out, err
}

// CreditBill gives back some of what was paid for a bill.
func (c *Client) CreditBill(ctx context.Context, i Intent, in v1.CreditBill) (out v1.Subscription, err error) {
	err = c.do(ctx, call{method: http.MethodPost, path: "/v1/support/credits", intent: i, body: in}, &out)
	return out, err
}
