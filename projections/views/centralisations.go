package views

import (
	"strings"

	"kassa/domain"
	"kassa/domain/cancelreq"
	"kassa/domain/centralisation"
	"kassa/eventstore"
	"kassa/projections"
)

// CentralisationsView answers an administrator: how does each centralisation
// stand, who has a licence by now, which purchaser answered what, and what does
// it save? (R45-R47, R35) services/centralisation finds in it what waits for a
// next step of Kassa itself.
var CentralisationsView = projections.Projection{
	Name: "centralisations", Version: 1,
	Tables: []projections.Table{
		{Name: "centralisations", Key: []string{"centralisation"}, DDL: centralisationsTable},
		{Name: "centralised_users", Key: []string{"centralisation", "person"}, DDL: centralisedUsersTable},
		{Name: "centralised_purchases", Key: []string{"centralisation", "subscription"}, DDL: centralisedPurchasesTable},
		{Name: "purchaser_requests", Key: []string{"request"}, DDL: purchaserRequestsTable},
	},
	On: projections.Hears(
		projections.On(centralisationPlanned),
		projections.On(sourcesListed),
		projections.On(usersListed),
		centralises(`status = 'buying', refused = ''`, func(centralisation.CentralPurchaseOrdered) []any { return nil }),
		centralises(`status = 'seats_needed', refused = $2`, func(e centralisation.CentralPurchaseRefused) []any { return []any{e.Code} }),
		centralises(`status = 'assigning', target = $2, bought = bought + $3`, func(e centralisation.CentralSeatsBought) []any { return []any{e.Subscription, e.Seats} }),
		centralises(`status = 'assigning', target = $2, refused = ''`, func(e centralisation.CentralSubscriptionChosen) []any { return []any{e.Subscription} }),
		centralises(`status = 'seats_needed', target = '', refused = $2`, func(e centralisation.SeatsRanOut) []any { return []any{e.Code} }),
		projections.On(usersReassigned),
		projections.On(purchasersAsked),
		projections.On(purchasersAnswered),
		centralises(`status = 'closed', outcome = $2, ended_at = $3, self_service = $4, central = $5, saved = $6, currency = $7, unknown = $8`,
			func(e centralisation.Closed) []any {
				return append([]any{e.Outcome, micros(e.At)}, savings(e.Savings)...)
			}),
		centralises(`status = 'withdrawn', ended_at = $2`, func(e centralisation.Withdrawn) []any { return []any{micros(e.At)} }),
		projections.On(purchaserRequested),
		answersRequest[cancelreq.RequestAccepted](),
		answersRequest[cancelreq.RequestDeclined](),
		answersRequest[cancelreq.RequestWithdrawn](),
		answersRequest[cancelreq.RequestExpired](),
	),
}

const (
	centralisationsTable = `CREATE TABLE centralisations (
		centralisation TEXT    PRIMARY KEY,
		tenant         TEXT    NOT NULL,
		product        TEXT    NOT NULL,
		market         TEXT    NOT NULL,
		keep           BOOLEAN NOT NULL,
		status         TEXT    NOT NULL,
		subscriptions  BIGINT  NOT NULL,
		covered        BIGINT  NOT NULL,
		needed         BIGINT  NOT NULL,
		available      BIGINT  NOT NULL,
		to_buy         BIGINT  NOT NULL,
		self_service   BIGINT  NOT NULL, -- a year, as planned; once closed, as it came
		central        BIGINT  NOT NULL,
		saved          BIGINT  NOT NULL,
		currency       TEXT    NOT NULL,
		unknown        TEXT    NOT NULL, -- why there are no such amounts
		started_at     BIGINT  NOT NULL,
		target         TEXT    NOT NULL DEFAULT '',
		bought         BIGINT  NOT NULL DEFAULT 0,
		assigned       BIGINT  NOT NULL DEFAULT 0,
		skipped        BIGINT  NOT NULL DEFAULT 0,
		refused        TEXT    NOT NULL DEFAULT '', -- why there are no seats
		outcome        TEXT    NOT NULL DEFAULT '',
		ended_at       BIGINT  NOT NULL DEFAULT 0
	);
	CREATE INDEX centralisations_by_tenant ON centralisations (tenant, started_at, centralisation);
	CREATE INDEX centralisations_open ON centralisations (started_at) WHERE status IN ('buying', 'assigning', 'asking', 'awaiting_answers')`
	centralisedUsersTable = `CREATE TABLE centralised_users (
		centralisation TEXT   NOT NULL,
		person         TEXT   NOT NULL,
		place          BIGINT NOT NULL, -- in the list, from 1
		subscriptions  TEXT   NOT NULL, -- held at the start, with a space between
		target         TEXT   NOT NULL DEFAULT '', -- what they got, or should have
		code           TEXT   NOT NULL DEFAULT '', -- why they did not
		PRIMARY KEY (centralisation, person)
	);
	CREATE INDEX centralised_users_in_order ON centralised_users (centralisation, place)`
	centralisedPurchasesTable = `CREATE TABLE centralised_purchases (
		centralisation TEXT   NOT NULL,
		subscription   TEXT   NOT NULL,
		purchaser      TEXT   NOT NULL,
		seats          BIGINT NOT NULL,
		users          BIGINT NOT NULL,
		yearly         BIGINT NOT NULL,
		currency       TEXT   NOT NULL,
		request        TEXT   NOT NULL DEFAULT '',
		code           TEXT   NOT NULL DEFAULT '', -- why the purchaser was not asked
		answer         TEXT   NOT NULL DEFAULT '', -- as the centralisation has noted it
		PRIMARY KEY (centralisation, subscription)
	);
	CREATE INDEX centralised_purchases_waiting ON centralised_purchases (centralisation, request) WHERE request <> '' AND answer = ''`
	// What is asked of purchasers, by whomever: whether it waits for an answer.
	purchaserRequestsTable = `CREATE TABLE purchaser_requests (
		request TEXT    PRIMARY KEY,
		stream  TEXT    NOT NULL,
		number  BIGINT  NOT NULL,
		open    BOOLEAN NOT NULL
	);
	CREATE INDEX purchaser_requests_by_stream ON purchaser_requests (stream, number)`
)

func centralisationPlanned(tx *projections.Tx, e centralisation.Planned, _ eventstore.Fact) error {
	status := centralisation.StatusSeatsNeeded
	if e.SeatsNeeded == 0 {
		status = centralisation.StatusAsking
	}
	return tx.Exec(`INSERT INTO centralisations (centralisation, tenant, product, market, keep, status, subscriptions, covered,
			needed, available, to_buy, started_at, self_service, central, saved, currency, unknown)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
		append([]any{
			e.Centralisation, e.Tenant, e.Product, e.Market, e.Keep, status, e.Subscriptions, e.Covered,
			e.SeatsNeeded, e.SeatsAvailable, e.SeatsToBuy, micros(e.At),
		}, savings(e.Savings)...)...)
}

func savings(s centralisation.Savings) []any {
	return []any{s.SelfService.Minor, s.Central.Minor, s.Saved.Minor, s.Saved.Currency, s.Unknown}
}

// centralises hears a fact that sets columns of its centralisation, from $2 on.
func centralises[E domain.Event](set string, values func(E) []any) projections.Handlers {
	return projections.On(func(tx *projections.Tx, e E, f eventstore.Fact) error {
		return tx.Change(`UPDATE centralisations SET `+set+` WHERE centralisation = $1`, append([]any{idOf(f)}, values(e)...)...)
	})
}

func sourcesListed(tx *projections.Tx, e centralisation.SourcesListed, f eventstore.Fact) error {
	for _, s := range e.Sources {
		err := tx.Exec(`INSERT INTO centralised_purchases (centralisation, subscription, purchaser, seats, users, yearly, currency)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			idOf(f), s.Subscription, s.Purchaser, s.Seats, s.Users, s.Yearly.Minor, s.Yearly.Currency)
		if err != nil {
			return err
		}
	}
	return nil
}

func usersListed(tx *projections.Tx, e centralisation.UsersListed, f eventstore.Fact) error {
	var place int64
	if _, err := tx.Get(`SELECT COUNT(*) FROM centralised_users WHERE centralisation = $1`, []any{idOf(f)}, &place); err != nil {
		return err
	}
	for _, u := range e.Users {
		place++
		held := make([]string, len(u.Subscriptions))
		for i, id := range u.Subscriptions {
			held[i] = string(id)
		}
		err := tx.Exec(`INSERT INTO centralised_users (centralisation, person, place, subscriptions) VALUES ($1, $2, $3, $4)`,
			idOf(f), u.Person, place, strings.Join(held, " "))
		if err != nil {
			return err
		}
	}
	return nil
}

func usersReassigned(tx *projections.Tx, e centralisation.UsersReassigned, f eventstore.Fact) error {
	assigned := 0
	for _, u := range e.Users {
		if u.Code == "" {
			assigned++
		}
		err := tx.Change(`UPDATE centralised_users SET target = $3, code = $4 WHERE centralisation = $1 AND person = $2`,
			idOf(f), u.Person, e.Subscription, u.Code)
		if err != nil {
			return err
		}
	}
	return tx.Change(`UPDATE centralisations SET assigned = assigned + $2, skipped = skipped + $3,
			status = CASE WHEN $4 > 0 THEN status WHEN keep THEN 'awaiting_answers' ELSE 'asking' END
		WHERE centralisation = $1`, idOf(f), assigned, len(e.Users)-assigned, e.Remaining)
}

func purchasersAsked(tx *projections.Tx, e centralisation.PurchasersAskedToCancel, f eventstore.Fact) error {
	for _, a := range e.Asked {
		err := tx.Change(`UPDATE centralised_purchases SET request = $3, code = $4 WHERE centralisation = $1 AND subscription = $2`,
			idOf(f), a.Subscription, a.Request, a.Code)
		if err != nil {
			return err
		}
	}
	return tx.Change(`UPDATE centralisations SET status = CASE WHEN $2 > 0 THEN status ELSE 'awaiting_answers' END
		WHERE centralisation = $1`, idOf(f), e.Remaining)
}

func purchasersAnswered(tx *projections.Tx, e centralisation.PurchasersAnswered, f eventstore.Fact) error {
	for _, a := range e.Answers {
		err := tx.Change(`UPDATE centralised_purchases SET answer = $3 WHERE centralisation = $1 AND request = $2`,
			idOf(f), a.Request, a.Answer)
		if err != nil {
			return err
		}
	}
	return nil
}

func purchaserRequested(tx *projections.Tx, e cancelreq.CancellationRequested, f eventstore.Fact) error {
	id := cancelreq.ID{Subscription: e.Subscription, To: e.To, Number: e.Number}
	return tx.Exec(`INSERT INTO purchaser_requests (request, stream, number, open) VALUES ($1, $2, $3, $4)`,
		id.String(), f.Stream, e.Number, true)
}

// answersRequest hears a fact that ends the latest request of its stream.
func answersRequest[E domain.Event]() projections.Handlers {
	return projections.On(func(tx *projections.Tx, _ E, f eventstore.Fact) error {
		return tx.Change(`UPDATE purchaser_requests SET open = $2 WHERE stream = $1
			AND number = (SELECT MAX(number) FROM purchaser_requests WHERE stream = $1)`, f.Stream, false)
	})
}
