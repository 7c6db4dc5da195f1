// Package mail sends people by mail what they should know of: receipts, failed
// payments, what others did to what they bought. Who is told what is in the view
// of notices, and the words are in services/notice; here each becomes a letter,
// in the person's language, and goes to a mail server once.
//
// A mail is sent, and then it is recorded that it was. Whoever is killed in
// between sends it again, under the same Message-ID: see docs/adr/0016. Names and
// addresses are opened for composing only. They must never be in a fact, an error
// or a line of the log; nor may a mail server's words, which quote them.
package mail

import (
	"context"
	"errors"
	"log/slog"
	netmail "net/mail"
	"sync/atomic"
	"time"

	gomail "github.com/wneessen/go-mail"

	"kassa/commands"
	"kassa/domain/mail"
	"kassa/eventstore"
	"kassa/projections"
	"kassa/projections/views"
	"kassa/services/process"
	"kassa/services/vault"
)

// Sender hands a mail over. It returns a *Refusal where the mail will never be
// taken; after any other error it is tried again.
type Sender interface {
	Send(ctx context.Context, m *gomail.Msg) error
}

// records are the commands that a mailer issues. Each is idempotent.
type records interface {
	Start(ctx context.Context) error
	Load(ctx context.Context, id mail.ID) (commands.Outcome[mail.State], error)
	Sent(ctx context.Context, told eventstore.Fact, of mail.Of, language string) error
	Failed(ctx context.Context, told eventstore.Fact, of mail.Of, reply int, enhanced string) error
	Skipped(ctx context.Context, told eventstore.Fact, of mail.Of, cause mail.SkipCause) error
}

// facts are the history that letters are written from.
type facts interface {
	Read(ctx context.Context, stream string) ([]eventstore.Record, error)
	Head(ctx context.Context) (uint64, error)
}

// opener reads what is sealed for one person.
type opener interface {
	OpenAll(ctx context.Context, items []vault.Sealed) ([]vault.Opened, error)
}

// Manager sends mail. Every field is required.
type Manager struct {
	From      *netmail.Address
	Sender    Sender
	Mails     records
	Facts     facts
	Codec     *eventstore.Codec
	Projector *projections.Projector
	Vault     opener
	Stale     time.Duration // business time after which what happened is old news
	Every     time.Duration // how often to look at the latest, and the first wait of what failed
	Now       func() time.Time
	Log       *slog.Logger

	waiting atomic.Int64
	runner  atomic.Pointer[process.Runner[views.Mail]]
}

const (
	parallel  = 4               // connections to the mail server at a time
	recording = 5 * time.Second // of what became of a mail, after the program was told to stop
)

// Run sends mail until ctx ends: about what happens after its first start ever.
func (m *Manager) Run(ctx context.Context) error {
	r := &process.Runner[views.Mail]{
		Name: "mail", Waiting: m.list, Moved: m.moved, Do: m.Send, Every: m.Every, Parallel: parallel, Log: m.Log,
	}
	m.runner.Store(r)
	return r.Run(ctx)
}

// Status is how mail fares.
type Status struct {
	Waiting int // that could be sent by now
	Failing int // of these, that the mail server did not take yet
}

// Status says how m fares.
func (m *Manager) Status() Status {
	s := Status{Waiting: int(m.waiting.Load())}
	if r := m.runner.Load(); r != nil {
		s.Failing = r.Status().Failing
	}
	return s
}

func (m *Manager) notices() views.Notices { return views.NewNotices(m.Projector) }

func (m *Manager) list(ctx context.Context, limit int) ([]views.Mail, uint64, error) {
	n, err := m.notices().MailWaiting(ctx, m.Now())
	if err != nil {
		return nil, 0, err
	}
	m.waiting.Store(int64(n))
	return m.notices().MailToSend(ctx, m.Now(), limit)
}

// moved waits until the view shows more, and then for all there is: what was just
// sent is not taken up again.
func (m *Manager) moved(ctx context.Context, asOf uint64) error {
	if err := m.Projector.Await(ctx, views.NoticesView.Name, asOf+1); err != nil {
		return err
	}
	return m.caughtUp(ctx, views.NoticesView.Name)
}

// caughtUp waits until views show what is stored now.
func (m *Manager) caughtUp(ctx context.Context, names ...string) error {
	head, err := m.Facts.Head(ctx)
	for _, name := range names {
		if err == nil {
			err = m.Projector.Await(ctx, name, head)
		}
	}
	return err
}

// Send sends one mail, unless something became of it before: the list may be
// older than that, and a view that is built anew is.
func (m *Manager) Send(ctx context.Context, n views.Mail) error {
	out, err := m.Mails.Load(ctx, n.Mail)
	if err != nil || out.State.Status != mail.StatusWaiting {
		return err
	}
	s, err := m.read(ctx, n)
	if err != nil {
		return err
	}
	if m.Now().Sub(n.At) > m.Stale {
		return m.Mails.Skipped(ctx, s.told, n.Of, mail.SkipStale)
	}
	to, cause, err := m.addressee(ctx, n)
	if err != nil {
		return err
	}
	if cause != "" {
		return m.Mails.Skipped(ctx, s.told, n.Of, cause)
	}
	msg, err := m.compose(ctx, n, s, to)
	if err != nil {
		return err
	}
	refused := (*Refusal)(nil)
	err = m.Sender.Send(ctx, msg)
	// Whoever is stopped now still records what became of it.
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), recording)
	defer cancel()
	switch {
	case errors.As(err, &refused):
		return m.Mails.Failed(last, s.told, n.Of, refused.Reply, refused.Enhanced)
	case err != nil:
		return err
	}
	return m.Mails.Sent(last, s.told, n.Of, to.language)
}
