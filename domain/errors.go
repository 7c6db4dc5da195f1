package domain

import "errors"

// Kind says what a caller can do about an error. Edges (HTTP, CLI, NATS)
// translate Kinds; nothing else in the program inspects error text.
type Kind uint8

// Kinds are part of the public API: append, never reorder.
const (
	Internal     Kind = iota // our fault; the detail is logged, never shown
	Invalid                  // the request itself is malformed
	Unauthorized             // we do not know who is asking
	Forbidden                // we know, and they may not
	NotFound                 // no such thing, or not theirs to see
	Refused                  // well formed, but a business rule says no
	Conflict                 // something else came first; reload and retry
	Unavailable              // a dependency is down; retry later
	Payment                  // the card was not charged; another may work
)

// Error is a refusal a person can read (Message) and a program can match (Code).
type Error struct {
	Kind    Kind
	Code    string // stable, snake case, unique in the program: "no_seat"
	Message string // one English sentence, safe to show, that says what to do
	Err     error  // cause, for the log only
}

func (e *Error) Error() string {
	if e.Err != nil {
		return e.Code + ": " + e.Err.Error()
	}
	return e.Code + ": " + e.Message
}

func (e *Error) Unwrap() error { return e.Err }

// Is matches by Code, so a rule's error equals itself however it was decorated.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

// Because returns a copy of e that carries cause for the log.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.Err = cause
	return &c
}

// Refuse declares a business rule's refusal.
func Refuse(code, message string) *Error {
	return &Error{Kind: Refused, Code: code, Message: message}
}

// KindOf is the only question edges ask. Anything we did not classify is Internal.
func KindOf(err error) Kind {
	if e := (*Error)(nil); errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}
