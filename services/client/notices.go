package client

import (
	"context"
	"net/http"

	v1 "kassa/services/api/v1"
)

// Notices lists what the caller should know of, newest first.
func (c *Client) Notices(ctx context.Context, l List) (out v1.Notices, err error) {
	err = c.do(ctx, call{method: http.MethodGet, path: "/v1/notices", query: l.query()}, &out)
	return out, err
}

// Mails lists what became of each mail, for the operator; an empty status is
// every one.
func (c *Client) Mails(ctx context.Context, l List, status string) (out v1.Mails, err error) {
	query := l.query()
	if status != "" {
		query.Set("status", status)
	}
	err = c.do(ctx, call{method: http.MethodGet, path: "/v1/mails", query: query}, &out)
	return out, err
}
