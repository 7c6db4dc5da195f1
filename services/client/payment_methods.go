package client

import (
	"context"
	"net/http"
	"net/url"

	"kassa/domain"
	v1 "kassa/services/api/v1"
)

// PaymentMethods lists the caller's own cards, the default first.
func (c *Client) PaymentMethods(ctx context.Context) (out v1.PaymentMethods, err error) {
	err = c.do(ctx, call{method: http.MethodGet, path: methods}, &out)
	return out, err
}

// AddPaymentMethod puts a card on the list.
func (c *Client) AddPaymentMethod(ctx context.Context, i Intent, in v1.AddPaymentMethod) (v1.PaymentMethodChanged, error) {
	return c.changeMethod(ctx, http.MethodPost, methods, i, in)
}

// ReplacePaymentMethod has another card take one's place (R31).
func (c *Client) ReplacePaymentMethod(ctx context.Context, i Intent, id domain.PaymentMethodID, in v1.ReplacePaymentMethod) (v1.PaymentMethodChanged, error) {
	return c.changeMethod(ctx, http.MethodPost, method(id)+"/replace", i, in)
}

// ChangePaymentMethod says what else has changed about a card than its number.
func (c *Client) ChangePaymentMethod(ctx context.Context, i Intent, id domain.PaymentMethodID, in v1.ChangePaymentMethod) (v1.PaymentMethodChanged, error) {
	return c.changeMethod(ctx, http.MethodPatch, method(id), i, in)
}

// SetDefaultPaymentMethod chooses the card that pays where none is named.
func (c *Client) SetDefaultPaymentMethod(ctx context.Context, i Intent, id domain.PaymentMethodID) (v1.PaymentMethodChanged, error) {
	return c.changeMethod(ctx, http.MethodPut, method(id)+"/default", i, nil)
}

// RemovePaymentMethod takes a card off the list.
func (c *Client) RemovePaymentMethod(ctx context.Context, i Intent, id domain.PaymentMethodID) (v1.PaymentMethodChanged, error) {
	return c.changeMethod(ctx, http.MethodDelete, method(id), i, nil)
}

const methods = "/v1/payment-methods"

func method(id domain.PaymentMethodID) string { return methods + "/" + url.PathEscape(string(id)) }

func (c *Client) changeMethod(ctx context.Context, method, path string, i Intent, in any) (out v1.PaymentMethodChanged, err error) {
	err = c.do(ctx, call{method: method, path: path, intent: i, body: in}, &out)
	return out, err
}
