package api

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/google/uuid"

	"kassa/commands"
	"kassa/domain"
	"kassa/eventstore"
)

const (
	positionHeader = "Kassa-Position"
	maxKey         = 255
)

// errKeyInvalid refuses an idempotency key that could not be told from another.
var errKeyInvalid = &domain.Error{
	Kind: domain.Invalid, Code: "idempotency_key_invalid",
	Message: "An Idempotency-Key has 1 to 255 visible ASCII characters. Use a random UUID.",
}

// Writing is what every operation that changes something takes.
type Writing struct {
	Key string `header:"Idempotency-Key" doc:"Names this intent, at most 255 characters: a repeated request with the same key returns the first result, and with another body it is refused. A key counts at one address; at another it names another intent. Left out, every request is a new one." example:"5f0c3d0e-8f2b-4a53-9d57-1f2a1b8f7f6e"`
}

// request makes the envelope of a command. The digest is salted with the key,
// because history keeps it for ever and a body may hold an address.
func (w Writing) request(who commands.Principal, verb string, command any) (commands.Request, error) {
	key := w.Key
	if key == "" {
		key = uuid.NewString()
	}
	if len(key) > maxKey || strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return commands.Request{}, errKeyInvalid
	}
	body, err := json.Marshal(command, json.Deterministic(true))
	if err != nil {
		return commands.Request{}, fmt.Errorf("digest %s: %w", verb, err)
	}
	digest := sha256.Sum256(fmt.Appendf(nil, "%s\n%s\n%s", key, verb, body))
	id := commands.CommandID(who, verb, key)
	return commands.Request{Who: who, ID: id, Digest: hex.EncodeToString(digest[:]), Correlation: id}, nil
}

var errRevisionInvalid = &domain.Error{
	Kind: domain.Invalid, Code: "revision_invalid",
	Message: "Give If-Match as the ETag that came with the answer you saw.",
}

// Matching is what a change takes that may insist on what its caller saw.
type Matching struct {
	IfMatch string `header:"If-Match" doc:"The ETag of what you saw: if it has changed since, the request is answered 409 stale_revision." example:"\"7\""`
}

// revision is what the caller insists on; nil where they do not.
func (m Matching) revision() (*eventstore.Revision, error) {
	if m.IfMatch == "" {
		return nil, nil
	}
	n, err := strconv.ParseInt(strings.Trim(m.IfMatch, `"`), 10, 64)
	if err != nil {
		return nil, errRevisionInvalid.Because(err)
	}
	return new(eventstore.Revision(n)), nil
}

func etag(r eventstore.Revision) string { return strconv.Quote(strconv.FormatInt(int64(r), 10)) }

func formatPosition(p uint64) string { return strconv.FormatUint(p, 10) }
