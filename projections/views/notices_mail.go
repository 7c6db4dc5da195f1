package views

import (
	"context"
	"math"
	"strconv"
	"time"

	"kassa/domain"
	"kassa/domain/mail"
	"kassa/eventstore"
	"kassa/projections"
)

// mailed hears what became of each mail, and since when there is any.
func mailed() projections.Handlers {
	return projections.Hears(
		projections.On(func(tx *projections.Tx, _ mail.Started, f eventstore.Fact) error {
			return tx.Exec(`INSERT INTO mailer (stream, position) VALUES ($1, $2) ON CONFLICT (stream) DO NOTHING`, f.Stream, int64(f.Position))
		}),
		projections.On(func(tx *projections.Tx, e mail.Sent, f eventstore.Fact) error {
			return mailBecame(tx, e.Mail, mail.StatusSent, "", e.At)
		}),
		projections.On(func(tx *projections.Tx, e mail.Failed, f eventstore.Fact) error {
			return mailBecame(tx, e.Mail, mail.StatusFailed, strconv.Itoa(e.Reply), e.At)
		}),
		projections.On(func(tx *projections.Tx, e mail.Skipped, f eventstore.Fact) error {
			return mailBecame(tx, e.Mail, mail.StatusSkipped, string(e.Cause), e.At)
		}),
	)
}

func mailBecame(tx *projections.Tx, id mail.ID, s mail.Status, why string, at time.Time) error {
	return tx.Exec(`INSERT INTO notices (mail, outcome, why, mailed_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (mail) DO UPDATE SET outcome = excluded.outcome, why = excluded.why, mailed_at = excluded.mailed_at`,
		string(id), string(s), why, micros(at))
}

// Mail is a notice that somebody gets by mail, and what became of that.
type Mail struct {
	mail.Of
	Stream string // that the fact lies in
	Tenant domain.TenantID
	At     time.Time // from when on it is told
	Status mail.Status
	Why    string    // it failed, the server's reply, or it was skipped
	DoneAt time.Time // zero: it waits

	position int64
}

// String names it in a log, and nobody in it.
func (m Mail) String() string { return m.Code + " " + string(m.Of.Mail) }

const mailColumns = `SELECT mail, fact, stream, person, tenant, position, at, code, outcome, why, mailed_at FROM notices`

// mailWaits is what mail is still to be sent about. It begins with the mailer's
// start.
const mailWaits = ` outcome = '' AND position > (SELECT position FROM mailer)`

// MailToSend lists at most limit of the mails that wait at an instant, oldest
// first. It spans all tenants: it is for Kassa itself, never for a person.
func (v Notices) MailToSend(ctx context.Context, at time.Time, limit int) (waiting []Mail, asOf uint64, err error) {
	asOf, err = v.ask(ctx, func(q query) (err error) {
		waiting, err = q.mails(mailColumns+` WHERE`+mailWaits+` AND at <= $1 ORDER BY position LIMIT $2`, micros(at), limit)
		return err
	})
	return waiting, asOf, err
}

// MailWaiting counts them.
func (v Notices) MailWaiting(ctx context.Context, at time.Time) (n int, err error) {
	_, err = v.ask(ctx, func(q query) error {
		return q.each(`SELECT count(*) FROM notices WHERE`+mailWaits+` AND at <= $1`, []any{micros(at)}, func(scan func(...any) error) error { return scan(&n) })
	})
	return n, err
}

// MailFilter narrows a list of mails.
type MailFilter struct {
	Status string // waiting, sent, failed, skipped; empty: all
	Next   string // from the page before
	Limit  int    // at most MaxLimit; DefaultLimit if 0
}

// MailStatusWaiting is what a mail is called that nothing has become of yet.
const MailStatusWaiting = "waiting"

// Mails returns the mails of all tenants at an instant, the latest fact first. It
// is for the operator.
func (v Notices) Mails(ctx context.Context, at time.Time, f MailFilter) (page Page[Mail], err error) {
	after, err := readCursor(f.Next, cursor{sort: math.MaxInt64})
	if err != nil {
		return page, err
	}
	where, args := ` (outcome <> '' OR`+mailWaits+`)`, []any{micros(at), after.sort}
	switch f.Status {
	case "":
	case MailStatusWaiting:
		where = mailWaits
	default:
		where, args = ` outcome = $3`, append(args, f.Status)
	}
	most := limit(f.Limit)
	asOf, err := v.ask(ctx, func(q query) error {
		found, err := q.mails(mailColumns+` WHERE`+where+` AND at <= $1 AND position < $2 ORDER BY position DESC LIMIT `+strconv.Itoa(most+1), args...)
		page = cut(found, most, func(m Mail) cursor { return cursor{sort: m.position} })
		return err
	})
	page.AsOf = asOf
	return page, err
}

func (q query) mails(sql string, args ...any) (all []Mail, err error) {
	err = q.each(sql, args, func(scan func(...any) error) error {
		var m Mail
		var at, done int64
		err := scan(&m.Of.Mail, &m.Fact, &m.Stream, &m.Person, &m.Tenant, &m.position, &at, &m.Code, &m.Status, &m.Why, &done)
		m.At = instant(at)
		if done != 0 {
			m.DoneAt = instant(done)
		}
		all = append(all, m)
		return err
	})
	return all, err
}
