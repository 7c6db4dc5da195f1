// Package eventstore says what a stream of events is and what may be asked of
// it. Its subpackages keep one each: esdb speaks to EventStoreDB through the
// official client, embedded serves that same protocol from SQLite, memory is a
// map for tests. It knows bytes, revisions and names; it must never know a
// business rule.
package eventstore

import (
	"time"

	"github.com/google/uuid"

	"kassa/domain"
)

// Revision is the number of the last event in a stream, from 0.
type Revision int64

// NoStream is the revision of a stream nobody has written to.
const NoStream Revision = -1

// Record is an event as the store keeps it.
type Record struct {
	ID       uuid.UUID
	Stream   string
	Revision Revision
	Position uint64    // commit position in the whole store: increasing, never dense; 0 is before the first
	Type     string    // stored name, "purchase.completed.v1"
	At       time.Time // when the store recorded it, UTC
	Data     []byte    // the event as JSON, byte for byte as appended
	Metadata []byte    // Meta as JSON
}

// Meta travels with every event: who caused it, on whose behalf, and why.
type Meta struct {
	Tenant      domain.TenantID `json:"tid,omitempty"` // empty: a fact of the catalogue, shared by all tenants
	Actor       domain.Actor    `json:"actor"`
	Command     uuid.UUID       `json:"commandId"`         // names one intent; makes its retry a no-op
	Request     string          `json:"request,omitempty"` // digest of the command's body: tells a retry from a reused id
	Correlation uuid.UUID       `json:"correlationId"`     // the whole conversation
	Causation   uuid.UUID       `json:"causationId"`       // the fact or command that led here
	At          time.Time       `json:"at"`                // business time, UTC, microseconds
}

// Fact is a record read as what it means.
type Fact struct {
	Record
	Meta  Meta
	Event domain.Event
}

// Draft is an event about to be appended. Its id is never zero.
type Draft struct {
	ID       uuid.UUID
	Type     string
	Data     []byte
	Metadata []byte
}

// Written says where an append ended: the revision and position of its last
// event. A repeated append answers with the first one's.
type Written struct {
	Revision Revision
	Position uint64
}

// Delivery is what following the whole store yields: a record, or the news that
// everything up to Position has been considered (nothing of ours between), or
// that history is exhausted and what follows is live.
type Delivery struct {
	Record   *Record // nil when this is only a mark
	Position uint64
	CaughtUp bool
}

// Shared is what stands for the tenant, in a subject for instance, of facts
// that belong to no tenant.
const Shared = "shared"

// Errors a store may return. They are matched with errors.Is.
var (
	// ErrConflict: the stream is not at the expected revision and the events
	// after it are not ours.
	ErrConflict = &domain.Error{Kind: domain.Conflict, Code: "conflict", Message: "Someone else changed this first. Look again and retry."}
	// ErrUnavailable: the store cannot be reached, or did not answer in time;
	// an append may or may not have happened. Retry it unchanged.
	ErrUnavailable = &domain.Error{Kind: domain.Unavailable, Code: "store_unavailable", Message: "The event store cannot be reached. Retry in a moment."}
	// ErrTooLarge: the append exceeds MaxAppend and can never be stored.
	ErrTooLarge = &domain.Error{Kind: domain.Invalid, Code: "too_large", Message: "The request is larger than one append may be. Split it."}
	// ErrGone: the stream was deleted for good.
	ErrGone = &domain.Error{Kind: domain.NotFound, Code: "gone", Message: "This was deleted for good."}
)

// MaxAppend bounds the bytes of one append (data + metadata + 2 x type): below
// EventStoreDB's 1 MiB, so that every stored fact fits a NATS message with its
// headers.
const MaxAppend = 900 << 10

// MaxMetadata bounds the bytes of one event's metadata, which travels in a NATS
// message's headers, at worst three times as long: there is room for an actor
// with the two hundred roles that a token may carry.
const MaxMetadata = 10 << 10
