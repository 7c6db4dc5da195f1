package client

import (
	"context"
	"net/http"
	"net/url"
	"time"

	v1 "kassa/services/api/v1"
)

// BillingRun counts what is left of what was due before a day, as 2026-04-01, or
// with "" by now.
func (c *Client) BillingRun(ctx context.Context, until string) (out v1.BillingRun, err error) {
	err = c.do(ctx, call{method: http.MethodGet, path: "/v1/billing/run", query: Months{Until: until}.add(url.Values{})}, &out)
	return out, err
}

// BillingProgress is how far a billing run has come since it is followed.
type BillingProgress struct {
	v1.BillingRun
	Done        int64   `json:"done"` // taken or written to the end
	TookSeconds float64 `json:"tookSeconds"`
	PerSecond   float64 `json:"perSecond"` // of Done
}

// ETA is when the rest is done at the same pace; zero where nothing can be said.
func (p BillingProgress) ETA() time.Duration {
	if p.PerSecond == 0 {
		return 0
	}
	return time.Duration(float64(p.Left()) / p.PerSecond * float64(time.Second)).Round(time.Second)
}

// FollowBilling asks every so often until nothing is left, and tells each time.
// The run itself needs nobody: who is cut off asks again, and it has gone on.
func (c *Client) FollowBilling(ctx context.Context, until string, every time.Duration, tell func(BillingProgress)) (p BillingProgress, err error) {
	began, most := time.Now(), int64(0)
	for {
		if p.BillingRun, err = c.BillingRun(ctx, until); err != nil {
			return p, err
		}
		most = max(most, p.Left())
		p.Done, p.TookSeconds = most-p.Left(), time.Since(began).Seconds()
		p.PerSecond = float64(p.Done) / p.TookSeconds
		tell(p)
		if p.Left() == 0 {
			return p, nil
		}
		select {
		case <-time.After(every):
		case <-ctx.Done():
			return p, context.Cause(ctx)
		}
	}
}
