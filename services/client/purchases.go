package client

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"time"

	"kassa/domain"
	v1 "kassa/services/api/v1"
)

// Me tells who the caller is and what they may see.
func (c *Client) Me(ctx context.Context) (out v1.Me, err error) {
	err = c.do(ctx, call{method: http.MethodGet, path: "/v1/me"}, &out)
	return out, err
}

// HomeRealm asks where the owner of an address signs in (R10).
func (c *Client) HomeRealm(ctx context.Context, email string) (out v1.HomeRealm, err error) {
	err = c.do(ctx, call{method: http.MethodPost, path: "/v1/home-realm", body: v1.HomeRealmRequest{Email: email}}, &out)
	return out, err
}

// Start asks for a quote.
func (c *Client) Start(ctx context.Context, i Intent, in v1.StartPurchase) (out v1.Purchase, err error) {
	err = c.do(ctx, call{method: http.MethodPost, path: "/v1/purchases", intent: i, body: in}, &out)
	return out, err
}

// Wish is what somebody would like to buy, or to try.
type Wish struct {
	Product domain.ProductID
	Market  string
	Channel string // empty: self-service
	User    string // whose wish it is; empty: the caller's
	Trial   bool
	OnCard  bool // of a trial: it becomes paid by itself
}

// Eligibility asks whether they may now, and why.
func (c *Client) Eligibility(ctx context.Context, w Wish) (out v1.Eligibility, err error) {
	q := url.Values{"product": {string(w.Product)}, "market": {w.Market}}
	if w.Channel != "" {
		q.Set("channel", w.Channel)
	}
	if w.User != "" {
		q.Set("user", w.User)
	}
	if w.Trial {
		q.Set("kind", string(domain.Trial))
	}
	if w.OnCard {
		q.Set("needsPaymentMethod", "true")
	}
	err = c.do(ctx, call{method: http.MethodGet, path: "/v1/eligibility", query: q}, &out)
	return out, err
}

// Submit orders what was quoted. Status submitted means that the payment
// gateway has not answered yet: submit again with the same intent.
func (c *Client) Submit(ctx context.Context, i Intent, id domain.PurchaseID, in v1.SubmitPurchase) (out v1.Submitted, err error) {
	err = c.do(ctx, call{method: http.MethodPost, path: "/v1/purchases/" + url.PathEscape(string(id)) + "/submit", intent: i, body: in}, &out)
	return out, err
}

// Purchase returns one of the caller's own.
func (c *Client) Purchase(ctx context.Context, id domain.PurchaseID) (out v1.Purchase, err error) {
	err = c.do(ctx, call{method: http.MethodGet, path: "/v1/purchases/" + url.PathEscape(string(id))}, &out)
	return out, err
}

// List narrows a list of products.
type List struct {
	Channel        string // central, all or self-service; empty: all
	Kind           string // paid, trial or all; empty: all
	Orphaned       bool   // only what somebody who left had bought by themselves
	Status         string // active, trial, expired, suspended, disabled or deleted; empty: all
	Product        domain.ProductID
	Purchaser      string // mail address or object id
	ExpiringBefore time.Time
	Sort           string // start, expiry, quantity or product, with a minus for the largest first
	AsOf           string // a position of history or a time; empty: now
	After          string // the Next of the page before
	Limit          int    // 0: as many as the server likes
}

// Products lists what the organisation has (R37).
func (c *Client) Products(ctx context.Context, l List) (out v1.Products, err error) {
	err = c.do(ctx, call{method: http.MethodGet, path: "/v1/products", query: l.query()}, &out)
	return out, err
}

// ExportProducts writes the same as comma-separated values, without pages.
func (c *Client) ExportProducts(ctx context.Context, l List, out io.Writer) error {
	return c.export(ctx, call{method: http.MethodGet, path: "/v1/products.csv", query: l.query()}, out)
}

// Purchases lists what the caller bought (R26). Of l, only Kind and the page count.
func (c *Client) Purchases(ctx context.Context, l List) (out v1.Products, err error) {
	err = c.do(ctx, call{method: http.MethodGet, path: "/v1/purchases", query: l.query()}, &out)
	return out, err
}

// Order returns the history of an order.
func (c *Client) Order(ctx context.Context, number string) (out v1.Order, err error) {
	err = c.do(ctx, call{method: http.MethodGet, path: "/v1/orders/" + url.PathEscape(number)}, &out)
	return out, err
}

// Assign gives a person, by mail address or object id, a seat.
func (c *Client) Assign(ctx context.Context, i Intent, id domain.SubscriptionID, user string) (out v1.License, err error) {
	err = c.do(ctx, call{method: http.MethodPost, path: licenses(id), intent: i, body: v1.AssignLicense{User: user}}, &out)
	return out, err
}

// Unassign takes it back.
func (c *Client) Unassign(ctx context.Context, i Intent, id domain.SubscriptionID, user string) (out v1.License, err error) {
	err = c.do(ctx, call{method: http.MethodDelete, path: licenses(id) + "/" + url.PathEscape(user), intent: i}, &out)
	return out, err
}

// AssignMany gives up to 20 people a seat; each has a result or an error of
// their own.
func (c *Client) AssignMany(ctx context.Context, i Intent, id domain.SubscriptionID, users []string) (out v1.LicenseResults, err error) {
	err = c.do(ctx, call{method: http.MethodPost, path: licenses(id) + "/assign", intent: i, body: v1.ManyLicenses{Users: users}}, &out)
	return out, err
}

// UnassignMany takes them back.
func (c *Client) UnassignMany(ctx context.Context, i Intent, id domain.SubscriptionID, users []string) (out v1.LicenseResults, err error) {
	err = c.do(ctx, call{method: http.MethodPost, path: licenses(id) + "/unassign", intent: i, body: v1.ManyLicenses{Users: users}}, &out)
	return out, err
}

func licenses(id domain.SubscriptionID) string {
	return "/v1/subscriptions/" + url.PathEscape(string(id)) + "/licenses"
}
