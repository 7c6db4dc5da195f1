package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kassa/commands"
	"kassa/projections/views"
	v1 "kassa/services/api/v1"
	"kassa/services/identity"
)

// issuer is the development identity provider: whoever can reach it may be
// anybody.
type issuer interface {
	Issue(c identity.Claims) (token string, expires time.Time, err error)
}

// operator and vendor are who the development identity provider says they are:
// nobody in any tenant's directory.
const (
	operator = "00000000-0000-4000-8000-000000000001"
	vendor   = "00000000-0000-4000-8000-000000000002"
)

type (
	tokenInput  struct{ Body v1.TokenRequest }
	tokenOutput struct{ Body v1.Token }
)

func (s *Server) registerDevTokens(api huma.API) {
	public(s, api, huma.Operation{
		OperationID: "dev-token", Method: http.MethodPost, Path: "/v1/dev/token", Tags: []string{"Development"},
		Summary:     "Get a token as anybody (development only)",
		Description: "There only while the development identity provider is on. Whoever reaches it may be anybody, as often as they like.",
	}, s.devToken)
}

func (s *Server) devToken(ctx context.Context, in *tokenInput) (*tokenOutput, error) {
	claims, err := s.claimsFor(ctx, in.Body)
	if err != nil {
		return nil, err
	}
	token, expires, err := s.DevTokens.Issue(claims)
	if err != nil {
		return nil, err
	}
	return &tokenOutput{v1.Token{Token: token, ExpiresAt: expires}}, nil
}

func (s *Server) claimsFor(ctx context.Context, who v1.TokenRequest) (identity.Claims, error) {
	switch {
	case who.Operator:
		return identity.Claims{Tenant: operator, Person: operator, Roles: []string{commands.RoleOperator}}, nil
	case who.Support:
		return identity.Claims{Tenant: vendor, Person: vendor, Roles: []string{commands.RoleSupport}}, nil
	}
	return s.claimsOf(ctx, who.Mail)
}

// claimsOf says of a person what a real identity provider would.
func (s *Server) claimsOf(ctx context.Context, mail string) (identity.Claims, error) {
	realm, err := domainOf(mail)
	if err != nil {
		return identity.Claims{}, err
	}
	tenant, known, err := s.tenantOf(ctx, realm)
	switch {
	case err != nil:
		return identity.Claims{}, err
	case !known:
		return identity.Claims{}, views.ErrPersonUnknown
	}
	p, err := s.personByMail(ctx, tenant, mail)
	if err == nil && p.Deleted {
		err = views.ErrPersonUnknown
	}
	return identity.Claims{Tenant: p.Tenant, Person: p.Person, Guest: &p.Guest, Roles: p.Roles}, err
}
