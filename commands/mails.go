package commands

import (
	"context"
	"time"

	"github.com/google/uuid"

	"kassa/domain"
	"kassa/domain/mail"
	"kassa/eventstore"
)

// Mails records what became of mail. Nobody asks for that: it follows the fact
// that is told, and whoever says it again, or says another thing, changes nothing.
type Mails struct {
	Log
	Now func() time.Time
}

// Start begins to send mail about what happens from now on. It happens once to a
// history.
func (m *Mails) Start(ctx context.Context) error {
	id := uuid.NewSHA1(namespace, []byte(mail.StartStream))
	meta := eventstore.Meta{
		Actor: domain.Actor{Kind: domain.ActorSystem}, Command: id, Correlation: id, Causation: id, At: now(m.Now),
	}
	_, err := run(ctx, m.Log, mail.Decider, mail.StartStream, meta, func(s mail.State) ([]mail.Event, error) {
		return mail.Decider.Decide(s, mail.Start{At: meta.At})
	})
	return err
}

// Load returns what became of a mail.
func (m *Mails) Load(ctx context.Context, id mail.ID) (Outcome[mail.State], error) {
	return read(ctx, m.Log, mail.Decider, mail.Stream(id))
}

// Sent records that the mail server took the mail that tells of a fact.
func (m *Mails) Sent(ctx context.Context, told eventstore.Fact, of mail.Of, language string) error {
	return m.record(ctx, told, of, mail.Send{Of: of, Language: language, At: now(m.Now)})
}

// Failed records that it refused it for good.
func (m *Mails) Failed(ctx context.Context, told eventstore.Fact, of mail.Of, reply int, enhanced string) error {
	return m.record(ctx, told, of, mail.Fail{Of: of, Reply: reply, Enhanced: enhanced, At: now(m.Now)})
}

// Skipped records that nobody gets it, and why.
func (m *Mails) Skipped(ctx context.Context, told eventstore.Fact, of mail.Of, cause mail.SkipCause) error {
	return m.record(ctx, told, of, mail.Skip{Of: of, Cause: cause, At: now(m.Now)})
}

func (m *Mails) record(ctx context.Context, told eventstore.Fact, of mail.Of, c mail.Command) error {
	meta := follow(told.Meta, told.ID, "mail/"+string(of.Person), now(m.Now))
	_, err := run(ctx, m.Log, mail.Decider, mail.Stream(of.Mail), meta, func(s mail.State) ([]mail.Event, error) {
		return mail.Decider.Decide(s, c)
	})
	return err
}
