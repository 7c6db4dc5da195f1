package message

import (
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"

	"kassa/eventstore"
)

// address is what a subscriber may filter by: whose fact, about what, saying what.
type address struct{ tenant, aggregate, event string }

// Subject is where a record is published: kassa.<tenant>.<aggregate>.<event>,
// in lower case and always four tokens. The id of the aggregate is not part of
// it: a subject for each would cost the broker memory for ever.
func Subject(r eventstore.Record) (string, error) {
	a, err := addressOf(r)
	if err != nil {
		return "", err
	}
	return a.subject(), nil
}

func (a address) subject() string {
	return "kassa." + token(a.tenant) + "." + token(a.aggregate) + "." + token(a.event)
}

// addressOf reads "purchase.completed.v1" as aggregate and event; the version
// is not addressed, so a subscriber keeps receiving when it is raised.
func addressOf(r eventstore.Record) (address, error) {
	tenant, err := tenantOf(r)
	if err != nil {
		return address{}, err
	}
	aggregate, event, _ := strings.Cut(r.Type, ".")
	if i := strings.LastIndex(event, ".v"); i > 0 {
		event = event[:i]
	}
	return address{tenant, aggregate, event}, nil
}

func tenantOf(r eventstore.Record) (string, error) {
	if len(r.Metadata) == 0 {
		return eventstore.Shared, nil
	}
	var m struct {
		Tenant string `json:"tid"`
	}
	if err := json.Unmarshal(r.Metadata, &m); err != nil {
		return "", fmt.Errorf("message: %s@%d: read tenant: %w", r.Stream, r.Revision, err)
	}
	if m.Tenant == "" {
		return eventstore.Shared, nil
	}
	return m.Tenant, nil
}

// token keeps what is safe in a NATS subject: dots separate, * and > are
// wildcards, and the rest must survive shells and configuration files.
func token(s string) string {
	if s == "" {
		return "_"
	}
	return strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '-', c == '_':
			return c
		case c >= 'A' && c <= 'Z':
			return c - 'A' + 'a'
		default:
			return '_'
		}
	}, s)
}
