package client

import (
	"context"
	"net/http"
	"net/url"

	v1 "kassa/services/api/v1"
)

// DeletePerson says that the directory has deleted somebody (R57).
func (c *Client) DeletePerson(ctx context.Context, i Intent, user string) (out v1.DirectoryPerson, err error) {
	err = c.do(ctx, call{method: http.MethodDelete, path: "/v1/people/" + url.PathEscape(user), intent: i}, &out)
	return out, err
}

// RestorePerson says that the directory has brought somebody back.
func (c *Client) RestorePerson(ctx context.Context, i Intent, user string) (out v1.DirectoryPerson, err error) {
	err = c.do(ctx, call{method: http.MethodPost, path: "/v1/people/" + url.PathEscape(user) + "/restore", intent: i}, &out)
	return out, err
}

// Orphaned lists what people who left had bought by themselves. Of the list only
// After and Limit may be set.
func (c *Client) Orphaned(ctx context.Context, l List) (out v1.Orphans, err error) {
	err = c.do(ctx, call{method: http.MethodGet, path: "/v1/orphaned", query: l.query()}, &out)
	return out, err
}
