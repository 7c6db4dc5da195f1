package mail_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	mailing "kassa/domain/mail"
	"kassa/domain/product"
	"kassa/domain/user"
	"kassa/projections/projectiontest"
	"kassa/services/mail"
	"kassa/services/mail/mailtest"
)

const åsaAt, bobAt = "asa@kontoret.example", "bob@contoso.example"

func TestWhatAServerRefusesForNowIsTriedAgainAndForGoodIsRecorded(t *testing.T) {
	c := newTown(t)
	later := &mailtest.Reply{Code: 450, EnhancedCode: [3]int{4, 2, 1}, Message: "the box of " + åsaAt + " is busy"}
	c.server.Answer(åsaAt, later, later)
	c.server.Answer(bobAt, &mailtest.Reply{Code: 550, EnhancedCode: [3]int{5, 1, 1}, Message: "nobody is called " + bobAt})
	c.buy(c.se, c.åsa)
	c.buy(c.us, c.bob)
	c.settles()
	require.Len(t, c.server.Mails(), 1)
	assert.Equal(t, åsaAt, c.server.Mails()[0].EnvelopeTo)
	assert.Equal(t, 4, c.server.Asked(), "the one three times, the other once")
	var failed []mailing.Failed
	for _, e := range c.became() {
		if f, ok := e.(mailing.Failed); ok {
			failed = append(failed, f)
		}
	}
	require.Len(t, failed, 1)
	assert.Equal(t, 550, failed[0].Reply)
	assert.Equal(t, "5.1.1", failed[0].Enhanced)
	assert.Equal(t, c.bob, failed[0].Person)
	assert.Contains(t, c.log.String(), "450 4.2.1", "the log says why it took longer")
}

func TestAServerThatIsDownIsWaitedFor(t *testing.T) {
	c := newTown(t)
	c.server.End()
	for range 5 {
		c.buy(c.se, c.åsa)
	}
	m := c.manager(c.sender("smtp://"+c.server.Address(), nil))
	stop := c.run(m)
	defer stop()
	require.Eventually(t, func() bool { return m.Status() == mail.Status{Waiting: 5, Failing: 5} }, 10*time.Second, time.Millisecond)
	assert.Empty(t, c.became())
	c.server.Begin(t)
	require.Eventually(t, func() bool { return len(c.waiting()) == 0 }, 20*time.Second, 5*time.Millisecond)
	assert.Len(t, c.server.Mails(), 5)
	require.Eventually(t, func() bool { return m.Status() == mail.Status{} }, 10*time.Second, time.Millisecond)
}

func TestWhatAServerHasTakenIsSentWhateverComesAfter(t *testing.T) {
	c := newTown(t)
	c.server.HangsUp = true
	c.buy(c.se, c.åsa)
	require.NoError(t, c.manager(c.sender("smtp://"+c.server.Address(), nil)).Send(t.Context(), c.waiting()[0]))
	require.Len(t, c.became(), 1)
	assert.IsType(t, mailing.Sent{}, c.became()[0])
}

// certificates are a server's, and whom a client trusts because of it.
func certificates(t *testing.T) (server, client *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	cert, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	trusted := x509.NewCertPool()
	trusted.AddCert(cert)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12},
		&tls.Config{RootCAs: trusted, ServerName: "127.0.0.1", MinVersion: tls.VersionTLS12}
}

func TestMailAndPasswordsGoOverTLSOrNotAtAll(t *testing.T) {
	secure, trust := certificates(t)
	_, stranger := certificates(t)
	const user, word = "kassa", "s3cret"
	for name, try := range map[string]struct {
		server        *mailtest.Server
		scheme        string
		user, word    string
		trust         *tls.Config
		sent, plainly bool
	}{
		"STARTTLS, signed in":              {&mailtest.Server{TLS: secure, User: user, Password: word}, "smtp+starttls", user, word, trust, true, false},
		"TLS from the first byte":          {&mailtest.Server{TLS: secure, FromTheStart: true, User: user, Password: word}, "smtps", user, word, trust, true, false},
		"no TLS on this machine":           {&mailtest.Server{}, "smtp", "", "", nil, true, true},
		"no TLS by choice, signed in":      {&mailtest.Server{User: user, Password: word}, "smtp+plain", user, word, nil, true, true},
		"a server without STARTTLS":        {&mailtest.Server{}, "smtp+starttls", "", "", trust, false, false},
		"a certificate that nobody trusts": {&mailtest.Server{TLS: secure, User: user, Password: word}, "smtp+starttls", user, word, stranger, false, false},
		"a wrong password":                 {&mailtest.Server{TLS: secure, User: user, Password: word}, "smtp+starttls", user, "wr0ng", trust, false, false},
		"nobody signed in":                 {&mailtest.Server{TLS: secure, User: user, Password: word}, "smtp+starttls", "", "", trust, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			c := newTown(t)
			c.buy(c.se, c.åsa)
			server := try.server.Begin(t)
			sender, err := mail.Server(try.scheme+"://"+server.Address(), try.user, try.word, try.trust)
			require.NoError(t, err)
			err = c.manager(sender).Send(t.Context(), c.waiting()[0])
			if try.sent {
				require.NoError(t, err)
				require.Len(t, server.Mails(), 1)
				assert.Equal(t, !try.plainly, server.Mails()[0].Secure)
				return
			}
			require.Error(t, err)
			assert.NotContains(t, err.Error(), word)
			assert.NotContains(t, err.Error(), åsaAt)
			assert.Empty(t, server.Mails())
			assert.Len(t, c.waiting(), 1, "the operator puts it right, and it is sent then")
		})
	}
}

func TestWhereTheMailServerIs(t *testing.T) {
	for _, good := range []string{"smtp://mail.example", "smtp://mail.example:2525/", "smtps://u:p@mail.example", "smtp+plain://10.0.0.1:25", "smtp://[::1]:25"} {
		_, err := mail.Server(good, "", "", nil)
		assert.NoError(t, err, good)
	}
	for _, bad := range []string{"", "mail.example:587", "http://mail.example", "smtp://", "smtp://u:geheim@mail.example:99999", "smtp://u:geheim%zz@mail.example", "smtp://u:geheim@mail.example/path"} {
		_, err := mail.Server(bad, "", "", nil)
		require.Error(t, err, bad)
		assert.NotContains(t, err.Error(), "geheim", "a password is not shown")
	}
}

func TestAddressesThatAreNone(t *testing.T) {
	for _, good := range []string{"a@b.example", "first.last+tag@sub.company.example"} {
		a, err := mail.Address(good)
		require.NoError(t, err, good)
		assert.Equal(t, good, a.Address)
	}
	a, err := mail.Address("asa@räksmörgås.example")
	require.NoError(t, err)
	assert.Equal(t, "asa@xn--rksmrgs-5wao1o.example", a.Address)
	for _, bad := range []string{
		"", "a", "a@", "@b", "a@b c", "Anna <a@b.example>", "a@b.example\r\nBcc: c@d.example", "a\n@b.example", "a@b.example,c@d.example",
		"a@b\x00.example", strings.Repeat("a", 250) + "@b.example",
	} {
		_, err := mail.Address(bad)
		assert.Error(t, err, "%q", bad)
	}
}

func TestWhoIsGoneGetsNothing(t *testing.T) {
	c := newTown(t)
	erased, deleted, broken := c.join(c.se, "Er Ased", "erased@kontoret.example"), c.join(c.se, "De Leted", "deleted@kontoret.example"), c.join(c.se, "Bro Ken", "broken\r\nBcc: everybody@kontoret.example")
	c.buy(c.se, erased)
	c.buy(c.se, deleted)
	c.buy(c.se, broken)
	c.buy(c.se, "0d9b4a2e-0000-4000-8000-000000000001") // of another directory
	require.NoError(t, c.vault.Erase(t.Context(), c.se, erased))
	c.Record(user.Stream(c.se, deleted), projectiontest.Importer, user.Deleted{})
	c.settles()
	assert.Empty(t, c.server.Mails())
	causes := map[mailing.SkipCause]int{}
	for _, e := range c.became() {
		causes[e.(mailing.Skipped).Cause]++
	}
	assert.Equal(t, map[mailing.SkipCause]int{mailing.SkipErased: 1, mailing.SkipDeleted: 1, mailing.SkipAddress: 1, mailing.SkipUnknown: 1}, causes)
}

// A name, or a product's, that would begin another line of the mail's head, or
// another part of it, does not.
func TestNamesAddNothingToAMail(t *testing.T) {
	c := newTown(t)
	c.Record(product.Stream(powerBI), projectiontest.Importer, product.Renamed{Name: "Power BI\r\nBcc: spy@evil.example\r\n\r\n<script>alert(1)</script>"})
	eve := c.join(c.us, "Eve\r\nBcc: spy@evil.example\r\n\"quoted\" <spy@evil.example>, <b>bold</b>", "eve@contoso.example")
	c.buy(c.us, eve)
	c.settles()
	require.Len(t, c.server.Mails(), 1)
	m := c.server.Mails()[0]
	assert.Equal(t, "eve@contoso.example", m.To.Address)
	assert.Empty(t, m.Header.Get("Bcc"))
	assert.NotContains(t, m.Subject, "\n")
	assert.NotContains(t, m.HTML, "<script>")
	assert.NotContains(t, m.HTML, "<b>")
	assert.Len(t, m.Attachments, 1)
}

// What is stored and logged names nobody, whatever a mail server says.
func TestNoFactAndNoLogNamesAnybody(t *testing.T) {
	c := newTown(t)
	for range 3 {
		c.server.Answer(bobAt, &mailtest.Reply{Code: 451, EnhancedCode: [3]int{4, 7, 0}, Message: "Bob Baker " + bobAt + " is greylisted"})
	}
	c.server.Answer(bobAt, &mailtest.Reply{Code: 554, EnhancedCode: [3]int{5, 7, 1}, Message: "Bob Baker " + bobAt + " does not want this"})
	c.everything(c.us, c.bob)
	c.everything(c.se, c.åsa)
	c.settles()
	records, err := c.ReadAll(t.Context(), 0, 1<<30)
	require.NoError(t, err)
	stored := c.log.String()
	require.NotEmpty(t, stored)
	for _, r := range records {
		if strings.HasPrefix(r.Stream, "mail") {
			stored += string(r.Data) + string(r.Metadata) + r.Stream
		}
	}
	for _, m := range c.server.Mails() {
		stored += m.ID
		for _, number := range []string{"4242", "tok_visa", "Visa"} {
			assert.NotContains(t, m.Text+m.HTML, number, "a mail says nothing of the card")
		}
	}
	for _, name := range []string{bobAt, "Bob", "Baker", åsaAt, "Åsa", "Öberg", "kontoret"} {
		assert.NotContains(t, stored, name)
	}
}
