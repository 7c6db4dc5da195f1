package views

import (
	"context"
	"math"
	"time"

	"kassa/domain"
	"kassa/domain/licreq"
	"kassa/projections"
)

// LicenseRequest is a request for licences and what came of it.
type LicenseRequest struct {
	Request      licreq.ID
	Product      domain.ProductID // the current id at the time
	Requester    domain.PersonID
	People       []licreq.Person // in the order in which they were named
	Reason       licreq.Reason
	Refusal      string // the check that kept the requester from buying
	Status       licreq.Status
	At           time.Time
	ExpiresAt    time.Time
	AnsweredAt   time.Time       // zero: not yet
	AnsweredBy   domain.PersonID // empty: nobody
	Denial       licreq.Denial
	Subscription domain.SubscriptionID // that the approved get a seat of
}

// LicenseRequestFilter narrows a list of requests. Empty fields let everything
// through.
type LicenseRequestFilter struct {
	Person    domain.PersonID // who made it, or was shown it
	Pending   bool
	Completed bool
	Next      string // from the page before
	Limit     int    // at most MaxLimit; DefaultLimit if 0
}

// LicenseRequests asks the view.
type LicenseRequests struct{ table }

// NewLicenseRequests asks the live rows of p.
func NewLicenseRequests(p *projections.Projector) LicenseRequests {
	return LicenseRequests{table{p, LicenseRequestsView.Name}}
}

// List returns a tenant's requests, newest first.
func (v LicenseRequests) List(ctx context.Context, tenant domain.TenantID, f LicenseRequestFilter) (page Page[LicenseRequest], err error) {
	after, err := readCursor(f.Next, cursor{sort: math.MaxInt64})
	if err != nil {
		return page, err
	}
	asOf, err := v.ask(ctx, func(q query) (err error) {
		if page, err = q.licenseRequests(tenant, f, after); err != nil {
			return err
		}
		return q.licenseRequestPeople(page.Items)
	})
	page.AsOf = asOf
	return page, err
}

func (q query) licenseRequests(tenant domain.TenantID, f LicenseRequestFilter, after cursor) (Page[LicenseRequest], error) {
	most := limit(f.Limit)
	status := ``
	switch {
	case f.Pending:
		status = ` AND status = 'pending'`
	case f.Completed:
		status = ` AND status <> 'pending'`
	}
	var found []LicenseRequest
	err := q.each(`SELECT request, product, requester, reason, refusal, status, at, expires_at, answered_at, answered_by, denial, subscription
		FROM license_requests r WHERE tenant = $1 AND (at, request) < ($2, $3)
			AND ($4 = '' OR requester = $4 OR EXISTS (SELECT 1 FROM license_request_shares s WHERE s.request = r.request AND s.person = $4))`+status+`
		ORDER BY at DESC, request DESC LIMIT $5`, []any{string(tenant), after.sort, after.id, string(f.Person), most + 1},
		func(scan func(...any) error) error {
			var r LicenseRequest
			var at, expires, answered int64
			err := scan(&r.Request, &r.Product, &r.Requester, &r.Reason, &r.Refusal, &r.Status, &at, &expires, &answered, &r.AnsweredBy, &r.Denial, &r.Subscription)
			r.At, r.ExpiresAt = instant(at), instant(expires)
			if answered != 0 {
				r.AnsweredAt = instant(answered)
			}
			found = append(found, r)
			return err
		})
	return cut(found, most, func(r LicenseRequest) cursor { return cursor{micros(r.At), string(r.Request)} }), err
}

// licenseRequestPeople adds whom each request asks for.
func (q query) licenseRequestPeople(requests []LicenseRequest) error {
	if len(requests) == 0 {
		return nil
	}
	place, ids := map[licreq.ID]*LicenseRequest{}, make([]any, len(requests))
	for i := range requests {
		place[requests[i].Request], ids[i] = &requests[i], string(requests[i].Request)
	}
	return q.each(`SELECT request, person, standing, code FROM license_request_people
		WHERE request IN (`+list(0, len(ids))+`) ORDER BY request, place`, ids, func(scan func(...any) error) error {
		var of licreq.ID
		var p licreq.Person
		err := scan(&of, &p.ID, &p.Standing, &p.Code)
		if err == nil {
			place[of].People = append(place[of].People, p)
		}
		return err
	})
}
