package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"kassa/domain"
	v1 "kassa/services/api/v1"
)

const licenseRequests = "/v1/license-requests"

// AskForLicenses asks for licences of a product that the caller may not buy.
func (c *Client) AskForLicenses(ctx context.Context, i Intent, in v1.AskForLicenses) (out v1.LicenseRequestChanged, err error) {
	err = c.do(ctx, call{method: http.MethodPost, path: licenseRequests, intent: i, body: in}, &out)
	return out, err
}

// LicenseRequests lists requests, newest first: the organisation's for those who
// answer them, else the caller's own. state is pending, completed, or empty for
// both. List.Channel must be empty.
func (c *Client) LicenseRequests(ctx context.Context, l List, state string) (out v1.LicenseRequests, err error) {
	q := l.query()
	if state != "" {
		q.Set("state", state)
	}
	err = c.do(ctx, call{method: http.MethodGet, path: licenseRequests, query: q}, &out)
	return out, err
}

// ApproveLicenseRequest gives people licences. Who waits for a seat is in the
// answer; Kassa goes on by itself.
func (c *Client) ApproveLicenseRequest(ctx context.Context, i Intent, id string, in v1.ApproveLicenseRequest) (v1.LicenseRequestChanged, error) {
	return c.changeLicenseRequest(ctx, i, id, "approve", in)
}

// DenyLicenseRequest gives nobody any.
func (c *Client) DenyLicenseRequest(ctx context.Context, i Intent, id, reason string) (v1.LicenseRequestChanged, error) {
	return c.changeLicenseRequest(ctx, i, id, "deny", v1.DenyLicenseRequest{Reason: reason})
}

// ShareLicenseRequest shows a pending request to a colleague.
func (c *Client) ShareLicenseRequest(ctx context.Context, i Intent, id, user string) (v1.LicenseRequestChanged, error) {
	return c.changeLicenseRequest(ctx, i, id, "share", v1.ShareLicenseRequest{User: user})
}

func (c *Client) changeLicenseRequest(ctx context.Context, i Intent, id, verb string, in any) (out v1.LicenseRequestChanged, err error) {
	err = c.do(ctx, call{method: http.MethodPost, path: licenseRequests + "/" + url.PathEscape(id) + "/" + verb, intent: i, body: in}, &out)
	return out, err
}

// SetRequestProcess sends whoever asks for a licence elsewhere, or lets them ask
// here where the message is empty.
func (c *Client) SetRequestProcess(ctx context.Context, i Intent, in v1.SetRequestProcess) (out v1.RequestProcessChanged, err error) {
	err = c.do(ctx, call{method: http.MethodPut, path: "/v1/policies/request-process", intent: i, body: in}, &out)
	return out, err
}

const autoClaim = "/v1/auto-claim"

// AutoClaim says who gets a licence for opening a product.
func (c *Client) AutoClaim(ctx context.Context) (out v1.AutoClaim, err error) {
	err = c.do(ctx, call{method: http.MethodGet, path: autoClaim}, &out)
	return out, err
}

// SetAutoClaim gives a licence to whoever opens one of these products.
func (c *Client) SetAutoClaim(ctx context.Context, i Intent, in v1.SetAutoClaim) (out v1.AutoClaim, err error) {
	err = c.do(ctx, call{method: http.MethodPut, path: autoClaim, intent: i, body: in}, &out)
	return out, err
}

// TurnOffAutoClaim stops that. Nobody loses a licence.
func (c *Client) TurnOffAutoClaim(ctx context.Context, i Intent) (out v1.AutoClaim, err error) {
	err = c.do(ctx, call{method: http.MethodDelete, path: autoClaim, intent: i}, &out)
	return out, err
}

// AutoClaimReport counts claims of 1, 7, 30 or 90 days.
func (c *Client) AutoClaimReport(ctx context.Context, days int) (out v1.AutoClaimReport, err error) {
	err = c.do(ctx, call{method: http.MethodGet, path: autoClaim + "/report", query: url.Values{"days": {strconv.Itoa(days)}}}, &out)
	return out, err
}

// ClaimLicense opens a product.
func (c *Client) ClaimLicense(ctx context.Context, i Intent, id domain.ProductID) (out v1.Claim, err error) {
	err = c.do(ctx, call{method: http.MethodPost, path: "/v1/licenses/claim", intent: i, body: v1.ClaimLicense{ProductID: id}}, &out)
	return out, err
}
