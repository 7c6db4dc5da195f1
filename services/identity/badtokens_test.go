package identity_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	"kassa/services/identity"
)

// forge is an identity provider of our own making: it signs any header and
// payload, so that each rule can be broken by itself.
type forge struct {
	key      ed25519.PrivateKey
	verifier *identity.Verifier
}

func newForge() forge {
	public, private, _ := ed25519.GenerateKey(rand.Reader)
	return forge{private, &identity.Verifier{Key: public, KeyID: "k1", Issuer: "https://issuer.example", Audience: "kassa", Now: at(noon)}}
}

type object = map[string]any

func goodHeader() object { return object{"alg": "EdDSA", "typ": "JWT", "kid": "k1"} }

func goodPayload() object {
	return object{
		"iss": "https://issuer.example", "aud": "kassa", "sub": string(anna),
		"iat": noon.Unix(), "nbf": noon.Unix(), "exp": noon.Add(time.Hour).Unix(),
		"tid": string(contoso), "oid": string(anna), "acct": 0, "wids": []string{domain.RoleGlobalReader},
	}
}

func part(t *testing.T, v any) string {
	b, err := json.Marshal(v)
	require.NoError(t, err)
	return base64.RawURLEncoding.EncodeToString(b)
}

func (f forge) sign(signed string) string {
	return signed + "." + base64.RawURLEncoding.EncodeToString(ed25519.Sign(f.key, []byte(signed)))
}

// with signs a good token in which the given members are replaced, or left out
// where the value is nil.
func (f forge) with(t *testing.T, header, payload object) string {
	return f.sign(part(t, merge(goodHeader(), header)) + "." + part(t, merge(goodPayload(), payload)))
}

func merge(good, changes object) object {
	maps.Copy(good, changes)
	maps.DeleteFunc(good, func(_ string, v any) bool { return v == nil })
	return good
}

func TestTheForgeMakesGoodTokens(t *testing.T) {
	f := newForge()
	got, err := f.verifier.Verify(t.Context(), f.with(t, nil, nil))
	require.NoError(t, err)
	assert.Equal(t, identity.Claims{Tenant: contoso, Person: anna, Guest: new(false), Roles: []string{domain.RoleGlobalReader}}, got)
}

func TestBadTokens(t *testing.T) {
	f, stranger := newForge(), newForge()
	good := f.with(t, nil, nil)
	parts := strings.Split(good, ".")
	jwk := jose.JSONWebKey{Key: stranger.verifier.Key, KeyID: "k1"}
	none := part(t, merge(goodHeader(), object{"alg": "none"}))

	for name, token := range map[string]string{
		"no JWT at all":          "anna@contoso.example",
		"dots only":              "..",
		"too long":               good + strings.Repeat("A", 9000),
		"surrounded by space":    " " + good + " ",
		"with its scheme":        "Bearer " + good,
		"two parts":              parts[0] + "." + parts[1],
		"four parts":             good + ".AAAA",
		"JSON serialisation":     fmt.Sprintf(`{"protected":%q,"payload":%q,"signature":%q}`, parts[0], parts[1], parts[2]),
		"no signature":           parts[0] + "." + parts[1] + ".",
		"a flipped signature":    parts[0] + "." + parts[1] + "." + flip(parts[2]),
		"another's signature":    stranger.with(t, nil, nil),
		"changed claims":         parts[0] + "." + part(t, merge(goodPayload(), object{"oid": "11111111-0000-4000-8000-000000000002"})) + "." + parts[2],
		"alg none":               none + "." + parts[1] + ".",
		"alg none, signed":       f.with(t, object{"alg": "none"}, nil),
		"alg HS256 of our key":   f.with(t, object{"alg": "HS256"}, nil),
		"alg RS256":              f.with(t, object{"alg": "RS256"}, nil),
		"alg in another case":    f.with(t, object{"alg": "eddsa"}, nil),
		"no alg":                 f.with(t, object{"alg": nil}, nil),
		"no kid":                 f.with(t, object{"kid": nil}, nil),
		"another kid":            f.with(t, object{"kid": "k2"}, nil),
		"a kid that is a path":   f.with(t, object{"kid": "../../k1"}, nil),
		"brings its own key":     stranger.with(t, object{"jwk": jwk}, nil),
		"our key, brought along": f.with(t, object{"jwk": jose.JSONWebKey{Key: f.verifier.Key, KeyID: "k1"}}, nil),
		"points to a key set":    f.with(t, object{"jku": "https://evil.example/keys"}, nil),
		"points to a chain":      f.with(t, object{"x5u": "https://evil.example/chain"}, nil),
		"unknown critical":       f.with(t, object{"crit": []string{"exp2"}, "exp2": 1}, nil),
		"no issuer":              f.with(t, nil, object{"iss": nil}),
		"another issuer":         f.with(t, nil, object{"iss": "https://issuer.example/"}),
		"no audience":            f.with(t, nil, object{"aud": nil}),
		"another audience":       f.with(t, nil, object{"aud": "kassa2"}),
		"several audiences":      f.with(t, nil, object{"aud": []string{"kassa", "other"}}),
		"no iat":                 f.with(t, nil, object{"iat": nil}),
		"issued in the future":   f.with(t, nil, object{"iat": noon.Add(2 * time.Minute).Unix()}),
		"no nbf":                 f.with(t, nil, object{"nbf": nil}),
		"not valid yet":          f.with(t, nil, object{"nbf": noon.Add(2 * time.Minute).Unix()}),
		"no exp":                 f.with(t, nil, object{"exp": nil}),
		"exp as text":            f.with(t, nil, object{"exp": "2036-01-01T00:00:00Z"}),
		"exp beyond int64":       f.with(t, nil, object{"exp": 1e300}),
		"no tid":                 f.with(t, nil, object{"tid": nil}),
		"tid is a domain":        f.with(t, nil, object{"tid": "contoso.example"}),
		"tid is the nil UUID":    f.with(t, nil, object{"tid": "00000000-0000-0000-0000-000000000000"}),
		"tid in upper case":      f.with(t, nil, object{"tid": strings.ToUpper(string(contoso))}),
		"tid in braces":          f.with(t, nil, object{"tid": "{" + string(contoso) + "}"}),
		"no oid":                 f.with(t, nil, object{"oid": nil}),
		"oid is an address":      f.with(t, nil, object{"oid": "anna@contoso.example"}),
		"oid with a wildcard":    f.with(t, nil, object{"oid": ">"}),
		"acct 2":                 f.with(t, nil, object{"acct": 2}),
		"acct -1":                f.with(t, nil, object{"acct": -1}),
		"acct as text":           f.with(t, nil, object{"acct": "0"}),
		"acct as boolean":        f.with(t, nil, object{"acct": false}),
		"roles as text":          f.with(t, nil, object{"wids": domain.RoleGlobalAdmin}),
		"a role by name":         f.with(t, nil, object{"wids": []string{"Global Administrator"}}),
		"too many roles":         f.with(t, nil, object{"wids": many(domain.RoleGlobalAdmin, 201)}),
		"a claim given twice":    f.sign(parts[0] + "." + base64.RawURLEncoding.EncodeToString(twice(t, goodPayload(), "tid", contoso))),
		"claims are no object":   f.sign(parts[0] + "." + part(t, []string{"tid"})),
	} {
		t.Run(name, func(t *testing.T) {
			c, err := f.verifier.Verify(t.Context(), token)
			require.ErrorIs(t, err, identity.ErrInvalid)
			assert.Equal(t, domain.Unauthorized, domain.KindOf(err))
			assert.Zero(t, c)
		})
	}
}

func TestMissingAndExpiredHaveCodesOfTheirOwn(t *testing.T) {
	f := newForge()
	_, err := f.verifier.Verify(t.Context(), "")
	require.ErrorIs(t, err, identity.ErrMissing)
	_, err = f.verifier.Verify(t.Context(), f.with(t, nil, object{"exp": noon.Add(-time.Hour).Unix()}))
	require.ErrorIs(t, err, identity.ErrExpired)
	_, err = f.verifier.Verify(t.Context(), f.with(t, nil, object{"exp": noon.Add(-time.Hour).Unix(), "aud": "other"}))
	require.ErrorIs(t, err, identity.ErrInvalid, "a token that was never good here is not merely expired")
}

func TestAnAbsentAccountTypeIsNotAMember(t *testing.T) {
	f := newForge()
	got, err := f.verifier.Verify(t.Context(), f.with(t, nil, object{"acct": nil}))
	require.NoError(t, err)
	assert.Nil(t, got.Guest)
}

func FuzzVerify(f *testing.F) {
	smith := newForge()
	header, err := json.Marshal(goodHeader())
	require.NoError(f, err)
	payload, err := json.Marshal(goodPayload())
	require.NoError(f, err)
	f.Add(header, payload)
	f.Add([]byte(`{"alg":"none"}`), payload)
	f.Fuzz(func(t *testing.T, header, payload []byte) {
		encode := base64.RawURLEncoding.EncodeToString
		c, err := smith.verifier.Verify(t.Context(), smith.sign(encode(header)+"."+encode(payload)))
		if err == nil && (len(c.Tenant) != 36 || len(c.Person) != 36) {
			t.Fatalf("accepted %+v", c)
		}
	})
}

// flip changes the last bit of the signature that base64 keeps.
func flip(signature string) string {
	b, _ := base64.RawURLEncoding.DecodeString(signature)
	b[len(b)-1] ^= 1
	return base64.RawURLEncoding.EncodeToString(b)
}

func many(s string, n int) []string { return strings.Fields(strings.Repeat(s+" ", n)) }

// twice renders o with one member repeated.
func twice(t *testing.T, o object, name string, value any) []byte {
	b, err := json.Marshal(o)
	require.NoError(t, err)
	return append(b[:len(b)-1], fmt.Sprintf(`,%q:%q}`, name, value)...)
}
