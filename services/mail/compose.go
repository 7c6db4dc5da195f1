package mail

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	html "html/template"
	text "text/template"

	gomail "github.com/wneessen/go-mail"

	"kassa/domain/product"
	"kassa/projections/views"
	"kassa/services/billing"
	"kassa/services/document"
	"kassa/services/notice"
)

//go:embed templates
var templates embed.FS

// The same letter twice: for programs that show HTML, and for those that do not.
var (
	asHTML = html.Must(html.ParseFS(templates, "templates/letter.html"))
	asText = text.Must(text.ParseFS(templates, "templates/letter.txt"))
)

// letter is what a mail says.
type letter struct {
	Language, Subject, Hello, Text string
	Rows                           []row
	Attached, Because, Seller      string
}

// headerNotice says which notice a mail brings, for whoever sorts it.
const headerNotice = gomail.Header("X-Kassa-Notice")

// compose writes the mail. Its Message-ID is a function of what it tells and whom,
// and names neither.
func (m *Manager) compose(ctx context.Context, n views.Mail, s story, to addressee) (*gomail.Msg, error) {
	l, err := m.letter(ctx, n, s, to)
	if err != nil {
		return nil, err
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(m.From)
	msg.ToMailAddress(to.Address)
	msg.Subject(l.Subject)
	msg.SetDateWithValue(m.Now())
	msg.SetMessageIDWithValue(string(n.Mail) + "@" + hostOf(m.From))
	msg.SetGenHeader(headerNotice, n.Code)
	msg.SetGenHeader("Content-Language", l.Language)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // no out-of-office answers
	if s.bill.Number != "" {
		pdf, err := m.printed(ctx, s, to)
		if err != nil {
			return nil, err
		}
		l.Attached = wordsOf(to.language).attached
		if err := msg.AttachReader(s.bill.Number+".pdf", bytes.NewReader(pdf), gomail.WithFileContentType("application/pdf")); err != nil {
			return nil, err
		}
	}
	var plain, rich bytes.Buffer
	if err := errors.Join(asText.Execute(&plain, l), asHTML.Execute(&rich, l)); err != nil {
		return nil, err
	}
	msg.SetBodyString(gomail.TypeTextPlain, plain.String())
	msg.AddAlternativeString(gomail.TypeTextHTML, rich.String())
	return msg, nil
}

func (m *Manager) letter(ctx context.Context, n views.Mail, s story, to addressee) (letter, error) {
	w, told, name := wordsOf(to.language), notice.Told(n.Code, to.language), ""
	if s.product != "" {
		if err := m.caughtUp(ctx, views.CatalogueView.Name); err != nil {
			return letter{}, err
		}
		p, _, err := views.NewCatalogue(m.Projector).Product(ctx, s.product, s.told.Meta.At)
		switch {
		case errors.Is(err, product.ErrUnknown):
			name = string(s.product)
		case err != nil:
			return letter{}, err
		default:
			name = oneLine(p.Name)
		}
	}
	l := letter{
		Language: to.language, Subject: told.Subject, Hello: w.helloNobody, Text: told.Text, Rows: s.rows(name, to.language),
		Because: fmt.Sprintf(w.because, oneLine(to.organisation)), Seller: document.Seller,
	}
	if name != "" {
		l.Subject += " – " + name
	}
	if to.Name != "" {
		l.Hello = fmt.Sprintf(w.hello, to.Name)
	}
	return l, nil
}

// printed is the bill that a mail is about, as a PDF.
func (m *Manager) printed(ctx context.Context, s story, to addressee) ([]byte, error) {
	if err := m.caughtUp(ctx, views.InvoicesView.Name); err != nil {
		return nil, err
	}
	page, err := billing.Page(ctx, m.Projector, s.bill, to.Name)
	if err != nil {
		return nil, err
	}
	return document.PDF(page, to.language)
}
