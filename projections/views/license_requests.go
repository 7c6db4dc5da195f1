package views

import (
	"kassa/domain"
	"kassa/domain/licreq"
	"kassa/domain/subscription"
	"kassa/eventstore"
	"kassa/projections"
)

// LicenseRequestsView answers administrators and requesters: who asked for
// licences of what, and what came of it? It also tells Kassa which approved
// people wait for a licence that could be given, and what is too old: see
// license_requests_due.go. What a subscription has free is written by the
// subscription's facts alone.
var LicenseRequestsView = projections.Projection{
	Name: "license_requests", Version: 1,
	Tables: []projections.Table{
		{Name: "license_requests", Key: []string{"request"}, DDL: licenseRequestsTable},
		{Name: "license_request_people", Key: []string{"request", "person"}, DDL: licenseRequestPeopleTable},
		{Name: "license_request_shares", Key: []string{"request", "person"}, DDL: licenseRequestSharesTable},
		{Name: "license_request_seats", Key: []string{"subscription"}, DDL: licenseRequestSeatsTable},
	},
	On: projections.Hears(
		projections.On(licenseRequested),
		projections.On(func(tx *projections.Tx, e licreq.Shared, f eventstore.Fact) error {
			return tx.Exec(`INSERT INTO license_request_shares (request, person) VALUES ($1, $2)`, idOf(f), e.With)
		}),
		projections.On(func(tx *projections.Tx, e licreq.Approved, f eventstore.Fact) error {
			return licenseRequestApproved(tx, f, licreq.StatusApproved, e.For, e.Subscription)
		}),
		projections.On(func(tx *projections.Tx, e licreq.PartlyApproved, f eventstore.Fact) error {
			return licenseRequestApproved(tx, f, licreq.StatusPartlyApproved, e.For, e.Subscription)
		}),
		projections.On(func(tx *projections.Tx, e licreq.Denied, f eventstore.Fact) error {
			return licenseRequestAnswered(tx, f, licreq.StatusDenied, ``, e.Reason)
		}),
		projections.On(func(tx *projections.Tx, e licreq.SeatMissed, f eventstore.Fact) error {
			return licenseRequestPerson(tx, f, e.Person, licreq.Waiting, licreq.NoSeat)
		}),
		projections.On(func(tx *projections.Tx, e licreq.Given, f eventstore.Fact) error {
			return licenseRequestPerson(tx, f, e.Person, licreq.HasIt, ``)
		}),
		projections.On(func(tx *projections.Tx, e licreq.NotGiven, f eventstore.Fact) error {
			return licenseRequestPerson(tx, f, e.Person, licreq.HasItNot, e.Code)
		}),
		projections.On(licenseRequestExpired),
		requestSeats(),
	),
}

const (
	licenseRequestsTable = `CREATE TABLE license_requests (
		request      TEXT   PRIMARY KEY,
		tenant       TEXT   NOT NULL,
		product      TEXT   NOT NULL,
		requester    TEXT   NOT NULL,
		reason       TEXT   NOT NULL,
		refusal      TEXT   NOT NULL,
		at           BIGINT NOT NULL,
		expires_at   BIGINT NOT NULL,
		status       TEXT   NOT NULL,
		answered_at  BIGINT NOT NULL DEFAULT 0,
		answered_by  TEXT   NOT NULL DEFAULT '',
		denial       TEXT   NOT NULL DEFAULT '',
		subscription TEXT   NOT NULL DEFAULT ''
	);
	CREATE INDEX license_requests_by_tenant ON license_requests (tenant, at, request);
	CREATE INDEX license_requests_pending ON license_requests (expires_at) WHERE status = 'pending'`
	licenseRequestPeopleTable = `CREATE TABLE license_request_people (
		request  TEXT    NOT NULL,
		person   TEXT    NOT NULL,
		place    INTEGER NOT NULL, -- in the order in which they were named
		standing TEXT    NOT NULL,
		code     TEXT    NOT NULL DEFAULT '',
		PRIMARY KEY (request, person)
	);
	CREATE INDEX license_request_people_waiting ON license_request_people (request) WHERE standing = 'waiting'`
	licenseRequestSharesTable = `CREATE TABLE license_request_shares (
		request TEXT NOT NULL,
		person  TEXT NOT NULL,
		PRIMARY KEY (request, person)
	)`
	licenseRequestSeatsTable = `CREATE TABLE license_request_seats (
		subscription TEXT    PRIMARY KEY,
		quantity     BIGINT  NOT NULL,
		taken        BIGINT  NOT NULL DEFAULT 0,
		ended        INTEGER NOT NULL DEFAULT 0 -- 1: nobody is given a seat any more
	)`
)

func licenseRequested(tx *projections.Tx, e licreq.Requested, _ eventstore.Fact) error {
	err := tx.Exec(`INSERT INTO license_requests (request, tenant, product, requester, reason, refusal, at, expires_at, status)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		e.Request, e.Tenant, e.Product, e.Requester, e.Reason, e.Refusal, micros(e.At), micros(e.ExpiresAt), licreq.StatusPending)
	for i, p := range e.For {
		if err != nil {
			return err
		}
		err = tx.Exec(`INSERT INTO license_request_people (request, person, place, standing) VALUES ($1, $2, $3, $4)`, e.Request, p, i, licreq.Asked)
	}
	return err
}

func licenseRequestAnswered(tx *projections.Tx, f eventstore.Fact, status licreq.Status, s domain.SubscriptionID, denial licreq.Denial) error {
	return tx.Change(`UPDATE license_requests SET status = $2, answered_at = $3, answered_by = $4, subscription = $5, denial = $6 WHERE request = $1`,
		idOf(f), status, micros(f.Meta.At), f.Meta.Actor.Person, s, denial)
}

func licenseRequestApproved(tx *projections.Tx, f eventstore.Fact, status licreq.Status, people []domain.PersonID, s domain.SubscriptionID) error {
	if err := licenseRequestAnswered(tx, f, status, s, ``); err != nil {
		return err
	}
	if err := tx.Change(`UPDATE license_request_people SET standing = $2 WHERE request = $1`, idOf(f), licreq.NotChosen); err != nil {
		return err
	}
	for _, p := range people {
		if err := licenseRequestPerson(tx, f, p, licreq.Waiting, ``); err != nil {
			return err
		}
	}
	return nil
}

func licenseRequestPerson(tx *projections.Tx, f eventstore.Fact, p domain.PersonID, standing licreq.Standing, code string) error {
	return tx.Change(`UPDATE license_request_people SET standing = $3, code = $4 WHERE request = $1 AND person = $2`, idOf(f), p, standing, code)
}

// licenseRequestExpired leaves an answer what it was.
func licenseRequestExpired(tx *projections.Tx, _ licreq.Expired, f eventstore.Fact) error {
	err := tx.Exec(`UPDATE license_requests SET status = $2 WHERE request = $1 AND status = $3`, idOf(f), licreq.StatusExpired, licreq.StatusPending)
	if err != nil {
		return err
	}
	return tx.Exec(`UPDATE license_request_people SET standing = $2, code = $3 WHERE request = $1 AND standing = $4`,
		idOf(f), licreq.HasItNot, licreq.ErrExpired.Code, licreq.Waiting)
}

// requestSeats counts what each subscription has free.
func requestSeats() projections.Handlers {
	return projections.Hears(
		projections.On(func(tx *projections.Tx, e subscription.Provisioned, _ eventstore.Fact) error {
			return tx.Exec(`INSERT INTO license_request_seats (subscription, quantity) VALUES ($1, $2)`, e.Subscription, e.Quantity)
		}),
		requestSeat(`taken = taken + $2`, func(subscription.SeatReserved) int64 { return 1 }),
		requestSeat(`taken = taken - $2`, func(subscription.SeatReleased) int64 { return 1 }),
		requestSeat(`quantity = $2`, func(e subscription.SeatsAdded) int64 { return e.Quantity }),
		requestSeat(`quantity = $2`, func(e subscription.SeatsRemoved) int64 { return e.Quantity }),
		requestSeat(`ended = 0, quantity = $2`, func(e subscription.Renewed) int64 { return e.Quantity }),
		requestSeat(`ended = 0, quantity = $2`, func(e subscription.Reactivated) int64 { return e.Quantity }),
		requestSeat(`ended = $2`, func(subscription.Disabled) int64 { return 1 }),
		requestSeat(`ended = $2`, func(subscription.Deleted) int64 { return 1 }),
	)
}

func requestSeat[E domain.Event](set string, n func(E) int64) projections.Handlers {
	return projections.On(func(tx *projections.Tx, e E, f eventstore.Fact) error {
		return tx.Change(`UPDATE license_request_seats SET `+set+` WHERE subscription = $1`, idOf(f), n(e))
	})
}
