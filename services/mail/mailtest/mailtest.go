// Package mailtest is a mail server for tests: it speaks SMTP, keeps what it took,
// and answers as it is told to. What it took is read back by other code than that
// which wrote it.
package mailtest

import (
	"bytes"
	"crypto/tls"
	"io"
	"log"
	"net"
	"sync"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"
)

// Server is a mail server on this machine. Its fields are set before it begins.
type Server struct {
	TLS            *tls.Config // offers STARTTLS; nil: it does not
	FromTheStart   bool        // speaks TLS from the first byte
	User, Password string      // whoever sends must sign in as; empty: nobody must
	HangsUp        bool        // as soon as it has said that it took a mail
	Took           func()      // has taken a mail, before it says so; nil: nothing happens

	t       testing.TB
	address string
	server  *smtp.Server

	mu      sync.Mutex
	mails   []Mail
	asked   int                 // times that a mail was offered
	answers map[string][]*Reply // to what is sent to an address, in order
}

// Reply refuses a recipient: 450 for now, 550 for good.
type Reply = smtp.SMTPError

// Begin listens on the address that it had before, or on a free port.
func (s *Server) Begin(t testing.TB) *Server {
	t.Helper()
	s.t = t
	if s.address == "" {
		s.address = "127.0.0.1:0"
	}
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", s.address)
	require.NoError(t, err)
	s.address = l.Addr().String()
	if s.FromTheStart {
		l = tls.NewListener(l, s.TLS)
	}
	s.server = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &session{Server: s, conn: c, in: s.User == ""}, nil
	}))
	s.server.Domain, s.server.TLSConfig, s.server.AllowInsecureAuth = "mail.example", s.TLS, s.TLS == nil
	s.server.ErrorLog = log.New(io.Discard, "", 0) // that somebody broke off is what tests are about
	go func() { _ = s.server.Serve(l) }()          // it ends when the server does
	t.Cleanup(s.End)
	return s
}

// End closes it and every connection to it. It may begin again.
func (s *Server) End() { _ = s.server.Close() } // an end of what has ended is one, too

// Address is HOST:PORT.
func (s *Server) Address() string { return s.address }

// Answer has it answer to the next mails to an address, in order; after that it
// takes them.
func (s *Server) Answer(to string, replies ...*Reply) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.answers == nil {
		s.answers = map[string][]*Reply{}
	}
	s.answers[to] = append(s.answers[to], replies...)
}

// Mails are those that it took so far.
func (s *Server) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Mail(nil), s.mails...)
}

// Asked is how often somebody began to hand a mail over.
func (s *Server) Asked() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

// session is a connection.
type session struct {
	*Server
	conn     *smtp.Conn
	in       bool // whoever sends has signed in, or need not
	from, to string
	took     bool
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		s.in = user == s.User && password == s.Password
		if !s.in {
			return smtp.ErrAuthFailed
		}
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if !s.in {
		return smtp.ErrAuthRequired
	}
	s.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.to = to
	s.asked++
	if next := s.answers[to]; len(next) > 0 {
		s.answers[to] = next[1:]
		return next[0]
	}
	return nil
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	m, err := Read(bytes.NewReader(raw))
	if err != nil {
		s.t.Errorf("a mail that cannot be read: %v\n%s", err, raw)
		return err
	}
	m.EnvelopeFrom, m.EnvelopeTo, m.Raw = s.from, s.to, string(raw)
	_, m.Secure = s.conn.TLSConnectionState()
	s.mu.Lock()
	s.mails, s.took = append(s.mails, m), true
	s.mu.Unlock()
	if s.Took != nil {
		s.Took()
	}
	return nil
}

// Reset is after the answer, too.
func (s *session) Reset() {
	if s.HangsUp && s.took {
		_ = s.conn.Conn().Close()
	}
}

func (s *session) Logout() error { return nil }
