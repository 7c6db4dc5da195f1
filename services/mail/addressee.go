package mail

import (
	"context"
	"errors"
	netmail "net/mail"
	"strings"
	"unicode"

	"golang.org/x/net/idna"

	"kassa/domain/mail"
	"kassa/projections/views"
	"kassa/services/vault"
)

// addressee is who gets a mail, as their directory says.
type addressee struct {
	*netmail.Address
	organisation string
	language     string // en or sv
}

// addressee opens a person's name and address; or says why they get nothing. A
// directory tells no language, so it is that of their organisation's country.
func (m *Manager) addressee(ctx context.Context, n views.Mail) (to addressee, cause mail.SkipCause, err error) {
	if err := m.caughtUp(ctx, views.DirectoryView.Name); err != nil { // who has left by now gets nothing
		return to, "", err
	}
	directory := views.NewDirectory(m.Projector)
	tenant, _, err := directory.Tenant(ctx, n.Tenant)
	if err != nil {
		return to, "", err
	}
	person, _, err := directory.Person(ctx, n.Tenant, n.Person)
	switch {
	case errors.Is(err, views.ErrPersonUnknown):
		return to, mail.SkipUnknown, nil
	case err != nil:
		return to, "", err
	case person.Deleted:
		return to, mail.SkipDeleted, nil
	}
	name, address, err := m.open(ctx, person)
	if errors.Is(err, vault.ErrErased) {
		return to, mail.SkipErased, nil
	}
	if err != nil {
		return to, "", err
	}
	to = addressee{organisation: tenant.Name, language: "en"}
	if tenant.Country == "SE" {
		to.language = "sv"
	}
	if to.Address, err = Address(address); err != nil {
		return to, mail.SkipAddress, nil
	}
	to.Name = oneLine(name)
	return to, "", nil
}

func (m *Manager) open(ctx context.Context, p views.Person) (name, address string, err error) {
	opened, err := m.Vault.OpenAll(ctx, []vault.Sealed{
		{Tenant: p.Tenant, Person: p.Person, Field: "name", Bytes: p.Sealed.Name},
		{Tenant: p.Tenant, Person: p.Person, Field: "mail", Bytes: p.Sealed.Mail},
	})
	if err != nil {
		return "", "", err
	}
	return opened[0].Text, opened[1].Text, errors.Join(opened[0].Err, opened[1].Err)
}

// errAddress quotes nothing: it may be personal data.
var errAddress = errors.New("not an e-mail address: give one like name@company.com")

// Address reads an address that a mail can go to, or come from, with its domain as
// mail servers know it. Nothing that would begin another line of a header passes.
func Address(text string) (*netmail.Address, error) {
	parsed, err := netmail.ParseAddress(text)
	if err != nil || parsed.Address != text || strings.ContainsFunc(text, unicode.IsControl) {
		return nil, errAddress
	}
	at := strings.LastIndex(text, "@")
	host, err := idna.Lookup.ToASCII(text[at+1:])
	if err != nil || host == "" || len(text) > 254 {
		return nil, errAddress
	}
	return &netmail.Address{Address: text[:at+1] + host}, nil
}

// oneLine is a name without what would begin another line.
func oneLine(name string) string {
	return strings.Join(strings.FieldsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
}
