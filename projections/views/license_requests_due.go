package views

import (
	"context"
	"time"

	"kassa/domain/licreq"
	"kassa/projections"
)

// LicensesToGive lists at most limit of the approved requests, oldest first, of
// which somebody waits who could be told more: they have not been tried, there
// is a free seat, or there will never be one. It spans all tenants: it is for
// Kassa itself, never for a person.
func LicensesToGive(ctx context.Context, p *projections.Projector, limit int) ([]licreq.ID, uint64, error) {
	return licenseRequestsDue(ctx, p, `SELECT DISTINCT r.request, r.answered_at FROM license_request_people w
		JOIN license_requests r ON r.request = w.request
		JOIN license_request_seats s ON s.subscription = r.subscription
		WHERE w.standing = 'waiting' AND (w.code <> 'no_seat' OR s.taken < s.quantity OR s.ended = 1)
		ORDER BY r.answered_at, r.request LIMIT $1`, limit)
}

// LicenseRequestsToExpire lists at most limit of the requests whose time was
// over at an instant and that wait for an answer or a seat, oldest first. It
// spans all tenants, too.
func LicenseRequestsToExpire(ctx context.Context, p *projections.Projector, at time.Time, limit int) ([]licreq.ID, uint64, error) {
	return licenseRequestsDue(ctx, p, `SELECT request, expires_at FROM license_requests WHERE status = 'pending' AND expires_at <= $2
		UNION SELECT r.request, r.expires_at FROM license_request_people w JOIN license_requests r ON r.request = w.request
			WHERE w.standing = 'waiting' AND r.expires_at <= $2
		ORDER BY 2, 1 LIMIT $1`, limit, micros(at))
}

func licenseRequestsDue(ctx context.Context, p *projections.Projector, sql string, args ...any) (due []licreq.ID, asOf uint64, err error) {
	asOf, err = NewLicenseRequests(p).ask(ctx, func(q query) error {
		due = nil
		return q.each(sql, args, func(scan func(...any) error) error {
			var id licreq.ID
			var since int64
			err := scan(&id, &since)
			due = append(due, id)
			return err
		})
	})
	return due, asOf, err
}
