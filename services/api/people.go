package api

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/license"
	"kassa/projections/views"
	v1 "kassa/services/api/v1"
	"kassa/services/vault"
)

// What is shown in the place of a person who was erased, and of one who is in
// another directory, such as a partner's.
const (
	deletedUser = "Deleted user"
	outsider    = "Outside the organisation"
)

// opener reads what is sealed for one person and finds them by their address.
type opener interface {
	OpenAll(ctx context.Context, items []vault.Sealed) ([]vault.Opened, error)
	MailIndex(ctx context.Context, tid domain.TenantID, mail string) (string, error)
}

// tenantOf finds the organisation that has an e-mail domain.
func (s *Server) tenantOf(ctx context.Context, realm string) (id domain.TenantID, known bool, err error) {
	if err := s.caughtUp(ctx, Reading{}, views.DirectoryView.Name); err != nil {
		return "", false, err
	}
	t, _, err := views.NewDirectory(s.Projector).TenantByDomain(ctx, realm)
	if errors.Is(err, views.ErrTenantUnknown) {
		return "", false, nil
	}
	return t.Tenant, err == nil, err
}

// findPerson turns what a caller typed, an address or an object id, into an id.
// An address of another organisation is refused without being looked up (R23),
// so nothing can be learnt of who is there.
func (s *Server) findPerson(ctx context.Context, who commands.Principal, typed string) (domain.PersonID, error) {
	if !strings.Contains(typed, "@") {
		return domain.PersonID(typed), nil
	}
	realm, err := domainOf(typed)
	if err != nil {
		return "", err
	}
	owner, known, err := s.tenantOf(ctx, realm)
	switch {
	case err != nil:
		return "", err
	case !known || owner != who.Tenant:
		return "", license.ErrOtherTenant
	}
	p, err := s.personByMail(ctx, who.Tenant, typed)
	return p.Person, err
}

func (s *Server) personByMail(ctx context.Context, tenant domain.TenantID, mail string) (views.Person, error) {
	index, err := s.Vault.MailIndex(ctx, tenant, mail)
	if err != nil {
		return views.Person{}, err
	}
	p, _, err := views.NewDirectory(s.Projector).PersonByMail(ctx, tenant, index)
	return p, err
}

// addressReaders see their people's addresses too; everybody else sees names.
var addressReaders = append([]string{domain.RoleLicenseAdmin, domain.RoleUserAdmin}, admins...)

// people are names and addresses, opened for showing.
type people map[domain.PersonID]v1.Person

// openPeople looks people of the caller's tenant up and opens what the caller
// may see of them, all at once.
func (s *Server) openPeople(ctx context.Context, who commands.Principal, ids ...domain.PersonID) (people, error) {
	found := people{}
	if len(ids) == 0 {
		return found, nil
	}
	rows, _, err := views.NewDirectory(s.Projector).Sealed(ctx, who.Tenant, unique(ids))
	if err != nil {
		return nil, err
	}
	var sealed []vault.Sealed
	for id, row := range rows {
		sealed = append(sealed, vault.Sealed{Tenant: who.Tenant, Person: id, Field: "name", Bytes: row.Name})
		if who.Has(addressReaders...) {
			sealed = append(sealed, vault.Sealed{Tenant: who.Tenant, Person: id, Field: "mail", Bytes: row.Mail})
		}
	}
	opened, err := s.Vault.OpenAll(ctx, sealed)
	if err != nil {
		return nil, err
	}
	for i, item := range opened {
		if err := damaged(item.Err); err != nil {
			return nil, err
		}
		p := found[sealed[i].Person]
		if sealed[i].Field == "name" {
			p.Name = item.Text
		} else {
			p.Mail = item.Text
		}
		found[sealed[i].Person] = p
	}
	return found, nil
}

func unique(ids []domain.PersonID) []domain.PersonID {
	return slices.Compact(slices.Sorted(slices.Values(ids)))
}

// damaged passes every error but that of an erased person, who is shown as such.
func damaged(err error) error {
	if errors.Is(err, vault.ErrErased) {
		return nil
	}
	return err
}

// show is a person, or what stands for one who has no name here.
func (p people) show(id domain.PersonID) v1.Person {
	shown, known := p[id]
	shown.ID = id
	switch {
	case !known:
		shown.Name = outsider
	case shown.Name == "":
		shown.Name = deletedUser
	}
	return shown
}

// openActors is openPeople for whoever acted in the caller's tenant. Of a
// partner's person it has the name of their organisation: theirs is known in
// their own directory.
func (s *Server) openActors(ctx context.Context, who commands.Principal, actors ...domain.Actor) (people, error) {
	var own []domain.PersonID
	partners := map[domain.PersonID]domain.TenantID{}
	for _, a := range actors {
		switch a.Tenant {
		case who.Tenant:
			own = append(own, a.Person)
		case "":
		default:
			partners[a.Person] = a.Tenant
		}
	}
	found, err := s.openPeople(ctx, who, own...)
	if err != nil || len(partners) == 0 {
		return found, err
	}
	names, err := views.NewDirectory(s.Projector).TenantNames(ctx, slices.Collect(maps.Values(partners))...)
	for person, tenant := range partners {
		if _, known := found[person]; !known && names[tenant] != "" {
			found[person] = v1.Person{Name: names[tenant]}
		}
	}
	return found, err
}
