package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"kassa/domain"
	v1 "kassa/services/api/v1"
)

func (l List) query() url.Values {
	q := url.Values{}
	for name, value := range map[string]string{
		"channel": l.Channel, "kind": l.Kind, "status": l.Status, "product": string(l.Product), "purchaser": l.Purchaser, "sort": l.Sort, "asOf": l.AsOf, "after": l.After,
	} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if !l.ExpiringBefore.IsZero() {
		q.Set("expiringBefore", l.ExpiringBefore.Format(time.RFC3339))
	}
	if l.Orphaned {
		q.Set("orphaned", "true")
	}
	if l.Limit != 0 {
		q.Set("limit", strconv.Itoa(l.Limit))
	}
	return q
}

// Prices returns the public price list of a market (R33).
func (c *Client) Prices(ctx context.Context, market string) (out v1.Prices, err error) {
	err = c.do(ctx, call{method: http.MethodGet, path: "/v1/prices", query: url.Values{"market": {market}}}, &out)
	return out, err
}

// PublishPrice states what a product costs from some instant on.
func (c *Client) PublishPrice(ctx context.Context, p v1.PublishPrice) (out v1.Priced, err error) {
	err = c.do(ctx, call{method: http.MethodPost, path: "/v1/prices", body: p}, &out)
	return out, err
}

// WithdrawPrice ends an offer from some instant on.
func (c *Client) WithdrawPrice(ctx context.Context, w v1.WithdrawPrice) (out v1.Priced, err error) {
	err = c.do(ctx, call{method: http.MethodPost, path: "/v1/prices/withdraw", body: w}, &out)
	return out, err
}

// Capacity lists where the organisation's storage comes from (R39).
func (c *Client) Capacity(ctx context.Context, l List) (out v1.Capacity, err error) {
	err = c.do(ctx, call{method: http.MethodGet, path: "/v1/capacity", query: l.query()}, &out)
	return out, err
}

// Policies lists what holds for every product.
func (c *Client) Policies(ctx context.Context) (out v1.Policies, err error) {
	err = c.do(ctx, call{method: http.MethodGet, path: "/v1/policies"}, &out)
	return out, err
}

// Policy returns what holds for one product.
func (c *Client) Policy(ctx context.Context, id domain.ProductID) (out v1.ProductPolicy, err error) {
	err = c.do(ctx, call{method: http.MethodGet, path: "/v1/policies/" + url.PathEscape(string(id))}, &out)
	return out, err
}

// PolicyChange is a new value. Seen, if not nil, is the revision of the policies
// that the change rests on: it is refused if they have changed since.
type PolicyChange struct {
	Value domain.PolicyValue
	Seen  *int64
}

func (p PolicyChange) ifMatch() string {
	if p.Seen == nil {
		return ""
	}
	return strconv.Quote(strconv.FormatInt(*p.Seen, 10))
}

// SetPolicy changes what holds for one product.
func (c *Client) SetPolicy(ctx context.Context, i Intent, id domain.ProductID, to PolicyChange) (out v1.PolicySet, err error) {
	err = c.do(ctx, call{
		method: http.MethodPut, path: "/v1/policies/" + url.PathEscape(string(id)), intent: i,
		ifMatch: to.ifMatch(), body: v1.SetPolicy{Value: to.Value},
	}, &out)
	return out, err
}

// SetDefaultPolicy changes what holds for products without a policy of their own.
func (c *Client) SetDefaultPolicy(ctx context.Context, i Intent, to PolicyChange) (out v1.PolicySet, err error) {
	err = c.do(ctx, call{
		method: http.MethodPut, path: "/v1/policies", intent: i,
		ifMatch: to.ifMatch(), body: v1.SetDefaultPolicy{Default: to.Value},
	}, &out)
	return out, err
}

// OfferTypePolicy returns what holds for one kind of third-party offers.
func (c *Client) OfferTypePolicy(ctx context.Context, offerType string) (out v1.OfferTypePolicy, err error) {
	err = c.do(ctx, call{method: http.MethodGet, path: "/v1/policies/offer-types/" + url.PathEscape(offerType)}, &out)
	return out, err
}

// SetOfferTypePolicy changes what holds for one kind of third-party offers.
func (c *Client) SetOfferTypePolicy(ctx context.Context, i Intent, offerType string, to PolicyChange) (out v1.PolicySet, err error) {
	err = c.do(ctx, call{
		method: http.MethodPut, path: "/v1/policies/offer-types/" + url.PathEscape(offerType), intent: i,
		ifMatch: to.ifMatch(), body: v1.SetPolicy{Value: to.Value},
	}, &out)
	return out, err
}

// SetPolicies changes what holds for up to 100 products; each has a result or
// an error of its own.
func (c *Client) SetPolicies(ctx context.Context, i Intent, to []v1.SetProductPolicy) (out v1.PolicyResults, err error) {
	err = c.do(ctx, call{method: http.MethodPut, path: "/v1/policies/products", intent: i, body: to}, &out)
	return out, err
}

// PolicyHistory lists every change of the policies, oldest first. List.Channel
// must be empty.
func (c *Client) PolicyHistory(ctx context.Context, l List) (out v1.PolicyHistory, err error) {
	err = c.do(ctx, call{method: http.MethodGet, path: "/v1/policies/history", query: l.query()}, &out)
	return out, err
}

// Refusals lists purchases that a rule refused, newest first: all of them, or
// only those by a check or of a product. List.Channel must be empty.
func (c *Client) Refusals(ctx context.Context, l List, code string, product domain.ProductID) (out v1.Refusals, err error) {
	q := l.query()
	if code != "" {
		q.Set("code", code)
	}
	if product != "" {
		q.Set("product", string(product))
	}
	err = c.do(ctx, call{method: http.MethodGet, path: "/v1/refusals", query: q}, &out)
	return out, err
}

// Views says how the views are doing.
func (c *Client) Views(ctx context.Context) (out v1.Views, err error) {
	err = c.do(ctx, call{method: http.MethodGet, path: "/v1/views"}, &out)
	return out, err
}

// Verify compares a view with a fold of its history.
func (c *Client) Verify(ctx context.Context, view string) (out v1.Report, err error) {
	err = c.do(ctx, call{method: http.MethodPost, path: "/v1/views/" + url.PathEscape(view) + "/verify", unhurried: true}, &out)
	return out, err
}

// Retry applies the facts that a view has parked.
func (c *Client) Retry(ctx context.Context, view string) (out v1.View, err error) {
	err = c.do(ctx, call{method: http.MethodPost, path: "/v1/views/" + url.PathEscape(view) + "/retry"}, &out)
	return out, err
}

// Drop removes a view's replaced generations.
func (c *Client) Drop(ctx context.Context, view string) (out v1.Dropped, err error) {
	err = c.do(ctx, call{method: http.MethodPost, path: "/v1/views/" + url.PathEscape(view) + "/drop"}, &out)
	return out, err
}

// Import brings a file in: kind is catalogue or directory, mediaType
// application/json or text/csv. The same file again changes nothing.
func (c *Client) Import(ctx context.Context, kind, mediaType string, file []byte) (out v1.Import, err error) {
	err = c.do(ctx, call{method: http.MethodPost, path: "/v1/imports/" + url.PathEscape(kind), mediaType: mediaType, body: file, unhurried: true}, &out)
	return out, err
}

// Issue asks the development identity provider for a token.
func (c *Client) Issue(ctx context.Context, in v1.TokenRequest) (out v1.Token, err error) {
	err = c.do(ctx, call{method: http.MethodPost, path: "/v1/dev/token", body: in}, &out)
	return out, err
}

// Ready says whether every part works. Not being ready is an answer, not an
// error.
func (c *Client) Ready(ctx context.Context) (out v1.Health, err error) {
	once := *c
	once.Retries = -1
	err = once.do(ctx, call{method: http.MethodGet, path: "/readyz"}, &out)
	if e := asHealth(err); e != nil {
		return *e, nil
	}
	return out, err
}
