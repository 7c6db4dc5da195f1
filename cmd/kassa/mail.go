package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	netmail "net/mail"
	"path/filepath"
	"time"

	"kassa/commands"
	"kassa/eventstore"
	v1 "kassa/services/api/v1"
	"kassa/services/mail"
)

// mailFlags say where mail goes; without them it goes nowhere.
type mailFlags struct {
	SMTP     string `name:"smtp" help:"Mail server that people are told through ($$KASSA_SMTP); smtp:// demands STARTTLS, smtps:// is TLS from the start. Keep the password out of sight in $$KASSA_SMTP_PASSWORD, the user in $$KASSA_SMTP_USER." placeholder:"smtp://HOST:587"`
	MailFrom string `help:"Whom mail comes from ($$KASSA_MAIL_FROM)." placeholder:"ADDRESS"`
}

// postage is how mail is sent, and from whom; nil: not at all.
type postage struct {
	from   *netmail.Address
	sender mail.Sender
}

// demoFrom is whom the demonstration's mail comes from. It is kept as files.
const demoFrom = "Kassa <kassa@vendor.example>"

var errNoSender = errors.New("--smtp needs --mail-from: say whom mail comes from")

func (f mailFlags) postage(demo bool, data string, getenv func(string) string) (*postage, error) {
	target, from := cmp.Or(f.SMTP, getenv("KASSA_SMTP")), cmp.Or(f.MailFrom, getenv("KASSA_MAIL_FROM"))
	switch {
	case target == "" && !demo:
		return nil, nil
	case target != "" && from == "":
		return nil, errNoSender
	}
	p := &postage{sender: mail.Folder(filepath.Join(data, "mail"))}
	parsed, err := netmail.ParseAddress(cmp.Or(from, demoFrom))
	if err != nil {
		return nil, fmt.Errorf("--mail-from: %w", err)
	}
	if p.from, err = mail.Address(parsed.Address); err != nil {
		return nil, fmt.Errorf("--mail-from: %w", err)
	}
	p.from.Name = parsed.Name
	if target != "" {
		if p.sender, err = mail.Server(target, getenv("KASSA_SMTP_USER"), getenv("KASSA_SMTP_PASSWORD"), nil); err != nil {
			return nil, fmt.Errorf("--smtp: %w", err)
		}
	}
	return p, nil
}

// stale is after how long what happened is old news, and how much of that a fast
// clock leaves at least.
const (
	stale     = 7 * 24 * time.Hour
	staleReal = 10 * time.Minute
)

// openMail begins to mail what happens from the first time on that it is asked to.
func (s *system) openMail(ctx context.Context) error {
	if s.Mail == nil {
		return nil
	}
	records := &commands.Mails{Log: s.purchases.Log, Now: s.clock.Now}
	s.mailer = &mail.Manager{
		From: s.Mail.from, Sender: s.Mail.sender, Mails: records, Facts: s.store, Codec: eventstore.Schema(),
		Projector: s.projector, Vault: s.vault, Stale: max(stale, s.Clock.In(staleReal)),
		Every: time.Second, Now: s.clock.Now, Log: s.part("mail"),
	}
	return records.Start(ctx)
}

// mailPart is ready although mail waits: nothing else waits for it.
func (s *system) mailPart() v1.Part {
	p := v1.Part{Name: "mail", Ready: true, Detail: "off: see kassa serve --smtp"}
	if s.mailer != nil {
		st := s.mailer.Status()
		p.Detail = fmt.Sprintf("%d wait; %d of them could not be handed over yet and are tried again", st.Waiting, st.Failing)
	}
	return p
}
