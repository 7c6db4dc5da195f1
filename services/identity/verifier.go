package identity

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

const (
	// leeway is how far two machines' clocks may differ.
	leeway = 60 * time.Second
	// maxToken is in bytes, and bounds the work a stranger can cause.
	maxToken = 8 << 10
)

// algorithms is the allow-list: what a token says of its own algorithm counts
// only if it is in here.
var algorithms = []jose.SignatureAlgorithm{jose.EdDSA}

// Verifier checks tokens against one issuer's public key. It is safe for
// concurrent use.
type Verifier struct {
	Key      ed25519.PublicKey
	KeyID    string // the token's "kid" must be this one
	Issuer   string
	Audience string
	Now      func() time.Time
}

// Verify returns what a bearer token says, or ErrMissing, ErrInvalid or
// ErrExpired. The token is without its "Bearer " prefix.
func (v *Verifier) Verify(_ context.Context, bearer string) (Claims, error) {
	if bearer == "" {
		return Claims{}, ErrMissing
	}
	p, err := v.read(bearer)
	if err != nil {
		return Claims{}, ErrInvalid.Because(err)
	}
	if err := v.check(p); err != nil {
		return Claims{}, err
	}
	return p.claims(), nil
}

// read checks the signature before it looks at a single claim.
func (v *Verifier) read(bearer string) (payload, error) {
	if len(bearer) > maxToken {
		return payload{}, fmt.Errorf("token of %d bytes", len(bearer))
	}
	token, err := jwt.ParseSigned(bearer, algorithms)
	if err != nil {
		return payload{}, err
	}
	if len(token.Headers) != 1 {
		return payload{}, fmt.Errorf("%d signatures", len(token.Headers))
	}
	header := token.Headers[0]
	if header.KeyID != v.KeyID || header.JSONWebKey != nil || header.ExtraHeaders["jku"] != nil || header.ExtraHeaders["x5u"] != nil {
		return payload{}, errors.New("the token brings a key, or names another than ours")
	}
	var p payload
	return p, token.Claims(v.Key, &p)
}

// check answers ErrExpired only for a token that was ours and good once.
func (v *Verifier) check(p payload) error {
	now := v.Now()
	switch {
	case p.Issuer != v.Issuer || p.Audience != v.Audience:
		return ErrInvalid.Because(fmt.Errorf("iss %q, aud %q", p.Issuer, p.Audience))
	case p.IssuedAt == nil || p.NotBefore == nil || p.Expires == nil:
		return ErrInvalid.Because(errors.New("iat, nbf or exp is missing"))
	case !p.wellFormed():
		return ErrInvalid.Because(errors.New("tid, oid, acct or wids is malformed"))
	case now.Before(time.Unix(*p.NotBefore, 0).Add(-leeway)), now.Before(time.Unix(*p.IssuedAt, 0).Add(-leeway)):
		return ErrInvalid.Because(errors.New("not valid yet"))
	case !now.Before(time.Unix(*p.Expires, 0).Add(leeway)):
		return ErrExpired
	}
	return nil
}
