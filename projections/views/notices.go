package views

import (
	"context"
	"errors"
	"math"
	"time"

	"kassa/domain"
	"kassa/domain/cancelreq"
	"kassa/domain/licreq"
	"kassa/domain/paymentmethod"
	"kassa/domain/subscription"
	"kassa/eventstore"
	"kassa/projections"
)

// NoticesView answers a person: what happened that I should know of, though
// somebody else did it? A new notice is a line in On, and its sentences in
// services/api.
var NoticesView = projections.Projection{
	Name: "notices", Version: 5,
	Tables: []projections.Table{
		{Name: "notices", Key: []string{"fact", "person"}, DDL: noticesTable},
		{Name: "notice_subjects", Key: []string{"stream"}, DDL: noticeSubjectsTable},
	},
	On: projections.Hears(
		concerns(func(e subscription.Provisioned) subject {
			return subject{tenant: e.Tenant, purchaser: e.Purchaser, subscription: e.Subscription}
		}),
		tells("control_taken", thePurchaser, always[subscription.ControlTaken]),
		tells("price_change_announced", thePurchaser, always[subscription.PriceChangeAnnounced]),
		tells("payment_failed", thePurchaser, always[subscription.DunningStarted]),
		tells("payment_reminder", thePurchaser, always[subscription.DunningStepReached]),
		tells("subscription_suspended", thePurchaser, always[subscription.Suspended]),
		tells("subscription_resumed", thePurchaser, always[subscription.Resumed]),
		tells("payment_credited", thePurchaser, always[subscription.Credited]),
		tells("payment_charged_back", thePurchaser, always[subscription.ChargedBack]),
		either(
			tells("cancelled_by_support", thePurchaser, func(e subscription.Cancelled) bool { return e.By == subscription.BySupport }),
			tells("cancelled_by_takeover", thePurchaser, func(e subscription.Cancelled) bool { return e.By == subscription.ByTakeover }),
		),

		concerns(func(e cancelreq.CancellationRequested) subject {
			id := cancelreq.ID{Subscription: e.Subscription, To: e.To, Number: e.Number}
			s := subject{tenant: e.Tenant, asker: e.By, subscription: e.Subscription, request: id.String()}
			if e.To == cancelreq.ToPurchaser { // nobody else is told what the organisation asks of support
				s.purchaser = e.Purchaser
			}
			return s
		}, tells("cancellation_requested", thePurchaser, always[cancelreq.CancellationRequested])),
		tells("cancellation_request_accepted", theAsker, always[cancelreq.RequestAccepted]),
		tells("cancellation_request_declined", theAsker, always[cancelreq.RequestDeclined]),
		tells("cancellation_request_withdrawn", thePurchaser, always[cancelreq.RequestWithdrawn]),
		tells("cancellation_request_expired", theAsker, always[cancelreq.RequestExpired]),

		concerns(func(e paymentmethod.CardAdded) subject { return subject{tenant: e.Tenant, purchaser: e.Person} }),
		tells("card_expired", thePurchaser, func(e paymentmethod.CardExpired) bool { return len(e.Renewing) > 0 }),

		concerns(func(e licreq.Requested) subject {
			return subject{tenant: e.Tenant, asker: e.Requester, request: string(e.Request)}
		}),
		tells("license_request_approved", theAsker, always[licreq.Approved]),
		tells("license_request_partly_approved", theAsker, always[licreq.PartlyApproved]),
		tells("license_request_denied", theAsker, always[licreq.Denied]),
	),
}

const (
	noticesTable = `CREATE TABLE notices (
		fact         TEXT   NOT NULL, -- what happened: the id of it
		person       TEXT   NOT NULL,
		tenant       TEXT   NOT NULL,
		position     BIGINT NOT NULL, -- in history
		at           BIGINT NOT NULL,
		code         TEXT   NOT NULL,
		subscription TEXT   NOT NULL,
		request      TEXT   NOT NULL,
		PRIMARY KEY (fact, person)
	);
	CREATE INDEX notices_by_person ON notices (tenant, person, position)`
	// Whom the facts of a stream concern, as its own facts say.
	noticeSubjectsTable = `CREATE TABLE notice_subjects (
		stream       TEXT PRIMARY KEY,
		tenant       TEXT NOT NULL,
		purchaser    TEXT NOT NULL,
		asker        TEXT NOT NULL,
		subscription TEXT NOT NULL,
		request      TEXT NOT NULL
	)`
)

// subject is whom, and what, the facts of a stream are about. Empty people are
// told nothing.
type subject struct {
	tenant           domain.TenantID
	purchaser, asker domain.PersonID
	subscription     domain.SubscriptionID
	request          string // its id, where there is one to answer
}

// whom names the column of the person who is told.
type whom string

const (
	thePurchaser whom = "purchaser"
	theAsker     whom = "asker"
)

// concerns hears the fact that says whom the later ones of its stream are about,
// and then has then tell of itself.
func concerns[E domain.Event](about func(E) subject, then ...projections.Handlers) projections.Handlers {
	return projections.On(func(tx *projections.Tx, e E, f eventstore.Fact) error {
		s := about(e)
		err := tx.Exec(`INSERT INTO notice_subjects (stream, tenant, purchaser, asker, subscription, request) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (stream) DO UPDATE SET request = excluded.request, asker = excluded.asker`,
			f.Stream, s.tenant, s.purchaser, s.asker, s.subscription, s.request)
		for _, h := range then {
			if err == nil {
				err = h[f.Type](tx, f)
			}
		}
		return err
	})
}

// tells hears a fact that somebody should know of, where when says so.
func tells[E domain.Event](code string, who whom, when func(E) bool) projections.Handlers {
	return projections.On(func(tx *projections.Tx, e E, f eventstore.Fact) error {
		if !when(e) {
			return nil
		}
		return tx.Exec(`INSERT INTO notices (fact, person, tenant, position, at, code, subscription, request)
			SELECT $2, `+string(who)+`, tenant, $3, $4, $5, subscription, request FROM notice_subjects WHERE stream = $1 AND `+string(who)+` <> ''`,
			f.Stream, f.ID.String(), int64(f.Position), micros(f.Meta.At), code)
	})
}

// either hears one type of fact that leads to one notice or another.
func either(notices ...projections.Handlers) projections.Handlers {
	all := projections.Handlers{}
	for name := range notices[0] {
		all[name] = func(tx *projections.Tx, f eventstore.Fact) error {
			var errs []error
			for _, n := range notices {
				errs = append(errs, n[name](tx, f))
			}
			return errors.Join(errs...)
		}
	}
	return all
}

func always[E domain.Event](E) bool { return true }

// Notice is something a person should know of. Code says what; the words are
// chosen where it is shown.
type Notice struct {
	ID           string // of the fact
	At           time.Time
	Code         string
	Subscription domain.SubscriptionID
	Request      string // the request that it is about, if any

	position int64
}

// Notices asks it.
type Notices struct{ table }

// NewNotices asks the live rows of p.
func NewNotices(p *projections.Projector) Notices { return Notices{table{p, NoticesView.Name}} }

// List returns what one person of a tenant should know of, newest first.
func (v Notices) List(ctx context.Context, tenant domain.TenantID, person domain.PersonID, next string, most int) (page Page[Notice], err error) {
	after, err := readCursor(next, cursor{sort: math.MaxInt64})
	if err != nil {
		return page, err
	}
	most = limit(most)
	var found []Notice
	asOf, err := v.ask(ctx, func(q query) error {
		found = nil
		return q.each(`SELECT fact, position, at, code, subscription, request FROM notices
			WHERE tenant = $1 AND person = $2 AND position < $3 ORDER BY position DESC LIMIT $4`,
			[]any{string(tenant), string(person), after.sort, most + 1}, func(scan func(...any) error) error {
				var n Notice
				var at int64
				err := scan(&n.ID, &n.position, &at, &n.Code, &n.Subscription, &n.Request)
				n.At = instant(at)
				found = append(found, n)
				return err
			})
	})
	page = cut(found, most, func(n Notice) cursor { return cursor{sort: n.position} })
	page.AsOf = asOf
	return page, err
}
