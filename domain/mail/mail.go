// Package mail decides what became of each mail that somebody was to get: it was
// sent, it was refused for good, or nobody was to get it after all. That is said
// once; what a mail says, and to which address, is never known here.
//
//	waiting ─┬─ Send ─▶ sent
//	         ├─ Fail ─▶ failed
//	         └─ Skip ─▶ skipped
//
// Its stream is "mail-<id>". Another stream, "mailer-start", says since when mail
// is sent at all.
package mail

import (
	"time"

	"kassa/domain"
)

// Decider is this package's door to a mail, and to the mailer's start.
var Decider = domain.Decider[State, Command, Event]{
	Decide: func(s State, c Command) ([]Event, error) { return c.decide(s), nil },
	Evolve: func(s State, e Event) State { return e.evolve(s) },
}

// ID names a mail: what it tells and whom.
type ID string

// Stream names the stream that a mail lives in.
func Stream(id ID) string { return "mail-" + string(id) }

// StartStream says since when mail is sent.
const StartStream = "mailer-start"

// Status is what became of a mail.
type Status string

// Statuses. Their texts are part of the public API.
const (
	StatusWaiting Status = ""
	StatusSent    Status = "sent"
	StatusFailed  Status = "failed"
	StatusSkipped Status = "skipped"
)

// State keeps what a later decision reads.
type State struct {
	Status  Status
	Started bool
}

// Command is something that became of a mail.
type Command interface{ decide(State) []Event }

type (
	// Send says that the mail server took it.
	Send Sent
	// Fail says that it never will.
	Fail Failed
	// Skip says that nobody is to get it.
	Skip Skipped
	// Start begins to send mail about what happens from now on, once.
	Start struct{ At time.Time }
)

func (c Send) decide(s State) []Event { return s.becomes(Sent(c)) }
func (c Fail) decide(s State) []Event { return s.becomes(Failed(c)) }
func (c Skip) decide(s State) []Event { return s.becomes(Skipped(c)) }

func (c Start) decide(s State) []Event {
	if s.Started {
		return nil
	}
	return []Event{Started(c)}
}

// becomes is the one thing that becomes of a mail.
func (s State) becomes(e Event) []Event {
	if s.Status != StatusWaiting {
		return nil
	}
	return []Event{e}
}
