package views

import (
	"context"
	"errors"
	"math"
	"strconv"
	"time"

	"github.com/google/uuid"

	"kassa/domain"
	"kassa/domain/cancelreq"
	"kassa/domain/invoice"
	"kassa/domain/licreq"
	"kassa/domain/paymentmethod"
	"kassa/domain/subscription"
	"kassa/eventstore"
	"kassa/projections"
)

// NoticesView answers a person: what happened that I should know of? And Kassa
// itself: who has to get mail about it, and what became of that? (notices_mail.go)
// A new notice is a line in On, and its words in services/notice; what its mail
// shows beside them is read from the fact, in services/mail.
var NoticesView = projections.Projection{
	Name: "notices", Version: 7,
	Tables: []projections.Table{
		{Name: "notices", Key: []string{"mail"}, DDL: noticesTable},
		{Name: "notice_subjects", Key: []string{"stream"}, DDL: noticeSubjectsTable},
		{Name: "mailer", Key: []string{"stream"}, DDL: `CREATE TABLE mailer (
			stream   TEXT   PRIMARY KEY,
			position BIGINT NOT NULL -- mail is about what came after it
		)`},
	},
	On: projections.Hears(
		concerns(func(e subscription.Provisioned) subject {
			return subject{tenant: e.Tenant, purchaser: e.Purchaser, subscription: e.Subscription}
		}),
		tells("control_taken", thePurchaser, always[subscription.ControlTaken]),
		tells("price_change_announced", thePurchaser, always[subscription.PriceChangeAnnounced]),
		tells("payment_failed", thePurchaser, always[subscription.DunningStarted]),
		tells("payment_reminder", thePurchaser, func(e subscription.DunningStepReached) bool { return e.Step != subscription.DunSuspend }),
		tells("subscription_suspended", thePurchaser, always[subscription.Suspended]),
		tells("subscription_resumed", thePurchaser, always[subscription.Resumed]),
		tells("payment_credited", thePurchaser, always[subscription.Credited]),
		tells("payment_charged_back", thePurchaser, always[subscription.ChargedBack]),
		tells("ended_unpaid", thePurchaser, func(e subscription.Disabled) bool { return e.Cause == subscription.EndPayment }),
		confirms("recurring_billing_off", theDoer, always[subscription.RecurringBillingTurnedOff]),
		tells("refund_failed", thePurchaser, always[subscription.RefundFailed]),
		either(
			confirms("cancelled_by_purchaser", theDoer, func(e subscription.Cancelled) bool { return e.By == subscription.ByPurchaser }),
			tells("cancelled_by_support", thePurchaser, func(e subscription.Cancelled) bool { return e.By == subscription.BySupport }),
			tells("cancelled_by_takeover", thePurchaser, func(e subscription.Cancelled) bool { return e.By == subscription.ByTakeover }),
		),

		reminds("trial_ending", func(e subscription.TrialStarted) time.Time { return e.End.Add(-trialReminder) }),
		forgets[subscription.TrialExtended](reminds("trial_ending", func(e subscription.TrialExtended) time.Time { return e.End.Add(-trialReminder) })),
		forgets[subscription.TrialConverted](tells("trial_converted", thePurchaser, always[subscription.TrialConverted])),
		forgets[subscription.TrialEnded](tells("trial_ended", thePurchaser, func(e subscription.TrialEnded) bool {
			return e.Cause != subscription.EndCancelled && e.Cause != subscription.EndTakeover // they are told of that
		})),

		concerns(func(e invoice.Issued) subject {
			return subject{tenant: e.Tenant, purchaser: e.Payer, subscription: e.Subscription}
		}),
		either(
			confirms("receipt", thePurchaser, func(e invoice.Paid) bool { return e.Amount.Minor > 0 }),
			confirms("refund", thePurchaser, func(e invoice.Paid) bool { return e.Amount.Minor < 0 }), // a credit note
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

		mailed(),
	),
}

// trialReminder is how long before a trial's end its purchaser is told of it.
const trialReminder = 3 * 24 * time.Hour

const (
	// What became of the mail is written by the mail's own facts, all else by the
	// fact that is told.
	noticesTable = `CREATE TABLE notices (
		mail         TEXT   PRIMARY KEY, -- what is told, and whom
		fact         TEXT   NOT NULL DEFAULT '', -- what happened: the id of it
		stream       TEXT   NOT NULL DEFAULT '', -- that it lies in
		person       TEXT   NOT NULL DEFAULT '',
		tenant       TEXT   NOT NULL DEFAULT '',
		position     BIGINT NOT NULL DEFAULT 0, -- in history
		at           BIGINT NOT NULL DEFAULT 0, -- from when on it is told
		code         TEXT   NOT NULL DEFAULT '',
		listed       BOOLEAN NOT NULL DEFAULT FALSE, -- for the person; else it is mailed only
		subscription TEXT   NOT NULL DEFAULT '',
		request      TEXT   NOT NULL DEFAULT '',
		outcome      TEXT   NOT NULL DEFAULT '', -- of the mail; empty: none yet
		why          TEXT   NOT NULL DEFAULT '',
		mailed_at    BIGINT NOT NULL DEFAULT 0
	);
	CREATE INDEX notices_by_person ON notices (tenant, person, at, position);
	CREATE INDEX notices_by_outcome ON notices (outcome, position);
	CREATE INDEX notices_in_order ON notices (position)`
	// Whom the facts of a stream concern, as its own facts say.
	noticeSubjectsTable = `CREATE TABLE notice_subjects (
		stream       TEXT PRIMARY KEY,
		tenant       TEXT NOT NULL,
		purchaser    TEXT NOT NULL,
		asker        TEXT NOT NULL,
		subscription TEXT NOT NULL,
		request      TEXT NOT NULL,
		reminder     TEXT NOT NULL DEFAULT '' -- the latest notice that is told ahead of time
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

// whom picks the person who is told of a fact.
type whom func(subject, eventstore.Fact) domain.PersonID

func thePurchaser(s subject, _ eventstore.Fact) domain.PersonID { return s.purchaser }
func theAsker(s subject, _ eventstore.Fact) domain.PersonID     { return s.asker }

// theDoer is the purchaser, where they did it themselves.
func theDoer(s subject, f eventstore.Fact) domain.PersonID {
	if f.Meta.Actor.Person != s.purchaser {
		return ""
	}
	return s.purchaser
}

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
		_, err := notify(tx, f, code, who, true, f.Meta.At)
		return err
	})
}

// confirms hears a fact that its purchaser gets mail about, to keep; among what
// others did it is not listed.
func confirms[E domain.Event](code string, who whom, when func(E) bool) projections.Handlers {
	return projections.On(func(tx *projections.Tx, e E, f eventstore.Fact) error {
		if !when(e) {
			return nil
		}
		_, err := notify(tx, f, code, who, false, f.Meta.At)
		return err
	})
}

// reminds hears a fact that its purchaser should be told of when it is time.
func reminds[E domain.Event](code string, at func(E) time.Time) projections.Handlers {
	return projections.On(func(tx *projections.Tx, e E, f eventstore.Fact) error {
		id, err := notify(tx, f, code, thePurchaser, true, at(e))
		if err != nil {
			return err
		}
		return tx.Exec(`UPDATE notice_subjects SET reminder = $2 WHERE stream = $1`, f.Stream, id)
	})
}

// forgets hears a fact after which the reminder of its stream, if it has not
// been given yet, is wrong.
func forgets[E domain.Event](then projections.Handlers) projections.Handlers {
	return projections.On(func(tx *projections.Tx, _ E, f eventstore.Fact) error {
		err := tx.Exec(`DELETE FROM notices WHERE mail = (SELECT reminder FROM notice_subjects WHERE stream = $1) AND at > $2`, f.Stream, micros(f.Meta.At))
		if err != nil {
			return err
		}
		return then[f.Type](tx, f)
	})
}

// notify tells whoever the fact's stream concerns, from an instant on. The id is
// a function of the fact and the person.
func notify(tx *projections.Tx, f eventstore.Fact, code string, who whom, listed bool, at time.Time) (id string, err error) {
	var s subject
	known, err := tx.Get(`SELECT tenant, purchaser, asker, subscription, request FROM notice_subjects WHERE stream = $1`,
		[]any{f.Stream}, &s.tenant, &s.purchaser, &s.asker, &s.subscription, &s.request)
	if err != nil || !known || who(s, f) == "" {
		return "", err
	}
	person := who(s, f)
	id = uuid.NewSHA1(f.ID, []byte(person)).String()
	return id, tx.Exec(`INSERT INTO notices (mail, fact, stream, person, tenant, position, at, code, listed, subscription, request)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		ON CONFLICT (mail) DO UPDATE SET fact = excluded.fact, stream = excluded.stream, person = excluded.person, tenant = excluded.tenant,
			position = excluded.position, at = excluded.at, code = excluded.code, listed = excluded.listed, subscription = excluded.subscription, request = excluded.request`,
		id, f.ID.String(), f.Stream, person, s.tenant, int64(f.Position), micros(at), code, listed, s.subscription, s.request)
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

// List returns what one person of a tenant should know of at an instant, newest
// first.
func (v Notices) List(ctx context.Context, tenant domain.TenantID, person domain.PersonID, at time.Time, next string, most int) (page Page[Notice], err error) {
	after, err := readCursor(next, cursor{sort: micros(at), id: strconv.FormatInt(math.MaxInt64, 10)})
	if err != nil {
		return page, err
	}
	position, err := strconv.ParseInt(after.id, 10, 64)
	if err != nil {
		return page, ErrCursor.Because(err)
	}
	most = limit(most)
	var found []Notice
	asOf, err := v.ask(ctx, func(q query) error {
		found = nil
		return q.each(`SELECT fact, position, at, code, subscription, request FROM notices
			WHERE tenant = $1 AND person = $2 AND listed AND (at, position) < ($3, $4) ORDER BY at DESC, position DESC LIMIT $5`,
			[]any{string(tenant), string(person), after.sort, position, most + 1}, func(scan func(...any) error) error {
				var n Notice
				var at int64
				err := scan(&n.ID, &n.position, &at, &n.Code, &n.Subscription, &n.Request)
				n.At = instant(at)
				found = append(found, n)
				return err
			})
	})
	page = cut(found, most, func(n Notice) cursor { return cursor{micros(n.At), strconv.FormatInt(n.position, 10)} })
	page.AsOf = asOf
	return page, err
}
