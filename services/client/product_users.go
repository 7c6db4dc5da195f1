package client

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"kassa/domain"
	v1 "kassa/services/api/v1"
)

// UsersOf narrows who is asked for: the users of a product, or of some
// subscriptions; empty: of everything.
type UsersOf struct {
	Product       domain.ProductID
	Subscriptions []string
}

func (u UsersOf) query() url.Values {
	q := url.Values{}
	if u.Product != "" {
		q.Set("product", string(u.Product))
	}
	if len(u.Subscriptions) > 0 {
		q.Set("subscription", strings.Join(u.Subscriptions, ","))
	}
	return q
}

// ProductUsers lists who uses what the organisation has, by who bought it.
func (c *Client) ProductUsers(ctx context.Context, of UsersOf) (out v1.ProductUsers, err error) {
	err = c.do(ctx, call{method: http.MethodGet, path: "/v1/products/users", query: of.query()}, &out)
	return out, err
}

// ProductTotals lists each product once, with all purchases of it together.
func (c *Client) ProductTotals(ctx context.Context) (out v1.ProductTotals, err error) {
	err = c.do(ctx, call{method: http.MethodGet, path: "/v1/products/summary"}, &out)
	return out, err
}

// ExportProductUsers writes who uses what as comma-separated values.
func (c *Client) ExportProductUsers(ctx context.Context, of UsersOf, out io.Writer) error {
	return c.export(ctx, call{method: http.MethodGet, path: "/v1/products/users.csv", query: of.query()}, out)
}

// export copies an answer as it is.
func (c *Client) export(ctx context.Context, r call, out io.Writer) error {
	response, err := c.send(ctx, r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if _, err := io.Copy(out, response.Body); err != nil {
		return fmt.Errorf("read answer of %s %s: %w", r.method, r.path, err)
	}
	return nil
}
