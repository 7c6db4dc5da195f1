package client

import (
	"context"
	"net/http"
	"net/url"

	"kassa/domain"
	v1 "kassa/services/api/v1"
)

// RequestCancellation asks the purchaser (R47) or support (R58) to cancel.
func (c *Client) RequestCancellation(ctx context.Context, i Intent, id domain.SubscriptionID, in v1.AskCancellation) (out v1.CancellationRequest, err error) {
	err = c.do(ctx, call{method: http.MethodPost, path: "/v1/subscriptions/" + url.PathEscape(string(id)) + "/cancellation-requests", intent: i, body: in}, &out)
	return out, err
}

// CancellationRequests lists those that the caller may see, newest first: all of
// them, or only those that stand like status. List.Channel must be empty.
func (c *Client) CancellationRequests(ctx context.Context, l List, status string) (out v1.CancellationRequests, err error) {
	q := l.query()
	if status != "" {
		q.Set("status", status)
	}
	err = c.do(ctx, call{method: http.MethodGet, path: "/v1/cancellation-requests", query: q}, &out)
	return out, err
}

// AcceptCancellation says yes to a cancellation request.
func (c *Client) AcceptCancellation(ctx context.Context, i Intent, request string) (v1.CancellationRequest, error) {
	return c.answerCancellation(ctx, i, request, "/accept", nil)
}

// DeclineCancellation says no to it.
func (c *Client) DeclineCancellation(ctx context.Context, i Intent, request string, in v1.DeclineCancellation) (v1.CancellationRequest, error) {
	return c.answerCancellation(ctx, i, request, "/decline", in)
}

// WithdrawCancellation takes it back.
func (c *Client) WithdrawCancellation(ctx context.Context, i Intent, request string) (v1.CancellationRequest, error) {
	return c.answerCancellation(ctx, i, request, "/withdraw", nil)
}

func (c *Client) answerCancellation(ctx context.Context, i Intent, request, verb string, in any) (out v1.CancellationRequest, err error) {
	err = c.do(ctx, call{method: http.MethodPost, path: "/v1/cancellation-requests/" + url.PathEscape(request) + verb, intent: i, body: in}, &out)
	return out, err
}
