package client

import (
	"context"
	"net/http"
	"net/url"

	"kassa/domain"
	v1 "kassa/services/api/v1"
)

// Grant lets a partner act for the caller's organisation.
func (c *Client) Grant(ctx context.Context, i Intent, in v1.GrantDelegation) (out v1.DelegationChanged, err error) {
	err = c.do(ctx, call{method: http.MethodPost, path: "/v1/partners", intent: i, body: in}, &out)
	return out, err
}

// Revoke ends a partner's relation.
func (c *Client) Revoke(ctx context.Context, i Intent, partner domain.TenantID) (out v1.DelegationChanged, err error) {
	err = c.do(ctx, call{method: http.MethodDelete, path: partnerPath(partner), intent: i}, &out)
	return out, err
}

// Partners lists the relations that the caller's organisation has granted.
// List.Channel must be empty, here and below.
func (c *Client) Partners(ctx context.Context, l List) (out v1.Delegations, err error) {
	err = c.do(ctx, call{method: http.MethodGet, path: "/v1/partners", query: l.query()}, &out)
	return out, err
}

// Accesses lists what a partner asked for on the organisation's behalf.
func (c *Client) Accesses(ctx context.Context, partner domain.TenantID, l List) (out v1.Accesses, err error) {
	err = c.do(ctx, call{method: http.MethodGet, path: partnerPath(partner) + "/access", query: l.query()}, &out)
	return out, err
}

// Customers lists the relations that the caller's organisation has as a partner.
func (c *Client) Customers(ctx context.Context, l List) (out v1.Delegations, err error) {
	err = c.do(ctx, call{method: http.MethodGet, path: "/v1/customers", query: l.query()}, &out)
	return out, err
}

func partnerPath(id domain.TenantID) string { return "/v1/partners/" + url.PathEscape(string(id)) }
