package mailtest

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
)

// Mail is one that was read back.
type Mail struct {
	EnvelopeFrom, EnvelopeTo string // as they were handed over
	Secure                   bool   // over TLS
	Raw                      string

	Header      mail.Header
	ID          string // Message-ID, without its brackets
	Subject     string
	From, To    *mail.Address
	Text, HTML  string
	Attachments map[string][]byte // by name
}

// words reads what a header says.
var words mime.WordDecoder

// Read reads a mail: one person from and to, a text and the same as HTML, and
// documents.
func Read(r io.Reader) (m Mail, err error) {
	parsed, err := mail.ReadMessage(r)
	if err != nil {
		return m, err
	}
	m.Header, m.Attachments = parsed.Header, map[string][]byte{}
	m.ID = strings.Trim(parsed.Header.Get("Message-Id"), "<>")
	if m.Subject, err = words.DecodeHeader(parsed.Header.Get("Subject")); err != nil {
		return m, err
	}
	if m.From, err = mail.ParseAddress(parsed.Header.Get("From")); err != nil {
		return m, err
	}
	if m.To, err = mail.ParseAddress(parsed.Header.Get("To")); err != nil {
		return m, err
	}
	return m, m.part(parsed.Header.Get("Content-Type"), parsed.Header.Get("Content-Transfer-Encoding"), "", parsed.Body)
}

func (m *Mail) part(contentType, encoding, name string, body io.Reader) error {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return err
	}
	if strings.HasPrefix(kind, "multipart/") {
		return m.parts(multipart.NewReader(body, params["boundary"]))
	}
	switch strings.ToLower(encoding) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	content, err := io.ReadAll(body)
	switch {
	case err != nil:
		return err
	case name != "":
		m.Attachments[name] = content
	case kind == "text/plain" && params["charset"] == "UTF-8" && m.Text == "":
		m.Text = string(content)
	case kind == "text/html" && params["charset"] == "UTF-8" && m.HTML == "":
		m.HTML = string(content)
	default:
		return fmt.Errorf("a part that nobody asked for: %s", contentType)
	}
	return nil
}

func (m *Mail) parts(parts *multipart.Reader) error {
	for {
		p, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := m.part(p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p.FileName(), p); err != nil {
			return err
		}
	}
}
