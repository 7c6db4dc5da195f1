package identity

import (
	"crypto"
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"net"
	"path/filepath"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"kassa/domain"
	"kassa/services/durable"
)

// Lifetime of an issued token. A person who lost a role keeps it that long.
const Lifetime = time.Hour

const (
	devIssuer   = "https://kassa.localhost/development"
	devAudience = "kassa"
)

// ErrExposed: the development identity provider would be open to a network.
var ErrExposed = &domain.Error{Kind: domain.Refused, Code: "development_identity_exposed", Message: "The development identity provider gives a token to whoever asks. Listen on 127.0.0.1, or say explicitly that you want it on a network."}

// Issuer is the development identity provider: it signs whatever it is asked
// to. It is safe for concurrent use.
type Issuer struct {
	key    ed25519.PrivateKey
	keyID  string
	signer jose.Signer
	now    func() time.Time
}

// NewIssuer reads the signing key from identity.key in dir, and makes it on
// first use, so that tokens outlive a restart.
func NewIssuer(dir string, now func() time.Time) (*Issuer, error) {
	seed, err := durable.Secret(filepath.Join(dir, "identity.key"))
	if err != nil {
		return nil, err
	}
	key := ed25519.NewKeyFromSeed(seed)
	thumbprint, err := (&jose.JSONWebKey{Key: key.Public()}).Thumbprint(crypto.SHA256)
	if err != nil {
		return nil, err
	}
	id := base64.RawURLEncoding.EncodeToString(thumbprint)
	signer, err := jose.NewSigner(
		jose.SigningKey{Algorithm: jose.EdDSA, Key: jose.JSONWebKey{Key: key, KeyID: id}},
		(&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return nil, err
	}
	return &Issuer{key: key, keyID: id, signer: signer, now: now}, nil
}

// Issue signs a token for c, good for Lifetime. It refuses ids and roles that
// are no UUIDs, since the Verifier would.
func (i *Issuer) Issue(c Claims) (token string, expires time.Time, err error) {
	now := i.now().Truncate(time.Second)
	expires = now.Add(Lifetime)
	p := payload{
		Issuer: devIssuer, Audience: devAudience, Subject: string(c.Person),
		IssuedAt: new(now.Unix()), NotBefore: new(now.Unix()), Expires: new(expires.Unix()),
		Tenant: string(c.Tenant), Person: string(c.Person), Roles: c.Roles,
	}
	if c.Guest != nil {
		p.Account = new(0)
		if *c.Guest {
			*p.Account = 1
		}
	}
	if !p.wellFormed() {
		return "", time.Time{}, fmt.Errorf("issue a token: tenant %q, person %q and roles %q must be UUIDs", c.Tenant, c.Person, c.Roles)
	}
	token, err = jwt.Signed(i.signer).Claims(p).Serialize()
	return token, expires, err
}

// Verifier accepts exactly the tokens of this issuer.
func (i *Issuer) Verifier() *Verifier {
	return &Verifier{Key: i.key.Public().(ed25519.PublicKey), KeyID: i.keyID, Issuer: devIssuer, Audience: devAudience, Now: i.now}
}

// CheckLoopback refuses an address, HOST:PORT, that can be reached from another
// machine, unless that is allowed. A name other than localhost counts as
// reachable: what it resolves to may change.
func CheckLoopback(addr string, allowed bool) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return &domain.Error{Kind: domain.Invalid, Code: "listen_address_invalid", Message: "The listen address must be HOST:PORT.", Err: err}
	}
	ip := net.ParseIP(host)
	if allowed || host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return ErrExposed
}
