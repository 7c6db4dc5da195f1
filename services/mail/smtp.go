package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/url"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Refusal says that a mail server will never take a mail: the address is wrong, or
// it does not want what it says. It quotes nobody.
type Refusal struct {
	Reply    int    // 550
	Enhanced string // 5.1.1; empty: the server does not say
}

func (r *Refusal) Error() string { return fmt.Sprintf("refused for good: %d %s", r.Reply, r.Enhanced) }

// SMTP hands mail over to a mail server.
type SMTP struct {
	host    string
	options []gomail.Option
}

// errServer does not quote what was given: it may hold a password.
var errServer = errors.New("not a mail server: give one like smtp://user:password@host:587, or smtps://host:465")

// patience is how long a mail server may take to answer.
const patience = 15 * time.Second

// Server reads where a mail server is and who signs in there. smtp:// demands
// STARTTLS, except from a server on this machine; smtp+starttls:// demands it
// there, too; smtps:// speaks TLS from the first byte; smtp+plain:// never does.
// User and password may be given apart, and trust, which may be nil, holds whose
// certificates count.
func Server(target, user, password string, trust *tls.Config) (*SMTP, error) {
	u, err := url.Parse(target)
	if err != nil || u.Hostname() == "" || strings.Trim(u.Path, "/") != "" {
		return nil, errServer
	}
	port, policy, secret := 587, gomail.WithTLSPolicy(gomail.TLSMandatory), true
	switch {
	case u.Scheme == "smtps":
		port, policy = 465, gomail.WithSSL()
	case u.Scheme == "smtp+plain", u.Scheme == "smtp" && loopback(u.Hostname()):
		port, policy, secret = 25, gomail.WithTLSPolicy(gomail.NoTLS), false
	case u.Scheme != "smtp" && u.Scheme != "smtp+starttls":
		return nil, errServer
	}
	if given := u.Port(); given != "" {
		if port, err = strconv.Atoi(given); err != nil || port < 1 || port > 65535 {
			return nil, errServer
		}
	}
	options := []gomail.Option{gomail.WithPort(port), policy, gomail.WithTimeout(patience), gomail.WithoutNoop()}
	if trust != nil {
		options = append(options, gomail.WithTLSConfig(trust))
	}
	if u.User != nil {
		user = u.User.Username()
		if given, ok := u.User.Password(); ok {
			password = given
		}
	}
	if user != "" {
		options = append(options, gomail.WithSMTPAuth(howToSignIn(secret)), gomail.WithUsername(user), gomail.WithPassword(password))
	}
	if _, err := gomail.NewClient(u.Hostname(), options...); err != nil {
		return nil, errServer
	}
	return &SMTP{host: u.Hostname(), options: options}, nil
}

// howToSignIn is what the server likes best; without TLS that would not be the
// password itself, so whoever chose to go without has chosen that, too.
func howToSignIn(secret bool) gomail.SMTPAuthType {
	if secret {
		return gomail.SMTPAuthAutoDiscover
	}
	return gomail.SMTPAuthPlainNoEnc
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Send opens a connection for one mail. What the server has taken is sent,
// whatever it says after that.
func (s *SMTP) Send(ctx context.Context, m *gomail.Msg) error {
	client, err := gomail.NewClient(s.host, s.options...)
	if err != nil {
		return err
	}
	conn, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := client.SendWithSMTPClient(conn, m); err != nil && !m.IsDelivered() {
		return verdict(err)
	}
	_ = client.CloseWithSMTPClient(conn) // the mail is theirs
	return nil
}

// verdict says what an error of a server means, without its words. Only what it
// says of the recipient and of the mail can be for good: what it says of us, of
// the sender or of signing in, is put right by the operator.
func verdict(err error) error {
	e := (*gomail.SendError)(nil)
	if !errors.As(err, &e) {
		return errors.New("the mail server broke off")
	}
	about := e.Reason == gomail.ErrSMTPRcptTo || e.Reason == gomail.ErrSMTPData || e.Reason == gomail.ErrSMTPDataClose
	if about && e.ErrorCode() >= 500 {
		return &Refusal{Reply: e.ErrorCode(), Enhanced: e.EnhancedStatusCode()}
	}
	return fmt.Errorf("the mail server did not take it for now: %s: %d %s", e.Reason, e.ErrorCode(), e.EnhancedStatusCode())
}

func hostOf(a *netmail.Address) string { return a.Address[strings.LastIndex(a.Address, "@")+1:] }
