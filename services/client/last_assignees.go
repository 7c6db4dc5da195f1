package client

import (
	"context"
	"net/http"
	"net/url"

	"kassa/domain"
	v1 "kassa/services/api/v1"
)

// LastAssignees lists who used what was cancelled (R59): of one subscription, or
// of all if it is empty; only those who have nothing in its place if open.
func (c *Client) LastAssignees(ctx context.Context, l List, id domain.SubscriptionID, open bool) (out v1.LastAssignees, err error) {
	q, path := l.query(), "/v1/last-assignees"
	if id != "" {
		path = "/v1/subscriptions/" + url.PathEscape(string(id)) + "/last-assignees"
	}
	if open {
		q.Set("open", "true")
	}
	err = c.do(ctx, call{method: http.MethodGet, path: path, query: q}, &out)
	return out, err
}
