package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"kassa/domain"
	v1 "kassa/services/api/v1"
)

const centralisations = "/v1/centralisations"

// PlanCentralisation says what taking over what people bought would come to. It
// records nothing.
func (c *Client) PlanCentralisation(ctx context.Context, in v1.StartCentralisation) (out v1.CentralisationPlan, err error) {
	q := url.Values{"product": {string(in.ProductID)}, "keep": {strconv.FormatBool(in.Keep)}}
	if in.Market != "" {
		q.Set("market", in.Market)
	}
	for _, id := range in.Subscriptions {
		q.Add("subscription", string(id))
	}
	err = c.do(ctx, call{method: http.MethodGet, path: centralisations + "/preview", query: q}, &out)
	return out, err
}

// StartCentralisation begins to take over what people bought.
func (c *Client) StartCentralisation(ctx context.Context, i Intent, in v1.StartCentralisation) (out v1.Centralised, err error) {
	err = c.do(ctx, call{method: http.MethodPost, path: centralisations, intent: i, body: in}, &out)
	return out, err
}

// BuyCentralSeats buys what a centralisation needs (R46); by that the caller
// accepts the terms.
func (c *Client) BuyCentralSeats(ctx context.Context, i Intent, id domain.CentralisationID) (v1.Centralised, error) {
	return c.changeCentralisation(ctx, i, id, "buy", v1.BuyCentralSeats{AcceptTerms: true})
}

// ChooseTarget has people get licences of what the organisation has (R45).
func (c *Client) ChooseTarget(ctx context.Context, i Intent, id domain.CentralisationID, target domain.SubscriptionID) (v1.Centralised, error) {
	return c.changeCentralisation(ctx, i, id, "target", v1.ChooseTarget{SubscriptionID: target})
}

// CloseCentralisation waits for no more answers.
func (c *Client) CloseCentralisation(ctx context.Context, i Intent, id domain.CentralisationID) (v1.Centralised, error) {
	return c.changeCentralisation(ctx, i, id, "close", nil)
}

// WithdrawCentralisation calls it off before anybody is asked.
func (c *Client) WithdrawCentralisation(ctx context.Context, i Intent, id domain.CentralisationID) (v1.Centralised, error) {
	return c.changeCentralisation(ctx, i, id, "withdraw", nil)
}

func (c *Client) changeCentralisation(ctx context.Context, i Intent, id domain.CentralisationID, verb string, in any) (out v1.Centralised, err error) {
	err = c.do(ctx, call{method: http.MethodPost, path: centralisation(id) + "/" + verb, intent: i, body: in}, &out)
	return out, err
}

func centralisation(id domain.CentralisationID) string {
	return centralisations + "/" + url.PathEscape(string(id))
}

// Centralisations lists them, newest first. List.Channel must be empty, here and
// below.
func (c *Client) Centralisations(ctx context.Context, l List) (out v1.Centralisations, err error) {
	err = c.do(ctx, call{method: http.MethodGet, path: centralisations, query: l.query()}, &out)
	return out, err
}

// Centralisation says how one stands.
func (c *Client) Centralisation(ctx context.Context, id domain.CentralisationID) (out v1.Centralisation, err error) {
	err = c.do(ctx, call{method: http.MethodGet, path: centralisation(id)}, &out)
	return out, err
}

// CentralisedUsers lists who gets a licence, and who cannot.
func (c *Client) CentralisedUsers(ctx context.Context, id domain.CentralisationID, l List) (out v1.CentralisedUsers, err error) {
	err = c.do(ctx, call{method: http.MethodGet, path: centralisation(id) + "/users", query: l.query()}, &out)
	return out, err
}

// CentralisedPurchases lists what people bought, and what they answered.
func (c *Client) CentralisedPurchases(ctx context.Context, id domain.CentralisationID, l List) (out v1.CentralisedPurchases, err error) {
	err = c.do(ctx, call{method: http.MethodGet, path: centralisation(id) + "/purchases", query: l.query()}, &out)
	return out, err
}
