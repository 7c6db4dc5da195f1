package views

import (
	"context"
	"math"
	"time"

	"kassa/domain"
	"kassa/domain/cancelreq"
	"kassa/projections"
)

// CancellationRequest is a request as its facts say, and what is to be cancelled.
type CancellationRequest struct {
	cancelreq.State
	Product domain.ProductID
}

// CancellationRequestFilter narrows a list of requests. Empty fields let
// everything through.
type CancellationRequestFilter struct {
	Status cancelreq.Status
	Next   string // from the page before
	Limit  int    // at most MaxLimit; DefaultLimit if 0
}

// CancellationRequests asks the view.
type CancellationRequests struct{ table }

// NewCancellationRequests asks the live rows of p.
func NewCancellationRequests(p *projections.Projector) CancellationRequests {
	return CancellationRequests{table{p, CancellationRequestsView.Name}}
}

// List returns a tenant's requests, newest first.
func (v CancellationRequests) List(ctx context.Context, tenant domain.TenantID, f CancellationRequestFilter) (Page[CancellationRequest], error) {
	return v.list(ctx, `r.tenant = $1`, []any{string(tenant)}, f)
}

// ToPurchaser returns those that one person of a tenant was asked.
func (v CancellationRequests) ToPurchaser(ctx context.Context, tenant domain.TenantID, purchaser domain.PersonID, f CancellationRequestFilter) (Page[CancellationRequest], error) {
	return v.list(ctx, `r.tenant = $1 AND r.purchaser = $2 AND r.addressee = 'purchaser'`, []any{string(tenant), string(purchaser)}, f)
}

// ToSupport returns those that the vendor's support was asked, of all tenants.
func (v CancellationRequests) ToSupport(ctx context.Context, f CancellationRequestFilter) (Page[CancellationRequest], error) {
	return v.list(ctx, `r.addressee = 'support'`, nil, f)
}

func (v CancellationRequests) list(ctx context.Context, where string, args []any, f CancellationRequestFilter) (page Page[CancellationRequest], err error) {
	after, err := readCursor(f.Next, cursor{sort: math.MaxInt64})
	if err != nil {
		return page, err
	}
	most, n := limit(f.Limit), len(args)
	p := func(i int) string { return list(n+i-1, 1) }
	var found []CancellationRequest
	asOf, err := v.ask(ctx, func(q query) error {
		found = nil
		return q.each(`SELECT r.number, r.tenant, r.subscription, r.addressee, r.purchaser, r.asked_by, r.reason,
				r.requested_at, r.expires_at, r.status, r.answered_by, r.declined, r.effect, COALESCE(s.product, '')
			FROM cancellation_requests r LEFT JOIN request_subjects s ON s.subscription = r.subscription
			WHERE `+where+` AND (`+p(1)+` = '' OR r.status = `+p(1)+`) AND (r.requested_at, r.id) < (`+p(2)+`, `+p(3)+`)
			ORDER BY r.requested_at DESC, r.id DESC LIMIT `+p(4),
			append(args, string(f.Status), after.sort, after.id, most+1), func(scan func(...any) error) error {
				r, err := scanRequest(scan)
				found = append(found, r)
				return err
			})
	})
	page = cut(found, most, func(r CancellationRequest) cursor { return cursor{micros(r.RequestedAt), r.ID.String()} })
	page.AsOf = asOf
	return page, err
}

func scanRequest(scan func(...any) error) (r CancellationRequest, err error) {
	var requested, expires int64
	err = scan(&r.Number, &r.Tenant, &r.Subscription, &r.To, &r.Purchaser, &r.By, &r.Reason,
		&requested, &expires, &r.Status, &r.AnsweredBy, &r.Declined, &r.Effect, &r.Product)
	r.RequestedAt, r.ExpiresAt = instant(requested), instant(expires)
	return r, err
}

// WaitingRequests lists at most limit requests that wait for a step of Kassa's
// own, oldest first: a yes that is to be carried out, and those that expire by at
// or with their subscription. It spans all tenants: it is for Kassa itself, never
// for a person.
func WaitingRequests(ctx context.Context, p *projections.Projector, at time.Time, limit int) (ids []cancelreq.ID, asOf uint64, err error) {
	asOf, err = table{p, CancellationRequestsView.Name}.ask(ctx, func(q query) error {
		ids = nil
		return q.each(`SELECT r.subscription, r.addressee, r.number
			FROM cancellation_requests r LEFT JOIN request_subjects s ON s.subscription = r.subscription
			WHERE r.status IN ('open', 'accepted') AND (r.status = 'accepted' OR r.expires_at <= $1 OR s.ended = 1)
			ORDER BY r.requested_at LIMIT $2`, []any{micros(at), limit}, func(scan func(...any) error) error {
			var id cancelreq.ID
			err := scan(&id.Subscription, &id.To, &id.Number)
			ids = append(ids, id)
			return err
		})
	})
	return ids, asOf, err
}
