package identity

import (
	"strings"

	"github.com/google/uuid"

	"kassa/domain"
)

// Claims are what a valid token says of its bearer.
type Claims struct {
	Tenant domain.TenantID // "tid"
	Person domain.PersonID // "oid"
	// Guest is the "acct" claim; nil where the token does not carry it. Absent
	// does not mean member: ask the directory, or refuse.
	Guest *bool
	Roles []string // "wids": directory role template ids
}

// Errors of a token. The cause is for the log: it tells an attacker too much.
var (
	ErrMissing = &domain.Error{Kind: domain.Unauthorized, Code: "token_missing", Message: "Sign in first: the request carries no bearer token."}
	ErrInvalid = &domain.Error{Kind: domain.Unauthorized, Code: "token_invalid", Message: "The bearer token is not valid here. Sign in again."}
	ErrExpired = &domain.Error{Kind: domain.Unauthorized, Code: "token_expired", Message: "The bearer token has expired. Sign in again."}
)

// Bearer takes the token out of an Authorization header (RFC 6750). It is empty
// where the header is of another scheme.
func Bearer(header string) string {
	scheme, token, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// payload is the JSON of a token. Pointers tell absent from zero.
type payload struct {
	Issuer    string   `json:"iss"`
	Audience  string   `json:"aud"`
	Subject   string   `json:"sub"`
	IssuedAt  *int64   `json:"iat"`
	NotBefore *int64   `json:"nbf"`
	Expires   *int64   `json:"exp"`
	Tenant    string   `json:"tid"`
	Person    string   `json:"oid"`
	Account   *int     `json:"acct,omitempty"` // 0 member, 1 guest
	Roles     []string `json:"wids,omitempty"`
}

// maxRoles is far above what a directory has, far below what would hurt.
const maxRoles = 200

// wellFormed reports whether the claims are of the shapes that the rest of the
// program relies on: ids are canonical UUIDs, since they become stream names.
func (p payload) wellFormed() bool {
	if !isID(p.Tenant) || !isID(p.Person) || len(p.Roles) > maxRoles {
		return false
	}
	for _, r := range p.Roles {
		if !isID(r) {
			return false
		}
	}
	return p.Account == nil || *p.Account == 0 || *p.Account == 1
}

func isID(s string) bool {
	id, err := uuid.Parse(s)
	return err == nil && id != uuid.Nil && id.String() == s
}

func (p payload) claims() Claims {
	c := Claims{Tenant: domain.TenantID(p.Tenant), Person: domain.PersonID(p.Person), Roles: p.Roles}
	if p.Account != nil {
		guest := *p.Account == 1
		c.Guest = &guest
	}
	return c
}
