package views

import (
	"kassa/domain/cancelreq"
	"kassa/domain/subscription"
	"kassa/eventstore"
	"kassa/projections"
)

// CancellationRequestsView answers whoever asked for a cancellation, or was
// asked for one: how does it stand? (R47, R58) It also knows which of them wait
// for a step that Kassa itself takes. A subscription's own facts are in a table
// of their own.
var CancellationRequestsView = projections.Projection{
	Name: "cancellation_requests", Version: 1,
	Tables: []projections.Table{
		{Name: "cancellation_requests", Key: []string{"stream", "number"}, DDL: cancellationRequestsTable},
		{Name: "request_subjects", Key: []string{"subscription"}, DDL: requestSubjectsTable},
	},
	On: projections.Hears(
		projections.On(cancellationRequested),
		answered(`status = 'accepted', answered_by = $2`, func(e cancelreq.RequestAccepted) []any { return []any{e.By} }),
		answered(`status = 'declined', answered_by = $2, declined = $3`, func(e cancelreq.RequestDeclined) []any { return []any{e.By, e.Reason} }),
		answered(`status = 'withdrawn', answered_by = $2`, func(e cancelreq.RequestWithdrawn) []any { return []any{e.By} }),
		answered(`status = 'expired'`, func(cancelreq.RequestExpired) []any { return nil }),
		answered(`status = 'executed', effect = $2`, func(e cancelreq.RequestExecuted) []any { return []any{e.Effect} }),
		answered(`status = 'executed', effect = $2`, func(cancelreq.SupportCancellationExecuted) []any { return []any{cancelreq.Cancelled} }),
		projections.On(func(tx *projections.Tx, e subscription.Provisioned, f eventstore.Fact) error {
			return tx.Exec(`INSERT INTO request_subjects (subscription, product) VALUES ($1, $2)`, idOf(f), e.Product)
		}),
		subjectEnds[subscription.Expired](true), subjectEnds[subscription.Disabled](true), subjectEnds[subscription.Deleted](true),
		subjectEnds[subscription.Reactivated](false),
	),
}

const (
	cancellationRequestsTable = `CREATE TABLE cancellation_requests (
		stream       TEXT    NOT NULL, -- without its kind: the subscription and the addressee
		number       INTEGER NOT NULL,
		id           TEXT    NOT NULL,
		tenant       TEXT    NOT NULL,
		subscription TEXT    NOT NULL,
		addressee    TEXT    NOT NULL, -- purchaser or support
		purchaser    TEXT    NOT NULL,
		asked_by     TEXT    NOT NULL,
		reason       TEXT    NOT NULL,
		requested_at BIGINT  NOT NULL,
		expires_at   BIGINT  NOT NULL,
		status       TEXT    NOT NULL,
		answered_by  TEXT    NOT NULL DEFAULT '',
		declined     TEXT    NOT NULL DEFAULT '', -- why
		effect       TEXT    NOT NULL DEFAULT '',
		PRIMARY KEY (stream, number)
	);
	CREATE INDEX cancellation_requests_by_tenant ON cancellation_requests (tenant, requested_at, id);
	CREATE INDEX cancellation_requests_by_addressee ON cancellation_requests (addressee, requested_at, id);
	CREATE INDEX cancellation_requests_waiting ON cancellation_requests (requested_at) WHERE status IN ('open', 'accepted')`
	requestSubjectsTable = `CREATE TABLE request_subjects (
		subscription TEXT    PRIMARY KEY,
		product      TEXT    NOT NULL,
		ended        INTEGER NOT NULL DEFAULT 0
	)`
)

func cancellationRequested(tx *projections.Tx, e cancelreq.CancellationRequested, f eventstore.Fact) error {
	id := cancelreq.ID{Subscription: e.Subscription, To: e.To, Number: e.Number}
	return tx.Exec(`INSERT INTO cancellation_requests (stream, number, id, tenant, subscription, addressee, purchaser, asked_by, reason, requested_at, expires_at, status)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'open')`,
		idOf(f), e.Number, id.String(), e.Tenant, e.Subscription, e.To, e.Purchaser, e.By, e.Reason, micros(e.At), micros(e.ExpiresAt))
}

// answered hears a fact about the latest request of its stream, and sets columns
// of its row from $2 on.
func answered[E cancelreq.Event](set string, values func(E) []any) projections.Handlers {
	return projections.On(func(tx *projections.Tx, e E, f eventstore.Fact) error {
		return tx.Change(`UPDATE cancellation_requests SET `+set+` WHERE stream = $1
			AND number = (SELECT MAX(number) FROM cancellation_requests WHERE stream = $1)`, append([]any{idOf(f)}, values(e)...)...)
	})
}

func subjectEnds[E subscription.Event](ended bool) projections.Handlers {
	return projections.On(func(tx *projections.Tx, _ E, f eventstore.Fact) error {
		return tx.Change(`UPDATE request_subjects SET ended = $2 WHERE subscription = $1`, idOf(f), ended)
	})
}
