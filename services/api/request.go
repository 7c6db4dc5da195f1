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
	Key string `header:"Idempotency-Key" doc:"Names this intent, at most 255 characters: a repeated request with the same key returns the first result. Left out, every request is a new one." example:"5f0c3d0e-8f2b-4a53-9d57-1f2a1b8f7f6e"`
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

func formatPosition(p uint64) string { return strconv.FormatUint(p, 10) }
