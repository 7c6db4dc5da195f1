package mail

import (
	"time"

	"kassa/domain"
)

// Event is sealed: only this file's types satisfy it.
type Event interface {
	domain.Event
	evolve(State) State
}

// These structs are the storage format. Add optional fields freely; for
// anything else declare a new version and an upcaster. None of them holds an
// address, a name, or a word that a mail server said: those may quote both.
type (
	// Sent says that the mail server has taken the mail.
	Sent struct {
		Of
		Language string    `json:"language"`
		At       time.Time `json:"at"`
	}
	// Failed says that the mail server refused it for good.
	Failed struct {
		Of
		Reply    int       `json:"reply"`              // the server's: 550
		Enhanced string    `json:"enhanced,omitempty"` // more closely: 5.1.1
		At       time.Time `json:"at"`
	}
	// Skipped says that it was not sent, and why.
	Skipped struct {
		Of
		Cause SkipCause `json:"cause"`
		At    time.Time `json:"at"`
	}
	// Started says that mail is sent about what happens from here on: nothing in
	// history before this fact is mailed, however late the mailer is switched on.
	Started struct {
		At time.Time `json:"at"`
	}
)

// Of is what a mail tells, and whom. It is part of the storage format.
type Of struct {
	Mail   ID              `json:"mailId"`
	Fact   string          `json:"factId"`
	Person domain.PersonID `json:"personOid"`
	Code   string          `json:"code"` // of the notice
}

// SkipCause says why nobody gets a mail.
type SkipCause string

// Why nobody gets it. They are stored: append only.
const (
	SkipStale   SkipCause = "stale"   // it is old news by now
	SkipErased  SkipCause = "erased"  // the person's data was erased
	SkipDeleted SkipCause = "deleted" // the directory has deleted the person
	SkipUnknown SkipCause = "unknown" // the organisation's directory does not know them: a partner's person
	SkipAddress SkipCause = "address" // what stands there is no address
)

func (Sent) EventType() string    { return "mail.sent.v1" }
func (Failed) EventType() string  { return "mail.failed.v1" }
func (Skipped) EventType() string { return "mail.skipped.v1" }
func (Started) EventType() string { return "mail.started.v1" }

func (Sent) evolve(s State) State    { s.Status = StatusSent; return s }
func (Failed) evolve(s State) State  { s.Status = StatusFailed; return s }
func (Skipped) evolve(s State) State { s.Status = StatusSkipped; return s }
func (Started) evolve(s State) State { s.Started = true; return s }
