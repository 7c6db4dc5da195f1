package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"kassa/commands"
	"kassa/domain"
	v1 "kassa/services/api/v1"
)

var errEmailInvalid = &domain.Error{
	Kind: domain.Invalid, Code: "email_invalid",
	Message: "This is not an e-mail address. Give it as name@organisation.example.",
}

var errRealmMismatch = &domain.Error{
	Kind: domain.Forbidden, Code: "email_other_tenant",
	Message: "This address belongs to another organisation than the one you are signed in to. Sign in with that address, or leave it out.",
}

type (
	homeRealmInput  struct{ Body v1.HomeRealmRequest }
	homeRealmOutput struct{ Body v1.HomeRealm }
)

func (s *Server) registerHomeRealm(api huma.API) {
	public(s, api, huma.Operation{
		OperationID: "home-realm", Method: http.MethodPost, Path: "/v1/home-realm", Tags: []string{"Purchases"},
		Summary:     "Find the organisation of an e-mail address",
		Description: "The first step of checkout (R10). The answer depends on the address's domain alone, so it tells nothing of any person.",
	}, s.homeRealm)
}

func (s *Server) homeRealm(ctx context.Context, in *homeRealmInput) (*homeRealmOutput, error) {
	realm, err := domainOf(in.Body.Email)
	if err != nil {
		return nil, err
	}
	_, known, err := s.tenantOf(ctx, realm)
	if err != nil {
		return nil, err
	}
	next := "contact_it_admin"
	if known {
		next = "sign_in"
	}
	return &homeRealmOutput{v1.HomeRealm{Domain: realm, TenantKnown: known, Next: next}}, nil
}

// sameRealm holds the address of the first step to whoever signed in at the
// second (R11). The address alone never authorises anything.
func (s *Server) sameRealm(ctx context.Context, who commands.Principal, email string) error {
	if email == "" {
		return nil
	}
	realm, err := domainOf(email)
	if err != nil {
		return err
	}
	tenant, known, err := s.tenantOf(ctx, realm)
	if err == nil && (!known || tenant != who.Tenant) {
		err = errRealmMismatch
	}
	return err
}

// domainOf is the part of an address after its last @, in lower case.
func domainOf(email string) (string, error) {
	at := strings.LastIndexByte(email, '@')
	realm := strings.ToLower(email[at+1:])
	if at < 1 || !strings.Contains(realm, ".") || strings.ContainsAny(email, " \t\r\n") || len(email) > 320 {
		return "", errEmailInvalid
	}
	return realm, nil
}
