package client

import (
	"context"
	"net/http"
	"net/url"

	"kassa/domain"
	v1 "kassa/services/api/v1"
)

// AddSeats buys more seats. While the answer is Pending, here and below, the
// payment gateway has not answered yet: ask again with the same intent.
func (c *Client) AddSeats(ctx context.Context, i Intent, id domain.SubscriptionID, in v1.AddSeats) (v1.Subscription, error) {
	return c.changeSubscription(ctx, http.MethodPost, id, "/seats", i, in)
}

// RemoveSeats gives seats back.
func (c *Client) RemoveSeats(ctx context.Context, i Intent, id domain.SubscriptionID, in v1.RemoveSeats) (v1.Subscription, error) {
	return c.changeSubscription(ctx, http.MethodPost, id, "/seats/remove", i, in)
}

// KeepSeats withdraws what was planned for the next term.
func (c *Client) KeepSeats(ctx context.Context, i Intent, id domain.SubscriptionID) (v1.Subscription, error) {
	return c.changeSubscription(ctx, http.MethodDelete, id, "/scheduled-change", i, nil)
}

// SetRecurringBilling says whether another term follows the current one.
func (c *Client) SetRecurringBilling(ctx context.Context, i Intent, id domain.SubscriptionID, on bool) (v1.Subscription, error) {
	return c.changeSubscription(ctx, http.MethodPut, id, "/recurring-billing", i, v1.SetRecurringBilling{On: on})
}

// CancelSubscription ends a subscription at once (R32).
func (c *Client) CancelSubscription(ctx context.Context, i Intent, id domain.SubscriptionID, in v1.CancelSubscription) (v1.Subscription, error) {
	return c.changeSubscription(ctx, http.MethodPost, id, "/cancel", i, in)
}

// Reactivate begins a new term after the last one ended.
func (c *Client) Reactivate(ctx context.Context, i Intent, id domain.SubscriptionID, in v1.ReactivateSubscription) (v1.Subscription, error) {
	return c.changeSubscription(ctx, http.MethodPost, id, "/reactivate", i, in)
}

// Subscription returns everything about one subscription.
func (c *Client) Subscription(ctx context.Context, id domain.SubscriptionID) (out v1.SubscriptionDetail, err error) {
	err = c.do(ctx, call{method: http.MethodGet, path: "/v1/subscriptions/" + url.PathEscape(string(id))}, &out)
	return out, err
}

// ExtendTrial gives a trial thirty more days.
func (c *Client) ExtendTrial(ctx context.Context, i Intent, id domain.SubscriptionID) (v1.Subscription, error) {
	return c.changeSubscription(ctx, http.MethodPost, id, "/extend-trial", i, nil)
}

// ConvertTrial buys what is being tried.
func (c *Client) ConvertTrial(ctx context.Context, i Intent, id domain.SubscriptionID, in v1.ConvertTrial) (v1.Subscription, error) {
	return c.changeSubscription(ctx, http.MethodPost, id, "/convert", i, in)
}

// Pay pays for a term that was not paid (R30).
func (c *Client) Pay(ctx context.Context, i Intent, id domain.SubscriptionID, in v1.PayTerm) (v1.Subscription, error) {
	return c.changeSubscription(ctx, http.MethodPost, id, "/pay", i, in)
}

// ReplaceCard names another card to pay with from now on (R31).
func (c *Client) ReplaceCard(ctx context.Context, i Intent, id domain.SubscriptionID, in v1.ReplaceCard) (out v1.Card, err error) {
	err = c.do(ctx, call{method: http.MethodPut, path: "/v1/subscriptions/" + url.PathEscape(string(id)) + "/card", intent: i, body: in}, &out)
	return out, err
}

// Bills lists what the caller was charged and paid back (R29); an empty status
// is all of them.
func (c *Client) Bills(ctx context.Context, status string, l List) (out v1.Bills, err error) {
	q := l.query()
	if status != "" {
		q.Set("status", status)
	}
	err = c.do(ctx, call{method: http.MethodGet, path: "/v1/bills", query: q}, &out)
	return out, err
}

func (c *Client) changeSubscription(ctx context.Context, method string, id domain.SubscriptionID, verb string, i Intent, in any) (out v1.Subscription, err error) {
	err = c.do(ctx, call{method: method, path: "/v1/subscriptions/" + url.PathEscape(string(id)) + verb, intent: i, body: in}, &out)
	return out, err
}

// TakeControl ends what a person bought by themselves. It takes a moment; ask
// Control how far it has come.
func (c *Client) TakeControl(ctx context.Context, i Intent, id domain.SubscriptionID, in v1.TakingControl) (out v1.Control, err error) {
	err = c.do(ctx, call{method: http.MethodPost, path: control(id), intent: i, body: in}, &out)
	return out, err
}

// Control says how far the end of a subscription has come.
func (c *Client) Control(ctx context.Context, id domain.SubscriptionID) (out v1.Control, err error) {
	err = c.do(ctx, call{method: http.MethodGet, path: control(id)}, &out)
	return out, err
}

// GiveUpMove lets whoever has not been moved yet lose their licence.
func (c *Client) GiveUpMove(ctx context.Context, i Intent, id domain.SubscriptionID) (out v1.Control, err error) {
	err = c.do(ctx, call{method: http.MethodDelete, path: control(id) + "/move", intent: i}, &out)
	return out, err
}

func control(id domain.SubscriptionID) string {
	return "/v1/subscriptions/" + url.PathEscape(string(id)) + "/control"
}
